"""karwan simulate: how a terminal or border serves its traffic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.simulate_answer import show_all, write
from karwan.cli.simulate_more import LIMITS, other_table
from karwan.cli.tables import open_network, refuse_missing_folder, working

if TYPE_CHECKING:
    from karwan.network import Network
    from karwan.studies.simulation import Simulation

__all__ = ["command"]


@click.command("simulate")
@click.argument("terminals", nargs=-1, required=True, metavar="TERMINAL...")
@click.option("--throughput-teu-per-year", type=float, help="Traffic.  [default: of the table]")
@click.option("--growth", type=float, default=0.0, help="Share more, 0.1 for a tenth.")
@click.option("--more", multiple=True, help="Element or kind, =N for several; repeatable.")
@click.option("--replications", type=int, default=10, show_default=True, help="Runs.")
@click.option("--days", type=float, help="Days counted in each run.  [default: 365]")
@click.option("--years", type=float, help="The same in years.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same gives the same.")
@click.option("--no-compare", is_flag=True, help="Leave out what one more would bring.")
@click.option("--curve", is_flag=True, help="Delay against throughput instead.")
@click.option("--grow", type=click.Path(path_type=Path), help="CSV of year, teu_per_year: plan.")
@click.option("--grow-with-trade", is_flag=True, help="The same, traffic as assigned by year.")
@click.option("--scenario", multiple=True, help="Laid over that assignment; repeatable.")
@click.option("--wait-ratio", type=float, help="To keep: waiting over time at the berth.")
@click.option("--truck-turn-p95-h", type=float, help="To keep: time of 95 of 100 trucks.")
@click.option("--box-time-p95-h", type=float, help="To keep: time of 95 of 100 boxes.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--csv", "csv", type=click.Path(path_type=Path), help="Write all figures there.")
def command(terminals: tuple[str, ...], csv: Path | None, *, as_json: bool, **asked: Any) -> None:
    r"""Simulate a terminal or border crossing box by box, truck by truck.

    TERMINAL is a row of terminals, by identifier or name, or its node or crossing; a port, as
    Karachi, stands for all of its terminals. Intervals are 95 %. `--more train_slot` is one more
    train a day. `--curve` simulates rising loads until queues grow. `--grow` says when what has
    to grow for a demand by year, to keep the level of service; with `--grow-with-trade` that
    demand is what the trade of each year brings there.

    \b
    Examples:
      karwan simulate torkham --growth 0.1
      karwan simulate karachi-kict --more berth --more quay_crane=2
      karwan simulate Karachi --replications 50
      karwan simulate khorgos-gateway --curve --csv curve.csv
      karwan simulate gwadar --grow-with-trade --scenario reopen-hormuz --csv plan.csv
    """
    from karwan.studies.simulate_place import find_terminals

    refuse_missing_folder(csv)
    opened = open_network(asked["network"])
    if asked["days"] is not None and asked["years"] is not None:
        message = "--days and --years say the same; give one"
        raise click.UsageError(message)
    days = 365.0 * asked["years"] if asked["years"] is not None else asked["days"]
    others = asked["curve"] or asked["grow"] or asked["grow_with_trade"]
    if others and len(terminals) == 1:
        other_table(opened, terminals[0], asked, days, csv, as_json=as_json)
        return
    names = find_terminals(opened, terminals)
    if len(names) > 1:
        _refuse_of_several(names, asked, others=bool(others))
    if asked["scenario"] or any(asked[name] is not None for name in LIMITS):
        message = "levels of service go with --grow, and scenarios with --grow-with-trade"
        raise click.UsageError(message)
    found = _simulated(opened, names, asked, days)
    if csv:
        write(found, csv)
    show_all(found, as_json=as_json)


def _simulated(
    opened: Network, names: list[str], asked: dict[str, Any], days: float | None
) -> list[Simulation]:
    from karwan.studies.simulate import simulate_all

    with working(f"Simulating {', '.join(names)}"):
        return simulate_all(
            opened,
            names,
            teu_per_year=asked["throughput_teu_per_year"],
            growth=asked["growth"],
            more=_numbers(asked["more"]),
            replications=asked["replications"],
            days=365.0 if days is None else days,
            seed=asked["seed"],
            compare=not asked["no_compare"],
        )


def _refuse_of_several(names: list[str], asked: dict[str, Any], *, others: bool) -> None:
    if others or asked["more"] or asked["throughput_teu_per_year"] is not None:
        what = "--throughput-teu-per-year, --more, --curve and --grow take one word"
        message = f"{what}; name one of {', '.join(names)}"
        raise click.UsageError(message)


def _numbers(more: tuple[str, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in more:
        name, _, number = word.partition("=")
        if number and not number.lstrip("-").isdigit():
            message = f"--more {word}: {number!r} is no whole number; write NAME=2"
            raise click.BadParameter(message)
        found[name] = found.get(name, 0) + (int(number) if number else 1)
    return found
