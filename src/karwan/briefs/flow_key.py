"""What the colours, widths and circles of a map of flows mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from karwan.assignment.flows import NO_CORRIDOR
from karwan.briefs.frame import Frame
from karwan.briefs.markup import Html, el
from karwan.briefs.words import money
from karwan.network import Network

__all__ = [
    "LARGEST",
    "WIDEST",
    "Scale",
    "corridor_colours",
    "corridor_name",
    "line_look",
    "map_key",
    "sample",
]

WIDEST, THINNEST = 17.0, 0.5
LARGEST = 17.0
"""Radius of the circle of the largest gateway [units]."""


@dataclass(frozen=True)
class Scale:
    """What widths, circles and frames mean; the same for all maps that are compared.

    Attributes
    ----------
    link_teu, gateway_teu : float
        Flow of the widest line and of the largest circle [TEU/year].
    whole, region : Frame
        Frames of the map of everything and of the landlocked countries.
    """

    link_teu: float
    gateway_teu: float
    whole: Frame
    region: Frame

    def width(self, teu: float) -> float:
        """Return the width of a line [units]."""
        return max(WIDEST * teu / self.link_teu, THINNEST)

    def radius(self, teu: float) -> float:
        """Return the radius of a circle, whose area goes with the flow [units]."""
        return float(max(LARGEST * np.sqrt(teu / self.gateway_teu), 1.6))


def line_look(colour: str | None) -> dict[str, object]:
    """Return class and colour of a line; that of no corridor is grey."""
    return {"class_": "flow", "stroke": colour} if colour else {"class_": "flow nowhere"}


def map_key(links: Sequence[pl.DataFrame], network: Network, scale: Scale) -> Html:
    """Write what colours, widths and circles mean.

    Parameters
    ----------
    links : sequence of polars.DataFrame
        What the maps draw, as `link_flows` returns.
    network : Network
        Names and colours of corridors.
    scale : Scale
        Their scale.

    Returns
    -------
    Html
        A list.
    """
    colours = corridor_colours(network)
    shown = pl.concat([rows.select("corridor", "teu") for rows in links])
    order = shown.group_by("corridor").agg(pl.col("teu").max()).sort("teu", descending=True)
    named = [c for c in order["corridor"].to_list() if c in colours]
    named += [NO_CORRIDOR] * (NO_CORRIDOR in order["corridor"].to_list())
    items = [
        sample(
            el("path", **line_look(colours.get(c)), stroke_width=7, d="M2 9H36"),
            corridor_name(network, c),
        )
        for c in named
    ]
    for teu in _round_flows(scale.link_teu):
        line = el("path", **line_look(None), stroke_width=f"{scale.width(teu):.1f}", d="M2 9H36")
        items.append(sample(line, f"{money(teu)} TEU a year on a link"))
    for teu in _round_flows(scale.gateway_teu)[:2]:
        circle = el("circle", class_="port", cx=19, cy=18, r=f"{scale.radius(teu):.1f}")
        items.append(sample(circle, f"{money(teu)} TEU a year by a sea gateway", 36))
    items.append(sample(el("path", class_="sea-leg", d="M2 9H36"), "at sea, whatever the flow"))
    items.append(sample(el("path", class_="disputed", d="M2 9H36"), "disputed boundary"))
    box = {"x": 14, "y": 4, "width": 10, "height": 10}
    items.append(sample(el("rect", class_="full", **box), "full: flow at its hard capacity"))
    return el("ul", *items, class_="key flow-key")


def sample(drawn: Html, words: str, height: int = 18) -> Html:
    """Return one item of a key: a small drawing and what it means."""
    box = el("svg", drawn, width="38", height=height, aria_hidden="true")
    return el("li", box, f" {words}")


def _round_flows(top: float) -> list[float]:
    """Return three round flows up to the largest, largest first."""
    power = 10.0 ** np.floor(np.log10(top))
    first = next(f * power for f in (5, 2, 1) if f * power <= top * 1.0001)
    return [float(first), float(first / 4 if first / power == 2 else first / 5), float(first / 20)]


def corridor_colours(network: Network) -> dict[str, str]:
    """Return the colour of each corridor."""
    return dict(network.table("corridors").select("corridor_id", "colour").iter_rows())


def corridor_name(network: Network, corridor: str) -> str:
    """Return the name of a corridor."""
    names = dict(network.table("corridors").select("corridor_id", "name").iter_rows())
    return str(names.get(corridor, "no named corridor"))
