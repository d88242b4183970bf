"""karwan assign: where the trade of a year flows."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.solve_files import file_options, solve_files
from karwan.cli.tables import open_network, print_table, refuse_missing_folder, working

if TYPE_CHECKING:
    from collections.abc import Callable

    from karwan.network import Network
    from karwan.studies.flows import Flows

__all__ = ["command", "study"]

MOST = 15
"""Rows of a table that are printed; --json and --out hold all."""


@click.command("assign")
@click.option("--year", type=int, help="Year of the demand.  [default: the last that began]")
@click.option("--depart", type=click.DateTime(["%Y-%m-%d"]), help="Date whose state lasts.")
@click.option("--scenario", multiple=True, help="Scenario or measure to lay over; repeatable.")
@click.option("--using", help="Say who uses a crossing, node, link, strait, service or country.")
@click.option("--elasticity", type=float, help="Elasticity of demand to expected cost.")
@click.option("--deterministic", is_flag=True, help="Everybody takes a cheapest way (no logit).")
@click.option(
    "--captive", is_flag=True, help="Demand keeps the form of its cargo unit all the way."
)
@click.option("--demand", type=click.Path(path_type=Path), help="CSV of demand instead.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Write a page here.")
@click.option("--settle", is_flag=True, help="Simulate terminals at the loads found, by turns.")
@file_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write Parquet and GeoJSON to a folder."
)
def command(
    using: str | None,
    network: Path | None,
    out: Path | None,
    html_file: Path | None,
    *,
    as_json: bool,
    settle: bool,
    **asked: Any,
) -> None:
    r"""Find where the trade of a year flows, and where capacity binds.

    Demand chooses between gateways and crossings by path-size logit; time at places answers to
    what flows there, and hard capacities are kept, with their shadow prices. With
    --deterministic all take the cheapest ways instead, until none is cheaper than those used.

    \b
    Examples:
      karwan assign
      karwan assign --depart 2024-06-01 --using Torkham
      karwan assign --scenario reopen-afghan-crossings --year 2030 --html flows.html
      karwan assign --tntp NET TRIPS --gap 1e-10 --csv FLOWS
    """
    beside: dict[str, Any] = {"using": using, "network": network, "out": out, "html": html_file}
    beside["settle"] = settle
    if solve_files(asked, beside, as_json=as_json):
        return
    refuse_missing_folder(html_file)
    from karwan.studies.flow_files import write_flows

    with working("Loading the trade of a year"):
        opened = open_network(network)
        flows = _settled(opened, asked) if settle else study(asked)(opened)
    files = write_flows(flows, out) if out else []
    if html_file:
        from karwan.briefs import write_flow_page

        write_flow_page(flows, html_file)
    if as_json:
        click.echo(json.dumps(flows.to_dict(), indent=1, ensure_ascii=False))
    elif using:
        _print_users(flows, using)
    else:
        _print(flows)
    if out:
        click.echo(f"wrote {len(files)} files to {out}", err=True)


def _settled(network: Network, asked: dict[str, Any]) -> Flows:
    """Assign and simulate terminals by turns, and say on stderr how far loads still moved."""
    from karwan.studies.terminal_loop import settle

    found = settle(network, study(asked))
    for turn, residual, place in found.turns.iter_rows():
        click.echo(
            f"turn {turn}: loads moved by {residual:.1e} of capacity, most {place}", err=True
        )
    if not found.converged:
        click.echo("loads have not settled", err=True)
    return found.flows


def study(asked: dict[str, Any]) -> Callable[[Network], Flows]:
    """Return the assignment of a network that the options of the verb ask for."""
    return lambda network: _assigned(network, **asked)


def _assigned(
    network: Network,
    *,
    depart: dt.datetime | None,
    demand: Path | None,
    elasticity: float | None,
    deterministic: bool,
    captive: bool,
    **asked: Any,
) -> Flows:
    from dataclasses import replace

    from karwan.assignment.classes import PoolOptions
    from karwan.network import read_rows
    from karwan.studies.assign import assign, choice_of

    choice = choice_of(network)
    if elasticity is not None:
        choice = replace(choice, elasticity=elasticity)
    if deterministic:
        choice = replace(choice, deterministic=True)
    rows = read_rows(demand, "demand", network) if demand else None
    pool, day = PoolOptions(captive=captive), depart.date() if depart else None
    return assign(network, depart=day, demand=rows, choice=choice, pool=pool, **asked)


def _print(flows: Flows) -> None:
    totals = flows.totals
    click.echo(
        f"demand of {flows.year} on the network of {flows.run.depart}: "
        f"{totals['teu']:,.0f} TEU equivalents, {totals['tonnes'] / 1e6:,.1f} Mt, "
        f"{totals['cost_usd'] / 1e9:,.1f} bn USD, {totals['co2_t'] / 1e6:,.1f} Mt CO2e"
    )
    if totals["unserved_tonnes"]:
        count = len(flows.unserved)
        click.echo(f"no way serves {count} rows of demand, {totals['unserved_tonnes']:,.0f} t")
    grades = [f"{totals[f'cost_grade_{g}_share']:.0%} {g.upper()}" for g in "abc"]
    measure = "relative gap" if flows.choice.deterministic else "residual"
    click.echo(f"cost rests on grades {', '.join(grades)}; {measure} {flows.residual:.1e}")
    if flows.new_columns:
        click.echo(
            f"{flows.new_columns} pairs have a better way at these costs than the pool holds"
        )
    header = ["", "TEU", "share", "export", "import", "transit", "USD/TEU", "days"]
    for title, table in (("Gateways", flows.summary), ("Corridors", flows.corridors)):
        rows = [
            [
                r["name"],
                *(f"{r[c]:,.0f}" for c in ("teu",)),
                f"{r['share']:.1%}",
                *(f"{r[f'{d}_teu']:,.0f}" for d in ("export", "import", "transit")),
                f"{r['cost_usd_per_teu']:,.0f}",
                f"{r['time_h'] / 24:.0f}",
            ]
            for r in table.head(MOST).iter_rows(named=True)
        ]
        print_table(title, header, rows, right=range(1, 8))
    header = ["", "through", "capacity", "load", "delay h", "USD for one more TEU"]
    rows = [
        [
            r["name"],
            f"{r['through_teu']:,.0f}",
            f"{r['capacity_teu_per_year']:,.0f}",
            f"{r['load_share']:.0%}",
            f"{r['delay_h']:+.1f}",
            f"{r['shadow_price_usd_per_teu']:,.0f}" if r["hard"] else "not hard",
        ]
        for r in flows.places.sort("load_share", descending=True).head(MOST).iter_rows(named=True)
    ]
    print_table("Places with capacity, fullest first", header, rows, right=range(1, 6))


def _print_users(flows: Flows, using: str) -> None:
    users = flows.using(using)
    click.echo(f"{users['teu'].sum():,.0f} TEU, {users['tonnes'].sum():,.0f} t use {using}")
    header = ["from", "to", "direction", "goods", "TEU", "t", "share of the pair"]
    names = dict(flows.pool.network.table("nodes").select("node_id", "name").iter_rows())
    rows = [
        [
            names[r["origin"]],
            names[r["destination"]],
            r["direction"],
            r["commodity"],
            f"{r['teu']:,.0f}",
            f"{r['tonnes']:,.0f}",
            f"{r['share_of_pair']:.0%}",
        ]
        for r in users.head(MOST).iter_rows(named=True)
    ]
    print_table("Who uses it", header, rows, right=(4, 5, 6))
