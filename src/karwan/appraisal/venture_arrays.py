"""A venture as arrays, as the kernel takes them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karwan.appraisal.venture import Venture, along
from karwan.appraisal.venture_inputs import Step
from karwan.kernels import venture_rows as at
from karwan.kernels.venture import run

__all__ = ["Arrays", "arrays_of", "lines_of"]

Floats = NDArray[np.float64]
LIFE_OF_STEPS = 25
"""Years of wear of what a table of capacity builds."""
REVENUES = {
    "local": (at.L_REV_LOCAL, at.BY_LOCAL),
    "transit": (at.L_REV_TRANSIT, at.BY_TRANSIT),
    "transhipment": (at.L_REV_TRANSHIPMENT, at.BY_TRANSHIPMENT),
    "storage": (at.L_REV_STORAGE, at.BY_DAY),
    "rail": (at.L_REV_RAIL, at.BY_RAIL),
    "other": (at.L_REV_OTHER, at.BY_OPEN),
}
COSTS = {
    "year": (at.L_OPEX_FIXED, at.BY_OPEN),
    "teu": (at.L_OPEX_VARIABLE, at.BY_TEU),
    "local": (at.L_OPEX_VARIABLE, at.BY_LOCAL),
    "transit": (at.L_OPEX_VARIABLE, at.BY_TRANSIT),
    "transhipment": (at.L_OPEX_VARIABLE, at.BY_TRANSHIPMENT),
    "rail": (at.L_OPEX_VARIABLE, at.BY_RAIL),
}


@dataclass(frozen=True)
class Arrays:
    """What the kernel takes, see `karwan.kernels.venture.run`.

    Attributes
    ----------
    fixed, demand, items, indices, inflation, usd_per_unit, phases, paths : float64 arrays
        As the kernel names them.
    """

    fixed: Floats
    demand: Floats
    items: Floats
    indices: Floats
    inflation: Floats
    usd_per_unit: Floats
    phases: Floats
    paths: Floats

    @property
    def inputs(self) -> tuple[Floats, ...]:
        """Return the arrays in the order of the kernel."""
        return (
            self.fixed, self.demand, self.items, self.indices, self.inflation, self.usd_per_unit,
            self.phases, self.paths,
        )  # fmt: skip

    @property
    def years(self) -> int:
        """Return the number of years."""
        return int(self.demand.shape[1])

    def with_fixed(self, **figures: float) -> Arrays:
        """Return arrays with other figures of `FIXED`."""
        fixed = self.fixed.copy()
        for name, value in figures.items():
            fixed[at.FIXED.index(name)] = value
        return replace(self, fixed=fixed)


def lines_of(arrays: Arrays, levers: Floats) -> Floats:
    """Return the statements of one run, float64[n_lines, n]."""
    n = arrays.years
    lines = np.empty((len(at.LINES), n))
    scratch = np.empty((len(arrays.indices), n)), np.empty(n)
    run(levers, *arrays.inputs, *scratch, lines)  # type: ignore[call-arg]
    return lines


def arrays_of(venture: Venture, demand: Floats, steps: list[Step]) -> Arrays:
    """Turn a venture into arrays; its debt is not drawn yet.

    Parameters
    ----------
    venture : Venture
        Venture.
    demand : float64[3, n]
        What asks to be handled [TEU/year].
    steps : list of Step
        Steps of a table of capacity.

    Returns
    -------
    Arrays
        Arrays without debt.
    """
    codes = ["USD", *(r["code"] for r in venture.rows["currencies"] if r["code"] != "USD")]
    prices: dict[tuple[int, float], int] = {}

    def price(currency: str, escalation: float) -> int:
        return prices.setdefault((codes.index(currency), escalation), len(prices))

    first, n = venture.first_year, int(venture["years"])
    listed = {r["code"]: r for r in venture.rows["currencies"]}
    inflation, per_unit = np.zeros((len(codes), n)), np.ones((len(codes), n))
    for c, code in enumerate(codes):
        if code in listed:
            inflation[c] = along(listed[code]["inflation"], first, n)
        if code != "USD":
            per_unit[c] = 1 / np.array(along(listed[code]["per_usd"], first, n))
    items = [*_items(venture, price, n), *_concession_items(venture, price, n)]
    phases = [*_phases_of_steps(venture, steps, price), *_phases(venture, price)]
    paths = np.zeros((4, n))
    paths[0] = venture.path("concession.share_of_gross")
    paths[1] = venture.path("guarantee.revenue")
    return Arrays(
        _fixed(venture),
        demand,
        np.array(items, np.float64),
        np.array(list(prices), np.float64),
        inflation,
        per_unit,
        np.array(phases, np.float64).reshape(-1, 8),
        paths,
    )


def _items(venture: Venture, price: Any, n: int) -> list[tuple[float, ...]]:
    found: list[tuple[float, ...]] = []
    for section, kinds, key in (("tariffs", REVENUES, "for"), ("costs", COSTS, "per")):
        for row in venture.rows[section]:
            line, driver = kinds[row[key]]
            start = (row["from"] or venture.first_year) - venture.first_year
            end = min((row["to"] or venture.last_year) - venture.first_year + 1, n)
            j = price(row["currency"], row["escalation"])
            found.append((line, driver, row["amount"], j, start, end))
    return found


def _concession_items(venture: Venture, price: Any, n: int) -> list[tuple[float, ...]]:
    currency, share = venture["concession.currency"], venture["concession.escalation"]
    rises, stays = price(currency, share), price(currency, 0.0)
    upfront = (venture["concession.upfront_year"] or venture.first_year) - venture.first_year
    named = (
        ("upfront", at.L_UPFRONT, at.BY_YEAR, stays, upfront, upfront + 1),
        ("royalty_per_teu", at.L_ROYALTY, at.BY_TEU, rises, 0, n),
        ("minimum_payment", at.L_MINIMUM, at.BY_OPEN, rises, 0, n),
        ("lease", at.L_LEASE, at.BY_YEAR, rises, 0, n),
        ("handback", at.L_HANDBACK, at.BY_YEAR, rises, n - 1, n),
    )
    return [
        (line, driver, venture[f"concession.{key}"], j, start, end)
        for key, line, driver, j, start, end in named
        if venture[f"concession.{key}"] > 0
    ]


def _phases(venture: Venture, price: Any) -> list[tuple[float, ...]]:
    return [
        (
            row["start"] - venture.first_year, row["trigger_share"], row["build_years"],
            row["capital"], price(row["currency"], row["escalation"]), row["capacity_teu"],
            row["life_years"], row["opex"],
        )
        for row in venture.rows["phases"]
    ]  # fmt: skip


def _phases_of_steps(venture: Venture, steps: list[Step], price: Any) -> list[tuple[float, ...]]:
    """Turn a table of capacity into phases that are paid and open in their year."""
    found: list[tuple[float, ...]] = []
    before = venture["capacity.teu"]
    for year, _element, capital, capacity in steps:
        start = max(year - venture.first_year, 0)
        found.append(
            (start, 0.0, 0, capital, price("USD", 1.0), capacity - before, LIFE_OF_STEPS, 0.0)
        )
        before = capacity
    return found


def _fixed(venture: Venture) -> Floats:
    first = venture.first_year
    fixed = dict.fromkeys(at.FIXED, 0.0) | {
        "capacity_teu": venture["capacity.teu"],
        "rail_share": venture["throughput.rail_share"],
        "storage_days": venture["throughput.storage_days"],
        "receivable_days": venture["working.receivable_days"],
        "payable_days": venture["working.payable_days"],
        "tax_rate": venture["tax.rate"],
        "minimum_tax": venture["tax.minimum_share"],
        "loss_years": venture["tax.loss_years"],
        "withholding": venture["tax.withholding"],
        "interest": venture["debt.interest"],
        "reserve_share": venture["debt.reserve_months"] / 12,
        "sweep_share": venture["debt.sweep_share"],
        "lockup_cover": venture["debt.lockup_cover"],
        "shareholder_loan_share": venture["equity.shareholder_loan_share"],
        "shareholder_loan_rate": venture["equity.shareholder_loan_rate"],
        "minimum_cash": venture["working.minimum_cash"],
        "project_rate": venture["rates.project"],
        "equity_rate": venture["rates.owners"],
        "treasury_rate": venture["rates.treasury"],
    }
    if venture["tax.holiday_from"] is not None and venture["tax.holiday_years"]:
        begins = venture["tax.holiday_from"] - first
        fixed["holiday_end"] = begins + venture["tax.holiday_years"]
    return np.array([fixed[name] for name in at.FIXED])
