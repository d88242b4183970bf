"""How far each figure must move before another place is the best: roots of the exact function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scipy.optimize import brentq

from karwan.appraisal.contest import Contest, Mover
from karwan.appraisal.zone_book import ZoneBook

__all__ = ["Switch", "swing", "switches"]

STEPS = (1.1, 1.3, 1.6, 2.2, 4.0, 10.0)
"""Multiples of a figure, and parts of it, at which a change of the best place is looked for."""
PARTS_OF_MOST = (0.05, 0.15, 0.4, 1.0)
"""Parts of its largest value, or of 1, where it is looked for if the figure is 0."""
MOST = {"income_tax_rate": 0.9, "holiday_years": 30.0}
"""Largest values looked at; other shares go to 1."""
STILL = ("hours/", "tax/", "plant/life_years", "plant/output_t_per_year")
"""Figures that are not moved: they belong to others, or to what the plant is."""


@dataclass(frozen=True)
class Switch:
    """Where the best place of a market changes.

    Attributes
    ----------
    key : str
        Figure that is moved.
    value : float
        Its value where both places cost the same.
    to_zone : str
        zone_id that is the best beyond.
    """

    key: str
    value: float
    to_zone: str


def switches(
    book: ZoneBook, values: Mapping[str, float], contests: Sequence[Contest]
) -> Iterator[tuple[Contest, Switch]]:
    """Find, for each market and figure, the nearest value at which another place is the best.

    Parameters
    ----------
    book : ZoneBook
        The question.
    values : mapping of str to float
        Number of every key.
    contests : sequence of Contest
        Costs at these numbers.

    Yields
    ------
    Contest, Switch
        Up or down, whichever move is the smaller; figures that change nothing from a tenth of
        their value and less to ten times it yield none.
    """
    for key in values:
        if key.startswith(STILL):
            continue
        mover = Mover(book, values, key)
        ways = [list(_walk(mover.now, key, up=up)) for up in (True, False)]
        for at in contests:
            if at.second is None:
                continue
            roots = [root for way in ways if (root := _root(mover, at, way)) is not None]
            if roots:
                root = min(roots, key=lambda r: abs(r - mover.now))
                step = 1e-6 * max(abs(root), 1e-3) * (1 if root > mover.now else -1)
                yield at, Switch(key, root, mover.rival(at, max(root + step, 0.0)))


def swing(
    book: ZoneBook,
    values: Mapping[str, float],
    contests: Sequence[Contest],
    key: str,
    ends: tuple[float, float],
) -> float:
    """Return by how much the lead of a best place changes at most between two values [USD/t].

    Where a market has but one place, its landed cost counts instead of its lead.
    """
    mover = Mover(book, values, key)

    def stands(at: Contest, value: float) -> float:
        if at.second is None:
            return mover.costs(at.market, at.costs, value)[at.best]
        return mover.gap(at, value)

    moves = [abs(stands(at, ends[1]) - stands(at, ends[0])) for at in contests]
    return max(moves, default=0.0)


def _root(mover: Mover, at: Contest, way: Sequence[float]) -> float | None:
    """Return the nearest value on a way where the gap is 0."""
    last = mover.now
    for x in way:
        if mover.gap(at, x) > 0:
            low, high = sorted((last, x))
            return float(brentq(lambda v: mover.gap(at, v), low, high, xtol=1e-12, rtol=1e-12))
        last = x
    return None


def _walk(value: float, key: str, *, up: bool) -> Iterator[float]:
    """Yield the values that are looked at, from near to far."""
    most = MOST.get(key.rpartition("/")[2], 1.0 if _is_share(key) else float("inf"))
    if value == 0:
        scale = most if most < float("inf") else 1.0
        yield from (scale * part for part in PARTS_OF_MOST) if up else ()
        return
    if not up:
        yield from (value / step for step in STEPS)
        yield 0.0
        return
    for step in STEPS:
        if value >= most:
            return
        yield min(value * step, most)
        if value * step >= most:
            return


def _is_share(key: str) -> bool:
    name = key.rpartition("/")[2]
    return key.startswith(("duty/", "export_duty/", "preference/")) or name.endswith(
        ("_share", "_rate")
    )
