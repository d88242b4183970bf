"""Published figures of terminals beside simulated ones."""

from __future__ import annotations

from functools import partial

import polars as pl

from karwan.network import Network
from karwan.studies.simulate import simulate
from karwan.studies.simulation import Simulation
from karwan.terminals.build import build
from karwan.terminals.loads import loads
from karwan.terminals.recorded import RECORDED, Interval, Simulated

__all__ = ["COMPARED", "compare_records"]

COMPARED = {
    "terminal_id": pl.String,
    "record_id": pl.String,
    "quantity": pl.String,
    "unit": pl.String,
    "year": pl.Int64,
    "published": pl.Float64,
    "simulated": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "held": pl.String,
    "busiest": pl.String,
    "load": pl.Float64,
    "note": pl.String,
    "source_id": pl.String,
}
"""Columns of the comparison."""
OFFERED = ("throughput", "capacity")
NOTHING: Interval = (None, None, None)


def compare_records(
    network: Network,
    terminals: list[str] | None = None,
    *,
    replications: int = 6,
    days: float = 365.0,
    seed: int = 1,
) -> pl.DataFrame:
    """Simulate what `terminal_records` holds.

    A published throughput or capacity is offered to the terminal as its traffic; what gets
    through is compared. All other figures are those of the traffic in `terminals`. No figure of
    `terminal_records` is used by a simulation in any other way.

    Parameters
    ----------
    network : Network
        Network with terminals and their records.
    terminals : list of str, optional
        Terminals; all if not given.
    replications : int
        Runs of each simulation, at least 2.
    days : float
        Days that each counts.
    seed : int
        Seed of all runs.

    Returns
    -------
    polars.DataFrame
        One row a record: published and simulated value with its 95 % interval; ``held`` says
        "carried", "unstable", where a queue grows through the runs, or "beyond", where by
        arithmetic alone some element is worked more than all the time: then nothing is
        simulated, and the value is the traffic at which it is worked all the time, an upper
        limit. ``busiest`` and ``load`` name the element worked most and its share.
    """
    rows = network.table("terminal_records")
    if terminals is not None:
        rows = rows.filter(pl.col("terminal_id").is_in(terminals))
    run = partial(simulate, network, replications=replications, days=days, seed=seed, compare=False)
    found = []
    for (name,), records in rows.sort("terminal_id", "record_id").group_by(
        "terminal_id", maintain_order=True
    ):
        usual: Simulation | None = None
        mine = pl.col("terminal_id") == name
        elements = network.table("terminal_elements").filter(mine)
        carriers = network.table("terminal_carriers").filter(mine)
        for record in records.iter_rows(named=True):
            quantity = record["quantity"]
            ceiling = _ceiling(network, str(name), record["value"])
            if quantity in OFFERED and ceiling is not None:
                found.append(_row(record, (ceiling[2], None, None), "beyond", ceiling[:2]))
                continue
            if quantity in OFFERED:
                done = run(str(name), teu_per_year=record["value"])
            else:
                done = usual = usual or run(str(name))
            told = Simulated(done.summary, elements, carriers, done.terminal["teu_per_box"])
            value = RECORDED[quantity](told)
            held, shown = ("carried", value) if done.stable else ("unstable", NOTHING)
            found.append(_row(record, shown, held, _busiest(done.loads)))
    return pl.DataFrame(found, COMPARED, orient="row")


def _row(
    record: dict[str, object], value: Interval, held: str, busiest: tuple[str, float]
) -> tuple[object, ...]:
    names = ("terminal_id", "record_id", "quantity", "unit", "year", "value")
    told = tuple(record[n] for n in names)
    return (*told, *value, held, *busiest, record["note"], record["source_id"])


def _busiest(loads: pl.DataFrame) -> tuple[str, float]:
    """Return the kind of element with the highest load."""
    row = loads.sort("load", descending=True).row(0, named=True)
    return str(row["kind"]), float(row["load"])


def _ceiling(network: Network, terminal: str, teu: float) -> tuple[str, float, float] | None:
    """Return what is worked all the time, its load, and the traffic at which it just is."""
    kind, load = _busiest(loads(build(network, terminal, teu)))
    return (kind, load, teu / load) if load >= 1.0 else None
