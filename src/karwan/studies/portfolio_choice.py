"""The smallest set of ways that keeps a promise, as exact programs solved by HiGHS.

Sets
    W  ways; S  states of the world at a departure (pair of places, day, what is shut and since
    when), state s having the share q[s] of all departures.

Data
    p[s, w]  probability that way w is in time from state s; alpha, the probability promised.

Who sends a consignment sees s and takes the way of the portfolio X that is likeliest to be in time,
so that X keeps the time with probability

    P(X) = sum over s of q[s] max over w in X of p[s, w].                                   (1)

The largest of some numbers is an integral over levels u of "some way in X has p[s, w] >= u". The
ways of at least a level form a set A; few different sets occur. With m[A] the sum of q[s] times the
widths of the levels at which the ways of s are A,

    P(X) = sum over A of m[A] [X meets A],                                                  (2)

a weighted covering function. It never falls when a way is added, and the parts added shrink.

Variables
    x[w] in {0, 1}  way w is kept usable; y[A] in [0, 1]  set A is met.

Best portfolio of k ways:

    maximise  sum m[A] y[A]                                                                 (3)
    subject to  y[A] <= sum over w in A of x[w]  for every A                                (4)
                sum x[w] <= k                                                               (5)

Smallest portfolio: the least k whose best P is at least alpha; of those of this size the one whose
ways cost least by the mean generalised cost g[w]:

    minimise  sum g[w] x[w]                                                                 (6)
    subject to  (4), sum x[w] = k, sum m[A] y[A] >= alpha                                   (7)

For given x the best y is 0 or 1 by itself, so that only x need be whole. What a program returns is
reckoned again by (2): rounding of the solver decides nothing.

Cheapest use of a portfolio that keeps the promise: z[s, t] is the share of state s that takes trip
t of the ways chosen, at generalised cost c[s, t]:

    minimise  sum q[s] c[s, t] z[s, t]                                                      (8)
    subject to  sum over t of z[s, t] = 1 for every s, sum q[s] p[s, t] z[s, t] >= alpha    (9)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, hstack, identity

__all__ = [
    "Cover",
    "Use",
    "best_of_size",
    "cheapest_of_size",
    "cheapest_use",
    "cover_of",
    "not_dominated",
]

SAME = 1e-9
STEPS = 100
Floats = NDArray[np.float64]


class Cover(NamedTuple):
    """The covering function of equation (2).

    Attributes
    ----------
    member : bool[n_sets, n_ways]
        Ways of each set A.
    weight : float64[n_sets]
        m[A]; sums to at most 1.
    """

    member: NDArray[np.bool_]
    weight: Floats

    def probability(self, chosen: NDArray[np.bool_]) -> float:
        """Return P of a portfolio, bool[n_ways], by equation (2)."""
        return float(self.weight[self.member[:, chosen].any(axis=1)].sum())


def cover_of(on_time: Floats, share: Floats) -> Cover:
    """Cut probabilities into levels and gather the sets of ways at each.

    Parameters
    ----------
    on_time : float64[n_states, n_ways]
        p[s, w].
    share : float64[n_states]
        q[s].

    Returns
    -------
    Cover
        Each set once.
    """
    share, on_time = share[share > 0], on_time[share > 0]
    n_states, n_ways = on_time.shape
    order = np.argsort(-on_time, axis=1, kind="stable")
    ranked = np.take_along_axis(on_time, order, axis=1)
    width = share[:, None] * (ranked - np.pad(ranked[:, 1:], ((0, 0), (0, 1))))
    member = np.zeros((n_states, n_ways), bool)
    gathered: dict[bytes, float] = {}
    for k in range(n_ways):
        member[np.arange(n_states), order[:, k]] = True
        some = width[:, k] > 0
        packed, number = np.unique(np.packbits(member[some], axis=1), axis=0, return_inverse=True)
        weight = np.bincount(number.ravel(), width[some, k], len(packed))
        for key, more in zip(packed, weight.tolist(), strict=True):
            gathered[key.tobytes()] = gathered.get(key.tobytes(), 0.0) + more
    keys = sorted(gathered)
    bits = np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -(-n_ways // 8))
    members = np.unpackbits(bits, axis=1, count=n_ways).astype(bool)
    return Cover(members, np.array([gathered[k] for k in keys]))


def not_dominated(on_time: Floats, cost: Floats) -> NDArray[np.bool_]:
    """Mark the ways that no other beats everywhere: those that are beaten change no program.

    Parameters
    ----------
    on_time : float64[n_states, n_ways]
        p[s, w].
    cost : float64[n_ways]
        g[w].

    Returns
    -------
    bool[n_ways]
        False for a way if another is at least as likely in time from every state and costs no
        more; of equal ways the first is kept.
    """
    kept = np.ones(len(cost), bool)
    for w in range(len(cost)):
        for other in np.flatnonzero(kept & (cost <= cost[w])):
            is_equal = cost[other] == cost[w] and (on_time[:, other] == on_time[:, w]).all()
            if other == w or (is_equal and other > w):
                continue
            if (on_time[:, other] >= on_time[:, w]).all():
                kept[w] = False
                break
    return kept


def best_of_size(cover: Cover, size: int) -> NDArray[np.bool_]:
    """Return the ways that make the best portfolio of at most some size: program (3) to (5)."""
    n_sets, n_ways = cover.member.shape
    few = np.concatenate((np.ones(n_ways), np.zeros(n_sets)))
    objective = np.concatenate((np.zeros(n_ways), -cover.weight))
    return _solve(cover, objective, [LinearConstraint(few[None], -np.inf, size)])


def cheapest_of_size(
    cover: Cover, size: int, probability: float, cost: Floats
) -> NDArray[np.bool_] | None:
    """Return the cheapest portfolio of a size that keeps a probability: program (6) to (7).

    Parameters
    ----------
    cover : Cover
        Covering function.
    size : int
        Ways.
    probability : float
        Least P.
    cost : float64[n_ways]
        Cost of each way, at least 0.

    Returns
    -------
    bool[n_ways] or None
        None if what the solver found misses the probability by its rounding.
    """
    n_sets, n_ways = cover.member.shape
    scale = max(float(cost.max(initial=0.0)), 1.0)
    objective = np.concatenate((cost / scale, np.zeros(n_sets)))
    few = np.concatenate((np.ones(n_ways), np.zeros(n_sets)))
    kept = np.concatenate((np.zeros(n_ways), cover.weight))
    limits = [
        LinearConstraint(few[None], size, size),
        LinearConstraint(kept[None], probability, np.inf),
    ]
    chosen = _solve(cover, objective, limits)
    return chosen if cover.probability(chosen) >= probability - SAME else None


def _solve(cover: Cover, objective: Floats, limits: list[LinearConstraint]) -> NDArray[np.bool_]:
    n_sets, n_ways = cover.member.shape
    met = hstack((csr_matrix(-cover.member.astype(float)), identity(n_sets)), format="csr")
    whole = np.concatenate((np.ones(n_ways), np.zeros(n_sets)))
    found = milp(
        objective,
        integrality=whole,
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(met, -np.inf, 0.0), *limits],
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        message = f"the solver ended without a portfolio: {found.message}"
        raise RuntimeError(message)
    chosen: NDArray[np.bool_] = found.x[:n_ways] > 0.5
    return chosen


class Use(NamedTuple):
    """The cheapest use of a portfolio: each state takes one trip, or a mix of two.

    Attributes
    ----------
    first, second : int[n_states]
        Trips taken.
    mix : float
        Share of every state that takes the second.
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    mix: float

    def shares(self, share: Floats, n_trips: int) -> Floats:
        """Return q[s] z[s, t], float64[n_states, n_trips]."""
        z = np.zeros((len(share), n_trips))
        at = np.arange(len(share))
        np.add.at(z, (at, self.first), share * (1 - self.mix))
        np.add.at(z, (at, self.second), share * self.mix)
        return z


def cheapest_use(on_time: Floats, cost: Floats, share: Floats, probability: float) -> Use:
    """Say which trip each state takes so that the promise is kept at least cost: (8) to (9).

    One constraint joins the states. With a price on it each state takes the trip of least
    ``c - price x p`` by itself; the price rises until the promise is kept, and where that jumps
    over it the choices just below and above are mixed, which is optimal since both are least at
    that price (Everett 1963; linear programming duality).

    Parameters
    ----------
    on_time, cost : float64[n_states, n_trips]
        p[s, t] and c[s, t]; cost is ``inf`` where a state has no such trip.
    share : float64[n_states]
        q[s].
    probability : float
        Promise; if the trips do not reach it, they reach what they can.

    Returns
    -------
    Use
        Choices.
    """
    at = np.arange(len(share))

    def choice(price: float) -> tuple[NDArray[np.intp], float]:
        taken = (cost - price * on_time).argmin(axis=1)
        return taken, float((share * on_time[at, taken]).sum())

    low, high = 0.0, 1.0
    first, kept = choice(low)
    if kept >= probability:
        return Use(first, first, 0.0)
    finite = cost[np.isfinite(cost)]
    most = 1e9 * max(float(np.ptp(finite)), 1.0)
    while high < most and choice(high)[1] < probability:
        low, high = high, 2 * high
    for _ in range(STEPS):
        price = (low + high) / 2
        low, high = (price, high) if choice(price)[1] < probability else (low, price)
    first, kept = choice(low)
    second, more = choice(high)
    gain = more - kept
    return Use(first, second, min(max((probability - kept) / gain, 0.0), 1.0) if gain > 0 else 1.0)
