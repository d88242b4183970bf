"""karwan queue: waits at a queue, or the occupancy that keeps them short."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from karwan.cli.tables import open_network, print_table, working

__all__ = ["command"]


@click.command("queue")
@click.argument("notation")
@click.option("--occupancy", type=float, help="Utilisation: share of the servers' time worked.")
@click.option("--arrivals-per-day", type=float, help="Instead; needs --service-h.")
@click.option("--wait-ratio", type=float, help="Find the occupancy of this wait over service.")
@click.option("--service-h", type=float, help="Mean service [h]; shows waits in hours.")
@click.option(
    "--open", "opened", multiple=True, help="Hours, or a row of opening_hours; repeatable."
)
@click.option("--rests", is_flag=True, help="Work rests at closing time.  [default: is finished]")
@click.option("--replications", type=int, help="Of a simulation.  [default: 20]")
@click.option("--seed", type=int, help="Seed of a simulation.  [default: 0]")
@click.option("--network", type=click.Path(path_type=Path), help="Folder with opening_hours.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def command(
    notation: str, opened: tuple[str, ...], network: Path | None, *, as_json: bool, **asked: Any
) -> None:
    r"""Show how long those wait who come to a queue.

    NOTATION is Kendall's: law of the time between arrivals, law of the service, servers. A law is
    M (exponential), D (fixed) or Ek (Erlang of k phases). Waits are exact; with --open, for
    servers that keep weekly hours, they are simulated with 95 % intervals, and the occupancy is
    that of the open hours.

    \b
    Examples:
      karwan queue E2/E2/4 --occupancy 0.7
      karwan queue M/E2/3 --wait-ratio 0.1 --service-h 20
      karwan queue M/E2/6 --arrivals-per-day 300 --service-h 0.2 --open "08:00-20:00"
    """
    from karwan.studies.queue import QueueAsked, ask_queue

    with working("Simulating the queue" if opened else "Solving the queue"):
        tables = open_network(network) if opened else None
        found = ask_queue(notation, QueueAsked(opened=opened, **asked), tables)
    if as_json:
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    share = f"{100 * found['occupancy']:.1f} %"
    said = f" of the open {100 * found['open_share']:.0f} % of the week" if opened else ""
    title = f"{found['queue']}, {found['method']}, at an occupancy of {share}{said}"
    header = ["wait", "services", "hours", "95 % interval, hours"]
    shown = 4 if opened else 3 if "service_h" in found else 2
    rows = [row[:shown] for row in _rows(found)]
    print_table(title, header[:shown], rows, right=range(1, shown))
    _print_rest(found)


def _rows(found: dict[str, Any]) -> list[list[str]]:
    """Return the mean and the percentiles in services and hours."""
    service = found.get("service_h")
    wide = found.get("percentiles_h_half_interval", {})
    ratios = found.get("percentile_ratios") or {
        name: value / service for name, value in found["percentiles_h"].items()
    }
    figures = [("mean", found["wait_ratio"], found.get("wait_h_half_interval"))]
    figures += [(name.upper(), value, wide.get(name)) for name, value in ratios.items()]
    return [
        [
            name,
            f"{value:.4f}",
            "" if service is None else f"{value * service:.2f}",
            "" if half is None else f"+- {half:.2f}",
        ]
        for name, value, half in figures
    ]


def _print_rest(found: dict[str, Any]) -> None:
    """Print what is not a wait."""
    click.echo(f"Wait at all: {100 * found['wait_probability']:.1f} %")
    click.echo(f"Mean number that wait: {found['mean_queue']:.3f}")
    if "arrivals_per_day" in found:
        click.echo(f"Arrivals a day: {found['arrivals_per_day']:.4g}")
    if found["method"] == "simulated":
        start = f"the first {100 * found['warm_up_share']:.1f} % of them dropped"
        each = f"{found['arrivals']:,} arrivals each, {start}, seed {found['seed']}"
        click.echo(f"{found['replications']} replications of {each}")
