"""Numbers: what an ensemble keeps of the result of a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

from karwan.errors import InputError
from karwan.studies.calibrate_choice import ChoiceFit
from karwan.studies.flows import Flows
from karwan.studies.rank import Ranking
from karwan.studies.resilience import Resilience
from karwan.studies.routes import Routes

__all__ = ["Numbers", "numbers_of"]

Numbers = tuple[dict[str, float], dict[str, str]]
"""Numbers by name, and words by name, such as the gateway that is best."""
KEPT = ("generalised_cost_usd", "cost_usd", "time_p50_h", "time_p95_h", "co2_kg")
"""What is kept of the best itinerary, and of the best through each gateway."""
RANKED = ("benefit_usd_m", "npv_usd_m", "benefit_cost_ratio", "resilience_usd_m")
"""What is kept of each measure."""
LEAST = 1.0
"""A modelled volume below this counts as this where it is compared with a published one."""


def numbers_of(result: Any) -> Numbers:
    """Return the numbers that an ensemble keeps of one result.

    Parameters
    ----------
    result : result of a study, mapping, or anything with a `summary`
        A mapping is taken as it is, words among its values apart; of a result that is not of a
        study of `STUDIES`, the numbers in the first row of `summary`.

    Returns
    -------
    numbers : dict of str to float
        Numbers; the name of one of a gateway, loss, measure or count begins with it and a full
        stop.
    words : dict of str to str
        Words that the ensemble counts.

    Raises
    ------
    InputError
        The result has no summary.
    """
    for kind, reader in _READERS.items():
        if isinstance(result, kind):
            return reader(result)
    if isinstance(getattr(result, "summary", None), pl.DataFrame):
        first = result.summary.head(1).to_dicts()
        return _mapping(first[0] if first else {})
    message = f"a study gave a {type(result).__name__}; it must give numbers or a summary"
    raise InputError(message)


def _routes(routes: Routes) -> Numbers:
    best = routes.best.select("gateway", *KEPT).to_dicts()
    numbers = {name: best[0][name] for name in KEPT}
    for row in best:
        numbers |= {f"{row['gateway']}.{name}": row[name] for name in KEPT}
    return numbers, {"gateway": best[0]["gateway"]}


def _losses(found: Resilience) -> Numbers:
    lost = found.singles.select(
        "targets", "pairs_cut_off", "mean_extra_cost_usd", "mean_extra_time_h"
    ).to_dicts()
    numbers = {"pairs": float(found.pairs)}
    for row in lost:
        numbers |= {
            f"{row['targets']}.{k}": float(v)
            for k, v in row.items()
            if k != "targets" and v is not None
        }
    return numbers, ({"worst_loss": lost[0]["targets"]} if lost else {})


def _flows(flows: Flows) -> Numbers:
    totals = flows.totals.items()
    numbers = {name: float(value) for name, value in totals if "_grade_" not in name}
    rows = flows.summary.select("gateway", "teu", "share").to_dicts()
    for row in rows:
        numbers |= {f"{row['gateway']}.{name}": row[name] for name in ("teu", "share")}
    first = max(rows, key=lambda row: float(row["teu"]), default=None)
    return numbers, ({"gateway": first["gateway"]} if first else {})


def _ranking(found: Ranking) -> Numbers:
    rows = found.summary.select("measure", *RANKED).to_dicts()
    best = found.combinations.row(0, named=True)
    numbers = {"npv_of_best_combination_usd_m": float(best["npv_by_pairs_usd_m"])}
    for row in rows:
        known = {name: row[name] for name in RANKED if row[name] is not None}
        numbers |= {f"{row['measure']}.{name}": float(value) for name, value in known.items()}
    words = {"measure": rows[0]["measure"], "combination": best["measures"] or "nothing"}
    return numbers, words


def _counts(rows: pl.DataFrame) -> Numbers:
    published = rows["value"].to_numpy()
    modelled = rows["modelled"].to_numpy()
    factor = np.exp(np.abs(np.log(np.maximum(modelled, LEAST) / published)))
    numbers = {"median_factor": float(np.median(factor)), "largest_factor": float(factor.max())}
    names = rows["count_id"].to_list()
    return numbers | _each(names, "modelled", modelled.tolist()), {}


def _fit(found: ChoiceFit) -> Numbers:
    rows = found.errors.select("errors", "median_factor").iter_rows()
    numbers = {f"median_factor_{kind.replace(' ', '_')}": float(value) for kind, value in rows}
    names = [
        parameter if not applies else f"{parameter}:{applies}"
        for parameter, applies in found.parameters.select("parameter", "applies_to").iter_rows()
    ]
    numbers |= dict(zip(names, found.parameters["value"].to_list(), strict=True))
    return numbers | _counts(found.rows)[0], {}


def _each(names: list[str], what: str, values: list[float]) -> dict[str, float]:
    return {f"{name}.{what}": float(v) for name, v in zip(names, values, strict=True)}


def _mapping(values: Mapping[str, Any]) -> Numbers:
    numbers = {
        k: float(v)
        for k, v in values.items()
        if isinstance(v, (int, float)) and not isinstance(v, bool)
    }
    return numbers, {k: v for k, v in values.items() if isinstance(v, str)}


_READERS: dict[type, Callable[[Any], Numbers]] = {
    ChoiceFit: _fit,
    Flows: _flows,
    Ranking: _ranking,
    Routes: _routes,
    Resilience: _losses,
    pl.DataFrame: _counts,
    Mapping: _mapping,
}
