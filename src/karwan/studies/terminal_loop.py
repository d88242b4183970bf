"""Assignment and terminals in turn: flows load terminals, and their delays turn flows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.studies.flows import Flows
from karwan.terminals.curves import SHARES, CapacityCurve, capacity_curve, of_capacities

__all__ = ["Settled", "settle"]

TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Settled:
    """Flows that agree with the delays of terminals at their own loads.

    Attributes
    ----------
    flows : Flows
        Flows of the last turn.
    curves : dict of str to CapacityCurve
        Curves by capacity, simulated also at the loads of the turns.
    turns : polars.DataFrame
        One row a turn: the largest change of load at a simulated place since the turn before as
        a share of capacity (the residual), and the place.
    places : polars.DataFrame
        One row a simulated place: load and factor of time of the last turn.
    converged : bool
        Whether the last residual is below the tolerance.
    """

    flows: Flows
    curves: dict[str, CapacityCurve]
    turns: pl.DataFrame
    places: pl.DataFrame
    converged: bool


def settle(
    network: Network,
    assigned: Callable[[Network], Flows],
    *,
    capacities: tuple[str, ...] = (),
    turns: int = 6,
    replications: int = 6,
    days: float = 120.0,
    seed: int = 1,
) -> Settled:
    """Assign, simulate terminals at the loads found, and assign again until loads stay.

    Each turn the curve of every simulated place is drawn anew with the load of the turn before
    as one more point, so that where flows settle the delay is simulated, not read off between
    points. The same seed serves all loads: a load that stays has a delay that stays.

    Parameters
    ----------
    network : Network
        Network with terminals and capacities.
    assigned : callable
        Assignment of a network, ``lambda network: assign(network, year=2030)``.
    capacities : tuple of str
        Capacities that are simulated; all that a terminal names if none is given.
    turns : int
        Turns at most, at least 2.
    replications : int
        Runs at each simulated load.
    days : float
        Days that each counts.
    seed : int
        Seed of all.

    Returns
    -------
    Settled
        Flows, curves, and the residual of each turn.

    Raises
    ------
    InputError
        No terminal names a capacity, one of those given is named by none, or fewer than 2 turns.
    """
    terminal = of_capacities(network)
    wanted = capacities or tuple(sorted(terminal))
    lost = [name for name in wanted if name not in terminal]
    if lost or not wanted or turns < 2:
        problems = [f"no terminal names the capacity {name!r}" for name in lost]
        problems += [] if wanted else ["no terminal names a capacity"]
        problems += [f"turns are {turns}; it must be at least 2"] if turns < 2 else []
        raise InputError("; ".join(problems))
    extra: dict[str, set[float]] = {name: set() for name in wanted}
    rows: list[tuple[int, float, str]] = []
    loads: dict[str, float] = {}
    curves: dict[str, CapacityCurve] = {}
    for turn in range(1, turns + 1):
        for name in wanted:
            if name not in curves or extra[name]:
                shares = sorted({*SHARES, *extra[name]})
                curves[name] = capacity_curve(
                    network, terminal[name], replications=replications, days=days, seed=seed,
                    shares=shares,
                )  # fmt: skip
        flows = assigned(_with_curves(network, curves))
        now = dict(flows.places.select("capacity_id", "load_share").iter_rows())
        change = {name: abs(now[name] - loads.get(name, np.nan)) for name in wanted}
        if turn > 1:
            most = max(change, key=lambda name: change[name])
            rows.append((turn, change[most], most))
            if change[most] < TOLERANCE:
                break
        for name in wanted:
            if now[name] > 0.0:
                extra[name] = {round(now[name], 4)}
        loads = now
    places = flows.places.filter(pl.col("capacity_id").is_in(wanted))
    table = pl.DataFrame(rows, ["turn", "residual", "place"], orient="row")
    return Settled(flows, curves, table, places, rows[-1][1] < TOLERANCE)


def _with_curves(network: Network, curves: dict[str, CapacityCurve]) -> Network:
    """Let capacities follow simulated curves."""
    own = pl.col("capacity_id").is_in(list(curves))
    table = network.table("capacities")
    source = dict(table.select("capacity_id", "source_id").iter_rows())
    knots = pl.concat(
        curve.knots.select(
            pl.lit(name).alias("capacity_id"), "knot", "load_share",
            pl.col("time_factor").clip(upper_bound=1_000.0),
            pl.lit(source[name]).alias("source_id"),
        )
        for name, curve in curves.items()
    )  # fmt: skip
    kept = network.table("capacity_curves").filter(~own)
    function = pl.when(own).then(pl.lit("curve")).otherwise("function").alias("function")
    return network.with_tables(
        capacities=table.with_columns(function),
        capacity_curves=pl.concat([kept, knots], how="vertical_relaxed"),
    )
