"""karwan simulate: how a terminal or border serves its traffic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.simulate_more import LIMITS, other_table
from karwan.cli.tables import open_network, print_table, refuse_missing_folder, working

if TYPE_CHECKING:
    from karwan.studies.simulate import Simulation

__all__ = ["command"]


@click.command("simulate")
@click.argument("terminal")
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
@click.option("--wait-ratio", type=float, help="To keep: waiting over time at the berth.")
@click.option("--truck-turn-p95-h", type=float, help="To keep: time of 95 of 100 trucks.")
@click.option("--box-time-p95-h", type=float, help="To keep: time of 95 of 100 boxes.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--csv", "csv", type=click.Path(path_type=Path), help="Write all figures there.")
def command(terminal: str, csv: Path | None, *, as_json: bool, **asked: Any) -> None:
    r"""Simulate a terminal or border crossing box by box, truck by truck.

    TERMINAL is a row of terminals, by identifier or name, or its node or crossing. Intervals are
    95 %. `--more train_slot` is one more train a day. `--curve` simulates rising loads until queues
    grow. `--grow` says when what has to grow for a demand by year, to keep the level of service.

    \b
    Examples:
      karwan simulate torkham --growth 0.1
      karwan simulate karachi-kict --more berth --more quay_crane=2
      karwan simulate khorgos-gateway --curve --csv curve.csv
    """
    from karwan.studies.simulate import simulate

    refuse_missing_folder(csv)
    opened = open_network(asked["network"])
    if asked["days"] is not None and asked["years"] is not None:
        message = "--days and --years say the same; give one"
        raise click.UsageError(message)
    days = 365.0 * asked["years"] if asked["years"] is not None else asked["days"]
    if asked["curve"] or asked["grow"]:
        other_table(opened, terminal, asked, days, csv, as_json=as_json)
        return
    if any(asked[name] is not None for name in LIMITS):
        message = "levels of service go with --grow"
        raise click.UsageError(message)
    with working("Simulating"):
        found = simulate(
            opened,
            terminal,
            teu_per_year=asked["throughput_teu_per_year"],
            growth=asked["growth"],
            more=_numbers(asked["more"]),
            replications=asked["replications"],
            days=365.0 if days is None else days,
            seed=asked["seed"],
            compare=not asked["no_compare"],
        )
    if csv:
        found.summary.write_csv(csv)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return
    _show(found)


def _numbers(more: tuple[str, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in more:
        name, _, number = word.partition("=")
        if number and not number.lstrip("-").isdigit():
            message = f"--more {word}: {number!r} is no whole number; write NAME=2"
            raise click.BadParameter(message)
        found[name] = found.get(name, 0) + (int(number) if number else 1)
    return found


def _show(found: Simulation) -> None:
    options = found.run.options
    click.echo(
        f"{found.terminal['name']}: {options['teu_per_year']:,.0f} TEU/year, "
        f"{options['replications']} runs of {options['days']:g} days after "
        f"{found.warm_up_h / 24:.0f} of warm-up, seed {options['seed']}"
    )
    rows = [
        [r["kind"], f"{r['count']:,.0f}", f"{100 * r['load']:.0f}"]
        for r in found.loads.iter_rows(named=True)
    ]
    print_table("Load by arithmetic", ["element", "number", "load %"], rows, right=(1, 2))
    if not found.stable:
        click.echo("UNSTABLE: queues grow through the run, so that it has no mean times:")
        for g in found.growth:
            known = g.first == g.first
            span = f" {g.first:,.0f} in the first third, {g.last:,.0f} in the last" if known else ""
            click.echo(f"  {g.what}{span}")
    else:
        _show_figures(found)
    _show_one_more(found)


def _show_figures(found: Simulation) -> None:
    rows = [
        [r["measure"], r["of"], r["unit"], *(_digits(r[k]) for k in ("mean", "low", "high"))]
        for r in found.summary.iter_rows(named=True)
    ]
    header = ["measure", "of", "unit", "mean", "low", "high"]
    print_table("Figures", header, rows, right=(3, 4, 5))
    records = [
        [r["quantity"], f"{r['value']:,.5g}", r["unit"], str(r["year"]), r["note"] or ""]
        for r in found.records.iter_rows(named=True)
    ]
    if records:
        header = ["published", "value", "unit", "year", "note"]
        print_table("On record (compared, never used)", header, records, right=(1, 3))


def _show_one_more(found: Simulation) -> None:
    if found.one_more.is_empty():
        return
    rows = [
        [
            r["element"],
            r["measure"],
            r["of"],
            _digits(r["change"]),
            f"{_digits(r['low'])} to {_digits(r['high'])}",
            "" if r["stable"] else "still unstable",
        ]
        for r in found.one_more.iter_rows(named=True)
        if r["low"] > 0.0 or r["high"] < 0.0
    ]
    header = ["one more", "changes", "of", "h", "95 %", ""]
    print_table("One more of each, same ships and boxes; what is certain", header, rows, right=(3,))
    click.echo(f"Bottleneck: {found.bottleneck or 'none that one more would certainly relieve'}")


def _digits(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"
