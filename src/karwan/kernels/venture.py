"""A venture in numbers: yearly statements, the measures of one run, and of many draws."""

import numpy as np
from numba import njit

from karwan.kernels.irr import irr
from karwan.kernels.venture_cash import pay_out, tax_without_debt
from karwan.kernels.venture_rows import (
    F_EQUITY_RATE,
    F_RATE,
    F_SERVICE,
    F_TREASURY_RATE,
    L_CAPITAL,
    L_CFADS,
    L_CONCESSION,
    L_CONTRIBUTION,
    L_DEPRECIATION,
    L_DIVIDENDS,
    L_GUARANTEE,
    L_HANDBACK,
    L_HOLDER_PAID,
    L_INTEREST,
    L_LEASE,
    L_PRINCIPAL,
    L_RETURNED,
    L_REV_LOCAL,
    L_TAX,
    L_TAX_PLAIN,
    L_UPFRONT,
    L_WITHHOLDING,
    LINES,
    M_AUTHORITY,
    M_DSCR,
    M_EQUITY_IRR,
    M_EQUITY_NPV,
    M_GUARANTEE,
    M_IRR,
    M_NPV,
    M_PAYBACK,
    M_SHORTFALL,
    M_TREASURY,
)
from karwan.kernels.venture_trade import build, earn, handle, index_prices

__all__ = ["measure", "run", "run_draws"]

N_LINES = len(LINES)
"""Rows of the statements."""
REACH = 6.0
"""Normal values beyond this count as this."""


@njit(cache=True, error_model="numpy")
def run(levers, fixed, demand, items, indices, inflation, usd_per_unit, phases, paths, price,
        losses, lines):  # fmt: skip
    """Write the statements of one venture.

    Parameters
    ----------
    levers : float64[n_levers]
        Levers; `LEVERS` names them.
    fixed : float64[n_fixed]
        Figures; `FIXED` names them.
    demand : float64[3, n]
        Local, transit and transhipment boxes asked for [TEU/year].
    items : float64[n_items, 6]
        Prices and costs, as `earn` takes them.
    indices : float64[n_indices, 2]
        Currency and share of inflation of each price.
    inflation, usd_per_unit : float64[n_currencies, n]
        Inflation, and worth of a unit [USD].
    phases : float64[n_phases, 8]
        Building, as `build` takes it.
    paths : float64[4, n]
        Share of gross revenue, guaranteed revenue [USD], debt drawn [USD], principal as a share.
    price, losses : float64[n_indices, n], float64[n]
        Scratch.
    lines : float64[n_lines, n]
        Written here; `LINES` names them [USD a year, TEU a year].
    """
    lines[L_REV_LOCAL : L_DEPRECIATION + 1] = 0.0
    index_prices(levers, indices, inflation, usd_per_unit, price)
    handle(levers, demand, lines)
    build(levers, fixed, phases, price, lines)
    earn(levers, fixed, items, price, paths, lines)
    tax_without_debt(levers, fixed, losses, lines)
    pay_out(levers, fixed, paths, losses, lines)


@njit(cache=True, error_model="numpy")
def measure(lines, fixed, guess, flow, owners, found, i):
    """Write the measures of one run.

    Parameters
    ----------
    lines : float64[n_lines, n]
        Statements.
    fixed : float64[n_fixed]
        Figures.
    guess : float64[2]
        Rates of return of project and owners to start the search from.
    flow, owners : float64[n]
        Written here: flows of the project after tax without debt, and of the owners [USD].
    found : float64[n_runs, n_measures]
        Written here; `MEASURES` names them.
    i : int
        Row to write.
    """
    n, service = lines.shape[1], int(fixed[F_SERVICE])
    own, theirs = 1.0 / (1.0 + fixed[F_RATE]), 1.0 / (1.0 + fixed[F_EQUITY_RATE])
    its, at, by, state = 1.0 / (1.0 + fixed[F_TREASURY_RATE]), 1.0, 1.0, 1.0
    project, equity, treasury, authority, called = 0.0, 0.0, 0.0, 0.0, 0.0
    cover, short, total, paid = np.inf, 0.0, 0.0, -1.0
    for t in range(n):
        spent = lines[L_CAPITAL, t] + lines[L_UPFRONT, t]
        flow[t] = lines[L_CFADS, t] + lines[L_TAX, t] - lines[L_TAX_PLAIN, t] - spent
        taken = lines[L_HOLDER_PAID, t] + lines[L_DIVIDENDS, t] + lines[L_RETURNED, t]
        owners[t] = taken - lines[L_WITHHOLDING, t] - lines[L_CONTRIBUTION, t]
        project += at * flow[t]
        equity += by * owners[t]
        take = lines[L_TAX, t] + lines[L_WITHHOLDING, t] - lines[L_GUARANTEE, t]
        treasury += state * take
        called += state * lines[L_GUARANTEE, t]
        fees = lines[L_CONCESSION, t] + lines[L_LEASE, t] + lines[L_HANDBACK, t]
        authority += state * (fees + lines[L_UPFRONT, t])
        at, by, state = at * own, by * theirs, state * its
        due = lines[L_INTEREST, t] + lines[L_PRINCIPAL, t]
        if t >= service and due > 0.0:
            cover = min(cover, lines[L_CFADS, t] / due)
            if lines[L_CFADS, t] < due:
                short += min(lines[L_CONTRIBUTION, t], due - lines[L_CFADS, t])
        before = total
        total += flow[t]
        if total < 0.0:
            paid = -1.0
        elif paid < 0.0:
            paid = t - 1.0 - before / flow[t] if before < 0.0 else 0.0
    found[i, M_NPV], found[i, M_EQUITY_NPV] = project, equity
    found[i, M_TREASURY], found[i, M_AUTHORITY] = treasury, authority
    found[i, M_DSCR], found[i, M_SHORTFALL], found[i, M_GUARANTEE] = cover, short, called
    found[i, M_PAYBACK] = paid if paid >= 0.0 else np.inf
    found[i, M_IRR] = irr(flow, guess[0])
    found[i, M_EQUITY_IRR] = irr(owners, guess[1])


@njit(cache=True, error_model="numpy")
def run_draws(shocks, which, tables, base, fixed, demand, items, indices, inflation, usd_per_unit,
              phases, paths, guess, found):  # fmt: skip
    """Run a venture for each draw of its uncertain levers.

    Parameters
    ----------
    shocks : float64[n_draws, n_uncertain]
        Correlated standard normal values.
    which : int64[n_uncertain]
        Lever that each of them moves.
    tables : float64[n_uncertain, n_points]
        Value of the lever at even steps of the normal value from -6 to 6.
    base : float64[n_levers]
        Levers that no draw moves.
    fixed, demand, items, indices, inflation, usd_per_unit, phases, paths : arrays
        As `run` takes them.
    guess : float64[2]
        Rates of return to start from.
    found : float64[n_draws, n_measures]
        Written here.
    """
    n, points = demand.shape[1], tables.shape[1]
    price, losses = np.empty((len(indices), n)), np.empty(n)
    lines, flow, owners = np.empty((N_LINES, n)), np.empty(n), np.empty(n)
    levers = base.copy()
    for i in range(len(shocks)):
        for u in range(len(which)):
            at = (min(max(shocks[i, u], -REACH), REACH) + REACH) * (points - 1) / (2.0 * REACH)
            k = min(int(at), points - 2)
            levers[which[u]] = tables[u, k] + (at - k) * (tables[u, k + 1] - tables[u, k])
        run(levers, fixed, demand, items, indices, inflation, usd_per_unit, phases, paths, price,
            losses, lines)  # fmt: skip
        measure(lines, fixed, guess, flow, owners, found, i)
