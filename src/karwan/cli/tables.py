"""Tables for people: drawn on a terminal, plain columns when piped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from karwan.network import Network

__all__ = ["counting", "open_network", "print_table", "refuse_missing_folder", "working"]


def open_network(folder: Path | None) -> Network:
    """Read a folder, or open the atlas if none is named."""
    from karwan.network import open_atlas, read_network

    return read_network(folder) if folder else open_atlas()


def refuse_missing_folder(file: Path | None) -> None:
    """Raise if a file to write is a folder or lies in one that does not exist."""
    if file is not None and (file.is_dir() or not file.resolve().parent.is_dir()):
        what = "is a folder" if file.is_dir() else "lies in a folder that does not exist"
        message = f"{file} {what}; name a file"
        raise click.BadParameter(message)


GAP = 3
"""Blanks between columns."""


def print_table(
    title: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    spare: Sequence[int] = (),
) -> None:
    """Print a table.

    Parameters
    ----------
    title : str
        What it shows.
    header : sequence of str
        Names of columns.
    rows : sequence of sequence of str
        Cells.
    right : sequence of int
        Columns aligned right; they never wrap.
    spare : sequence of int
        Columns that are left out, in this order, where a terminal is too narrow for all.
    """
    if not sys.stdout.isatty():
        widths = [max(len(str(r[i])) for r in [header, *rows]) for i in range(len(header))]
        click.echo(title)
        for row in [header, *rows]:
            cells = [
                str(c).rjust(w) if i in right else str(c).ljust(w)
                for i, (c, w) in enumerate(zip(row, widths, strict=True))
            ]
            click.echo("  ".join(cells).rstrip())
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    shown = _fitting(header, rows, spare, console.width)
    table = Table(
        title=Text(title),
        title_justify="left",
        header_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for i in shown:
        align: Literal["left", "right"] = "right" if i in right else "left"
        table.add_column(header[i], justify=align, no_wrap=i in right)
    for row in rows:
        table.add_row(*(Text(str(row[i])) for i in shown))
    console.print(table)
    if len(shown) < len(header):
        names = ", ".join(header[i] or "whether Pareto-optimal" for i in spare if i not in shown)
        click.echo(f"Left out for want of room: {names}. A wider terminal or a pipe shows all.")


def _fitting(
    header: Sequence[str], rows: Sequence[Sequence[str]], spare: Sequence[int], room: int
) -> list[int]:
    """Return the columns that fit a line without wrapping, spare ones left out as needed."""
    widths = [max(len(str(r[i])) for r in [header, *rows]) for i in range(len(header))]
    shown = list(range(len(header)))
    for i in spare:
        if sum(widths[k] + GAP for k in shown) <= room:
            break
        shown.remove(i)
    return shown


@contextmanager
def working(message: str) -> Iterator[None]:
    """Show on a terminal that something longer is going on."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task(message, total=None)
        yield


@contextmanager
def counting(message: str) -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how many of many things are done; yield what tells it so."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(message, total=None)
        yield lambda done, every: progress.update(task, completed=done, total=every)
