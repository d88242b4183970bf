"""Throughput and capacity of a venture from its file, or from tables beside it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.appraisal.venture import Venture, along
from karwan.errors import InputError
from karwan.schema import read_plain

__all__ = ["CLASSES", "Step", "asked_for", "capacity_steps"]

Floats = NDArray[np.float64]
CLASSES = ("local_teu", "transit_teu", "transhipment_teu")
STEPS = ("year", "element", "count", "capital_usd", "capacity_teu_per_year")
Step = tuple[int, str, float, float]
"""Year, element, capital [USD], capacity after it [TEU/year]."""


def asked_for(
    venture: Venture,
    throughput: pl.DataFrame | None = None,
    transit: Mapping[int, float] | None = None,
) -> Floats:
    """Return what asks to be handled by year.

    Parameters
    ----------
    venture : Venture
        Venture with stated paths or the name of a file.
    throughput : polars.DataFrame, optional
        Columns year, local_teu, transit_teu and transhipment_teu, those left out being nil;
        instead of what the venture states.
    transit : mapping of int to float, optional
        Transit boxes by year, as an assignment gives them, instead of any other.

    Returns
    -------
    float64[3, n]
        Local, transit and transhipment [TEU/year].

    Raises
    ------
    InputError
        A file that is missing or wrong; everything at once.
    """
    if throughput is None and venture["throughput.file"]:
        throughput = read_plain(venture.folder / venture["throughput.file"], ("year",))
    stated: list[Mapping[int, float]] = [venture[f"throughput.{name}"] for name in CLASSES]
    if throughput is not None:
        problems = _wrong_cells(throughput, "throughput", [*CLASSES])
        if problems:
            raise InputError(problems)
        years = throughput["year"].to_list()
        stated = [
            dict(zip(years, throughput[c].to_list(), strict=True))
            if c in throughput.columns
            else {0: 0.0}
            for c in CLASSES
        ]
    if transit:
        stated[1] = transit
    return np.array([_grown(venture, path) for path in stated])


def _grown(venture: Venture, stated: Mapping[int, float]) -> list[float]:
    """Return a path that grows after its last stated year."""
    years = int(venture["years"])
    values = along(stated, venture.first_year, years)
    last, growth = max(stated), float(venture["throughput.growth_after"])
    begins = venture.first_year if last == 0 else last
    return [
        v * (1 + growth) ** max(venture.first_year + t - begins, 0) for t, v in enumerate(values)
    ]


def capacity_steps(venture: Venture, table: pl.DataFrame | None = None) -> list[Step]:
    """Return the steps of a table of capacity, in order of years.

    Parameters
    ----------
    venture : Venture
        Venture, which may name a file.
    table : polars.DataFrame, optional
        Columns year, element, count, capital_usd and capacity_teu_per_year (the capacity after
        the step), as an investment plan of a simulated terminal gives them.

    Returns
    -------
    list of Step
        Steps; empty without a table.

    Raises
    ------
    InputError
        A table that lacks columns or holds nonsense.
    """
    if table is None:
        if not venture["capacity.file"]:
            return []
        table = read_plain(venture.folder / venture["capacity.file"], STEPS)
    missing = [c for c in STEPS if c not in table.columns]
    if missing:
        message = f"capacity: {', '.join(missing)} missing; columns are {', '.join(STEPS)}"
        raise InputError(message)
    problems = _wrong_cells(table, "capacity", ["count", "capital_usd", "capacity_teu_per_year"])
    if problems:
        raise InputError(problems)
    rows = table.sort("year", maintain_order=True).iter_rows(named=True)
    return [
        (int(r["year"]), str(r["element"]), float(r["capital_usd"]),
         float(r["capacity_teu_per_year"]))
        for r in rows
    ]  # fmt: skip


def _wrong_cells(table: pl.DataFrame, name: str, columns: list[str]) -> list[str]:
    if "year" not in table.columns or table.is_empty():
        return [f"{name} has no rows with a year"]
    problems = []
    if table["year"].n_unique() < len(table) and name == "throughput":
        problems.append("throughput has a year twice; give one row for each")
    for column in ["year", *(c for c in columns if c in table.columns)]:
        for i, value in enumerate(table[column].to_list()):
            fine = isinstance(value, (int, float)) and np.isfinite(value) and value >= 0
            if not fine:
                problems.append(f"{name}[{i + 1}].{column} is {value!r}; it must be at least 0")
    return problems
