"""Check a network: cells against schemas, then rules across tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from karwan.errors import Problem
from karwan.network import (
    rules_borders,
    rules_capacities,
    rules_choice,
    rules_demand,
    rules_hours,
    rules_links,
    rules_measures,
    rules_observations,
    rules_places,
    rules_rates,
    rules_scenarios,
    rules_services,
    rules_terminal_fit,
    rules_terminals,
    rules_time,
    rules_uncertainty,
    rules_zones,
)
from karwan.network.meta import check_meta, read_meta
from karwan.network.network import Network
from karwan.schema import (
    RawTable,
    all_schemas,
    check_table,
    load_schema,
    raw_frame,
    read_raw,
    table_names,
    typed,
)
from karwan.schema.check import did_you_mean

__all__ = ["REQUIRED", "RULES", "check_network"]

REQUIRED = (
    "sources",
    "countries",
    "modes",
    "cargo_units",
    "commodities",
    "nodes",
    "links",
    "transfers",
    "border_crossings",
    "border_procedures",
    "speeds",
    "tariffs",
    "first_last_mile",
    "emission_factors",
)
"""Tables without which nothing can be planned; the others may be left out."""

RULES: tuple[Callable[[Network], Iterator[Problem]], ...] = (
    *rules_links.RULES,
    *rules_borders.RULES,
    *rules_places.RULES,
    *rules_services.RULES,
    *rules_rates.RULES,
    *rules_time.RULES,
    *rules_hours.RULES,
    *rules_observations.RULES,
    *rules_demand.RULES,
    *rules_capacities.RULES,
    *rules_choice.RULES,
    *rules_terminals.RULES,
    *rules_terminal_fit.RULES,
    *rules_scenarios.RULES,
    *rules_measures.RULES,
    *rules_uncertainty.RULES,
    *rules_zones.RULES,
)
"""Rules across tables: each takes a network whose cells are right and yields problems."""

ROW_BY_ROW = frozenset(
    {
        rules_time.what_starts_ends_later,
        rules_time.a_last_look_is_not_in_the_future,
        rules_time.p95_is_not_below_p50,
        rules_hours.weekdays_exist,
    }
)
"""Rules that look at several tables, each for itself: wrong cells of one do not keep the rest."""

AGAIN = "mend its problems and check again"


class _DirtyTable(Exception):
    """A rule asked for a table that has wrong cells."""


@dataclass(frozen=True, eq=False, repr=False)
class _CleanTables(Network):
    """Network that shows rules only the tables without wrong cells."""

    dirty: frozenset[str] = frozenset()

    def table(self, name: str) -> pl.DataFrame:
        """Return one table, unless its cells are wrong."""
        if name in self.dirty:
            raise _DirtyTable(name)
        return super().table(name)


def check_network(network: Path | str | Network) -> list[Problem]:
    """Name every problem of a network.

    Parameters
    ----------
    network : Path, str or Network
        Folder of a network, or a network in memory.

    Returns
    -------
    list of Problem
        Wrong files and cells, then broken rules. A rule is tried if the tables it needs have
        no wrong cells, one that takes tables one by one on those without; the list says how
        many had to wait for which table.
    """
    if isinstance(network, Network):
        raws = {name: raw_frame(name, frame) for name, frame in network.tables.items()}
        problems = _check_cells(raws)
        return problems + _check_rules(network, raws, problems)
    folder = Path(network)
    if not folder.is_dir():
        return [Problem(str(folder), message="is no folder", hint="name one that holds the tables")]
    meta_problems = check_meta(folder)
    problems = list(_check_files(folder))
    raws = {}
    for name in table_names():
        file = _file_of(folder, name)
        try:
            if file is not None:
                raws[name] = read_raw(file, name)
        except (ValueError, OSError) as fault:
            problems.append(Problem(name, message=str(fault)))
    problems += _check_cells(raws)
    if meta_problems:
        return meta_problems + problems
    meta = read_meta(folder)
    base = Network(meta.name, meta.price_year, meta.as_of, meta.worldview, {})
    return problems + _check_rules(base, raws, problems)


def _file_of(folder: Path, name: str) -> Path | None:
    kinds = (folder / f"{name}.csv", folder / f"{name}.parquet")
    return next((f for f in kinds if f.is_file()), None)


def _check_files(folder: Path) -> Iterator[Problem]:
    seen: set[str] = set()
    for file in sorted(folder.iterdir()):
        if file.suffix not in {".csv", ".parquet"}:
            continue
        if file.stem not in table_names():
            hint = did_you_mean(file.stem, table_names()) or "move it out of the folder"
            yield Problem(file.name, message="is no table of a network", hint=hint)
        elif file.stem in seen:
            yield Problem(file.stem, message="stands there as CSV and as Parquet", hint="keep one")
        seen.add(file.stem)
    for name in REQUIRED:
        if name not in seen:
            message = f"the table is missing ({load_schema(name).description})"
            yield Problem(name, message=message, hint="`karwan check --template DIR` writes it")


def _check_cells(raws: Mapping[str, RawTable]) -> list[Problem]:
    known = {**raws}
    for name, schema in all_schemas().items():
        known.setdefault(name, RawTable(name, schema.names, []))
    for name in REQUIRED:
        if name not in raws:
            del known[name]
    return [p for name, raw in raws.items() for p in check_table(raw, load_schema(name), known)]


def _check_rules(
    network: Network, raws: Mapping[str, RawTable], problems: list[Problem]
) -> list[Problem]:
    dirty = {p.table for p in problems} | {name for name in REQUIRED if name not in raws}
    tables = {
        name: typed(raw, load_schema(name)) for name, raw in raws.items() if name not in dirty
    }
    clean = _CleanTables(
        network.name,
        network.price_year,
        network.as_of,
        network.worldview,
        tables,
        dirty=frozenset(dirty),
    )
    empty = {name: typed(RawTable(name, s.names, []), s) for name, s in all_schemas().items()}
    broken: list[Problem] = []
    waiting: dict[str, int] = {}
    for rule in RULES:
        try:
            broken += list(rule(clean))
        except _DirtyTable as dirt:
            waiting[str(dirt)] = waiting.get(str(dirt), 0) + 1
            if rule in ROW_BY_ROW:
                broken += list(rule(replace(clean, tables={**empty, **tables}, dirty=frozenset())))
    return broken + [
        Problem(name, message=f"{count} rules across tables were not tried", hint=AGAIN)
        for name, count in waiting.items()
    ]
