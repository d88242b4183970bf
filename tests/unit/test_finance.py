"""Rates of return and debt against exact values and against pyxirr."""

import math

import numpy as np
import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from karwan.appraisal import debt
from karwan.appraisal import rates_of_return as rr
from karwan.errors import InputError


def test_the_annuity_of_100_at_8_5_percent_over_12_years():
    assert debt.annuity(100, 0.085, 12) == pytest.approx(13.615286, abs=5e-7)
    assert debt.annuity(100, 0, 4) == 25
    loan = debt.annuity_loan(100, 0.085, 12)
    assert abs(loan.balance[-1]) < 1e-9
    assert loan.principal.sum() == pytest.approx(100, abs=1e-9)


def test_100_that_brings_10_for_25_years():
    flows = [-100] + 25 * [10]
    assert rr.irr(flows).rate == pytest.approx(0.08780336, abs=5e-9)
    assert rr.npv(0.08, flows) == pytest.approx(6.747762, abs=5e-7)
    assert rr.profitability_index(0.08, flows, [100]) == pytest.approx(1.06747762, abs=5e-9)


def test_an_annuity_that_grows_by_4_percent():
    assert debt.growing_annuity(0.04, 0.10, 25) == pytest.approx(12.565900, abs=5e-7)
    assert debt.growing_annuity(0.05, 0.05, 3) == pytest.approx(3 / 1.05)


def test_sculpting_level_cash_keeps_the_cover_of_every_year():
    loan = debt.sculpted_loan(12 * [100], 1.3, 0.085)
    assert loan.amount == pytest.approx(564.975852, abs=5e-7)
    np.testing.assert_allclose(debt.cover_ratios(12 * [100], loan.service), 1.3, rtol=1e-14)
    assert abs(loan.balance[-1]) < 1e-9


def test_sculpting_rising_cash_is_no_level_annuity():
    """A level payment out of the same cash would lend 399.82 and break the cover at once."""
    loan = debt.sculpted_loan([120, 140, 160, 180], 1.3, 0.06)
    assert loan.amount == pytest.approx(395.940764, abs=5e-7)
    assert debt.life_cover([120, 140, 160, 180], loan.amount, 0.06) == pytest.approx(1.3)


def test_a_cap_on_debt_lifts_the_cover_of_all_years_alike():
    cash = [120, 140, -5, 180]
    loan = debt.sculpted_loan(cash, 1.3, 0.06, most=100)
    cover = debt.cover_ratios(cash, loan.service)
    assert loan.amount == 100
    assert loan.service[2] == 0
    assert np.isnan(cover[2])
    np.testing.assert_allclose(cover[[0, 1, 3]], cover[0])
    assert abs(loan.balance[-1]) < 1e-9


def test_flows_with_two_rates_name_both_and_the_modified_rate_is_one():
    found = rr.irr([-100, 230, -132])
    assert found.rates == pytest.approx((0.10, 0.20), abs=1e-12)
    assert (found.rate, found.most) == (pytest.approx(0.10), 2)
    assert "one of 2" in found.words
    assert rr.mirr([-100, 230, -132], 0.10, 0.10) == pytest.approx(0.10, abs=1e-12)


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ([-10000] + 16 * [327.24625], -0.06765411),
        ([-1678.87, 771.96, 1814.05, 3520.30, 3552.95, 3584.99, 4789.91, -1], 1.0042698),
    ],
    ids=["below nil", "over 100 %"],
)
def test_rates_that_other_solvers_missed(flows, rate):
    """Threads 98 and 44 of numpy-financial."""
    assert rr.irr(flows).rate == pytest.approx(rate, abs=5e-8)


def test_flows_without_a_rate_say_so():
    assert rr.irr([10, 1, 2, 3, 4]).words == "none: the flows never change sign"
    found = rr.irr([10, 1, 2, -3, 4])
    assert (found.rate, found.rates, found.most) == (None, (), 2)
    assert found.words == "none: no rate makes them worth 0"


def test_a_rate_where_the_value_only_touches_nil_is_found():
    """(1 - 1.1 v)^2 = 1 - 2.2 v + 1.21 v^2."""
    found = rr.irr([1, -2.2, 1.21])
    assert found.rates == pytest.approx((0.10,), abs=1e-6)


def test_payback_counts_part_of_a_year():
    assert rr.payback([-100, 30, 40, 50]) == pytest.approx(2.6)
    assert rr.payback([-100, 30]) == math.inf
    assert rr.payback([5, 1]) == 0
    assert rr.payback([-100, 110], 0.10) == pytest.approx(1)
    assert rr.payback([-10, 20, -30, 40]) == pytest.approx(2.5), "for good, not for a year"


@given(
    st.integers(1, 6),
    st.lists(st.floats(0.1, 100), min_size=2, max_size=30),
    st.floats(0.3, 3),
)
def test_conventional_flows_have_the_rate_of_pyxirr(building, receipts, times):
    """Or a better one: pyxirr ends once the value is below 1e-9, and is then compared to 1e-8."""
    spent = sum(receipts) / times / building
    flows = building * [-spent] + receipts
    wanted = pyxirr.irr(flows)
    found = rr.irr(flows)
    assert found.most == 1
    assert abs(rr.npv(found.rate, flows)) < 1e-9 * sum(receipts) * max(1, (1 + found.rate) ** -36)
    if wanted is not None:
        left = abs(rr.npv(wanted, flows))
        assert abs(rr.npv(found.rate, flows)) <= max(left, 1e-12 * sum(receipts))
        assert found.rate == pytest.approx(wanted, abs=1e-10 if left < 1e-12 else 1e-8)
    assert rr.irr_of_rows(np.array([flows]))[0] == pytest.approx(found.rate, abs=1e-12)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=12))
def test_every_rate_found_makes_the_flows_worth_nothing(flows):
    found = rr.irr(flows)
    assert len(found.rates) <= max(found.most, 0)
    for rate in found.rates:
        scale = rr.npv(rate, np.abs(flows))
        assert abs(rr.npv(rate, flows)) <= 1e-9 * scale


def test_what_makes_no_sense_is_named():
    with pytest.raises(InputError, match="tenor is -3 years; it must be at least 1") as caught:
        debt.annuity(100, -2, -3)
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="flow of year 1 is nan"):
        rr.irr([-1, math.nan])
    with pytest.raises(InputError, match="one number for each year"):
        rr.npv(0.1, [])
    assert math.isnan(rr.mirr([1, 2], 0.1, 0.1))
