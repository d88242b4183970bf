"""When each element of a terminal has to grow to keep a level of service, and what that costs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from karwan.network import Network
from karwan.terminals.build import build
from karwan.terminals.more import choices, with_more
from karwan.terminals.simulate import simulate_model
from karwan.terminals.terminal_run import TerminalRun

__all__ = ["STEPS", "Service", "growth_steps", "kept"]

STEPS = {
    "year": pl.Int64, "element": pl.String, "count": pl.Int64, "capital_usd": pl.Float64,
    "capacity_teu_per_year": pl.Float64, "why": pl.String,
}  # fmt: skip
"""Columns of an investment plan; the first five are what the appraisal of a venture takes."""
HALVINGS, FIRST_RISE = 5, 1.15
MOST_STEPS = 40
FREE, OVERFLOWN = 1.0, 20.0


@dataclass(frozen=True)
class Service:
    """A level of service: limits that must all hold; None does not count.

    Attributes
    ----------
    wait_ratio : float or None
        Most waiting of any class of vessels or trains over its time at the berth.
    truck_turn_p95_h : float or None
        Most time of 95 of 100 trucks [h].
    box_time_p95_h : float or None
        Most time of 95 of 100 boxes [h].
    """

    wait_ratio: float | None = 0.1
    truck_turn_p95_h: float | None = None
    box_time_p95_h: float | None = None

    def missed(self, run: TerminalRun) -> dict[str, float]:
        """Return by how much a run misses each limit, as a multiple of it; empty if it is kept."""
        limits = {
            "wait ratio": self.wait_ratio,
            "truck turn P95": self.truck_turn_p95_h,
            "box time P95": self.box_time_p95_h,
        }
        found = {}
        for measure, limit in limits.items():
            rows = run.summary.filter(measure=measure)
            if measure != "wait ratio":
                rows = rows.filter(of="all")
            if limit is not None and len(rows):
                worst = float(rows["mean"].to_numpy().max()) / limit
                if worst > 1.0:
                    found[measure] = worst
        return found


@dataclass(frozen=True)
class _Trial:
    network: Network
    terminal_id: str
    service: Service
    replications: int
    hours: float
    seed: int
    warm_h: float

    def run(self, teu: float, network: Network | None = None) -> TerminalRun:
        model = build(network or self.network, self.terminal_id, teu)
        return simulate_model(
            model, replications=self.replications, hours=self.hours, seed=self.seed,
            warm_h=self.warm_h,
        )  # fmt: skip


def kept(run: TerminalRun, service: Service) -> bool:
    """Tell whether a run is stable and keeps a level of service."""
    return run.stable and not service.missed(run)


def growth_steps(
    network: Network,
    terminal_id: str,
    demand: Mapping[int, float],
    *,
    service: Service,
    replications: int = 6,
    days: float = 180.0,
    seed: int = 1,
) -> pl.DataFrame:
    """Let a terminal grow with its demand, the element that helps most for its cost first.

    In a year whose demand the terminal cannot serve at the level, one more of each element is
    simulated with the same ships and boxes. The one that takes most off what is missed for a
    dollar grows, until the level is kept. The capacity after a step is the largest throughput,
    to within 3 %, at which the level is kept.

    Parameters
    ----------
    network : Network
        Network with the terminal.
    terminal_id : str
        Terminal.
    demand : mapping of int to float
        Throughput asked for by year [TEU/year].
    service : Service
        Level of service.
    replications : int
        Runs of each trial.
    days : float
        Days that each counts.
    seed : int
        Seed of all trials.

    Returns
    -------
    polars.DataFrame
        Columns of `STEPS`: the terminal as it stands, then a row a step. `why` says what was
        missed, or that no element helps and the demand of that year stays unserved.
    """
    years = sorted(demand)
    hours = round(24.0 * days)
    trial = _Trial(network, terminal_id, service, replications, hours, seed, 28.0 * 24.0)
    capacity = _capacity(trial, demand[years[0]])
    rows = [(years[0], "as it stands", 0, 0.0, capacity, "")]
    for year in years:
        for step in _steps_of_year(trial, demand[year], capacity):
            trial, capacity, row = step
            rows.append((year, *row))
            if row[0] == "none":
                break
        if len(rows) > MOST_STEPS:
            break
    return pl.DataFrame(rows, STEPS, orient="row")


def _steps_of_year(
    trial: _Trial, teu: float, capacity: float
) -> Iterator[tuple[_Trial, float, tuple[str, int, float, float, str]]]:
    while capacity < teu:
        base = trial.run(teu)
        if kept(base, trial.service):
            return
        element, changed = _best(trial, base, teu)
        missed = trial.service.missed(base)
        reasons = [
            f"{measure} {100 * (x - 1):.3g} % over its limit" for measure, x in missed.items()
        ]
        why = ", ".join(
            [
                *reasons,
                *(g.what if math.isfinite(g.load) else f"{g.what} grow" for g in base.growth),
            ]
        )
        if changed is None:
            yield trial, capacity, ("none", 0, 0.0, capacity, f"no element helps: {why}")
            return
        cost = _cost(trial.network, element)
        trial = replace(trial, network=changed)
        if kept(trial.run(teu), trial.service):
            capacity = _capacity(trial, teu)
        yield trial, capacity, (element, 1, cost, capacity, why)


def _badness(trial: _Trial, run: TerminalRun) -> dict[str, float]:
    """Return what is missed, what is overloaded, and by how much queues grow if they do."""
    found = trial.service.missed(run)
    for growth in run.growth:
        if math.isfinite(growth.load):
            found[growth.what] = growth.load
            continue
        rise = (growth.last - growth.first) / (growth.first + 1.0)
        found[f"growing: {growth.what}"] = rise if math.isfinite(rise) else OVERFLOWN
    if run.growth:
        found["box time in days"] = run.mean("box time") / 24.0
    return found


def _best(trial: _Trial, base: TerminalRun, teu: float) -> tuple[str, Network | None]:
    before = sum(_badness(trial, base).values())
    best: tuple[float, str, Network | None] = (0.0, "", None)
    for element in choices(trial.network, trial.terminal_id):
        changed = with_more(trial.network, trial.terminal_id, {element: 1})
        after = sum(_badness(trial, trial.run(teu, changed)).values())
        worth = (before - after) / max(_cost(trial.network, element), FREE)
        if before - after > 0.01 * before and worth > best[0]:
            best = (worth, element, changed)
    return best[1], best[2]


def _cost(network: Network, element: str) -> float:
    row = network.table("terminal_elements").filter(element_id=element)
    return float(row["capital_usd"][0] or 0.0) if len(row) else 0.0


def _capacity(trial: _Trial, teu: float) -> float:
    """Find the largest throughput that keeps the level, by rising and halving."""
    low, high = 0.0, teu
    while kept(trial.run(high), trial.service):
        low, high = high, high * FIRST_RISE
    if low == 0.0:
        low = high / 2.0
        while low > 1.0 and not kept(trial.run(low), trial.service):
            low, high = low / 2.0, low
    for _ in range(HALVINGS):
        if high - low <= 0.03 * high:
            break
        middle = 0.5 * (low + high)
        low, high = (middle, high) if kept(trial.run(middle), trial.service) else (low, middle)
    return low if low > 1.0 else 0.0
