"""Numbers of several summaries beside each other."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from karwan.errors import InputError
from karwan.schema.check import did_you_mean

__all__ = ["VALUES", "differences"]

VALUES = ("value", "first", "difference", "relative")


def differences(
    labels: tuple[str, ...], tables: dict[str, pl.DataFrame], key: tuple[str, ...]
) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Set the numbers of several summaries under each other, each beside that of the first.

    Parameters
    ----------
    labels : tuple of str
        Scenarios in order, also those without a summary.
    tables : dict of str to polars.DataFrame
        Summary of each scenario that has one.
    key : tuple of str
        Columns that tell rows apart.

    Returns
    -------
    figures : tuple of str
        Columns of numbers, in order.
    summary : polars.DataFrame
        Key, figure, scenario, value, first, difference, relative.

    Raises
    ------
    InputError
        A summary lacks a column of the key.
    """
    for table in tables.values():
        missing = [column for column in key if column not in table.columns]
        if missing:
            near = did_you_mean(missing[0], table.columns) or f"it has {', '.join(table.columns)}"
            message = f"key is {missing[0]!r}, which the summary does not have; {near}"
            raise InputError(message)
    figures = dict.fromkeys(name for table in tables.values() for name in _figures(table, key))
    rows = pl.concat([t.select(key) for t in tables.values()]).unique(maintain_order=True)
    parts = [
        _part(rows, tables.get(label), tables.get(labels[0]), figure, label, key)
        for figure in figures
        for label in labels
    ]
    return tuple(figures), pl.concat(parts)


def _figures(table: pl.DataFrame, key: tuple[str, ...]) -> Iterator[str]:
    for name, dtype in table.schema.items():
        if name not in key and dtype.is_numeric():
            yield name


def _part(
    rows: pl.DataFrame,
    table: pl.DataFrame | None,
    first: pl.DataFrame | None,
    figure: str,
    label: str,
    key: tuple[str, ...],
) -> pl.DataFrame:
    """Return one figure under one scenario, for the rows of all scenarios."""
    value, base = (_values(rows, t, figure, key) for t in (table, first))
    difference = pl.col("value") - pl.col("first")
    return rows.select(
        *key,
        pl.lit(figure).alias("figure"),
        pl.lit(label).alias("scenario"),
        value.alias("value"),
        base.alias("first"),
    ).with_columns(
        difference.alias("difference"),
        pl.when(pl.col("first") != 0).then(difference / pl.col("first").abs()).alias("relative"),
    )


def _values(
    rows: pl.DataFrame, table: pl.DataFrame | None, figure: str, key: tuple[str, ...]
) -> pl.Series:
    if table is None or figure not in table.columns:
        return pl.Series([None] * rows.height, dtype=pl.Float64)
    ones = table.unique(subset=key, keep="first", maintain_order=True)
    values = ones.select(*key, pl.col(figure).cast(pl.Float64))
    return rows.join(values, on=key, how="left", maintain_order="left", nulls_equal=True)[figure]
