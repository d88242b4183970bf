"""A berth plan as a Gantt chart: hours across, berths or the quay down."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from karwan.briefs.gantt_bars import bar, crane_panel, row_of_tides
from karwan.briefs.gantt_scale import HEAD, LEFT, WIDTH, GanttScale
from karwan.briefs.markup import Html, el, join
from karwan.terminals.berth_plan import BerthPlan

__all__ = ["gantt", "gantt_key", "gantt_text"]

ROW, QUAY_HEIGHT, CRANES_HEIGHT = 42.0, 460.0, 84.0


@dataclass(frozen=True)
class _Band:
    """A berth or stretch: where it lies in the drawing [units]."""

    name: str
    note: str
    top: float
    bottom: float


def gantt(plan: BerthPlan, name: str = "gantt") -> Html:
    """Draw a plan.

    Parameters
    ----------
    plan : BerthPlan
        Plan.
    name : str
        Prefix of identifiers.

    Returns
    -------
    Html
        SVG without style; `gantt_text` makes a file of it.
    """
    problem = plan.problem
    scale = _scale(plan)
    bands = list(_bands(plan))
    bottom = max(band.bottom for band in bands)
    parts = [_field(scale, bands, bottom), *_shut(plan, scale, bands)]
    lengths = dict(problem.vessels.select("vessel", "length_m").iter_rows())
    for row in plan.rows.iter_rows(named=True):
        top, low = _place(plan, row, lengths[row["vessel"]], bands, bottom)
        parts.append(bar(problem, scale, row, top, low))
    end = bottom
    if problem.tides.height:
        parts.append(row_of_tides(problem, scale, end + 30))
        end += 34
    if problem.is_quay:
        parts.append(crane_panel(plan, scale, end + 40, CRANES_HEIGHT))
        end += 40 + CRANES_HEIGHT
    now = problem.settings["now_h"]
    if now is not None and scale.begin_h <= now <= scale.end_h:
        x = scale.x(now)
        parts.append(el("path", class_="now", d=f"M{x:.1f} {HEAD - 6:.1f}V{bottom:.1f}"))
        spot = {"x": f"{x + 4:.1f}", "y": f"{bottom - 5:.1f}"}
        parts.append(el("text", "now", class_="small", **spot))
    height = end + 26
    return el(
        "svg",
        el("title", f"Berth plan: {problem.name}", id=f"{name}-title"),
        *parts,
        class_="gantt",
        role="img",
        aria_labelledby=f"{name}-title",
        viewbox=f"0 0 {WIDTH:g} {height:.0f}",
        xmlns="http://www.w3.org/2000/svg",
    )


def gantt_text(plan: BerthPlan) -> str:
    """Return a plan as a file of SVG that follows light and dark.

    Parameters
    ----------
    plan : BerthPlan
        Plan.

    Returns
    -------
    str
        SVG with its own style.
    """
    room = files("karwan.briefs")
    colours = room.joinpath("page.css").read_text("utf-8").partition("* {")[0]
    style = (
        colours + room.joinpath("gantt.css").read_text("utf-8") + "svg { background: var(--page); }"
    )
    drawn = gantt(plan)
    opening, _, rest = drawn.partition(">")
    return f"{opening}>{el('style', Html(style))}{rest}\n"


def gantt_key(plan: BerthPlan) -> Html:
    """Explain what the colours mean."""
    problem = plan.problem
    entries = [("stay", "planned")]
    if plan.rows["fixed"].any():
        entries.append(("stay fixed", "fixed"))
    if plan.rows.filter((plan.rows["moved"] != "") & ~plan.rows["fixed"]).height:
        entries.append(("stay moved", "moved from the plan so far"))
    if (plan.rows["departure_h"] > plan.rows["done_h"] + 1e-6).any():
        entries.append(("tail", "waits for the tide"))
    if problem.tides.height:
        entries.append(("tide", "channel deeper than at low water"))
    if _has_shut(plan):
        entries.append(("shut", "shut"))
    boxes = [
        el("li", _swatch(el("rect", class_=look, width="16", height="12")), f" {said}")
        for look, said in entries
    ]
    line = el("path", class_="wait", d="M1 6H15M1 2v8")
    boxes.append(el("li", _swatch(line), " arrival and wait"))
    return el("ul", *boxes, class_="key")


def _swatch(mark: Html) -> Html:
    return el("svg", mark, class_="swatch", width="16", height="12", aria_hidden="true")


def _scale(plan: BerthPlan) -> GanttScale:
    rows = plan.rows
    begin = min(float(rows["arrival_h"].min()), float(rows["start_h"].min()))  # type: ignore[arg-type]
    end = float(rows["departure_h"].max())  # type: ignore[arg-type]
    return GanttScale(6 * math.floor(begin / 6), 6 * math.ceil(end / 6 + 0.01), plan.problem)


def _bands(plan: BerthPlan) -> Iterator[_Band]:
    berths = plan.problem.berths
    if not plan.problem.is_quay:
        for i, row in enumerate(berths.iter_rows(named=True)):
            note = f"{row['length_m']:g} m, {row['depth_m']:g} m deep"
            yield _Band(row["berth"], note, HEAD + i * ROW, HEAD + (i + 1) * ROW)
        return
    rows = berths.sort("from_m").to_dicts()
    low, high = rows[0]["from_m"], rows[-1]["from_m"] + rows[-1]["length_m"]
    for row in rows:
        top = HEAD + (row["from_m"] - low) / (high - low) * QUAY_HEIGHT
        bottom = top + row["length_m"] / (high - low) * QUAY_HEIGHT
        note = (
            f"{row['from_m']:g} to {row['from_m'] + row['length_m']:g} m, {row['depth_m']:g} m deep"
        )
        yield _Band(row["berth"], note, top, bottom)


def _place(
    plan: BerthPlan, row: dict[str, Any], length_m: float, bands: list[_Band], bottom: float
) -> tuple[float, float]:
    """Return the upper and lower side of a bar [units]."""
    if not plan.problem.is_quay:
        band = next(b for b in bands if b.name == row["berth"])
        return band.top + 5, band.bottom - 5
    berths = plan.problem.berths
    low = float(berths["from_m"].min())  # type: ignore[arg-type]
    high = float((berths["from_m"] + berths["length_m"]).max())  # type: ignore[arg-type]
    per_m = (bottom - HEAD) / (high - low)
    top = HEAD + (row["from_m"] - low) * per_m
    return top + 0.5, top + length_m * per_m - 0.5


def _field(scale: GanttScale, bands: list[_Band], bottom: float) -> Html:
    parts = []
    for band in bands:
        size = {"width": f"{scale.width:.1f}", "height": f"{band.bottom - band.top:.1f}"}
        parts.append(el("rect", class_="field", x=f"{LEFT:g}", y=f"{band.top:.1f}", **size))
        y = (band.top + band.bottom) / 2
        parts.append(el("text", band.name, class_="row", x="4", y=f"{y - 2:.1f}"))
        parts.append(el("text", band.note, class_="small", x="4", y=f"{y + 12:.1f}"))
    return join([*parts, scale.axis(bottom)])


def _has_shut(plan: BerthPlan) -> bool:
    berths = plan.problem.berths
    return bool(
        plan.problem.closures.height
        or (berths["opens_h"] > 0).any()
        or berths["closes_h"].is_not_null().any()
    )


def _shut(plan: BerthPlan, scale: GanttScale, bands: list[_Band]) -> Iterator[Html]:
    rows = list(plan.problem.closures.select("berth", "from_h", "to_h").iter_rows())
    for berth, opens, closes in plan.problem.berths.select(
        "berth", "opens_h", "closes_h"
    ).iter_rows():
        rows += [(berth, scale.begin_h, opens)] if opens > 0 else []
        rows += [(berth, closes, scale.end_h)] if closes is not None else []
    for berth, begin, end in rows:
        band = next(b for b in bands if b.name == berth)
        left, right = scale.x(max(begin, scale.begin_h)), scale.x(min(end, scale.end_h))
        if right > left:
            box = {"x": f"{left:.1f}", "y": f"{band.top:.1f}", "width": f"{right - left:.1f}"}
            said = el("title", f"{berth} is shut from {scale.when(begin)} to {scale.when(end)}")
            yield el(
                "g", said, el("rect", class_="shut", height=f"{band.bottom - band.top:.1f}", **box)
            )
