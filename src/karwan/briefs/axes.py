"""Axes of a drawing: round ticks, grid and titles."""

from __future__ import annotations

import math
from dataclasses import dataclass

from karwan.briefs.markup import Html, el

__all__ = ["Axis", "Panel", "ticks"]


def ticks(top: float, about: int = 5, bottom: float = 0.0) -> list[float]:
    """Return round values from at or below `bottom` to at or above `top`.

    Parameters
    ----------
    top, bottom : float
        Range to cover; top above bottom.
    about : int
        How many steps are wanted.

    Returns
    -------
    list of float
        Multiples of 1, 2, 2.5 or 5 times a power of ten.
    """
    rough = max(top - bottom, 1e-9) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * 0.999)
    first, last = math.floor(bottom / step), math.ceil(top / step - 1e-9)
    return [step * i for i in range(first, last + 1)]


@dataclass(frozen=True)
class Axis:
    """Values along one side of a panel.

    Attributes
    ----------
    ticks : tuple of float
        Values marked; the first and last are the ends of the axis.
    title : str
        What it measures, with its unit.
    """

    ticks: tuple[float, ...]
    title: str

    def at(self, value: float) -> float:
        """Return where a value lies: 0 at the start of the axis, 1 at its end."""
        return (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])


@dataclass(frozen=True)
class Panel:
    """A rectangle of a drawing with two axes [units]."""

    left: float
    top: float
    width: float
    height: float
    across: Axis
    up: Axis

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a pair of values in the drawing [units]."""
        return (
            self.left + self.across.at(x) * self.width,
            self.top + (1 - self.up.at(y)) * self.height,
        )

    def grid(self, *, with_across: bool = True) -> Html:
        """Draw grid, values and titles; `with_across` also writes below the panel."""
        right, bottom = self.left + self.width, self.top + self.height
        parts = []
        for value in self.up.ticks:
            y = self.spot(self.across.ticks[0], value)[1]
            parts.append(el("path", class_="grid", d=f"M{self.left:.1f} {y:.1f}H{right:.1f}"))
            text = {"x": f"{self.left - 7:.1f}", "y": f"{y + 4:.1f}"}
            parts.append(el("text", _short(value), class_="tick end", **text))
        for value in self.across.ticks:
            x = self.spot(value, self.up.ticks[0])[0]
            parts.append(el("path", class_="grid", d=f"M{x:.1f} {self.top:.1f}V{bottom:.1f}"))
            if with_across:
                text = {"x": f"{x:.1f}", "y": f"{bottom + 17:.1f}"}
                parts.append(el("text", _short(value), class_="tick mid", **text))
        title = {"x": "4", "y": f"{self.top - 10:.1f}"}
        parts.append(el("text", self.up.title, class_="axis", **title))
        if with_across:
            title = {"x": f"{right:.1f}", "y": f"{bottom + 36:.1f}"}
            parts.append(el("text", self.across.title, class_="axis end", **title))
        return el("g", *parts)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
