"""Charts of a venture: cash by year, tornado, cumulative distribution of draws."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.appraisal.account import Account
from karwan.appraisal.risk import Risk
from karwan.briefs.axes import Axis, Panel, ticks
from karwan.briefs.markup import Html, el

__all__ = ["cash_chart", "distribution_chart", "tornado_chart"]

Floats = NDArray[np.float64]
WIDTH, LEFT = 860.0, 70.0
MILLION = 1e6


def cash_chart(account: Account) -> Html:
    """Draw flows of the project by year as bars, and their sum so far as a line [M USD]."""
    flows = account.project / MILLION
    total = np.cumsum(flows)
    years = account.years
    low, high = min(flows.min(), total.min(), 0.0), max(flows.max(), total.max(), 1.0)
    up = Axis(tuple(ticks(high, bottom=low)), "million USD a year, and sum so far (line)")
    across = Axis(tuple(float(t) for t in _years(years)), "year")
    panel = Panel(LEFT, 30, WIDTH - LEFT - 20, 260, across, up)
    wide = 0.7 * panel.width / (across.ticks[-1] - across.ticks[0])
    nil = panel.spot(years[0], 0)[1]
    bars = []
    for year, flow in zip(years, flows, strict=True):
        x, y = panel.spot(year, flow)
        box = {"x": f"{x - wide / 2:.1f}", "width": f"{wide:.1f}"}
        box |= {"y": f"{min(y, nil):.1f}", "height": f"{abs(y - nil):.1f}"}
        said = el("title", f"{year}: {flow:,.1f} million USD")
        bars.append(el("g", said, el("rect", class_="gain" if flow >= 0 else "loss", **box)))
    line = _line(panel, np.array(years, np.float64), total)
    base = el("path", class_="base", d=f"M{LEFT:.1f} {nil:.1f}H{WIDTH - 20:.1f}")
    title = "Flows of the project by year"
    return _svg(title, 340, panel.grid(with_across=False), *_labels(panel), *bars, base, line)


def tornado_chart(table: pl.DataFrame, npv: float) -> Html:
    """Draw the value of the project at both ends of each lever [M USD]."""
    rows = table.head(12)
    ends = rows.select("npv_at_low_usd", "npv_at_high_usd").to_numpy() / MILLION
    middle = npv / MILLION
    low, high = min(ends.min(), middle), max(ends.max(), middle)
    across = Axis(tuple(ticks(high, bottom=low)), "NPV of the project, million USD")
    height = 26.0 * len(rows)
    panel = Panel(150, 20, WIDTH - 170, height, across, Axis((0.0, 1.0), ""))
    parts = []
    for k, row in enumerate(rows.iter_rows(named=True)):
        y = 24 + 26 * k
        for name, end in (("low", ends[k, 0]), ("high", ends[k, 1])):
            a, b = sorted((panel.spot(middle, 0)[0], panel.spot(end, 0)[0]))
            box = {"x": f"{a:.1f}", "width": f"{b - a:.1f}", "y": str(y), "height": "18"}
            said = el("title", f"{row['lever']} at {row[name]:.4g}: {end:,.1f} million USD")
            look = "loss" if end < middle else "gain"
            parts.append(el("g", said, el("rect", class_=look, **box)))
        parts.append(el("text", row["lever"], class_="tick end", x="142", y=str(y + 13)))
    at = panel.spot(middle, 0)[0]
    parts.append(el("path", class_="base", d=f"M{at:.1f} 20V{20 + height:.1f}"))
    grid = [
        el("g",
           el("path", class_="grid", d=f"M{panel.spot(v, 0)[0]:.1f} 20V{20 + height:.1f}"),
           el("text", f"{v:,.0f}", class_="tick mid", x=f"{panel.spot(v, 0)[0]:.1f}",
              y=f"{height + 38:.1f}"))
        for v in across.ticks
    ]  # fmt: skip
    title = el(
        "text", across.title, class_="axis end", x=f"{WIDTH - 20:.1f}", y=f"{height + 56:.1f}"
    )
    return _svg("Tornado", height + 66, *grid, *parts, title)


def distribution_chart(risk: Risk) -> Html:
    """Draw which share of draws lies below each value of project and owners [M USD]."""
    share = np.linspace(0.005, 0.995, 199)
    curves = {
        "project": np.quantile(risk.column("project_npv"), share) / MILLION,
        "owners": np.quantile(risk.column("equity_npv"), share) / MILLION,
    }
    low = min(float(c.min()) for c in curves.values())
    high = max(float(c.max()) for c in curves.values())
    across = Axis(tuple(ticks(max(high, 0), bottom=min(low, 0))), "NPV, million USD")
    up = Axis((0.0, 20.0, 40.0, 60.0, 80.0, 100.0), "% of draws below")
    panel = Panel(LEFT, 30, WIDTH - LEFT - 20, 260, across, up)
    lines = [_line(panel, v, 100 * share, f"curve-{k}") for k, v in enumerate(curves.values())]
    nil = panel.spot(0, 0)[0]
    base = el("path", class_="base", d=f"M{nil:.1f} 30V290")
    title = "Cumulative distribution of draws"
    said = f"{title}: project (line) and owners (dashed)"
    return _svg(title, 340, panel.grid(), base, *lines, caption=said)


def _years(years: list[int]) -> range:
    step = 5 if len(years) > 12 else 1
    first = years[0] - years[0] % step
    return range(first, years[-1] + step + 1, step)


def _labels(panel: Panel) -> list[Html]:
    """Write years below a panel, without a mark between thousands."""
    bottom = f"{panel.top + panel.height + 17:.1f}"
    return [
        el("text", f"{y:.0f}", class_="tick mid", x=f"{panel.spot(y, 0)[0]:.1f}", y=bottom)
        for y in panel.across.ticks
    ]


def _line(panel: Panel, across: Floats, up: Floats, kind: str = "curve-0") -> Html:
    spots = (panel.spot(float(x), float(y)) for x, y in zip(across, up, strict=True))
    path = " ".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(spots))
    return el("path", class_=f"curve {kind}", d=path)


def _svg(title: str, height: float, *parts: Html, caption: str = "") -> Html:
    return el(
        "figure",
        el("figcaption", caption or title),
        el("svg", *parts, class_="venture", role="img", aria_label=title,
           viewbox=f"0 0 {WIDTH:g} {height:g}"),
    )  # fmt: skip
