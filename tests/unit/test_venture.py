"""A venture adds up, and its kernel equals the readable twin."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.appraisal import statements
from karwan.appraisal.account import account, measures_of
from karwan.appraisal.levers import base_levers, lever_number
from karwan.appraisal.rates_of_return import npv
from karwan.appraisal.venture import changed_venture, read_venture
from karwan.appraisal.venture_arrays import lines_of
from karwan.appraisal.views import granted
from karwan.kernels.venture_rows import LEVERS, LINES
from naive_venture import naive_measures, naive_run

FULL = Path(__file__).resolve().parents[1] / "ventures" / "full.toml"


@pytest.fixture(scope="module")
def full():
    return account(read_venture(FULL))


DRAWS = st.fixed_dictionaries(
    {
        "volume": st.floats(0.2, 2),
        "volume_growth": st.floats(-0.03, 0.05),
        "transit": st.floats(0, 2),
        "tariff": st.floats(0.3, 2),
        "transit_tariff": st.floats(0.3, 2),
        "capital": st.floats(0.5, 2),
        "opex_fixed": st.floats(0.5, 2),
        "opex_variable": st.floats(0.5, 2),
        "concession": st.floats(0, 2),
        "inflation": st.floats(-0.02, 0.05),
        "currency_fall": st.floats(-0.02, 0.1),
        "interest": st.floats(-0.03, 0.05),
        "tax_rate": st.floats(-0.1, 0.1),
        "capacity": st.floats(0.5, 1.5),
        "delay_years": st.floats(0, 3),
    }
)


@settings(max_examples=40)
@given(DRAWS, st.integers(0, 8), st.sampled_from(["sculpted", "annuity", "none"]))
def test_the_kernel_equals_its_readable_twin(drawn, loss_years, form):
    changes = {"tax.loss_years": loss_years, "debt.form": form, "debt.owners_cover": True}
    arrays = account(changed_venture(read_venture(FULL), changes)).arrays
    levers = np.array([drawn[name] for name in LEVERS])
    lines = lines_of(arrays, levers)
    twin = naive_run(arrays, drawn)
    scale = 1e-9 * max(1.0, np.abs(lines).max())
    for row, name in enumerate(LINES):
        np.testing.assert_allclose(
            lines[row], np.array(twin[name], float), rtol=1e-9, atol=scale, err_msg=name
        )
    found, wanted = measures_of(arrays, lines), naive_measures(arrays, twin)
    for name, value in wanted.items():
        if not name.endswith("irr"):  # may not exist; compared where it does
            assert found[name] == pytest.approx(float(value), rel=1e-8, abs=scale), name


def test_rates_of_return_equal_those_of_the_twin(full):
    wanted = naive_measures(full.arrays, naive_run(full.arrays))
    found = measures_of(full.arrays, full.lines)
    for name in ("project_irr", "equity_irr"):
        assert found[name] == pytest.approx(float(wanted[name]), abs=1e-10)


def test_the_kernel_as_plain_python_gives_the_same(full):
    """The same source, not compiled."""
    from karwan.kernels.venture import run

    lines, n = np.empty_like(full.lines), full.arrays.years
    scratch = np.empty((len(full.arrays.indices), n)), np.empty(n)
    run.py_func(base_levers(), *full.arrays.inputs, *scratch, lines)
    np.testing.assert_allclose(lines, full.lines, rtol=1e-12, atol=1e-6)


@settings(max_examples=25)
@given(
    st.sampled_from(["sculpted", "annuity", "none"]),
    st.floats(0.1, 0.9),
    st.floats(0, 1),
    st.integers(0, 12),
    st.floats(0, 0.6),
)
def test_everything_adds_up(form, gearing, loan_share, months, sweep):
    changes = {
        "debt.form": form,
        "debt.gearing": gearing,
        "equity.shareholder_loan_share": loan_share,
        "debt.reserve_months": months,
        "debt.sweep_share": sweep,
        "debt.owners_cover": True,
    }
    found = account(changed_venture(read_venture(FULL), changes))
    for what, difference in statements.checks(found).items():
        assert difference < 1e-6, what


def test_debt_is_sculpted_to_its_cover(full):
    """No tax is due in the first years, so that cash with and without debt is the same."""
    cover = full.dscr[full.sizing.first_service :][:3]
    np.testing.assert_allclose(cover, 1.35, rtol=1e-12)
    assert full.sizing.llcr == pytest.approx(1.35, rel=1e-12)
    assert full.sizing.plcr > full.sizing.llcr
    assert full.sizing.bound_by == "cover"
    assert np.nanmin(full.dscr) > 1.35 - 1e-9


def test_debt_stays_below_the_cap_of_gearing():
    found = account(changed_venture(read_venture(FULL), {"debt.gearing": 0.4}))
    assert found.sizing.bound_by == "gearing"
    assert found.sizing.gearing == pytest.approx(0.4, rel=1e-12)
    uses = statements.uses_and_sources(found)
    total = uses.filter(uses["side"] == "use")["usd"].sum()
    assert found.sizing.amount == pytest.approx(0.4 * total, rel=1e-12)


HOLIDAY = """
name = "100 a year"
first_year = 2027
years = 11
capacity = { teu = 1 }
rates = { treasury = 0.11 }
tax = { rate = 0.29, holiday_from = 2028, holiday_years = 10 }
[[tariffs]]
name = "rent"
for = "other"
amount = 100
from = 2028
[[partners]]
name = "one"
share = 1
"""


def test_a_tax_holiday_of_ten_years_is_worth_what_it_is(tmp_path):
    """29 % of 100 a year for ten years, at 11 %: 170.787728."""
    file = tmp_path / "holiday.toml"
    file.write_text(HOLIDAY)
    found = account(read_venture(file))
    assert granted(found)["tax_granted"] == pytest.approx(170.787728, abs=5e-7)
    assert found.line("tax").sum() == 0
    taxed = account(changed_venture(found.venture, {"tax.holiday_years": 0}))
    assert granted(taxed)["tax_granted"] == 0
    assert taxed.line("tax").tolist() == [0, *10 * [pytest.approx(29)]]
    assert npv(0.11, taxed.line("tax")) == pytest.approx(170.787728, abs=5e-7)


def test_old_losses_are_used_oldest_first_and_lapse(tmp_path):
    """Losses of 100 and 50, then profits of 100 a year; losses may be used for two years."""
    file = tmp_path / "losses.toml"
    costs = '[[costs]]\nname = "start"\nper = "year"\namount = {}\nfrom = {}\nto = {}\n'
    text = HOLIDAY.replace(", holiday_from = 2028, holiday_years = 10", ", loss_years = 2")
    file.write_text(
        text
        + costs.format(100, 2027, 2027)
        + costs.format(150, 2028, 2028).replace("start", "more")
    )
    found = account(read_venture(file))
    assert found.line("ebitda")[:4].tolist() == [-100, -50, 100, 100]
    assert found.line("tax")[:5] == pytest.approx([0, 0, 0, 0.29 * 50, 29])
    short = account(changed_venture(found.venture, {"tax.loss_years": 1}))
    assert short.line("tax")[:4] == pytest.approx([0, 0, 0.29 * 50, 29]), "the first has lapsed"
    least = account(changed_venture(found.venture, {"tax.minimum_share": 0.02}))
    assert least.line("tax")[:4] == pytest.approx([0, 2, 2, 0.29 * 50])


def test_a_trigger_starts_the_phase_when_demand_comes(full):
    asked, room = full.line("demand_teu"), full.line("capacity_teu")
    first = next(t for t in range(3, 25) if asked[t] >= 0.85 * room[t])
    assert full.line("capital")[first + 1] > 0
    assert full.line("capital")[2 : first + 1].sum() == 0
    levers = base_levers()
    levers[lever_number("volume")] = 0.3
    assert lines_of(full.arrays, levers)[LINES.index("capital"), 2:].sum() == 0


def test_capacity_caps_throughput_and_it_is_said(full):
    assert (full.line("handled_teu") <= full.line("capacity_teu") + 1e-6).all()
    assert any("capped by capacity in 7 years (2035 to 2051)" in text for text in full.notices)
