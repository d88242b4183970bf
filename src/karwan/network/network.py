"""A network: a frozen bundle of tidy tables."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import polars as pl

from karwan.errors import InputError
from karwan.schema import Table, empty_frame, load_schema, table_names
from karwan.schema.load import polars_types

__all__ = ["Network"]


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """Tables of one network, with what holds for all of them.

    Attributes
    ----------
    name : str
        Name of the network.
    price_year : int
        Year of the USD that every price is in.
    as_of : datetime.date
        Day the state of the world was last looked at; plans start on it unless told otherwise.
    worldview : str
        Whose view of disputed boundaries the maps draw.
    tables : mapping of str to polars.DataFrame
        Every table of the schema; tables that are left out are empty.
    disclaimer : str
        What maps and briefs say about boundaries and liability.
    licences : tuple of str
        Licence lines of the tables.
    """

    name: str
    price_year: int
    as_of: dt.date
    worldview: str
    tables: Mapping[str, pl.DataFrame]
    disclaimer: str = ""
    licences: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Add the tables that are left out, and freeze the mapping."""
        given = dict(self.tables)
        for name in given:
            if name not in table_names():
                raise InputError(_no_table(name))
        every = {
            name: given[name] if name in given else empty_frame(load_schema(name))
            for name in table_names()
        }
        object.__setattr__(self, "tables", MappingProxyType(every))

    def table(self, name: str) -> pl.DataFrame:
        """Return one table.

        Parameters
        ----------
        name : str
            Name of the table.

        Returns
        -------
        polars.DataFrame
            Its rows.

        Raises
        ------
        InputError
            There is no such table.
        """
        if name not in self.tables:
            raise InputError(_no_table(name))
        return self.tables[name]

    def with_tables(self, **frames: pl.DataFrame) -> Network:
        """Return a network with some tables replaced.

        Parameters
        ----------
        **frames : polars.DataFrame
            New tables by name; columns are put in the order and types of the schema, rows in
            the order of the key. Cells are not checked.

        Returns
        -------
        Network
            New network; this one stays as it is.

        Raises
        ------
        InputError
            A name is no table, or a frame lacks columns or has values of another type.
        """
        for name in frames:
            if name not in self.tables:
                raise InputError(_no_table(name))
        changed = {name: _conform(frame, load_schema(name)) for name, frame in frames.items()}
        return replace(self, tables={**self.tables, **changed})

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all tables that have rows, each in order of its key, and of the dates.

        Equal data have equal fingerprints, whatever the files they were read from; the name
        and the licences do not count.
        """
        digest = hashlib.sha256()
        digest.update(f"{self.price_year}|{self.as_of}|{self.worldview}".encode())
        for name, frame in sorted(self.tables.items()):
            if not frame.is_empty():
                schema = load_schema(name)
                ordered = frame.select(schema.names).sort(schema.keys)
                digest.update(f"\n{name}\n".encode())
                digest.update(ordered.write_csv().encode())
        return digest.hexdigest()

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild in another process."""
        fields = (self.name, self.price_year, self.as_of, self.worldview, dict(self.tables))
        return Network, (*fields, self.disclaimer, self.licences)

    def __repr__(self) -> str:
        """Show name, size and the first 16 digits of the fingerprint."""
        return (
            f"<Network {self.name!r}: {self.tables['nodes'].height} nodes, "
            f"{self.tables['links'].height} links, as of {self.as_of}, "
            f"fingerprint {self.fingerprint[:16]}>"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{name}</td><td style='text-align:right'>{frame.height}</td></tr>"
            for name, frame in self.tables.items()
            if not frame.is_empty()
        )
        head = html.escape(repr(self).strip("<>"))
        return f"<p>{head}</p><table><tr><th>table</th><th>rows</th></tr>{rows}</table>"


def _no_table(name: str) -> str:
    near = difflib.get_close_matches(name, table_names(), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"tables are {', '.join(table_names())}"
    return f"{name!r} is no table of a network; {hint}"


def _conform(frame: pl.DataFrame, schema: Table) -> pl.DataFrame:
    missing = [name for name in schema.names if name not in frame.columns]
    if missing:
        message = f"{schema.name} lacks the column {', '.join(missing)}"
        raise InputError(message)
    types = polars_types(schema)
    try:
        typed = frame.select(pl.col(name).cast(dtype) for name, dtype in types.items())
    except pl.exceptions.PolarsError as fault:
        message = f"{schema.name} has values of another type than its schema: {fault}"
        raise InputError(message) from fault
    return typed.sort(schema.keys)
