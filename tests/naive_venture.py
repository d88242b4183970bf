"""The slow readable twin of the venture kernel; levers may be numbers or NumPy arrays of draws."""

import numpy as np

from karwan.appraisal.levers import base_levers
from karwan.kernels.venture_rows import FIXED, LEVERS, LINES

MOVED_BY = {
    "revenue_local": ("tariff",),
    "revenue_transit": ("tariff", "transit_tariff"),
    "revenue_transhipment": ("tariff",),
    "revenue_storage": ("tariff",),
    "revenue_rail": ("tariff",),
    "opex_fixed": ("opex_fixed",),
    "opex_variable": ("opex_variable",),
    "royalty": ("concession",),
}
"""Levers that move the amounts of each line."""


def naive_run(arrays, levers=None):
    """Return every line as a list of years, each a number or an array of draws."""
    lever = dict(zip(LEVERS, base_levers(), strict=True)) | (levers or {})
    fixed = dict(zip(FIXED, arrays.fixed, strict=True))
    years = range(arrays.years)
    line = {name: [0.0 for _ in years] for name in LINES}
    line["every_year"] = [1.0 for _ in years]
    prices = _prices(arrays, lever)
    _ask(line, arrays, lever)
    _build(line, arrays, lever, fixed, prices)
    _handle(line)
    _earn(line, arrays, lever, fixed, prices)
    line["tax_without_debt"] = _taxes(
        [e - d for e, d in zip(line["ebitda"], line["depreciation"], strict=True)],
        line, fixed, lever,
    )  # fmt: skip
    _pay(line, arrays, lever, fixed)
    return line


def _prices(arrays, lever):
    found = []
    for currency, share in arrays.indices:
        c, level, path = int(currency), 1.0, []
        for t in range(arrays.years):
            if t > 0:
                level = level * (1 + share * (arrays.inflation[c, t] + lever["inflation"]))
                if c > 0:
                    level = level / (1 + lever["currency_fall"])
            path.append(level * arrays.usd_per_unit[c, t])
        found.append(path)
    return found


def _ask(line, arrays, lever):
    for t in range(arrays.years):
        grown = lever["volume"] * (1 + lever["volume_growth"]) ** t
        line["local_teu"][t] = grown * arrays.demand[0, t]
        line["transit_teu"][t] = grown * arrays.demand[1, t] * lever["transit"]
        line["transhipment_teu"][t] = grown * arrays.demand[2, t]
        line["demand_teu"][t] = sum(
            line[f"{k}_teu"][t] for k in ("local", "transit", "transhipment")
        )


def _build(line, arrays, lever, fixed, prices):
    n = arrays.years
    line["capacity_teu"] = [fixed["capacity_teu"] * lever["capacity"] for _ in range(n)]
    for earliest, trigger, years, capital, j, capacity, life, opex in arrays.phases:
        start = np.full(np.shape(line["demand_teu"][0]) or (), n) if trigger > 0 else earliest
        for t in reversed(range(int(earliest), n)):
            if trigger > 0:
                full = line["demand_teu"][t] >= trigger * line["capacity_teu"][t]
                start = np.where(full, t + 1, start)
        price, opened = prices[int(j)], start + years
        part, spent = capital * lever["capital"] / max(years, 1), 0.0
        for t in range(n):
            building = (t >= start) & (t < start + max(years, 1))
            line["capital"][t] = line["capital"][t] + part * price[t] * building
            spent = spent + part * price[t] * building
        wear = np.minimum(opened, n - 1)
        lasts = np.minimum(life, n - wear)
        for t in range(n):
            worn = (start < n) & (t >= wear) & (t < wear + lasts)
            line["depreciation"][t] = line["depreciation"][t] + worn * spent / lasts
            ready = np.clip(t - opened - lever["delay_years"] + 1, 0, 1) * (t >= opened)
            line["capacity_teu"][t] = line["capacity_teu"][t] + capacity * lever[
                "capacity"
            ] * ready * (start < n)
            upkeep = opex * lever["opex_fixed"] * price[t] * (t >= opened)
            line["opex_fixed"][t] = line["opex_fixed"][t] + upkeep


def _handle(line):
    for t, (asked, room) in enumerate(zip(line["demand_teu"], line["capacity_teu"], strict=True)):
        part = np.minimum(1.0, room / np.maximum(asked, 1e-300))
        for name in ("local", "transit", "transhipment"):
            line[f"{name}_teu"][t] = line[f"{name}_teu"][t] * part
        line["handled_teu"][t] = asked * part
        line["open"][t] = (room > 0) * 1.0


def _earn(line, arrays, lever, fixed, prices):
    n = arrays.years
    units = ("local_teu", "transit_teu", "transhipment_teu", "handled_teu", "handled_teu",
             "handled_teu", "every_year", "open")  # fmt: skip
    for kind, driver, amount, j, start, end in arrays.items:
        name = LINES[int(kind)]
        times = amount
        for k in MOVED_BY.get(name, ()):
            times = times * lever[k]
        times = times * (1, 1, 1, 1, fixed["rail_share"], fixed["storage_days"], 1, 1)[int(driver)]
        for t in range(int(start), int(end)):
            unit = line[units[int(driver)]][t]
            line[name][t] = line[name][t] + times * prices[int(j)][t] * unit
    kinds = ("local", "transit", "transhipment", "storage", "rail", "other")
    for t in range(n):
        revenue = sum(line[f"revenue_{k}"][t] for k in kinds)
        royalty = line["royalty"][t] + arrays.paths[0, t] * lever["concession"] * revenue
        opex = line["opex_fixed"][t] + line["opex_variable"][t]
        line["revenue"][t] = revenue
        line["guarantee"][t] = np.maximum(arrays.paths[1, t] - revenue, 0.0)
        line["concession_payment"][t] = np.maximum(royalty, line["minimum_payment"][t])
        paid = line["concession_payment"][t] + line["lease"][t] + line["handback"][t]
        line["ebitda"][t] = revenue + line["guarantee"][t] - opex - paid
        if t < n - 1:
            line["receivables"][t] = fixed["receivable_days"] / 365 * revenue
            line["payables"][t] = fixed["payable_days"] / 365 * opex
        for later in range(t, n):
            line["depreciation"][later] = line["depreciation"][later] + line["upfront"][t] / (n - t)


def _tax(t, profit, revenue, losses, fixed, lever):
    """Return the tax of a year; `losses` holds what is left of each earlier year, oldest first."""
    if t - fixed["loss_years"] - 1 >= 0:
        losses[int(t - fixed["loss_years"] - 1)] = 0.0
    losses.append(np.maximum(-profit, 0.0))
    if t < fixed["holiday_end"]:
        return 0.0 * profit
    base = np.maximum(profit, 0.0)
    for v in range(t):
        used = np.minimum(losses[v], base)
        losses[v], base = losses[v] - used, base - used
    rate = fixed["tax_rate"] + lever["tax_rate"]
    return np.maximum(base * rate, fixed["minimum_tax"] * revenue)


def _taxes(profits, line, fixed, lever):
    losses = []
    return [_tax(t, p, line["revenue"][t], losses, fixed, lever) for t, p in enumerate(profits)]


def _pay(line, arrays, lever, fixed):
    n, service, maturity = arrays.years, int(fixed["first_service"]), int(fixed["maturity"])
    draws, amort = arrays.paths[2], arrays.paths[3]
    rate = fixed["interest"] + lever["interest"]
    debt = loan = added = cash = reserve = retained = working = holder = 0.0
    losses = []
    for t in range(n):
        accrued, keep = rate * debt, fixed["minimum_cash"]
        interest = principal = capitalised = drawn = 0.0 * accrued
        if t < service:
            capitalised, drawn = accrued, draws[t] + 0.0 * accrued
            added, debt = added + capitalised, debt + capitalised + drawn
        else:
            loan = debt if t == service else loan
            interest = accrued
            principal = np.minimum(debt if t == maturity - 1 else amort[t] * loan, debt)
            debt = debt - principal
            line["depreciation"][t] = line["depreciation"][t] + added / (n - service)
        owed = fixed["shareholder_loan_rate"] * holder
        profit = line["ebitda"][t] - line["depreciation"][t] - interest - owed
        tax = _tax(t, profit, line["revenue"][t], losses, fixed, lever)
        now = line["receivables"][t] - line["payables"][t]
        earned = line["ebitda"][t] - tax - (now - working)
        working = now
        left = (
            cash + earned + drawn - line["capital"][t] - line["upfront"][t] - interest - principal
        )
        taken = np.minimum(reserve, np.maximum(-left, 0.0))
        reserve, left = reserve - taken, left + taken
        paid_in = np.maximum(-left, 0.0)
        left = np.maximum(left, 0.0)
        wanted = 0.0
        if service <= t + 1 < maturity and t < n - 1:
            part = amort[t + 1] * (loan if t >= service else debt)
            part = debt if t + 1 == maturity - 1 else np.minimum(part, debt)
            wanted = fixed["reserve_share"] * (part + rate * debt)
        moved = np.minimum(left, wanted - reserve)
        reserve, left = reserve + moved, left - moved
        swept = np.minimum(fixed["sweep_share"] * left, debt) if t >= service else 0.0 * debt
        debt, left = debt - swept, left - swept
        if fixed["lockup_cover"] > 0:
            locked = earned < fixed["lockup_cover"] * (interest + principal)
            keep = np.where(locked, np.inf, keep)
        given = np.maximum(left - (0.0 if t == n - 1 else keep), 0.0)
        cash, income = left - given, profit - tax
        retained = retained + income
        holder = holder + owed + fixed["shareholder_loan_share"] * paid_in
        to_loan = np.minimum(given, holder)
        holder = holder - to_loan
        dividends = np.minimum(given - to_loan, np.maximum(retained, 0.0))
        retained = retained - dividends
        for name, value in {
            "tax": tax, "cash_for_service": earned, "net_income": income, "drawn": drawn,
            "interest_capitalised": capitalised, "interest": interest, "principal": principal,
            "swept": swept, "debt": debt, "contribution": paid_in, "dividends": dividends,
            "capital_returned": given - to_loan - dividends, "holder_interest": owed,
            "holder_paid": to_loan, "holder_loan": holder, "reserve": reserve, "cash": cash,
            "withholding": fixed["withholding"] * dividends,
        }.items():  # fmt: skip
            line[name][t] = value


def naive_measures(arrays, line):
    """Return the measures of a run, each a number or an array of draws."""
    fixed = dict(zip(FIXED, arrays.fixed, strict=True))
    shape = np.broadcast_shapes(*(np.shape(v) for values in line.values() for v in values))
    row = {n: np.stack([np.broadcast_to(v, shape) for v in values]) for n, values in line.items()}
    project = (
        row["cash_for_service"] + row["tax"] - row["tax_without_debt"]
        - row["capital"] - row["upfront"]
    )  # fmt: skip
    owners = (
        row["holder_paid"] + row["dividends"] + row["capital_returned"]
        - row["withholding"] - row["contribution"]
    )  # fmt: skip
    due = row["interest"] + row["principal"]
    served = (due > 0) & (np.arange(arrays.years) >= fixed["first_service"]).reshape(
        -1, *[1] * (due.ndim - 1)
    )
    cover = np.where(served, row["cash_for_service"] / np.where(served, due, 1.0), np.inf)
    short = np.minimum(row["contribution"], due - row["cash_for_service"])
    state = row["concession_payment"] + row["lease"] + row["handback"] + row["upfront"]
    return {
        "project_npv": _worth(project, fixed["project_rate"]),
        "project_irr": _rate(project),
        "equity_npv": _worth(owners, fixed["equity_rate"]),
        "equity_irr": _rate(owners),
        "minimum_dscr": cover.min(axis=0),
        "payback_years": _payback(project),
        "treasury_npv": _worth(
            row["tax"] + row["withholding"] - row["guarantee"], fixed["treasury_rate"]
        ),
        "authority_npv": _worth(state, fixed["treasury_rate"]),
        "guarantee_npv": _worth(row["guarantee"], fixed["treasury_rate"]),
        "shortfall": np.where(served & (row["cash_for_service"] < due), short, 0.0).sum(axis=0),
    }


def _worth(flows, rate):
    years = np.arange(len(flows)).reshape(-1, *[1] * (flows.ndim - 1))
    return (flows / (1 + rate) ** years).sum(axis=0)


def _rate(flows):
    """Newton's method on all draws at once."""
    years = np.arange(len(flows)).reshape(-1, *[1] * (flows.ndim - 1))
    rate = np.full(flows.shape[1:], 0.1)
    with np.errstate(all="ignore"):  # where no rate exists the steps go astray
        for _ in range(60):
            part = flows / (1 + rate) ** years
            step = part.sum(axis=0) * (1 + rate) / (-(part * years).sum(axis=0))
            rate = np.maximum(rate - step, -0.9)
            if np.max(np.abs(step)) < 1e-12:
                break
    return rate


def _payback(flows):
    total = np.cumsum(flows, axis=0)
    n = len(flows)
    last = n - 1 - np.argmax((total < 0)[::-1], axis=0)
    at = np.minimum(last + 1, n - 1)
    before = np.take_along_axis(total, np.expand_dims(last, 0), 0)[0]
    gain = np.take_along_axis(flows, np.expand_dims(at, 0), 0)[0]
    found = np.where(last == n - 1, np.inf, last - before / np.where(gain == 0, 1, gain))
    return np.where((total < 0).any(axis=0), found, 0.0)
