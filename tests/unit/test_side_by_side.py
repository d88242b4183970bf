"""Terminals and their variants in one line of runs: the same as one after another."""

import pytest

from karwan.studies.simulate import simulate, simulate_all
from karwan.terminals.build import build
from karwan.terminals.more import with_more
from karwan.terminals.replicate import PILOTS, pilot, replicate_once, warm_up_of
from karwan.terminals.side_by_side import Asked, side_by_side
from karwan.terminals.simulate import simulate_model, simulate_models
from tiny_terminal import port

HOURS, SEED = 480.0, 3


def small_and_large():
    return build(port(), "port", 20_000.0), build(port(), "port", 40_000.0)


def events(_, run):
    return int(run.n[0]), run.tally.sum()


def test_side_by_side_is_the_same_as_one_after_another():
    asked = [Asked(model, 3) for model in small_and_large()]
    both = simulate_models(asked, hours=HOURS, seed=SEED)
    for one, (run,) in zip(asked, both, strict=True):
        alone = simulate_model(one.model, replications=3, hours=HOURS, seed=SEED)
        assert run.model is one.model
        assert run.warm_up_h == alone.warm_up_h
        assert run.values.equals(alone.values)
        assert run.summary.equals(alone.summary)


def test_variants_share_the_warm_up_and_the_seeds():
    small, _ = small_and_large()
    more = build(with_more(port(), "port", {"quay_crane": 1}), "port", 20_000.0)
    asked = [Asked(small, 4, (more,), 2)]
    ((i, warm, (own, other)),) = side_by_side(asked, events, hours=HOURS, seed=SEED)
    assert i == 0
    assert warm == warm_up_of([pilot(small, number, SEED) for number in PILOTS])
    for model, runs, n in ((small, own, 4), (more, other, 2)):
        again = [replicate_once(model, r, SEED, warm, HOURS) for r in range(n)]
        assert runs == [events(model, run) for run in again]


def test_those_of_most_traffic_are_run_first_and_told_apart():
    asked = [Asked(model, 1, warm_h=0.0) for model in small_and_large()]
    found = list(side_by_side(asked, lambda model, _: model, hours=24.0, seed=SEED))
    assert [i for i, _, _ in found] == [1, 0]
    assert all(kept == [[asked[i].model]] for i, _, kept in found)


def test_a_fault_of_one_run_ends_all():
    def fault(_model, _run):
        message = "no"
        raise ArithmeticError(message)

    asked = [Asked(small_and_large()[0], 1_000, warm_h=0.0)]
    with pytest.raises(ArithmeticError, match="no"):
        list(side_by_side(asked, fault, hours=8_760.0, seed=SEED))


def test_terminals_simulated_together_tell_the_same():
    options = {"replications": 2, "days": 20}
    both = simulate_all(port(), ["port", "Port"], **options)
    alone = simulate(port(), "port", **options)
    for run in both:
        assert run.to_dict() == alone.to_dict()
        assert len(run.one_more["element"].unique()) > 5
