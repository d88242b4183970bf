"""A sheet of named rows by year and named single cells, written as live formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["Grid", "letters"]

FIRST = 6
"""Column of the first year; before it title, unit, single value, formula in words and name."""


def letters(column: int) -> str:
    """Return the letters of a column, 1 being A."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


class Grid:
    """Rows of one sheet, each known by its name.

    Parameters
    ----------
    sheet : openpyxl worksheet
        Sheet that is written to.
    years : sequence of int
        Years of the columns.
    styles : dict of str to object
        ``bold`` font and ``input`` fill.
    """

    def __init__(self, sheet: Any, years: Sequence[int], styles: dict[str, Any]) -> None:
        self.sheet, self.years, self.styles = sheet, years, styles
        self.rows: dict[str, int] = {}
        self.next = 1
        head = ["what", "unit", "value", "formula", "name", *years]
        for k, text in enumerate(head, 1):
            self._put(self.next, k, text).font = styles["bold"]
        self.next += 1

    def head(self, title: str) -> None:
        """Write a heading after an empty row."""
        self._put(self.next + 1, 1, title).font = self.styles["bold"]
        self.next += 2

    def number(self, name: str, title: str, unit: str, value: Any, words: str = "") -> None:
        """Write a single value or formula; plain values are marked as inputs."""
        row = self._row(name, title, unit, words)
        cell = self._put(row, 3, value)
        if not str(value).startswith("="):
            cell.fill = self.styles["input"]

    def line(
        self, name: str, title: str, unit: str, make: Callable[[int], Any], words: str = ""
    ) -> None:
        """Write one value or formula for each year."""
        row = self._row(name, title, unit, words)
        for t in range(len(self.years)):
            value = make(t)
            cell = self._put(row, FIRST + t, value)
            cell.number_format = "#,##0.00##" if unit in {"share", "factor"} else "#,##0"
            if not str(value).startswith("="):
                cell.fill = self.styles["input"]

    def at(self, name: str, t: int) -> str:
        """Return the cell of a row in a year; 0 stands for the year before the first."""
        return f"{letters(FIRST + t)}{self.rows[name]}" if t >= 0 else "0"

    def all(self, name: str, first: int = 0, end: int | None = None) -> str:
        """Return the cells of a row from a year to before another."""
        last = (len(self.years) if end is None else end) - 1
        row = self.rows[name]
        return f"${letters(FIRST + first)}${row}:${letters(FIRST + last)}${row}"

    def one(self, name: str) -> str:
        """Return the cell of a single value."""
        return f"$C${self.rows[name]}"

    def _row(self, name: str, title: str, unit: str, words: str) -> int:
        row = self.next
        self.rows[name] = row
        self.next += 1
        for k, text in ((1, title), (2, unit), (4, words), (5, name)):
            self._put(row, k, text)
        return row

    def _put(self, row: int, column: int, value: Any) -> Any:
        return self.sheet.cell(row=row, column=column, value=value)
