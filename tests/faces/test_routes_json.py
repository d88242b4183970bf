"""The JSON form of a plan is what its schema says, and its figures add up."""

import json
from importlib.resources import files

import jsonschema
import pytest

import karwan
from tiny import tiny_network

SCHEMA = json.loads(files("karwan.studies").joinpath("routes.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module", params=["tiny", "atlas"])
def plan(request):
    if request.param == "tiny":
        cargo = karwan.Consignment("Alpha", "Farport", teu=2)
        return karwan.plan(tiny_network(), cargo).to_dict()
    cargo = karwan.Consignment("Karaganda", "Mombasa", "ferroalloys", teu=20)
    return karwan.plan(karwan.open_atlas(), cargo, depart="2025-11-15").to_dict()


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_plan_keeps_to_the_schema(plan):
    jsonschema.validate(json.loads(json.dumps(plan)), SCHEMA, jsonschema.Draft202012Validator)


def test_a_field_too_many_is_refused(plan):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**plan, "extra": 1}, SCHEMA, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("total", ["distance_km", "time_h", "cost_usd", "co2_kg"])
def test_legs_add_up_to_totals(plan, total):
    for itinerary in plan["itineraries"]:
        summed = sum(leg[total] for leg in itinerary["legs"])
        assert summed == pytest.approx(itinerary[total], abs=0.01 * len(itinerary["legs"]))


def test_parts_add_up_to_totals(plan):
    for itinerary in plan["itineraries"]:
        assert sum(itinerary["cost_split_usd"].values()) == pytest.approx(
            itinerary["cost_usd"], abs=0.05
        )
        assert sum(itinerary["time_split_h"].values()) == pytest.approx(
            itinerary["time_h"], abs=0.01
        )
        for shares in itinerary["grade_share"].values():
            assert sum(shares.values()) == pytest.approx(1, abs=0.002)


def test_every_source_named_is_listed(plan):
    listed = {source["source_id"] for source in plan["sources"]}
    named = {d["source_id"] for it in plan["itineraries"] for d in it["documents"]}
    assert named | {shut["source_id"] for shut in plan["shut"]} <= listed
