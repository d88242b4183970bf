"""The time-cost-distance staircase of an itinerary.

The method of the United Nations Economic and Social Commission for Asia and the Pacific: cost
and time are added up along the distance. Moving slopes; a border, port or change of gauge is a
step, and its height is what it costs or takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from karwan.briefs.axes import Axis, Panel, ticks
from karwan.briefs.labels import Wish, draw_labels, place_labels
from karwan.briefs.markup import Html, el, slug
from karwan.briefs.words import days, money

__all__ = ["MOVING", "Step", "staircase", "steps_of"]

WIDTH, PANEL_HEIGHT, LEFT, RIGHT, TOP, BETWEEN, BELOW = 860.0, 210.0, 66.0, 26.0, 34.0, 46.0, 46.0
MOVING = frozenset({"run", "sea", "ferry"})
WORDS = {
    "first_mile": "collection",
    "last_mile": "delivery",
    "gauge_change": "gauge",
    "transfer": "handling",
}


@dataclass(frozen=True)
class Step:
    """One leg of the staircase: what was added up before it and with it.

    Attributes
    ----------
    kind, mode, text : str
        Kind and mode of the leg, and its short label.
    km, usd, h : (float, float)
        Distance, cost and time at its start and at its end.
    """

    kind: str
    mode: str
    text: str
    km: tuple[float, float]
    usd: tuple[float, float]
    h: tuple[float, float]

    @property
    def moves(self) -> bool:
        """Whether the goods are on their way between two places."""
        return self.kind in MOVING


def steps_of(itinerary: dict[str, Any]) -> list[Step]:
    """Add up the legs of an itinerary.

    Parameters
    ----------
    itinerary : dict
        Itinerary of the JSON form.

    Returns
    -------
    list of Step
        One a leg, in order; the last ends at the totals but for the rounding of the legs.
    """
    steps: list[Step] = []
    km = usd = h = 0.0
    for leg in itinerary["legs"]:
        after = (km + leg["distance_km"], usd + leg["cost_usd"], h + leg["time_h"])
        ends = ((km, after[0]), (usd, after[1]), (h, after[2]))
        steps.append(Step(leg["kind"], leg["mode"] or "", _text(leg), *ends))
        km, usd, h = after
    return steps


def _text(leg: dict[str, Any]) -> str:
    if leg["kind"] == "border":
        return str(leg["label"])
    word = WORDS.get(leg["kind"])
    if leg["kind"] == "transfer" and leg["mode"]:
        word = f"to {leg['mode']}"
    return f"{leg['to_name']}: {word}" if word else str(leg["label"])


def staircase(itinerary: dict[str, Any]) -> Html:
    """Draw the staircase: cost above, time below, distance along both.

    Parameters
    ----------
    itinerary : dict
        Itinerary of the JSON form.

    Returns
    -------
    Html
        SVG.
    """
    steps = steps_of(itinerary)
    across = Axis(tuple(ticks(steps[-1].km[1] or 1.0, 6)), "Distance from the origin, km")
    cost = Axis(tuple(ticks(steps[-1].usd[1] or 1.0, 4)), "Cost, USD for the consignment")
    time = Axis(tuple(ticks(steps[-1].h[1] / 24 or 1.0, 4)), "Time, days (mean)")
    inner = WIDTH - LEFT - RIGHT
    upper = Panel(LEFT, TOP, inner, PANEL_HEIGHT, across, cost)
    lower = Panel(LEFT, TOP + PANEL_HEIGHT + BETWEEN, inner, PANEL_HEIGHT, across, time)
    height = lower.top + PANEL_HEIGHT + BELOW
    costs = [(s, s.usd[0], s.usd[1]) for s in steps]
    times = [(s, s.h[0] / 24, s.h[1] / 24) for s in steps]
    spoken = (
        f"Cost and time along {itinerary['distance_km']:,} km to "
        f"{money(itinerary['cost_usd'])} USD and {days(itinerary['time_days'])} days; "
        "the table of legs has the figures."
    )
    return el(
        "svg",
        upper.grid(with_across=False),
        lower.grid(),
        _curve(upper, costs, f"{money(itinerary['cost_usd'])} USD"),
        _curve(lower, times, f"{days(itinerary['time_days'])} days"),
        viewbox=f"0 0 {WIDTH:g} {height:g}",
        role="img",
        aria_label=spoken,
        class_="staircase",
    )


def _curve(panel: Panel, values: Sequence[tuple[Step, float, float]], total: str) -> Html:
    parts, points, wishes = [], [], []
    whole = values[-1][2] or 1.0
    for step, low, high in values:
        (x1, y1), (x2, y2) = panel.spot(step.km[0], low), panel.spot(step.km[1], high)
        look = f"way m-{slug(step.mode)}" if step.moves else "halt"
        parts.append(
            el(
                "path",
                el("title", step.text),
                class_=look,
                d=f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}",
            )
        )
        share = np.linspace(0, 1, 2 + int(abs(y2 - y1) + abs(x2 - x1)) // 5)
        points.append(np.column_stack((x1 + share * (x2 - x1), y1 + share * (y2 - y1))))
        if not step.moves:
            wishes.append(
                (high - low, Wish((x1 + x2) / 2, (y1 + y2) / 2, step.text, 12, "step", 150, 2))
            )
    end = panel.spot(values[-1][0].km[1], values[-1][2])
    wanted = [Wish(*end, total, 13, "total", 200, 5)]
    wanted += [w for rise, w in sorted(wishes, key=lambda p: -p[0]) if rise > 0.012 * whole]
    shifted = [Wish(w.x, w.y - panel.top, w.text, w.size, w.kind, w.reach, w.clear) for w in wanted]
    placed = place_labels(
        shifted, WIDTH, PANEL_HEIGHT, np.vstack(points) - np.array([0.0, panel.top])
    )
    dot = el("circle", class_="dot", cx=f"{end[0]:.1f}", cy=f"{end[1]:.1f}", r="4")
    labels = el("g", draw_labels(placed), transform=f"translate(0 {panel.top:g})")
    return el("g", *parts, dot, labels)
