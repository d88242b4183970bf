"""Write the reference page of demand: the market, published totals, fit of the gravity model."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

import build_demand
import karwan
from demand_totals import YEAR, totals_beside
from rows import INPUTS, read_rows

Table = Callable[[object, object], list[str]]
REACH = {
    "sea": "by sea only",
    "sea or land": "a sea port that land reaches too",
    "land": "neighbours or inland: no sea gateway",
}


def page(table: Table) -> str:
    """Return the page.

    Parameters
    ----------
    table : callable
        Turns a header and rows into lines of Markdown.

    Returns
    -------
    str
        Markdown.
    """
    atlas = karwan.open_atlas()
    lines = ["# Demand and published totals\n"]
    lines += _market(atlas, table)
    lines += _totals(atlas, table)
    lines += _gravity(table)
    lines += _growth(table)
    lines += _left_out()
    return "\n".join(lines) + "\n"


def _market(atlas: karwan.Network, table: Table) -> list[str]:
    lines = [
        "## The market before any share\n",
        (
            "Million tonnes and thousand TEU a year with low and high ends, all gateways together, "
            "as `karwan demand --year YEAR` reckons them. Only the first two lines of each kind "
            "can be won by a sea gateway at all.\n"
        ),
    ]
    rows = []
    for year in build_demand.YEARS:
        sums = karwan.market(atlas, year=year).by("kind", "reach")
        for kind in ("trade", "diversion", "transit"):
            for reach, words in REACH.items():
                found = sums.filter(kind=kind, reach=reach).iter_rows(named=True)
                rows += [(year, kind, words, *_spans(row)) for row in found]
    return [*lines, *table(("year", "kind", "reach", "Mt", "1,000 TEU"), rows)]


def _spans(row: dict[str, float]) -> Iterable[str]:
    for name, unit in (("tonnes", 1e6), ("teu", 1e3)):
        middle, low, high = (row[f"{name}{end}"] / unit for end in ("", "_low", "_high"))
        yield (
            f"{middle:,.3g} [{low:,.3g}, {high:,.3g}]"
            if high < 1000
            else (f"{middle:,.0f} [{low:,.0f}, {high:,.0f}]")
        )


def _totals(atlas: karwan.Network, table: Table) -> list[str]:
    beside = totals_beside(atlas)
    equal = [b for b in beside if b.row["scope"] == "equal"]
    ratios = sorted(abs(b.demand / b.published - 1) for b in equal)
    lines = [
        "\n## Published totals, row by row\n",
        (
            f"Demand of {YEAR} beside what was published of the year named. Scope: the publication "
            "counts the same (equal), more (wider) or less (narrower) than the demand beside it. "
            "Most totals went into the estimates, so that agreement shows the arithmetic to be "
            "right, not the estimates to be true. Rows in USD are at the unit values of the atlas "
            "and show whether goods and weights fit together.\n"
        ),
        (
            f"Of {len(equal)} totals of equal scope the median miss is "
            f"{100 * ratios[len(ratios) // 2]:.0f} %; {sum(b.holds for b in beside)} of "
            f"{len(beside)} lie where they must.\n"
        ),
    ]
    rows = [
        (
            b.row["title"], b.row["year"], b.row["unit"], f"{b.published:,.0f}",
            f"{b.demand:,.0f} [{b.low:,.0f}, {b.high:,.0f}]", f"{100 * (b.demand / b.published - 1):+.0f}",
            b.row["scope"], "yes" if b.holds else "no: " + b.row["why_off"],
            f"{b.row['publisher']} ({b.row['grade']})",
        )
        for b in beside
    ]  # fmt: skip
    header = ("total", "year", "unit", "published", f"demand {YEAR}", "off %", "scope", "inside")
    return [*lines, *table((*header, "publisher (grade)"), rows)]


def _gravity(table: Table) -> list[str]:
    known = build_demand.pair_flows()
    lines = [
        "\n## Gravity model\n",
        (
            "Doubly constrained, deterrence `exp(-beta * km)` on great circles between main "
            "places, fitted to the trade of 2015 without energy between six countries of the "
            "region and their partners (UNCTAD, values). It fills pairs without newer figures and "
            "joins places within pairs of countries.\n"
        ),
    ]
    rows = []
    for direction, word in (("out", "exports of the region"), ("in", "imports of the region")):
        fit = build_demand.fit_2015(direction)
        grown = build_demand.growth_since_2015(known, direction)
        rows.append(
            (
                word, f"{1000 * fit.beta:.3f}", f"{fit.r2:.2f}", f"{fit.srmse:.2f}",
                f"{fit.mean_cost:,.0f}", fit.cells, f"{grown:.2f}",
            )
        )  # fmt: skip
    header = (
        "direction",
        "beta per 1,000 km",
        "R2",
        "SRMSE",
        "mean km",
        "cells",
        "value 2024/2015",
    )
    lines += table(header, rows)
    gaps = build_demand.gap_flows(known)
    sums: dict[tuple[str, str], float] = {}
    for flow in gaps:
        pair = flow.origin, flow.destination
        sums[pair] = sums.get(pair, 0.0) + flow.tonnes
    largest = sorted(sums.items(), key=lambda item: -item[1])[:15]
    lines.append(
        f"\nFilled: {len(sums)} pairs with {sum(sums.values()) / 1e6:.2f} Mt in "
        f"{build_demand.BASE_YEAR}. The largest:\n"
    )
    pairs = ((a, b, f"{tonnes / 1000:,.0f}") for (a, b), tonnes in largest)
    return [*lines, *table(("from", "to", "1,000 t"), pairs)]


def _growth(table: Table) -> list[str]:
    rows = [
        (
            row["kind"] or row["commodities"].replace("|", ", "),
            *(f"{100 * float(row[c]):.1f}" for c in ("rate", "rate_low", "rate_high")),
            row["later_share"], row["grade"], row["reference"],
        )
        for row in read_rows(INPUTS / "demand_growth.csv")
    ]  # fmt: skip
    header = ("of", "% a year", "low", "high", "share of it after 2030", "grade", "reason")
    lines = [f"\n## Growth from {build_demand.BASE_YEAR}\n", *table(header, rows)]
    demand = karwan.open_atlas().table("demand").filter(pl.col("year") == YEAR)
    sums = demand.group_by("source_id").agg(pl.col("tonnes").sum() / 1e6, pl.len())
    shares = sums.sort("tonnes", "source_id", descending=[True, False])
    lines += ["\n## What rests on which source\n"]
    rows = [(source, f"{tonnes:,.2f}", count) for source, tonnes, count in shares.iter_rows()]
    return [*lines, *table(("source", f"Mt {YEAR}", "rows"), rows)]


def _left_out() -> list[str]:
    return [
        "\n## Left out\n",
        "- Crude oil, gas, oil products and liquefied gas; electricity.",
        "- What flies, uranium and other goods of a few hundred tonnes.",
        "- Coal of Kazakhstan: no tonnes by destination were found.",
        "- Sulphur and urea to Brazil and other overseas buyers without a place in the atlas.",
        "- Trade of Pakistan, Iran and China among themselves.",
    ]
