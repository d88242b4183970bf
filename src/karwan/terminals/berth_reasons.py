"""Say what stands in the way of vessels that cannot be served."""

from __future__ import annotations

import numpy as np

from karwan.terminals.berth_exact import Bounded
from karwan.terminals.berth_problem import BerthProblem
from karwan.terminals.berth_stays import NEVER, Stays
from karwan.terminals.tides import has_water

__all__ = ["left_out", "no_stay"]


def no_stay(problem: BerthProblem, stays: Stays, vessel: int) -> str:
    """Say why a vessel has no stay at all, berth by berth.

    Parameters
    ----------
    problem : BerthProblem
        Problem.
    stays : Stays
        Its stays.
    vessel : int
        Index of the vessel in them.

    Returns
    -------
    str
        One sentence.
    """
    name = stays.vessels[vessel]
    row = problem.vessels.filter(problem.vessels["vessel"] == name).row(0, named=True)
    keel = problem.settings["under_keel_m"]
    begin = max(row["arrival_h"], problem.settings["now_h"] or 0.0)
    hours = np.arange(stays.n_slots + 1.0) * problem.step_h + stays.first_slot * problem.step_h
    wet = has_water(problem, row["draught_m"], hours)
    water = wet & (hours >= begin)
    if not water.any():
        return f"{name!r} finds no tide deep enough for its {row['draught_m']:g} m after it arrives"
    work = stays.work[:, vessel]
    first, last = np.flatnonzero(water)[[0, -1]]
    if not wet.all() and (work != NEVER).any() and last < first + work[work != NEVER].min():
        return (
            f"{name!r} finds no tide to leave at: the last one deep enough for its "
            f"{row['draught_m']:g} m ends at hour {hours[last]:g}, before its work can be done"
        )
    reasons = []
    for b, berth in enumerate(problem.berths.iter_rows(named=True)):
        if row["length_m"] > berth["length_m"] + 1e-9:
            why = f"is too short ({berth['length_m']:g} m)"
        elif row["draught_m"] + keel > berth["depth_m"] + 1e-9:
            why = f"is too shallow ({berth['depth_m']:g} m)"
        elif stays.work[b, vessel] == NEVER:
            why = "has no handling time for it"
        else:
            end = row["leave_by_h"] or problem.settings["horizon_h"] or hours[-1]
            need = stays.work[b, vessel] * problem.step_h
            why = f"has no free {need:g} h between hour {begin:g} and {end:g}"
        reasons.append(f"{berth['berth']} {why}")
    return f"{name!r} can be served nowhere: {', '.join(reasons)}"


def left_out(problem: BerthProblem, stays: Stays, known: Bounded) -> list[str]:
    """Say which vessels found no room together, and whether that is proven.

    Parameters
    ----------
    problem : BerthProblem
        Problem.
    stays : Stays
        Its stays.
    known : Bounded
        The best plan found, which misses some.

    Returns
    -------
    list of str
        Sentences.
    """
    missed = [stays.vessels[v] for v in np.flatnonzero(known.chosen[:, 0] == NEVER)]
    names = ", ".join(repr(m) for m in missed)
    proven = known.lower >= stays.ceiling - 1e-6
    first = (
        f"no plan serves all vessels within the hours given; {names} found no room"
        if proven
        else f"no plan was found that serves all vessels; {names} found no room in the best one"
    )
    said = [first]
    for name in missed:
        v = stays.vessels.index(name)
        may = [b for i, b in enumerate(stays.berths) if (stays.finish[i, :, v] != NEVER).any()]
        others = [
            stays.vessels[w]
            for w in range(len(stays.vessels))
            if known.chosen[w, 0] != NEVER and stays.berths[known.chosen[w, 0]] in may
        ]
        shown = ", ".join(others[:6]) + (" and others" if len(others) > 6 else "")
        said.append(f"{name!r} may berth at {', '.join(may)}, taken by {shown}")
    if problem.settings["horizon_h"] is not None:
        said.append(f"horizon_h is {problem.settings['horizon_h']:g} h; a later one may help")
    return said
