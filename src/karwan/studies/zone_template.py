"""Write a ready case as a file that a tenant may change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.schema import load_schema
from karwan.schema.check import did_you_mean

__all__ = ["zone_template"]

SKIPPED = {"plant_id", "source_id", "case_id"}
HEAD = (
    "# A tenant's plant. Everything that is left out comes from the network; what stands here\n"
    "# counts instead. A term or price may have an interval. `karwan zone THIS-FILE` reads it.\n"
)


def zone_template(network: Network, case: str) -> str:
    """Write one row of `zone_cases` with its plant, recipe, supplies and terms as TOML.

    Parameters
    ----------
    network : Network
        Network with the case.
    case : str
        case_id.

    Returns
    -------
    str
        The file.

    Raises
    ------
    InputError
        There is no such case.
    """
    known = network.table("zone_cases")["case_id"].to_list()
    if case not in known:
        near = did_you_mean(case, known) or f"cases are {', '.join(known)}"
        message = f"{case!r} is no case of zone_cases; {near}"
        raise InputError(message)
    row = _row(network, "zone_cases", "case_id", case)
    plant = _row(network, "plants", "plant_id", row["plant_id"])
    recipe = network.table("recipes").filter(plant_id=plant["plant_id"])
    supplies = network.table("supplies").filter(
        pl.col("good").is_in(recipe.filter(role="input")["good"].implode())
    )
    lists = {**row, "zones": row["zones"].split("|"), "markets": row["markets"].split("|")}
    del lists["plant_id"]
    parts = [HEAD, *_block("[case]", "zone_cases", lists), *_block("[plant]", "plants", plant)]
    for r in recipe.iter_rows(named=True):
        parts += _block("[[recipe]]", "recipes", r)
    for r in supplies.iter_rows(named=True):
        parts += _block("[[supplies]]", "supplies", r)
    for zone in lists["zones"]:
        terms = network.table("zone_terms").filter(zone_id=zone).iter_rows(named=True)
        lines = [f"{t['term']} = [{t['value']!r}, {t['low']!r}, {t['high']!r}]" for t in terms]
        parts += [f"[terms.{zone}]", *lines, ""]
    return "\n".join(parts)


def _row(network: Network, table: str, column: str, key: str) -> dict[str, Any]:
    return network.table(table).row(by_predicate=pl.col(column) == key, named=True)


def _block(head: str, table: str, row: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of one table of TOML, each with its unit."""
    schema = load_schema(table)
    yield head
    for name, value in row.items():
        if name in SKIPPED or value is None:
            continue
        column = schema.column(name)
        unit = f"  # {column.unit}" if column is not None and column.unit else ""
        yield f"{name} = {_toml(value)}{unit}"
    yield ""


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)
