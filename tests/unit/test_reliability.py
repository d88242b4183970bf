"""Simulated times agree with closed forms, and promises behave as they must."""

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import karwan
from karwan.routing.closure_risk import ClosureGroup, LengthPosterior, length_posterior
from karwan.routing.rates import lognormal_moments, lognormal_third, time_percentiles
from karwan.routing.simulate import simulate_trips
from tiny import TEXT, added, edited, tiny_network

Z95 = 1.6448536269514722
TRIP = karwan.Consignment("Alpha", "Farport", teu=2)
DAY = "2025-12-01"
SWAP = "swap,XA-AGATE,rail,road,1520,,container,container,2,5,10,40,handling,,book"


def planned(network=None, **more):
    return karwan.plan(network or tiny_network(), TRIP, depart=DAY, **more)


def steady(p50, p95):
    """Return the network with no spread anywhere but one border side of given percentiles."""
    network = TEXT["border_procedures"].replace(",6,1,", ",6,0,").replace(",10,1,", ",10,0,")
    return tiny_network(
        border_procedures=network.replace(
            "gate-rail,XB,entry,,,8,24", f"gate-rail,XB,entry,,,{p50},{p95}"
        ),
        speeds=TEXT["speeds"].replace(",2,book", ",0,book").replace(",1,book", ",0,book"),
        services=TEXT["services"].replace("container,2,", "container,200,"),
    )


def test_one_lognormal_part_has_its_percentiles():
    routes = planned(steady(100, 300), options=karwan.Options(avoid=("road",)))
    times = routes.reliability([1], draws=200_000).row(0, named=True)
    fixed = routes.summary["time_h"][0] - lognormal_moments(100, 300)[0]
    spread = math.log(3) / Z95
    for name, z in (("p10", -1.2816), ("p50", 0.0), ("p90", 1.2816), ("p95", Z95)):
        wanted = fixed + 100 * math.exp(spread * z)
        assert times[f"time_{name}_h"] == pytest.approx(wanted, rel=0.01), name
        if name != "p10":
            assert routes.summary[f"time_{name}_h"][0] == pytest.approx(wanted, rel=0.005)


def test_percentiles_of_the_sum_are_exact_for_one_shifted_lognormal():
    mean, variance = (np.array([m]) for m in lognormal_moments(20, 60))
    found = time_percentiles(mean + 100, variance, lognormal_third(mean, variance))
    for value, z in zip(found, (0, 1.2815515655446004, Z95), strict=True):
        assert value[0] == pytest.approx(100 + 20 * math.exp(math.log(3) / Z95 * z), rel=1e-6)


def test_percentiles_of_a_sum_without_skewness_are_normal():
    found = time_percentiles(np.array([100.0]), np.array([25.0]), np.array([0.0]))
    assert found[2][0] == pytest.approx(100 + 5 * Z95, rel=1e-4)


def test_a_wait_for_a_ship_by_timetable_is_uniform():
    """A ship leaves every hour of the week twice: arrivals spread over days wait half the gap."""
    calls = "service_id,call,node_id,stay_h,source_id,stay_p95_h,loads\nliner,1,XBHAV,10,book\nliner,2,XCFAR,10,book"
    table = "service_id,node_id,days,departs_h,starts,ends,last_look,source_id\n" + "\n".join(
        f"liner,XBHAV,1234567,{h},,,2026-01-01,book" for h in (0, 12)
    )
    network = tiny_network(service_calls=calls, timetables=table)
    routes = planned(network, options=karwan.Options(avoid=("road",)))
    row = routes.summary.row(0, named=True)
    mean = float(simulate_trips(routes.query, routes.trips[:1], draws=100_000).hours.mean())
    assert mean == pytest.approx(row["time_h"] - row["gate_wait_h"] + 6, abs=0.3)


def group(rate, length_d, spread, *, years=4000.0):
    """Return a group whose rate and law of lengths are known almost surely."""
    lengths = LengthPosterior(np.array([math.log(length_d)]), np.array([spread]), np.ones(1))
    place = ("crossing", "gate-rail")
    events = {str(k): (place,) for k in range(int(rate * years))}
    return ClosureGroup("Gate", (place,), years, events, {place: 0.0}, lengths, {})


def test_the_first_closure_comes_after_an_exponential_wait():
    starts = group(2, 10, 0.5).draw_events(200_000, math.inf, 1, np.random.default_rng(1))[0][0]
    years = starts / (365.25 * 24)
    assert years.mean() == pytest.approx(0.5, rel=0.02)
    assert np.median(years) == pytest.approx(math.log(2) / 2, rel=0.02)


def test_alternating_closures_have_their_availability(monkeypatch):
    """At t the gate is shut with probability 1 - exp(-rate x mean length seen by t)."""
    law = group(12, 4, 0.3)
    monkeypatch.setattr("karwan.routing.stops.closure_groups", lambda *_: (law,))
    routes = planned(steady(8, 24), options=karwan.Options(avoid=("road",)))
    found = simulate_trips(routes.query, routes.trips[:1], draws=100_000)
    days = np.linspace(0, (24 + 600 / 40) / 24, 400)
    seen = np.trapezoid(law.lengths.survival(days), days)
    assert found.caught[0] == pytest.approx(1 - math.exp(-12 / 365.25 * seen), rel=0.03)


def test_who_is_caught_waits_or_goes_round_whichever_is_less(monkeypatch):
    for length, turns in ((0.2, False), (120, True)):
        law = group(40, length, 0.1)
        monkeypatch.setattr("karwan.routing.stops.closure_groups", lambda *_, law=law: (law,))
        routes = planned(added("transfers", SWAP))
        rail = routes.summary.filter(pl.col("rail_km") > 1000)["itinerary"][0]
        found = simulate_trips(routes.query, [routes.trips[rail - 1]], draws=20_000)
        assert found.caught[0] > 0.01
        assert bool(found.diverted[0] > 0) is turns


def test_a_trip_too_late_for_the_last_opening_never_arrives(monkeypatch):
    shut = "x,crossing,gate-rail,shut,2025-12-03,,,,,,,,Shut.,2026-01-01,book"
    routes = planned(added("closures", shut), options=karwan.Options(avoid=("road",)))
    law = group(40, 1, 0.1)
    law = replace(law, targets=(("node", "XB-FARPORT"),), events={"1": (("node", "XB-FARPORT"),)})
    monkeypatch.setattr("karwan.routing.stops.closure_groups", lambda *_: (law,))
    found = simulate_trips(routes.query, routes.trips[:1], draws=5000)
    assert 0 < np.isinf(found.hours).mean() < 1
    assert np.isfinite(found.closure_h).all()


def test_trips_that_share_a_border_share_its_luck():
    routes = planned(steady(8, 24), options=karwan.Options(avoid=("road",)))
    twice = simulate_trips(routes.query, [routes.trips[0], routes.trips[0]], draws=1000)
    np.testing.assert_array_equal(twice.hours[0], twice.hours[1])


def test_the_same_seed_gives_the_same_times():
    routes = planned()
    first, again, other = (routes.reliability(draws=6000, seed=s) for s in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


@pytest.mark.parametrize("closures", [False, True])
def test_percentiles_rise_with_the_spread_of_a_part(closures):
    last = {}
    for p95 in (12, 16, 24, 36):
        network = edited(
            "border_procedures", "gate-rail,XB,entry,,,8,24", f"gate-rail,XB,entry,,,8,{p95}"
        )
        routes = planned(network, options=karwan.Options(avoid=("road",)))
        times = routes.reliability([1], draws=20_000, closures=closures).row(0, named=True)
        found = {n: times[f"time_{n}_h"] for n in ("p90", "p95")}
        found |= {f"analytic {n}": routes.summary[f"time_{n}_h"][0] for n in ("p50", "p90", "p95")}
        assert all(found[n] >= last.get(n, 0) for n in found), p95
        last = found


def test_a_deadline_is_met_as_often_as_the_times_say():
    routes = planned()
    table = routes.reliability([1], deadline="2026-01-20T12:00")
    times = simulate_trips(routes.query, routes.trips[:1]).hours[0]
    hours = dt.timedelta(days=50, hours=4) / dt.timedelta(hours=1)
    assert table["on_time"][0] == pytest.approx((times <= hours).mean())
    assert table["buffer_h"][0] == pytest.approx(table["time_p95_h"][0] - table["time_p50_h"][0])


def test_nonsense_is_refused_in_words():
    routes = planned()
    for asked, sentence in (
        ({"deadline": "2025-11-30"}, "before the departure at 2025-12-01 08:00"),
        ({"deadline": "soon"}, "write the date as 2025-12-24"),
        ({"draws": 0}, "draws is 0; it must be at least 1"),
        ({"itineraries": [0, 99]}, "itinerary 0 does not exist"),
    ):
        with pytest.raises(karwan.InputError, match=sentence):
            routes.reliability(**asked)


def test_reliability_alone_ranks_by_what_can_be_promised():
    routes = planned(options=karwan.Options(by=("reliability",)))
    kept = routes.reliability(range(1, len(routes) + 1))["time_p95_h"]
    assert kept.is_sorted()


def test_lengths_are_learnt_from_many_closures():
    rng = np.random.default_rng(3)
    lengths = np.exp(rng.normal(math.log(20), 0.8, 60))
    law = length_posterior(lengths, np.ones(60, bool))
    p50, low, high = law.percentile_interval(0.5)
    assert low < np.median(lengths) < high
    assert p50 == pytest.approx(np.median(lengths), rel=0.2)
    assert law.percentile(0.9) == pytest.approx(20 * math.exp(0.8 * 1.2816), rel=0.25)


def test_a_closure_that_goes_on_is_counted_once():
    """Without it the law is that of the other closures."""
    days, over = np.array([2.0, 9.0, 30.0]), np.array([True, True, True])
    others = length_posterior(days, over)
    every = length_posterior(np.append(days, 50.0), np.append(over, False))
    alone = every.uncounted(50.0)
    for age, more in ((1.0, 5.0), (50.0, 30.0), (200.0, 90.0)):
        assert alone.left(age, more) == pytest.approx(others.left(age, more), rel=0.01)
    assert every.left(50.0, 30.0) > others.left(50.0, 30.0)


def test_a_closure_still_on_makes_lengths_longer():
    over = length_posterior(np.array([5.0, 9.0, 120.0]), np.array([True, True, True]))
    on = length_posterior(np.array([5.0, 9.0, 120.0]), np.array([True, True, False]))
    assert on.percentile(0.5) > over.percentile(0.5)
    assert on.percentile(0.5, 100) > on.percentile(0.5, 10)


def test_expected_further_length_is_that_of_the_law():
    law = LengthPosterior(np.array([math.log(10)]), np.array([0.5]), np.ones(1))
    draws = np.exp(np.random.default_rng(5).normal(math.log(10), 0.5, 400_000))
    for age in (0.0, 8.0, 20.0):
        left = draws[draws > age] - age
        wanted = np.minimum(left, 180).mean()
        assert law.further_days(np.array([age]))[0] == pytest.approx(wanted, rel=0.02)
        assert law.left(age, 5.0) == pytest.approx((left > 5).mean(), abs=0.01)


def test_rates_have_the_jeffreys_posterior():
    law = replace(group(1, 10, 0.5), years=2.0, events={"a": (), "b": ()})
    assert law.rate[0] == pytest.approx(2.5 / 2)
    assert law.target_rate(("crossing", "gate-rail"))[0] == pytest.approx(0.5 / 2)
    assert law.participation(("crossing", "gate-rail"))[0] == pytest.approx(0.5 / 3)
