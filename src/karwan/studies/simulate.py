"""Simulate terminals or borders: how they serve their traffic, and what one more would bring."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.schema.check import did_you_mean
from karwan.studies.run import Run, karwan_version
from karwan.studies.simulation import Simulation
from karwan.terminals.build import Model, build
from karwan.terminals.loads import loads
from karwan.terminals.more import with_more
from karwan.terminals.one_more import COLUMNS, one_more, variants
from karwan.terminals.side_by_side import Asked
from karwan.terminals.simulate import simulate_models
from karwan.terminals.terminal_run import TerminalRun

__all__ = ["find_terminal", "run_faults", "simulate", "simulate_all"]

DAYS_PER_YEAR = 365.0
COMPARED = 5
"""Replications that one more of each element is compared over, at most."""


@dataclass(frozen=True, eq=False)
class _Task:
    """A terminal with its traffic, and with one more of each element."""

    row: dict[str, Any]
    teu_per_year: float
    model: Model
    variants: dict[str, Model]


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
    return simulate_all(
        network,
        [terminal],
        teu_per_year=teu_per_year,
        growth=growth,
        more=more,
        replications=replications,
        days=days,
        seed=seed,
        compare=compare,
    )[0]


def simulate_all(
    network: Network,
    terminals: Sequence[str],
    *,
    teu_per_year: float | None = None,
    growth: float = 0.0,
    more: Mapping[str, int] | None = None,
    replications: int = 10,
    days: float = DAYS_PER_YEAR,
    seed: int = 1,
    compare: bool = True,
) -> list[Simulation]:
    """Simulate several terminals or borders side by side, so that no processor waits.

    Parameters
    ----------
    network : Network
        Network with terminals.
    terminals : sequence of str
        Terminals, each as `simulate` takes it.
    teu_per_year, growth, more, replications, days, seed, compare
        As `simulate` takes them, the same for each.

    Returns
    -------
    list of Simulation
        In order; the same as one after another gives.

    Raises
    ------
    InputError
        As `simulate` does.
    """
    rows = [_row(network, find_terminal(network, wanted)) for wanted in terminals]
    traffic = [r["throughput_teu_per_year"] if teu_per_year is None else teu_per_year for r in rows]
    _refuse(traffic, growth, replications, days, seed)
    tasks = []
    for row, today in zip(rows, traffic, strict=True):
        name, teu = row["terminal_id"], today * (1.0 + growth)
        changed = with_more(network, name, more or {})
        others = variants(changed, name, teu) if compare else {}
        tasks.append(_Task(row, teu, build(changed, name, teu), others))
    hours = max(24.0, round(days * 24.0))
    compared = min(replications, COMPARED)
    asked = [Asked(t.model, replications, tuple(t.variants.values()), compared) for t in tasks]
    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: network.fingerprint)  # what the stamp needs, while runs go on
        runs = simulate_models(asked, hours=hours, seed=seed)
    options = {
        "more": dict(more or {}),
        "replications": replications,
        "days": hours / 24.0,
        "seed": seed,
    }
    return [_told(network, task, own, options) for task, own in zip(tasks, runs, strict=True)]


def _row(network: Network, name: str) -> dict[str, Any]:
    return network.table("terminals").row(by_predicate=pl.col("terminal_id") == name, named=True)


def _told(
    network: Network, task: _Task, runs: Sequence[TerminalRun], options: dict[str, Any]
) -> Simulation:
    base, *others = runs
    name = task.row["terminal_id"]
    if base.broken:
        message = f"laws of queues do not hold in {name}: {'; '.join(base.broken[:3])}"
        raise RuntimeError(message)
    changes = pl.DataFrame(schema=COLUMNS)
    if others:
        changes = one_more(base, dict(zip(task.variants, others, strict=True)))
    stamp = Run(
        karwan_version(),
        network.name,
        network.fingerprint,
        (),
        network.as_of,
        network.price_year,
        {"terminal": name, "teu_per_year": task.teu_per_year, **options},
    )
    return Simulation(
        stamp,
        task.row,
        base.summary,
        base.values,
        changes,
        loads(task.model),
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


def _refuse(traffic: list[float], growth: float, replications: int, days: float, seed: int) -> None:
    wrong = [
        f"the throughput is {teu:g} TEU/year; it must be above 0"
        for teu in dict.fromkeys(traffic)
        if not (math.isfinite(teu) and teu > 0.0)
    ]
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
