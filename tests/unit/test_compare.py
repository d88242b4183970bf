"""Comparisons hold each scenario against the first, by hand on the tiny network."""

import dataclasses

import polars as pl
import pytest

import karwan
from karwan.studies.compare import compare
from karwan.studies.run import Run
from tiny import TEXT, tiny_network

TRIP = karwan.Consignment("Alpha", "Farport", teu=2)
KEY = ("gateway", "gateway_name")


@dataclasses.dataclass(frozen=True)
class Told:
    """The smallest result of a study."""

    run: Run
    summary: pl.DataFrame


def study(tables):
    """Return a study that gives one table after another."""
    left = iter(tables)

    def told(network):
        run = Run("0", network.name, network.fingerprint, (), network.as_of, 2024, {})
        return Told(run, next(left))

    return told


def plan(network):
    return karwan.plan(network, TRIP)


def measures_of(*lines):
    """Return the tiny network with measures, one a line: name,cell,operation,value."""
    names = [line.split(",")[0] for line in lines]
    event = "Words.,hypothetical,,,,,,,,,,,,2026-01-01,guess"
    header = TEXT["measures"].splitlines()[0]
    changes = TEXT["measure_changes"].splitlines()[0]
    for line in lines:
        name, rest = line.split(",", 1)
        changes += f"\n{name},1,{rest},guess"
    return tiny_network(
        measures=header + "".join(f"\n{n},{n},{event}" for n in names),
        measure_changes=changes,
        scenarios=TEXT["scenarios"].splitlines()[0],
    )


def test_differences_are_those_reckoned_by_hand():
    tables = [
        pl.DataFrame({"port": ["a", "b"], "usd": [100.0, 0.0], "n": [4, 1], "note": ["x", "y"]}),
        pl.DataFrame({"port": ["b", "a"], "usd": [5.0, 80.0], "n": [1, 5], "note": ["x", "y"]}),
    ]
    found = compare(tiny_network(), study(tables), ["today", "quick"], key="port")
    assert found.figures == ("usd", "n")
    assert found.side_by_side("usd").rows() == [
        ("a", 100.0, 80.0, -20.0, -0.2),
        ("b", 0.0, 5.0, 5.0, None),
    ]
    assert found.side_by_side("n").rows() == [("a", 4, 5, 1, 0.25), ("b", 1, 1, 0, 0)]


def test_rows_that_a_scenario_lacks_are_empty_not_nought():
    tables = [
        pl.DataFrame({"port": ["a", "b"], "usd": [1.0, 2.0]}),
        pl.DataFrame({"port": ["c", "a"], "usd": [3.0, 4.0]}),
    ]
    found = compare(tiny_network(), study(tables), ["today", "quick"], key=["port"])
    assert found.side_by_side("usd").rows() == [
        ("a", 1.0, 4.0, 3.0, 3.0),
        ("b", 2.0, None, None, None),
        ("c", None, 3.0, None, None),
    ]


def test_the_first_of_several_rows_with_one_key_counts():
    tables = [pl.DataFrame({"port": ["a", "a"], "usd": [u, 99.0]}) for u in (1.0, 2.0)]
    found = compare(tiny_network(), study(tables), ["today", "quick"], key="port")
    assert found.side_by_side("usd").rows() == [("a", 1.0, 2.0, 1.0, 1.0)]


def test_a_quicker_border_takes_three_hours_off_each_gateway():
    found = compare(tiny_network(), plan, ["today", "quick"], key=KEY)
    (row,) = found.side_by_side("time_h").rows(named=True)
    assert row["gateway"] == "XBHAV"
    assert row["quick change"] == pytest.approx(-3.0)
    assert row["quick change share"] == pytest.approx(-3.0 / row["today"])
    (distance,) = found.side_by_side("distance_km").rows(named=True)
    assert distance["quick change"] == 0.0


def test_stamps_name_the_network_before_the_scenario():
    found = compare(tiny_network(), plan, ["today", "quick"], key=KEY)
    assert {run.fingerprint for run in found.runs.values()} == {tiny_network().fingerprint}
    assert [run.scenario for run in found.runs.values()] == [(), ("quick",)]
    assert found.results["quick"].run == found.runs["quick"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.scenarios = ()
    with pytest.raises(TypeError):
        found.runs["quick"] = None


def test_the_same_figures_come_out_as_from_a_plan_with_the_scenario():
    found = compare(tiny_network(), plan, ["today", "quick"], key=KEY)
    direct = karwan.plan(tiny_network(), TRIP, scenario="quick")
    assert found.results["quick"].summary.equals(direct.summary)
    assert found.results["quick"].run == direct.run


def test_names_joined_by_plus_are_laid_together():
    cell = "border_procedures,gate-rail/XA/{},mean_h,set,0"
    network = measures_of("a," + cell.format("exit"), "b," + cell.format("entry"))
    found = compare(network, plan, ["today", "a + b", ["b"]], key=KEY)
    assert found.scenarios == ("today", "a + b", "b")
    (row,) = found.side_by_side("time_h").rows(named=True)
    assert row["a + b change"] == pytest.approx(-6.0)
    assert row["b change"] == pytest.approx(0.0)


def test_everything_wrong_with_the_scenarios_is_told_at_once():
    cell = "links,alpha-agate-rail,running_time_h,set"
    network = measures_of(f"a,{cell},10", f"b,{cell},12")
    with pytest.raises(karwan.ScenarioError) as caught:
        compare(network, plan, ["todya", "a+b", "a", "a", ["b", "today"], "b"], key=KEY)
    for sentence in (
        "'todya' is neither a scenario nor a measure of this network; did you mean 'today'?",
        "'a' and 'b' both set links[alpha-agate-rail].running_time_h; keep one",
        "'a' is named twice; keep one",
        "'b + today' and 'b' lay the same measures; keep one",
    ):
        assert sentence in str(caught.value)


def test_one_scenario_is_too_few():
    with pytest.raises(karwan.ScenarioError, match="1 scenario is named; name two or more"):
        compare(tiny_network(), plan, ["quick"], key=KEY)


def test_an_unknown_key_or_figure_is_named():
    with pytest.raises(karwan.InputError, match=r"key is 'gatway'.+did you mean 'gateway'"):
        compare(tiny_network(), plan, ["today", "quick"], key="gatway")
    found = compare(tiny_network(), plan, ["today", "quick"], key=KEY)
    with pytest.raises(karwan.InputError, match=r"figure is 'time_j'.+did you mean 'time_h'"):
        found.side_by_side("time_j")


def test_a_scenario_without_a_route_is_told_and_the_others_kept():
    network = measures_of(
        "shut,links,alpha-agate-rail,status,set,disused", "quick,transfers,*,dwell_p50_h,set,0"
    )
    network = network.with_tables(
        links=network.table("links").filter(pl.col("link_id") != "alpha-agate-road")
    )
    found = compare(network, plan, ["today", "shut", "quick"], key=KEY)
    assert list(found.failures) == ["shut"]
    assert "no itinerary carries 2 TEU" in found.failures["shut"]
    (row,) = found.side_by_side("time_h").rows(named=True)
    assert row["shut"] is None
    assert row["quick change"] < 0
    with pytest.raises(karwan.RouteNotFound):
        compare(network, plan, ["shut", "shut+quick"], key=KEY)


def test_plain_values_hold_no_number_that_json_lacks():
    tables = [pl.DataFrame({"port": ["a"], "h": [h]}) for h in (float("inf"), float("inf"))]
    found = compare(tiny_network(), study(tables), ["today", "quick"], key="port")
    rows = found.to_dict()["rows"]
    assert [row["value"] for row in rows] == [None, None]
    assert [row["difference"] for row in rows] == [None, None]


def test_a_summary_without_rows_is_compared_without_rows():
    empty = pl.DataFrame(schema={"port": pl.String, "usd": pl.Float64})
    found = compare(tiny_network(), study([empty, empty]), ["today", "quick"], key="port")
    assert found.figures == ("usd",)
    assert found.side_by_side("usd").rows() == []
