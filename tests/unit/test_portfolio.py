"""Portfolios on the tiny network, where only the rail gate shuts by chance."""

import datetime as dt
import json
import math
from importlib import import_module

import numpy as np
import pytest

import karwan
from karwan.routing.closure_risk import ClosureGroup, LengthPosterior
from karwan.routing.histories import AGES_D, draw_histories, rest_draws
from tiny import AS_OF, TEXT, tiny_network

GATE = ("crossing", "gate-rail")
FEW = {"histories": 200, "years": 5, "departures": 4, "draws": 50, "seed": 1}


def group(rate, length_d, spread, *, ongoing=None, years=4000.0):
    """Return a group whose rate and law of lengths are known almost surely."""
    law = LengthPosterior(np.array([math.log(length_d)]), np.array([spread]), np.ones(1))
    events = {str(k): (GATE,) for k in range(int(rate * years))}
    return ClosureGroup("Gate", (GATE,), years, events, {GATE: 0.0}, law, ongoing or {})


def steady():
    """Return the network with hardly any spread of its own."""
    borders = TEXT["border_procedures"].replace(",6,1,", ",6,0,").replace(",10,1,", ",10,0,")
    return tiny_network(
        border_procedures=borders.replace(",8,24,", ",8,8,"),
        speeds=TEXT["speeds"].replace(",2,book", ",0,book").replace(",1,book", ",0,book"),
        services=TEXT["services"].replace("container,2,", "container,200,"),
        closures=TEXT["closures"].splitlines()[0],
    )


def shut_by(monkeypatch, law):
    study = import_module("karwan.studies.portfolio")
    monkeypatch.setattr(study, "closure_groups", lambda *_: (law,))


@pytest.fixture
def shut_at_times(monkeypatch):
    """Shut the rail gate twice a year for some twenty days."""
    law = group(2, 20, 0.5)
    shut_by(monkeypatch, law)
    return law


def open_share(law):
    """Return the share of time without a closure: events of a Poisson process may overlap."""
    mean_d = float(np.exp(law.lengths.mean + law.lengths.spread**2 / 2)[0])
    return math.exp(-law.rate[0] / 365.25 * mean_d)


def test_histories_have_the_availability_of_alternating_closures():
    law = group(2, 20, 0.5)
    moments = np.arange(1, 30) * 4380.0
    known = draw_histories((law,), AS_OF, moments, 4000, np.random.default_rng(1))
    assert (known.age == 0).mean() == pytest.approx(open_share(law), abs=0.004)


def test_what_is_shut_at_first_stays_shut_as_long_as_its_law_says():
    since, look = AS_OF - dt.timedelta(days=40), AS_OF - dt.timedelta(days=11)
    law = group(1e-3, 30, 0.5, ongoing={GATE: (since, look)})
    moments = np.array([0.0, 20.0, 60.0]) * 24
    known = draw_histories((law,), AS_OF, moments, 40_000, np.random.default_rng(1))
    shut = (known.age > 0).mean(axis=(0, 2))
    survival = law.lengths.survival(np.array([30.0, 40.0, 60.0, 100.0]))
    np.testing.assert_allclose(shut, survival[1:] / survival[0], atol=0.01)
    assert (known.age[:, 0][known.age[:, 0] > 0] == np.searchsorted(AGES_D, 52) + 1).all()


def test_the_rest_of_a_closure_is_that_of_its_law():
    law = group(1, 10, 0.5)
    for age in (1.0, 8.0, 20.0):
        rest = rest_draws(law, age, 100_000, np.random.default_rng(2))
        assert (rest > 5).mean() == pytest.approx(law.lengths.left(age, 5.0), abs=0.01)


def test_one_way_keeps_the_time_when_its_gate_is_open(shut_at_times):
    """Rail takes 9.57 days; 9.6 leave no time to wait, so that only the open gate counts."""
    found = karwan.portfolio(
        steady(), ["Alpha"], ["Farport"], within_days=9.6, probability=0.5, by="border", **FEW
    )
    rail = found.ways.filter(found.ways["way"] == "Haven by Gate").row(0, named=True)
    assert rail["alone"] == pytest.approx(open_share(shut_at_times), abs=0.02)


@pytest.mark.usefixtures("shut_at_times")
def test_two_ways_keep_what_one_cannot():
    network = steady()
    one, two = (
        karwan.portfolio(
            network, ["Alpha"], ["Farport"], within_days=12, probability=p, by="border", **FEW
        )
        for p in (0.8, 0.999)
    )
    assert (len(one.chosen), one.is_feasible) == (1, True)
    assert two.probability >= one.probability
    best = two.curve.filter(two.curve["probability"] >= 0.999)["size"].min()
    assert len(two.chosen) == best
    assert two.reachable == pytest.approx(1.0)
    for row in two.chosen.to_dicts():
        assert row["without"] <= two.probability + 1e-12
    assert two.chosen["share"].sum() == pytest.approx(1.0)


def test_the_cost_is_that_of_the_freight_carried():
    found = karwan.portfolio(
        steady(), ["Alpha"], ["Farport"], within_days=40, probability=0.9, teu_per_year=500, **FEW
    )
    trip = karwan.plan(steady(), karwan.Consignment("Alpha", "Farport", teu=1)).summary
    assert found.chosen["usd_per_year"].sum() == pytest.approx(500 * trip["cost_usd"][0], rel=1e-3)
    assert found.chosen["extra_generalised_usd_per_year"].sum() == pytest.approx(0.0, abs=1e-6)


@pytest.mark.usefixtures("shut_at_times")
def test_what_cannot_be_kept_says_what_cuts_it_off():
    found = karwan.portfolio(steady(), ["Alpha"], ["Farport"], within_days=8, **FEW)
    assert not found.is_feasible
    assert found.probability == pytest.approx(found.reachable, abs=1e-3)
    said = "\n".join(found.reasons)
    assert "all ways together reach 0.0% within 8 days" in said
    assert "the quickest way takes 9 days on average" in said


def test_a_place_that_binds_is_named(monkeypatch):
    law = group(4, 30, 0.5)
    shut_by(monkeypatch, law)
    network = steady()
    roads = network.table("links").filter(network.table("links")["mode"] != "road")
    found = karwan.portfolio(
        network.with_tables(links=roads), ["Alpha"], ["Farport"], within_days=9.6, **FEW
    )
    assert not found.is_feasible
    place = found.places.row(0, named=True)
    assert place["target"] == "gate-rail"
    later = 1 - 1 / (FEW["years"] * FEW["departures"])
    assert place["shut_share"] == pytest.approx(later * (1 - open_share(law)), abs=0.02)
    assert 0.9 * place["shut_share"] < place["lost_with_all_ways"] <= place["shut_share"]
    assert "Gate is shut at" in found.reasons[-1]


@pytest.mark.usefixtures("shut_at_times")
def test_the_same_seed_gives_the_same_bytes():
    first, again = (
        karwan.portfolio(steady(), ["Alpha"], ["Farport"], within_days=12, **FEW) for _ in range(2)
    )
    assert json.dumps(first.to_dict()) == json.dumps(again.to_dict())


def test_places_that_nothing_watches_never_shut():
    found = karwan.portfolio(steady(), ["Alpha"], ["Farport"], within_days=40, **FEW)
    assert found.probability == pytest.approx(1.0)
    assert found.places.is_empty()


def test_nonsense_is_named_at_once():
    with pytest.raises(karwan.InputError) as refused:
        karwan.portfolio(
            tiny_network(), within_days=-1, probability=1.5, years=0, histories=0, by="sea", teu=0
        )
    for word in (
        "within_days is -1",
        "probability is 1.5",
        "years is 0",
        "histories is 0",
        "'sea'",
        "teu is 0",
    ):
        assert word in str(refused.value)


def test_a_way_on_the_atlas_is_kept_or_not_by_what_is_known():
    """One pair, few draws: the portfolio found is the best of its size by the table of ways."""
    found = karwan.portfolio(
        karwan.open_atlas(), ["Almaty"], ["Karachi"], within_days=22, probability=0.9,
        histories=10, years=10, departures=3, draws=200, seed=2,
    )  # fmt: skip
    assert found.is_feasible
    assert found.curve["probability"].is_sorted()
    assert found.curve["probability"][0] == pytest.approx(found.ways["alone"].max())
    assert found.reachable >= found.curve["probability"].max() - 1e-12
    torkham = found.places.filter(found.places["target"] == "torkham-road").row(0, named=True)
    assert 0.1 < torkham["shut_share"] < 0.8
