"""Several assignments side by side: shares, totals, differences in words, maps."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from karwan.assignment.flows import NO_CORRIDOR, OVERLAND_NAME
from karwan.briefs.flow_change import change_key, change_map, change_of, change_scale
from karwan.briefs.flow_key import map_key
from karwan.briefs.flow_map import flow_map, map_of, scale_of
from karwan.briefs.flow_tables import short
from karwan.briefs.flow_words import differences_in_words
from karwan.briefs.markup import Html, el
from karwan.briefs.tables import Column, table
from karwan.studies import Flows

__all__ = ["compared", "share_bars"]

LEAST_SHARE = 0.002
"""Rows below this share under every scenario are added up."""
TOLD_TEU = 100.0
"""Changes below this are not written."""
BAR, TALL = 70.0, 10.0
FIRST_CHANGE = 2


def compared(many: Sequence[Flows], names: Sequence[str]) -> list[Html]:
    """Write the parts of a page that set assignments side by side.

    Parameters
    ----------
    many : sequence of Flows
        Assignments of the same demand, the first being what the others are held against.
    names : sequence of str
        What they are called.

    Returns
    -------
    list of Html
        What changes in words, shares of gateways and corridors, totals, maps.
    """
    return [
        el("h2", "Shares of the sea gateways"),
        share_bars(many, names, "gateway"),
        el("h2", "What changes"),
        *(
            _words(many[0], other, names[0], name)
            for other, name in zip(many[1:], names[1:], strict=True)
        ),
        el("h2", "Shares of the corridors"),
        share_bars(many, names, "corridor"),
        el("h2", "The year in total"),
        _totals(many, names),
        el("h2", "The flows on the map"),
        *_maps(many, names),
    ]


def _words(base: Flows, other: Flows, base_name: str, name: str) -> Html:
    first, *rest = differences_in_words(base, other, base_name, name)
    if not rest:
        return el("p", first)
    return el("section", el("h3", first.rstrip(":")), el("ul", *(el("li", s) for s in rest)))


def share_bars(many: Sequence[Flows], names: Sequence[str], by: str) -> Html:
    """Draw the share of each gateway or corridor under each scenario.

    Parameters
    ----------
    many : sequence of Flows
        Assignments.
    names : sequence of str
        What they are called.
    by : str
        ``gateway``, as shares of what meets the sea, or ``corridor``, as shares of all.

    Returns
    -------
    Html
        Table with bars.
    """
    rest = OVERLAND_NAME if by == "gateway" else NO_CORRIDOR
    tables = [f.summary if by == "gateway" else f.corridors for f in many]
    named = [t.filter(pl.col(by) != rest) for t in tables]
    totals = [
        float((n if by == "gateway" else t)["teu"].sum()) or 1.0
        for n, t in zip(named, tables, strict=True)
    ]
    teu = [dict(t.select(by, "teu").iter_rows()) for t in named]
    label = dict(pl.concat([t.select(by, "name") for t in named]).iter_rows())
    share = {k: [t.get(k, 0.0) / n for t, n in zip(teu, totals, strict=True)] for k in label}
    order = sorted(share, key=lambda k: (-share[k][0], -max(share[k]), k))
    large = [k for k in order if max(share[k]) >= LEAST_SHARE]
    small = [k for k in order if k not in large]
    top = max([max(share[k]) for k in large], default=1.0)
    rows = [_row(label[k], [t.get(k, 0.0) for t in teu], share[k], top) for k in large]
    if small:
        sums = [sum(t.get(k, 0.0) for k in small) for t in teu]
        parts = [s / n for s, n in zip(sums, totals, strict=True)]
        rows.append(_row(f"{len(small)} others", sums, parts, top))
    last = [float(t.filter(pl.col(by) == rest)["teu"].sum()) for t in tables]
    words = "Overland, by no sea gateway" if by == "gateway" else "Traffic of no named corridor"
    rows.append(
        ([words, *(_cell(t, None, last[0] if i else None, top) for i, t in enumerate(last))], {})
    )
    what = "what meets the sea" if by == "gateway" else "all traffic"
    caption = f"Share of {what}, %; below it 1,000 TEU a year and the change against {names[0]}"
    columns = [Column(by.capitalize()), *(Column(n) for n in names)]
    return table(caption, columns, rows, kind="bars")


def _row(
    name: str, teu: list[float], share: list[float], top: float
) -> tuple[list[object], dict[str, object]]:
    cells = [
        _cell(t, s, teu[0] if i else None, top)
        for i, (t, s) in enumerate(zip(teu, share, strict=True))
    ]
    return [name, *cells], {}


def _cell(teu: float, share: float | None, first: float | None, top: float) -> Html:
    """Draw a share as a bar with its figure, and below it the flow and its change."""
    bar = None
    if share is not None:
        box = {"width": f"{BAR * share / top:.1f}", "height": f"{TALL:g}"}
        bar = el(
            "svg",
            el("rect", class_="share-bar", **box),
            width=f"{BAR:g}",
            height=f"{TALL:g}",
            aria_hidden="true",
        )
    percent = "" if share is None else f"{100 * share:.1f}"
    under = short(teu / 1e3)
    change = 0.0 if first is None else teu - first
    if abs(change) >= TOLD_TEU and short(teu / 1e3) != short(teu / 1e3 - change / 1e3):
        under += f" ({'+' if change > 0 else '-'}{short(abs(change) / 1e3)})"
    return el("span", bar, " ", el("b", percent), el("small", under), class_="share")


def _totals(many: Sequence[Flows], names: Sequence[str]) -> Html:
    lines = [
        ("Moved, Mt", "tonnes", 1e6),
        ("Not served, Mt", "unserved_tonnes", 1e6),
        ("Cost of transport, million USD", "cost_usd", 1e6),
        ("Emissions, Mt CO2e", "co2_t", 1e6),
        ("Rent of full places, million USD", "capacity_rent_usd", 1e6),
    ]
    totals = [f.totals for f in many]
    rows: list[tuple[list[object], dict[str, object]]] = [
        ([words, *(_figure(t[key] / unit) for t in totals)], {}) for words, key, unit in lines
    ]
    mean = [f"{t['teu_h'] / max(t['teu'], 1e-9) / 24:.1f}" for t in totals]
    rows.insert(3, (["Mean time, days", *mean], {}))
    full = [
        "; ".join(sorted(p["name"] for p in f.places.to_dicts() if _is_full(p))) or "none"
        for f in many
    ]
    rows.append((["Full places", *full], {}))
    columns = [Column("Total of the year"), *(Column(n, is_figure=True) for n in names)]
    return table("Totals under each scenario", columns, rows)


def _is_full(place: dict[str, float]) -> bool:
    return bool(place["hard"]) and place["shadow_price_usd_per_teu"] >= 0.5


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else short(value)


def _maps(many: Sequence[Flows], names: Sequence[str]) -> list[Html]:
    """Draw the first assignment whole, and of the others what they carry more and less."""
    drawn = [map_of(f) for f in many]
    scale = scale_of(drawn)
    title = f"Flows of {many[0].year}, both directions together: {names[0]}"
    svg = flow_map(drawn[0], scale, scale.region, "map-1", title)
    found = [_figure_of(title, svg, map_key([drawn[0].links], drawn[0].network, scale))]
    changes = [change_of(drawn[0], other) for other in drawn[1:]]
    own = change_scale(changes, scale)
    for i, (change, name) in enumerate(zip(changes, names[1:], strict=True), 2):
        title = f"What changes against {names[0]}: {name}"
        svg = change_map(change, own, f"map-{i}", title)
        found.append(_figure_of(title, svg, change_key(own) if i == FIRST_CHANGE else None))
    return found


def _figure_of(title: str, svg: Html, key: Html | None) -> Html:
    box = el("div", svg, class_="scroll", tabindex="0", role="region", aria_label=title)
    return el("figure", el("figcaption", title), box, key)
