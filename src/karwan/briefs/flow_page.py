"""One page on where the trade of a year flows: a single file that needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from karwan.briefs.document import document, page_bottom, page_top, stamp
from karwan.briefs.flow_compare import compared
from karwan.briefs.flow_key import Scale, map_key
from karwan.briefs.flow_map import FlowMap, flow_map, map_of, scale_of
from karwan.briefs.flow_tables import (
    capacity_table,
    corridor_table,
    gateway_table,
    goods_table,
    market_table,
    span,
    total_facts,
    unserved_table,
)
from karwan.briefs.markup import Html, el
from karwan.briefs.tables import sources_table
from karwan.briefs.words import day
from karwan.errors import InputError
from karwan.studies import Flows, Market, market
from karwan.studies.flow_links import flow_sources

__all__ = ["flow_page_text", "laid_name", "write_flow_page"]

SOURCE_COLUMNS = ("source_id", "title", "publisher", "url", "year", "grade")
CAUTION = (
    "Figures are rounded to three digits. Demand, costs and times are mostly estimates; flows "
    "show where trade would go if it chose by cost and time as modelled, and are no forecast."
)
SOURCES_CAPTION = (
    "Sources of every row the flows rest on. A: read in a cited publication; B: recalled "
    "publication or one data set; C: estimate"
)


def write_flow_page(flows: Flows | Sequence[Flows], file: Path | str) -> None:
    """Write one self-contained page on one or several assignments: maps, tables and sources.

    Several are set side by side, the first being what the others are held against, with their
    differences in words. The page opens from disk without a network, and prints. The same flows
    give the same bytes.

    Parameters
    ----------
    flows : Flows or sequence of them
        Assignments; several of the same demand.
    file : Path or str
        File to write.

    Raises
    ------
    InputError
        There is no assignment, or they are of several years.

    Examples
    --------
    >>> import karwan
    >>> from karwan.briefs import write_flow_page
    >>> flows = karwan.assign(karwan.open_atlas(), year=2025)  # doctest: +SKIP
    >>> write_flow_page(flows, "flows.html")  # doctest: +SKIP
    """
    Path(file).write_text(flow_page_text(flows), encoding="utf-8", newline="\n")


def flow_page_text(flows: Flows | Sequence[Flows]) -> str:
    """Return the page of `write_flow_page` as text.

    Parameters
    ----------
    flows : Flows or sequence of them
        Assignments.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    InputError
        There is no assignment, or they are of several years.
    """
    many = [flows] if isinstance(flows, Flows) else list(flows)
    if len({f.year for f in many}) != 1:
        message = "a page of flows needs one or several assignments of one year"
        raise InputError(message)
    first = many[0]
    network, run = first.pool.network, first.run
    title = f"Where the trade of {first.year} flows on the network of {day(str(run.depart))}"
    if len(many) > 1:
        title += f": {len(many)} scenarios"
    elif run.scenario:
        title += f": {laid_name(first)}"
    parts = _alone(first) if len(many) == 1 else compared(many, [laid_name(f) for f in many])
    main = [el("h1", title), *_market(market(network, year=first.year)), *parts, _sources(many)]
    marks = [
        stamp(
            network=f.run.network,
            fingerprint=f.run.fingerprint,
            karwan_version=f.run.karwan_version,
            price_year=f.run.price_year,
        )
        for f in many
    ]
    prints = [f.run.fingerprint for f in many]
    return document(title, page_top(marks), main, page_bottom(network, [CAUTION], prints))


def _alone(flows: Flows) -> list[Html | None]:
    drawn = map_of(flows)
    maps = _maps(drawn, scale_of([drawn]))
    return [el("h2", "The flows on the map"), *maps, *_tables(flows)]


def laid_name(flows: Flows) -> str:
    """Return the scenarios of an assignment by name, `today` if there is none."""
    network = flows.pool.network
    names = dict(network.table("measures").select("measure_id", "name").iter_rows())
    names |= dict(network.table("scenarios").select("scenario_id", "name").iter_rows())
    return " + ".join(names.get(s, s) for s in flows.run.scenario) or "today"


def _market(found: Market) -> list[Html]:
    """State the market, with its interval, before any share of it."""
    total, can = found.by().to_dicts()[0], found.winnable.by().to_dicts()[0]
    text = (
        f"In {found.year} a sea gateway can win at most {span(can, 'tonnes', 1e6)} Mt a year, out "
        f"of {span(total, 'tonnes', 1e6)} Mt of demand: all gateways together, before any share. "
        "The rest goes to neighbours or inland. Transit, and cargo that other gateways carry "
        "today, are lines of their own. Flows below may also meet the sea between places that land "
        "joins (as across the Black Sea), which this market does not count."
    )
    return [el("p", text, class_="lead"), market_table(found)]


def _maps(drawn: FlowMap, scale: Scale) -> list[Html]:
    what = f"Flows of {drawn.flows.year}, both directions together"
    found = []
    for name, frame, words in (
        ("region", scale.region, "the landlocked countries and their nearest gateways"),
        ("whole", scale.whole, "the whole network"),
    ):
        title = f"{what}: {words}"
        svg = flow_map(drawn, scale, frame, f"map-{name}", title)
        box = el("div", svg, class_="scroll", tabindex="0", role="region", aria_label=title)
        key = map_key([drawn.links], drawn.network, scale) if name == "region" else None
        found.append(el("figure", el("figcaption", title), box, key))
    hint = (
        "A line is as wide as its flow; its colour is that of the corridor with most of it. "
        "Circles are sea gateways, their area goes with their flow. Point at a line for its "
        "figures."
    )
    return [el("p", hint, class_="hint"), *found]


def _tables(flows: Flows) -> list[Html | None]:
    full = capacity_table(flows)
    lost = unserved_table(flows)
    return [
        el("h2", "The year in total"),
        total_facts(flows),
        el("h2", "Gateways"),
        gateway_table(flows),
        el("h2", "Corridors"),
        corridor_table(flows),
        *([el("h2", "Where capacity binds"), full] if full else []),
        el("h2", "Goods"),
        goods_table(flows),
        el("h2", "Demand that is not served"),
        lost or el("p", "Every row of demand has a way on the day."),
    ]


def _sources(many: Sequence[Flows]) -> Html:
    rows: dict[str, dict[str, Any]] = {}
    for flows in many:
        for row in flow_sources(flows).select(SOURCE_COLUMNS).iter_rows(named=True):
            rows[row["source_id"]] = row
    return el(
        "section",
        el("h2", "Sources"),
        el(
            "details",
            el("summary", "All sources, with grade, year and address"),
            sources_table([{"sources": list(rows.values())}], SOURCES_CAPTION),
        ),
        class_="sources-part",
    )
