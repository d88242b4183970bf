"""Hours across a Gantt chart."""

from __future__ import annotations

from dataclasses import dataclass

from karwan.briefs.markup import Html, el, join
from karwan.terminals.berth_problem import BerthProblem

__all__ = ["HEAD", "LEFT", "WIDTH", "GanttScale"]

WIDTH, LEFT, RIGHT, HEAD = 1180.0, 178.0, 16.0, 44.0
STEPS_H = (1, 2, 3, 6, 12, 24, 48, 168, 336)
NARROWEST = 30.0
"""Room between two ticks [units]."""


@dataclass(frozen=True)
class GanttScale:
    """From hours to units of the drawing.

    Attributes
    ----------
    begin_h, end_h : float
        Hours at the left and right edge.
    problem : BerthProblem
        Problem, for its clock.
    """

    begin_h: float
    end_h: float
    problem: BerthProblem

    @property
    def width(self) -> float:
        """Width of the field [units]."""
        return WIDTH - LEFT - RIGHT

    def x(self, hours: float) -> float:
        """Return where an hour lies [units]."""
        return LEFT + (hours - self.begin_h) / (self.end_h - self.begin_h) * self.width

    def when(self, hours: float) -> str:
        """Write an hour as people read it."""
        clock = self.problem.clock(hours)
        return f"hour {hours:g}" if clock is None else f"{clock.day} {clock:%b %H:%M}"

    def axis(self, bottom: float) -> Html:
        """Draw a line for each tick, with its hour, and days above if the problem has a start."""
        per_h = self.width / (self.end_h - self.begin_h)
        step = next((s for s in STEPS_H if s * per_h >= NARROWEST), STEPS_H[-1])
        clock = self.problem.clock(self.begin_h)
        shift = 0.0 if clock is None else clock.hour + clock.minute / 60
        parts, hour = [], self.begin_h + (-(self.begin_h if clock is None else shift)) % step
        while hour <= self.end_h + 1e-9:
            x, moment = self.x(hour), self.problem.clock(hour)
            is_day = hour % 24 == 0 if moment is None else moment.hour == 0
            look = "grid midnight" if is_day else "grid"
            parts.append(el("path", class_=look, d=f"M{x:.1f} {HEAD:.1f}V{bottom:.1f}"))
            text = f"{hour:g}" if moment is None else f"{moment:%H}h"
            spot = {"x": f"{x:.1f}", "y": f"{HEAD - 8:.1f}"}
            parts.append(el("text", text, class_="small mid", **spot))
            if moment is not None and is_day and x < WIDTH - 60:
                day = f"{moment:%a} {moment.day} {moment:%b}"
                parts.append(el("text", day, x=f"{x - 8:.1f}", y=f"{HEAD - 25:.1f}"))
            hour += step
        if clock is None:
            parts.append(el("text", "Hours", x=f"{LEFT:g}", y=f"{HEAD - 25:.1f}"))
        return join(parts)
