"""The account of a venture: one run of its figures as they stand, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.appraisal.levers import base_levers
from karwan.appraisal.venture import Venture
from karwan.appraisal.venture_arrays import Arrays, arrays_of, lines_of
from karwan.appraisal.venture_debt import Sizing, with_debt
from karwan.appraisal.venture_inputs import asked_for, capacity_steps
from karwan.errors import InputError
from karwan.kernels import venture_rows as at
from karwan.kernels.venture import measure

__all__ = ["Account", "account", "measures_of"]

Floats = NDArray[np.float64]
SMALL = 1.0
"""USD below which a payment is rounding."""


@dataclass(frozen=True)
class Account:
    """A venture with its statements.

    Attributes
    ----------
    venture : Venture
        Venture.
    arrays : Arrays
        What the kernel took, debt included.
    lines : float64[n_lines, n]
        Statements; `line` reads one.
    sizing : Sizing
        How the debt was found.
    notices : tuple of str
        What a reader should know: capacity that binds, triggers that are never reached.
    """

    venture: Venture
    arrays: Arrays
    lines: Floats
    sizing: Sizing
    notices: tuple[str, ...]

    @property
    def years(self) -> list[int]:
        """Return the years."""
        return list(range(self.venture.first_year, self.venture.last_year + 1))

    def line(self, name: str) -> Floats:
        """Return one line of the statements by year."""
        found: Floats = self.lines[at.LINES.index(name)]
        return found

    @property
    def spent(self) -> Floats:
        """Return capital and upfront payment by year [USD]."""
        return self.line("capital") + self.line("upfront")

    @property
    def project(self) -> Floats:
        """Return flows of the project after the tax that would be due without debt [USD]."""
        cash = self.line("cash_for_service") + self.line("tax") - self.line("tax_without_debt")
        return np.asarray(cash - self.spent, np.float64)

    @property
    def before_tax(self) -> Floats:
        """Return flows of the project before tax [USD]."""
        return np.asarray(self.line("cash_for_service") + self.line("tax") - self.spent)

    @property
    def owners(self) -> Floats:
        """Return what owners take out after withholding, less what they pay in [USD]."""
        taken = self.line("holder_paid") + self.line("dividends") + self.line("capital_returned")
        return np.asarray(taken - self.line("withholding") - self.line("contribution"))

    @property
    def lenders(self) -> Floats:
        """Return what senior lenders get less what they lend [USD]."""
        got = self.line("interest") + self.line("principal") + self.line("swept")
        return np.asarray(got - self.line("drawn"), np.float64)

    @property
    def service(self) -> Floats:
        """Return interest and principal that are due [USD]."""
        return self.line("interest") + self.line("principal")

    @property
    def dscr(self) -> Floats:
        """Return cash over debt service by year; nan where none is due."""
        due = self.service
        out = np.full(len(due), np.nan)
        np.divide(self.line("cash_for_service"), due, out=out, where=due > SMALL)
        return out


def account(
    venture: Venture,
    *,
    throughput: pl.DataFrame | None = None,
    transit: Mapping[int, float] | None = None,
    capacity: pl.DataFrame | None = None,
) -> Account:
    """Run a venture as it stands.

    Parameters
    ----------
    venture : Venture
        Venture.
    throughput : polars.DataFrame, optional
        Columns year, local_teu, transit_teu, transhipment_teu instead of the stated paths.
    transit : mapping of int to float, optional
        Transit boxes by year, instead of any other.
    capacity : polars.DataFrame, optional
        Columns year, element, count, capital_usd, capacity_teu_per_year.

    Returns
    -------
    Account
        Statements.

    Raises
    ------
    InputError
        Tables that are wrong, or debt that cannot be served, with the years.
    """
    demand = asked_for(venture, throughput, transit)
    steps = capacity_steps(venture, capacity)
    arrays, sizing = with_debt(venture, arrays_of(venture, demand, steps))
    lines = lines_of(arrays, base_levers())
    found = Account(venture, arrays, lines, sizing, ())
    unserved = _unserved(found)
    if unserved and not venture["debt.owners_cover"]:
        raise InputError(unserved)
    return Account(venture, arrays, lines, sizing, (*unserved, *_notices(found)))


def measures_of(arrays: Arrays, lines: Floats) -> dict[str, float]:
    """Return the measures that draws keep, of one run."""
    found, n = np.empty((1, len(at.MEASURES))), arrays.years
    guess = np.array([0.1, 0.1])
    measure(lines, arrays.fixed, guess, np.empty(n), np.empty(n), found, 0)
    return dict(zip(at.MEASURES, found[0].tolist(), strict=True))


def _unserved(found: Account) -> list[str]:
    """Name the years in which cash and reserve fall short of debt service."""
    lacking = np.minimum(found.line("contribution"), found.service - found.line("cash_for_service"))
    return [
        f"debt cannot be served in {found.years[t]}: {found.service[t] / 1e6:,.2f} M USD are due, "
        f"cash is {found.line('cash_for_service')[t] / 1e6:,.2f}, and {lacking[t] / 1e6:,.2f} are "
        "lacking; lend less, later or longer, or set debt.owners_cover"
        for t in range(len(lacking))
        if t >= found.sizing.first_service and found.service[t] > SMALL and lacking[t] > SMALL
    ]


def _notices(found: Account) -> list[str]:
    """Say what binds and what never happens."""
    said = []
    asked, room = found.line("demand_teu"), found.line("capacity_teu")
    over = np.flatnonzero((asked > room * (1 + 1e-12)) & (room > 0))
    if len(over):
        first, last = found.years[over[0]], found.years[over[-1]]
        lost = float((asked - room)[over].sum())
        said.append(
            f"throughput is capped by capacity in {len(over)} years ({first} to {last}): "
            f"{lost:,.0f} TEU of {asked.sum():,.0f} are turned away"
        )
    shut = np.flatnonzero((asked > 0) & (room <= 0))
    if len(shut):
        said.append(
            f"{asked[shut].sum():,.0f} TEU ask before any capacity is open "
            f"({found.years[shut[0]]} to {found.years[shut[-1]]})"
        )
    principal = found.line("principal")
    back = [str(found.years[t]) for t in np.flatnonzero(principal < -SMALL)]
    if back:
        said.append(
            f"sculpted principal is negative in {', '.join(back)}: cash over cover does not pay "
            "the interest; more years of grace would smooth it"
        )
    left = float(found.line("holder_loan")[-1])
    if left > SMALL:
        said.append(f"{left / 1e6:,.2f} M USD of shareholder loans are not repaid at the end")
    gained = found.venture["economic.user_benefit_usd"]
    if any(gained.values()):
        years = ", ".join(f"{year}: {usd / 1e6:,.2f}" for year, usd in sorted(gained.items()))
        said.append(f"users gain, in the economy alone, M USD a year: {years}")
    return said
