"""Cost against time: the gateways at a glance."""

from __future__ import annotations

from typing import Any

import numpy as np

from karwan.briefs.axes import Axis, Panel, ticks
from karwan.briefs.labels import Wish, draw_labels, place_labels
from karwan.briefs.markup import Html, el
from karwan.briefs.words import bests

__all__ = ["scatter"]

WIDTH, HEIGHT, LEFT, TOP, INNER_WIDTH, INNER_HEIGHT = 860.0, 470.0, 66.0, 34.0, 768.0, 388.0


def scatter(plan: dict[str, Any], name: str) -> Html:
    """Draw cost against typical days of each gateway, with a whisker to the bad case.

    Parameters
    ----------
    plan : dict
        JSON form of a plan.
    name : str
        Prefix of identifiers on the page.

    Returns
    -------
    Html
        SVG.
    """
    chosen = bests(plan)
    low_days = min(it["time_p50_days"] for it in chosen)
    top_days = max(it["time_p95_days"] for it in chosen)
    costs = [it["cost_usd_per_unit"] for it in chosen]
    low = min(costs) - 0.1 * (max(costs) - min(costs)) if len(set(costs)) > 1 else 0.0
    across = Axis(
        tuple(ticks(top_days, 7, bottom=0.97 * low_days)),
        "Days: typical (mark) to bad case (end of line)",
    )
    up = Axis(tuple(ticks(max(costs), 5, bottom=low)), f"Cost, USD per {chosen[0]['unit']}")
    panel = Panel(LEFT, TOP, INNER_WIDTH, INNER_HEIGHT, across, up)
    parts, wishes, points = [], [], []
    for it in chosen:
        cost = it["cost_usd_per_unit"]
        x, y = panel.spot(it["time_p50_days"], cost)
        end = panel.spot(it["time_p95_days"], cost)[0]
        points += [(px, y) for px in np.arange(x, end, 5.0)]
        rhomb = f"{x:.1f},{y - 6:.1f} {x + 6:.1f},{y:.1f} {x:.1f},{y + 6:.1f} {x - 6:.1f},{y:.1f}"
        parts.append(
            el(
                "g",
                el("title", f"{it['itinerary']} {it['gateway_name']}"),
                el("path", class_="whisker", d=f"M{x:.1f} {y:.1f}H{end:.1f}m0-4v8"),
                el("polygon", class_="gateway", points=rhomb),
                class_="spot",
                data_way=f"{name}-{it['itinerary']}",
            )
        )
        wishes.append(Wish(x, y, f"{it['itinerary']} {it['gateway_name']}", 12, "gateway", 160, 6))
    placed = place_labels(wishes, WIDTH, TOP + INNER_HEIGHT, np.array(points).reshape(-1, 2))
    return el(
        "svg",
        panel.grid(),
        *parts,
        draw_labels(placed),
        viewbox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        role="img",
        aria_label="Cost against days of each gateway; the table of gateways has the figures.",
        class_="scatter",
    )
