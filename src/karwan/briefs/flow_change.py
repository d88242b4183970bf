"""Maps of what one assignment carries more and less than another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from karwan.briefs.flow_key import LARGEST, WIDEST, Scale, sample
from karwan.briefs.flow_map import FlowMap, link_names
from karwan.briefs.frame import line_data
from karwan.briefs.labels import Wish, draw_labels, place_labels
from karwan.briefs.land import country_spots, land
from karwan.briefs.markup import Html, el
from karwan.briefs.words import money
from karwan.routing.lines import link_lines

__all__ = ["Change", "change_key", "change_map", "change_of", "change_scale"]

LEAST_WIDTH = 0.3
"""Changes that would be drawn thinner than this are left out [units]."""
NAMED_RADIUS = 2.5
"""Gateways with a circle smaller than this are not named [units]."""


@dataclass(frozen=True, eq=False)
class Change:
    """What differs between two assignments.

    Attributes
    ----------
    base, drawn : FlowMap
        What it is held against, and the other.
    links : polars.DataFrame
        link_id and teu: what links carry more, or less if negative [TEU/year].
    gateways : polars.DataFrame
        gateway, name, lon_deg, lat_deg, and teu as above.
    """

    base: FlowMap
    drawn: FlowMap
    links: pl.DataFrame
    gateways: pl.DataFrame


def change_of(base: FlowMap, other: FlowMap) -> Change:
    """Return what an assignment carries more than another."""
    links = _difference(base.links, other.links, ["link_id"])
    keys = ["gateway", "name", "lon_deg", "lat_deg"]
    return Change(base, other, links, _difference(base.gateways, other.gateways, keys))


def _difference(base: pl.DataFrame, other: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    both = base.select(*keys, "teu").join(
        other.select(*keys, "teu"), on=keys, how="full", coalesce=True
    )
    more = (pl.col("teu_right").fill_null(0.0) - pl.col("teu").fill_null(0.0)).alias("teu")
    return both.select(*keys, more).sort(pl.col("teu").abs(), keys[0], descending=[True, False])


def change_scale(changes: Sequence[Change], scale: Scale) -> Scale:
    """Return the scale on which several maps of changes are drawn, in the frames of another."""
    links, ports = (
        np.concatenate([np.abs(t["teu"].to_numpy()) for t in tables])
        for tables in ([c.links for c in changes], [c.gateways for c in changes])
    )
    return replace(
        scale,
        link_teu=float(links.max(initial=1.0)),
        gateway_teu=float(ports.max(initial=1.0)),
    )


def change_map(change: Change, scale: Scale, name: str, title: str) -> Html:
    """Draw what links and gateways gain and lose.

    Parameters
    ----------
    change : Change
        Differences.
    scale : Scale
        Scale of changes, see `change_scale`; the frame of the region is drawn.
    name : str
        Prefix of identifiers on the page.
    title : str
        What the map is of.

    Returns
    -------
    Html
        SVG.
    """
    network, frame = change.drawn.network, scale.region
    both = (change.base.network, network)  # either may have links that the other lacks
    lines = {link: line for one in both for link, line in link_lines(one).items()}
    names = {link: name for one in both for link, name in link_names(one).items()}
    paths = []
    for link, teu in change.links.iter_rows():
        data = line_data([np.array(lines[link])], frame)
        if data and abs(teu) / scale.link_teu * WIDEST >= LEAST_WIDTH:
            words = el("title", f"{names[link]}: {_signed(teu)} TEU a year")
            width = f"{scale.width(abs(teu)):.1f}"
            paths.append(el("path", words, class_=f"flow {_kind(teu)}", stroke_width=width, d=data))
    circles, wishes, spoken = [], [], []
    for row in change.gateways.iter_rows(named=True):
        x, y = frame.spot(row["lon_deg"], row["lat_deg"])
        radius = LARGEST * float(np.sqrt(abs(row["teu"]) / scale.gateway_teu))
        if not frame.holds(x, y, 1.0) or radius < NAMED_RADIUS:
            continue
        text = f"{row['name']} {_signed(row['teu'])}"
        size = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{radius:.1f}"}
        circles.append(el("circle", el("title", text), class_=f"port {_kind(row['teu'])}", **size))
        wishes.append(Wish(x, y, text, 13, "gateway", 120, radius + 1))
        spoken.append(text)
    every = set(network.table("nodes")["country"].to_list())
    wishes += [
        Wish(x, y, text, 12, "country", reach=30, clear=0)
        for x, y, text in country_spots(network, frame, every)
    ]
    placed = place_labels(wishes, frame.width, frame.height)
    told = f"Gateways, TEU a year: {', '.join(spoken) or 'none changes'}. The tables say the same."
    return el(
        "svg",
        el("title", title, id=f"{name}-title"),
        el("desc", told, id=f"{name}-desc"),
        el("rect", class_="water", width=f"{frame.width:g}", height=f"{frame.height:g}"),
        land(network, frame),
        el("g", *paths),
        *circles,
        draw_labels(placed),
        viewbox=f"0 0 {frame.width:g} {frame.height:g}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        class_="map",
    )


def _kind(teu: float) -> str:
    return "gain" if teu > 0 else "loss"


def _signed(teu: float) -> str:
    return f"{'+' if teu > 0 else '-'}{money(abs(teu))}"


def change_key(scale: Scale) -> Html:
    """Write what colours, widths and circles of maps of changes mean."""
    items = [
        sample(el("path", class_=f"flow {kind}", stroke_width=7, d="M2 9H36"), words)
        for kind, words in (("gain", "carries more"), ("loss", "carries less"))
    ]
    widest = el("path", class_="flow nowhere", stroke_width=f"{WIDEST:g}", d="M2 9H36")
    items.append(sample(widest, f"{money(scale.link_teu)} TEU a year on a link"))
    circle = el("circle", class_="port", cx=19, cy=18, r=f"{LARGEST:g}")
    items.append(sample(circle, f"{money(scale.gateway_teu)} TEU a year by a sea gateway", 36))
    items.append(sample(el("path", class_="disputed", d="M2 9H36"), "disputed boundary"))
    return el("ul", *items, class_="key flow-key")
