"""Stochastic user equilibrium with path-size logit and hard capacities; its deterministic limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from karwan.assignment.capacity_cut import capacity_cut
from karwan.assignment.columns import Columns
from karwan.assignment.deterministic import Cheapest
from karwan.assignment.places import Places
from karwan.assignment.pool import ColumnPool
from karwan.errors import InputError
from karwan.kernels.logit import load_logit

__all__ = ["Choice", "Equilibrium", "expected_costs", "solve"]

Floats = NDArray[np.float64]
TOLERANCE = 1e-11
"""Newton stops when flows repeat to this share of all flow."""
MOST_STEPS, MOST_ROUNDS = 60, 60
MOST_PRICE = 1e7
"""USD per TEU beyond which a capacity cannot be kept."""
FIRST_PENALTY, GROWTH, SLOW = 2e3, 4.0, 0.2
"""Penalty of a flow twice the capacity [USD/TEU]; it grows unless the excess shrinks so much."""
EXCESS = 1e-9
"""Excess over a hard capacity that counts as none, as a share of it."""
SHORTEST = 1e-6
"""Shortest share of a Newton step."""
NOT_KEPT = "hard capacities are not kept within the rounds of the method; make one of them soft"


@dataclass(frozen=True)
class Choice:
    """How demand chooses.

    Attributes
    ----------
    scale : float
        Choice scale: the utility of a cost as high as the least of the pair. At 10, a way that
        costs 10 % more than another has 1 / e of its odds.
    scales : mapping of str to float
        Scales of single commodities.
    path_size : float
        Weight of the log of path size.
    elasticity : float
        Elasticity of demand to expected cost, 0 if demand is fixed.
    constants : mapping of (str, str) to float
        What belonging to a corridor, or passing a gateway, adds to utility, by
        ``("corridor", corridor_id)`` and ``("gateway", node_id)``: what the network does not
        hold.
    reference : float64[n_pairs], optional
        Expected costs at which demand is as given [USD]; without them those of this solution's
        free flow.
    deterministic : bool
        Whether everybody takes a cheapest way. Path sizes do not count then, and constants do as
        the money they are worth at the scale.
    """

    scale: float = 10.0
    scales: Mapping[str, float] = field(default_factory=dict)
    path_size: float = 1.0
    elasticity: float = 0.0
    constants: Mapping[tuple[str, str], float] = field(default_factory=dict)
    reference: Floats | None = None
    deterministic: bool = False

    def __post_init__(self) -> None:
        """Name every parameter that makes no sense."""
        problems = [
            f"scale of {name} is {value:g}; it must be above 0 and finite"
            for name, value in (("all commodities", self.scale), *self.scales.items())
            if not (np.isfinite(value) and value > 0)
        ]
        if not 0 <= self.elasticity < np.inf:
            problems.append(f"elasticity is {self.elasticity:g}; it must be at least 0 and finite")
        if not 0 <= self.path_size < np.inf:
            problems.append(f"path_size is {self.path_size:g}; it must be at least 0 and finite")
        if self.deterministic and self.elasticity > 0:
            problems.append(
                f"elasticity is {self.elasticity:g} and the choice deterministic; demand answers "
                "to logsums only: set one of them to 0"
            )
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """Flows that repeat themselves: choices at the costs that they make.

    Attributes
    ----------
    share : float64[n_columns]
        Share of each column in its pair.
    flow : float64[n_columns]
        Consignments a year.
    demand, expected : float64[n_pairs]
        Consignments a year, and expected cost of one [USD]: the logsum, or the least cost of a
        deterministic choice.
    through : float64[n_places]
        Container equivalents at each place, other traffic included [TEU/year].
    delay : float64[n_places]
        Time beyond the surveyed one [h].
    price : float64[n_places]
        Shadow price of each hard capacity [USD/TEU].
    residual : float
        Sum of what flows change by when choices are made once more at the costs of these flows,
        as a share of all flow. If the choice is deterministic, the relative gap: what these flows
        pay beyond the cheapest column of their pair, as a share of what they pay.
    excess : float
        Largest flow beyond a hard capacity, as a share of it.
    steps : int
        Newton steps, or how often delays were taken linear.
    """

    share: Floats
    flow: Floats
    demand: Floats
    expected: Floats
    through: Floats
    delay: Floats
    price: Floats
    residual: float
    excess: float
    steps: int


class _Loading:
    """Choices of a pool as a function of what flows through its places."""

    def __init__(self, pool: ColumnPool, columns: Columns, places: Places, choice: Choice) -> None:
        self.pool, self.places = pool, places
        self.first_column = pool.first_column
        pairs = pool.pairs
        has = np.diff(self.first_column) > 0
        least = np.ones(len(pairs))
        if has.any():
            least[has] = np.minimum.reduceat(columns.generalised, self.first_column[:-1][has])
        scale = np.array([choice.scales.get(c, choice.scale) for c in pairs["commodity"]]) / least
        self.scale = scale
        fixed = -scale[pool.pair] * columns.generalised
        if not choice.deterministic:
            fixed += choice.path_size * np.log(columns.path_size)
        self.utility = fixed + constants_of(pool, columns, choice.constants)
        self.pair = np.column_stack(
            (
                pairs["consignments"].to_numpy(),
                pairs["consignment_teu"].to_numpy(),
                pairs["value_of_time_usd_per_h"].to_numpy(),
                scale,
                np.full(len(pairs), choice.elasticity) * has,
                least,
            )
        )
        nothing = np.zeros((places.n, 2))
        free = self.load(nothing)
        start = free[3] if choice.reference is None else choice.reference
        self.pair[has, 5] = start[has]

    def cheapest(self) -> Cheapest:
        """Return the deterministic choice between the same columns."""
        return Cheapest(self.pool, self.places, -self.utility / self.scale[self.pool.pair])

    def load(
        self, extra: Floats, slope: Floats | None = None
    ) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Return flow at places, its slope, demand, expected costs and shares."""
        share = np.zeros(self.pool.n_columns)
        some = np.zeros_like(extra) if slope is None else slope
        return *load_logit(
            self.first_column, self.pair, self.utility, slope is not None, self.places.first,
            self.places.place, extra, some, share, self.places.n,
        ), share  # fmt: skip


def constants_of(
    pool: ColumnPool, columns: Columns, constants: Mapping[tuple[str, str], float]
) -> Floats:
    """Return what constants add to the utility of each column."""
    network = pool.network
    corridors = network.table("corridors")["corridor_id"].to_list()
    nodes = network.table("nodes")["node_id"].to_list()
    added = np.zeros(pool.n_columns)
    problems = []
    for (kind, name), value in constants.items():
        if kind == "corridor" and name in corridors:
            added[columns.corridors[:, corridors.index(name)]] += value
        elif kind == "gateway" and name in nodes:
            added[columns.gateway == nodes.index(name)] += value
        else:
            problems.append(f"choice constant of {kind} {name!r}: the network has no such {kind}")
    if problems:
        raise InputError(problems)
    return added


def solve(
    pool: ColumnPool,
    columns: Columns,
    places: Places,
    choice: Choice,
    start: Equilibrium | None = None,
) -> Equilibrium:
    """Find the user equilibrium of a pool.

    Time at a place answers to what flows through it, so that its equilibrium solves
    ``v = V(delay(v), price(v))`` with as many unknowns as places; Newton's method finds it, the
    slope of the logit loading being exact. Hard capacities are kept by augmented Lagrangian:
    ``price = max(0, multiplier + penalty (v - capacity))``, multipliers updated to the prices
    until capacities hold; they are the shadow prices (Bell 1995 for logit with capacities,
    Hestenes 1969 for the method). A deterministic choice shifts flow between columns instead, on
    the same delays, capacities and prices.

    Parameters
    ----------
    pool : ColumnPool
        Columns of every pair.
    columns : Columns
        What they cost.
    places : Places
        What they pass.
    choice : Choice
        How demand chooses.
    start : Equilibrium, optional
        Where to begin; flows and prices of a similar problem.

    Returns
    -------
    Equilibrium
        Flows and their measured residual.

    Raises
    ------
    InputError
        Hard capacities that no choice of columns keeps; the message names the cut.
    """
    loading = _Loading(pool, columns, places, choice)
    cheapest = loading.cheapest() if choice.deterministic else None
    relax = cheapest.relax if cheapest else partial(_newton, loading, places)
    capacity, hard = places.capacity, places.is_hard
    through = places.other.copy() if start is None else start.through.copy()
    multiplier = np.zeros(places.n) if start is None else np.where(hard, start.price, 0.0)
    penalty = np.where(hard, FIRST_PENALTY / capacity, 0.0)
    steps, before = 0, np.inf
    for _ in range(MOST_ROUNDS):
        through, done = relax(through, multiplier, penalty)
        steps += done
        excess = np.where(hard, through - capacity, -np.inf)
        price = np.where(hard, np.maximum(multiplier + penalty * (through - capacity), 0.0), 0.0)
        gap = np.where(price > 0, np.abs(excess), np.maximum(excess, 0.0)) / capacity
        worst = float(gap.max(initial=0.0))
        multiplier = price
        if worst <= EXCESS or not hard.any():
            break
        if price.max(initial=0.0) > MOST_PRICE:
            raise InputError(capacity_cut(pool, places) or NOT_KEPT)
        if worst > SLOW * before:
            penalty = penalty * GROWTH
        before = worst
    if cheapest:
        return _measured_cheapest(loading, cheapest, multiplier, steps)
    return _measured(loading, places, through, multiplier, steps)


def _extra(
    places: Places, through: Floats, multiplier: Floats, penalty: Floats
) -> tuple[Floats, Floats]:
    """Return delays and prices at flows, and their slopes."""
    delay, rise = places.delay(through)
    price = multiplier + penalty * (through - places.capacity)
    priced = (price > 0) & places.is_hard
    return (
        np.column_stack((delay, np.where(priced, price, 0.0))),
        np.column_stack((rise, np.where(priced, penalty, 0.0))),
    )


def _newton(
    loading: _Loading, places: Places, through: Floats, multiplier: Floats, penalty: Floats
) -> tuple[Floats, int]:
    """Solve ``v = other + V(v)`` at fixed multipliers; return flows and steps."""
    total = float((loading.pair[:, 0] * loading.pair[:, 1]).sum()) or 1.0
    other, eye = places.other, np.eye(places.n)
    for step in range(MOST_STEPS):
        extra, slope = _extra(places, through, multiplier, penalty)
        flow, jacobian, *_ = loading.load(extra, slope)
        rest = other + flow - through
        size = float(np.abs(rest).sum())
        if size <= TOLERANCE * total:
            return through, step
        move = np.linalg.solve(eye - jacobian, rest)
        length = 1.0
        while length > SHORTEST:
            tried = np.maximum(through + length * move, other)
            new = loading.load(_extra(places, tried, multiplier, penalty)[0])[0]
            if float(np.abs(other + new - tried).sum()) <= (1 - 1e-4 * length) * size:
                break
            length /= 2
        through = tried
        if length <= SHORTEST:
            return through, step
    return through, MOST_STEPS


def _measured(
    loading: _Loading, places: Places, through: Floats, price: Floats, steps: int
) -> Equilibrium:
    """Make the flows and measure how well they repeat themselves."""
    delay, _ = places.delay(through)
    _, _, demand, expected, share = loading.load(np.column_stack((delay, price)))
    flow = demand[loading.pool.pair] * share
    teu = loading.pair[loading.pool.pair, 1]
    made = places.other + _at_places(places, flow * teu)
    again_delay, _ = places.delay(made)
    _, _, again_demand, _, again = loading.load(np.column_stack((again_delay, price)))
    changed = np.abs(again_demand[loading.pool.pair] * again - flow)
    all_flow = float((flow * teu).sum())
    residual = float((changed * teu).sum()) / all_flow if all_flow > 0 else 0.0
    return Equilibrium(
        share, flow, demand, expected, made, again_delay, price, residual,
        _excess(places, made), steps,
    )  # fmt: skip


def _measured_cheapest(
    loading: _Loading, cheapest: Cheapest, price: Floats, steps: int
) -> Equilibrium:
    """Measure what the flows of a deterministic choice pay beyond the least."""
    places, demand = loading.places, loading.pair[:, 0].copy()
    made = cheapest.through(cheapest.share)
    delay, _ = places.delay(made)
    _, least = cheapest.costs(delay, price)
    return Equilibrium(
        cheapest.share, demand[loading.pool.pair] * cheapest.share, demand, least, made, delay,
        price, cheapest.gap(cheapest.share, delay, price), _excess(places, made), steps,
    )  # fmt: skip


def _excess(places: Places, through: Floats) -> float:
    """Return the largest flow beyond a hard capacity, as a share of it."""
    excess = np.where(places.is_hard, through / places.capacity - 1, 0.0)
    return float(np.maximum(excess, 0.0).max(initial=0.0))


def _at_places(places: Places, teu: Floats) -> Floats:
    """Sum the flow of columns at the places they pass."""
    flow = np.zeros(places.n)
    np.add.at(flow, places.place, np.repeat(teu, np.diff(places.first)))
    return flow


def expected_costs(
    pool: ColumnPool, columns: Columns, places: Places, choice: Choice, found: Equilibrium
) -> Floats:
    """Return expected costs at the delays and prices of an equilibrium, demand fixed [USD]."""
    loading = _Loading(pool, columns, places, replace(choice, elasticity=0.0))
    if choice.deterministic:
        return loading.cheapest().costs(found.delay, found.price)[1]
    return loading.load(np.column_stack((found.delay, found.price)))[3]
