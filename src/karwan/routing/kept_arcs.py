"""Arcs that are put together once and added to the supernetworks of all dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from karwan.routing.arcs import Carriage
from karwan.routing.build import SupernetworkBuild
from karwan.routing.calendar import Target
from karwan.routing.costs import Moment

__all__ = ["KeptArc", "Parts", "add_kept"]


@dataclass
class Parts:
    """Costs, times, grades and rows of one arc while they are put together."""

    usd: dict[str, float]
    hours: dict[str, float]
    variance: dict[str, float]
    cost_grade: dict[str, int]
    time_grade: dict[str, int]
    rows: dict[str, int]

    def copied(self) -> Parts:
        """Return parts that can be changed on their own."""
        return Parts(*(dict(part) for part in vars(self).values()))

    def add_border(self, time: Moment, charge: float, grade: int) -> None:
        """Add both sides of a border crossing."""
        self.usd["border"], self.cost_grade["border"] = charge, grade
        self.hours["border"], self.time_grade["border"] = time.mean_h, time.grade
        self.variance["border"] = time.variance_h2

    def add_delay(self, time: Moment, part: str, charge: float, closure: int) -> None:
        """Add what a hampered place costs, if it is hampered."""
        if closure < 0:
            return
        self.usd[part] = self.usd.get(part, 0.0) + charge
        self.hours["waiting"] = self.hours.get("waiting", 0.0) + time.mean_h
        self.time_grade["waiting"] = max(self.time_grade.get("waiting", 0), time.grade)
        self.variance["waiting"] = self.variance.get("waiting", 0.0) + time.variance_h2
        self.rows["closures"] = closure


@dataclass(frozen=True)
class KeptArc:
    """What no date changes about an arc.

    Attributes
    ----------
    tail, head : (int, Carriage)
        Node and carriage of the states it joins.
    gates : tuple of (str, str)
        What may open, shut or ease on the way.
    hampered_by : tuple of (str, str)
        What may be hampered for the whole horizon.
    charged : str
        Part of the cost that surcharges of hampered things belong to.
    form : str
        Cargo form that they count for.
    fixed : dict
        Columns without parts.
    parts : Parts
        Costs and times when nothing is hampered.
    """

    tail: tuple[int, Carriage]
    head: tuple[int, Carriage]
    gates: tuple[Target, ...]
    hampered_by: tuple[Target, ...]
    charged: str
    form: str
    fixed: dict[str, Any]
    parts: Parts


def add_kept(build: SupernetworkBuild, arc: KeptArc, operator: int = 0) -> None:
    """Add an arc as it is on the date.

    Parameters
    ----------
    build : SupernetworkBuild
        States and gates so far; new ones are added to it.
    arc : KeptArc
        Arc.
    operator : int
        Number of who operates it in this supernetwork, 0 if nobody in particular.
    """
    parts = arc.parts
    delay, surcharge, closure = build.hampering(*arc.hampered_by)
    if closure >= 0:
        parts = parts.copied()
        parts.add_delay(delay, arc.charged, surcharge * build.books.teu(arc.form), closure)
    build.arcs.add(
        tail=build.state_of(*arc.tail),
        head=build.state_of(*arc.head),
        gate=build.gate_of(*arc.gates),
        operates=operator,
        **arc.fixed,
        **vars(parts),
    )
