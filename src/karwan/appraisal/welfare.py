"""What the users of a network gain between two states of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["user_benefit"]

Floats = NDArray[np.float64]


def user_benefit(
    demand_before: Floats, cost_before: Floats, demand_after: Floats, cost_after: Floats
) -> tuple[float, float, float]:
    """Reckon the benefit of users by the rule of a half.

    ``sum over pairs of (q0 + q1) / 2 (S0 - S1)`` with expected costs S from the choice between
    all ways (Tressider and others 1968; Williams 1977 for expected costs). Pairs that are served
    in one state only have no cost in the other; they are counted apart and not valued.

    Parameters
    ----------
    demand_before, demand_after : float64[n]
        Consignments a year of each pair, 0 where it is not served.
    cost_before, cost_after : float64[n]
        Expected cost of one consignment [USD], ``inf`` where the pair is not served.

    Returns
    -------
    benefit : float
        USD a year.
    gained, lost : float
        Consignments a year of pairs served only after, and only before.
    """
    before, after = np.isfinite(cost_before), np.isfinite(cost_after)
    both = before & after
    half = (demand_before[both] + demand_after[both]) / 2
    benefit = float((half * (cost_before[both] - cost_after[both])).sum())
    gained = float(demand_after[after & ~before].sum())
    return benefit, gained, float(demand_before[before & ~after].sum())
