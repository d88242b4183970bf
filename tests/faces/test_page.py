"""The page of a plan opens without a network, hides nothing and cannot be broken by its text."""

import base64
import hashlib
import itertools
import json
import re

import pytest

import karwan
from karwan.briefs import page_text, write_page
from karwan.briefs.markup import el
from karwan.briefs.staircase import steps_of
from page_tree import HOSTILE, PageTree
from tiny import tiny_network


@pytest.fixture(scope="module")
def atlas_plan():
    cargo = karwan.Consignment("Karaganda", "Mombasa", "ferroalloys", teu=20)
    return karwan.plan(karwan.open_atlas(), cargo, depart="2025-11-15")


@pytest.fixture(scope="module")
def page(atlas_plan):
    return page_text(atlas_plan)


def test_every_element_is_closed_and_no_id_comes_twice(page):
    tree = PageTree(page)
    assert tree.open == []
    ids = [a["id"] for _, a in tree.elements if "id" in a]
    assert len(ids) == len(set(ids))
    targets = {a["href"][1:] for a in tree.named("a") if a["href"].startswith("#")}
    assert targets <= set(ids)


def test_nothing_is_loaded_from_elsewhere(page):
    tree = PageTree(page)
    assert not {"link", "img", "iframe", "object", "embed"} & {tag for tag, _ in tree.elements}
    assert not any("src" in a for _, a in tree.elements)
    assert not re.search(r"url\(|@import", tree.style)


def test_the_policy_allows_only_the_style_and_script_of_the_page(page):
    policy = next(a["content"] for a in PageTree(page).named("meta") if "http-equiv" in a)
    assert "default-src 'none'" in policy
    for tag in ("style", "script"):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL).group(1)
        known = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{known}'" in policy
    assert not re.search(r'\son[a-z]+="', page)
    assert ' style="' not in page


def test_every_gateway_is_in_the_table_and_on_the_map(atlas_plan, page):
    tree = PageTree(page)
    rows = {a["data-way"] for a in tree.named("tr") if "data-way" in a}
    drawn = {a["data-way"] for a in tree.named("g") if "itinerary" in a.get("class", "")}
    wanted = {f"p1-{n}" for n in atlas_plan.best["itinerary"]}
    assert rows == wanted
    assert drawn == wanted
    for name in atlas_plan.best["gateway_name"]:
        assert name in page


def test_what_is_shut_and_missing_is_said(atlas_plan, page):
    text = PageTree(page).words
    assert "Torkham: shut" in text
    for missed in atlas_plan.missing:
        assert missed.gateway_name in text


def test_every_source_has_its_grade(atlas_plan, page):
    text = PageTree(page).words
    for source in atlas_plan.to_dict()["sources"]:
        assert source["title"] in text


def test_a_staircase_ends_at_the_totals(atlas_plan):
    for itinerary in atlas_plan.to_dict()["itineraries"]:
        steps = steps_of(itinerary)
        last = steps[-1]
        assert last.km[1] == pytest.approx(itinerary["distance_km"], abs=0.5)
        assert last.usd[1] == pytest.approx(itinerary["cost_usd"], abs=0.5)
        assert last.h[1] == pytest.approx(itinerary["time_h"], abs=0.01)
        for before, after in itertools.pairwise(steps):
            assert (before.km[1], before.usd[1], before.h[1]) == (
                after.km[0],
                after.usd[0],
                after.h[0],
            )
        assert all(step.km[0] <= step.km[1] for step in steps)


def test_the_same_plans_give_the_same_bytes(atlas_plan, page, tmp_path):
    saved = json.loads(atlas_plan.to_json())
    write_page(saved, tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text("utf-8") == page


def test_hostile_names_stay_text():
    network = tiny_network()
    nodes = network.table("nodes")
    renamed = nodes.with_columns(
        name=nodes["name"].replace({"Alpha": HOSTILE, "Farport": "</svg></title>'`"})
    )
    hostile = network.with_tables(nodes=renamed)
    routes = karwan.plan(hostile, karwan.Consignment("XAALP", "XCFAR", teu=1))
    page = page_text(routes, network=hostile)
    assert "<script>alert" not in page
    assert len(PageTree(page).named("script")) == 1
    assert PageTree(page).open == []


def test_plans_of_one_trip_are_compared(atlas_plan):
    cargo = karwan.Consignment("Karaganda", "Mombasa", "ferroalloys", teu=20)
    before = karwan.plan(karwan.open_atlas(), cargo, depart="2024-06-01")
    page = page_text([atlas_plan, before])
    tree = PageTree(page)
    assert tree.open == []
    assert "Plans compared" in page
    assert len([a for a in tree.named("table") if "compare" in a.get("class", "")]) == 1


def test_a_plan_of_another_form_is_refused():
    with pytest.raises(karwan.InputError, match="a page needs"):
        page_text({"schema": "other/1"})
    with pytest.raises(karwan.InputError, match="at least one plan"):
        page_text([])


@pytest.mark.parametrize(
    ("text", "escaped"), [("<b>", "&lt;b&gt;"), ("a & b", "a &amp; b"), ('"', "&quot;")]
)
def test_text_is_escaped_and_markup_is_not(text, escaped):
    assert el("p", text, title=text) == f'<p title="{escaped}">{escaped}</p>'
    assert el("p", el("b", "x")) == "<p><b>x</b></p>"
