"""The smallest portfolio of ways that keeps delivery within a time with a probability."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.routing.closure_risk import DAYS_PER_YEAR, closure_groups
from karwan.routing.consignment import Consignment, resolve_cargo
from karwan.routing.histories import draw_histories
from karwan.scenarios import apply_scenario
from karwan.studies.portfolio_choice import (
    SAME,
    best_of_size,
    cheapest_of_size,
    cover_of,
    not_dominated,
)
from karwan.studies.portfolio_tables import (
    Choice,
    Gathered,
    chosen_table,
    gather,
    pairs_table,
    places_table,
    reasons_of,
    ways_table,
)
from karwan.studies.portfolio_ways import BY, Setting, departures_of, reopened
from karwan.studies.resilience import places_of
from karwan.studies.run import Run, karwan_version

__all__ = ["Portfolio", "portfolio"]

LATEST_H = 180 * 24.0
"""Who is later than the promise by more than this counts as so late, in mean times and costs."""
MOST_SIZES = 8
"""The curve goes on beyond this size only until the promise is kept."""
LEAST_GAIN = 1e-4
MOST_PAIRS = 60
"""Each pair takes some seconds."""


@dataclass(frozen=True, eq=False)
class Portfolio:
    """The smallest portfolio of ways, and what it is worth.

    Attributes
    ----------
    run : Run
        Stamp.
    within_days, asked : float
        Time [days] and probability that were asked for.
    is_feasible : bool
        Whether any portfolio keeps them.
    probability, reachable : float
        What the chosen portfolio keeps, and what all ways together keep.
    chosen : polars.DataFrame
        One row a way of the portfolio: what it adds, what it carries at the cheapest use that
        keeps the promise, and what that costs in a year beside the single best way.
    curve : polars.DataFrame
        Best portfolio of each size, found exactly.
    ways : polars.DataFrame
        Every way that was weighed: probability alone, and with the portfolio.
    pairs : polars.DataFrame
        Probability of each pair of places, by the portfolio and by all ways.
    places : polars.DataFrame
        Places that shut: share of departures, and probability lost to that.
    reasons : tuple of str
        What cuts delivery off; empty if the promise can be kept.
    """

    run: Run
    within_days: float
    asked: float
    is_feasible: bool
    probability: float
    reachable: float
    chosen: pl.DataFrame
    curve: pl.DataFrame
    ways: pl.DataFrame
    pairs: pl.DataFrame
    places: pl.DataFrame
    reasons: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the tables as plain values."""
        run: dict[str, Any] = {"karwan_version": self.run.karwan_version}
        run |= {
            "network": self.run.network,
            "fingerprint": self.run.fingerprint,
            "options": self.run.options,
        }
        return {
            "schema": "karwan.portfolio/1",
            "run": run | {"scenario": list(self.run.scenario), "depart": str(self.run.depart)},
            "within_days": self.within_days,
            "asked": self.asked,
            "is_feasible": self.is_feasible,
            "probability": self.probability,
            "reachable": self.reachable,
            "reasons": list(self.reasons),
            **{
                name: getattr(self, name).to_dicts()
                for name in ("chosen", "curve", "ways", "pairs", "places")
            },
        }


def portfolio(
    network: Network,
    origins: Sequence[str] | None = None,
    markets: Sequence[str] | None = None,
    *,
    within_days: float,
    probability: float = 0.95,
    commodity: str = "general",
    teu: float = 1.0,
    teu_per_year: float = 1000.0,
    depart: dt.date | None = None,
    scenario: str | Sequence[str] = (),
    by: str = "transit",
    years: int = 20,
    histories: int = 100,
    departures: int = 12,
    draws: int = 1000,
    seed: int = 0,
) -> Portfolio:
    """Find the fewest ways that keep delivery within a time with a probability.

    Histories of closures of the places that are watched are drawn for some years, the same for
    all ways. Consignments depart on days spread over each year, and keep the calendar of the
    first. Who sends one sees what is shut that day and since when, and takes the way of the
    portfolio that is likeliest to be in time; on the way the consignment waits where it is
    caught. The portfolio is exact: `karwan.studies.portfolio_choice` states the programs.

    Parameters
    ----------
    network : Network
        Network.
    origins, markets : sequence of str, optional
        Places; those with the roles origin and market if not given. All pairs count alike.
    within_days : float
        Time from ready to delivered [days].
    probability : float
        Share of consignments that must be in time.
    commodity : str
        Commodity of each consignment.
    teu : float
        Size of each consignment.
    teu_per_year : float
        Freight of all pairs together, for yearly costs [TEU/year].
    depart : datetime.date, optional
        First day of the histories; the network's as-of date if not given.
    scenario : str or sequence of str
        Scenarios or measures laid over the network first.
    by : str
        What a way is: ``transit``, a gateway and the country from which its own is entered;
        ``gateway`` alone; or ``border``, a gateway and the borders crossed.
    years, histories : int
        Length of each history [years], and how many are drawn.
    departures : int
        Departures a year.
    draws : int
        Draws of running times, waits and closures on the way for each departure.
    seed : int
        Seed; the same gives the same result.

    Returns
    -------
    Portfolio
        Ways chosen, the curve of size against probability, costs and what binds.

    Raises
    ------
    InputError
        Arguments that make no sense, all at once, or no pair that any way joins.
    """
    asked = {
        "commodity": commodity, "teu": teu, "teu_per_year": teu_per_year, "by": by, "years": years,
        "histories": histories, "departures": departures, "draws": draws, "seed": seed,
        "within_days": within_days, "probability": probability,
    }  # fmt: skip
    _refuse_nonsense(asked)
    changed = apply_scenario(network, scenario)
    ends = tuple(
        places_of(changed, named, role)
        for named, role in ((origins, "origin"), (markets, "market"))
    )
    day = depart or network.as_of
    gathered = _walked(changed, ends, day, asked)
    choice, curve = _choose(gathered, probability)
    run = Run(
        karwan_version(),
        network.name,
        network.fingerprint,
        (scenario,) if isinstance(scenario, str) else tuple(scenario),
        day,
        network.price_year,
        {**asked, "origins": list(ends[0]), "markets": list(ends[1])},
    )
    return Portfolio(
        run,
        within_days,
        probability,
        choice.is_feasible,
        choice.probability,
        choice.reachable,
        chosen_table(gathered, choice, probability, teu_per_year / teu),
        curve,
        ways_table(gathered, choice),
        pairs_table(changed, gathered, choice),
        places_table(changed, gathered, choice),
        () if choice.is_feasible else reasons_of(changed, gathered, choice, within_days),
    )


def _refuse_nonsense(asked: dict[str, Any]) -> None:
    """Name every argument that makes no sense."""
    problems = [
        f"{name} is {asked[name]:g}; it must be above 0 and finite"
        for name in ("within_days", "teu", "teu_per_year")
        if not 0 < asked[name] < float("inf")
    ]
    if not 0 < asked["probability"] < 1:
        problems.append(f"probability is {asked['probability']:g}; it must lie between 0 and 1")
    problems += [
        f"{name} is {asked[name]}; it must be at least 1"
        for name in ("years", "histories", "departures", "draws")
        if asked[name] < 1
    ]
    if asked["departures"] > 365:
        problems.append(
            f"departures is {asked['departures']}; a year has at most 365 days for them"
        )
    if asked["by"] not in BY:
        problems.append(f"by is {asked['by']!r}; use {', '.join(BY)}")
    if problems:
        raise InputError("; ".join(problems))


def _walked(
    network: Network, ends: tuple[list[str], ...], day: dt.date, asked: dict[str, Any]
) -> Gathered:
    """Draw the histories and walk the ways of every pair through them."""
    groups = closure_groups(network, day)
    gaps = [round(k * DAYS_PER_YEAR / asked["departures"]) for k in range(asked["departures"])]
    days = tuple(day + dt.timedelta(days=gap) for gap in gaps)
    starts = np.arange(asked["years"]) * DAYS_PER_YEAR
    moments = (starts[:, None] + np.array(gaps, float)).ravel() * 24
    rng = np.random.default_rng(asked["seed"])
    known = draw_histories(groups, day, moments, asked["histories"], rng)
    within = asked["within_days"] * 24
    limits = within, within + LATEST_H, asked["draws"], asked["seed"], asked["by"]
    setting = Setting(groups, known, days, *limits)
    calm = reopened(network, groups)
    pairs = [(a, b) for a in ends[0] for b in ends[1] if a != b]
    if len(pairs) > MOST_PAIRS:
        message = (
            f"{len(pairs)} pairs of places are asked for; a portfolio is weighed for at most "
            f"{MOST_PAIRS}: name fewer origins or markets"
        )
        raise InputError(message)
    blocks = []
    for a, b in pairs:
        cargo = resolve_cargo(calm, Consignment(a, b, asked["commodity"], teu=asked["teu"]))
        blocks.append(list(departures_of(calm, cargo, setting)))
    if not any(blocks):
        message = f"no origin is joined with any market on {day}; name other places"
        raise InputError(message)
    return gather(pairs, blocks, setting)


def _choose(gathered: Gathered, probability: float) -> tuple[Choice, pl.DataFrame]:
    """Find the best portfolio of each size, and the smallest that keeps the promise."""
    useful = np.flatnonzero(not_dominated(gathered.on_time, gathered.cost))
    cover = cover_of(gathered.on_time[:, useful], gathered.share)
    every = np.ones(len(useful), bool)
    reachable = cover.probability(every)
    goal = min(probability, reachable - LEAST_GAIN) if reachable < probability else probability
    rows: list[dict[str, Any]] = []
    chosen = None
    for size in range(1, len(useful) + 1):
        best = best_of_size(cover, size)
        kept = cover.probability(best)
        if rows and kept < rows[-1]["probability"] + LEAST_GAIN and chosen is not None:
            break
        names = [gathered.ways[useful[i]].name for i in np.flatnonzero(best)]
        rows.append({"size": size, "probability": kept, "ways": names})
        if chosen is None and kept >= goal - SAME:
            cheap = cheapest_of_size(cover, size, goal, gathered.cost[useful])
            chosen = best if cheap is None or reachable < probability else cheap
        if chosen is not None and (size >= MOST_SIZES or kept >= reachable - LEAST_GAIN):
            break
    picked = np.zeros(len(gathered.ways), bool)
    picked[useful[every if chosen is None else chosen]] = True
    if not picked.any():
        picked[np.argmin(gathered.cost)] = True
    whole = cover_of(gathered.on_time, gathered.share)
    choice = Choice(picked, whole, whole.probability(picked), reachable, reachable >= probability)
    return choice, pl.DataFrame(rows)
