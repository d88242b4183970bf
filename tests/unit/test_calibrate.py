"""The fit finds a factor that is there, and says when there is too little to fit."""

import math

import numpy as np
import polars as pl
import pytest

import karwan
from karwan.studies.calibrate import PRIOR, Trips, _fit, _model, _scatter, calibrate
from karwan.studies.validate import validate


def trips(n, true, noise, seed):
    rng = np.random.default_rng(seed)
    lone, fixed = rng.uniform(1, 20, (2, n))
    given = Trips(lone, fixed, rng.random(n) < 0.5, np.zeros(n))
    wanted = np.log(_model(given, math.log(true))[0]) + rng.normal(0, noise, n)
    return given._replace(wanted=wanted)


@pytest.mark.parametrize("true", [0.7, 1.4])
def test_a_known_factor_is_found(true):
    theta, spread = _fit(trips(400, true, 0.02, 2))
    assert theta == pytest.approx(math.log(true), abs=5 * spread)


def test_few_trips_stay_near_the_rules():
    """One trip that is half as fast again moves the factor less far than a hundred do."""
    far = [abs(_fit(trips(n, 1.5 * math.exp(PRIOR), 0.3, 1))[0] - PRIOR) for n in (1, 100)]
    assert far[0] < far[1] < 0.5


def test_the_slope_of_the_model_is_its_derivative():
    given, theta, step = trips(5, 1.0, 0.1, 1), math.log(0.6), 1e-6
    _, slope = _model(given, theta)
    rise = (_model(given, theta + step)[0] - _model(given, theta - step)[0]) / (2 * step)
    np.testing.assert_allclose(slope, rise, rtol=1e-6)


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
    assert left_out < without + 0.01, "nor may it cost the median more than a point"
    before, _, left_out = found.errors["rms_log"]
    assert left_out < before, "a factor that does not help on trips it has not seen does not belong"
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


def test_without_trips_by_two_drivers_there_is_no_factor(atlas):
    names = ["khorgos-moscow-2017", "altynkol-baku-2024", "chongqing-duisburg-2013"]
    found = calibrate(
        atlas, atlas.table("observations").filter(pl.col("observation_id").is_in(names))
    )
    assert found.parameters.select("value", "trips", "fitted").row(0) == (1.0, 0, False)
    assert found.table()["parameter"].to_list() == ["scatter"]
    assert found.errors["made"].n_unique() == 1


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
