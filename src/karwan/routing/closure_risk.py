"""How often closures come and how long they last, with the uncertainty of few events.

Closures that share an `event` shut together. Places that are watched together form a group: its
events come at random (Poisson) at one rate, each shuts a place with the place's own probability,
and lasts a lognormal time. All three have posteriors:

- rate: Gamma(n + 1/2, years), Jeffreys' prior for n events in the years watched;
- participation: Beta(k + 1/2, n - k + 1/2), Jeffreys' prior for k of n events;
- length: a grid over mean and standard deviation of the log of days. The prior of the mean is a
  normal around that of all closures, worth one observation, that of the standard deviation a
  half-normal; a closure still on at the last look counts as longer than seen.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv, log_ndtr, ndtr, ndtri

from karwan.network import Network
from karwan.routing.calendar import Target

__all__ = ["ClosureGroup", "LengthPosterior", "closure_groups", "length_posterior"]

DAYS_PER_YEAR = 365.25
JEFFREYS = 0.5
MEANS = np.linspace(math.log(0.5), math.log(2000), 121)
SPREADS = np.linspace(0.2, 2.6, 25)
PRIOR_MEAN, PRIOR_MEAN_SPREAD = math.log(14.0), 1.5
"""A closure lasts two weeks, give or take a factor of four, before any is seen [log days]."""
PRIOR_SPREAD = 1.2
"""Scale of the half-normal prior of the standard deviation of log days."""
DAYS = np.concatenate(([0.0], np.geomspace(0.02, 20_000, 500)))
LONGEST_WAIT = 180.0
"""Expected waits are cut off here: who is caught does not plan beyond half a year [days]."""
NEGLIGIBLE = 1e-7
"""Pairs of the grid with less weight are left out."""
Interval = tuple[float, float, float]
"""A middle value and the ends of the 90 % interval."""


@dataclass(frozen=True, eq=False)
class LengthPosterior:
    """Posterior of the lognormal law of lengths, on a grid.

    Attributes
    ----------
    mean, spread : float64[n]
        Mean and standard deviation of the log of days.
    weight : float64[n]
        Probability of each pair.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    weight: NDArray[np.float64]

    def survival(self, days: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability that a closure lasts longer than some days, over the grid."""
        with np.errstate(divide="ignore"):
            log_days = np.log(np.maximum(days, 0.0))
        scores = np.subtract.outer(self.mean, log_days)
        scores /= self.spread[:, None]
        survived: NDArray[np.float64] = self.weight @ ndtr(scores, out=scores)
        return survived

    @cached_property
    def _survived(self) -> NDArray[np.float64]:
        """Survival at `DAYS`."""
        return self.survival(DAYS)

    def further_days(self, ages: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the expected further length by age, cut off at `LONGEST_WAIT` [days]."""
        steps = np.diff(DAYS) * (self._survived[1:] + self._survived[:-1]) / 2
        area = np.concatenate(([0.0], np.cumsum(steps)))
        ahead = np.interp(ages + LONGEST_WAIT, DAYS, area) - np.interp(ages, DAYS, area)
        now = np.interp(ages, DAYS, self._survived)
        return np.divide(ahead, now, out=np.zeros_like(ahead), where=now > 0)

    def uncounted(self, seen_days: float) -> LengthPosterior:
        """Return the posterior before a closure that lasted some days and goes on was counted.

        Asking how much longer that closure lasts counts it again.
        """
        older = log_ndtr((self.mean - np.log(seen_days)) / self.spread)
        weight = self.weight * np.exp(older.min() - older)
        return LengthPosterior(self.mean, self.spread, weight / weight.sum())

    def left(self, age: float, days: float) -> float:
        """Return the probability that a closure of some age lasts some days more."""
        ahead, now = np.interp((age + days, age), DAYS, self._survived)
        return float(ahead / now)

    def percentile(self, share: float, after: float = 0.0) -> float:
        """Return the days that a closure exceeds its age by with one minus a share of cases.

        Parameters
        ----------
        share : float
            Percentile as a share of 1.
        after : float
            Days it has lasted already.
        """
        left = self._survived / np.interp(after, DAYS, self._survived)
        return float(np.interp(1 - share, left[::-1], DAYS[::-1]) - after)

    def percentile_interval(self, share: float) -> Interval:
        """Return a percentile of the lengths with its 90 % interval over the grid."""
        z = float(ndtri(share))
        values = np.exp(self.mean + z * self.spread)
        return _weighted(values, self.weight)

    def draw(self, n: int, rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
        """Draw pairs of mean and spread from the posterior."""
        at = rng.choice(len(self.weight), n, p=self.weight)
        return self.mean[at], self.spread[at]


def length_posterior(
    lengths: NDArray[np.float64],
    is_over: NDArray[np.bool_],
    prior_mean: float = PRIOR_MEAN,
    prior_mean_spread: float = PRIOR_MEAN_SPREAD,
) -> LengthPosterior:
    """Fit the law of lengths to closures that are over and to those still on.

    Parameters
    ----------
    lengths : float64[n]
        Days, above 0.
    is_over : bool[n]
        False where a closure still lasted at the last look (right-censored).
    prior_mean, prior_mean_spread : float
        Normal prior of the mean of log days.

    Returns
    -------
    LengthPosterior
        Grid of `MEANS` x `SPREADS`.
    """
    mean, spread = (a.ravel() for a in np.meshgrid(MEANS, SPREADS, indexing="ij"))
    log = -0.5 * ((mean - prior_mean) / prior_mean_spread) ** 2
    log = log - 0.5 * (spread / PRIOR_SPREAD) ** 2
    for days, over in zip(np.log(lengths), is_over, strict=True):
        score = (days - mean) / spread
        log = log + (-0.5 * score**2 - np.log(spread) if over else log_ndtr(-score))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    kept = weight > NEGLIGIBLE
    return LengthPosterior(mean[kept], spread[kept], weight[kept] / weight[kept].sum())


@dataclass(frozen=True, eq=False)
class ClosureGroup:
    """Places watched together, their events and the posteriors.

    Attributes
    ----------
    name : str
        Group.
    targets : tuple of (str, str)
        Places by kind and identifier.
    years : float
        Years watched.
    events : dict of str to tuple of (str, str)
        Targets that each event shut.
    shut_days : dict of (str, str) to float
        Days each target was shut within the years watched.
    lengths : LengthPosterior
        Law of the lengths of an event [days].
    ongoing : dict of (str, str) to (datetime.date, datetime.date)
        First day and last look of closures without a known end.
    """

    name: str
    targets: tuple[Target, ...]
    years: float
    events: dict[str, tuple[Target, ...]]
    shut_days: dict[Target, float]
    lengths: LengthPosterior
    ongoing: dict[Target, tuple[dt.date, dt.date]]

    @property
    def n_events(self) -> int:
        """Number of events."""
        return len(self.events)

    def hits(self, target: Target) -> int:
        """Return how many events shut one target."""
        return sum(target in shut for shut in self.events.values())

    @property
    def rate(self) -> Interval:
        """Events a year of the group, with the 90 % interval."""
        return _yearly(self.n_events, self.years)

    def target_rate(self, target: Target) -> Interval:
        """Return closures a year of one target, with the 90 % interval."""
        return _yearly(self.hits(target), self.years)

    def participation(self, target: Target) -> Interval:
        """Return the probability that an event shuts one target, with the 90 % interval."""
        hits = self.hits(target)
        a, b = hits + JEFFREYS, self.n_events - hits + JEFFREYS
        return a / (a + b), float(betaincinv(a, b, 0.05)), float(betaincinv(a, b, 0.95))

    def draw_events(
        self, n: int, horizon_h: float, most: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
        """Draw the first events of n histories, parameters drawn from their posteriors.

        Parameters
        ----------
        n : int
            Histories.
        horizon_h : float
            Hours ahead; events after it are left out (their start is ``inf``).
        most : int
            Events a history at most.
        rng : numpy.random.Generator
            Source of the draws.

        Returns
        -------
        starts, lengths : float64[most, n]
            Hours from the start of the history, and hours it lasts.
        shuts : bool[n_targets, most, n]
            Whether an event shuts a target.
        """
        per_h = rng.gamma(self.n_events + JEFFREYS, 1 / self.years, n) / (DAYS_PER_YEAR * 24)
        starts = np.cumsum(rng.standard_exponential((most, n)) / per_h, axis=0)
        starts[starts > horizon_h] = np.inf
        lengths = np.zeros((most, n))
        shuts = np.zeros((len(self.targets), most, n), bool)
        some = np.flatnonzero(np.isfinite(starts[0]))
        if len(some):
            mean, spread = self.lengths.draw(len(some), rng)
            luck = rng.standard_normal((most, len(some)))
            lengths[:, some] = np.exp(mean + spread * luck) * 24
            hits = np.array([self.hits(t) for t in self.targets])[:, None]
            law = hits + JEFFREYS, self.n_events - hits + JEFFREYS
            chance = rng.beta(*law, (len(hits), len(some)))
            shuts[:, :, some] = rng.random((len(hits), most, len(some))) < chance[:, None, :]
        return starts, lengths, shuts


@lru_cache(maxsize=16)
def closure_groups(network: Network, day: dt.date) -> tuple[ClosureGroup, ...]:
    """Learn the closure risk of every group from what was known on a day.

    Parameters
    ----------
    network : Network
        Network with `closure_watch` and `closures`.
    day : datetime.date
        Closures that began later are not used, and those that ended later count as still on.

    Returns
    -------
    tuple of ClosureGroup
        In order of name.
    """
    watch: dict[str, list[dict[str, Any]]] = {}
    for row in network.table("closure_watch").iter_rows(named=True):
        if row["watched_from"] < day:
            watch.setdefault(row["group"], []).append(row)
    rows = [r for r in network.table("closures").iter_rows(named=True) if _counts(r, day)]
    everywhere = [_length(r, day) for r in _longest(rows).values()]
    pooled = length_posterior(*_arrays(everywhere))
    prior = float(pooled.weight @ pooled.mean)
    return tuple(_group(name, watched, rows, prior, day) for name, watched in sorted(watch.items()))


def _counts(row: dict[str, Any], day: dt.date) -> bool:
    return bool(row["effect"] == "shut" and row["event"] and row["starts"] <= day)


def _longest(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return for each event the closure that began first."""
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["event"] not in first or row["starts"] < first[row["event"]]["starts"]:
            first[row["event"]] = row
    return first


def _length(row: dict[str, Any], day: dt.date) -> tuple[float, bool]:
    """Return the days a closure lasted as far as seen on a day, and whether it was over."""
    ends = row["ends"]
    over = ends is not None and ends <= day
    seen = ends if over else min(day, row["last_look"])
    return max((seen - row["starts"]).days + 1.0, 1.0), bool(over)


def _arrays(lengths: list[tuple[float, bool]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return (
        np.array([days for days, _ in lengths], np.float64),
        np.array([over for _, over in lengths], np.bool_),
    )


def _group(
    name: str,
    watched: list[dict[str, Any]],
    rows: list[dict[str, Any]],
    prior: float,
    day: dt.date,
) -> ClosureGroup:
    targets = tuple((r["target_kind"], r["target"]) for r in watched)
    first = min(r["watched_from"] for r in watched)
    last = min(max(r["watched_to"] for r in watched), day)
    own = [
        r
        for r in rows
        if (r["target_kind"], r["target"]) in targets and first <= r["starts"] <= last
    ]
    events: dict[str, tuple[Target, ...]] = {}
    shut_days, ongoing = dict.fromkeys(targets, 0.0), {}
    for row in own:
        target = (row["target_kind"], row["target"])
        events[row["event"]] = (*events.get(row["event"], ()), target)
        days, over = _length(row, day)
        shut_days[target] += min(days, (last - row["starts"]).days + 1.0)
        if not over:
            ongoing[target] = (row["starts"], min(day, row["last_look"]))
    lengths = [_length(r, day) for r in _longest(own).values()]
    return ClosureGroup(
        name,
        targets,
        (last - first).days / DAYS_PER_YEAR,
        events,
        shut_days,
        length_posterior(*_arrays(lengths), prior),
        ongoing,
    )


def _yearly(events: int, years: float) -> Interval:
    """Return mean and 90 % interval of the Gamma posterior of a rate [1/year]."""
    shape = events + JEFFREYS
    low, high = (float(gammaincinv(shape, q)) / years for q in (0.05, 0.95))
    return shape / years, low, high


def _weighted(values: NDArray[np.float64], weight: NDArray[np.float64]) -> Interval:
    """Return median and 90 % interval of weighted values."""
    order = np.argsort(values)
    below = np.cumsum(weight[order])
    at = np.searchsorted(below, (0.5, 0.05, 0.95)).clip(0, len(values) - 1)
    middle, low, high = values[order][at]
    return float(middle), float(low), float(high)
