"""Stacked bars of costs by part, one a place, on a common scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from karwan.briefs.axes import ticks
from karwan.briefs.markup import Html, el, join

__all__ = ["CostBar", "cost_bars"]

WIDTH, NAMES, RIGHT = 980.0, 215.0, 78.0
ROW, BAR, TOP, BOTTOM = 31.0, 20.0, 8.0, 44.0


@dataclass(frozen=True)
class CostBar:
    """One bar.

    Attributes
    ----------
    name : str
        What it stands for.
    parts : dict of str to float
        Cost of each part [USD/t]; a negative one is drawn off the first.
    """

    name: str
    parts: Mapping[str, float]

    @property
    def total(self) -> float:
        """Sum of the parts."""
        return sum(self.parts.values())


def cost_bars(bars: Sequence[CostBar], title: str, unit: str) -> Html:
    """Draw bars below each other, with their totals, an axis and a key.

    Parameters
    ----------
    bars : sequence of CostBar
        Bars from the top; all with the same parts.
    title : str
        What they show.
    unit : str
        Unit of the axis.

    Returns
    -------
    Html
        SVG with its key.
    """
    marks = ticks(max(bar.total for bar in bars), 6)
    scale = (WIDTH - NAMES - RIGHT) / marks[-1]
    height = TOP + ROW * len(bars) + BOTTOM
    drawn = [_axis(marks, scale, TOP + ROW * len(bars), unit)]
    for i, bar in enumerate(bars):
        drawn.append(_bar(bar, TOP + ROW * i, scale, is_best=i == 0))
    chart = el(
        "svg",
        el("title", title),
        *drawn,
        class_="cost-bars",
        role="img",
        aria_label=title,
        viewbox=f"0 0 {WIDTH:g} {height:g}",
    )
    names = [p for p in bars[0].parts if any(abs(b.parts[p]) >= 0.05 for b in bars)]
    tones = {p: i for i, p in enumerate(bars[0].parts)}
    key = [el("li", _swatch(tones[p]), f" {p}") for p in names]
    return join([chart, el("ul", *key, class_="key")])


def _swatch(tone: int) -> Html:
    box = el("rect", class_=f"part-{tone}", width="12", height="12")
    return el("svg", box, width="12", height="12", aria_hidden="true")


def _axis(marks: Sequence[float], scale: float, bottom: float, unit: str) -> Html:
    lines = []
    for value in marks:
        x = NAMES + value * scale
        lines.append(el("path", class_="grid", d=f"M{x:.1f} {TOP:g}V{bottom:.1f}"))
        spot = {"x": f"{x:.1f}", "y": f"{bottom + 16:.1f}", "text_anchor": "middle"}
        lines.append(el("text", f"{value:,.0f}", class_="tick", **spot))
    spot = {"x": f"{WIDTH - RIGHT:.1f}", "y": f"{bottom + 34:.1f}", "text_anchor": "end"}
    lines.append(el("text", unit, class_="axis", **spot))
    return el("g", *lines)


def _bar(bar: CostBar, top: float, scale: float, *, is_best: bool) -> Html:
    middle = top + BAR / 2 + 9
    weight = "700" if is_best else "400"
    name = {"x": f"{NAMES - 10:g}", "y": f"{middle:.1f}", "text_anchor": "end"}
    parts: list[Html] = [
        el("text", bar.name, class_="bar-name", font_size="14", font_weight=weight, **name)
    ]
    x = NAMES
    owed = min(0.0, *bar.parts.values())
    for i, (part, amount) in enumerate(bar.parts.items()):
        shown = max(amount, 0.0)
        taken = min(shown, -owed)
        shown, owed = shown - taken, owed + taken
        wide = shown * scale
        if wide >= 0.2:
            box = {"x": f"{x:.1f}", "y": f"{top + 5:.1f}"}
            size = {"width": f"{max(wide - 0.8, 0.2):.1f}", "height": f"{BAR:g}"}
            said = el("title", f"{bar.name}, {part}: {amount:,.1f}")
            parts.append(el("rect", said, class_=f"part-{i}", **box, **size))
        x += wide
    total = {"x": f"{x + 7:.1f}", "y": f"{middle:.1f}"}
    text = f"{bar.total:,.0f}"
    parts.append(el("text", text, class_="bar-total", font_size="14", font_weight=weight, **total))
    return el("g", *parts)
