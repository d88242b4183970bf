"""Assign the trade of a year under many lists of measures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from karwan.appraisal.welfare import user_benefit
from karwan.assignment.flows import country_revenue
from karwan.errors import ScenarioError
from karwan.network import Network
from karwan.studies.assign import assign

__all__ = ["Assessment", "Gain", "assess_all", "gain"]

Names = tuple[str, ...]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Assessment:
    """What one list of measures leads to in a year.

    Attributes
    ----------
    demand, cost : float64[n_pairs]
        Consignments a year and expected cost of one [USD] of every pair, in order of demand_id;
        0 and ``inf`` where the pair is not served.
    tonnes : float64[n_pairs]
        Weight of one consignment [t].
    rent_usd : float
        What hard capacities earn at their shadow prices [USD/year].
    co2_t : float
        Emissions [t/year].
    revenue : dict of str to float
        Charges paid in each country [USD/year].
    residual : float
        Fixed-point residual.
    """

    demand: Floats
    cost: Floats
    tonnes: Floats
    rent_usd: float
    co2_t: float
    revenue: dict[str, float]
    residual: float

    @property
    def expected_usd(self) -> float:
        """Expected cost of all that is served [USD/year]."""
        served = np.isfinite(self.cost)
        return float((self.demand[served] * self.cost[served]).sum())


@dataclass(frozen=True)
class Gain:
    """What one assessment gains over another.

    Attributes
    ----------
    user_usd : float
        Benefit of users by the rule of a half [USD/year].
    rent_usd : float
        Change of what hard capacities earn [USD/year]: users pay it, owners receive it.
    co2_t : float
        Change of emissions [t/year].
    gained_t, lost_t : float
        Demand that is served only with, and only without the measures [t/year].
    revenue : dict of str to float
        Change of charges paid in each country [USD/year].
    """

    user_usd: float
    rent_usd: float
    co2_t: float
    gained_t: float
    lost_t: float
    revenue: dict[str, float]

    @property
    def total_usd(self) -> float:
        """Benefit of users and owners of capacity together [USD/year]."""
        return self.user_usd + self.rent_usd


def gain(before: Assessment, after: Assessment) -> Gain:
    """Return what an assessment gains over another of the same demand."""
    users, _, _ = user_benefit(before.demand, before.cost, after.demand, after.cost)
    was, now = np.isfinite(before.cost), np.isfinite(after.cost)
    countries = sorted({*before.revenue, *after.revenue})
    return Gain(
        users,
        after.rent_usd - before.rent_usd,
        after.co2_t - before.co2_t,
        float((after.demand * after.tonnes)[now & ~was].sum()),
        float((before.demand * before.tonnes)[was & ~now].sum()),
        {c: after.revenue.get(c, 0.0) - before.revenue.get(c, 0.0) for c in countries},
    )


def assess_all(
    network: Network,
    lists: Sequence[Names],
    *,
    year: int,
    depart: dt.date,
    workers: int = 1,
    told: Callable[[int, int], None] | None = None,
) -> dict[Names, Assessment | str]:
    """Assess many lists of measures.

    Parameters
    ----------
    network : Network
        Network without them.
    lists : sequence of tuple of str
        Scenarios or measures to lay over it.
    year : int
        Year of the demand.
    depart : datetime.date
        Date whose state of the world lasts.
    workers : int
        Processes.
    told : callable, optional
        Called with how many are done and how many there are.

    Returns
    -------
    dict of tuple of str to Assessment or str
        Assessment, or why the measures cannot stand together.
    """
    wanted = list(dict.fromkeys(lists))
    found: dict[Names, Assessment | str] = {}
    results: Iterator[Assessment | str]
    if workers == 1:
        results = (_assess(network, names, year, depart) for names in wanted)
        _gather(wanted, results, found, told)
        return found
    work = partial(_assess_held, year=year, depart=depart)
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_hold, initargs=(network,)) as pool:
        _gather(wanted, pool.map(work, wanted), found, told)
    return found


def _gather(
    wanted: Sequence[Names],
    results: Iterator[Assessment | str],
    found: dict[Names, Assessment | str],
    told: Callable[[int, int], None] | None,
) -> None:
    for number, (names, result) in enumerate(zip(wanted, results, strict=True), 1):
        found[names] = result
        if told:
            told(number, len(wanted))


_HELD: list[Network] = []
"""The network of this process: it goes out once."""


def _hold(network: Network) -> None:
    _HELD[:] = [network]


def _assess_held(names: Names, *, year: int, depart: dt.date) -> Assessment | str:
    return _assess(_HELD[0], names, year, depart)


def _assess(network: Network, names: Names, year: int, depart: dt.date) -> Assessment | str:
    try:
        flows = assign(network, year=year, depart=depart, scenario=names, rounds=1)
    except ScenarioError as fault:
        return str(fault)
    pool, found = flows.pool, flows.equilibrium
    order = np.argsort(pool.pairs["demand_id"].to_numpy(), kind="stable")
    served = np.diff(pool.first_column) > 0
    return Assessment(
        np.where(served, found.demand, 0.0)[order],
        np.where(served, found.expected, np.inf)[order],
        pool.pairs["consignment_t"].to_numpy()[order],
        flows.totals["capacity_rent_usd"],
        flows.totals["co2_t"],
        country_revenue(pool.network, pool, found),
        flows.residual,
    )
