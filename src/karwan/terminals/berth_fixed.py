"""Vessels that stay as planned: what they take, to the minute."""

from __future__ import annotations

from dataclasses import dataclass

from karwan.terminals.berth_problem import BerthProblem
from karwan.terminals.tides import next_water_h

__all__ = ["FixedStay", "fixed_stays", "work_h"]


@dataclass(frozen=True)
class FixedStay:
    """A stay that is given.

    Attributes
    ----------
    vessel, berth : str
        Vessel; its berth, or the stretch its bow lies at.
    from_m, to_m : float
        Place along the quay [m]; 0 with kind berths.
    start_h, end_h : float
        From berthing to departure [h].
    done_h : float
        When the work is done [h]; a tide may be waited for after that.
    cranes : int
        Cranes; 0 with kind berths.
    weight, arrival_h : float
        As in the table.
    """

    vessel: str
    berth: str
    from_m: float
    to_m: float
    start_h: float
    done_h: float
    end_h: float
    cranes: int
    weight: float
    arrival_h: float

    def meets(self, other: FixedStay) -> bool:
        """Say whether two stays overlap in place and time."""
        if min(self.end_h, other.end_h) <= max(self.start_h, other.start_h) + 1e-9:
            return False
        if self.to_m > self.from_m:
            return min(self.to_m, other.to_m) > max(self.from_m, other.from_m) + 1e-9
        return self.berth == other.berth

    @property
    def cost(self) -> float:
        """What the stay costs in the objective [vessel h]."""
        return self.weight * (self.end_h - self.arrival_h)


def work_h(crane_h: float, cranes: int, interference: float) -> float:
    """Return the hours that cranes need: work over their number to the power of interference.

    The law of Meisel and Bierwirth (2009).
    """
    return float(crane_h / cranes**interference)


def fixed_stays(problem: BerthProblem) -> list[FixedStay]:
    """Return what fixed vessels take; those whose plan is not complete are left out.

    Parameters
    ----------
    problem : BerthProblem
        Problem.

    Returns
    -------
    list of FixedStay
        Stays by name of vessel.
    """
    handling, found = problem.handling_h(), []
    for row in problem.vessels.filter("fixed").iter_rows(named=True):
        start, place, cranes = row["planned_start_h"], row["planned_from_m"], row["planned_cranes"]
        if problem.is_quay:
            if None in {start, place, cranes, row["crane_h"]}:
                continue
            hours = work_h(row["crane_h"], cranes, problem.settings["interference"])
            berth, ends = _stretch(problem, place), (place, place + row["length_m"])
        else:
            berth, ends, cranes = row["planned_berth"], (0.0, 0.0), 0
            if start is None or (row["vessel"], berth) not in handling:
                continue
            hours = handling[row["vessel"], berth]
        done = start + hours
        leaves = next_water_h(problem, row["draught_m"], done)
        end = done if leaves is None else leaves
        stay = (berth, *ends, start, done, end, cranes, row["weight"], row["arrival_h"])
        found.append(FixedStay(row["vessel"], *stay))
    return found


def _stretch(problem: BerthProblem, place_m: float) -> str:
    rows = problem.berths.filter(problem.berths["from_m"] <= place_m + 1e-9).sort("from_m")
    return str(rows["berth"][-1]) if rows.height else ""
