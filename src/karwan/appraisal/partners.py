"""What each partner pays in and takes out: shares, loans, preferred return, carried interest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from karwan.appraisal.account import Account

__all__ = ["partner_flows"]

Floats = NDArray[np.float64]


def partner_flows(account: Account) -> dict[str, Floats]:
    """Share out the flows of owners; the flows of partners sum to theirs.

    Capital and loans are paid in, and loans paid back, by the shares of what partners pay in.
    Dividends and capital, after withholding, first give back paid-in capital with its preferred
    return to those who paid it; of the rest the carried interest goes first, and what is left by
    shares. Without preferred return and carried interest all of it goes by shares.

    Parameters
    ----------
    account : Account
        Venture with its statements.

    Returns
    -------
    dict of str to float64[n]
        Flow of each partner by year [USD].
    """
    rows = account.venture.rows["partners"]
    share = np.array([r["share"] for r in rows])
    paid = np.array([r["share"] if r["paid_share"] is None else r["paid_share"] for r in rows])
    carried = np.array([r["carried_interest"] for r in rows])
    of = account.line
    given = of("dividends") + of("capital_returned") - of("withholding")
    lent = account.venture["equity.shareholder_loan_share"]
    capital = of("contribution") * (1 - lent)
    first = _first(account, given, capital, carried)
    rest = given - first
    by_share = np.outer(carried, rest) + np.outer(share, rest * (1 - carried.sum()))
    flows = np.outer(paid, of("holder_paid") - of("contribution") + first) + by_share
    return {r["name"]: flow for r, flow in zip(rows, flows, strict=True)}


def _first(account: Account, given: Floats, capital: Floats, carried: Floats) -> Floats:
    """Return what of the payments gives back capital with its preferred return."""
    rate = account.venture["equity.preferred_return"]
    first = np.zeros(len(given))
    if rate == 0 and not carried.any():
        return first
    owed = 0.0
    for t, (amount, added) in enumerate(zip(given, capital, strict=True)):
        owed = owed * (1 + rate) + added
        first[t] = min(amount, owed)
        owed -= first[t]
    return first
