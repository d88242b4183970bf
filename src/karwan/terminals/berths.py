"""Plan berths: which vessel when and where, with a proven bound on what a better plan costs.

Discrete berths: simulated annealing finds a plan, Lagrangian relaxation bounds it, dives along the
prices of the relaxation find better ones, stays whose reduced cost shows that no better plan holds
them are struck out, and HiGHS solves what is left.
A continuous quay with cranes: constraint programming, `karwan.terminals.quay`.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karwan.errors import InputError
from karwan.terminals.berth_dives import dive_for_plans, open_sea
from karwan.terminals.berth_exact import Bounded, bounded, prove
from karwan.terminals.berth_milp import MilpProcess
from karwan.terminals.berth_plan import BerthPlan, plan_rows
from karwan.terminals.berth_polish import AT_ONCE, polish
from karwan.terminals.berth_prices import exact_prices
from karwan.terminals.berth_problem import BerthProblem
from karwan.terminals.berth_reasons import left_out, no_stay
from karwan.terminals.berth_search import Chosen, anneal
from karwan.terminals.berth_stays import MOST_STAYS, NEVER, Stays, build_stays

__all__ = ["plan_berths"]

SEARCH_SHARE, BOUND_SHARE, PRICE_SHARE, DIVE_SHARE, POLISH_SHARE = 0.15, 0.3, 0.7, 0.85, 0.9
"""Shares of the time by which annealing, first bound, exact prices, dives and first parts end."""
ROUGH = 1000
"""Steps of the prices for the first bound."""
SMALL_GAP = 0.004
"""Gap below which HiGHS is asked before parts are planned anew."""


def plan_berths(problem: BerthProblem, *, time_limit_s: float = 60.0, seed: int = 0) -> BerthPlan:
    """Plan when and where vessels berth.

    What is minimised is the weighted time from arrival to departure, and what leaving an old plan
    or the best place costs.

    Parameters
    ----------
    problem : BerthProblem
        Problem.
    time_limit_s : float
        Time after which the best plan found so far is returned [s].
    seed : int
        Seed of the search.

    Returns
    -------
    BerthPlan
        Plan with a certified gap.

    Raises
    ------
    InputError
        The time limit is not above 0; or vessels cannot be served, and what stands in their way.
    MissingExtra
        A continuous quay needs OR-Tools.

    Examples
    --------
    >>> from karwan.terminals.berth_read import berth_problem
    >>> berths = [{"berth": "B1", "length_m": 250, "depth_m": 12}]
    >>> ship = {"length_m": 200, "draught_m": 10, "handling_h": 20}
    >>> vessels = [{"vessel": "Indus", "arrival_h": 0, **ship},
    ...            {"vessel": "Ravi", "arrival_h": 5, **ship}]
    >>> found = {"name": "two", "kind": "berths", "berths": berths, "vessels": vessels}
    >>> plan = plan_berths(berth_problem(found))
    >>> plan.rows["start_h"].to_list(), plan.upper, plan.lower
    ([0.0, 20.0], 55.0, 55.0)
    """
    if not time_limit_s > 0:
        message = f"time_limit_s is {time_limit_s:g} s; it must be above 0"
        raise InputError(message)
    began = time.monotonic()
    if problem.is_quay:
        from karwan.terminals.quay import plan_quay  # noqa: PLC0415

        return plan_quay(problem, time_limit_s=time_limit_s, seed=seed)
    end = began + time_limit_s
    with MilpProcess() as process:
        if problem.vessels.height > AT_ONCE:
            process.start()
        stays, chosen = _first(problem, began, time_limit_s, seed)
        rough = max(began + BOUND_SHARE * time_limit_s, time.monotonic() + 0.1 * time_limit_s)
        known = bounded(stays, chosen, until=rough, rounds=ROUGH)
        known, stays = _bettered(problem, stays, known, process, seed, (began, time_limit_s))
    if (known.chosen[:, 0] == NEVER).any():
        raise InputError(left_out(problem, stays, known))
    lower = known.upper if known.is_proven(stays.unit) else known.lower
    rows = plan_rows(problem, _stays(problem, stays, known.chosen))
    is_cut = problem.settings["horizon_h"] is None and not _holds_later(stays, known)
    end = (stays.first_slot + stays.n_slots) * problem.step_h
    return BerthPlan(
        problem,
        rows,
        known.upper + stays.constant,
        lower + stays.constant,
        end if is_cut else problem.settings["horizon_h"],
        "annealing, dives, Lagrangian bound, HiGHS",
        time.monotonic() - began,
        seed,
        time_limit_s,
    )


def _first(
    problem: BerthProblem, began: float, time_limit_s: float, seed: int
) -> tuple[Stays, Chosen]:
    """Find a plan that serves all; widen the horizon as it takes, if none is given."""
    given = problem.settings["horizon_h"]
    last = _guess(problem) if given is None else problem.slot(given, up=False)
    until = began + SEARCH_SHARE * time_limit_s
    for attempt in range(8):
        stays = build_stays(problem, last)
        never = [v for v in range(len(stays.vessels)) if (stays.finish[:, :, v] == NEVER).all()]
        missed = bool(never)
        if not missed:
            chosen = anneal(stays, seed, until)
            missed = bool((chosen[:, 0] == NEVER).any())
        wider = stays.first_slot + 2 * stays.n_slots
        size = len(stays.vessels) * len(stays.berths) * 2 * stays.n_slots
        if not missed or given is not None or attempt == 7 or size > MOST_STAYS:
            break
        last = wider
        if never and last * problem.step_h > _last_hour(problem):
            break
    if never:
        raise InputError([no_stay(problem, stays, v) for v in never])
    return stays, chosen


def _guess(problem: BerthProblem) -> int:
    """Return a slot by which all have left in most plans."""
    vessels = problem.vessels
    last = float(vessels["arrival_h"].max())  # type: ignore[arg-type]
    last = max(last, problem.settings["now_h"] or 0.0, 0.0)
    hours = np.array(list(problem.handling_h().values()) or [1.0])
    share = 0.5 * vessels.height * float(hours.mean()) / problem.berths.height
    closed = problem.closures["to_h"].max() or 0.0
    opens = problem.berths["opens_h"].max() or 0.0
    begin = max(last, float(opens), 0.0)  # type: ignore[arg-type]
    rest = max(share, 2 * float(hours.max()))
    return problem.slot(max(begin, min(float(closed), begin + rest)) + float(hours.max()) + rest)  # type: ignore[arg-type]


def _last_hour(problem: BerthProblem) -> float:
    """Return an hour after which no further window opens."""
    ends = [problem.tides["to_h"].max(), problem.closures["to_h"].max(), 0.0]
    return max(float(e) for e in ends if e is not None) + 4000.0  # type: ignore[arg-type]


def _bettered(
    problem: BerthProblem,
    stays: Stays,
    known: Bounded,
    process: MilpProcess,
    seed: int,
    clock: tuple[float, float],
) -> tuple[Bounded, Stays]:
    """Better a plan and its bound until it is proven or time is over."""
    began, limit = clock
    end = began + limit
    if _is_wide(known) and len(stays.vessels) <= AT_ONCE:
        known = polish(stays, known, process, seed, began + BOUND_SHARE * limit)
    if _is_wide(known):
        known = _dived(stays, known, process, seed, clock)
    known, stays = _widened(problem, stays, known, end)
    if _is_wide(known):
        known = polish(stays, known, process, seed, began + POLISH_SHARE * limit)
    if not known.is_proven(stays.unit) and time.monotonic() < end:
        known = _finer(stays, known, end)
        known = prove(stays, known, process, end)
    return polish(stays, known, process, seed + 1, end), stays


def _is_wide(known: Bounded) -> bool:
    return known.upper - known.lower > SMALL_GAP * known.upper


def _widened(
    problem: BerthProblem, stays: Stays, known: Bounded, until: float
) -> tuple[Bounded, Stays]:
    """Widen the horizon until later stays cannot matter, if none is given and there is time."""
    for _ in range(3):
        if problem.settings["horizon_h"] is not None or _holds_later(stays, known):
            break
        if time.monotonic() > until:
            break
        most = known.upper - stays.unit - known.relaxed + known.price
        needed = int((_earliest(stays) + most / stays.slope).max()) + 2
        if len(stays.vessels) * len(stays.berths) * needed > MOST_STAYS:
            break
        stays = build_stays(problem, stays.first_slot + max(needed, stays.n_slots + 1))
        known = bounded(stays, known.chosen, known.price, until=until, rounds=ROUGH)
    return known, stays


def _dived(
    stays: Stays, known: Bounded, process: MilpProcess, seed: int, clock: tuple[float, float]
) -> Bounded:
    """Make the prices exact, and dive along them for better plans."""
    began, limit = clock
    until = began + DIVE_SHARE * limit
    if time.monotonic() > until:
        return known
    known = exact_prices(stays, known, process, began + PRICE_SHARE * limit)
    sea, half = open_sea(stays, known), (time.monotonic() + until) / 2
    known = dive_for_plans(sea, known, seed, half, whole=True)
    return dive_for_plans(sea, known, seed + 1, until, whole=False)


def _finer(stays: Stays, known: Bounded, until: float) -> Bounded:
    if known.is_exact:
        return known
    finer = bounded(stays, known.chosen, known.price, until=until)
    return max(known, finer, key=lambda k: k.relaxed)


def _earliest(stays: Stays) -> NDArray[np.int64]:
    first: NDArray[np.int64] = (stays.finish != NEVER).any(0).argmax(0).astype(np.int64)
    return first


def _holds_later(stays: Stays, known: Bounded) -> bool:
    """Say whether stays that end after the horizon cost too much to be in a better plan."""
    later = stays.slope * (stays.n_slots + 1 - _earliest(stays)) - known.price
    return bool((later > known.upper - stays.unit - known.relaxed).all() and (later >= 0).all())


def _stays(problem: BerthProblem, stays: Stays, chosen: Chosen) -> list[dict[str, Any]]:
    """Return the stays of a plan by name."""
    step, found = problem.step_h, []
    for v, (b, slot) in enumerate(chosen.tolist()):
        start = (slot + stays.first_slot) * step
        found.append(
            {
                "vessel": stays.vessels[v],
                "berth": stays.berths[b],
                "from_m": None,
                "cranes": None,
                "start_h": start,
                "done_h": start + int(stays.work[b, v]) * step,
                "departure_h": (int(stays.finish[b, slot, v]) + stays.first_slot) * step,
            }
        )
    found += [
        {
            "vessel": s.vessel,
            "berth": s.berth,
            "from_m": None,
            "cranes": None,
            "start_h": s.start_h,
            "done_h": s.done_h,
            "departure_h": s.end_h,
        }
        for s in stays.fixed
    ]
    return found
