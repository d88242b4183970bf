"""karwan closures: how often places shut, and for how long."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click

from karwan.cli.tables import print_table

__all__ = ["command"]


@click.command("closures")
@click.argument("target", required=False)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As known on this day.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def command(
    target: str | None, on: dt.datetime | None, network: Path | None, *, as_json: bool
) -> None:
    r"""Show how often borders, ports and straits shut, and for how long.

    TARGET is one place that is watched, by identifier or name; all if not given. Ranges in
    brackets are 90 % intervals.

    \b
    Examples:
      karwan closures
      karwan closures Torkham --on 2025-10-20
    """
    from karwan.network import open_atlas, read_network
    from karwan.studies.closures import closures

    opened = read_network(network) if network else open_atlas()
    risk = closures(opened, on=on.date() if on else None, target=target)
    if as_json:
        click.echo(json.dumps(risk.to_dict(), indent=1, ensure_ascii=False))
        return
    header = ["group", "years", "events", "a year", "days P50", "days P90"]
    rows = [
        [
            g["group"],
            f"{g['years_watched']:.1f}",
            str(g["events"]),
            _range(g, "per_year", "", ".1f"),
            _range(g, "length_p50", "_d", ".0f"),
            _range(g, "length_p90", "_d", ".0f"),
        ]
        for g in risk.groups.iter_rows(named=True)
    ]
    print_table(f"Events by group, as known on {risk.run.depart}", header, rows, right=(1, 2))
    header = ["place", "group", "shut", "a year", "shut in an event %", "days shut %"]
    rows = [_place(p) for p in risk.places.iter_rows(named=True)]
    print_table("Places", header, rows, right=(2, 5))
    header = ["shut", "since", "last look", "days more P50", "P90", "opens in 30 d %", "90 d %"]
    rows = [_shut(p) for p in risk.places.iter_rows(named=True) if p["shut_since"]]
    if rows:
        print_table(
            f"Shut at the last look; if still so on {risk.run.depart}:",
            header,
            rows,
            right=(3, 4, 5),
        )
    header = ["event", "from", "shut together"]
    rows = [
        [e["event"], str(e["starts"]), e["places"]] for e in risk.together.iter_rows(named=True)
    ]
    if rows:
        print_table("Events", header, rows)


def _range(row: dict[str, Any], name: str, unit: str, form: str) -> str:
    middle, low, high = (row[f"{name}{end}{unit}"] for end in ("", "_low", "_high"))
    return f"{middle:{form}} [{low:{form}}, {high:{form}}]"


def _place(p: dict[str, Any]) -> list[str]:
    share = {k: 100 * p[f"shut_in_event{k}"] for k in ("", "_low", "_high")}
    return [
        p["name"],
        p["group"],
        str(p["closures"]),
        _range(p, "per_year", "", ".1f"),
        f"{share['']:.0f} [{share['_low']:.0f}, {share['_high']:.0f}]",
        f"{100 * p['share_of_days_shut']:.0f}",
    ]


def _shut(p: dict[str, Any]) -> list[str]:
    return [
        p["name"],
        str(p["shut_since"]),
        str(p["last_look"]),
        f"{p['more_days_p50']:.0f}",
        f"{p['more_days_p90']:.0f}",
        f"{100 * p['reopens_in_30_d']:.0f}",
        f"{100 * p['reopens_in_90_d']:.0f}",
    ]
