"""The value of waiting: when to build a phase is an option."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from karwan.appraisal.account import Account
from karwan.appraisal.levers import base_levers
from karwan.appraisal.options import american_call
from karwan.appraisal.rates_of_return import npv
from karwan.appraisal.risk import Risk
from karwan.appraisal.venture_arrays import Arrays, lines_of
from karwan.errors import InputError
from karwan.kernels.venture_rows import LINES

__all__ = ["Waiting", "value_of_waiting"]

Floats = NDArray[np.float64]
STEPS_A_YEAR = 40


@dataclass(frozen=True)
class Waiting:
    """What a phase is worth at once, and with the right to wait.

    Attributes
    ----------
    phase : str
        Phase.
    start_year : int
        Earliest year of building; values are of that year.
    years : int
        Years for which building may wait.
    worth_usd : float
        Present value of what the phase brings, without its capital [USD].
    capital_usd : float
        Capital [USD].
    now_usd : float
        Worth less capital, if built at once [USD].
    option_usd : float
        Value with the right to wait, or never to build [USD].
    volatility, yield_lost : float
        Yearly spread of the log of the worth, and the share of it that a year of waiting loses.
    threshold_usd : float
        Worth at which building at once is best [USD]; ``inf`` if it never is before the end.
    """

    phase: str
    start_year: int
    years: int
    worth_usd: float
    capital_usd: float
    now_usd: float
    option_usd: float
    volatility: float
    yield_lost: float
    threshold_usd: float

    @property
    def waiting_usd(self) -> float:
        """Return what the right to wait adds to building at once, or not at all [USD]."""
        return self.option_usd - max(self.now_usd, 0.0)


def value_of_waiting(account: Account, risk: Risk | None = None) -> Waiting:
    """Value the right to start a phase later.

    The worth of the phase is the present value, at its earliest start, of the difference that it
    makes to the flows of the project. A year of waiting loses the yield by which that worth
    grows less than the discount rate, as the concession ends when it ends. With a yearly spread
    of its log the right to build is an American call, valued on a binomial lattice at the rate
    of the treasury. A phase that brings less than nothing before its capital is never built.

    Parameters
    ----------
    account : Account
        Venture whose `waiting.phase` names a phase.
    risk : Risk, optional
        Draws; the spread of the project's value in them, spread over the years until its middle,
        stands in where `waiting.volatility` is not given.

    Returns
    -------
    Waiting
        Values.

    Raises
    ------
    InputError
        No phase is named, or no volatility is known.
    """
    venture = account.venture
    name = venture["waiting.phase"]
    if name is None:
        message = "waiting.phase is not given; name the phase that may wait"
        raise InputError(message)
    rows = venture.rows["phases"]
    k = len(account.arrays.phases) - len(rows) + [row["name"] for row in rows].index(name)
    first = int(account.arrays.phases[k, 0])
    worth, capital = _worth(account, k, first)
    later, _ = _worth(account, k, first + 1)
    year, years = venture.first_year + first, int(venture["waiting.years"])
    if worth <= 0 or later <= 0:
        never = float("inf")
        return Waiting(name, year, years, worth, capital, worth - capital, 0.0, 0.0, 0.0, never)
    rate = venture["rates.project"]
    lost = float(np.log1p(rate) - np.log(later / worth))
    volatility = venture["waiting.volatility"]
    if volatility is None:
        volatility = _spread(account, risk)
    free = float(np.log1p(venture["rates.treasury"]))
    steps = years * STEPS_A_YEAR
    option, threshold = american_call(worth, capital, free, lost, volatility, years, steps)
    return Waiting(
        name, year, years, worth, capital, worth - capital, option,
        volatility, lost, threshold,
    )  # fmt: skip


def _worth(account: Account, k: int, start: int) -> tuple[float, float]:
    """Return the present value at its start of what a phase brings, and of its capital."""
    with_it = account.arrays.phases.copy()
    with_it[k, 0], with_it[k, 1] = start, 0.0
    without = np.delete(account.arrays.phases, k, axis=0)
    flows, capital = _project(replace(account.arrays, phases=with_it))
    base, other = _project(replace(account.arrays, phases=without))
    more, spent = flows - base, capital - other
    rate = account.venture["rates.project"]
    return npv(rate, (more + spent)[start:]), npv(rate, spent[start:])


def _project(arrays: Arrays) -> tuple[Floats, Floats]:
    row = {name: i for i, name in enumerate(LINES)}
    lines = lines_of(arrays, base_levers())
    cash = lines[row["cash_for_service"]] + lines[row["tax"]] - lines[row["tax_without_debt"]]
    return cash - lines[row["capital"]] - lines[row["upfront"]], lines[row["capital"]]


def _spread(account: Account, risk: Risk | None) -> float:
    """Return the yearly volatility that the draws show."""
    if risk is None:
        message = "waiting.volatility is not given; give it, or --draws to find it"
        raise InputError(message)
    rate = account.venture["rates.project"]
    spent = npv(rate, account.spent)
    worth = risk.column("project_npv") + spent
    worth = worth[worth > 0]
    middle = max(len(account.years) / 2, 1.0)
    return float(np.log(worth).std() / np.sqrt(middle))
