"""Observations are compared with the plan of the same trip, and bad ones are named."""

import json
import math

import polars as pl
import pytest

import karwan
from karwan.network import read_rows
from karwan.schema import RawTable, load_schema, typed
from tiny import tiny_network

HEADER = (
    "observation_id,origin,destination,via,by,depart,year,distance_km,time_low_days,"
    "time_high_days,time_covers,cost_usd_per_unit,kind"
)


def written(tmp_path, *rows):
    file = tmp_path / "trips.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n")
    return file


def test_a_trip_is_compared_with_its_plan(tmp_path):
    network = tiny_network()
    file = written(
        tmp_path,
        "rail,Alpha,Farport,,rail|sea,2025-12-01,2025,2332,8,12,door,1000,actual",
        "away,Alpha,Farport,,road,2025-12-01,2025,,9,,,,actual",
        "place,Alpha,Narnia,,,,2025,900,,,,,distance",
    )
    found = karwan.validate(network, read_rows(file, "observations", network))
    row_of = {r["observation_id"]: r for r in found.rows.to_dicts()}
    rail, away, place = (row_of[k] for k in ("rail", "away", "place"))
    cargo = karwan.Consignment("Alpha", "Farport", teu=1)
    plan = karwan.plan(network, cargo, depart="2025-12-01", options=karwan.Options(avoid=("road",)))
    best = plan.summary.row(0, named=True)
    assert rail["distance_error_share"] == pytest.approx(0)
    assert rail["time_days"] == pytest.approx(10)
    assert rail["predicted_days"] == pytest.approx(best["time_p50_h"] / 24)
    assert rail["time_error_share"] == pytest.approx(best["time_p50_h"] / 240 - 1)
    paid = best["cost_usd"] - best["capital_usd"]
    assert rail["cost_error_share"] == pytest.approx(paid / 1000 - 1)
    assert rail["predicted_p10_days"] < rail["predicted_days"] < rail["predicted_p90_days"]
    for row, why in ((away, "no way from Alpha to Farport"), (place, "place 'Narnia'")):
        assert row["time_error_share"] is None
        assert why in row["why"]
    every = found.medians.row(0, named=True)
    assert (every["group"], every["time_rows"], every["cost_rows"]) == ("all", 1, 1)


def test_costs_without_ends_and_of_haulage_alone_are_less(tmp_path):
    network = tiny_network()
    head = HEADER.replace("kind", "cost_covers,kind")
    rows = [
        f"{c},Alpha,Farport,,rail|sea,2025-12-01,2025,,,,,900,{c},quote"
        for c in ("door", "terminal", "haulage")
    ]
    file = tmp_path / "costs.csv"
    file.write_text("\n".join([head, *rows]) + "\n")
    found = karwan.validate(network, read_rows(file, "observations", network))
    cost = dict(found.rows.select("observation_id", "predicted_usd_per_unit").iter_rows())
    assert cost["door"] > cost["terminal"] > cost["haulage"] > 0


def test_costs_are_brought_to_the_year_of_the_row(tmp_path):
    network = tiny_network()
    prices = pl.DataFrame(
        {"country": [None, None], "year": [2020, network.price_year], "consumer": [80.0, 100.0]},
        {"country": pl.String, "year": pl.Int64, "consumer": pl.Float64},
    ).with_columns(local_per_usd=pl.lit(None, pl.Float64), source_id=pl.lit("book"))
    row = "early,Alpha,Farport,,rail|sea,2025-12-01,2020,,,,,900,quote"
    own = read_rows(written(tmp_path, row), "observations", network)
    now = karwan.validate(network, own).rows["predicted_usd_per_unit"][0]
    then = karwan.validate(network.with_tables(price_index=prices), own)
    assert then.rows["predicted_usd_per_unit"][0] == pytest.approx(0.8 * now)


def two_drivers(network, factor=0.5):
    """Return the network with a factor of lorries that two drivers share."""
    fitted = pl.DataFrame(
        {"parameter": ["drivers"], "value": [factor], "low": [None], "high": [None], "trips": [9]}
    ).with_columns(
        error_before=None, error_left_out=None, fitted_on=network.as_of, source_id=pl.lit("guess")
    )
    return network.with_tables(calibration=fitted)


def test_two_drivers_shorten_the_time_on_roads_of_trials_alone(tmp_path):
    network = two_drivers(tiny_network())
    rows = [
        f"{k}-{by},Alpha,Farport,,{by}|sea,2025-12-01,2025,,9,,,,{k}"
        for by in ("rail", "road")
        for k in ("service", "trial")
    ]
    found = karwan.validate(network, read_rows(written(tmp_path, *rows), "observations", network))
    rail, road, rail_trial, road_trial = found.rows.sort("observation_id").to_dicts()
    assert rail["predicted_days"] == rail_trial["predicted_days"]
    assert road_trial["road_days"] == pytest.approx(road["road_days"] / 2)
    assert road_trial["running_days"] + road["road_days"] / 2 == pytest.approx(road["running_days"])
    assert road_trial["border_days"] == road["border_days"] > 0


def test_a_published_crew_overrules_the_kind(tmp_path):
    network = two_drivers(tiny_network())
    file = tmp_path / "crews.csv"
    rows = [
        f"{k}-{d},Alpha,Farport,,road|sea,2025-12-01,2025,,9,,,,{k},{d}"
        for k in ("service", "trial")
        for d in ("", 1, 2)
    ]
    file.write_text("\n".join([HEADER + ",drivers", *rows]) + "\n")
    found = karwan.validate(network, read_rows(file, "observations", network)).rows
    days = dict(found.select("observation_id", "road_days").iter_rows())
    alone, two = days["service-"], days["service-2"]
    assert two == pytest.approx(alone / 2)
    assert (days["service-1"], days["trial-1"]) == (alone, alone)
    assert (days["trial-"], days["trial-2"]) == (two, two)


def test_a_second_driver_is_of_no_use_where_two_are_the_rule(tmp_path):
    network = tiny_network()
    shared = network.table("speeds").with_columns(drivers=pl.lit(2, pl.Int64))
    network = two_drivers(network.with_tables(speeds=shared))
    rows = [f"{k},Alpha,Farport,,road|sea,2025-12-01,2025,,9,,,,{k}" for k in ("service", "trial")]
    found = karwan.validate(network, read_rows(written(tmp_path, *rows), "observations", network))
    service, trial = found.rows.to_dicts()
    assert trial["predicted_days"] == service["predicted_days"]
    assert service["lone_driver_days"] == 0 < service["road_days"]


def test_factors_of_a_network_scale_its_plans():
    network = tiny_network()
    fitted = pl.DataFrame(
        {"parameter": ["dwell", "rail"], "value": [0.5, 2.0], "low": [None] * 2,
         "high": [None] * 2, "trips": [9, 9]}
    ).with_columns(
        error_before=None, error_left_out=None, fitted_on=network.as_of, source_id=pl.lit("guess")
    )  # fmt: skip
    cargo = karwan.Consignment("Alpha", "Farport", teu=1)
    options = karwan.Options(avoid=("road",))

    def hours(of):
        plan = karwan.plan(of, cargo, depart="2025-12-01", options=options)
        return plan.summary.row(0, named=True)

    before, after = hours(network), hours(network.with_tables(calibration=fitted))
    assert after["handling_h"] == pytest.approx(before["handling_h"] / 2)
    assert after["running_h"] == pytest.approx(before["running_h"] + 1332 / 40)


def test_every_mode_named_is_used_where_there_is_a_way():
    network = karwan.open_atlas()
    row = network.table("observations").filter(pl.col("observation_id") == "altynkol-baku-2024")
    found = karwan.validate(network, row.with_columns(via=pl.lit(None, pl.String))).rows
    assert found["water_days"][0] > 0.5, "the railway through Russia does not count as the ferry"


def test_what_rates_rest_on_counts_in_no_median():
    network = karwan.open_atlas()
    row = network.table("observations").filter(pl.col("used_in_atlas") == "cost").head(1)
    found = karwan.validate(network, row)
    assert found.rows["cost_error_share"][0] is not None
    assert found.medians["cost_rows"].sum() == 0
    assert found.coverage["cost"] is None


def test_terminal_times_leave_out_the_ends_and_running_times_all_dwells(tmp_path):
    network = tiny_network()
    rows = [
        f"{c or 'terminal'},Alpha,Farport,,rail|sea,2025-12-01,2025,,9,,{c},,actual"
        for c in ("door", "", "running")
    ]
    found = karwan.validate(network, read_rows(written(tmp_path, *rows), "observations", network))
    days = dict(found.rows.select("observation_id", "predicted_days").iter_rows())
    door, terminal, running = (days[k] for k in ("door", "terminal", "running"))
    assert door - terminal == pytest.approx((24 + 48) / 24, rel=0.02)
    assert running == pytest.approx((1332 / 40 + 50) / 24, rel=0.02)


def test_a_sailing_leaves_out_the_wait_for_its_ship(tmp_path):
    """Two departures a week: half of 3.5 days is waited for, on the average."""
    network = tiny_network()
    rows = [
        f"{c},Haven,Farport,,sea,2025-12-01,2025,,9,,{c},,service" for c in ("terminal", "sailing")
    ]
    rows += ["train,Alpha,Haven,,rail,2025-12-01,2025,,9,,sailing,,service"]
    rows += ["rail,Alpha,Haven,,rail,2025-12-01,2025,,9,,terminal,,service"]
    found = karwan.validate(network, read_rows(written(tmp_path, *rows), "observations", network))
    row_of = {r["observation_id"]: r for r in found.rows.to_dicts()}
    waits = [row_of[c]["waiting_days"] for c in ("terminal", "sailing")]
    assert waits == pytest.approx([3.5 / 2, 0])
    assert row_of["sailing"]["predicted_days"] == pytest.approx(50 / 24, rel=0.02)
    assert row_of["sailing"]["service_days"] == pytest.approx(0)
    assert row_of["train"]["predicted_days"] == pytest.approx(row_of["rail"]["predicted_days"])


def test_announced_trips_stand_apart(tmp_path):
    network = tiny_network()
    rows = [
        f"{k},Alpha,Farport,,rail|sea,2025-12-01,2025,,{d},,,,{k}"
        for k, d in (("actual", 5), ("planned", 50))
    ]
    found = karwan.validate(network, read_rows(written(tmp_path, *rows), "observations", network))
    off = {r["group"]: r for r in found.medians.to_dicts() if r["what"] == "announced"}
    each = dict(found.rows.select("kind", "time_error_share").iter_rows())
    assert [off[g]["time_rows"] for g in ("no", "yes")] == [1, 1]
    assert off["no"]["time_error_median"] == pytest.approx(abs(each["actual"]))
    assert off["yes"]["time_error_median"] == pytest.approx(abs(each["planned"]))


def test_every_problem_of_a_file_is_named_at_once(tmp_path):
    file = written(
        tmp_path,
        "none,Alpha,Farport,,,,2025,,,,,,actual",
        "range,Alpha,Farport,,,,2025,,12,8,,,actual",
        "mode,Alpha,Farport,,camel,,2025,900,,,,,distance",
    )
    with pytest.raises(karwan.DataError) as caught:
        read_rows(file, "observations", tiny_network())
    said = str(caught.value)
    assert "observations[none]: it has neither time nor cost" in said
    assert (
        "observations[range].time_high_days is 8 d; it must be at least time_low_days (12 d)"
        in said
    )
    assert "observations[mode].by is 'camel', which is no mode" in said
    cells = written(tmp_path, "cell,Alpha,Farport,,,someday,2025,-4,,,,,guess")
    with pytest.raises(karwan.DataError) as caught:
        read_rows(cells, "observations", tiny_network())
    assert len(caught.value.problems) == 3


def test_the_json_form_has_errors_as_signed_shares():
    network = karwan.open_atlas()
    found = karwan.validate(network, network.table("observations").head(3))
    form = json.loads(json.dumps(found.to_dict()))
    assert form["schema"] == "karwan.validation/1"
    for row in form["rows"]:
        assert {"time_error_share", "cost_error_share", "distance_error_share"} <= set(row)
        if row["time_error_share"] is not None:
            share = row["predicted_days"] / row["time_days"] - 1
            assert math.isclose(row["time_error_share"], share)


def test_the_schema_of_observations_is_its_own():
    raw = RawTable("observations", load_schema("observations").names, [])
    assert len(typed(raw, load_schema("observations"))) == 0


def test_a_distance_alone_is_a_kind_of_its_own(tmp_path):
    file = written(
        tmp_path,
        "far,Alpha,Farport,,,,2025,900,,,,,distance",
        "bare,Alpha,Farport,,,,2025,900,,,,,service",
        "short,Alpha,Farport,,,,2025,,,,,,distance",
        "timed,Alpha,Farport,,,,2025,900,9,,,,distance",
    )
    with pytest.raises(karwan.DataError) as caught:
        read_rows(file, "observations", tiny_network())
    said = [str(p) for p in caught.value.problems]
    assert len(said) == 3
    assert any("[bare]: it has neither time nor cost; give time_low_days" in p for p in said)
    assert any("[short]: it has no distance" in p for p in said)
    assert any("[timed].kind is 'distance'; say what kind of time" in p for p in said)


def test_wrong_cells_and_broken_rules_are_named_together(tmp_path):
    file = written(
        tmp_path,
        "bare,Alpha,Farport,,,,2025,900,,,,,service",
        "cell,Alpha,Farport,,,someday,2025,,9,,,,service",
    )
    file.write_text(file.read_text().replace(",time_covers,", ",time_cover,"))
    with pytest.raises(karwan.DataError) as caught:
        read_rows(file, "observations", tiny_network())
    said = str(caught.value)
    assert "[bare]: it has neither time nor cost" in said
    assert "[cell].depart is 'someday'" in said
    assert "column 'time_cover' is unknown; did you mean 'time_covers'?" in said
