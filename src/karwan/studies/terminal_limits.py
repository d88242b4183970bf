"""What would bind first at each terminal, by arithmetic alone."""

from __future__ import annotations

from typing import Any

import polars as pl

from karwan.network import Network
from karwan.terminals.build import HOURS_PER_YEAR, build
from karwan.terminals.loads import loads

__all__ = ["LIMITS", "terminal_limits"]

LIMITS = {
    "terminal_id": pl.String,
    "teu_per_year": pl.Float64,
    "kind": pl.String,
    "load": pl.Float64,
    "limit_teu_per_year": pl.Float64,
}
"""Columns of the limits."""
TIMES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""Multiples of today's traffic between which a limit is sought."""
STEPS = 3
ENDS = ("from_carriers", "to_carriers")


def terminal_limits(network: Network, terminals: list[str] | None = None) -> pl.DataFrame:
    """Work out the traffic at which each kind of element is worked all the time.

    Sizes of calls grow with traffic and timetables do not, so that vessels and trains of a
    timetable can be full: they are the kinds "full vessel" and "full train". Queues, storms
    and tides come on top, so that no terminal reaches its limit.

    Parameters
    ----------
    network : Network
        Network with terminals.
    terminals : list of str, optional
        Terminals; all if not given.

    Returns
    -------
    polars.DataFrame
        One row a kind of element, that which binds first on top: traffic today, load at it, and
        the limit; null where 64 times today's traffic does not work it all the time.
    """
    found = []
    for row in network.table("terminals").sort("terminal_id").iter_rows(named=True):
        name, today = row["terminal_id"], row["throughput_teu_per_year"]
        if terminals is not None and name not in terminals:
            continue
        curve = {n: _by_kind(network, name, today * n) for n in TIMES}
        for kind, load in curve[1.0].items():
            times = _reached(network, name, today, {n: at[kind] for n, at in curve.items()}, kind)
            found.append((name, today, kind, load, None if times is None else today * times))
        for kind, load in _full_calls(network, row).items():
            found.append((name, today, kind, load, today / load))
    order = ["terminal_id", "limit_teu_per_year"]
    return pl.DataFrame(found, LIMITS, orient="row").sort(order, nulls_last=True)


def _reached(
    network: Network, terminal: str, today: float, curve: dict[float, float], kind: str
) -> float | None:
    """Return the multiple of today's traffic at which a load is 1, by straight lines."""
    above = [n for n, load in curve.items() if load >= 1.0]
    if not above:
        return None
    high = min(above)
    low = max((n for n in curve if n < high), default=0.0)
    points = {0.0: 0.0, **curve}
    for _ in range(STEPS):
        share = (1.0 - points[low]) / (points[high] - points[low])
        middle = low + share * (high - low)
        points[middle] = _by_kind(network, terminal, today * middle)[kind]
        low, high = (low, middle) if points[middle] >= 1.0 else (middle, high)
        if points[low] == points[high]:
            break
    return high if points[high] - 1.0 <= 1.0 - points[low] else low


def _full_calls(network: Network, row: dict[str, Any]) -> dict[str, float]:
    """Return how full vessels and trains of a timetable are, the fullest of each kind."""
    mine = pl.col("terminal_id") == row["terminal_id"]
    carriers = {
        c["carrier_id"]: c
        for c in network.table("terminal_carriers").filter(mine).iter_rows(named=True)
    }
    boxes = build(network, row["terminal_id"]).boxes_per_h * HOURS_PER_YEAR
    moved = {(name, end): 0.0 for name in carriers for end in ENDS}
    for flow in network.table("terminal_flows").filter(mine).iter_rows(named=True):
        for end in ENDS:
            names = flow[end].split("|")
            shared = sum(carriers[name]["share"] for name in names)
            for name in names:
                moved[name, end] += boxes * flow["share"] * carriers[name]["share"] / shared
    full: dict[str, float] = {}
    for (name, _), number in moved.items():
        calls, most = carriers[name]["calls_per_year"], carriers[name]["boxes_max"]
        if calls and most and number:
            kind = f"full {carriers[name]['kind']}"
            full[kind] = max(full.get(kind, 0.0), number / calls / most)
    return full


def _by_kind(network: Network, terminal: str, teu: float) -> dict[str, float]:
    return dict(loads(build(network, terminal, teu)).select("kind", "load").iter_rows())
