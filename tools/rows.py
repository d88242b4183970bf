"""Where the scripts read and write, and how they read a table."""

from __future__ import annotations

import csv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INPUTS = ROOT / "tools" / "inputs"
SCHEMAS = ROOT / "src" / "karwan" / "schema" / "tables"
ATLAS = ROOT / "src" / "karwan" / "atlas"

Row = dict[str, str]


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file.

    Parameters
    ----------
    path : Path
        File with a header line.

    Returns
    -------
    list of dict
        One dict of texts a line.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def columns_of(table: str) -> tuple[list[str], list[str]]:
    """Return all columns and the key columns of a table, as its schema lists them.

    Parameters
    ----------
    table : str
        Name of the table.

    Returns
    -------
    names : list of str
        All columns in order.
    key : list of str
        Columns that identify a row.
    """
    rows = [row for row in read_rows(SCHEMAS / f"{table}.csv") if row["column"] != "*"]
    return [row["column"] for row in rows], [row["column"] for row in rows if row["key"] == "yes"]


def merge_services(out: Path, table: str, rows: list[Row], ours: set[str]) -> None:
    """Write `services` or `service_calls` with rows of some services, and the old ones of the rest.

    Parameters
    ----------
    out : Path
        Folder written to.
    table : str
        Name of the table.
    rows : list of dict
        Rows by column; what is missing stays empty.
    ours : set of str
        service_ids whose old rows go.
    """
    kept = [row for row in read_rows(ATLAS / f"{table}.csv") if row["service_id"] not in ours]
    names, _ = columns_of(table)
    ordered = sorted(kept + rows, key=lambda r: (r["service_id"], int(r.get("call", 0))))
    with (out / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(ordered)
