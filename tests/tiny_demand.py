"""Demand and places with capacity on the tiny network."""

import polars as pl

from karwan.assignment.classes import PoolOptions
from karwan.assignment.columns import columns_of
from karwan.assignment.places import places_of
from karwan.assignment.pool import column_pool
from tiny import AS_OF

WIDE = PoolOptions(factor=5.0)


def room(
    target, *, capacity=1000.0, other=0.0, load=500.0, hard="false", name=None, function="bpr"
):
    """Return a row of capacity."""
    alpha = "1" if function == "bpr" else ""
    power = "4" if function == "bpr" else ""
    return (
        f"{name or target},crossing,{target},,{capacity},{load},{other},{function},{alpha},{power},"
        f"{hard},2026-01-01,guess"
    )


def wanted(tonnes=10_000.0, **changes):
    """Return demand from Alpha to Farport: 1,000 TEU a year."""
    row = {
        "demand_id": "boxes", "origin": "XAALP", "destination": "XCFAR", "commodity": "general",
        "cargo_unit": "TEU", "year": 2025, "tonnes": tonnes, "teu": tonnes / 10,
        "tonnes_low": tonnes / 2, "tonnes_high": tonnes * 2, "kind": "trade", "source_id": "guess",
    }  # fmt: skip
    return pl.DataFrame([{**row, **changes}])


def parts(network, demand):
    """Return pool, columns and places."""
    pool = column_pool(network, demand, AS_OF, choice=WIDE)
    return pool, columns_of(pool), places_of(network, pool)
