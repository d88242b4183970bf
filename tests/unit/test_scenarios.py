"""Scenarios change exactly the cells they name, and clashes are named."""

import pytest

import karwan
from karwan.scenarios import apply_scenario, describe_scenario, read_measures
from tiny import TEXT, tiny_network


def with_changes(*lines, scenarios=TEXT["scenarios"]):
    header = TEXT["measure_changes"].splitlines()[0]
    names = dict.fromkeys(line.split(",")[0] for line in lines)
    event = "Words.,hypothetical,,,,,,,,,,,,2026-01-01,guess"
    measures = TEXT["measures"].splitlines()[0] + "".join(f"\n{n},{n},{event}" for n in names)
    return tiny_network(
        measures=measures, measure_changes="\n".join([header, *lines]), scenarios=scenarios
    )


NONE = TEXT["scenarios"].splitlines()[0]


def test_a_scenario_changes_its_cells_and_nothing_else():
    before = tiny_network()
    after = apply_scenario(before, ["quick"])
    changed = [t for t in before.tables if not before.table(t).equals(after.table(t))]
    assert changed == ["border_procedures"]
    old, new = (n.table("border_procedures") for n in (before, after))
    different = (old["mean_h"] != new["mean_h"]).fill_null(value=False)
    assert new.filter(different)["mean_h"].to_list() == [3.0]
    assert before.fingerprint == tiny_network().fingerprint != after.fingerprint


def test_no_scenario_is_the_same_network():
    network = tiny_network()
    assert apply_scenario(network, []) is network


def test_one_name_needs_no_list():
    network = tiny_network()
    assert (
        apply_scenario(network, "quick").fingerprint
        == apply_scenario(network, ["quick"]).fingerprint
    )


def test_a_star_changes_every_row():
    network = with_changes("m,1,transfers,*,dwell_p50_h,multiply,0.5,guess", scenarios=NONE)
    halved = apply_scenario(network, ["m"]).table("transfers")["dwell_p50_h"]
    assert (halved == network.table("transfers")["dwell_p50_h"] / 2).all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("m,1,lnks,x,distance_km,set,1,guess", "which is no table of the network"),
        ("m,1,links,alpha-agate-rial,distance_km,set,1,guess", "did you mean 'alpha-agate-rail'?"),
        (
            "m,1,links,alpha-agate-rail,link_id,set,1,guess",
            "'link_id' is no column that can change",
        ),
        (
            "m,1,links,alpha-agate-rail,distance_km,set,-5,guess",
            "where -5 km it must be at least 0.05",
        ),
        ("m,1,links,alpha-agate-rail,status,set,opne,guess", "did you mean 'open'?"),
        ("m,1,links,alpha-agate-rail,opens,set,2026-13-01,guess", "which is no date"),
        ("m,1,links,alpha-agate-rail,mode,multiply,2,guess", "multiply needs a number"),
        ("m,1,links,alpha-agate-rail,distance_km,multiply,x,guess", "multiply needs a number"),
        ("m,1,links,alpha-agate-rail,distance_km,multiply,-1,guess", "which makes it -600 km"),
    ],
)
def test_a_change_that_cannot_be_is_named(change, sentence):
    with pytest.raises(karwan.ScenarioError) as caught:
        apply_scenario(with_changes(change, scenarios=NONE), ["m"])
    assert sentence in str(caught.value)
    assert "measure 'm' changes" in str(caught.value)


def test_two_measures_on_one_cell_clash():
    cell = "links,alpha-agate-rail,running_time_h,set"
    network = with_changes(f"a,1,{cell},10,guess", f"b,1,{cell},12,guess", scenarios=NONE)
    with pytest.raises(karwan.ScenarioError) as caught:
        apply_scenario(network, ["a", "b"])
    assert "'a' and 'b' both set links[alpha-agate-rail].running_time_h; keep one" in str(
        caught.value
    )


def test_unknown_names_are_all_named():
    with pytest.raises(karwan.ScenarioError) as caught:
        apply_scenario(tiny_network(), ["quik", "zzz"])
    assert (
        "'quik' is neither a scenario nor a measure of this network; did you mean 'quick'?"
        in str(caught.value)
    )
    assert "'zzz'" in str(caught.value)


def test_a_scenario_that_names_no_measure_is_named():
    network = tiny_network(scenarios=TEXT["scenarios"].replace("faster-gate", "faster-gates"))
    with pytest.raises(karwan.ScenarioError, match="'faster-gates' is neither"):
        apply_scenario(network, ["quick"])


def test_each_measure_counts_once():
    assert len(read_measures(tiny_network(), ["quick", "faster-gate"])) == 1


def test_today_is_the_network_as_it_is():
    network = tiny_network()
    assert apply_scenario(network, "today") is network
    assert apply_scenario(network, ["today", "quick"]).fingerprint != network.fingerprint
    assert describe_scenario(network, "today") == []


def test_a_description_holds_cells_costs_and_sources():
    (told,) = describe_scenario(tiny_network(), "quick")
    assert told["measure_id"] == "faster-gate"
    assert (told["capital_low_usd_m"], told["owners"]) == (20.0, "XA|XB")
    assert told["sources"]["cost_source_id"]["grade"] == "A"
    (change,) = told["changes"]
    assert change["cells"] == [{"row": "gate-rail/XA/exit/2024", "from": 6.0, "to": 3.0}]
    assert (change["unit"], change["grade"], change["operation"]) == ("h", "C", "multiply")


def test_a_star_is_described_cell_by_cell_without_the_empty_ones():
    network = with_changes("m,1,border_procedures,*,p50_h,multiply,0.5,guess", scenarios=NONE)
    (told,) = describe_scenario(network, "m")
    cells = told["changes"][0]["cells"]
    assert [c["row"] for c in cells] == [f"gate-rail/XB/{way}/2024" for way in ("entry", "exit")]
    assert {(c["from"], c["to"]) for c in cells} == {(8.0, 4.0)}
