"""The atlas that ships: it obeys every rule and holds what a study of the region needs."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

import karwan
from karwan.network.validate import check_network
from karwan.routing.calendar import day_state

GATEWAYS = [
    "PKKHI",
    "PKBQM",
    "PKGWD",
    "IRBND",
    "IRZBR",
    "GEPTI",
    "GEBUS",
    "TRMER",
    "CNLYG",
    "CNQIN",
    "CNSGH",
    "RUNVS",
    "RULED",
    "RUVVO",
]
CASPIAN_GATEWAYS = ["KZAAU", "KZKUR", "AZALA"]
REGIONAL_CENTRES = [
    "Astana",
    "Almaty",
    "Shymkent",
    "Aktobe",
    "Atyrau",
    "Karaganda",
    "Kostanay",
    "Kyzylorda",
    "Aktau",
    "Pavlodar",
    "Petropavl",
    "Taraz",
    "Oskemen",
    "Uralsk",
    "Kokshetau",
    "Konaev",
    "Taldykorgan",
    "Turkestan",
    "Semey",
    "Zhezkazgan",
]
SHIPPERS = [
    "Temirtau",
    "Balkhash",
    "Aksu",
    "Rudny",
    "Ekibastuz",
    "Khromtau",
    "Kulsary",
    "Zhanaozen",
    "Ridder",
]
SEAS = {
    "Persian Gulf", "Red Sea", "East Africa", "Southern Africa", "West Africa", "South Asia",
    "South-East Asia", "East Asia", "Mediterranean", "North Europe",
}  # fmt: skip
SURVEYED_ROADS = [
    "torkham",
    "chaman-spin-boldak",
    "khunjerab",
    "shirkhan-bandar",
    "hairatan",
    "torghundi",
    "islam-qala",
    "nur-zholy",
    "dostyk",
    "bakhty",
    "maikapchagai",
    "kolzhat",
    "konysbaeva",
    "korday",
    "karasu",
    "chaldovar",
    "torugart",
    "irkeshtam",
    "karamyk",
    "guliston",
    "oybek",
    "sariasiya",
    "farap",
    "sarakhs",
    "aul",
    "red-bridge",
    "sarpi",
    "gabd",
    "taftan",
]
SURVEYED_RAILS = [
    "dostyk",
    "altynkol",
    "saryagash",
    "hairatan",
    "torghundi",
    "bolashak",
    "akyayla",
    "sarakhs",
    "farap",
    "taftan",
    "khaf-herat",
    "boyuk-kesik",
    "kartsakhi",
    "brest",
]
PROJECTS = {
    "uap-railway": {"naibabad-maidan-shar-rail", "kharlachi-kohat-rail"},
    "uap-kabul-torkham-railway": {"kabul-jalalabad-rail", "landi-kotal-torkham-pakistan-rail"},
    "torghundi-chaman-railway": {"torghundi-herat-rail", "spin-boldak-chaman-rail"},
    "cku-railway": {"kashgar-torugart-rail", "makmal-jalal-abad-rail"},
    "rasht-astara": {"rasht-astara-iran-rail"},
    "gwadar-rail": {"gwadar-spezand-rail"},
    "khaf-herat-railway": {"rozanak-herat-rail"},
    "chabahar-zahedan": {"iranshahr-chabahar-rail"},
}


@pytest.fixture(scope="module")
def atlas() -> karwan.Network:
    """Return the atlas."""
    return karwan.open_atlas()


@pytest.fixture(scope="module")
def nodes(atlas: karwan.Network) -> pl.DataFrame:
    """Return the nodes with empty roles as empty text."""
    return atlas.table("nodes").with_columns(pl.col("role").fill_null(""))


def test_the_atlas_obeys_every_rule() -> None:
    assert check_network(Path(str(files("karwan") / "atlas"))) == []


def test_the_regional_centres_and_the_sites_that_ship_are_origins(nodes: pl.DataFrame) -> None:
    kazakh = nodes.filter((pl.col("country") == "KZ") & pl.col("role").str.contains("origin"))
    assert kazakh.height >= 25
    assert {*REGIONAL_CENTRES, *SHIPPERS} <= set(kazakh["name"])


def test_the_capitals_of_the_region_are_there(nodes: pl.DataFrame) -> None:
    capitals = {"Astana", "Tashkent", "Bishkek", "Dushanbe", "Ashgabat", "Kabul", "Islamabad"}
    assert capitals | {"Tehran", "Baku", "Tbilisi", "Urumqi", "Moscow"} <= set(nodes["name"])


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_gateway_loads_ships_from_road_and_rail_and_back(
    atlas: karwan.Network, nodes: pl.DataFrame, gateway: str
) -> None:
    row = nodes.row(by_predicate=pl.col("node_id") == gateway, named=True)
    assert row["kind"] == "sea_port"
    assert "gateway" in row["role"]
    here = atlas.table("transfers").filter(pl.col("node_id") == gateway)
    changes = set(here.select("from_mode", "to_mode").iter_rows())
    assert {("road", "sea"), ("sea", "road")} <= changes
    rail = atlas.table("links").filter(
        (pl.col("mode") == "rail")
        & ((pl.col("from_node") == gateway) | (pl.col("to_node") == gateway))
    )
    if rail.filter(pl.col("status") == "open").height:
        assert {("rail", "sea"), ("sea", "rail")} <= changes
    assert gateway in {*atlas.table("sea_nodes")["node_id"].drop_nulls()}


@pytest.mark.parametrize("gateway", CASPIAN_GATEWAYS)
def test_a_gateway_of_the_caspian_loads_ferries(atlas: karwan.Network, gateway: str) -> None:
    here = atlas.table("transfers").filter(pl.col("node_id") == gateway)
    changes = set(here.select("from_mode", "to_mode").iter_rows())
    assert {("road", "ferry"), ("rail", "ferry"), ("ferry", "road"), ("ferry", "rail")} <= changes


def test_fishing_harbours_are_no_sea_ports(nodes: pl.DataFrame) -> None:
    kind = dict(nodes.select("name", "kind").iter_rows())
    assert kind["Pasni"] == kind["Ormara"] == "city"


def test_markets_lie_on_all_seas(nodes: pl.DataFrame) -> None:
    markets = nodes.filter((pl.col("kind") == "sea_port") & pl.col("role").str.contains("market"))
    assert markets.height >= 60
    assert set(markets["region"]) >= SEAS


@pytest.mark.parametrize(
    "crossing", [f"{c}-road" for c in SURVEYED_ROADS] + [f"{c}-rail" for c in SURVEYED_RAILS]
)
def test_a_surveyed_crossing_has_the_procedures_of_both_sides(
    atlas: karwan.Network, nodes: pl.DataFrame, crossing: str
) -> None:
    country = dict(nodes.select("node_id", "country").iter_rows())
    pair = atlas.table("border_crossings").row(
        by_predicate=pl.col("crossing_id") == crossing, named=True
    )
    sides = {country[pair["node_a"]], country[pair["node_b"]]}
    assert len(sides) == 2
    found = atlas.table("border_procedures").filter(pl.col("crossing_id") == crossing)
    assert set(found.select("country", "direction").iter_rows()) == {
        (side, direction) for side in sides for direction in ("exit", "entry")
    }


@pytest.mark.parametrize(("scenario", "links"), PROJECTS.items())
def test_a_planned_railway_carries_nothing_today_but_does_under_its_scenario(
    atlas: karwan.Network, scenario: str, links: set[str]
) -> None:
    assert links <= unusable(atlas)
    assert not links & unusable(karwan.apply_scenario(atlas, [scenario]))


def unusable(network: karwan.Network) -> set[str]:
    """Return the links that nobody may use on the day of the atlas."""
    usable = day_state(network, network.as_of).links
    links = network.table("links")["link_id"]
    return {link for link, byte in zip(links, usable, strict=True) if not byte}


def test_every_country_of_the_network_has_an_outline(
    atlas: karwan.Network, nodes: pl.DataFrame
) -> None:
    assert set(nodes["country"]) <= set(atlas.table("country_shapes")["country"])


@pytest.mark.parametrize(
    "place", ["Kashmir", "Aksai Chin", "Crimea", "Abkhazia", "South Ossetia", "Siachen"]
)
def test_disputed_boundaries_of_the_region_can_be_drawn_dashed(
    atlas: karwan.Network, place: str
) -> None:
    lines = atlas.table("disputed_lines").filter(pl.col("name").str.contains(place))
    assert lines.height
    for line in lines["line_deg"]:
        numbers = [float(n) for n in line.split()]
        assert len(numbers) >= 4
        assert len(numbers) % 2 == 0


def test_every_source_has_a_grade_and_a_year_and_every_estimate_its_method(
    atlas: karwan.Network,
) -> None:
    sources = atlas.table("sources")
    assert sources["year"].null_count() == 0
    assert set(sources["grade"]) == {"A", "B", "C"}
    estimates = sources.filter(pl.col("grade") == "C")
    assert estimates["method"].fill_null("").str.len_chars().min() >= 20
    assert sources.filter(pl.col("grade") == "A")["url"].null_count() == 0


def test_every_source_is_used_and_every_row_has_one(atlas: karwan.Network) -> None:
    known = set(atlas.table("sources")["source_id"])
    used: set[str] = set()
    for name, table in atlas.tables.items():
        if name != "sources" and "source_id" in table.columns:
            assert table["source_id"].null_count() == 0, name
        if name != "sources":
            for column in table.select(pl.col("^(.*_)?source_id$")).columns:
                used |= set(table[column].drop_nulls())
    assert used == known


def test_no_text_names_a_place_of_work(atlas: karwan.Network) -> None:
    for name, table in atlas.tables.items():
        for column in table.select(pl.col(pl.String)).columns:
            text = table[column].drop_nulls()
            assert not text.str.contains(r"/work|/tmp|shared/|facts sheet|issue #").any(), name


@pytest.mark.parametrize("cargo", [{"teu": 1.0}, {"commodity": "wheat", "tonnes": 100.0}])
def test_every_kazakh_origin_reaches_every_market_port_today(
    atlas: karwan.Network, nodes: pl.DataFrame, cargo: dict[str, object]
) -> None:
    origins = nodes.filter((pl.col("country") == "KZ") & pl.col("role").str.contains("origin"))
    markets = nodes.filter(pl.col("role").str.contains("market"))
    consignment = karwan.Consignment("Almaty", "Karachi", **cargo)
    skims = karwan.skim(atlas, origins["node_id"], markets["node_id"], consignment)
    assert skims.height == origins.height * markets.height
    assert skims["generalised_cost_usd"].is_finite().all()


def test_the_day_of_the_atlas_is_not_before_any_last_look(atlas: karwan.Network) -> None:
    for name, table in atlas.tables.items():
        if "last_look" in table.columns:
            latest = table["last_look"].max()
            assert latest is None or latest <= atlas.as_of, name
    assert atlas.as_of >= dt.date(2026, 11, 23)
