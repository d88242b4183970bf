"""The form of a tenant's file: its parts, and the rows of tables that they become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from karwan.errors import Problem
from karwan.network import Network
from karwan.schema import load_schema
from karwan.schema.check import did_you_mean

__all__ = ["OWN", "OWN_SOURCE", "PARTS", "rows_of"]

OWN = "own"
"""Identifier of the case, the plant and the source of a file."""
OWN_SOURCE = {
    "source_id": OWN, "title": "The tenant's own figures", "publisher": "the file", "year": "2026",
    "grade": "C", "licence": "own", "method": "Given in the file; not checked by anybody else",
}  # fmt: skip
PARTS = {
    "case": "zone_cases", "plant": "plants", "recipe": "recipes", "goods": "goods",
    "supplies": "supplies", "duties": "duties", "terms": "zone_terms", "zones": "zones",
    "agreements": "trade_agreements",
}  # fmt: skip
"""Parts of a file and the table that each becomes rows of."""
SPREAD = {
    "zone_terms": ("value", "low", "high"),
    "goods": ("price_usd_per_t", "low_usd_per_t", "high_usd_per_t"),
    "supplies": ("price_usd_per_t", "low_usd_per_t", "high_usd_per_t"),
    "duties": ("duty_rate", "duty_low", "duty_high"),
    "plants": ("capex_usd_m", "capex_low_usd_m", "capex_high_usd_m"),
}
"""Columns of an interval; ends that are left out are the value itself."""
FREE: dict[str, dict[str, Any]] = {
    "supplies": {"export_duty_rate": 0.0},
    "zone_cases": {"description": "A tenant's own"},
}
"""Cells that may be left out of a file though the table needs them."""
Row = dict[str, Any]


def rows_of(
    network: Network, form: Mapping[str, Any]
) -> tuple[dict[str, list[Row]], list[Problem]]:
    """Return the rows of each table that a file stands for.

    Parameters
    ----------
    network : Network
        Network whose plant the file may start from.
    form : dict
        Contents of the file.

    Returns
    -------
    rows : dict of str to list of dict
        Rows by table.
    problems : list of Problem
        Parts and columns that are unknown, missing or of another form.
    """
    problems: list[Problem] = []
    rows: dict[str, list[Row]] = {table: [] for table in PARTS.values()}
    for part in form:
        if part not in PARTS:
            hint = did_you_mean(part, list(PARTS)) or f"parts are {', '.join(PARTS)}"
            problems.append(Problem("the file", message=f"the part [{part}] is unknown", hint=hint))
    problems += [
        Problem("the file", message=f"it has no part [{part}]", hint="add it")
        for part in ("case", "plant")
        if not isinstance(form.get(part), dict)
    ]
    if problems:
        return rows, problems
    plant = dict(form["plant"])
    like = plant.pop("like", None)
    base = _like(network, like, problems)
    if "capex_usd_m" in plant:
        base = {k: v for k, v in base.items() if k not in SPREAD["plants"]}
    rows["plants"] = [{**base, **plant, "plant_id": OWN}]
    case = {k: "|".join(map(str, v)) if isinstance(v, list) else v for k, v in form["case"].items()}
    rows["zone_cases"] = [{**case, "case_id": OWN, "plant_id": OWN}]
    rows["recipes"] = list(_recipe(network, like, _list(form, "recipe", problems)))
    for zone, terms in _table(form, "terms", problems).items():
        rows["zone_terms"] += [_term(zone, t, v) for t, v in terms.items()]
    for part in ("goods", "supplies", "duties", "zones", "agreements"):
        rows[PARTS[part]] = [dict(r) for r in _list(form, part, problems)]
    return rows, problems + _finished(rows)


def _like(network: Network, like: Any, problems: list[Problem]) -> Row:
    """Return the plant that the file starts from."""
    if like is None:
        return {}
    known = network.table("plants")["plant_id"].to_list()
    if like not in known:
        hint = did_you_mean(str(like), known) or f"plants are {', '.join(known)}"
        problems.append(Problem("plants", OWN, "like", "which is no plant", repr(like), hint))
        return {}
    row = network.table("plants").row(by_predicate=pl.col("plant_id") == like, named=True)
    return {k: v for k, v in row.items() if k != "source_id"}


def _recipe(network: Network, like: Any, given: list[Row]) -> Iterator[Row]:
    """Yield the recipe that is given, or that of the plant the file starts from."""
    known = network.table("recipes").filter(plant_id=str(like)).rows(named=True)
    for row in given or known:
        yield {"role": "input", **row, "plant_id": OWN}


def _list(form: Mapping[str, Any], part: str, problems: list[Problem]) -> list[Row]:
    given = form.get(part, [])
    if isinstance(given, list) and all(isinstance(r, dict) for r in given):
        return given
    message, hint = f"[[{part}]] must be a list of tables", f"write [[{part}]], brackets twice"
    problems.append(Problem("the file", message=message, hint=hint))
    return []


def _table(
    form: Mapping[str, Any], part: str, problems: list[Problem]
) -> Mapping[str, dict[str, Any]]:
    found = form.get(part, {})
    if isinstance(found, dict) and all(isinstance(v, dict) for v in found.values()):
        return found
    message, hint = f"[{part}] must hold one table a zone", f"write [{part}.gwadar-free-zone]"
    problems.append(Problem("the file", message=message, hint=hint))
    return {}


def _term(zone: str, term: str, value: Any) -> Row:
    if isinstance(value, list):
        names = ("value", "low", "high")
        return {"zone_id": zone, "term": term, **dict(zip(names, value, strict=False))}
    return {"zone_id": zone, "term": term, "value": value}


def _finished(rows: dict[str, list[Row]]) -> list[Problem]:
    """Fill ends of intervals and the source; name columns that are unknown."""
    problems = []
    for table, given in rows.items():
        schema = load_schema(table)
        for row in given:
            for name in sorted(set(row) - set(schema.names)):
                hint = did_you_mean(name, schema.names) or f"columns are {', '.join(schema.names)}"
                key = "/".join(str(row.get(k, "")) for k in schema.keys)
                problems.append(Problem(table, key, name, "is unknown", hint=hint))
            middle, *ends = SPREAD.get(table, ("",))
            for end in ends:
                own_middle = row.get(middle)
                if row.get(end) is None:
                    row[end] = own_middle
            row.setdefault("source_id", OWN)
            for name, value in FREE.get(table, {}).items():
                row.setdefault(name, value)
    return problems
