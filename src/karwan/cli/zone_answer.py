"""Print the answer to a tenant: guesses first, then places, parts, and what would change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
import polars as pl

from karwan.appraisal.zone_words import (
    COST_GROUPS,
    REGIME_WORDS,
    WORTH_WORDS,
    figure_text,
    span_text,
)
from karwan.cli.tables import print_table
from karwan.errors import InputError
from karwan.routing.consignment import find_node

if TYPE_CHECKING:
    from karwan.studies.zone_answer import ZoneAnswer

__all__ = ["markets_shown", "print_answer"]

MOST_GUESSES, MOST_SWITCHES = 10, 4
Row = Mapping[str, Any]


def print_answer(found: ZoneAnswer, market: str | None) -> None:
    """Print tables; `market` names the only one whose detail is shown."""
    shown = markets_shown(found, market)
    plant = found.book.figures
    output = plant["plant/output_t_per_year"].value
    click.echo(
        f"{found.book.name}: {found.book.product.name.lower()}, {output:,.0f} t a year; USD of "
        f"{found.run.price_year} a tonne, before sales tax; freight of {found.book.lot_t:g} t on "
        f"{found.run.depart}"
    )
    _print_guesses(found)
    _print_best(found)
    for node in shown:
        _print_market(found, node)
    _print_worth(found, shown)
    for row in found.notices.iter_rows(named=True):
        last = f" to {row['ends']}" if row["ends"] else ""
        click.echo(f"Note: {row['target']}, from {row['starts']}{last}: {row['reason']}")
    for lane in found.cut_off:
        click.echo(f"Left out: {lane.words}")


def markets_shown(found: ZoneAnswer, market: str | None) -> list[str]:
    """Return the nodes of the markets whose detail is asked for; all if none is named."""
    every = [m.node_id for m in found.book.markets]
    if market is None:
        return every
    named = {m.name.casefold(): m.node_id for m in found.book.markets}
    node = named.get(market.casefold()) or find_node(found.network, market)
    if node not in every:
        names = ", ".join(m.name for m in found.book.markets)
        message = f"market {market!r} is not in the case; its markets are {names}"
        raise InputError(message)
    return [node]


def _print_guesses(found: ZoneAnswer) -> None:
    rows = [
        [
            r["label"],
            figure_text(r["value"], r["unit"]),
            span_text(r["low"], r["high"], r["unit"]),
            f"{r['swing_usd_per_t']:,.1f}",
            r["changes"] or "-",
        ]
        for r in found.guesses.head(MOST_GUESSES).iter_rows(named=True)
    ]
    title = (
        f"Guesses first: the {len(rows)} of {found.guesses.height} estimates that move a lead most"
    )
    header = ["estimate", "taken", "may lie in", "moves a lead by", "changes the best place for"]
    print_table(title, header, rows, right=(1, 3))


def _print_best(found: ZoneAnswer) -> None:
    rows = [
        [
            r["market_name"],
            r["zone_name"],
            f"{r['landed_usd_per_t']:,.0f}",
            r["second_name"] or "-",
            f"{r['lead_usd_per_t']:,.1f}" if r["second"] else "-",
            f"{100 * r['lead_share']:.1f} %" if r["second"] else "-",
            str(r["figures_that_change_it"]) if r["figures_that_change_it"] else "none",
        ]
        for r in found.best.iter_rows(named=True)
    ]
    header = [
        "market",
        "best place",
        "landed",
        "next",
        "lead",
        "lead %",
        "figures that may turn it",
    ]
    print_table("Best place by market", header, rows, right=(2, 4, 5))


def _print_market(found: ZoneAnswer, node: str) -> None:
    rows = found.landed.filter(pl.col("market") == node).rows(named=True)
    cells = [
        [
            r["zone_name"],
            REGIME_WORDS[r["regime"]],
            f"{r['landed_usd_per_t']:,.1f}",
            *(f"{sum(r[p + '_usd_per_t'] for p in parts):,.1f}" for parts in COST_GROUPS.values()),
            f"{r['product_days']:.0f}",
            f"{100 * r['share_C']:.0f} %",
        ]
        for r in rows
    ]
    header = ["place", "regime", "landed", *COST_GROUPS, "days out", "on guesses"]
    title = f"{rows[0]['market_name']}: landed cost by part"
    print_table(title, header, cells, right=range(2, len(header)), spare=(1, 7, 4))
    switching = found.switching.filter(pl.col("market") == node).head(MOST_SWITCHES)
    for r in switching.iter_rows(named=True):
        sure = " (within its interval)" if r["within"] else ""
        moved = "" if r["change_share"] is None else f", {100 * r['change_share']:+.0f} %"
        click.echo(
            f"  {r['to_zone_name']} becomes the best at {r['label']} "
            f"{figure_text(r['switch_value'], r['unit'])} instead of "
            f"{figure_text(r['value'], r['unit'])}{moved}{sure}"
        )


def _print_worth(found: ZoneAnswer, shown: list[str]) -> None:
    """Print what the terms are worth where a place does best, onshore places apart."""
    names = {z.zone_id: z for z in found.book.zones}
    market = {m.node_id: m.name for m in found.book.markets}
    rank = found.landed.select("market", "zone", "rank")
    rows = (
        found.worth.join(rank, on=["market", "zone"])
        .filter(pl.col("market").is_in(shown))
        .sort("rank", "market")
        .unique("zone", keep="first", maintain_order=True)
    )
    cells = [
        [
            names[r["zone"]].name,
            market[r["market"]],
            *(f"{r[c]:,.1f}" for c in WORTH_WORDS),
            f"{r['holiday_usd_m']:,.1f}",
        ]
        for r in rows.iter_rows(named=True)
        if names[r["zone"]].regime != "onshore"
    ]
    if cells:
        header = ["place", "serving", *WORTH_WORDS.values(), "holiday, M USD"]
        title = "What the terms of a zone are worth a tonne, in the market it serves best"
        print_table(title, header, cells, right=range(2, len(header)))
