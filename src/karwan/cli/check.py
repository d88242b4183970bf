"""karwan check: every problem of a network at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from karwan.cli.tables import working

if TYPE_CHECKING:
    from karwan.errors import Problem

__all__ = ["command"]

WRONG = 2


@click.command("check")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
@click.option(
    "--template",
    type=click.Path(path_type=Path),
    help="Write empty tables and network.toml to this folder instead.",
)
def command(folder: Path | None, *, as_json: bool, template: Path | None) -> int:
    r"""Check the tables of a network and name every problem at once.

    FOLDER holds the tables as CSV or Parquet and network.toml; the atlas if it is left out.
    The exit code is 0 if all is well and 2 if not.

    \b
    Examples:
      karwan check
      karwan check my-corridors
      karwan check --template my-corridors
    """
    if template is not None:
        _write_template(template)
        return 0
    with working("Checking"):
        problems = _problems(folder)
    name = str(folder) if folder else "the atlas"
    if as_json:
        lines = [{**asdict(p), "cell": p.cell, "text": str(p)} for p in problems]
        click.echo(json.dumps(lines, ensure_ascii=False, indent=1))
    elif problems:
        noun = "problem" if len(problems) == 1 else "problems"
        click.echo(f"{len(problems)} {noun} in {name}:")
        for problem in problems:
            click.echo(f"  {problem}")
    else:
        click.echo(f"{name}: no problems")
    return WRONG if problems else 0


def _problems(folder: Path | None) -> Sequence[Problem]:
    from karwan.errors import DataError
    from karwan.network import check_network, open_atlas

    if folder is not None:
        return check_network(folder)
    try:
        open_atlas(check=True)
    except DataError as fault:
        return fault.problems
    return []


def _write_template(folder: Path) -> None:
    import datetime as dt

    from karwan.network.meta import META_FILE, Meta, meta_text
    from karwan.schema import empty_template

    try:
        files = empty_template(folder)
    except FileExistsError as fault:
        message = f"{fault} is there already and is not written over; name a new folder"
        raise click.BadParameter(message) from fault
    today = dt.datetime.now(tz=dt.UTC).date()
    meta = Meta(folder.resolve().name, today.year, today)
    (folder / META_FILE).write_text(meta_text(meta), "utf-8", newline="\n")
    click.echo(f"{len(files)} empty tables and {META_FILE} are in {folder}")
