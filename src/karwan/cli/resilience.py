"""karwan resilience: what each loss costs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click
import polars as pl

from karwan.cli.tables import print_table, working

__all__ = ["command"]

MOST = 15
"""Losses that are printed; --json holds all."""


@click.command("resilience")
@click.option(
    "--origin", "origins", multiple=True, help="Place; repeatable.  [default: all origins]"
)
@click.option(
    "--market", "markets", multiple=True, help="Place; repeatable.  [default: all markets]"
)
@click.option("--commodity", default="general", show_default=True, help="Row of commodities.csv.")
@click.option("--teu", type=float, default=1.0, show_default=True, help="Size of a consignment.")
@click.option("--depart", type=click.DateTime(["%Y-%m-%d"]), help="Date whose state lasts.")
@click.option("--double", is_flag=True, help="Search pairs of losses too.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def command(
    origins: tuple[str, ...],
    markets: tuple[str, ...],
    depart: dt.datetime | None,
    network: Path | None,
    *,
    double: bool,
    as_json: bool,
    **cargo: Any,
) -> None:
    r"""Show what is lost when a crossing, gateway, strait or country is lost.

    Extra cost and time are those of the best way that is left, for one consignment; pairs
    without one are cut off.

    \b
    Examples:
      karwan resilience --origin Almaty --origin Tashkent --market Karachi --market Mombasa
      karwan resilience --origin Karaganda --market "Jebel Ali" --double
    """
    from karwan.network import open_atlas, read_network
    from karwan.studies.resilience import resilience

    opened = read_network(network) if network else open_atlas()
    with working("Taking things away"):
        found = resilience(
            opened,
            list(origins) or None,
            list(markets) or None,
            depart=depart.date() if depart else None,
            doubles=double,
            **cargo,
        )
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return
    click.echo(f"{found.pairs} pairs of places, {found.run.depart}")
    _print("Losses, those that cut off and cost most first", found.singles)
    if double:
        _print("Pairs of losses that hurt more together", found.doubles)


def _print(title: str, table: pl.DataFrame) -> None:
    header = ["lost", "kind", "pairs hit", "cut off", "USD more", "days more", "worst, worth USD"]

    def number(value: float | None, over: float = 1.0) -> str:
        return "" if value is None else f"{value / over:,.0f}"

    rows = [
        [
            r["lost"],
            r["kind"],
            str(r["pairs_hit"]),
            str(r["pairs_cut_off"]),
            number(r["mean_extra_cost_usd"]),
            number(r["mean_extra_time_h"], 24),
            number(r["largest_extra_generalised_usd"]),
        ]
        for r in table.head(MOST).iter_rows(named=True)
    ]
    print_table(title, header, rows, right=range(2, 7))
