"""Tables for people: drawn on a terminal, plain columns when piped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

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


def print_table(
    title: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
) -> None:
    """Print a table; the columns in `right` are aligned right."""
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
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left", header_style="bold", expand=False)
    for i, name in enumerate(header):
        table.add_column(name, justify="right" if i in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(c)) for c in row))
    Console().print(table)


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
