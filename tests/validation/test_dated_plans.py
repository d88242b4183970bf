"""Plans of different days differ because the world did, and say so."""

import polars as pl
import pytest

import karwan

DAYS = ("2024-02-15", "2024-06-01", "2025-11-15", None)
GULF = {"IRBND", "IRBUZ", "IRBKM", "KWSWK", "KWSAA", "SADMM", "SAJUB", "QAHMD", "AEKHL", "AESHJ"}
WAR, OPEN = "2026-03-15", "hormuz-open-2026"


@pytest.fixture(scope="module")
def atlas():
    return karwan.open_atlas()


@pytest.fixture(scope="module")
def to_karachi(atlas):
    cargo = karwan.Consignment("Almaty", "Karachi", teu=2)
    return {day: karwan.plan(atlas, cargo, depart=day) for day in DAYS}


def borders(routes):
    """Return the borders of all overland itineraries."""
    overland = routes.summary.filter(pl.col("gateway") == "overland")["itinerary"]
    return {name for i in overland for name in routes.crossings(i)}


def missed(routes):
    return "\n".join(m.why for m in routes.missing)


def test_no_two_of_the_four_days_offer_the_same(to_karachi):
    offered = [
        {
            tuple(r.crossings(i))
            for i in r.summary.filter(pl.col("gateway") == "overland")["itinerary"]
        }
        for r in to_karachi.values()
    ]
    for i, one in enumerate(offered):
        assert all(one != other for other in offered[i + 1 :]), DAYS[i]


def test_in_winter_the_karakoram_is_shut_and_snow_lies_on_the_salang(to_karachi):
    winter, summer = to_karachi["2024-02-15"], to_karachi["2024-06-01"]
    assert "Khunjerab is shut from 2023-12-01 to 2024-03-31 (The pass was shut in winter" in missed(
        winter
    )
    assert "Khunjerab" not in missed(summer)
    snow = [
        warning
        for i in winter.summary.filter(pl.col("gateway") == "overland")["itinerary"]
        for warning in winter.warnings(i)
        if "Snow and avalanches" in warning
    ]
    assert snow
    for i in summer.summary["itinerary"]:
        assert "Snow and avalanches" not in "".join(summer.warnings(i))


def test_borders_are_offered_while_they_are_open(to_karachi):
    """Afghanistan until October 2025, the Karakoram but for its winters, Iran from April 2026."""
    winter, summer, late, today = (borders(r) for r in to_karachi.values())
    assert "Chaman - Spin Boldak" in winter & summer
    assert not {"Chaman - Spin Boldak", "Torkham"} & (late | today)
    february = to_karachi["2024-02-15"]
    for row in february.summary.iter_rows(named=True):
        if "Khunjerab" in february.crossings(row["itinerary"]):
            assert row["gate_wait_h"] > 7 * 24, "it waits for the pass to open on 1 April"
    assert "Khunjerab" in summer & late
    assert "Taftan - Mirjaveh (road)" in today - late - summer - winter
    said = missed(to_karachi["2025-11-15"])
    assert "Torkham is shut from 2025-10-11" in said
    assert "Taftan is barred from 2015-01-01 to 2026-03-31" in said
    assert "Taftan is barred" not in missed(to_karachi[None])


@pytest.mark.parametrize("market", ["Mumbai", "Mombasa"])
@pytest.mark.parametrize(
    ("day", "shut", "free"), [(WAR, (), OPEN), ("2026-11-23", "close-hormuz", ())]
)
def test_bandar_abbas_drops_out_while_hormuz_is_shut(atlas, market, day, shut, free):
    cargo = karwan.Consignment("Almaty", market, teu=2)
    gone, back = (karwan.plan(atlas, cargo, depart=day, scenario=s) for s in (shut, free))
    assert "IRBND" not in set(gone.summary["gateway"])
    assert any(m.gateway == "IRBND" and "Strait of Hormuz is shut" in m.why for m in gone.missing)
    assert "IRBND" in set(back.best["gateway"])


def test_no_ship_reaches_jebel_ali_from_outside_while_hormuz_is_shut(atlas):
    cargo = karwan.Consignment("Almaty", "Jebel Ali", teu=2)
    gone, back = (karwan.plan(atlas, cargo, depart=WAR, scenario=s) for s in ((), OPEN))

    def by_sea(routes):
        legs = routes.legs
        return legs.filter((pl.col("kind") == "sea") & (pl.col("to_node") == "AEJEA"))["from_node"]

    assert set(by_sea(gone)) <= GULF
    assert set(by_sea(back)) - GULF
    assert "Strait of Hormuz is shut from 2026-02-28" in missed(gone)
