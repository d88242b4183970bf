"""Print where the figures of an itinerary come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from karwan.studies import Routes

__all__ = ["print_explanation"]


def print_explanation(routes: Routes, itinerary: int) -> None:
    """Print every figure with its formula, the rows behind it and, at the end, their sources."""
    frame = routes.explain(itinerary)
    row = routes.summary.row(itinerary - 1, named=True)
    click.echo(
        f"Itinerary {itinerary} through {row['gateway_name']}: {row['cost_usd']:,.0f} USD, "
        f"{row['time_h']:,.0f} h, {row['co2_kg']:,.0f} kg CO2e, and where each figure comes from"
    )
    step, figure = -1, ""
    for line in frame.iter_rows(named=True):
        if line["step"] != step:
            step, figure = line["step"], ""
            click.echo(f"\n{step + 1}. {line['where']}")
        if line["figure"] != figure:
            figure = line["figure"]
            click.echo(f"   {figure}  {line['value']:,.2f} {line['unit']}  = {line['formula']}")
        click.echo(
            f"      {line['table']}[{line['row']}] {line['cells']}  "
            f"(grade {line['grade']}, {line['source_id']})"
        )
    _print_sources(routes, set(frame["source_id"]))


def _print_sources(routes: Routes, used: set[str]) -> None:
    click.echo("\nSources")
    for row in routes.query.base.network.table("sources").iter_rows(named=True):
        if row["source_id"] in used:
            where = f", {row['url']}" if row["url"] else ""
            how = f" How: {row['method']}." if row["method"] else ""
            click.echo(
                f"  {row['source_id']} ({row['grade']}): {row['title']}, {row['publisher']}, "
                f"{row['year']}{where}.{how}"
            )
