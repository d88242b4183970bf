"""The fit finds factors that are there, and says when there is too little to fit."""

import numpy as np
import polars as pl
import pytest

import karwan
from karwan.studies.calibrate import Trips, _fit, _model, _scatter, calibrate
from karwan.studies.validate import validate

ALL = np.ones(2, bool)


def trips(n, true, noise, seed):
    rng = np.random.default_rng(seed)
    road, fixed = rng.uniform(1, 20, (2, n))
    given = Trips(road, fixed, rng.random(n) < 0.5, np.zeros(n))
    wanted = np.log(_model(given, np.log(true))[0]) + rng.normal(0, noise, n)
    return given._replace(wanted=wanted)


def test_known_factors_are_found():
    true = np.array([1.4, 0.7])
    theta, covariance = _fit(trips(400, true, 0.02, 2), ALL)
    np.testing.assert_allclose(theta, np.log(true), atol=5 * np.sqrt(np.diag(covariance)).max())


def test_the_slope_of_the_model_is_its_derivative():
    given, theta = trips(5, np.ones(2), 0.1, 1), np.log([1.3, 0.6])
    _, slope = _model(given, theta)
    for k in range(2):
        step = np.eye(2)[k] * 1e-6
        rise = (_model(given, theta + step)[0] - _model(given, theta - step)[0]) / 2e-6
        np.testing.assert_allclose(slope[:, k], rise, rtol=1e-6)


def test_a_part_that_too_few_trips_hold_stays_as_it_is():
    theta, _ = _fit(trips(8, np.full(2, 2.0), 0.0, 1), np.array([True, False]))
    assert abs(theta[1]) < 1e-6


@pytest.fixture(scope="module")
def atlas():
    return karwan.open_atlas()


def test_the_atlas_carries_its_own_fit(atlas):
    found = calibrate(atlas)
    carried = atlas.table("calibration")
    now = found.table()
    assert carried["parameter"].to_list() == now["parameter"].to_list()
    np.testing.assert_allclose(carried["value"], now["value"], atol=0.02)
    assert found.errors["errors"].to_list() == ["without", "fitted", "leave-one-out"]
    without, _, left_out = found.errors["made"]
    assert left_out < without + 0.01, "nor may they cost the median more than a point"
    before, _, left_out = found.errors["rms_log"]
    assert left_out < before, "factors that do not help on trips they have not seen do not belong"
    assert found.made == int(carried.filter(pl.col("parameter") == "scatter")["trips"][0])


def test_what_was_only_announced_takes_no_part_in_the_fit(atlas):
    names = [
        "baku-xian-2024",
        "xian-tashkent-2024",
        "khorgos-moscow-2017",
        "bolashak-altynkol-2022",
    ]
    trips = atlas.table("observations").filter(pl.col("observation_id").is_in(names))
    late = pl.when(pl.col("kind") == "planned").then(9 * pl.col("time_low_days"))
    later = late.otherwise(pl.col("time_low_days")).alias("time_low_days")
    fits = [calibrate(atlas, t) for t in (trips, trips.with_columns(later))]
    assert fits[0].parameters.equals(fits[1].parameters)
    assert fits[0].scatter == fits[1].scatter
    assert fits[0].errors["announced"][0] != fits[1].errors["announced"][0]


@pytest.mark.parametrize("trips_made", [4, 30, 400])
def test_the_scatter_holds_four_fifths_of_trips_not_seen(trips_made):
    """Over many samples P10 to P90 of what was learnt from n trips holds the next one 8 in 10."""
    rng = np.random.default_rng(trips_made)
    off = rng.standard_t(3, (600, trips_made + 1))
    held = [abs(row[-1]) <= 1.2815515655 * _scatter(row[:-1]) + 1e-12 for row in off]
    assert 0.75 <= np.mean(held) <= 0.90


def test_intervals_hold_the_share_of_trips_they_promise(atlas):
    coverage = validate(atlas).coverage
    assert 0.70 <= coverage["time"] <= 0.90
    assert 0.60 <= coverage["cost"] <= 0.95


def test_too_few_trips_are_refused_in_words(atlas):
    few = atlas.table("observations").filter(pl.col("kind") == "actual").head(2)
    with pytest.raises(karwan.InputError, match="it takes at least 3"):
        calibrate(atlas, few)
