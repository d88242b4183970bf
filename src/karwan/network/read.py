"""Read networks from folders, and the atlas from the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import polars as pl

from karwan.errors import DataError, Problem
from karwan.network.meta import check_meta, read_meta
from karwan.network.network import Network
from karwan.schema import all_schemas, read_typed

__all__ = ["open_atlas", "read_network"]


def read_network(folder: Path | str, *, check: bool = True) -> Network:
    """Read a network from a folder of CSV or Parquet tables.

    Parameters
    ----------
    folder : Path or str
        Folder with one file a table, and `network.toml` with name, price_year, as_of and
        worldview.
    check : bool
        Check every cell and rule first; without, reading is quick and trusts the tables.

    Returns
    -------
    Network
        The network.

    Raises
    ------
    DataError
        Something is wrong with the tables; every problem at once.
    """
    folder = Path(folder)
    problems = _problems(folder) if check else check_meta(folder)
    if problems:
        raise DataError(problems)
    meta = read_meta(folder)
    tables = {}
    for name, schema in all_schemas().items():
        kinds = (folder / f"{name}.csv", folder / f"{name}.parquet")
        file = next((f for f in kinds if f.is_file()), None)
        if file is None:
            continue
        try:
            tables[name] = read_typed(file, schema)
        except (pl.exceptions.PolarsError, UnicodeDecodeError) as fault:
            problems = _problems(folder) or [Problem(file.name, message=str(fault))]
            raise DataError(problems) from fault
    return Network(
        meta.name,
        meta.price_year,
        meta.as_of,
        meta.worldview,
        tables,
        meta.disclaimer,
        meta.licences,
    )


def open_atlas(*, check: bool = False) -> Network:
    """Open the atlas that ships with the package.

    Parameters
    ----------
    check : bool
        Check it as a user's network is checked; the tests of the package do so already.

    Returns
    -------
    Network
        The whole region; the same object at every call.

    Raises
    ------
    DataError
        Something is wrong with the tables.
    """
    if check:
        with as_file(files("karwan.atlas")) as folder:
            problems = _problems(folder)
        if problems:
            raise DataError(problems)
    return _atlas()


def _problems(folder: Path) -> list[Problem]:
    """Check a folder; the rules are imported only here."""
    from karwan.network.validate import check_network  # noqa: PLC0415

    return check_network(folder)


@cache
def _atlas() -> Network:
    with as_file(files("karwan.atlas")) as folder:
        return read_network(folder, check=False)
