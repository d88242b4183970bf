"""karwan calibrate: a global factor of time, fitted to published trips."""

from __future__ import annotations

import json
from pathlib import Path

import click

from karwan.cli.tables import print_table, working

__all__ = ["command"]


@click.command("calibrate")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path), help="Write the table calibration here."
)
@click.option("--source", default="calibration-trips", help="source_id of the rows of --csv.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def command(
    file: Path | None, network: Path | None, csv_file: Path | None, source: str, *, as_json: bool
) -> None:
    r"""Fit a global factor of time to published trips: of lorries that two drivers share.

    FILE is a CSV of your own observations; the network's own if not given. The fit starts from
    the network without its calibration. Nothing is changed: --csv writes the table that a
    network carries.

    \b
    Examples:
      karwan calibrate
      karwan calibrate trips.csv --json
    """
    from karwan.network import open_atlas, read_network, read_rows
    from karwan.studies.calibrate import calibrate

    opened = read_network(network) if network else open_atlas()
    with working("Fitting"):
        found = calibrate(opened, read_rows(file, "observations", opened) if file else None)
    if csv_file:
        found.table(source).write_csv(csv_file, float_precision=4)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1))
        return
    rows = [
        [
            p["parameter"],
            f"{p['value']:.2f} [{p['low']:.2f}, {p['high']:.2f}]" if p["fitted"] else "1",
            str(p["trips"]),
        ]
        for p in found.parameters.iter_rows(named=True)
    ]
    print_table("Factors of time, with 90 % intervals", ["time", "times", "trips"], rows)
    errors = found.errors.drop("rms_log")
    header = errors.columns
    rows = [
        [name, *("" if x is None else f"{100 * x:.0f}" for x in shares)]
        for name, *shares in errors.iter_rows()
    ]
    print_table("Median absolute error of time, %", header, rows, right=range(1, len(header)))
    without, _, left_out = found.errors["rms_log"]
    click.echo(
        f"Root mean square of the log of time: {without:.3f} without, {left_out:.3f} leave-one-out."
    )
    click.echo(f"Fitted to {found.made} trips that were made; announced ones take no part in it.")
    click.echo(f"Trips scatter around the prediction by {found.scatter:.2f} in the log of time.")
    if again := found.repeats:
        click.echo(
            f"{again.trips} of them are of {again.relations} relations run more than once: the "
            f"other trips foretell each to\n{100 * again.by_others:.0f} % in the median, "
            f"this prediction to {100 * again.predicted:.0f} %."
        )
