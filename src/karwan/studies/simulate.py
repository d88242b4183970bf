"""Simulate a terminal or border: how it serves its traffic, and what one more would bring."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.schema.check import did_you_mean
from karwan.studies.run import Run, karwan_version
from karwan.terminals.build import build
from karwan.terminals.checks import Growth
from karwan.terminals.loads import loads
from karwan.terminals.more import with_more
from karwan.terminals.one_more import COLUMNS, one_more
from karwan.terminals.simulate import simulate_model

__all__ = ["Simulation", "find_terminal", "run_faults", "simulate"]

DAYS_PER_YEAR = 365.0
COMPARED = 5
"""Replications that one more of each element is compared over, at most."""


@dataclass(frozen=True, eq=False)
class Simulation:
    """How a terminal serves its traffic.

    Attributes
    ----------
    run : Run
        Stamp.
    terminal : dict
        Row of `terminals`.
    summary : polars.DataFrame
        One row a figure: measure, of, unit, mean, low and high of the 95 % interval.
    values : polars.DataFrame
        The same by replication.
    one_more : polars.DataFrame
        Change of figures by one more of each element; empty if not asked for.
    loads : polars.DataFrame
        Work offered to each kind of element as a share of what it can do.
    records : polars.DataFrame
        Published figures beside the simulated ones; they are not used by the simulation.
    warm_up_h : float
        Hours dropped from each replication.
    growth : tuple of Growth
        Queues that grow through the runs: the terminal is unstable if there is one.
    events : int
        Events of all replications.
    """

    run: Run
    terminal: dict[str, Any]
    summary: pl.DataFrame
    values: pl.DataFrame
    one_more: pl.DataFrame
    loads: pl.DataFrame
    records: pl.DataFrame
    warm_up_h: float
    growth: tuple[Growth, ...]
    events: int

    @property
    def stable(self) -> bool:
        """Whether no queue grows through the runs."""
        return not self.growth

    @property
    def bottleneck(self) -> str | None:
        """Element of which one more saves most box time for certain; None if none does."""
        best = self.one_more.filter((pl.col("measure") == "box time") & (pl.col("high") < 0.0))
        return str(best["element"][0]) if len(best) else None

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values; figures of an unstable terminal are left out."""
        stamp = self.run
        run: dict[str, Any] = {"karwan_version": stamp.karwan_version, "network": stamp.network}
        run |= {"fingerprint": stamp.fingerprint, "options": stamp.options}
        growth = [
            {"what": g.what, "first": _plain(g.first), "last": _plain(g.last)} for g in self.growth
        ]
        shown = {
            "figures": self.summary if self.stable else self.summary.clear(),
            "one_more": self.one_more,
            "loads": self.loads,
            "records": self.records,
        }
        return {
            "schema": "karwan.simulation/1",
            "run": run,
            "terminal": self.terminal["terminal_id"],
            "stable": self.stable,
            "growth": growth,
            "bottleneck": self.bottleneck,
            "warm_up_h": self.warm_up_h,
            "events": self.events,
            **{
                name: [
                    {k: _plain(v) for k, v in row.items()} for row in frame.iter_rows(named=True)
                ]
                for name, frame in shown.items()
            },
        }


def simulate(
    network: Network,
    terminal: str,
    *,
    teu_per_year: float | None = None,
    growth: float = 0.0,
    more: Mapping[str, int] | None = None,
    replications: int = 10,
    days: float = DAYS_PER_YEAR,
    seed: int = 1,
    compare: bool = True,
) -> Simulation:
    """Simulate a terminal or border.

    Parameters
    ----------
    network : Network
        Network with terminals.
    terminal : str
        Identifier or name of a terminal, or of the one terminal of a node or crossing.
    teu_per_year : float, optional
        Throughput; that of the table if not given [TEU/year].
    growth : float
        Share by which it is more, 0.1 for a tenth.
    more : mapping of str to int, optional
        How many more of an element or kind, as `with_more` takes it.
    replications : int
        Runs, at least 2.
    days : float
        Days that each counts, after the warm-up.
    seed : int
        Seed; the same gives the same figures.
    compare : bool
        Also run it with one more of each element.

    Returns
    -------
    Simulation
        Figures with confidence.

    Raises
    ------
    InputError
        The terminal or an element is unknown, or a number makes no sense; all at once.
    """
    name = find_terminal(network, terminal)
    row = network.table("terminals").filter(pl.col("terminal_id") == name).row(0, named=True)
    teu = row["throughput_teu_per_year"] if teu_per_year is None else teu_per_year
    _refuse(teu, growth, replications, days, seed)
    changed = with_more(network, name, more or {})
    teu *= 1.0 + growth
    hours = max(24.0, round(days * 24.0))
    model = build(changed, name, teu)
    base = simulate_model(model, replications=replications, hours=hours, seed=seed)
    if base.broken:
        message = f"laws of queues do not hold in {name}: {'; '.join(base.broken[:3])}"
        raise RuntimeError(message)
    rows = one_more(
        changed, base, teu_per_year=teu, replications=min(replications, COMPARED), hours=hours,
        seed=seed,
    ) if compare else None  # fmt: skip
    options = {
        "terminal": name,
        "teu_per_year": teu,
        "more": dict(more or {}),
        "replications": replications,
        "days": hours / 24.0,
        "seed": seed,
    }
    stamp = Run(
        karwan_version(), network.name, network.fingerprint, (), network.as_of,
        network.price_year, options,
    )  # fmt: skip
    return Simulation(
        stamp,
        row,
        base.summary,
        base.values,
        pl.DataFrame(schema=COLUMNS) if rows is None else rows,
        loads(model),
        network.table("terminal_records").filter(pl.col("terminal_id") == name),
        base.warm_up_h,
        base.growth,
        base.events,
    )


def find_terminal(network: Network, wanted: str) -> str:
    """Return the identifier of a terminal.

    Parameters
    ----------
    network : Network
        Network with terminals.
    wanted : str
        Identifier or name of the terminal, or a part that no other has, as KICT; or identifier of
        its node or crossing.

    Returns
    -------
    str
        Identifier.

    Raises
    ------
    InputError
        There is none, or several stand at one place.
    """
    rows = network.table("terminals").select("terminal_id", "name", "target").rows()
    word = wanted.strip().casefold()
    part_of = [row[0] for row in rows if word and word in f"{row[0]} {row[1]}".casefold()]
    named = [[row[0] for row in rows if row[part].casefold() == word] for part in range(3)]
    for found in (*named, part_of):
        if len(found) == 1:
            return str(found[0])
        if found:
            message = f"{wanted!r} has {len(found)} terminals; name one of {', '.join(found)}"
            raise InputError(message)
    known = [row[0] for row in rows]
    hint = did_you_mean(word, known) or f"there are {', '.join(known) or 'none'}"
    message = f"{wanted!r} is no terminal of the network; {hint}"
    raise InputError(message)


def _refuse(teu: float, growth: float, replications: int, days: float, seed: int) -> None:
    wrong = []
    if not (math.isfinite(teu) and teu > 0.0):
        wrong.append(f"the throughput is {teu:g} TEU/year; it must be above 0")
    if not (math.isfinite(growth) and growth > -1.0):
        wrong.append(f"growth is {growth:g}; it must be above -1, 0.1 is a tenth more")
    wrong += run_faults(replications, days, seed)
    if wrong:
        raise InputError("; ".join(wrong))


def run_faults(replications: int, days: float, seed: int) -> list[str]:
    """Name what is wrong with the number of runs, their length [d] and their seed."""
    wrong = []
    if replications < 2:
        wrong.append(f"replications are {replications}; intervals need at least 2")
    if not (math.isfinite(days) and days >= 1.0):
        wrong.append(f"the horizon is {days:g} days; it must be at least 1")
    if seed < 0:
        wrong.append(f"the seed is {seed}; it must be at least 0")
    return wrong


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return [{k: _plain(v) for k, v in row.items()} for row in frame.iter_rows(named=True)]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
