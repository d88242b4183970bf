"""What a venture handles, builds, earns and spends, before debt and tax."""

import numpy as np
from numba import njit

from karwan.kernels.venture_rows import (
    BY_DAY,
    BY_OPEN,
    BY_RAIL,
    BY_TRANSHIPMENT,
    BY_YEAR,
    CAPACITY,
    CAPITAL,
    CONCESSION,
    DELAY,
    F_CAPACITY,
    F_DAYS,
    F_PAYABLE,
    F_RAIL,
    F_RECEIVABLE,
    FALL,
    GROWTH,
    INFLATION,
    L_CAPACITY,
    L_CAPITAL,
    L_CONCESSION,
    L_DEMAND,
    L_DEPRECIATION,
    L_EBITDA,
    L_EVERY,
    L_GUARANTEE,
    L_HANDBACK,
    L_HANDLED,
    L_LEASE,
    L_LOCAL,
    L_MINIMUM,
    L_OPEN,
    L_OPEX_FIXED,
    L_OPEX_VARIABLE,
    L_PAYABLES,
    L_RECEIVABLES,
    L_REV_LOCAL,
    L_REV_OTHER,
    L_REV_TRANSIT,
    L_REVENUE,
    L_ROYALTY,
    L_TRANSHIPMENT,
    L_TRANSIT,
    L_UPFRONT,
    OPEX_FIXED,
    OPEX_VARIABLE,
    TARIFF,
    TRANSIT,
    TRANSIT_TARIFF,
    VOLUME,
)

__all__ = ["build", "earn", "handle", "index_prices"]

DAYS = 365.0


@njit(cache=True, error_model="numpy")
def index_prices(levers, indices, inflation, usd_per_unit, price):
    """Write what one unit of first-year money of each index is in USD of each year.

    Parameters
    ----------
    levers : float64[n_levers]
        Levers, as `LEVERS` orders them.
    indices : float64[n_indices, 2]
        Currency and the share of its inflation that the index follows.
    inflation : float64[n_currencies, n]
        Inflation of each currency by year; row 0 is the US dollar.
    usd_per_unit : float64[n_currencies, n]
        Worth of a unit of each currency [USD].
    price : float64[n_indices, n]
        Written here.
    """
    for j in range(len(indices)):
        c, share = int(indices[j, 0]), indices[j, 1]
        loss = 1.0 / (1.0 + levers[FALL]) if c > 0 else 1.0
        more, level = levers[INFLATION], 1.0
        price[j, 0] = usd_per_unit[c, 0]
        for t in range(1, price.shape[1]):
            level *= (1.0 + share * (inflation[c, t] + more)) * loss
            price[j, t] = level * usd_per_unit[c, t]


@njit(cache=True, error_model="numpy")
def build(levers, fixed, phases, price, lines):
    """Open capacity by phases, and write what they cost and how they wear.

    A phase starts in its year, or in the year after demand first reaches a share of the capacity
    that stood before it.

    Parameters
    ----------
    levers : float64[n_levers]
        Levers.
    fixed : float64[n_fixed]
        Figures, as `FIXED` orders them.
    phases : float64[n_phases, 8]
        Earliest year, share of capacity that sets it off (0: none), years of building, capital,
        index of its price, capacity [TEU/year], life [years], fixed opex a year.
    price : float64[n_indices, n]
        Prices.
    lines : float64[n_lines, n]
        Statements; demand stands in them already.
    """
    n = lines.shape[1]
    for t in range(n):
        lines[L_CAPACITY, t] = fixed[F_CAPACITY] * levers[CAPACITY]
    for k in range(len(phases)):
        start, years = int(phases[k, 0]), int(phases[k, 2])
        if phases[k, 1] > 0.0:
            first, start = start, n
            for t in range(first, n):
                if lines[L_DEMAND, t] >= phases[k, 1] * lines[L_CAPACITY, t]:
                    start = t + 1
                    break
        if start >= n:
            continue
        j, opened, spent = int(phases[k, 4]), start + years, 0.0
        part = phases[k, 3] * levers[CAPITAL] / max(years, 1)
        for t in range(start, min(start + max(years, 1), n)):
            lines[L_CAPITAL, t] += part * price[j, t]
            spent += part * price[j, t]
        wear = min(opened, n - 1)
        lasts = min(int(phases[k, 6]), n - wear)
        worn = spent / lasts
        for t in range(wear, wear + lasts):
            lines[L_DEPRECIATION, t] += worn
        more, upkeep = phases[k, 5] * levers[CAPACITY], phases[k, 7] * levers[OPEX_FIXED]
        for t in range(opened, n):
            ready = min(max(t - opened - levers[DELAY] + 1.0, 0.0), 1.0)
            lines[L_CAPACITY, t] += more * ready
            lines[L_OPEX_FIXED, t] += upkeep * price[j, t]


@njit(cache=True, error_model="numpy")
def handle(levers, demand, lines):
    """Write what is asked for: the three classes and their sum [TEU/year]."""
    grown = levers[VOLUME]
    for t in range(lines.shape[1]):
        if t > 0:
            grown *= 1.0 + levers[GROWTH]
        lines[L_LOCAL, t] = grown * demand[0, t]
        lines[L_TRANSIT, t] = grown * demand[1, t] * levers[TRANSIT]
        lines[L_TRANSHIPMENT, t] = grown * demand[2, t]
        lines[L_DEMAND, t] = lines[L_LOCAL, t] + lines[L_TRANSIT, t] + lines[L_TRANSHIPMENT, t]


@njit(cache=True, error_model="numpy")
def earn(levers, fixed, items, price, paths, lines):
    """Write what is handled within capacity, revenue, costs, concession payments and EBITDA.

    Parameters
    ----------
    levers : float64[n_levers]
        Levers.
    fixed : float64[n_fixed]
        Figures.
    items : float64[n_items, 6]
        Line, driver, amount, index of its price, first year, year after the last.
    price : float64[n_indices, n]
        Prices.
    paths : float64[4, n]
        First the share of gross revenue that goes to the port authority, and the revenue that
        the treasury guarantees [USD].
    lines : float64[n_lines, n]
        Statements.
    """
    n = lines.shape[1]
    _cap(lines)
    for i in range(len(items)):
        line, kind = int(items[i, 0]), int(items[i, 1])
        amount = items[i, 2]
        if line <= L_REV_OTHER:
            amount *= levers[TARIFF] if line < L_REV_OTHER else 1.0
            amount *= levers[TRANSIT_TARIFF] if line == L_REV_TRANSIT else 1.0
        elif line == L_OPEX_FIXED:
            amount *= levers[OPEX_FIXED]
        elif line == L_OPEX_VARIABLE:
            amount *= levers[OPEX_VARIABLE]
        elif line == L_ROYALTY:
            amount *= levers[CONCESSION]
        if kind == BY_RAIL:
            amount *= fixed[F_RAIL]
        elif kind == BY_DAY:
            amount *= fixed[F_DAYS]
        row = L_HANDLED
        if kind <= BY_TRANSHIPMENT:
            row = L_LOCAL + kind
        elif kind == BY_OPEN:
            row = L_OPEN
        elif kind == BY_YEAR:
            row = L_EVERY
        j, first, end = np.uint64(items[i, 3]), np.uint64(items[i, 4]), np.uint64(items[i, 5])
        _add(lines, np.uint64(line), np.uint64(row), price, j, amount, first, end)
    late, due = fixed[F_RECEIVABLE] / DAYS, fixed[F_PAYABLE] / DAYS
    fees, revenue = levers[CONCESSION], lines[L_REVENUE]
    for k in range(L_REV_LOCAL, L_REV_OTHER + 1):
        for t in range(n):
            revenue[t] += lines[k, t]
    for t in range(n):
        got = revenue[t]
        guarantee = max(paths[1, t] - got, 0.0)
        paid = max(lines[L_ROYALTY, t] + paths[0, t] * fees * got, lines[L_MINIMUM, t])
        opex = lines[L_OPEX_FIXED, t] + lines[L_OPEX_VARIABLE, t]
        lines[L_GUARANTEE, t], lines[L_CONCESSION, t] = guarantee, paid
        paid += lines[L_LEASE, t] + lines[L_HANDBACK, t]
        lines[L_EBITDA, t] = got + guarantee - opex - paid
        lines[L_RECEIVABLES, t] = late * got
        lines[L_PAYABLES, t] = due * opex
    lines[L_RECEIVABLES, n - 1] = 0.0
    lines[L_PAYABLES, n - 1] = 0.0
    for t in range(n):
        if lines[L_UPFRONT, t] > 0.0:
            worn = lines[L_UPFRONT, t] / (n - t)
            for later in range(t, n):
                lines[L_DEPRECIATION, later] += worn


@njit(cache=True, error_model="numpy")
def _add(lines, line, row, price, j, amount, first, end):
    """Add amount, price and driver of an item to its line; unsigned places need no wrapping."""
    for t in range(first, end):
        lines[line, t] += amount * price[j, t] * lines[row, t]


@njit(cache=True, error_model="numpy")
def _cap(lines):
    """Cut what is asked for down to capacity, and mark the years in which it is open."""
    for t in range(lines.shape[1]):
        asked, room = lines[L_DEMAND, t], lines[L_CAPACITY, t]
        part = min(1.0, room / asked) if asked > 0.0 else 1.0
        lines[L_LOCAL, t] *= part
        lines[L_TRANSIT, t] *= part
        lines[L_TRANSHIPMENT, t] *= part
        lines[L_HANDLED, t] = asked * part
        lines[L_OPEN, t] = 1.0 if room > 0.0 else 0.0
        lines[L_EVERY, t] = 1.0
