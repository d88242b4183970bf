"""karwan atlas: what the atlas holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from karwan.cli.tables import print_table

__all__ = ["command"]

LISTS = {
    "nodes": ("nodes", "node_id name kind country region role source_id"),
    "links": (
        "links",
        "link_id from_node to_node mode distance_km track_gauge_mm status opens source_id",
    ),
    "crossings": ("border_crossings", "crossing_id name mode node_a node_b source_id"),
    "corridors": ("corridors", "corridor_id name description"),
    "services": ("services", "service_id name operator mode departures_per_week source_id"),
    "commodities": ("commodities", "commodity name forms value_usd_per_t source_id"),
    "closures": ("closures", "closure_id target effect starts ends last_look reason source_id"),
    "uncertainties": (
        "uncertainties",
        "factor_id table grade columns where operation distribution low high source_id",
    ),
    "sources": ("sources", "source_id grade year title url"),
}


@click.command("atlas")
@click.argument("what", type=click.Choice([*LISTS, "report"]), default="report")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--match", help="Show only rows that contain this text.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(what: str, network: Path | None, match: str | None, *, as_json: bool) -> None:
    r"""List what the atlas holds and how well it is known.

    WHAT is a list, or `report` for coverage, grades and the weakest rows.

    \b
    Examples:
      karwan atlas nodes --match KZ
      karwan atlas report
    """
    from karwan.network import open_atlas, read_network

    held = read_network(network) if network else open_atlas()
    if what == "report":
        _report(held, as_json=as_json)
        return
    table, columns = LISTS[what]
    frame = held.table(table).select(columns.split())
    rows = [["" if v is None else str(v) for v in row] for row in frame.iter_rows()]
    if match:
        rows = [r for r in rows if match.casefold() in " ".join(r).casefold()]
    if as_json:
        import json

        lines = [dict(zip(frame.columns, r, strict=True)) for r in rows]
        click.echo(json.dumps(lines, ensure_ascii=False, indent=1))
        return
    print_table(f"{len(rows)} {what}", frame.columns, rows)


def _report(network: Any, *, as_json: bool) -> None:
    from karwan.studies import atlas_report

    report = atlas_report(network)
    parts = {
        "coverage": report.coverage,
        "rows by grade of their source": report.tables,
        "length of open links by grade, shares": report.links,
        "weakest rows, most used first": report.weakest,
    }
    if as_json:
        import json

        click.echo(json.dumps({k: v.to_dicts() for k, v in parts.items()}, ensure_ascii=False))
        return
    for title, frame in parts.items():
        rows = [[_cell(v) for v in row] for row in frame.iter_rows()]
        numbers = [i for i, t in enumerate(frame.dtypes) if t.is_numeric()]
        print_table(title.capitalize(), frame.columns, rows, right=numbers)
        click.echo()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}" if value <= 1 else f"{value:,.0f}"
    return str(value)
