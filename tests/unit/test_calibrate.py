"""The fit finds multipliers that are there, and says when there is too little to fit."""

import numpy as np
import polars as pl
import pytest

import karwan
from karwan.studies.calibrate import _fit, calibrate
from karwan.studies.validate import validate


def test_known_multipliers_are_found():
    rng = np.random.default_rng(2)
    parts = rng.uniform(1, 20, (300, 4))
    true = np.log([0.8, 1.5, 1.2, 1.0])
    wanted = np.log(parts @ np.exp(true)) + rng.normal(0, 0.02, 300)
    theta, covariance = _fit(parts, wanted, np.array([True, True, True, True]))
    np.testing.assert_allclose(theta, true, atol=5 * np.sqrt(np.diag(covariance)).max())


def test_a_part_that_too_few_trips_hold_stays_as_it_is():
    parts = np.random.default_rng(1).uniform(1, 9, (8, 4))
    theta, _ = _fit(parts, np.log(parts.sum(axis=1) * 2), np.array([True, True, False, True]))
    assert abs(theta[2]) < 1e-6


def test_the_atlas_is_fitted_by_trips_that_are_ordinary():
    network = karwan.open_atlas()
    found = calibrate(network)
    assert found.parameters["multiplier"].is_between(0.2, 5).all()
    assert found.errors["errors"].to_list() == ["as it is", "fitted", "leave-one-out"]
    assert 0.1 < found.scatter < 1.5
    inside = validate(network).coverage["time"]
    assert 0.5 <= inside <= 1


def test_too_few_trips_are_refused_in_words():
    network = karwan.open_atlas()
    few = network.table("observations").filter(pl.col("kind") == "actual").head(2)
    with pytest.raises(karwan.InputError, match="it takes at least 3"):
        calibrate(network, few)
