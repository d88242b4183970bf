"""The page of an assignment: the market first, every gateway drawn and told, nothing from elsewhere."""

import re
import sys

import polars as pl
import pytest

from karwan.assignment.classes import PoolOptions
from karwan.briefs import flow_page_text, write_flow_page
from karwan.briefs.flow_key import LARGEST, WIDEST
from karwan.briefs.flow_map import map_of, scale_of
from karwan.briefs.flow_tables import short
from karwan.briefs.words import money
from karwan.cli import main
from karwan.errors import InputError
from karwan.network import write_network
from karwan.studies.assign import assign
from karwan.studies.flow_links import flow_sources, link_flows, sea_legs
from page_tree import HOSTILE, PageTree
from tiny import tiny_network

CORRIDORS = """corridor_id,name,description,passes,colour,source_id
by-rail,By rail,Alpha to Haven,crossing:gate-rail,#112233,guess
by-road,By road,Alpha to Haven,crossing:gate-road,#445566,guess"""
FULL = "gate,crossing,gate-rail,,300,250,0,bpr,1,4,true,2026-01-01,guess"


def demand(**changes):
    """Return boxes from Alpha to Farport, 1,000 TEU a year, and a tenth of it back."""
    row = {
        "demand_id": "out", "origin": "XAALP", "destination": "XCFAR", "commodity": "general",
        "cargo_unit": "TEU", "year": 2025, "tonnes": 10_000.0, "teu": 1_000.0,
        "tonnes_low": 5_000.0, "tonnes_high": 20_000.0, "kind": "trade", "source_id": "guess",
    }  # fmt: skip
    back = {"demand_id": "back", "origin": "XCFAR", "destination": "XAALP", "tonnes": 1_000.0}
    back |= {"tonnes_low": 1_000.0, "tonnes_high": 1_000.0, "teu": 100.0, "kind": "diversion"}
    return pl.DataFrame([{**row, **changes}, {**row, **back}])


def flows_of(rows=None, **tables):
    network = tiny_network(corridors=CORRIDORS, **tables)
    return assign(network, demand=demand() if rows is None else rows, pool=PoolOptions(factor=5.0))


@pytest.fixture(scope="module")
def flows():
    header = "capacity_id,target_kind,target,form,capacity_teu_per_year,load_teu_per_year,"
    header += "other_teu_per_year,function,alpha,power,hard,last_look,source_id"
    return flows_of(capacities=f"{header}\n{FULL}")


@pytest.fixture(scope="module")
def page(flows):
    return flow_page_text(flows)


def test_every_element_is_closed_and_no_id_comes_twice(page):
    tree = PageTree(page)
    assert tree.open == []
    ids = [a["id"] for _, a in tree.elements if "id" in a]
    assert len(ids) == len(set(ids))


def test_nothing_is_loaded_from_elsewhere(page):
    tree = PageTree(page)
    assert not {"link", "img", "iframe", "object", "embed"} & {tag for tag, _ in tree.elements}
    assert not any("src" in a for _, a in tree.elements)
    assert not re.search(r"url\(|@import", page)
    assert ' style="' not in page
    assert not re.search(r'\son[a-z]+="', page)


def test_the_market_stands_before_any_share(page):
    """11 kt [6 to 21] in all, all of which has to cross the sea; trade and diversion apart."""
    text = PageTree(page).words
    market, share = text.index("a sea gateway can win at most"), text.index("Of the sea, %")
    assert market < share
    for kind in ("Trade of the region", "Diversion"):
        assert market < text.index(kind) < share


def test_maps_say_what_they_show(page, flows):
    tree = PageTree(page)
    maps = [a for tag, a in tree.elements if tag == "svg" and a.get("class") == "map"]
    ids = {a.get("id") for _, a in tree.elements}
    assert len(maps) == 2
    for drawn in maps:
        assert set(drawn["aria-labelledby"].split()) <= ids
    text = tree.words
    assert "Sea gateways: Haven." in text
    for name, teu in flows.corridors.select("name", "teu").iter_rows():
        assert f"{name} {money(teu)}" in text


def test_links_carry_all_that_passes_them(flows):
    """Alpha has two ways out, and both together carry all 1,100 TEU."""
    links = {r["link_id"]: r for r in link_flows(flows).to_dicts()}
    rail, road = links["alpha-agate-rail"], links["alpha-agate-road"]
    assert rail["teu"] + road["teu"] == pytest.approx(1_100, rel=1e-9)
    assert rail["tonnes"] == pytest.approx(10 * rail["teu"], rel=1e-9)
    assert (rail["corridor"], road["corridor"]) == ("by-rail", "by-road")
    assert rail["corridor_share"] == pytest.approx(1.0)


def test_the_sea_leg_carries_everything_both_ways(flows):
    (leg,) = sea_legs(flows)
    assert leg.ports == ("XBHAV", "XCFAR")
    assert leg.teu == pytest.approx(1_100, rel=1e-9)
    assert leg.line_deg[0] in {(60, 31), (52, 27)}


def test_lines_and_circles_are_to_scale(flows):
    scale = scale_of([map_of(flows)])
    assert scale.width(scale.link_teu) == WIDEST
    assert scale.width(scale.link_teu / 2) == pytest.approx(WIDEST / 2)
    assert scale.radius(scale.gateway_teu) == LARGEST
    assert scale.radius(scale.gateway_teu / 4) == pytest.approx(LARGEST / 2)


def test_colours_are_those_of_the_corridors(page):
    drawn = {a.get("stroke") for a in PageTree(page).of_class("flow")}
    assert {"#112233", "#445566"} <= drawn


def test_a_full_place_is_marked_and_priced(page, flows):
    price = flows.places["shadow_price_usd_per_teu"][0]
    assert price > 0
    text = PageTree(page).words
    assert "Gate: full" in text
    assert f"{price:,.0f}" in text


def test_sources_of_every_arc_are_listed(flows):
    assert set(flow_sources(flows)["source_id"]) == {"book", "guess"}


def test_demand_that_no_way_serves_is_said():
    rows = demand(origin="XCFAR", destination="XBBET", demand_id="lost").head(1)
    links = tiny_network().table("links").filter(pl.col("link_id") != "beta-haven-rail")
    links = links.filter(pl.col("link_id") != "bgate-beta-rail")
    flows = assign(tiny_network().with_tables(links=links), demand=rows)
    text = PageTree(flow_page_text(flows)).words
    assert "Demand that no way serves" in text
    assert "10,000" in text


def test_hostile_names_stay_text():
    nodes = tiny_network().table("nodes")
    named = nodes.with_columns(name=nodes["name"].replace({"Haven": HOSTILE}))
    network = tiny_network(corridors=CORRIDORS).with_tables(nodes=named)
    text = flow_page_text(assign(network, demand=demand(), pool=PoolOptions(factor=5.0)))
    assert "<script>alert" not in text
    assert PageTree(text).open == []


def test_the_same_flows_give_the_same_bytes(flows, page, tmp_path):
    write_flow_page(flows, tmp_path / "flows.html")
    assert (tmp_path / "flows.html").read_text("utf-8") == page


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (0.04, "<0.1"), (0.512, "0.51"), (1.2, "1.20"), (45.12, "45.1"), (6_634.0, "6,630")],
)
def test_amounts_are_written_with_three_digits(value, words):
    assert short(value) == words


def test_scenarios_stand_side_by_side(flows):
    """Without the railway all boxes take the road; Haven keeps its share."""
    links = tiny_network().table("links").filter(pl.col("link_id") != "alpha-agate-rail")
    network = tiny_network(corridors=CORRIDORS).with_tables(links=links)
    other = assign(network, demand=demand(), pool=PoolOptions(factor=5.0))
    tree = PageTree(flow_page_text([flows, other]))
    text = tree.words
    assert tree.open == []
    ids = [a["id"] for _, a in tree.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert text.index("can win at most") < text.index("Shares of the sea gateways")
    assert "Gate, which carries none now" in text
    assert "Gate is no longer full" in text
    kinds = {a["class"] for a in tree.of_class("flow")}
    assert {"flow gain", "flow loss"} <= kinds
    assert len([a for t, a in tree.elements if t == "svg" and a.get("class") == "map"]) == 2


def test_assignments_of_several_years_are_refused(flows):
    later = assign(
        tiny_network(), year=2030, demand=demand().with_columns(year=pl.lit(2030, pl.Int64))
    )
    for wrong in ([], [flows, later]):
        with pytest.raises(InputError, match="of one year"):
            flow_page_text(wrong)


def test_compare_writes_the_page_and_the_words(tmp_path, monkeypatch, capsys):
    """Half the time at the gate draws boxes to the railway."""
    on = "corridor_id,link_id,source_id\nby-rail,alpha-agate-rail,guess\nby-road,alpha-agate-road,guess"
    network = tiny_network(corridors=CORRIDORS, corridor_links=on).with_tables(demand=demand())
    write_network(network, tmp_path / "net")
    words = ["compare", "assign", "--network", str(tmp_path / "net"), "--figure", "teu"]
    words += ["--scenario", "today", "--scenario", "quick", "--html", str(tmp_path / "page.html")]
    monkeypatch.setattr(sys, "argv", ["karwan", *words])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 0
    assert "The corridor By rail gains" in capsys.readouterr().out
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "Quick border, against today" in page
