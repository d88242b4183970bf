"""What one more of each element would bring, seen with the same ships, boxes and times."""

from __future__ import annotations

import numpy as np
import polars as pl

from karwan.kernels import terminal_layout as c
from karwan.network import Network
from karwan.terminals.build import build
from karwan.terminals.checks import interval
from karwan.terminals.more import choices, with_more
from karwan.terminals.simulate import TerminalRun, simulate_models

__all__ = ["COLUMNS", "WATCHED", "one_more"]

WATCHED = (
    ("box time", "all"),
    ("truck turn", "all"),
    ("waiting", "vessels"),
    ("turnaround", "vessels"),
    ("waiting", "trains"),
    ("turnaround", "trains"),
)
"""Figures that one more is judged by; classes are weighted by their calls."""
SIDES = {"vessels": 0, "trains": 1}
COLUMNS = {
    "element": pl.String,
    "measure": pl.String,
    "of": pl.String,
    "unit": pl.String,
    "change": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "stable": pl.Boolean,
}


def one_more(
    network: Network,
    base: TerminalRun,
    *,
    teu_per_year: float | None,
    replications: int,
    hours: float,
    seed: int,
) -> pl.DataFrame:
    """Run a terminal again with one more of each element, with common random numbers.

    Parameters
    ----------
    network : Network
        Network.
    base : TerminalRun
        The terminal as it is, of the same seed and hours.
    teu_per_year : float or None
        Its throughput.
    replications : int
        Replications compared, at most those of `base`.
    hours : float
        Hours counted in each.
    seed : int
        Seed of `base`.

    Returns
    -------
    polars.DataFrame
        Change of each figure of `WATCHED` by one more of each element with its 95 % interval of
        paired differences, most box time saved first, and whether the terminal is stable then.
    """
    name = base.model.terminal["terminal_id"]
    before = {watched: _by_run(base, *watched) for watched in WATCHED}
    rows = []
    elements = choices(network, name)
    models = [build(with_more(network, name, {e: 1}), name, teu_per_year) for e in elements]
    found = simulate_models(
        models, replications=replications, hours=hours, seed=seed, warm_h=base.warm_up_h
    )
    for element, run in zip(elements, found, strict=True):
        for watched in WATCHED:
            after = _by_run(run, *watched)
            both = sorted(set(after) & set(before[watched]))
            if both:
                change = np.array([after[r] - before[watched][r] for r in both])
                rows.append((element, *watched, "h", *interval(change), run.stable))
    changes = pl.DataFrame(rows, COLUMNS, orient="row")
    order = changes.filter(pl.col("measure") == WATCHED[0][0]).select("element", first="change")
    return (
        changes.join(order, on="element")
        .sort("first", "element", maintain_order=True)
        .drop("first")
    )


def _by_run(run: TerminalRun, measure: str, of: str) -> dict[int, float]:
    """Figure of each replication: of all, or the mean over classes weighted by their calls."""
    rows = run.values.filter(pl.col("measure") == measure)
    if of in SIDES:
        sides = run.model.carrier[:, c.SIDE]
        names = [n for n, s in zip(run.model.carriers, sides, strict=True) if s == SIDES[of]]
        calls = run.values.filter((pl.col("measure") == "calls") & pl.col("of").is_in(names))
        calls = calls.select("of", "replication", calls="value")
        joined = rows.join(calls, on=["of", "replication"])
        weighted = (pl.col("value") * pl.col("calls")).sum() / pl.col("calls").sum()
        rows = joined.group_by("replication").agg(value=weighted)
    else:
        rows = rows.filter(pl.col("of") == of)
    return dict(zip(rows["replication"], rows["value"], strict=True))
