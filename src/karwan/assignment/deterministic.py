"""Deterministic user equilibrium on a column pool: everybody takes a cheapest way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from karwan.assignment.places import Places
from karwan.assignment.pool import ColumnPool
from karwan.kernels.column_shift import shift_columns

__all__ = ["Cheapest"]

Floats = NDArray[np.float64]
LEAST_MOVE, STILL = 1e-13, 1e-11
"""Share of all flow that moves in a sweep, and in a step, which changes nothing."""
MOST_SWEEPS, MOST_STEPS, MOST_HALVES = 300, 60, 5


class Cheapest:
    """Flows of a pool on their way to where no way is cheaper than one that is used.

    Without hard capacities the equilibrium is the least of ``sum over places of the integral of
    its delay + sum over columns of flow [TEU] * cost / value of time``, cost and value of time of
    one consignment: divided by the value of time, costs have the delay in common for all classes.
    Shadow prices are in USD, common to all classes, so that with both there is no such objective;
    the conditions are the same.

    Parameters
    ----------
    pool : ColumnPool
        Columns of every pair.
    places : Places
        What they pass.
    cost : float64[n_columns]
        Generalised cost of one consignment without delays and prices [USD].
    """

    def __init__(self, pool: ColumnPool, places: Places, cost: Floats) -> None:
        self.places, self.cost = places, cost
        self.first_column, self.of_pair = pool.first_column, pool.pair
        self.pair = pool.pairs.select(
            "consignments", "consignment_teu", "value_of_time_usd_per_h"
        ).to_numpy()
        self.has = np.diff(self.first_column) > 0
        self.teu = (self.pair[:, 0] * self.pair[:, 1])[self.of_pair]
        self.share = np.zeros(pool.n_columns)
        self.total = float((self.pair[:, 0] * self.pair[:, 1])[self.has].sum()) or 1.0

    def relax(self, through: Floats, multiplier: Floats, penalty: Floats) -> tuple[Floats, int]:
        """Solve at fixed multipliers of hard capacities; return flows and steps.

        Delays are taken linear around the flows, the equilibrium of that is found, and so on; a
        step that makes the relative gap larger is halved.

        Parameters
        ----------
        through : float64[n_places]
            Flows that the first choice is made at, if there is none yet [TEU/year].
        multiplier, penalty : float64[n_places]
            Price is ``max(0, multiplier + penalty (through - capacity))`` [USD/TEU].

        Returns
        -------
        through : float64[n_places]
            Flows [TEU/year].
        steps : int
            How often delays were taken linear.
        """
        price = np.column_stack((multiplier - penalty * self.places.capacity, penalty))
        if not self.share.any():
            self._take_least(through, price)
        gap = self._gap(self.share, price)
        for step in range(MOST_STEPS):
            now = self.through(self.share)
            level, rise = self.places.delay(now)
            share, flow = self.share.copy(), now.copy()
            shift_columns(
                self.first_column, self.pair, self.cost, self.places.first, self.places.place,
                np.column_stack((level - rise * now, rise)), price, share, flow,
                LEAST_MOVE * self.total, MOST_SWEEPS,
            )  # fmt: skip
            for half in range(MOST_HALVES):
                tried = self.share + (share - self.share) / 2**half
                found = self._gap(tried, price)
                if found <= gap:
                    break
            moved = float((np.abs(tried - self.share) * self.teu).sum())
            self.share, gap = tried, found
            if moved <= STILL * self.total:
                return self.through(self.share), step + 1
        return self.through(self.share), MOST_STEPS

    def costs(self, delay: Floats, price: Floats) -> tuple[Floats, Floats]:
        """Return what one consignment pays at delays and prices.

        Parameters
        ----------
        delay : float64[n_places]
            Delays [h].
        price : float64[n_places]
            Prices [USD/TEU].

        Returns
        -------
        paid : float64[n_columns]
            Generalised cost of each column [USD].
        least : float64[n_pairs]
            Least of each pair, inf if it has no column [USD].
        """
        place, size = self.places.place, np.diff(self.places.first)
        column = np.repeat(np.arange(len(self.cost)), size)
        weight = self.pair[self.of_pair[column]]
        paid = self.cost.copy()
        np.add.at(paid, column, weight[:, 2] * delay[place] + weight[:, 1] * price[place])
        least = np.full(len(self.pair), np.inf)
        least[self.has] = np.minimum.reduceat(paid, self.first_column[:-1][self.has])
        return paid, least

    def gap(self, share: Floats, delay: Floats, price: Floats) -> float:
        """Return what is paid beyond the least, as a share of what is paid.

        Parameters
        ----------
        share : float64[n_columns]
            Share of each column in its pair.
        delay, price : float64[n_places]
            Delays [h] and prices [USD/TEU] at the flows of these shares.

        Returns
        -------
        float
            ``sum flow (cost - least of the pair) / sum flow cost``.
        """
        paid, least = self.costs(delay, price)
        flow = share * self.pair[self.of_pair, 0]
        everything = float((flow * paid).sum())
        beyond = float((flow * (paid - least[self.of_pair])).sum())
        return beyond / everything if everything > 0 else 0.0

    def through(self, share: Floats) -> Floats:
        """Return all traffic at places [TEU/year], from the share of each column in its pair."""
        flow = self.places.other.copy()
        np.add.at(flow, self.places.place, np.repeat(share * self.teu, np.diff(self.places.first)))
        return flow

    def _gap(self, share: Floats, price: Floats) -> float:
        flow = self.through(share)
        asked = np.maximum(price[:, 0] + price[:, 1] * flow, 0.0)
        return self.gap(share, self.places.delay(flow)[0], asked)

    def _take_least(self, through: Floats, price: Floats) -> None:
        """Let every pair take its first cheapest column at given flows."""
        asked = np.maximum(price[:, 0] + price[:, 1] * through, 0.0)
        paid, least = self.costs(self.places.delay(through)[0], asked)
        cheapest = np.flatnonzero(paid == least[self.of_pair])
        _, first = np.unique(self.of_pair[cheapest], return_index=True)
        self.share[cheapest[first]] = 1.0
