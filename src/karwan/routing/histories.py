"""Histories of closures over years: which places are shut on a day, and for how long already.

A history begins on a day with what is shut then, and goes on with events drawn as in
`closure_risk`: its rate, its law of lengths and the part each place takes are drawn once for the
whole history. A closure that is on at the last look lasts longer than it had by then, by the
posterior of its group.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from karwan.routing.calendar import Target
from karwan.routing.closure_risk import DAYS_PER_YEAR, ClosureGroup

__all__ = ["AGES_D", "Known", "draw_histories", "rest_draws"]

FIRST_DAY_OF = np.array([0.0, 3.0, 10.0, 30.0, 90.0, 270.0, 900.0])
AGES_D = np.array([1.0, 6.0, 18.0, 52.0, 156.0, 500.0, 1500.0])
"""Ages that stand for the classes of ages that begin at FIRST_DAY_OF [days]."""
DAY_H = 24.0


class Known(NamedTuple):
    """What who sends a consignment knows of places that may be shut.

    Attributes
    ----------
    targets : tuple of (int, int)
        Group and number of the target in it, one a column.
    age : int8[n_histories, n_moments, n_targets]
        0 if the place is open at a moment, else 1 + the class of the age of its closure.
    """

    targets: tuple[tuple[int, int], ...]
    age: NDArray[np.int8]


def draw_histories(
    groups: Sequence[ClosureGroup],
    on: dt.date,
    moments_h: NDArray[np.float64],
    n: int,
    rng: np.random.Generator,
) -> Known:
    """Draw histories of closures and read them at moments.

    Parameters
    ----------
    groups : sequence of ClosureGroup
        Places watched together.
    on : datetime.date
        First day of every history.
    moments_h : float64[n_moments]
        Hours after that day.
    n : int
        Histories.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    Known
        Open or shut, and since when.
    """
    targets, ages = [], []
    years = float(moments_h.max(initial=0.0)) / DAY_H / DAYS_PER_YEAR
    for g, group in enumerate(groups):
        begun = [(since, *_rest(group, since, look, n, rng)) for since, look in _ongoing(group)]
        most = 10 + math.ceil(2 * group.rate[2] * years)
        starts, lengths, shuts = group.draw_events(n, float(moments_h.max() + 1), most, rng)
        for k, target in enumerate(group.targets):
            age = np.full((n, len(moments_h)), -1.0)
            for since, total_h, seen in begun:
                if target not in seen:
                    continue
                old = moments_h + (on - since).days * DAY_H
                age = np.where(old < total_h[:, None], np.maximum(age, old), age)
            for i in range(most):
                if not np.isfinite(starts[i]).any():
                    break
                since_h = moments_h - starts[i][:, None]
                on_now = (since_h >= 0) & (since_h < lengths[i][:, None]) & shuts[k, i][:, None]
                age = np.where(on_now, np.maximum(age, since_h), age)
            targets.append((g, k))
            ages.append(np.searchsorted(FIRST_DAY_OF * DAY_H, age, side="right").astype(np.int8))
    shape = (n, len(moments_h), 0)
    stacked = np.stack(ages, axis=2) if ages else np.zeros(shape, np.int8)
    return Known(tuple(targets), stacked)


def _ongoing(group: ClosureGroup) -> list[tuple[dt.date, dt.date]]:
    """Return first day and last look of each event that is on."""
    return sorted(set(group.ongoing.values()))


def _rest(
    group: ClosureGroup, since: dt.date, look: dt.date, n: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], frozenset[Target]]:
    """Draw the whole length of an event that was on at its last look [h], and what it shut."""
    seen_d = max((look - since).days + 1.0, 1.0)
    shut = frozenset(t for t, spell in group.ongoing.items() if spell == (since, look))
    return (seen_d + rest_draws(group, seen_d, n, rng, is_counted=True)) * DAY_H, shut


def rest_draws(
    group: ClosureGroup,
    age_d: float,
    n: int,
    rng: np.random.Generator,
    *,
    is_counted: bool = False,
) -> NDArray[np.float64]:
    """Draw how much longer a closure of some age lasts.

    Parameters
    ----------
    group : ClosureGroup
        Group of the place.
    age_d : float
        How long it has lasted [days].
    n : int
        Draws.
    rng : numpy.random.Generator
        Source of the draws.
    is_counted : bool
        The posterior of the group knows already that this closure became so old. If not, its
        pairs count by the chance they give a closure to become so old.

    Returns
    -------
    float64[n]
        Further days.
    """
    lengths = group.lengths
    older = ndtr((lengths.mean - math.log(age_d)) / lengths.spread)
    weight = lengths.weight * (older > 0) if is_counted else lengths.weight * older
    at = rng.choice(len(weight), n, p=weight / weight.sum())
    score = -ndtri(older[at] * (1.0 - rng.random(n)))
    drawn = np.exp(lengths.mean[at] + lengths.spread[at] * score) - age_d
    further: NDArray[np.float64] = np.maximum(drawn, 0.0)
    return further
