"""Laws of the equilibrium: shutting never helps, room never hurts, a choice more never hurts."""

import functools
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.assignment.stochastic import Choice, solve
from karwan.kernels.logit import load_logit
from karwan.studies.assign import assign
from tiny import TEXT, tiny_network
from tiny_demand import WIDE, parts, room, wanted

PLAIN = Choice(scale=4.0, path_size=0.0)
HEADER = (
    "capacity_id,target_kind,target,form,capacity_teu_per_year,load_teu_per_year,"
    "other_teu_per_year,function,alpha,power,hard,last_look,source_id"
)


def network(*rows, closure=""):
    """Return the tiny network with places and perhaps a closure."""
    tables = {"capacities": "\n".join((HEADER, *rows))}
    if closure:
        tables["closures"] = TEXT["closures"] + "\n" + closure
    return tiny_network(**tables)


@pytest.mark.parametrize("crossing", ["gate-rail", "gate-road"])
@pytest.mark.parametrize("tonnes", [5_000.0, 20_000.0])
def test_shutting_a_crossing_never_lowers_what_trade_expects_to_pay(crossing, tonnes):
    rows = room("gate-rail"), room("gate-road")
    shut = f"now,crossing,{crossing},shut,2025-12-01,,,,,,,,Flood.,2026-01-01,book"
    paid = [
        assign(network(*rows, closure=line), demand=wanted(tonnes), pool=WIDE, choice=PLAIN).totals
        for line in ("", shut)
    ]
    assert paid[1]["unserved_tonnes"] == 0
    assert paid[1]["expected_cost_usd"] > paid[0]["expected_cost_usd"]


@functools.cache
def full_gate():
    """Pool, columns and places with a hard capacity at the railway gate, times constant."""
    row = room("gate-rail", hard="true", load=1.0, function="constant")
    return parts(network(row), wanted())


@settings(max_examples=40)
@given(st.floats(1.0, 900.0), st.floats(0.0, 300.0), st.booleans())
def test_more_room_never_raises_cost_less_rent(capacity, more, deterministic):
    """And the shadow price never rises either: total cost is convex in capacity."""
    pool, columns, places = full_gate()
    choice = replace(PLAIN, deterministic=deterministic)

    def cost(size):
        table = places.table.with_columns(capacity_teu_per_year=pl.lit(size))
        found = solve(pool, columns, replace(places, table=table), choice)
        rent = float((found.price * (found.through - places.other)).sum())
        return float((found.demand * found.expected).sum()) - rent, found.price[0]

    small, large = cost(capacity), cost(capacity + more)
    assert large[0] <= small[0] * (1 + 1e-9)
    assert large[1] <= small[1] + 1e-5


@given(
    st.lists(st.floats(-5, 5), min_size=1, max_size=5),
    st.floats(-8, 5),
    st.lists(st.floats(-1, 1), min_size=2, max_size=2),
    st.floats(0.1, 3.0),
)
def test_one_column_more_never_raises_expected_cost(utility, another, delay, scale):
    """At fixed delays, path sizes left out."""

    def expected(values):
        n = len(values)
        first = np.arange(n + 1, dtype=np.int32)
        place = (np.arange(n) % 2).astype(np.int32)
        extra = np.column_stack((delay, np.zeros(2)))
        return load_logit(
            np.array([0, n], np.int32), np.array([[10.0, 1.0, 2.0, scale, 0.0, 1.0]]),
            np.array(values), False, first, place, extra, np.zeros_like(extra), np.zeros(n), 2,
        )[3][0]  # fmt: skip

    before, after = expected(utility), expected([*utility, another])
    assert after <= before + 1e-12 * max(1.0, abs(before))
