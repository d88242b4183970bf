"""What one more of each element would bring, seen with the same ships, boxes and times."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from karwan.kernels import terminal_layout as c
from karwan.network import Network
from karwan.terminals.build import Model, build
from karwan.terminals.checks import interval
from karwan.terminals.more import choices, with_more
from karwan.terminals.terminal_run import TerminalRun

__all__ = ["COLUMNS", "WATCHED", "one_more", "variants"]

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


def variants(network: Network, terminal_id: str, teu_per_year: float | None) -> dict[str, Model]:
    """Build a terminal with one more of each element.

    Parameters
    ----------
    network : Network
        Network.
    terminal_id : str
        Terminal.
    teu_per_year : float or None
        Its throughput; that of its row if None.

    Returns
    -------
    dict of str to Model
        Terminals by the element that they have one more of.
    """
    return {
        element: build(with_more(network, terminal_id, {element: 1}), terminal_id, teu_per_year)
        for element in choices(network, terminal_id)
    }


def one_more(base: TerminalRun, runs: Mapping[str, TerminalRun]) -> pl.DataFrame:
    """Compare a terminal with itself with one more of each element, replication by replication.

    Parameters
    ----------
    base : TerminalRun
        The terminal as it is.
    runs : mapping of str to TerminalRun
        Runs of its variants, with the same seed, hours and warm-up, and at most as many.

    Returns
    -------
    polars.DataFrame
        Change of each figure of `WATCHED` by one more of each element with its 95 % interval of
        paired differences, most box time saved first, and whether the terminal is stable then.
    """
    before = {watched: _by_run(base, *watched) for watched in WATCHED}
    rows = []
    for element, run in runs.items():
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
