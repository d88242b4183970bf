"""What a venture is worth to the economy: shadow prices and what users gain, without transfers."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.appraisal.account import Account

__all__ = ["economic_flows"]

Floats = NDArray[np.float64]


def economic_flows(account: Account) -> pl.DataFrame:
    """Return yearly benefits and costs to the economy in prices of the first year.

    Tax, royalties, interest and dividends only change hands and are left out. Money is divided
    by the inflation of the US dollar that the venture states. Of revenue and of the cost of
    boxes only `economic.revenue_share` counts: the rest is won from other terminals, which save
    as much. What users gain is stated in `economic.user_benefit_usd`, as `karwan rank` and the
    rule of a half (`appraisal.welfare.user_benefit`) give it, or a box.

    Parameters
    ----------
    account : Account
        Venture with its statements.

    Returns
    -------
    polars.DataFrame
        ``year``, ``revenue_usd``, ``users_usd``, ``opex_usd``, ``capital_usd``, ``net_usd``.
    """
    venture, of = account.venture, account.line
    inflation = account.arrays.inflation[0].copy()
    inflation[0] = 0.0
    level = np.cumprod(1 + inflation)
    share, opex_factor = venture["economic.revenue_share"], venture["economic.opex_factor"]
    revenue = share * of("revenue") / level
    users = np.array(venture.path("economic.user_benefit_usd"))
    users = users + venture["economic.benefit_per_teu"] * of("handled_teu")
    variable, fixed = of("opex_variable") / level, of("opex_fixed") / level
    opex = opex_factor * (fixed + share * variable)
    capital = venture["economic.capital_factor"] * of("capital") / level
    return pl.DataFrame(
        {
            "year": account.years,
            "revenue_usd": revenue,
            "users_usd": users,
            "opex_usd": opex,
            "capital_usd": capital,
            "net_usd": revenue + users - opex - capital,
        }
    )
