"""Print what would make one place of a tenant's case the best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import polars as pl

from karwan.appraisal.zone_words import figure_text, span_text
from karwan.cli.tables import print_table
from karwan.cli.zone_answer import markets_shown
from karwan.errors import InputError
from karwan.schema.check import did_you_mean

if TYPE_CHECKING:
    from karwan.studies.zone_answer import ZoneAnswer

__all__ = ["print_place"]


def print_place(found: ZoneAnswer, place: str, market: str | None) -> None:
    """Print, market by market, how far each figure must move, alone, for a place to be the best."""
    named = {z.zone_id: z.name for z in found.book.zones}
    by_name = {name.casefold(): zone for zone, name in named.items()}
    zone = by_name.get(place.casefold(), place)
    if zone not in named:
        near = did_you_mean(place, list(named)) or f"its places are {', '.join(named)}"
        message = f"place {place!r} is not in the case; {near}"
        raise InputError(message)
    for node in markets_shown(found, market):
        rows = found.landed.filter(pl.col("market") == node)
        mine = rows.filter(pl.col("zone") == zone)
        name = rows["market_name"][0]
        if mine.is_empty():
            click.echo(f"{name}: no route leads there from {named[zone]}")
            continue
        rank, short = mine["rank"].item(), mine["above_best_usd_per_t"].item()
        head = f"{name}: {named[zone]} is number {rank} of {rows.height}"
        if rank == 1:
            click.echo(f"{head}, the best")
            continue
        best = rows.filter(pl.col("rank") == 1)["zone_name"][0]
        head += f", {short:,.1f} USD a tonne above {best}"
        moves = found.switching.filter(pl.col("market") == node, pl.col("to_zone") == zone)
        if moves.is_empty():
            click.echo(f"{head}; no single figure within reach closes the gap")
            continue
        cells = [
            [
                r["label"],
                figure_text(r["value"], r["unit"]),
                figure_text(r["switch_value"], r["unit"]),
                "-" if r["change_share"] is None else f"{100 * r['change_share']:+.0f} %",
                span_text(r["low"], r["high"], r["unit"]) if r["low"] < r["high"] else "-",
                "yes" if r["within"] else "no",
            ]
            for r in moves.iter_rows(named=True)
        ]
        header = ["it would be the best if", "now", "became", "change", "may lie in", "within"]
        print_table(head, header, cells, right=(1, 2, 3))
