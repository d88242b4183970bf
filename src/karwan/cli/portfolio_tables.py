"""Print a portfolio of ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import polars as pl

from karwan.cli.tables import print_table

if TYPE_CHECKING:
    from karwan.studies.portfolio import Portfolio

__all__ = ["print_portfolio"]

MOST = 12
"""Ways, pairs and places that are printed; --json holds all."""


def print_portfolio(found: Portfolio) -> None:
    """Print what a portfolio holds, adds, carries and costs, and what binds."""
    asked, options = f"{found.asked:.0%} within {found.within_days:g} days", found.run.options
    pairs = "pair of places" if len(found.pairs) == 1 else "pairs of places"
    click.echo(
        f"{len(found.pairs)} {pairs}, {asked}; {options['histories']} histories of "
        f"{options['years']} years from {found.run.depart}, seed {options['seed']}"
    )
    if found.is_feasible:
        size = len(found.chosen)
        click.echo(
            f"Kept by {size} {'way' if size == 1 else 'ways'}: {found.probability:.1%} in time; "
            f"all ways together {found.reachable:.1%}"
        )
    else:
        click.echo("Not to be kept, because:")
        for reason in found.reasons:
            click.echo(f"- {reason}")
    _print_chosen(found)
    rows = [
        [str(r["size"]), f"{r['probability']:.1%}", ", ".join(r["ways"])]
        for r in found.curve.iter_rows(named=True)
    ]
    print_table("Best portfolio of each size", ["ways", "in time", "which"], rows, right=(0, 1))
    _print_ways(found.ways)
    _print_pairs(found)
    _print_places(found.places)


def _print_chosen(found: Portfolio) -> None:
    header = ["way", "alone", "without it", "freight", "in time", "M USD/year", "more"]
    header += ["worth M USD/year", "more"]
    rows = [
        [
            r["way"],
            f"{r['alone']:.1%}",
            f"{r['without']:.1%}",
            f"{r['share']:.0%}",
            "" if r["on_time"] is None else f"{r['on_time']:.1%}",
            *(
                _millions(r[f"{extra}{value}_per_year"])
                for value in ("usd", "generalised_usd")
                for extra in ("", "extra_")
            ),
        ]
        for r in found.chosen.iter_rows(named=True)
    ]
    names = ("usd_per_year", "extra_usd_per_year", "generalised_usd_per_year")
    sums = [float(found.chosen[n].sum()) for n in (*names, "extra_generalised_usd_per_year")]
    kept = float((found.chosen["share"] * found.chosen["on_time"].fill_null(0.0)).sum())
    share = float(found.chosen["share"].sum())
    rows.append(["all", "", "", f"{share:.0%}", f"{kept:.1%}", *map(_millions, sums)])
    title = "The smallest portfolio" if found.is_feasible else "The smallest that reaches most"
    print_table(title, header, rows, right=range(1, len(header)), spare=(7, 8))
    click.echo(
        f"Cost of {found.run.options['teu_per_year']:,.0f} TEU a year in the use that keeps the "
        "promise at least cost, delays and time worth money in the last two columns; more: above "
        "the single best way of each pair, used alone."
    )


def _millions(usd: float) -> str:
    return f"{usd / 1e6:,.2f}"


def _print_ways(ways: pl.DataFrame) -> None:
    rows = [
        [
            r["way"],
            "yes" if r["is_chosen"] else "",
            f"{r['alone']:.1%}",
            f"{r['with_portfolio']:.1%}",
            f"{r['mean_generalised_usd']:,.0f}",
        ]
        for r in ways.head(MOST).iter_rows(named=True)
    ]
    header = ["way", "chosen", "in time alone", "with the portfolio", "worth USD each"]
    print_table(f"Likeliest of {len(ways)} ways", header, rows, right=(2, 3, 4))


def _print_pairs(found: Portfolio) -> None:
    def percent(row: dict[str, Any], name: str) -> str:
        return f"{row[name]:.1%}"

    named = ("probability", "reachable", "if_nothing_shut", "single_best_on_time")
    rows = [
        [
            r["origin_name"],
            r["market_name"],
            *(percent(r, n) for n in named),
            r["single_best"] or "",
        ]
        for r in found.pairs.head(MOST).iter_rows(named=True)
    ]
    header = ["from", "to", "in time", "by all ways", "if nothing shut", "single best", "which is"]
    print_table("Pairs of places, least first", header, rows, right=(2, 3, 4, 5), spare=(6,))


def _print_places(places: pl.DataFrame) -> None:
    some = places.filter((pl.col("lost") > 0) | (pl.col("lost_with_all_ways") > 0)).head(MOST)
    if some.is_empty():
        return
    rows = [
        [
            r["name"],
            f"{r['shut_share']:.1%}",
            f"{100 * r['lost']:.2f}",
            f"{100 * r['lost_with_all_ways']:.2f}",
        ]
        for r in some.iter_rows(named=True)
    ]
    header = ["place", "shut", "points lost", "with all ways"]
    print_table("Places that shut", header, rows, right=(1, 2, 3))
