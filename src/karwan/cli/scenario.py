"""karwan scenario: what scenarios and measures change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from karwan.cli.tables import open_network, print_table

__all__ = ["command"]


@click.group("scenario")
def command() -> None:
    """List scenarios and measures and show what they change."""


@command.command("list")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
def list_scenarios(network: Path | None) -> None:
    """List scenarios, then measures."""
    held = open_network(network)
    for table, key in (("scenarios", "scenario_id"), ("measures", "measure_id")):
        frame = held.table(table).select(key, "name", "description")
        print_table(table.capitalize(), frame.columns, [list(r) for r in frame.iter_rows()])


@command.command("show")
@click.argument("name")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def show(name: str, network: Path | None, *, as_json: bool) -> None:
    """Show what a scenario or measure changes, what it costs, who pays and why."""
    from karwan.scenarios import describe_scenario

    held = open_network(network)
    measures = describe_scenario(held, [name])
    if as_json:
        told = {"schema": "karwan.scenario/1", "name": name, "measures": measures}
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    if not measures:
        click.echo(f"{name}: the network as it is; nothing is laid over it")
    if len(measures) > 1:
        low, middle, high = (
            sum(m[f"capital_{end}usd_m"] or 0 for m in measures) for end in ("low_", "", "high_")
        )
        together = f"{middle:,g} million USD ({low:,g} to {high:,g})"
        click.echo(f"{name}: {len(measures)} measures, together {together}\n")
    for measure in measures:
        _print_measure(measure)


def _print_measure(measure: dict[str, Any]) -> None:
    click.echo(f"{measure['measure_id']}: {measure['name']}. {measure['description']}")
    click.echo(f"Status: {measure['status']}, last looked at on {measure['last_look']}")
    click.echo(f"Why: {_source(measure['sources']['source_id'])}")
    if measure["capital_usd_m"] is None:
        click.echo("Cost: none; an event that nobody pays for")
    else:
        ends = f"{measure['capital_low_usd_m']:,g} to {measure['capital_high_usd_m']:,g}"
        click.echo(
            f"Cost: {measure['capital_usd_m']:,g} million USD ({ends}), and "
            f"{measure['yearly_usd_m']:,g} a year for {measure['life_years']} years. "
            f"{_source(measure['sources']['cost_source_id'])}"
        )
        years = f"{measure['opening_year_low']} to {measure['opening_year_high']}"
        click.echo(f"Opens: {measure['opening_year']} ({years}); in a plan it is there at once")
        click.echo(f"Owners: {measure['owners'].replace('|', ', ')}")
    header = ["table", "row", "column", "from", "to", "unit", "source"]
    rows = [line for change in measure["changes"] for line in _lines(change)]
    print_table("Changes", header, rows, right=(3, 4))
    click.echo()


def _source(row: dict[str, Any]) -> str:
    how = f" {row['method']}" if row["method"] else ""
    return f"{row['title']}, {row['publisher']}, {row['year']} (grade {row['grade']}).{how}"


def _lines(change: dict[str, Any]) -> Iterator[list[str]]:
    """Yield a line a cell; one line for all if every row is changed."""
    source = f"{change['source_id']} ({change['grade']})"
    cells = change["cells"]
    if change["row"] == "*":
        every = [{"row": f"* ({len(cells)} rows)"}]
        for end in ("from", "to"):
            values = sorted(c[end] for c in cells if c[end] is not None)
            every[0][end] = f"{_shown(values[0])} to {_shown(values[-1])}" if values else "(empty)"
        cells = every
    for cell in cells:
        ends = (_shown(cell["from"]), _shown(cell["to"]))
        yield [change["table"], cell["row"], change["column"], *ends, change["unit"], source]


def _shown(value: Any) -> str:
    if value is None:
        return "(empty)"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)
