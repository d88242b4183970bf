"""Write schemas out: JSON Schema, empty templates, reference pages."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from karwan.schema.columns import Column, Table, all_schemas

__all__ = ["empty_template", "json_schema", "reference_page"]

JSON_TYPES: dict[str, dict[str, str]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}


def json_schema(table: Table) -> dict[str, Any]:
    """Describe one table as JSON Schema (draft 2020-12).

    Parameters
    ----------
    table : Table
        Schema of the table.

    Returns
    -------
    dict
        An array of row objects.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": table.name,
        "description": table.description,
        "type": "array",
        "items": {
            "type": "object",
            "properties": {c.column: _property(c) for c in table.columns},
            "required": [c.column for c in table.columns if c.required],
            "additionalProperties": False,
        },
    }


def _property(column: Column) -> dict[str, Any]:
    unit = f" [{column.unit}]" if column.unit else ""
    found: dict[str, Any] = {**JSON_TYPES[column.dtype], "description": column.description + unit}
    if column.minimum is not None:
        found["minimum"] = column.minimum
    if column.maximum is not None:
        found["maximum"] = column.maximum
    if column.choices and not column.is_list:
        found["enum"] = list(column.choices)
    if not column.required:
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"].append(None)
    return found


def empty_template(folder: Path) -> list[Path]:
    """Write every table with its header and no rows.

    Parameters
    ----------
    folder : Path
        Folder to write to; made if it is not there.

    Returns
    -------
    list of Path
        Files written.

    Raises
    ------
    FileExistsError
        A table is there already; nothing is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / f"{name}.csv": table for name, table in all_schemas().items()}
    for file in files:
        if file.exists():
            raise FileExistsError(file)
    for file, table in files.items():
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerow(table.names)
    return list(files)


def reference_page(table: Table) -> str:
    """Describe one table as a page of Markdown.

    Parameters
    ----------
    table : Table
        Schema of the table.

    Returns
    -------
    str
        Heading, description and one row for each column.
    """
    lines = [
        f"## {table.name}",
        "",
        table.description,
        "",
        "| column | type | unit | required | values | description |",
        "|---|---|---|---|---|---|",
    ]
    for c in table.columns:
        name = f"**`{c.column}`**" if c.key else f"`{c.column}`"
        required = "yes" if c.required else "no"
        description = c.description.replace("|", "\\|")
        cells = (name, c.dtype, c.unit, required, _values(c), description)
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "Columns in bold form the key."]
    return "\n".join(lines) + "\n"


def _values(column: Column) -> str:
    if column.reference:
        table = column.reference.split(".")[0]
        return f"in [{table}](#{table})"
    if column.choices:
        return ", ".join(f"`{choice}`" for choice in column.choices)
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f"at least {low:g}"
    return f"at most {high:g}" if high is not None else ""
