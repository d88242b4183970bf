"""The parts of karwan simulate that run a terminal many times: its curve, and when it must grow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.tables import print_table, working

if TYPE_CHECKING:
    import polars as pl

    from karwan.network import Network

__all__ = ["LIMITS", "other_table"]

QUESTIONS = ("curve", "grow", "grow_with_trade")
LIMITS = ("wait_ratio", "truck_turn_p95_h", "box_time_p95_h")
DAYS = 180.0
WORDS = ("year", "element", "missed before")
CURVE = ("load_share", "teu_per_year", "mean_h", "mean_low_h", "mean_high_h", "p95_h", "factor")


def other_table(
    network: Network,
    terminal: str,
    asked: dict[str, Any],
    days: float | None,
    csv: Path | None,
    *,
    as_json: bool,
) -> None:
    """Print the curve of a terminal or the plan of its growth.

    Parameters
    ----------
    network : Network
        Network.
    terminal : str
        Terminal, as the user named it.
    asked : dict
        Options of the verb.
    days : float or None
        Days counted in each run.
    csv : Path or None
        File to write the table to.
    as_json : bool
        Whether to print JSON.
    """
    questions = [name for name in QUESTIONS if asked[name]]
    if len(questions) > 1:
        words = " and ".join(f"--{name.replace('_', '-')}" for name in questions)
        message = f"{words} are {len(questions)} questions; ask one"
        raise click.UsageError(message)
    if asked["scenario"] and not asked["grow_with_trade"]:
        message = "--scenario goes with --grow-with-trade"
        raise click.UsageError(message)
    unused = [f"--{n.replace('_', '-')}" for n in ("throughput_teu_per_year", "growth", "more")
              if asked[n]]  # fmt: skip
    if unused:
        message = f"{', '.join(unused)} does not go with --curve or --grow"
        raise click.UsageError(message)
    options = {"replications": asked["replications"], "days": days or DAYS, "seed": asked["seed"]}
    make = _curve if asked["curve"] else _plan
    with working("Simulating many loads"):
        table, title, header, rows = make(network, terminal, asked, options)
    if csv:
        table.write_csv(csv)
    if as_json:
        plain = table.fill_nan(None).to_dicts()
        click.echo(json.dumps({"schema": "karwan.table/1", "rows": plain}, indent=1))
    else:
        right = [i for i, name in enumerate(header) if name not in WORDS]
        print_table(title, header, rows, right=right)


Shown = tuple["pl.DataFrame", str, tuple[str, ...], list[list[str]]]


def _curve(network: Network, terminal: str, _: dict[str, Any], options: dict[str, Any]) -> Shown:
    from karwan.studies.terminal_plans import simulate_curve

    found = simulate_curve(network, terminal, **options)
    factors = found.knots.select("load_share", factor="time_factor", p95_factor="p95_factor")
    table = found.points.join(factors, on="load_share", how="left")
    rows = [[_cell(row[name]) for name in CURVE] for row in table.iter_rows(named=True)]
    share = "its part of the capacity of its place" if found.capacity_id else "its traffic today"
    title = (
        f"Largest stable traffic: {found.limit_teu_per_year:,.0f} TEU/year, {found.limit:.3g} of "
        f"{found.capacity_teu_per_year:,.0f}, {share}. Time of a box against load"
    )
    return table, title, CURVE, rows


def _plan(network: Network, terminal: str, asked: dict[str, Any], options: dict[str, Any]) -> Shown:
    from karwan.studies.terminal_plans import simulate_growth
    from karwan.studies.terminal_trade import traffic_by_year

    levels = {name: asked[name] for name in LIMITS if asked[name] is not None}
    demand = asked["grow"] or traffic_by_year(network, terminal, asked["scenario"])
    table = simulate_growth(network, terminal, demand, levels, **options)
    rows = [
        [
            str(r["year"]),
            r["element"],
            str(r["count"]),
            f"{r['capital_usd'] / 1e6:,.1f}",
            f"{r['capacity_teu_per_year']:,.0f}",
            r["why"],
        ]
        for r in table.iter_rows(named=True)
    ]
    header = ("year", "element", "count", "USD M", "TEU/year after", "missed before")
    title = "What has to grow, and when"
    if not isinstance(demand, Path):
        path = ", ".join(f"{teu:,.0f} in {year}" for year, teu in demand.items())
        title = f"Traffic as assigned: {path} TEU/year\n{title}"
    return table, title, header, rows


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1_000.0 else f"{value:.3g}"
