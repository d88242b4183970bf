"""What one replication of a terminal shows, figure by figure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from karwan.kernels import terminal_layout as c
from karwan.terminals.build import HOURS_PER_YEAR, PART_KINDS, Model
from karwan.terminals.replicate import Replication

__all__ = ["Figure", "bin_edges", "figures", "from_histogram"]

Figure = tuple[str, str, str, float]
"""Measure, what it is of, unit, value."""
PLACES = ("quay", "rail")
CALL_SHARE = 0.95


@cache
def bin_edges() -> NDArray[np.float64]:
    """Lower edges of the bins of times, and the upper one of the last [h]."""
    k = np.arange(c.BINS + 1)
    edges = 0.001 * (2.0 ** (k // 32)) * (1.0 + (k % 32) / 32.0)
    edges[0] = 0.0
    edges.setflags(write=False)
    return edges


def from_histogram(hist: NDArray[np.int64], share: float) -> float:
    """Read a quantile off a histogram of times, even within a bin; NaN if it is empty [h]."""
    total = hist.sum()
    if total == 0:
        return float("nan")
    sums = np.concatenate([[0], np.cumsum(hist)])
    k = int(np.searchsorted(sums, share * total, side="left"))
    k = max(k, 1)
    inside = (share * total - sums[k - 1]) / max(1, sums[k] - sums[k - 1])
    edges = bin_edges()
    return float(edges[k - 1] + inside * (edges[k] - edges[k - 1]))


def figures(model: Model, run: Replication) -> Iterator[Figure]:
    """Yield every figure of a replication.

    Parameters
    ----------
    model : Model
        Terminal.
    run : Replication
        What a run left behind.

    Yields
    ------
    tuple
        Measure, what it is of, unit, value.
    """
    yield from _boxes(model, run)
    yield from _calls(model, run)
    yield from _busy(model, run)
    yield from _yard(model, run)
    yield from _trucks(model, run)


def _boxes(model: Model, run: Replication) -> Iterator[Figure]:
    if not model.flows:
        return
    year = HOURS_PER_YEAR / run.hours
    teu = run.tally[:, c.GONE].sum() * model.teu_per_box * model.ends_per_box * year
    yield "throughput", "all", "TEU/year", teu
    yield "box time", "all", "h", _mean(run.tally[:, c.TOTAL_SUM].sum(), run.tally[:, c.GONE].sum())
    yield "box time P95", "all", "h", from_histogram(run.hist[:, c.TOTAL].sum(axis=0), 0.95)
    for f, name in enumerate(model.flows):
        stays = run.hist[f, c.STAY]
        if stays.any():
            yield "dwell", name, "h", _mean(run.tally[f, c.STAY_SUM], run.tally[f, c.GONE])
            yield "dwell P95", name, "h", from_histogram(stays, 0.95)


def _calls(model: Model, run: Replication) -> Iterator[Figure]:
    for k, name in enumerate(model.carriers):
        if model.carrier[k, c.SIDE] == c.TRUCK_SIDE:
            continue
        own = run.record[run.record[:, c.SEEN_CLASS] == k]
        yield "calls", name, "1/year", len(own) * HOURS_PER_YEAR / run.hours
        if not len(own):
            continue
        waits = own[:, c.SEEN_BERTHED] - own[:, c.SEEN_ARRIVED]
        at_berth = own[:, c.SEEN_LEFT] - own[:, c.SEEN_BERTHED]
        yield "waiting", name, "h", waits.mean()
        yield "waiting P95", name, "h", float(np.quantile(waits, CALL_SHARE))
        yield "wait ratio", name, "", waits.mean() / at_berth.mean()
        yield "at berth", name, "h", at_berth.mean()
        yield "turnaround", name, "h", (waits + at_berth).mean()
        row = len(run.level) - len(model.carriers) + k
        if run.level[row, c.AREA] > 0.0:
            taken = own[:, c.SEEN_OUT].sum()
            yield "boxes wait for it", name, "h", _mean(run.level[row, c.AREA], taken)


def _busy(model: Model, run: Replication) -> Iterator[Figure]:
    berths = model.given[6]
    for side, place in enumerate(PLACES):
        count = (berths[:, c.BERTH_SIDE] == side).sum()
        what = "berth" if side == 0 else "track"
        if count:
            yield "occupancy", what, "", run.level[c.BERTHS_BUSY + side, c.AREA] / run.hours / count
        cranes = model.part[side, c.COUNT]
        if count and cranes:
            used = run.level[c.CRANES_BUSY + side, c.AREA] / run.hours / cranes
            yield "occupancy", PART_KINDS[side], "", used
            yield "waiting calls", place, "", run.level[c.CALLS + side, c.AREA] / run.hours
    for lane in range(c.LANES):
        count = model.part[c.FIRST_LANE + lane, c.COUNT]
        if count:
            kind = PART_KINDS[c.FIRST_LANE + lane]
            used = run.level[c.LANE_BUSY + lane, c.AREA] / run.hours / count
            yield "occupancy", kind, "", used
            yield "queue", kind, "", run.level[c.LANE_QUEUE + lane, c.AREA] / run.hours


def _yard(model: Model, run: Replication) -> Iterator[Figure]:
    teu = model.teu_per_box
    if (model.ways[:, c.BLOCK] == c.NONE).all():
        return
    whole = run.series[:, c.IN_YARD] * teu
    yield "yard", "all", "TEU", whole.mean()
    yield "yard P95", "all", "TEU", float(np.quantile(whole, 0.95))
    yield "yard peak", "all", "TEU", float(whole.max(initial=0.0))
    for b, name in enumerate(model.blocks):
        own = run.series[:, c.SERIES + b]
        most = np.quantile(own, 0.95)
        yield "yard P95", name, "TEU", float(most) * teu
        if np.isfinite(model.room[b]):
            yield "yard fill", name, "", float(own.mean() / max(1.0, model.room[b]))
            yield "yard fill P95", name, "", float(most / max(1.0, model.room[b]))


def _trucks(model: Model, run: Replication) -> Iterator[Figure]:
    turns = run.hist[:, c.TURN]
    if not turns.any():
        return
    count = run.tally[:, c.TURNS].sum()
    yield "trucks", "all", "1/year", count * HOURS_PER_YEAR / run.hours
    yield "truck turn", "all", "h", _mean(run.tally[:, c.TURN_SUM].sum(), count)
    yield "truck turn P95", "all", "h", from_histogram(turns.sum(axis=0), 0.95)
    for f, name in enumerate(model.flows):
        if turns[f].any():
            yield "truck turn", name, "h", _mean(run.tally[f, c.TURN_SUM], run.tally[f, c.TURNS])
            yield "truck turn P95", name, "h", from_histogram(turns[f], 0.95)


def _mean(total: float, count: float) -> float:
    return total / count if count else float("nan")
