"""The largest stable traffic is found, and several terminals of a place make one curve."""

import numpy as np
import polars as pl
import pytest

from karwan.network import rules_terminal_fit
from karwan.studies import terminal_plans
from karwan.studies.terminal_stable import STABLE, stable_limits
from karwan.terminals.build import build
from karwan.terminals.checks import ends, growing
from karwan.terminals.curves import capacity_curve, of_capacities
from karwan.terminals.pooled import box_times
from karwan.terminals.replicate import replicate
from karwan.terminals.simulate import simulate_model
from karwan.terminals.stable import largest_common, largest_stable
from tiny_terminal import ELEMENTS, FLOWS, border, carrier, element, frame, port

QUICK = {"replications": 3, "days": 20.0}


def pair(*, shares=(1.0, 1.0)):
    """Two borders of one place: the second has half the gates of the first."""
    one = border()
    tables = {
        name: one.table(name)
        for name in ("terminals", "terminal_elements", "terminal_carriers", "terminal_flows")
    }
    capacity = frame("capacities", [{
        "capacity_id": "place", "target_kind": "node", "target": "PKKHI", "hard": False,
        "capacity_teu_per_year": 500_000.0, "load_teu_per_year": 400_000.0,
        "other_teu_per_year": 0.0, "function": "constant",
    }])  # fmt: skip
    both = {}
    for name, rows in tables.items():
        other = rows.with_columns(terminal_id=pl.lit("other"))
        for column in ("element_id", "carrier_id", "flow_id", "from_carriers", "to_carriers"):
            if column in other.columns:
                other = other.with_columns(pl.col(column) + "2")
        both[name] = pl.concat([rows, other])
    halved = (pl.col("terminal_id") == "other") & (pl.col("kind") == "gate_lane")
    both["terminal_elements"] = both["terminal_elements"].with_columns(
        count=pl.when(halved).then(1).otherwise("count").cast(pl.Int64)
    )
    traffic = [200_000.0 * share for share in shares]
    both["terminals"] = both["terminals"].with_columns(
        capacity_id=pl.lit("place"), throughput_teu_per_year=pl.Series(traffic)
    )
    return one.with_tables(capacities=capacity, **both)


def test_the_largest_stable_traffic_is_what_the_lanes_can_do():
    """Two lanes of 8 minutes that half of the trucks pass let 30 an hour in, 394,200 TEU a year."""
    limit = largest_stable(border(), "port", **QUICK)
    assert 0.95 * 394_200 < limit < 394_200


def test_too_much_is_unstable_however_short_the_run():
    """Lanes at 114 %: after 60 days of warm-up the queue rises by a fifth in 20 days."""
    model = build(border(), "port", 450_000)
    run = simulate_model(model, replications=3, hours=480.0, seed=1)
    assert not run.stable
    assert "work for customs lane, 114 % of what can be done" in run.growth[0].what
    grown = replicate(model, range(3), 1, 1440.0, 480.0)
    assert growing([ends(run) for run in grown], 1440.0)
    assert not growing([ends(run) for run in grown])


def test_a_place_is_full_when_the_first_of_its_terminals_is():
    alone = largest_stable(pair(), "other", **QUICK)
    assert largest_common(pair(), ("port", "other"), **QUICK) * 200_000 == pytest.approx(alone)
    curve = capacity_curve(pair(), ("other", "port"), **QUICK)
    assert curve.terminals == ("other", "port")
    assert curve.limit_teu_per_year == pytest.approx(2.0 * alone)
    assert curve.capacity_teu_per_year == 500_000.0
    assert curve.points["load_share"].max() == pytest.approx(curve.limit)
    assert of_capacities(pair()) == {"place": ("other", "port")}


@pytest.mark.parametrize("word", ["PKKHI", "place"])
def test_a_place_with_several_terminals_is_named_by_node_or_capacity(monkeypatch, word):
    monkeypatch.setattr(terminal_plans, "capacity_curve", lambda _, names, **__: names)
    assert terminal_plans.simulate_curve(pair(), word) == ("other", "port")
    assert terminal_plans.simulate_curve(pair(), "other") == ("other",)


def test_times_of_a_place_are_those_of_all_its_boxes():
    """A terminal twice is as quick as once; of two the mean weighs by boxes, P95 is the mixture's."""
    quick, slow = build(pair(), "port", 100_000), build(pair(), "other", 200_000)
    given = {"replications": 3, "hours": 480.0, "seed": 1}
    one, twice, other = (box_times(m, **given) for m in ([quick], [quick, quick], [slow]))
    assert one == twice
    mean, p95 = box_times([quick, slow], **given)
    assert mean[0] == pytest.approx((one[0][0] + 2 * other[0][0]) / 3, rel=0.05)
    assert one[1][0] < p95[0] < other[1][0]


def test_limits_stand_beside_what_is_published():
    rows = stable_limits(pair(), ["other"], **QUICK)
    assert rows.columns == list(STABLE)
    row = rows.row(0, named=True)
    assert row["taken_teu_per_year"] == 250_000.0
    assert row["published_teu_per_year"] is None
    assert row["busiest"] == "gate_lane"
    assert np.isfinite(row["stable_teu_per_year"])
    assert "work for gate lane, 105 % of what can be done" in row["grows"]


def test_a_vessel_must_fit_one_berth_in_length_and_depth():
    """As long as one berth and as deep as the other it has none."""
    short = element("deep", "berth", 1, length_m=100.0, depth_m=14.0)
    ship = carrier("ship", "vessel", boxes_per_call=9.0, length_m=180.0, draft_m=10.5)
    network = port(
        elements=[*ELEMENTS, short],
        carriers=[ship, carrier("truck", "truck")],
        flows=[FLOWS[0] | {"from_carriers": "ship", "share": 1.0}],
    )
    found = [str(p) for p in rules_terminal_fit.vessels_fit_a_berth(network)]
    assert "no berth of port is both long and deep enough" in " ".join(found)
