"""Plain tables that a user hands to one verb and that no schema file describes."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from karwan.errors import InputError

__all__ = ["read_plain"]


def read_plain(file: Path, needed: tuple[str, ...]) -> pl.DataFrame:
    """Read a CSV that must have some columns.

    Parameters
    ----------
    file : Path
        CSV file.
    needed : tuple of str
        Columns it must have.

    Returns
    -------
    polars.DataFrame
        All its columns.

    Raises
    ------
    InputError
        It cannot be read, or lacks columns.
    """
    try:
        table = pl.read_csv(file)
    except (OSError, pl.exceptions.PolarsError) as fault:
        message = f"{file} cannot be read: {fault}"
        raise InputError(message) from fault
    missing = [c for c in needed if c not in table.columns]
    if missing:
        message = f"{file} lacks {', '.join(missing)}; it has {', '.join(table.columns)}"
        raise InputError(message)
    return table
