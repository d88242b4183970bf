"""What karwan simulate prints: the answer first, then what it rests on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.tables import print_table

if TYPE_CHECKING:
    import polars as pl

    from karwan.studies.simulation import Simulation

__all__ = ["show_all", "write"]

P95 = "box time P95"
MINUTE = 1.0 / 60.0


def show_all(found: list[Simulation], *, as_json: bool) -> None:
    """Print simulations one after another, and what several do together.

    Parameters
    ----------
    found : list of Simulation
        One or more.
    as_json : bool
        Whether to print JSON; of several, in a list.
    """
    from karwan.studies.simulate_place import together

    both = together(found) if len(found) > 1 else None
    if as_json:
        plain = [run.to_dict() for run in found]
        shown = plain[0] if both is None else {
            "schema": "karwan.simulations/1", "together": both.to_dicts(), "terminals": plain
        }  # fmt: skip
        click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
        return
    for run in found:
        _show(run)
        if both is not None:
            click.echo()
    if both is not None and both.is_empty():
        names = ", ".join(run.terminal["terminal_id"] for run in found if not run.stable)
        click.echo(f"No sum of {len(found)} terminals: queues grow in {names}")
    elif both is not None:
        _summary(both, f"{len(found)} terminals together, every box and truck counted once")


def write(found: list[Simulation], csv: Path) -> None:
    """Write figures to a file; with the terminal, if there are several.

    Parameters
    ----------
    found : list of Simulation
        One or more.
    csv : Path
        File.
    """
    import polars as pl

    named = [
        run.summary.select(pl.lit(run.terminal["terminal_id"]).alias("terminal_id"), pl.all())
        for run in found
    ]
    (found[0].summary if len(found) == 1 else pl.concat(named)).write_csv(csv)


def _show(found: Simulation) -> None:
    options = found.run.options
    click.echo(
        f"{found.terminal['name']}: {options['teu_per_year']:,.0f} TEU/year, "
        f"{options['replications']} runs of {options['days']:g} days after "
        f"{found.warm_up_h / 24:.0f} of warm-up, seed {options['seed']}"
    )
    if found.stable:
        click.echo(_carried(found))
    else:
        click.echo("UNSTABLE: queues grow through the run, so that it has no mean times:")
        for g in found.growth:
            known = g.first == g.first
            span = f" {g.first:,.0f} in the first third, {g.last:,.0f} in the last" if known else ""
            click.echo(f"  {g.what}{span}")
    click.echo(_bottleneck(found))
    _one_more(found)
    rows = [
        [r["kind"], f"{r['count']:,.0f}", f"{100 * r['load']:.0f}"]
        for r in found.loads.iter_rows(named=True)
    ]
    print_table("Load by arithmetic", ["element", "number", "load %"], rows, right=(1, 2))
    if found.stable:
        _summary(found.summary, "Figures")
    _records(found)


def _carried(found: Simulation) -> str:
    """Say what gets through and in what time."""
    words = []
    for measure, name in (("throughput", "Carried"), ("box time", "time of a box")):
        row = _figure(found, measure)
        if row:
            low, high = _digits(row["low"]), _digits(row["high"])
            words.append(f"{name}: {_digits(row['mean'])} {row['unit']} ({low} to {high})")
    tail = _figure(found, P95)
    if tail:
        words.append(f"95 of 100 within {_digits(tail['mean'])} h")
    return ", ".join(words)


def _figure(found: Simulation, measure: str) -> dict[str, Any] | None:
    rows = found.summary.filter(measure=measure, of="all")
    return rows.row(0, named=True) if len(rows) else None


def _bottleneck(found: Simulation) -> str:
    """Name the element of which one more helps most, or the one that is worked most."""
    name = found.bottleneck
    if found.stable and name:
        row = found.one_more.filter(element=name, measure="box time").row(0, named=True)
        low, high = _digits(-row["high"]), _digits(-row["low"])
        saved = f"one more takes {_digits(-row['change'])} h ({low} to {high}) off the mean box"
        return f"Bottleneck: {name}: {saved}"
    busiest = found.loads.sort("load", descending=True).row(0, named=True)
    worked = f"{busiest['kind'].replace('_', ' ')}, {100 * busiest['load']:.0f} % by arithmetic"
    if found.one_more.is_empty():
        return f"Worked most: {worked} (one more of each was not simulated)"
    if found.stable:
        return f"Bottleneck: none that one more would certainly relieve; worked most: {worked}"
    cured = found.one_more.filter("stable")["element"].unique(maintain_order=True).to_list()
    helps = (
        f"stable with one more of {' or '.join(cured)}" if cured else "one more of one is no cure"
    )
    return f"Bottleneck: {name or worked}; {helps}"


def _one_more(found: Simulation) -> None:
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
        if (r["low"] > 0.0 or r["high"] < 0.0) and abs(r["change"]) >= MINUTE
    ]
    header = ["one more", "changes", "of", "h", "95 %", ""]
    title = "One more of each, same ships and boxes; what is certain and at least a minute"
    print_table(title, header, rows, right=(3,))


def _summary(summary: pl.DataFrame, title: str) -> None:
    rows = [
        [r["measure"], r["of"], r["unit"], *(_digits(r[k]) for k in ("mean", "low", "high"))]
        for r in summary.iter_rows(named=True)
    ]
    header = ["measure", "of", "unit", "mean", "low", "high"]
    print_table(title, header, rows, right=(3, 4, 5))


def _records(found: Simulation) -> None:
    rows = [
        [r["quantity"], _digits(r["value"]), r["unit"], str(r["year"]), r["note"] or ""]
        for r in found.records.iter_rows(named=True)
    ]
    if rows:
        header = ["published", "value", "unit", "year", "note"]
        print_table("On record (compared, never used)", header, rows, right=(1, 3))


def _digits(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"
