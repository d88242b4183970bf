"""Trips of one relation are the yardstick of a prediction."""

import numpy as np
import polars as pl
import pytest

from karwan.studies.repeats import repeats_of


def rows(*trips):
    return pl.DataFrame(trips, schema=["origin", "destination", "by", "time_days"], orient="row")


def test_each_trip_is_foretold_by_the_others_of_its_relation():
    """By hand; another mode or another end is another relation, the other direction is not."""
    found = rows(
        ("A", "B", "rail", 8.0),
        ("B", "A", "rail", 10.0),
        ("A", "B", "rail", 20.0),
        ("A", "B", "road", 3.0),
        ("B", "C", "rail", 7.0),
    )
    off = np.log([1.25, 0.8, 1.0, 9.0, 9.0])
    got = repeats_of(found, off)
    others = [abs(np.sqrt(a * b) / t - 1) for t, a, b in ((8, 10, 20), (10, 8, 20), (20, 8, 10))]
    assert (got.trips, got.relations) == (3, 1)
    assert got.by_others == pytest.approx(np.median(others), abs=1e-6)
    assert got.predicted == pytest.approx(0.2, abs=1e-6)


def test_relations_run_once_say_nothing():
    assert repeats_of(rows(("A", "B", "rail", 8.0)), np.zeros(1)) is None
