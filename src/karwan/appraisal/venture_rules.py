"""Rules between the values of a venture: shares, years, currencies, names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from karwan.appraisal.levers import LEVER_WORDS
from karwan.schema.check import did_you_mean

__all__ = ["rules_broken"]

Values = Mapping[str, Any]
Rows = Mapping[str, Sequence[Mapping[str, Any]]]
NEAR = 1e-9


def rules_broken(values: Values, rows: Rows, *, doubtful: bool = False) -> list[str]:
    """Return a sentence for everything that does not fit together.

    Where values themselves are known to be wrong (`doubtful`), a rule that cannot be judged on
    them says nothing.
    """
    said: list[str] = []
    for rule in RULES:
        try:
            said += list(rule(values, rows))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            if not doubtful:
                raise
    return said


def shares_sum_to_one(_values: Values, rows: Rows) -> Iterator[str]:
    """Shares of partners, paid out and paid in, sum to one."""
    partners = rows["partners"]
    if not partners:
        yield "partners is empty; name at least one with share = 1"
        return
    out = sum(p["share"] for p in partners)
    if abs(out - 1) > NEAR:
        yield f"partners[].share sums to {out:g}; shares of all partners must sum to 1"
    paid = sum(p["share"] if p["paid_share"] is None else p["paid_share"] for p in partners)
    if abs(paid - 1) > NEAR and abs(out - 1) <= NEAR:
        yield f"partners[].paid_share sums to {paid:g}; what partners pay in must sum to 1"
    carried = sum(p["carried_interest"] for p in partners)
    if carried > 1 + NEAR:
        yield f"partners[].carried_interest sums to {carried:g}; it must be at most 1"


def currencies_have_paths(_values: Values, rows: Rows) -> Iterator[str]:
    """Every currency that is used is listed, and has a rate path unless it is the dollar."""
    listed = {row["code"]: row for row in rows["currencies"]}
    for code, row in listed.items():
        if code != "USD" and row["per_usd"] is None:
            yield f"currencies[{code}].per_usd is missing; give units for one USD by year"
        if code == "USD" and row["per_usd"] is not None:
            yield "currencies[USD].per_usd is given; one USD is always 1"
    used: dict[str, str] = {}
    for section in ("phases", "tariffs", "costs"):
        for row in rows[section]:
            used.setdefault(row["currency"], f"{section}[{row['name']}].currency")
    used.setdefault(_values["concession.currency"], "concession.currency")
    for code, where in used.items():
        if code not in listed and code != "USD":
            yield f"{where} is {code!r}, a currency without a path; add it to currencies"


def years_lie_in_the_concession(values: Values, rows: Rows) -> Iterator[str]:
    """Years lie between the first and the last one."""
    first, last = values["first_year"], values["first_year"] + values["years"] - 1
    spans = f"{first} to {last}"
    for key in ("concession.upfront_year", "debt.first_service", "tax.holiday_from"):
        if values[key] is not None and not first <= values[key] <= last:
            yield f"{key} is {values[key]}; the concession runs from {spans}"
    for section, key in (("phases", "start"), ("tariffs", "from"), ("costs", "from")):
        for row in rows[section]:
            if row[key] is not None and not first <= row[key] <= last:
                where = f"{section}[{row['name']}].{key}"
                yield f"{where} is {row[key]}; the concession runs from {spans}"
    for section in ("tariffs", "costs"):
        for row in rows[section]:
            begins = row["from"] or first
            if row["to"] is not None and row["to"] < begins:
                yield f"{section}[{row['name']}].to is {row['to']}, before it begins ({begins})"


def debt_makes_sense(values: Values, _rows: Rows) -> Iterator[str]:
    """Loans have a tenor, and lend something."""
    if values["debt.form"] == "none":
        return
    if values["debt.tenor_years"] < 1:
        yield "debt.tenor_years is missing; give years from first interest to last principal"
    if values["debt.gearing"] <= 0:
        yield 'debt.gearing is 0; give the largest share of debt, or form = "none"'
    if values["debt.grace_years"] >= max(values["debt.tenor_years"], 1):
        yield (
            f"debt.grace_years is {values['debt.grace_years']} years; it must be less than the "
            f"tenor of {values['debt.tenor_years']} years"
        )


def names_are_known(values: Values, rows: Rows) -> Iterator[str]:
    """Levers, phases and correlations name what exists, once."""
    drawn = [row["lever"] for row in rows["uncertain"]]
    for lever in drawn:
        if lever not in LEVER_WORDS:
            hint = did_you_mean(lever, tuple(LEVER_WORDS)) or f"levers: {', '.join(LEVER_WORDS)}"
            yield f"uncertain[{lever}].lever is unknown; {hint}"
    for row in rows["correlated"]:
        for end in ("first", "second"):
            if row[end] not in drawn:
                yield f"correlated[].{end} is {row[end]!r}, which is not in uncertain"
    phases = [row["name"] for row in rows["phases"]]
    waiting = values["waiting.phase"]
    if waiting is not None and waiting not in phases:
        yield f"waiting.phase is {waiting!r}; phases are {', '.join(phases) or 'none'}"


def draws_have_a_spread(_values: Values, rows: Rows) -> Iterator[str]:
    """Low, mode and high lie in order, and correlations fit together."""
    for row in rows["uncertain"]:
        low, mode, high = row["low"], row["mode"], row["high"]
        where = f"uncertain[{row['lever']}]"
        if not low < high:
            yield f"{where}.high is {high:g}; it must be above low ({low:g})"
        elif row["shape"] in {"triangular", "pert"}:
            if mode is None or not low <= mode <= high:
                said = "missing" if mode is None else f"{mode:g}"
                yield f"{where}.mode is {said}; it must lie between {low:g} and {high:g}"
        elif row["shape"] == "lognormal" and low <= 0:
            yield f"{where}.low is {low:g}; that of a lognormal lever must be positive"
    drawn = [row["lever"] for row in rows["uncertain"]]
    fine = [r for r in rows["correlated"] if r["first"] in drawn and r["second"] in drawn]
    if fine:
        matrix = np.eye(len(drawn))
        for row in fine:
            i, j = drawn.index(row["first"]), drawn.index(row["second"])
            matrix[i, j] = matrix[j, i] = row["correlation"]
        least = float(np.linalg.eigvalsh(matrix).min())
        if least < -NEAR:
            yield (
                f"correlated[].correlation: no draws can have all of them (least eigenvalue "
                f"{least:.3f}); bring them nearer to 0"
            )


def something_is_paid_for(_values: Values, rows: Rows) -> Iterator[str]:
    """There is a price for something."""
    if not rows["tariffs"]:
        yield "tariffs is empty; name at least one price"


Rule = Callable[[Values, Rows], Iterator[str]]
RULES: tuple[Rule, ...] = (
    shares_sum_to_one,
    currencies_have_paths,
    years_lie_in_the_concession,
    debt_makes_sense,
    names_are_known,
    draws_have_a_spread,
    something_is_paid_for,
)
