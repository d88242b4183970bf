"""A tenant's own question in a TOML file, laid over the tables of a network."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from karwan.errors import DataError, InputError, PlaceNotFound, Problem
from karwan.network import Network, rules_zones
from karwan.routing.consignment import find_node
from karwan.schema import check_table, load_schema, raw_frame, typed
from karwan.schema.check import did_you_mean
from karwan.schema.load import RawTable
from karwan.studies.zone_form import OWN, OWN_SOURCE, PARTS, rows_of

__all__ = ["read_zone_file"]


def read_zone_file(network: Network, case: str | Path) -> tuple[Network, str]:
    """Return the network that holds a case, and its case_id.

    Parameters
    ----------
    network : Network
        Network.
    case : str or Path
        Row of `zone_cases`, or a TOML file: rows of the tables of zones, which stand over those
        of the network.

    Returns
    -------
    network : Network
        With the rows of the file, if it is one.
    case_id : str
        The row of `zone_cases` that is meant.

    Raises
    ------
    InputError
        There is no such case and no such file, or the file is no TOML.
    DataError
        Rows of the file are wrong; every problem at once.
    """
    known = network.table("zone_cases")["case_id"].to_list()
    if str(case) in known:
        return network, str(case)
    file = Path(case)
    if not file.is_file():
        near = did_you_mean(str(case), known) or f"cases are {', '.join(known)}"
        message = f"{str(case)!r} is no case of zone_cases and no file; {near}"
        raise InputError(message)
    try:
        form = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as fault:
        message = (
            f"{file} cannot be read as TOML ({fault}); `karwan zone CASE --template FILE` writes "
            "one to start from"
        )
        raise InputError(message) from fault
    rows, problems = rows_of(network, form)
    problems += _places(network, rows)
    tables, wrong = _laid_over(network, rows)
    own = network.with_tables(**tables)
    problems += wrong
    told = {p.cell for p in problems}
    problems += [p for rule in rules_zones.RULES for p in rule(own) if p.cell not in told]
    if problems:
        raise DataError(problems)
    return own, OWN


def _places(network: Network, rows: dict[str, list[dict[str, Any]]]) -> list[Problem]:
    """Turn names of places into node_ids; name those that are none."""
    problems: list[Problem] = []

    def found(table: str, row: str, column: str, name: str) -> str:
        try:
            return find_node(network, name)
        except PlaceNotFound as fault:
            said = str(fault).partition("; ")[2]
            problems.append(Problem(table, row, column, "which is no place", repr(name), said))
            return name

    for case in rows["zone_cases"]:
        names = [n for n in str(case.get("markets") or "").split("|") if n]
        case["markets"] = "|".join(found("zone_cases", OWN, "markets", n) for n in names)
    for table in ("supplies", "zones"):
        for row in rows[table]:
            name = str(row.get("node_id") or "")
            key = load_schema(table).row_name({k: row.get(k) for k in load_schema(table).keys})
            row["node_id"] = found(table, key, "node_id", name) if name else ""
    return problems


def _laid_over(
    network: Network, rows: dict[str, list[dict[str, Any]]]
) -> tuple[dict[str, pl.DataFrame], list[Problem]]:
    """Check the rows of a file, and put them in the place of the network's own."""
    known = {n: raw_frame(n, network.table(n)) for n in (*PARTS.values(), "nodes", "countries",
             "commodities", "sources")}  # fmt: skip
    mine = dict(_raw(rows))
    for name, raw in mine.items():
        known[name] = RawTable(name, known[name].header, [*known[name].rows, *raw.rows])
    problems: list[Problem] = []
    tables: dict[str, pl.DataFrame] = {}
    for name, raw in mine.items():
        schema = load_schema(name)
        wrong = list(check_table(raw, schema, known))
        problems += wrong
        sound = _without(raw, schema.keys, {p.row for p in wrong})
        tables[name] = _over(network.table(name), typed(sound, schema), schema.keys)
    return tables, problems


def _without(raw: RawTable, keys: tuple[str, ...], rows: set[str]) -> RawTable:
    """Return a table without the rows of these keys, so that rules can try the others."""
    named = zip(*(raw.cells(key) for key in keys), strict=True)
    kept = [row for row, key in zip(raw.rows, named, strict=True) if "/".join(key) not in rows]
    return RawTable(raw.name, raw.header, kept if "" not in rows else [])


def _raw(rows: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, RawTable]]:
    for name, given in {**rows, "sources": [OWN_SOURCE]}.items():
        if given:
            header = load_schema(name).names
            cells = [[_text(row.get(column)) for column in header] for row in given]
            yield name, RawTable(name, header, cells)


def _over(old: pl.DataFrame, new: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Return the rows of both, the new ones instead of old ones of the same key."""
    table_is_whole = new.columns[0] == "plant_id" and len(keys) > 1
    over = ["plant_id"] if table_is_whole else list(keys)
    return pl.concat([old.join(new, on=over, how="anti"), new])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return "|".join(map(str, value)) if isinstance(value, list) else str(value)
