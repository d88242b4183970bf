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
    before = _watched(base)
    rows = []
    for element, run in runs.items():
        for watched, after in _watched(run).items():
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


def _watched(run: TerminalRun) -> dict[tuple[str, str], dict[int, float]]:
    """Figures of `WATCHED` by replication: of all, or the mean over classes weighted by calls."""
    wanted = {measure for measure, _ in WATCHED} | {"calls"}
    rows = run.values.filter(pl.col("measure").is_in(wanted)).iter_rows()
    seen = {(measure, of, r): value for measure, of, _, r, value in rows}
    side_of = dict(zip(run.model.carriers, run.model.carrier[:, c.SIDE], strict=True))
    found = {}
    for measure, of in WATCHED:
        sums: dict[int, tuple[float, float]] = {}
        for (what, name, r), value in seen.items():
            if what == measure and (name == of or side_of.get(name) == SIDES.get(of, c.NONE)):
                weight = seen.get(("calls", name, r), 1.0)
                held, weights = sums.get(r, (0.0, 0.0))
                sums[r] = held + value * weight, weights + weight
        found[measure, of] = {r: held / weights for r, (held, weights) in sums.items()}
    return found
