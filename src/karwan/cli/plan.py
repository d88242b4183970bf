"""karwan plan: itineraries of one consignment."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.explanation import print_explanation
from karwan.cli.tables import open_network, print_table, refuse_missing_folder, working

if TYPE_CHECKING:
    from collections.abc import Callable

    from karwan.network import Network
    from karwan.routing.consignment import Consignment
    from karwan.routing.missing import Missing
    from karwan.routing.query import Options
    from karwan.studies import Routes

__all__ = ["command", "study"]

RELIABLE = 8
"""Gateways whose reliability is printed."""
CRITERIA = ("cost", "time", "co2", "reliability")


@click.command("plan")
@click.argument("origin")
@click.argument("destination")
@click.option("--commodity", default="general", show_default=True, help="Row of commodities.csv.")
@click.option("--teu", type=float, help="Size in TEU.  [default: 1]")
@click.option("--feu", type=float, help="Size in FEU.")
@click.option("--tonnes", type=float, help="Size in tonnes; any form the commodity allows.")
@click.option("--truckloads", type=float, help="Size in truckloads.")
@click.option("--depart", help="2025-11-15 or 2025-11-15T14:30, local.  [default: as-of date]")
@click.option("--deadline", help="2026-01-15 or with an hour: how likely it is met.")
@click.option("--by", multiple=True, type=click.Choice(CRITERIA), help="Criteria; repeatable.")
@click.option("--via", multiple=True, help="Place to pass; repeatable, in order.")
@click.option("--avoid", multiple=True, help="Node, country, passage, mode or operator.")
@click.option("--max-transfers", type=int, help="Most handlings on the way.")
@click.option("--epsilon", type=float, default=0.0, help="Pareto set within this factor.")
@click.option("--scenario", multiple=True, help="Scenario or measure to lay over; repeatable.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--ways", metavar="GATEWAY", help="Show the rival ways through one gateway.")
@click.option("--all", "every", is_flag=True, help="Show the whole Pareto set.")
@click.option("--explain", type=int, help="Walk from each figure of an itinerary to its source.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write the legs here.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Write a page here.")
def command(**asked: Any) -> None:
    r"""List the best routes for one consignment.

    ORIGIN and DESTINATION are node_ids (PKGWD) or names (Gwadar).

    \b
    Examples:
      karwan plan Pavlodar "Jebel Ali" --feu 2
      karwan plan Karaganda Mombasa --commodity ferroalloys --teu 20 --html plan.html
    """
    for name in ("csv_file", "html_file"):
        refuse_missing_folder(asked[name])
    with working("Planning"):
        routes = study(asked)(open_network(asked["network"]))
        if asked["ways"]:
            routes = routes.ways(asked["ways"])
        if asked["deadline"]:
            from karwan.studies.reliability import read_deadline

            read_deadline(asked["deadline"], routes.query)
    if asked["explain"] is not None and not 1 <= asked["explain"] <= len(routes):
        message = f"--explain {asked['explain']}: there are itineraries 1 to {len(routes)}"
        raise click.BadParameter(message)
    if asked["csv_file"]:
        routes.legs.write_csv(asked["csv_file"])
    if asked["html_file"]:
        from karwan.briefs import write_page

        write_page(routes, asked["html_file"])
    if asked["as_json"]:
        click.echo(routes.to_json())
    elif asked["explain"] is not None:
        print_explanation(routes, asked["explain"])
    else:
        _print_routes(routes, every=asked["every"], ways=asked["ways"])
        _print_reliability(routes, asked["deadline"])


def study(asked: dict[str, Any]) -> Callable[[Network], Routes]:
    """Return the plan of a network that the options of the verb ask for."""
    from karwan.routing.consignment import Consignment
    from karwan.studies import plan

    sizes = {name: asked[name] for name in ("teu", "feu", "tonnes", "truckloads")}
    consignment = Consignment(asked["origin"], asked["destination"], asked["commodity"], **sizes)
    return lambda network: plan(
        network,
        consignment,
        depart=asked["depart"],
        scenario=asked.get("scenario", ()),
        options=_sound(network, consignment, asked),
    )


def _sound(network: Network, consignment: Consignment, asked: dict[str, Any]) -> Options:
    """Return the options; name at once everything asked that makes no sense."""
    from karwan.errors import InputError
    from karwan.routing.consignment import resolve_cargo
    from karwan.routing.query import Options
    from karwan.studies.moments import parse_deadline, read_departure

    names = ("via", "avoid", "max_transfers", "epsilon")
    checks: list[Callable[[], Any]] = [
        lambda: Options(by=asked["by"] or CRITERIA, **{name: asked[name] for name in names}),
        lambda: read_departure(network, asked["depart"]),
        lambda: parse_deadline(asked["deadline"]) if asked.get("deadline") else None,
        lambda: resolve_cargo(network, consignment),
    ]
    problems, found = [], []
    for check in checks:
        try:
            found.append(check())
        except InputError as fault:
            problems.append(fault)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise InputError("; ".join(map(str, problems)))
    options: Options = found[0]
    return options


def _print_routes(routes: Routes, *, every: bool, ways: str | None) -> None:
    from karwan.studies.run import departure

    cargo, run = routes.query.cargo, routes.run
    label = {r["node_id"]: r["name"] for r in routes.query.base.books.rows["nodes"]}
    weight = "" if cargo.unit == "t" else f" ({cargo.tonnes:,.0f} t)"
    laid = f", scenario {' + '.join(run.scenario)}" if run.scenario else ""
    click.echo(
        f"{cargo.label} of {cargo.commodity_name}{weight}, "
        f"{label[cargo.origin]} to {label[cargo.destination]}, departing {departure(run)}{laid}"
    )
    click.echo(
        f"Atlas {run.fingerprint[:12]}, karwan {run.karwan_version}, USD of {run.price_year}"
    )
    shown = routes.summary if every or ways else routes.best
    header = ["#", "gateway", "USD", f"USD/{cargo.unit}", "days P50", "P95", "t CO2e", "km"]
    header += ["borders", "gauges", "cost A/B/C %", "time A/B/C %", ""]
    rows = [_row(r) for r in shown.iter_rows(named=True)]
    title = "All itineraries" if every else "Best itinerary through each gateway"
    if ways:
        header.append("borders crossed")
        crossed = (", ".join(routes.crossings(i)) for i in shown["itinerary"])
        rows = [[*row, names] for row, names in zip(rows, crossed, strict=True)]
        title = f"Ways through {ways} by the borders they cross"
    print_table(title, header, rows, right=range(2, 12), spare=(12, 11, 10, 7, 6, 9, 3))
    best = routes.summary.row(0, named=True)["itinerary"]
    _print_legs(routes, best)
    for warning in routes.warnings(best):
        click.echo(f"! {warning}")
    _print_missing(routes)
    others = len(routes) - len(routes.best)
    if others and not every and not ways:
        click.echo(
            f"{others} more itineraries are Pareto-optimal or the cheapest, fastest or cleanest "
            "through their gateway: --all shows them; --ways GATEWAY lists the borders to choose."
        )
    if not routes.is_complete:
        click.echo("! the Pareto search stopped early; the best of each gateway is exact", err=True)


def _row(r: dict[str, Any]) -> list[str]:
    def shares(what: str) -> str:
        return "/".join(f"{100 * r[f'{what}_share_{g}']:.0f}" for g in "abc")

    return [
        str(r["itinerary"]),
        r["gateway_name"],
        f"{r['cost_usd']:,.0f}" if r["cost_usd"] < 1000 else f"{round(r['cost_usd'], -1):,.0f}",
        f"{round(r['cost_usd_per_unit'], -1 if r['cost_usd_per_unit'] > 1000 else 0):,.0f}",
        f"{r['time_p50_h'] / 24:.0f}",
        f"{r['time_p95_h'] / 24:.0f}",
        f"{r['co2_kg'] / 1000:,.1f}",
        f"{r['distance_km']:,.0f}",
        str(r["borders"]),
        str(r["gauge_breaks"]),
        shares("cost"),
        shares("time"),
        "" if r["pareto"] else "not Pareto-optimal",
    ]


def _print_legs(routes: Routes, itinerary: int) -> None:
    from karwan.studies.routes_json import legs_of

    legs = legs_of(routes, itinerary, with_lines=False)
    rows = [
        [
            leg["label"],
            _clock(leg["arrives"]),
            f"{leg['wait_h']:,.0f}" if leg["wait_h"] else "",
            _clock(leg["clears"]),
            f"{leg['distance_km']:,.0f}" if leg["distance_km"] else "",
            f"{leg['time_h']:,.0f}",
            f"{leg['cost_usd']:,.0f}",
            f"{leg['grade_cost']}/{leg['grade_time']}",
        ]
        for leg in legs
    ]
    header = ["leg", "arrive", "wait h", "clear", "km", "hours", "USD", "grade cost/time"]
    title = f"Itinerary {itinerary}: local times, by mean durations"
    print_table(title, header, rows, right=(2, 4, 5, 6), spare=(7, 4))
    services = dict.fromkeys((leg["mode"], leg["service"]) for leg in legs if leg["service"])
    if services:
        click.echo("By " + "; ".join(f"{mode}: {name}" for mode, name in services))


def _print_reliability(routes: Routes, deadline: str | None) -> None:
    """Print how sure the best itinerary of each gateway is."""
    shown = routes.best["itinerary"].to_list()[:RELIABLE]
    table = routes.reliability(shown, deadline=deadline)
    names = dict(zip(routes.summary["itinerary"], routes.summary["gateway_name"], strict=True))
    header = ["#", "gateway", "days P50", "P90", "P95", "buffer d", "caught %", "lost d"]
    header += [f"in time for {deadline} %"] if deadline else []
    rows = [
        [
            str(r["itinerary"]),
            names[r["itinerary"]],
            *(_days(r[f"time_{p}_h"]) for p in ("p50", "p90", "p95")),
            _days(r["buffer_h"]),
            f"{100 * r['caught']:.1f}",
            f"{max(r['closure_h'], 0.0) / 24:.1f}",
            *([f"{100 * r['on_time']:.0f}"] if deadline else []),
        ]
        for r in table.iter_rows(named=True)
    ]
    title = "How sure: simulated days, with closures by chance"
    print_table(title, header, rows, right=range(2, len(header)))
    click.echo(
        "Buffer: from P50 to P95, for a promise kept 95 times of 100. Caught: meets a closure by "
        "chance on the way; lost: mean delay by it."
    )
    click.echo(f"Spread of itinerary {shown[0]}: {table['spread_from'][0]}")


def _days(hours: float) -> str:
    return f"{hours / 24:.0f}" if hours < float("inf") else "never"


def _clock(moment: str) -> str:
    """Return a local time as day, month, hour: 15 Nov 14h."""
    return dt.datetime.fromisoformat(moment).strftime("%d %b %Hh")


def _print_missing(routes: Routes) -> None:
    """Print what closures and bans keep out, one line a reason, the gateways in one list."""
    alike: dict[tuple[str, ...], list[Missing]] = {}
    for missed in routes.missing:
        alike.setdefault(missed.reasons, []).append(missed)
    if alike:
        click.echo("Not offered, because shut or barred:")
    for reasons, ways in alike.items():
        names = list(dict.fromkeys(missed.gateway_name for missed in ways))
        money = _span([float(f"{missed.cost_usd:.2g}") for missed in ways])
        days = _span([round(missed.time_h / 24) for missed in ways])
        click.echo(f"- {'; '.join(reasons)}")
        click.echo(f"  {', '.join(names)}: about {money} USD, {days} days")


def _span(values: list[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
