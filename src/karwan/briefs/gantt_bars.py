"""Parts of a Gantt chart: stays, tides, cranes at work."""

from __future__ import annotations

from typing import Any

from karwan.briefs.gantt_scale import LEFT, GanttScale
from karwan.briefs.markup import Html, el, join
from karwan.terminals.berth_plan import BerthPlan
from karwan.terminals.berth_problem import BerthProblem

__all__ = ["bar", "crane_panel", "row_of_tides"]

LETTER = 6.9
"""Mean width of a bold letter of 12 units."""


def bar(
    problem: BerthProblem, scale: GanttScale, row: dict[str, Any], top: float, bottom: float
) -> Html:
    """Draw one stay: wait, work, wait for the tide, name.

    Parameters
    ----------
    problem : BerthProblem
        Problem.
    scale : GanttScale
        Hours across.
    row : dict
        Row of the plan.
    top, bottom : float
        Sides of the bar [units].

    Returns
    -------
    Html
        Group with a title that tells the figures.
    """
    start, done = scale.x(row["start_h"]), scale.x(row["done_h"])
    end, arrival = scale.x(row["departure_h"]), scale.x(row["arrival_h"])
    y, tall = (top + bottom) / 2, f"{bottom - top:.1f}"
    parts = [el("title", _told(problem, scale, row))]
    if start > arrival + 0.5:
        d = f"M{arrival:.1f} {bottom + 2.5:.1f}H{start:.1f}M{arrival:.1f} {bottom - 1:.1f}v6"
        parts.append(el("path", class_="wait", d=d))
    look = "stay fixed" if row["fixed"] else "stay moved" if row["moved"] else "stay"
    box = {"y": f"{top:.1f}", "height": tall, "rx": "2"}
    parts.append(el("rect", class_=look, x=f"{start:.1f}", width=f"{done - start:.1f}", **box))
    if end > done + 0.5:
        parts.append(el("rect", class_="tail", x=f"{done:.1f}", width=f"{end - done:.1f}", **box))
    name, room = row["vessel"], end - start - 8
    if problem.is_quay and room >= (len(name) + 3) * LETTER and bottom - top > 11:
        name = f"{name} x{row['cranes']}"
    if room < len(name) * LETTER:
        name = name[: max(int(room / LETTER), 0)]
    if name and bottom - top > 10:
        spot = {"x": f"{start + 4:.1f}", "y": f"{y + 4:.1f}"}
        parts.append(el("text", name, class_="name", **spot))
    return el("g", *parts)


def _told(problem: BerthProblem, scale: GanttScale, row: dict[str, Any]) -> str:
    words = [
        f"{row['vessel']} at {row['berth']}",
        f"arrives {scale.when(row['arrival_h'])}",
        f"starts {scale.when(row['start_h'])}",
        f"leaves {scale.when(row['departure_h'])}",
        f"waits {row['wait_h']:.4g} h",
    ]
    if problem.is_quay:
        words[0] += f", from {row['from_m']:g} m, {row['cranes']} cranes"
    if row["fixed"]:
        words.append("fixed")
    if row["moved"]:
        words.append(f"moved: {row['moved']}")
    return "; ".join(words)


def row_of_tides(problem: BerthProblem, scale: GanttScale, y: float) -> Html:
    """Draw the hours in which the channel is deeper than at low water."""
    parts = [el("text", "Tide", class_="row", x="4", y=f"{y:.1f}")]
    for begin, end, depth in problem.tides.select("from_h", "to_h", "depth_m").iter_rows():
        left = scale.x(max(begin, scale.begin_h))
        right = scale.x(min(end, scale.end_h))
        if right > left:
            said = el("title", f"{depth:g} m from {scale.when(begin)} to {scale.when(end)}")
            box = {"x": f"{left:.1f}", "y": f"{y - 11:.1f}", "width": f"{right - left:.1f}"}
            parts.append(el("g", said, el("rect", class_="tide", height="13", **box)))
    return join(parts)


def crane_panel(plan: BerthPlan, scale: GanttScale, top: float, height: float) -> Html:
    """Draw how many cranes are at work."""
    changes: list[tuple[float, int]] = []
    for start, done, cranes in plan.rows.select("start_h", "done_h", "cranes").iter_rows():
        changes += [(start, cranes), (done, -cranes)]
    most, bottom = plan.problem.settings["cranes"], top + height
    per = height / most
    d, at_work = f"M{LEFT:.1f} {bottom:.1f}", 0
    for at, change in sorted(changes):
        at_work += change
        d += f"H{max(scale.x(at), LEFT):.1f}V{bottom - at_work * per:.1f}"
    line = f"M{LEFT:.1f} {top:.1f}H{LEFT + scale.width:.1f}"
    return join(
        [
            el("text", "Cranes at work", class_="row", x="4", y=f"{(top + bottom) / 2:.1f}"),
            el("text", f"of {most}", class_="small", x="4", y=f"{(top + bottom) / 2 + 14:.1f}"),
            el("path", class_="cranes", d=f"{d}Z"),
            el("path", class_="most", d=line),
            el("path", class_="grid", d=f"M{LEFT:.1f} {bottom:.1f}H{LEFT + scale.width:.1f}"),
        ]
    )
