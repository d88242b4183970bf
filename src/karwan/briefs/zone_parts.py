"""Tables and charts of the answer to a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from karwan.appraisal.zone_words import (
    COST_GROUPS,
    REGIME_WORDS,
    WORTH_WORDS,
    figure_text,
    span_text,
)
from karwan.briefs.bars import grade_bar
from karwan.briefs.cost_bars import CostBar, cost_bars
from karwan.briefs.markup import Html, el
from karwan.briefs.tables import Column, table
from karwan.studies.zone_answer import ZoneAnswer

__all__ = ["best_table", "guess_table", "market_part", "worth_table"]

Row = Mapping[str, Any]
MOST_GUESSES, MOST_SWITCHES = 12, 8
GRADES = {"A": "share_A", "B": "share_B", "C": "share_C", "routes": "share_plans"}


def guess_table(found: ZoneAnswer) -> Html:
    """List the estimates that move a lead most."""
    columns = [
        Column("Estimate"),
        Column("Taken", is_figure=True),
        Column("May lie in", is_figure=True),
        Column("Moves a lead by, USD/t", is_figure=True),
        Column("Changes the best place for"),
    ]
    rows: list[tuple[list[object], Row]] = [
        (
            [
                r["label"],
                figure_text(r["value"], r["unit"]),
                span_text(r["low"], r["high"], r["unit"]),
                f"{r['swing_usd_per_t']:,.1f}",
                r["changes"] or "none",
            ],
            {},
        )
        for r in found.guesses.head(MOST_GUESSES).iter_rows(named=True)
    ]
    caption = f"The {len(rows)} of {found.guesses.height} estimates (grade C) that move a lead most"
    return table(caption, columns, rows)


def best_table(found: ZoneAnswer) -> Html:
    """List the best place of each market."""
    columns = [
        Column("Market"),
        Column("Best place"),
        Column("Landed, USD/t", is_figure=True),
        Column("Next"),
        Column("Lead, USD/t", is_figure=True),
        Column("Lead, %", is_figure=True),
        Column("Figures that may turn it", is_figure=True),
    ]
    rows: list[tuple[list[object], Row]] = []
    for r in found.best.iter_rows(named=True):
        lead = ["-", "-", "-"]
        if r["second"]:
            share = f"{100 * r['lead_share']:.1f}"
            lead = [r["second_name"], f"{r['lead_usd_per_t']:,.1f}", share]
        landed = f"{r['landed_usd_per_t']:,.0f}"
        turned = str(r["figures_that_change_it"] or "none")
        rows.append(([r["market_name"], r["zone_name"], landed, *lead, turned], {}))
    caption = "Best place by market, before sales tax"
    return table(caption, columns, rows)


def market_part(found: ZoneAnswer, node: str) -> list[Html]:
    """Show one market: bars by part, the figures, and what would change the best place."""
    rows = found.landed.filter(pl.col("market") == node).rows(named=True)
    name = rows[0]["market_name"]
    bars = [
        CostBar(r["zone_name"], {g: _sum(r, parts) for g, parts in COST_GROUPS.items()})
        for r in rows
    ]
    title = f"Landed cost in {name} by place and part, USD a tonne"
    chart = cost_bars(bars, title, "USD a tonne")
    box = el("div", chart, class_="scroll", tabindex="0", role="region", aria_label=title)
    return [
        el("h3", name),
        el("figure", el("figcaption", title), box),
        _figures(rows),
        _switches(found, node),
    ]


def _sum(row: Row, parts: tuple[str, ...]) -> float:
    return float(sum(row[f"{p}_usd_per_t"] for p in parts))


def _figures(rows: list[dict[str, Any]]) -> Html:
    columns = [
        Column("Place"),
        Column("Regime"),
        Column("Landed", is_figure=True),
        *(Column(g.capitalize(), is_figure=True) for g in COST_GROUPS),
        Column("With sales tax", is_figure=True),
        Column("Days out", is_figure=True),
        Column("Inputs from"),
        Column("A / B / C / routes, %", hint="Share of the cost by grade of source"),
    ]
    body: list[tuple[list[object], Row]] = [
        (
            [
                r["zone_name"],
                REGIME_WORDS[r["regime"]],
                f"{r['landed_usd_per_t']:,.0f}",
                *(f"{_sum(r, parts):,.1f}" for parts in COST_GROUPS.values()),
                f"{r['landed_usd_per_t'] + r['sales_tax_usd_per_t']:,.0f}",
                f"{r['product_days']:.0f}",
                r["supplies"],
                grade_bar({g: r[column] for g, column in GRADES.items()}),
            ],
            {},
        )
        for r in rows
    ]
    inner = table("The same in figures, USD a tonne", columns, body)
    return el("details", el("summary", "The same in figures, with inputs and grades"), inner)


def _switches(found: ZoneAnswer, node: str) -> Html:
    rows = found.switching.filter(pl.col("market") == node).head(MOST_SWITCHES)
    if rows.is_empty():
        return el("p", "No single figure within reach changes the best place.")
    columns = [
        Column("If this figure"),
        Column("Now", is_figure=True),
        Column("Became", is_figure=True),
        Column("Change", is_figure=True),
        Column("The best would be"),
        Column("Within its interval"),
    ]
    body: list[tuple[list[object], Row]] = [
        (
            [
                r["label"],
                figure_text(r["value"], r["unit"]),
                figure_text(r["switch_value"], r["unit"]),
                "-" if r["change_share"] is None else f"{100 * r['change_share']:+.0f} %",
                r["to_zone_name"],
                "yes" if r["within"] else "no",
            ],
            {},
        )
        for r in rows.iter_rows(named=True)
    ]
    caption = f"What would change it: the {len(body)} likeliest of all figures, each moved alone"
    return table(caption, columns, body)


def worth_table(found: ZoneAnswer) -> Html | None:
    """Say what the terms of each zone are worth, in the market it serves best."""
    names = {z.zone_id: z for z in found.book.zones if z.regime != "onshore"}
    market = {m.node_id: m.name for m in found.book.markets}
    rank = found.landed.select("market", "zone", "rank")
    rows = (
        found.worth.join(rank, on=["market", "zone"])
        .filter(pl.col("zone").is_in(list(names)))
        .sort("rank", "market")
        .unique("zone", keep="first", maintain_order=True)
    )
    if rows.is_empty():
        return None
    columns = [
        Column("Place"),
        Column("Serving"),
        *(Column(w.capitalize(), is_figure=True) for w in WORTH_WORDS.values()),
        Column("Holiday, M USD", is_figure=True),
    ]
    body: list[tuple[list[object], Row]] = [
        (
            [
                names[r["zone"]].name,
                market[r["market"]],
                *(f"{r[c]:,.1f}" for c in WORTH_WORDS),
                f"{r['holiday_usd_m']:,.1f}",
            ],
            {},
        )
        for r in rows.iter_rows(named=True)
    ]
    caption = "What the terms are worth, USD a tonne, each by leaving it out"
    return table(caption, columns, body)
