"""Read demand between places: a plain table, or matrices in an OMX file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.errors import DataError, MissingExtra, PlaceNotFound, Problem
from karwan.network import Network
from karwan.routing.consignment import find_node
from karwan.schema import read_raw

__all__ = ["OD_COLUMNS", "read_od", "read_omx"]

OD_COLUMNS = {
    "origin": pl.String,
    "destination": pl.String,
    "commodity": pl.String,
    "cargo_unit": pl.String,
    "year": pl.Int64,
    "tonnes": pl.Float64,
    "teu": pl.Float64,
    "tonnes_low": pl.Float64,
    "tonnes_high": pl.Float64,
    "kind": pl.String,
}
"""What both readers give; null where the file says nothing."""
NUMBERS = ("year", "tonnes", "teu", "tonnes_low", "tonnes_high")
UNITS = {"teu": "TEU/year", "year": ""}
NEEDED = ("origin", "destination")
OMX_COLUMNS = ("origin", "destination", "commodity", "tonnes")
MOST_CELLS = 20
"""Wrong cells of a matrix that are named one by one."""


def read_od(file: Path, network: Network) -> pl.DataFrame:
    """Read a CSV or Parquet table of demand between places.

    Parameters
    ----------
    file : Path
        Columns ``origin``, ``destination`` (node_id, UN/LOCODE or name) and ``tonnes`` or ``teu``;
        if wanted ``commodity``, ``cargo_unit``, ``year``, ``tonnes_low``, ``tonnes_high`` and
        ``kind``. Other columns are not read.
    network : Network
        Network that knows the places.

    Returns
    -------
    polars.DataFrame
        Columns of `OD_COLUMNS`, places as node_ids.

    Raises
    ------
    DataError
        Unknown places, columns that are missing, numbers that are none or negative, lines that
        end where they start; all at once.
    """
    try:
        raw = read_raw(file, file.name)
    except (ValueError, OSError) as fault:
        raise DataError([Problem(str(file), message=str(fault))]) from fault
    problems = [
        Problem(file.name, column=c, message="is missing", hint="it names a place")
        for c in NEEDED
        if c not in raw.header
    ]
    if not {"tonnes", "teu"} & set(raw.header):
        hint = "give one of them"
        problems.append(Problem(file.name, message="has neither tonnes nor teu", hint=hint))
    if problems:
        raise DataError(problems)
    columns = {c: raw.cells(c) for c in OD_COLUMNS if c in raw.header}
    places: dict[str, str | None] = {}
    rows = []
    for i in range(len(raw.rows)):
        cells = {c: values[i].strip() for c, values in columns.items()}
        row: dict[str, Any] = dict.fromkeys(OD_COLUMNS)
        row |= {c: text or None for c, text in cells.items()}
        for end in NEEDED:
            row[end] = _place(network, file, i + 2, end, cells[end], places, problems)
        problems += _numbers(file, i + 2, row)
        rows.append(row)
    if problems:
        raise DataError(problems)
    return pl.DataFrame(rows, schema=OD_COLUMNS)


def _place(
    network: Network,
    file: Path,
    line: int,
    end: str,
    text: str,
    places: dict[str, str | None],
    problems: list[Problem],
) -> str | None:
    """Find a place; one that is unknown is named the first time it stands in the file."""
    if text not in places:
        try:
            places[text] = find_node(network, text)
        except PlaceNotFound as fault:
            places[text] = None
            hint = str(fault).partition("; ")[2]
            message, value = "which is not in nodes", repr(text)
            problems.append(Problem(file.name, f"line {line}", end, message, value, hint))
    return places[text]


def _numbers(file: Path, line: int, row: dict[str, Any]) -> Iterator[Problem]:
    """Turn the numbers of a line into floats, in place; yield what is none or negative."""
    for column in NUMBERS:
        text = row[column]
        if text is None:
            continue
        try:
            row[column] = float(text)
        except ValueError:
            row[column] = float("nan")
        wrong = not np.isfinite(row[column]) or row[column] < 0
        if column == "year":
            wrong = wrong or row[column] != int(row[column])
        if wrong:
            value = f"{text} {UNITS.get(column, 't/year')}".strip()
            hint = "it must be a whole year" if column == "year" else "it must be at least 0"
            row[column] = None
            yield Problem(file.name, f"line {line}", column, value=value, hint=hint)
        elif column == "year":
            row[column] = int(row[column])
    if row["tonnes"] is None and row["teu"] is None:
        hint = "give tonnes or teu"
        yield Problem(file.name, f"line {line}", "tonnes", message="is empty", hint=hint)
    if row["origin"] is not None and row["origin"] == row["destination"]:
        hint = "it must differ from origin"
        value = repr(row["destination"])
        yield Problem(file.name, f"line {line}", "destination", value=value, hint=hint)


def read_omx(file: Path, network: Network, zones: Path | None = None) -> pl.DataFrame:
    """Read every matrix of an OMX file; the name of a matrix is its commodity.

    Parameters
    ----------
    file : Path
        OMX file of tonnes a year.
    network : Network
        Network that knows the places.
    zones : Path, optional
        CSV with ``zone`` (number in the file's first mapping, or the row of the matrix counted
        from 1 if it has none) and ``place``. Without it the zones themselves must name places.

    Returns
    -------
    polars.DataFrame
        Columns of `OD_COLUMNS`, one row a cell above 0.

    Raises
    ------
    MissingExtra
        openmatrix is not installed.
    DataError
        Unknown places, zones without a place, negative cells; all at once.
    """
    ids, matrices = _open_omx(file)
    problems: list[Problem] = []
    places = _zones(file, network, ids, zones, problems)
    frames = [pl.DataFrame(schema=OD_COLUMNS).select(OMX_COLUMNS)]
    for name, matrix in matrices.items():
        problems += _check_matrix(file, name, matrix, ids)
        rows, columns = np.nonzero(matrix)
        cells = {
            "origin": [places.get(ids[i]) for i in rows],
            "destination": [places.get(ids[j]) for j in columns],
            "commodity": [name] * len(rows),
            "tonnes": matrix[rows, columns],
        }
        frames.append(pl.DataFrame(cells, schema={c: OD_COLUMNS[c] for c in OMX_COLUMNS}))
    if problems:
        raise DataError(problems)
    found = pl.concat(frames)
    missing = [pl.lit(None).alias(c) for c in OD_COLUMNS if c not in OMX_COLUMNS]
    return found.with_columns(missing).select(pl.col(c).cast(t) for c, t in OD_COLUMNS.items())


def _open_omx(file: Path) -> tuple[list[str], dict[str, NDArray[np.float64]]]:
    """Return the zones and the matrices of a file."""
    try:
        import openmatrix  # noqa: PLC0415
    except ImportError as fault:
        package, extra = "openmatrix", "omx"
        raise MissingExtra(package, extra) from fault
    try:
        book = openmatrix.open_file(str(file), "r")
        size = book.shape()[0]
    except Exception as fault:
        hint = "name a file that openmatrix wrote"
        message = f"cannot be read as OMX ({str(fault).splitlines()[0]})"
        raise DataError([Problem(str(file), message=message, hint=hint)]) from fault
    with book:
        mappings = book.list_mappings()
        entries = book.map_entries(mappings[0]) if mappings else range(1, int(size) + 1)
        matrices = {name: np.asarray(book[name], float) for name in sorted(book.list_matrices())}
    return [_text(zone) for zone in entries], matrices


def _check_matrix(
    file: Path, name: str, matrix: NDArray[np.float64], ids: list[str]
) -> Iterator[Problem]:
    """Yield cells that are negative or no numbers, and flows of a zone to itself."""
    wrong = ~(np.isfinite(matrix) & (matrix >= 0))
    for i, j in np.argwhere(wrong)[:MOST_CELLS]:
        value, cell = f"{matrix[i, j]:g} t/year", f"{name}[{ids[i]}, {ids[j]}]"
        yield Problem(file.name, cell, "tonnes", value=value, hint="it must be at least 0")
    more = int(wrong.sum()) - MOST_CELLS
    if more > 0:
        message = f"{more} more cells of {name} are negative or no numbers"
        yield Problem(file.name, message=message, hint="mend them too")
    stay = np.diag(matrix)[np.diag(matrix) > 0]
    if stay.size:
        message = f"{stay.size} cells of {name} go from a zone to itself"
        hint = f"set the diagonal to 0 ({stay.sum():g} t/year)"
        yield Problem(file.name, message=message, hint=hint)


def _text(zone: Any) -> str:
    return zone.decode("utf-8") if isinstance(zone, bytes) else str(zone)


def _zones(
    file: Path, network: Network, ids: list[str], zones: Path | None, problems: list[Problem]
) -> dict[str, str | None]:
    """Return the node of every zone."""
    named = {zone: zone for zone in ids}
    if zones is not None:
        try:
            with zones.open(encoding="utf-8-sig", newline="") as lines:
                table = list(csv.DictReader(lines))
            named = {row["zone"].strip(): row["place"].strip() for row in table}
        except (OSError, KeyError, AttributeError, UnicodeDecodeError) as fault:
            hint = "it needs the columns zone and place"
            problem = Problem(str(zones), message=f"cannot be read ({fault})", hint=hint)
            raise DataError([problem]) from fault
    found: dict[str, str | None] = {}
    known: dict[str, str | None] = {}
    for zone in ids:
        if zone not in named:
            hint = f"add the zone to {zones.name if zones else 'a file of zones'}"
            problems.append(Problem(file.name, f"zone {zone}", message="has no place", hint=hint))
            continue
        before = len(problems)
        found[zone] = _place(network, file, 0, "place", named[zone], known, problems)
        if len(problems) > before:
            last = problems.pop()
            hint = last.hint if zones else "name the places of zones with --zones FILE"
            problems.append(
                Problem(file.name, f"zone {zone}", "place", last.message, last.value, hint)
            )
    return found
