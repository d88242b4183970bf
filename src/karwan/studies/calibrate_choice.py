"""Fit the choice of ways to published volumes, with hold-out errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.studies.assign import choice_of, demand_of
from karwan.studies.choice_problem import ChoiceProblem
from karwan.studies.run import Run, karwan_version

__all__ = ["ChoiceFit", "calibrate_choice", "compare_volumes"]


@dataclass(frozen=True, eq=False)
class ChoiceFit:
    """Parameters of choice fitted to published volumes.

    Attributes
    ----------
    run : Run
        Stamp.
    parameters : polars.DataFrame
        parameter, applies_to, value, low and high (one standard error).
    rows : polars.DataFrame
        One row a count: published volume with its range, modelled without and with the fit, and
        with the count left out of it; hold-out rows were never fitted.
    errors : polars.DataFrame
        Median and largest factor between modelled and published volumes, by kind of error.
    """

    run: Run
    parameters: pl.DataFrame
    rows: pl.DataFrame
    errors: pl.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return the tables as plain values."""
        return {
            "schema": "karwan.choice-fit/1",
            "run": {"network": self.run.network, "fingerprint": self.run.fingerprint},
            "parameters": self.parameters.to_dicts(),
            "rows": self.rows.to_dicts(),
            "errors": self.errors.to_dicts(),
        }


def calibrate_choice(network: Network, *, year: int | None = None) -> ChoiceFit:
    """Fit the choice scale and constants of corridors and gateways to published volumes.

    Ridge least squares on the log of modelled over published volumes by Gauss and Newton, the
    equilibrium solved anew at every step on a fixed column pool. Each fitted count that stands
    for a corridor or a single gateway gives that one a constant; the scale is common. Leave-one-
    out fits without a count, whose own constant then stays 0.

    Parameters
    ----------
    network : Network
        Network with `demand`, `capacities` and `counts`.
    year : int, optional
        Year of the demand; the last that is not after the as-of date if not given.

    Returns
    -------
    ChoiceFit
        Parameters, rows and errors. Nothing is written.

    Raises
    ------
    InputError
        No counts to fit to, or counts of things the network does not have.
    """
    counts = network.table("counts")
    fitted = np.flatnonzero((counts["use"] == "fit").to_numpy())
    if len(fitted) == 0:
        message = "counts has no row to fit to; give some their use 'fit'"
        raise InputError(message)
    rows, year = demand_of(network, year)
    problem = ChoiceProblem(network, rows, counts)
    theta, covariance = problem.fit(fitted)
    before, after = problem.modelled(np.zeros(len(theta))), problem.modelled(theta)
    left_out = after.copy()
    for i in fitted:
        without = np.setdiff1d(fitted, [i])
        left_out[i] = problem.modelled(problem.fit(without, theta)[0])[i]
    run = Run(
        karwan_version(), network.name, network.fingerprint, (), network.as_of,
        network.price_year, {"year": year},
    )  # fmt: skip
    table = counts.select(
        "count_id", "target_kind", "target", "cargo", "unit", "year", "value", "low", "high",
        "use", "note", "source_id",
    ).with_columns(
        pl.Series("without_fit", before), pl.Series("modelled", after),
        pl.Series("left_out", left_out),
    )  # fmt: skip
    return ChoiceFit(run, problem.named(theta, covariance), table, _errors(table))


def compare_volumes(network: Network, *, year: int | None = None) -> pl.DataFrame:
    """Set the volumes modelled with the network's own parameters beside the published ones.

    Parameters
    ----------
    network : Network
        Network with `demand`, `capacities`, `counts` and, if fitted, `choice_parameters`.
    year : int, optional
        Year of the demand; the last that is not after the as-of date if not given.

    Returns
    -------
    polars.DataFrame
        Rows of `counts` and `modelled`.

    Raises
    ------
    InputError
        There are no counts, or no demand.
    """
    counts = network.table("counts")
    if len(counts) == 0:
        message = "counts is empty; nothing to compare with"
        raise InputError(message)
    problem = ChoiceProblem(network, demand_of(network, year)[0], counts)
    found = problem.modelled(choice_of(network))
    return counts.with_columns(pl.Series("modelled", found))


def _errors(table: pl.DataFrame) -> pl.DataFrame:
    """Return factors between modelled and published volumes."""
    published = table["value"].to_numpy()
    fit = (table["use"] == "fit").to_numpy()
    kinds = (
        ("without a fit", "without_fit", np.ones(len(fit), np.bool_)),
        ("fitted", "modelled", fit),
        ("left out one by one", "left_out", fit),
        ("held out", "modelled", ~fit),
    )
    rows = []
    for name, column, some in kinds:
        ratio = np.maximum(table[column].to_numpy(), 1.0) / published
        factor = np.exp(np.abs(np.log(ratio[some])))
        if len(factor):
            rows.append((name, len(factor), float(np.median(factor)), float(factor.max())))
    columns = ["errors", "rows", "median_factor", "largest_factor"]
    return pl.DataFrame(rows, schema=columns, orient="row")
