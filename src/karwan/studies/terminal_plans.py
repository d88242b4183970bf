"""A terminal at many loads: its curve of delay, and a plan of when it has to grow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.schema import read_plain
from karwan.studies.simulate import find_terminal, run_faults
from karwan.studies.simulate_place import find_terminals
from karwan.terminals.curves import CapacityCurve, capacity_curve
from karwan.terminals.triggers import Service, growth_steps

__all__ = ["simulate_curve", "simulate_growth"]

COLUMNS = ("year", "teu_per_year")


def simulate_curve(
    network: Network, terminal: str, *, replications: int = 8, days: float = 180.0, seed: int = 1
) -> CapacityCurve:
    """Simulate a terminal at rising loads and fit a curve that assignment can read.

    Parameters
    ----------
    network : Network
        Network with terminals.
    terminal : str
        Terminal, as `simulate` takes it, or a place with several: its node, crossing or capacity.
    replications : int
        Runs at each load, at least 2.
    days : float
        Days that each counts, at least 1.
    seed : int
        Seed.

    Returns
    -------
    CapacityCurve
        Simulated points and fitted knots.

    Raises
    ------
    InputError
        The terminal is unknown, or a number makes no sense.
    """
    _refuse(replications, days, seed, [])
    names = tuple(find_terminals(network, [terminal]))
    return capacity_curve(network, names, replications=replications, days=days, seed=seed)


def simulate_growth(
    network: Network,
    terminal: str,
    demand: Mapping[int, float] | Path,
    levels: Mapping[str, float],
    *,
    replications: int = 6,
    days: float = 180.0,
    seed: int = 1,
) -> pl.DataFrame:
    """Plan when each element of a terminal has to grow with demand.

    Parameters
    ----------
    network : Network
        Network with terminals.
    terminal : str
        Terminal, as `simulate` takes it.
    demand : mapping of int to float, or Path
        Throughput by year, or a CSV with the columns year and teu_per_year [TEU/year].
    levels : mapping of str to float
        Limits of `Service`; a wait ratio of 0.1 if none is given.
    replications : int
        Runs of each trial, at least 2.
    days : float
        Days that each counts, at least 1.
    seed : int
        Seed.

    Returns
    -------
    polars.DataFrame
        Year, element, count, capital_usd, capacity_teu_per_year and why, as `growth_steps` gives.

    Raises
    ------
    InputError
        The terminal is unknown, a number makes no sense, or the demand cannot be read.
    """
    wrong = [f"{n} is {v:g}; it must be above 0" for n, v in levels.items() if not v > 0.0]
    path = _read(demand, wrong) if isinstance(demand, Path) else dict(demand)
    wrong += [
        f"demand of {year} is {teu:g} TEU/year; it must be above 0"
        for year, teu in path.items()
        if not (math.isfinite(teu) and teu > 0.0)
    ]
    if not path and not wrong:
        wrong.append("demand has no year; the horizon is empty")
    _refuse(replications, days, seed, wrong)
    limits = {"wait_ratio": None, **levels} if levels else {"wait_ratio": 0.1}
    return growth_steps(
        network,
        find_terminal(network, terminal),
        path,
        service=Service(**limits),
        replications=replications,
        days=days,
        seed=seed,
    )


def _refuse(replications: int, days: float, seed: int, wrong: list[str]) -> None:
    wrong += run_faults(replications, days, seed)
    if wrong:
        raise InputError("; ".join(wrong))


def _read(file: Path, wrong: list[str]) -> dict[int, float]:
    """Read traffic by year; what is no number and years that come twice are added to `wrong`."""
    found: dict[int, float] = {}
    for k, cells in enumerate(read_plain(file, COLUMNS).select(COLUMNS).rows(), 2):
        values = [_number(cell) for cell in cells]
        for name, cell, value in zip(COLUMNS, cells, values, strict=True):
            if value is None or (name == "year" and value % 1.0):
                what = "whole year" if name == "year" else "number"
                wrong.append(f"line {k} of {file}: {name} is {cell!r}; it must be a {what}")
        year, teu = values
        if year is None or teu is None or year % 1.0:
            continue
        if int(year) in found:
            wrong.append(f"line {k} of {file}: {year:g} comes twice; give one row for each year")
        found[int(year)] = teu
    return found


def _number(cell: object) -> float | None:
    try:
        return float(str(cell))
    except ValueError:
        return None
