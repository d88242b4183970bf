"""karwan calibrate: global multipliers of time, fitted to published trips."""

from __future__ import annotations

import json
from pathlib import Path

import click

from karwan.cli.tables import print_table, working

__all__ = ["command"]


@click.command("calibrate")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def command(file: Path | None, network: Path | None, *, as_json: bool) -> None:
    r"""Fit global multipliers of time to published trips.

    FILE is a CSV of your own observations; the network's own if not given. Nothing is changed:
    multipliers say which times call for a better source.

    \b
    Examples:
      karwan calibrate
      karwan calibrate trips.csv --json
    """
    from karwan.network import open_atlas, read_network, read_observations
    from karwan.studies.calibrate import calibrate

    opened = read_network(network) if network else open_atlas()
    with working("Fitting"):
        found = calibrate(opened, read_observations(file, opened) if file else None)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1))
        return
    rows = [
        [
            p["parameter"],
            f"{p['multiplier']:.2f} [{p['low']:.2f}, {p['high']:.2f}]" if p["fitted"] else "1",
            str(p["trips"]),
        ]
        for p in found.parameters.iter_rows(named=True)
    ]
    print_table("Multipliers of time, with 90 % intervals", ["time", "times", "trips"], rows)
    rows = [
        [e["errors"], f"{100 * e['median_absolute_share']:.0f}"]
        for e in found.errors.iter_rows(named=True)
    ]
    print_table("Median absolute error of time", ["errors", "%"], rows, right=(1,))
    click.echo(f"Trips scatter around the prediction by {found.scatter:.2f} in the log of time.")
