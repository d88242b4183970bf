"""karwan scenario: what scenarios and measures change."""

from __future__ import annotations

from pathlib import Path

import click

from karwan.cli.tables import print_table

__all__ = ["command"]


@click.group("scenario")
def command() -> None:
    """List scenarios and measures and show what they change."""


@command.command("list")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
def list_scenarios(network: Path | None) -> None:
    """List scenarios, then measures."""
    from karwan.network import open_atlas, read_network

    held = read_network(network) if network else open_atlas()
    for table, key in (("scenarios", "scenario_id"), ("measures", "measure_id")):
        frame = held.table(table).select(key, "name", "description")
        print_table(table.capitalize(), frame.columns, [list(r) for r in frame.iter_rows()])


@command.command("show")
@click.argument("name")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
def show(name: str, network: Path | None) -> None:
    """Show every cell that a scenario or measure changes."""
    from karwan.network import open_atlas, read_network
    from karwan.scenarios import apply_scenario, read_measures

    held = read_network(network) if network else open_atlas()
    apply_scenario(held, [name])
    for measure in read_measures(held, [name]):
        click.echo(f"{measure.measure_id}: {measure.name}. {measure.description}")
        rows = [
            [f"{c.table}[{c.row}].{c.column}", c.operation, c.value or "(empty)"]
            for c in measure.changes
        ]
        print_table("Changes", ["cell", "operation", "value"], rows)
