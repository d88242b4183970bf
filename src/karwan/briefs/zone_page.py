"""One page on a tenant's question: a single file that needs no network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from karwan.briefs.document import document, page_bottom, page_top, stamp
from karwan.briefs.markup import Html, el
from karwan.briefs.tables import Column, sources_table, table
from karwan.briefs.words import day
from karwan.briefs.zone_parts import best_table, guess_table, market_part, worth_table
from karwan.network import Network
from karwan.studies.zone_answer import ZoneAnswer

__all__ = ["write_zone_page", "zone_page_text"]

CAUTION = (
    "Prices, duties and costs of plants are mostly estimates; what a market would pay is not "
    "asked. Rates of duty were not read line by line: have a customs broker confirm them before "
    "money is spent."
)
SOURCE_COLUMNS = ("source_id", "title", "publisher", "url", "year", "grade")
SOURCES_CAPTION = (
    "Sources of every figure but freight. A: read in a cited publication; B: recalled publication "
    "or one data set; C: estimate"
)


def write_zone_page(found: ZoneAnswer, file: Path | str, *, network: Network | None = None) -> None:
    """Write one self-contained page: guesses, best places, bars of landed cost, what turns them.

    Parameters
    ----------
    found : ZoneAnswer
        Answer.
    file : Path or str
        File to write.
    network : Network, optional
        Network with disclaimer and licences; that of the answer if not given.
    """
    Path(file).write_text(zone_page_text(found, network=network), encoding="utf-8", newline="\n")


def zone_page_text(found: ZoneAnswer, *, network: Network | None = None) -> str:
    """Return the page of `write_zone_page` as text.

    Parameters
    ----------
    found : ZoneAnswer
        Answer.
    network : Network, optional
        As for `write_zone_page`.

    Returns
    -------
    str
        HTML.
    """
    run, book = found.run, found.book
    title = f"{book.name}: the least landed cost of {book.product.name.lower()}"
    mark = stamp(
        network=run.network,
        fingerprint=run.fingerprint,
        karwan_version=run.karwan_version,
        price_year=run.price_year,
    )
    bottom = page_bottom(network or found.network, [CAUTION], [run.fingerprint])
    main = [el("h1", title), *_parts(found)]
    return document(title, page_top([mark]), main, bottom)


def _parts(found: ZoneAnswer) -> Iterator[Html | None]:
    yield el("p", _lead(found), class_="lead")
    yield el("h2", "The guesses it rests on")
    yield guess_table(found)
    yield _methods(found)
    yield el("h2", "Best place by market")
    yield best_table(found)
    yield el("h2", "Landed cost by market")
    for market in found.book.markets:
        yield from market_part(found, market.node_id)
    worth = worth_table(found)
    if worth is not None:
        yield el("h2", "What the terms of a zone are worth")
        yield worth
    yield from _notices(found)
    yield _sources(found)


def _methods(found: ZoneAnswer) -> Html:
    """Say how each estimate that a guess rests on was made."""
    used = set(found.guesses["source_id"])
    rows = found.network.table("sources").filter(pl.col("source_id").is_in(sorted(used)))
    items = [el("li", el("b", r["title"]), f": {r['method']}") for r in rows.iter_rows(named=True)]
    return el("details", el("summary", "How the estimates were made"), el("ul", *items))


def _lead(found: ZoneAnswer) -> str:
    places: dict[str, list[str]] = {}
    for r in found.best.iter_rows(named=True):
        places.setdefault(r["zone_name"], []).append(r["market_name"])
    said = "; ".join(f"{zone} for {', '.join(names)}" for zone, names in places.items())
    output = found.book.figures["plant/output_t_per_year"].value
    laid = f", with {' + '.join(found.run.scenario)}" if found.run.scenario else ""
    return (
        f"A plant of {output:,.0f} t a year, freight of {found.book.lot_t:g} t at a time on the "
        f"routes of {day(str(found.run.depart))}{laid}, USD of {found.run.price_year}. "
        f"The least landed cost: {said}."
    )


def _notices(found: ZoneAnswer) -> Iterator[Html]:
    if not found.notices.is_empty():
        columns = [Column("Concerns"), Column("From"), Column("What")]
        rows: list[tuple[list[object], dict[str, object]]] = [
            ([r["target"], day(str(r["starts"])), r["reason"]], {})
            for r in found.notices.iter_rows(named=True)
        ]
        yield el("h2", "Sanctions and bans in force")
        yield table(
            "Dated facts of the table restrictions, neutral as to their merit", columns, rows
        )
    if found.cut_off:
        yield el("h2", "Left out for want of a route")
        yield el("ul", *(el("li", lane.words) for lane in found.cut_off))


def _sources(found: ZoneAnswer) -> Html:
    used = {figure.source_id for figure in found.book.figures.values()}
    rows = found.network.table("sources").filter(pl.col("source_id").is_in(sorted(used)))
    listed = [{"sources": rows.select(SOURCE_COLUMNS).rows(named=True)}]
    return el(
        "section",
        el("h2", "Sources"),
        el(
            "details",
            el("summary", "All sources, with grade, year and address"),
            sources_table(listed, SOURCES_CAPTION),
        ),
        class_="sources-part",
    )
