"""Curves of delay rise and bend upwards, stand on simulated points, and end where queues grow."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.errors import InputError
from karwan.network import rules_capacities
from karwan.studies.terminal_loop import settle
from karwan.studies.terminal_plans import simulate_growth
from karwan.terminals.curves import capacity_curve, convex_fit
from karwan.terminals.triggers import STEPS, Service, growth_steps, kept
from tiny_terminal import border, port


@settings(max_examples=60)
@given(st.lists(st.floats(0.1, 100), min_size=2, max_size=12))
def test_a_fit_never_falls_and_never_bends_down(times):
    loads = np.linspace(0.1, 1.0, len(times))
    fitted = convex_fit(loads, np.array(times), np.full(len(times), 0.1))
    slopes = np.diff(fitted) / np.diff(loads)
    assert (slopes >= -1e-7).all()
    assert (np.diff(slopes) >= -1e-6).all()


def test_a_fit_of_a_convex_curve_is_the_curve():
    loads = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    times = 1.0 / (1.0 - loads)
    assert convex_fit(loads, times, np.ones(5)) == pytest.approx(times, rel=1e-9)


def test_a_border_is_stable_up_to_what_its_lanes_can_do():
    """Two lanes of 8 minutes that half of the trucks pass let 30 an hour in, 394,200 TEU a year."""
    curve = capacity_curve(border(), "port", replications=4, days=40, shares=(0.8, 1.4, 1.8, 3.2))
    assert 1.85 <= curve.limit <= 1.971
    assert (curve.points["mean_low_h"] <= curve.points["mean_h"]).all()
    assert curve.points["p95_h"].is_sorted()
    factors = curve.knots["time_factor"].to_numpy()
    loads = curve.knots["load_share"].to_numpy()
    assert factors[0] == 1.0
    assert (np.diff(np.diff(factors) / np.diff(loads)) >= -1e-9).all()
    knots = curve.knots.select(pl.lit("x").alias("capacity_id"), "knot", "load_share",
                               "time_factor", pl.lit("terminal-kict").alias("source_id"))  # fmt: skip
    row = border().table("capacities").head(1).with_columns(
        capacity_id=pl.lit("x"), function=pl.lit("curve")
    )  # fmt: skip
    network = border().with_tables(capacities=row, capacity_curves=knots)
    assert not [p for rule in rules_capacities.RULES for p in rule(network)]


def test_a_border_grows_by_gates_when_demand_does():
    network = border()
    demand = {2026: 300_000.0, 2030: 600_000.0}
    steps = growth_steps(
        network,
        "port",
        demand,
        service=Service(None, truck_turn_p95_h=0.6),
        replications=3,
        days=20,
    )
    assert list(steps.columns) == list(STEPS)
    assert steps["element"][0] == "as it stands"
    grown = steps.filter(pl.col("year") == 2030)
    assert "gate" in grown["element"].to_list()
    assert steps["capacity_teu_per_year"].is_sorted()
    assert steps["capacity_teu_per_year"][-1] >= 0.97 * 600_000
    assert grown["capital_usd"].sum() == 1e6 * len(grown)


def test_a_level_of_service_names_what_is_missed():
    from karwan.terminals.build import build
    from karwan.terminals.simulate import simulate_model

    run = simulate_model(build(port(), "port"), replications=3, hours=960, seed=1)
    assert kept(run, Service(100.0, 1_000.0, 10_000.0))
    missed = Service(1e-6, 1e-6, 1e-6).missed(run)
    assert set(missed) == {"wait ratio", "truck turn P95", "box time P95"}


@pytest.mark.parametrize(
    ("levels", "demand", "sentence"),
    [
        ({"wait_ratio": -1.0}, {2026: 1.0}, "wait_ratio is -1; it must be above 0"),
        ({}, {2026: -4.0}, "demand of 2026 is -4 TEU/year; it must be above 0"),
        ({}, {}, "the horizon is empty"),
    ],
)
def test_plans_that_make_no_sense_are_refused(levels, demand, sentence):
    with pytest.raises(InputError, match=sentence):
        simulate_growth(port(), "port", demand, levels)


def test_all_that_is_wrong_with_a_file_is_named_at_once(tmp_path):
    file = tmp_path / "traffic.csv"
    file.write_text("year,teu_per_year\n2026,x\n2026.5,7\n2030,5\n2030,-6\n")
    with pytest.raises(InputError) as caught:
        simulate_growth(port(), "port", file, {"wait_ratio": -1.0}, replications=1)
    said = str(caught.value)
    for part in (
        "teu_per_year is 'x'; it must be a number",
        "year is 2026.5; it must be a whole year",
        "2030 comes twice",
        "demand of 2030 is -6 TEU/year",
        "wait_ratio is -1",
        "replications are 1",
    ):
        assert part in said


def test_the_loop_refuses_what_it_cannot_simulate():
    with pytest.raises(InputError, match="no terminal names the capacity 'nowhere'; turns are 1"):
        settle(port(), lambda n: n, capacities=("nowhere",), turns=1)
