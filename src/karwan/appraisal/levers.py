"""The levers of a venture: what draws, tornado and spider move."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.venture_rows import LEVERS

__all__ = ["LEVER_WORDS", "base_levers", "is_factor", "lever_number"]

LEVER_WORDS = {
    "volume": "factor on boxes of all classes",
    "volume_growth": "points a year on the growth of boxes",
    "transit": "factor on transit boxes",
    "tariff": "factor on all prices for boxes, storage and rail",
    "transit_tariff": "factor on the price of transit boxes",
    "capital": "factor on capital of phases; debt stays as it was agreed",
    "opex_fixed": "factor on costs a year",
    "opex_variable": "factor on costs a box",
    "concession": "factor on royalty and share of gross",
    "inflation": "points a year on inflation of all currencies",
    "currency_fall": "fall of all other currencies against the dollar, points a year",
    "interest": "points on the interest of the debt",
    "tax_rate": "points on the rate of income tax",
    "capacity": "factor on capacity",
    "delay_years": "years by which new capacity opens late",
}
POINTS = ("volume_growth", "inflation", "currency_fall", "interest", "tax_rate", "delay_years")


def is_factor(lever: str) -> bool:
    """Say whether a lever is a factor (1 changes nothing) or points added (0 changes nothing)."""
    return lever not in POINTS


def lever_number(lever: str) -> int:
    """Return the place of a lever in arrays."""
    return LEVERS.index(lever)


def base_levers() -> NDArray[np.float64]:
    """Return levers that change nothing."""
    return np.array([1.0 if is_factor(lever) else 0.0 for lever in LEVERS])
