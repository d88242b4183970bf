"""karwan volumes: modelled beside published volumes."""

from __future__ import annotations

import json
from pathlib import Path

import click
import polars as pl

from karwan.cli.tables import print_table, working

__all__ = ["command"]


@click.command("volumes")
@click.option("--year", type=int, help="Year of the demand.  [default: the last that began]")
@click.option("--fit", is_flag=True, help="Fit scale and constants, with hold-out errors.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def command(year: int | None, network: Path | None, *, fit: bool, as_json: bool) -> None:
    r"""Compare modelled with published volumes, or fit the choice of ways to them.

    Published volumes are the table counts. A fit writes nothing: it prints the rows of
    choice_parameters, and the errors on counts left out and on counts never fitted.

    \b
    Examples:
      karwan volumes
      karwan volumes --fit --json
    """
    from karwan.network import open_atlas, read_network
    from karwan.studies.calibrate_choice import calibrate_choice, compare_volumes

    opened = read_network(network) if network else open_atlas()
    with working("Loading the trade of a year"):
        found = calibrate_choice(opened, year=year) if fit else None
        rows = found.rows if found else compare_volumes(opened, year=year)
    if as_json:
        plain = found.to_dict() if found else {"rows": _plain(rows)}
        click.echo(json.dumps(plain, indent=1, ensure_ascii=False))
        return
    extra = ["without_fit", "left_out"] if found else []
    header = ["count", "unit", "use", "published", "low", "high", "modelled", *extra]
    lines = [
        [
            r["count_id"],
            r["unit"],
            r["use"],
            *(f"{r[c]:,.0f}" for c in ("value", "low", "high", "modelled", *extra)),
        ]
        for r in rows.iter_rows(named=True)
    ]
    print_table("Volumes of a year", header, lines, right=range(3, len(header)))
    if found:
        parameters = [
            [p, a, f"{v:.2f}", f"{lo:.2f} to {hi:.2f}"]
            for p, a, v, lo, hi in found.parameters.iter_rows()
        ]
        names = ["parameter", "applies to", "value", "within one standard error"]
        print_table("Parameters", names, parameters, right=(2, 3))
        errors = [[n, str(k), f"{m:.1f}", f"{x:.1f}"] for n, k, m, x in found.errors.iter_rows()]
        names = ["modelled over published", "rows", "median factor", "largest"]
        print_table("Errors", names, errors, right=(1, 2, 3))


def _plain(rows: pl.DataFrame) -> list[dict[str, object]]:
    return rows.with_columns(pl.col("state_of").cast(pl.String)).to_dicts()
