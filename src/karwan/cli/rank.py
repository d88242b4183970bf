"""karwan rank: which measures bring most."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import polars as pl

from karwan.cli.tables import print_table

if TYPE_CHECKING:
    from karwan.studies.rank import Ranking

__all__ = ["command"]

MOST = 12
"""Rows of a table that are printed; --json holds all."""
TOP = 5


@click.command("rank")
@click.argument("measures", nargs=-1)
@click.option("--year", type=int, default=2030, show_default=True, help="Year of the demand.")
@click.option("--depart", type=click.DateTime(["%Y-%m-%d"]), help="Date whose state lasts.")
@click.option("--base", multiple=True, help="Scenario or measure under all; repeatable.")
@click.option(
    "--stress", default="close-hormuz", show_default=True, help="Harm to lessen; empty for none."
)
@click.option("--budget", type=float, help="Most capital of a combination, million USD.")
@click.option("--rate", type=float, default=0.05, show_default=True, help="Real discount rate.")
@click.option("--until", type=int, default=2060, show_default=True, help="Last year that counts.")
@click.option("--draws", type=int, default=4000, show_default=True, help="Draws for the order.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the draws.")
@click.option("--workers", type=int, default=2, show_default=True, help="Processes.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def command(
    measures: tuple[str, ...],
    depart: dt.datetime | None,
    network: Path | None,
    *,
    as_json: bool,
    **asked: Any,
) -> None:
    r"""Rank measures by what they bring alone, last-in, and together under a budget.

    MEASURES are rows of measures, or one row of portfolios; joint-projects if none is named.
    Every measure and every pair of them is assigned in full.

    \b
    Examples:
      karwan rank --budget 3000
      karwan rank etir reopen-afghan-crossings gwadar-feeders --base reopen-hormuz
    """
    from karwan.network import open_atlas, read_network
    from karwan.studies.rank import RankOptions, rank

    if asked["workers"] < 1:
        message = f"workers is {asked['workers']}; it must be at least 1"
        raise click.BadParameter(message)
    budget = asked["budget"]
    options = RankOptions(
        tuple(asked["base"]),
        asked["stress"],
        float("inf") if budget is None else budget,
        asked["rate"],
        asked["until"],
        asked["draws"],
        asked["seed"],
    )
    opened = read_network(network) if network else open_atlas()
    with _counting() as told:
        found = rank(
            opened,
            measures or "joint-projects",
            year=asked["year"],
            depart=depart.date() if depart else None,
            options=options,
            workers=asked["workers"],
            told=told,
        )
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
    else:
        _print(found, options.budget_usd_m)


@contextmanager
def _counting() -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how many assignments are done."""
    import sys

    from rich.console import Console
    from rich.progress import Progress

    with Progress(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task("Assigning")
        yield lambda done, all_of: bar.update(task, completed=done, total=all_of)


def _print(found: Ranking, budget: float) -> None:
    options = found.run.options
    click.echo(
        f"demand of {options['year']}, network of {found.run.depart}, discounted by "
        f"{options['discount_rate']:.0%} a year to {options['last_year']}; benefits of users and "
        f"owners of capacity; residual {found.residual:.0e}"
    )
    header = [
        "measure", "opens", "capital", "benefit", "last-in", "NPV", "ratio", "80 % interval",
        "pays", "owners earn", "kt CO2e", "eases stress",
    ]  # fmt: skip
    rows = [
        [
            r["name"],
            str(r["opening_year"]),
            f"{r['capital_usd_m']:,.0f}",
            _signed(r["benefit_usd_m"]),
            _or_dash(r["last_in_usd_m"]),
            _signed(r["npv_usd_m"]),
            f"{r['benefit_cost_ratio']:,.1f}",
            f"{r['ratio_p10']:,.1f} to {r['ratio_p90']:,.1f}",
            f"{r['pays_share']:.0%}",
            _signed(r["revenue_of_owners_usd_m"]),
            _signed(r["co2_t"] / 1000),
            _or_dash(r["resilience_usd_m"]),
        ]
        for r in found.summary.iter_rows(named=True)
    ]
    print_table("Measures, million USD (benefits a year)", header, rows, right=range(1, 12))
    first = found.summary.sort("mean_rank").head(TOP)
    said = "; ".join(
        f"{r['name']} ({r['first_five_share']:.0%})" for r in first.iter_rows(named=True)
    )
    click.echo(f"First by benefit per cost, with the share of draws among the first {TOP}: {said}")
    rows = [
        [r["first"], r["second"], _or_dash(r["benefit_usd_m"]), _or_dash(r["adds_usd_m"])]
        for r in _telling(found.pairs).iter_rows(named=True)
    ]
    header = ["first", "second", "both, a year", "more than the two alone"]
    print_table("Pairs that help or hinder each other most", header, rows, right=(2, 3))
    clashes = found.pairs.filter(pl.col("why_not").is_not_null())
    for first_name, second in clashes.select("first", "second").iter_rows():
        click.echo(f"{first_name} and {second} cannot stand together")
    under = "" if budget == float("inf") else f" under {budget:,.0f} million USD"
    rows = [
        [
            r["measures"].replace("|", ", ") or "nothing",
            f"{r['capital_usd_m']:,.0f}",
            _signed(r["npv_by_pairs_usd_m"]),
            _or_dash(r["npv_usd_m"]),
        ]
        for r in found.combinations.iter_rows(named=True)
    ]
    header = ["measures", "capital", "NPV by pairs", "NPV in full"]
    print_table(f"Best combinations{under}, million USD", header, rows, right=(1, 2, 3))
    click.echo(f"no combination is worth more than {found.bound_usd_m:,.0f} million USD by pairs")


def _telling(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs whose interaction is largest, either way."""
    known = pairs.filter(pl.col("adds_usd_m").is_not_null())
    size = pl.col("adds_usd_m").abs()
    return known.sort(size, descending=True).head(MOST).sort("adds_usd_m", descending=True)


def _or_dash(value: float | None) -> str:
    return "-" if value is None else _signed(value)


def _signed(value: float) -> str:
    """Write a whole number with its sign, and nothing as 0."""
    return f"{round(value):+,}" if round(value) else "0"
