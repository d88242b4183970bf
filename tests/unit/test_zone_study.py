"""The study on the tiny network: freight from its routes, places, bans and files."""

import datetime as dt

import polars as pl
import pytest

import karwan
from karwan.routing.consignment import Consignment
from karwan.routing.query import Options
from karwan.studies.zone import zone
from karwan.studies.zone_bans import banned_trade
from karwan.studies.zone_development import zone_development
from karwan.studies.zone_file import read_zone_file
from karwan.studies.zone_template import zone_template
from tiny_zone import ROWS, zone_network, zone_texts

HEAD = zone_texts()["zone_cases"].split("\n")[0]


@pytest.fixture(scope="module")
def answer():
    return zone(zone_network(), "kits")


def test_freight_is_that_of_the_best_route(answer):
    lane = karwan.skim(
        zone_network(), ["XAALP"], ["XCFAR"],
        Consignment("XAALP", "XCFAR", "general", tonnes=20), options=Options(capital_rate=0.0),
    )  # fmt: skip
    figures = answer.book.figures
    assert figures["freight/general/XAALP/XCFAR"].value == pytest.approx(
        lane["cost_usd"].item() / 20
    )
    assert figures["hours/general/XAALP/XCFAR"].value == pytest.approx(lane["time_h"].item())
    assert figures["freight/general/XAALP/XCFAR"].source_id == "plans"


def test_every_place_and_market_has_a_row_whose_parts_add_up(answer):
    landed = answer.landed
    assert landed.select("market", "zone").n_unique() == landed.height == 8
    parts = [c for c in landed.columns if c.endswith("_usd_per_t")]
    others = {"landed_usd_per_t", "above_best_usd_per_t", "sales_tax_usd_per_t"}
    total = landed.select(pl.sum_horizontal([c for c in parts if c not in others])).to_series()
    assert (total - landed["landed_usd_per_t"]).abs().max() < 1e-9
    shares = landed.select(pl.sum_horizontal("^share_.*$")).to_series()
    assert (shares - 1).abs().max() < 1e-12
    assert answer.best["landed_usd_per_t"].to_list() == [
        landed.filter(pl.col("market") == m)["landed_usd_per_t"].min()
        for m in answer.best["market"]
    ]


def test_places_in_one_city_share_terms_but_for_those_of_their_own(answer):
    bond = next(z for z in answer.book.zones if z.zone_id == "haven-bond")
    assert bond.key("labour_usd_per_h") == "zone/haven-city/labour_usd_per_h"
    assert bond.key("guarantee_share") == "zone/haven-bond/guarantee_share"


def test_guesses_stand_with_the_most_telling_first(answer):
    swings = answer.guesses["swing_usd_per_t"].to_list()
    assert swings == sorted(swings, reverse=True)
    assert swings[0] > 0
    assert set(answer.guesses["source_id"]) == {"guess"}


def test_a_market_that_no_place_reaches_is_named_with_what_cuts_it_off():
    """Farport has no railway: ore that goes by wagon only cannot get there."""
    changes = {"goods": ROWS["goods"].replace("Kit,general", "Kit,ore")}
    with pytest.raises(karwan.InputError) as caught:
        zone(zone_network(**changes), "kits")
    said = str(caught.value)
    assert "no place of the case serves Farport (XCFAR)" in said
    assert "no route carries ore" in said
    assert len(caught.value.problems) == 2


def test_goods_do_not_pass_between_countries_that_ban_them():
    ban = zone_network().with_tables(
        restrictions=pl.DataFrame(
            {
                "restriction_id": ["ban"], "target_kind": ["country_pair"], "target": ["XB-XC"],
                "starts": [dt.date(2025, 1, 1)], "ends": [None], "effect": ["exclude"],
                "trade": [None], "reason": ["They trade no more."],
                "last_look": [dt.date(2026, 1, 1)], "source_id": ["book"],
            },
            schema_overrides={"ends": pl.Date, "trade": pl.String},
        )
    )  # fmt: skip
    assert banned_trade(ban, dt.date(2024, 1, 1), "XB", "XC")[0] == ""
    with pytest.raises(karwan.InputError, match=r"barred from 2025-01-01.*They trade no more"):
        zone(ban, "kits")
    inland = zone(
        ban.with_tables(zone_cases=ban.table("zone_cases").with_columns(markets=pl.lit("XBBET"))),
        "kits",
    )
    assert set(inland.landed["supplies"]) == {"Parts of Alpha"}
    assert inland.notices["restriction_id"].to_list() == ["ban"]


def test_a_case_written_as_a_file_gives_the_same_answer(tmp_path, answer):
    file = tmp_path / "own.toml"
    file.write_text(zone_template(zone_network(), "kits"), encoding="utf-8")
    own = zone(zone_network(), file)
    drop = ["^share_.*$"]
    assert own.landed.drop(pl.selectors.matches(drop[0])).equals(
        answer.landed.drop(pl.selectors.matches(drop[0]))
    )


def test_a_file_names_every_fault_at_once(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        """
        [case]
        name = "Kits"
        zones = ["haven-zoon"]
        markets = ["Farport", "Nowhere"]
        lot_t = -5
        [plant]
        like = "kitter"
        loss_t_per_t = 0.5
        capexx = 3
        [terms.haven-zone]
        income_tax_rate = -0.2
        refund_share = 1.5
        [[duties]]
        country = "XC"
        good = "kitt"
        duty_rate = -1
        sales_tax_rate = 0.1
        """,
        encoding="utf-8",
    )
    with pytest.raises(karwan.DataError) as caught:
        read_zone_file(zone_network(), file)
    said = str(caught.value)
    for words in (
        "plants[own].capexx is unknown",
        "'Nowhere', which is no place",
        "lot_t is -5 t; it must be at least 0.1",
        "zone_terms[haven-zone/income_tax_rate].value is -0.2; it must be at least 0",
        "zone_terms[haven-zone/refund_share].high is 1.5; refund_share must be at most 1",
        "duties[XC/kitt].duty_rate is -1; it must be at least 0",
        "duties[XC/kitt].good is 'kitt', which is not in goods; did you mean 'kit'?",
    ):
        assert words in said
    lonely = tmp_path / "lonely.toml"
    lonely.write_text("[plan]\n", encoding="utf-8")
    with pytest.raises(
        karwan.DataError, match=r"the part \[plan\] is unknown; did you mean 'plant"
    ):
        read_zone_file(zone_network(), lonely)


def test_a_place_alone_has_its_landed_cost_moved_by_guesses_and_no_rival():
    alone = zone_network(
        zone_cases=ROWS["zone_cases"]
        .replace("alpha-city|haven-city|", "")
        .replace("|haven-bond", "")
    )
    found = zone(alone, "kits")
    assert found.best["second"].to_list() == [None, None]
    assert found.switching.is_empty()
    assert found.guesses["swing_usd_per_t"].max() > 0


def test_a_recipe_in_a_file_must_balance_and_places_must_exist(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        '[case]\nname = "K"\nzones = ["haven-zoon"]\nmarkets = ["Farport", "XCFAR"]\nlot_t = 5\n'
        '[plant]\nlike = "kitter"\nloss_t_per_t = 0.5\n',
        encoding="utf-8",
    )
    with pytest.raises(karwan.DataError) as caught:
        read_zone_file(zone_network(), file)
    said = str(caught.value)
    assert "the recipe takes in 1.2 t and gives 1.6 t for a tonne" in said
    assert "'XCFAR' stands twice; name it once" in said
    assert "'haven-zoon' is not in zones; did you mean 'haven-zone'?" in said


def test_a_developer_breaks_even_where_the_value_is_nil():
    atlas = karwan.open_atlas()
    found = zone_development(atlas, "gwadar-free-zone")
    flows = found.flows
    net = flows["gross"] - flows["authority"] - flows["running_cost"] - flows["capital"]
    assert (net - flows["tax"] - flows["net"]).abs().max() < 1e-12
    assert flows["authority"].sum() == pytest.approx(0.15 * flows["gross"].sum())
    half = found.terms["saleable_ha"] * found.terms["take_up_max_share"] / 2
    assert flows.filter(year=2026 + 12)["let_ha"].item() == pytest.approx(half)
    rent = found.break_even.filter(term="rent_usd_per_m2_year")["break_even"].item()
    terms = found.terms | {"rent_usd_per_m2_year": rent}
    rows = atlas.table("zone_developments").with_columns(
        value=pl.when(pl.col("zone_id") == "gwadar-free-zone")
        .then(pl.col("term").replace_strict(terms, default=None))
        .otherwise("value")
    )
    again = zone_development(atlas.with_tables(zone_developments=rows), "gwadar-free-zone")
    assert again.npv_usd_m == pytest.approx(0, abs=1e-6)
    assert again.irr.rate == pytest.approx(terms["discount_rate"])
    with pytest.raises(karwan.InputError, match="did you mean 'gwadar-free-zone'"):
        zone_development(atlas, "gwadar-free-zon")
