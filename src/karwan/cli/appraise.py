"""karwan appraise: does a venture pay, for whom, and how surely."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.tables import open_network, refuse_missing_folder, working

if TYPE_CHECKING:
    from karwan.studies.appraisal import Appraisal

__all__ = ["command"]


@click.command("appraise")
@click.argument("venture", required=False)
@click.option(
    "--set", "changes", multiple=True, help="KEY=VALUE instead of the file's; repeatable."
)
@click.option("--throughput", type=click.Path(path_type=Path), help="CSV of boxes by year.")
@click.option("--capacity", type=click.Path(path_type=Path), help="CSV of an investment plan.")
@click.option("--scenario", multiple=True, help="Scenario whose flows become transit; repeatable.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--draws", type=int, default=0, show_default=True, help="Draws of uncertain levers.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the draws.")
@click.option("--statements", is_flag=True, help="Print income, cash flow and balance sheet.")
@click.option("--explain", "figure", help="Print formula, values and inputs of one line.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--csv", "folder", type=click.Path(path_type=Path), help="Write tables to a folder.")
@click.option("--xlsx", "workbook", type=click.Path(path_type=Path), help="Write a live workbook.")
@click.option("--html", "page", type=click.Path(path_type=Path), help="Write a page here.")
@click.option("--list", "listing", is_flag=True, help="List the ventures of the atlas.")
@click.option("--keys", is_flag=True, help="List the keys of a venture file, and its levers.")
@click.option(
    "--template", type=click.Path(path_type=Path), help="Write VENTURE as a file to edit."
)
def command(venture: str | None, **asked: Any) -> None:
    r"""Appraise a joint venture or concession for every party.

    VENTURE is a TOML file or the id of a venture of the atlas. Debt is sized to what cash can
    carry; every figure names its formula and inputs. With --scenario the trade of each year is
    assigned, and what flows over throughput.node becomes transit.

    \b
    Examples:
      karwan appraise --list
      karwan appraise karachi-gateway-terminal --draws 10000
      karwan appraise gwadar-joint-venture --scenario reopen-hormuz --explain revenue
      karwan appraise own.toml --set debt.interest=0.1 --xlsx own.xlsx --html own.html
    """
    from karwan.cli import appraise_tables as tables

    if asked["listing"]:
        tables.print_ventures()
        return
    if asked["keys"]:
        tables.print_keys()
        return
    if venture is None:
        message = "name a venture: a TOML file or an id of `karwan appraise --list`"
        raise click.UsageError(message)
    for file in (asked["workbook"], asked["page"], asked["template"]):
        refuse_missing_folder(file)
    if asked["template"]:
        _write_template(venture, asked["template"])
        return
    found = _appraised(venture, asked)
    _write(found, asked)
    if asked["as_json"]:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
    elif asked["figure"]:
        tables.print_explanation(found, asked["figure"])
    else:
        tables.print_appraisal(found, with_statements=asked["statements"])


def _appraised(venture: str, asked: dict[str, Any]) -> Appraisal:
    import polars as pl

    from karwan.errors import InputError
    from karwan.studies.appraise import appraise

    wanted = asked["scenario"] or asked["network"]
    tables: dict[str, Any] = {}
    for name in ("throughput", "capacity"):
        file = asked[name]
        try:
            tables[name] = pl.read_csv(file) if file else None
        except (OSError, pl.exceptions.PolarsError) as fault:
            message = f"--{name} {file} cannot be read: {fault}"
            raise InputError(message) from fault
    with working("Appraising"):
        return appraise(
            venture,
            open_network(asked["network"]) if wanted else None,
            scenario=tuple(asked["scenario"]),
            changes=_changes(asked["changes"]),
            draws=asked["draws"],
            seed=asked["seed"],
            **tables,
        )


def _changes(given: tuple[str, ...]) -> dict[str, Any]:
    """Read KEY=VALUE, the value as TOML or as text."""
    import tomllib

    found: dict[str, Any] = {}
    for text in given:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            message = f"--set {text!r} is no KEY=VALUE"
            raise click.BadParameter(message)
        try:
            found[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[key.strip()] = value.strip()
    return found


def _write(found: Appraisal, asked: dict[str, Any]) -> None:
    if asked["folder"]:
        from karwan.studies.appraisal_files import write_tables

        files = write_tables(found, asked["folder"])
        click.echo(f"wrote {len(files)} files to {asked['folder']}", err=True)
    if asked["workbook"]:
        from karwan.briefs.venture_workbook import write_workbook

        write_workbook(found, asked["workbook"])
        click.echo(f"wrote {asked['workbook']}", err=True)
    if asked["page"]:
        from karwan.briefs.venture_page import write_venture_page

        write_venture_page(found, asked["page"])
        click.echo(f"wrote {asked['page']}", err=True)


def _write_template(venture: str, file: Path) -> None:
    from karwan.appraisal.venture_file import atlas_ventures
    from karwan.errors import InputError
    from karwan.schema.check import did_you_mean

    known = atlas_ventures()
    if venture not in known:
        hint = did_you_mean(venture, tuple(known)) or f"they are {', '.join(known)}"
        message = f"{venture!r} is no venture of the atlas; {hint}"
        raise InputError(message)
    file.write_text(known[venture].read_text("utf-8"), "utf-8")
    click.echo(f"wrote {file}; edit it, then: karwan appraise {file}")
