"""What must hold of every run: boxes are conserved, Little's law, and whether queues grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from karwan.kernels import terminal_layout as c
from karwan.terminals.build import Model
from karwan.terminals.loads import loads
from karwan.terminals.replicate import Replication

__all__ = ["Ends", "Growth", "ends", "growing", "interval", "laws_hold", "overloaded"]

SURE = 0.995
"""One-sided confidence with which a queue must grow to be called unstable."""
LEAST = {c.CALLS_WAITING: 1.0, c.TRUCKS_WAITING: 10.0, c.FOR_CARRIERS: 50.0, c.OUTSIDE: 50.0,
         c.IN_SYSTEM: 100.0}  # fmt: skip
"""Growth that is no matter of chance alone, in calls, trucks and boxes."""
NAMES = {
    c.CALLS_WAITING: "calls that wait",
    c.TRUCKS_WAITING: "trucks that wait",
    c.FOR_CARRIERS: "boxes that wait for vessels and trains",
    c.OUTSIDE: "boxes that calls cannot bring",
    c.IN_SYSTEM: "boxes in the terminal",
}
SHARE = 0.5
SMALL = 1e-6


class Ends(NamedTuple):
    """Queues of a replication at its ends.

    Attributes
    ----------
    hours : float
        Hours after the warm-up.
    cut : bool
        Whether it was cut short because something overflowed.
    first, last : tuple of float
        Mean of each queue of `NAMES` over the first and over the last third.
    """

    hours: float
    cut: bool
    first: tuple[float, ...]
    last: tuple[float, ...]


@dataclass(frozen=True)
class Growth:
    """A queue that grows through the run.

    Attributes
    ----------
    what : str
        What queues.
    first, last : float
        Mean number in the first and in the last third after the warm-up, over all runs; NaN if
        none was counted.
    load : float
        Work offered to an element as a share of what it can do; NaN for a queue that was seen.
    """

    what: str
    first: float
    last: float
    load: float = float("nan")


def overloaded(model: Model) -> list[Growth]:
    """Find elements that by arithmetic alone would be worked more than all the time.

    Parameters
    ----------
    model : Model
        Terminal.

    Returns
    -------
    list of Growth
        Empty if there is none.
    """
    nothing = float("nan")
    return [
        Growth(
            f"work for {kind.replace('_', ' ')}, {100 * load:.0f} % of what can be done",
            nothing, nothing, load,
        )
        for kind, _, load in loads(model).iter_rows()
        if load >= 1.0
    ]  # fmt: skip


def ends(run: Replication) -> Ends:
    """Look at the queues of a replication at both of its ends.

    Parameters
    ----------
    run : Replication
        What a run left behind.

    Returns
    -------
    Ends
        Their means.
    """
    third = max(1, len(run.series) // 3)
    parts = (run.series[:third], run.series[-third:])
    first, last = ([float(part[:, q].mean(dtype=float)) for q in NAMES] for part in parts)
    return Ends(run.hours, bool(run.n[c.FULL]), tuple(first), tuple(last))


def growing(runs: Sequence[Ends], warm_h: float = 0.0) -> list[Growth]:
    """Find queues that grow through the run.

    A queue grows if its mean over the last third of the time exceeds that over the first third
    by half of it and by more than `LEAST`, and the difference is above 0 at `SURE` by a t test
    over replications. In a run that is short against its warm-up even a queue that grows from
    the first hour on rises by less than that; half of that rise is enough then. Runs that were
    cut short because something overflowed count as growing.

    Parameters
    ----------
    runs : sequence of Ends
        Two or more replications.
    warm_h : float
        Warm-up before them [h].

    Returns
    -------
    list of Growth
        Empty if the terminal is stable.
    """
    cut = sum(run.cut for run in runs)
    if cut:
        return [Growth(f"boxes, so that {cut} of {len(runs)} runs overflowed,", np.nan, np.nan)]
    found = []
    steady = (2.0 * runs[0].hours / 3.0) / (warm_h + runs[0].hours / 6.0)
    share = min(SHARE, SHARE * steady)
    for q, (column, name) in enumerate(NAMES.items()):
        first = np.array([run.first[q] for run in runs])
        last = np.array([run.last[q] for run in runs])
        rise = last - first
        error = rise.std(ddof=1) / np.sqrt(len(runs))
        low = rise.mean() - stdtrit(len(runs) - 1, SURE) * error
        if low > 0.0 and rise.mean() > max(share * first.mean(), LEAST[column]):
            found.append(Growth(name, float(first.mean()), float(last.mean())))
    return found


def laws_hold(model: Model, run: Replication) -> list[str]:
    """Check that no box is lost and that levels agree with what was held (Little's law).

    The integral of a level over time must equal the sum of the times that single calls, trucks
    and boxes were held there, which are counted apart.

    Parameters
    ----------
    model : Model
        Terminal.
    run : Replication
        What a run left behind.

    Returns
    -------
    list of str
        What does not hold; empty if all does.
    """
    wrong = []
    if run.n[c.BOXES] != round(run.level[c.SYSTEM, c.LEVEL]):
        wrong.append(f"{run.n[c.BOXES]} boxes are there, {run.level[c.SYSTEM, c.LEVEL]} counted")
    for row, name in _timed_rows(model):
        area, held = run.level[row, c.AREA], run.level[row, c.HELD]
        if abs(area - held) > SMALL * max(1.0, area):
            wrong.append(f"{name}: {area:.6f} h by levels, {held:.6f} h by what was held")
    return wrong


def _timed_rows(model: Model) -> list[tuple[int, str]]:
    rows = [(c.SYSTEM, "boxes"), (c.CALLS, "vessels"), (c.CALLS + 1, "trains")]
    rows += [(c.LANE_QUEUE + lane, f"lane {lane}") for lane in range(c.LANES)]
    first = c.BLOCKS + len(model.blocks)
    return rows + [(first + k, name) for k, name in enumerate(model.carriers)]


def interval(values: NDArray[np.float64], level: float = 0.95) -> tuple[float, float, float]:
    """Mean of replications with its confidence interval by Student's t."""
    mean = float(values.mean())
    if len(values) < 2:
        return mean, float("nan"), float("nan")
    half = float(stdtrit(len(values) - 1, 0.5 + level / 2) * values.std(ddof=1))
    half /= float(np.sqrt(len(values)))
    return mean, mean - half, mean + half
