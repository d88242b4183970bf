"""Measures as data: the cells that each of them changes."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from karwan.errors import ScenarioError
from karwan.network import Network

__all__ = ["TODAY", "Change", "Measure", "read_measures"]

TODAY = "today"
"""Name of the network as it is: no measure is laid over it."""


@dataclass(frozen=True)
class Change:
    """One change of a measure.

    Attributes
    ----------
    table, row, column : str
        The cell; `row` is the key of the row, its parts joined by ``/``, without the year for
        the rows of all years, or ``*`` for every row.
    operation : str
        ``set``, ``multiply`` or ``add``.
    value : str or None
        New value, factor or summand as written; None empties the cell.
    source_id : str
        Source of the change.
    """

    table: str
    row: str
    column: str
    operation: str
    value: str | None
    source_id: str = ""


@dataclass(frozen=True)
class Measure:
    """A named bundle of changes."""

    measure_id: str
    name: str
    description: str
    changes: tuple[Change, ...]


def read_measures(network: Network, names: Sequence[str]) -> tuple[Measure, ...]:
    """Read the measures behind names of scenarios and measures.

    Parameters
    ----------
    network : Network
        Network whose tables `measures`, `measure_changes` and `scenarios` are read.
    names : sequence of str
        Identifiers of scenarios or of single measures, in order; ``today`` adds none.

    Returns
    -------
    tuple of Measure
        Each measure once, in order of first mention.

    Raises
    ------
    ScenarioError
        A name is neither a scenario nor a measure.
    """
    scenarios = {r["scenario_id"]: r for r in network.table("scenarios").iter_rows(named=True)}
    measures = {r["measure_id"]: r for r in network.table("measures").iter_rows(named=True)}
    wanted: dict[str, None] = {}
    unknown = []
    for name in names:
        if name in scenarios:
            wanted.update(dict.fromkeys(scenarios[name]["measures"].split("|")))
        elif name in measures:
            wanted[name] = None
        elif name != TODAY:
            unknown.append(_unknown(name, [*scenarios, *measures, TODAY]))
    unknown += [_unknown(name, list(measures)) for name in wanted if name not in measures]
    if unknown:
        raise ScenarioError("; ".join(unknown))
    return tuple(_measure(network, measures[name]) for name in wanted)


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    remedy = f"did you mean {near[0]!r}?" if near else "`karwan scenario list` names them all"
    return f"{name!r} is neither a scenario nor a measure of this network; {remedy}"


def _measure(network: Network, row: dict[str, str]) -> Measure:
    changes = network.table("measure_changes").filter(pl.col("measure_id") == row["measure_id"])
    return Measure(
        row["measure_id"],
        row["name"],
        row["description"],
        tuple(
            Change(c["table"], c["row"], c["column"], c["operation"], c["value"], c["source_id"])
            for c in changes.sort("change").iter_rows(named=True)
        ),
    )
