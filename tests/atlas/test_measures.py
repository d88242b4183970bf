"""Measures of the atlas: each thing the ministries speak of is there, with cost, dates, owners."""

from __future__ import annotations

import polars as pl
import pytest

import karwan
from karwan.routing.calendar import day_state

SPOKEN_OF = {
    "reopening of the Afghan crossings": "reopen-afghan-crossings",
    "Uzbekistan-Afghanistan-Pakistan railway": "uap-railway",
    "its variant by Kabul": "uap-kabul-torkham-railway",
    "Torghundi-Herat-Kandahar-Spin Boldak": "torghundi-chaman-railway",
    "its first section": "torghundi-herat-railway",
    "ML-1": "ml1-upgraded",
    "the first section of ML-1": "ml1-karachi-rohri",
    "Gwadar rail link": "gwadar-rail",
    "Gwadar-Jacobabad": "gwadar-jacobabad-rail",
    "China-Kyrgyzstan-Uzbekistan": "cku-railway",
    "Karakoram Highway": "kkh-improved",
    "eTIR": "etir",
    "all borders in half the time": "halve-border-time",
    "one-stop posts Pakistan-Afghanistan": "one-stop-pakistan-afghanistan",
    "one-stop posts Kazakhstan-Uzbekistan": "one-stop-kazakhstan-uzbekistan",
    "one-stop post at Khunjerab": "one-stop-khunjerab",
    "tariff cut at Karachi": "karachi-transit-tariff-cut",
    "free storage at Karachi": "karachi-free-storage",
    "Gwadar feeders": "gwadar-feeders",
    "terminals of Karachi and Port Qasim": "karachi-terminals-expanded",
    "Trans-Caspian upgrade": "trans-caspian-upgrade",
}
EVENTS = {
    "reopen-hormuz",
    "close-hormuz",
    "hormuz-open-2026",
    "iran-sanctions-tightened",
    "iran-sanctions-lifted",
    "red-sea-calm",
    "india-pakistan-trade-reopened",
}
PAIRS = (
    ("Karaganda", "Mombasa"),
    ("Tashkent", "Karachi"),
    ("Quetta", "Salalah"),
    ("Almaty", "Jebel Ali"),
)


@pytest.fixture(scope="module")
def atlas() -> karwan.Network:
    """Return the atlas."""
    return karwan.open_atlas()


@pytest.fixture(scope="module")
def rows(atlas: karwan.Network) -> dict[str, dict[str, object]]:
    """Return the measures by identifier."""
    return {r["measure_id"]: r for r in atlas.table("measures").iter_rows(named=True)}


@pytest.mark.parametrize("measure", SPOKEN_OF.values())
def test_what_is_spoken_of_is_there_with_cost_dates_and_owners(
    rows: dict[str, dict[str, object]], measure: str
) -> None:
    row = rows[measure]
    assert None not in row.values()
    assert row["opening_year"] >= 2026


def test_only_events_are_without_cost(rows: dict[str, dict[str, object]]) -> None:
    assert {m for m, row in rows.items() if row["capital_usd_m"] is None} == EVENTS


def test_contradictions_of_sources_stay_in_the_interval(rows: dict[str, dict[str, object]]) -> None:
    ends = ("capital_low_usd_m", "capital_high_usd_m")
    assert [rows["uap-railway"][c] for c in ends] == [4600, 10000]
    assert [rows["ml1-karachi-rohri"][c] for c in ends] == [1200, 2000]


def test_each_measure_is_a_scenario_and_every_scenario_can_be_laid(atlas: karwan.Network) -> None:
    scenarios = atlas.table("scenarios")["scenario_id"]
    assert set(atlas.table("measures")["measure_id"]) <= set(scenarios)
    for scenario in scenarios:
        changed = karwan.apply_scenario(atlas, scenario)
        assert karwan.check_network(changed) == []
        assert changed.fingerprint != atlas.fingerprint


def test_planned_services_change_no_plan_of_today(atlas: karwan.Network) -> None:
    services = atlas.table("services")
    planned = services.filter(pl.col("status") == "planned")["service_id"]
    assert set(planned) >= {"feeder-gwadar-karachi", "feeder-gwadar-salalah"}
    bare = atlas.with_tables(
        **{
            table: atlas.table(table).filter(~pl.col("service_id").is_in(planned.to_list()))
            for table in ("services", "service_calls")
        }
    )
    for origin, destination in PAIRS:
        consignment = karwan.Consignment(origin, destination, teu=10)
        plans = [karwan.plan(network, consignment) for network in (atlas, bare)]
        assert plans[0].summary.equals(plans[1].summary)
        assert plans[0].legs.equals(plans[1].legs)


def test_a_feeder_that_is_laid_carries_to_salalah(atlas: karwan.Network) -> None:
    consignment = karwan.Consignment("Quetta", "Salalah", teu=10)
    routes = karwan.plan(atlas, consignment, scenario="gwadar-feeders")
    assert "Feeder Gwadar-Sohar-Salalah" in routes.legs["service"].to_list()


def test_a_service_that_is_planned_is_offered_on_no_day(atlas: karwan.Network) -> None:
    offered = day_state(atlas, atlas.as_of).services
    planned = (atlas.table("services")["status"] == "planned").to_list()
    assert any(planned)
    assert not any(byte for byte, is_planned in zip(offered, planned, strict=True) if is_planned)


def test_enforced_sanctions_leave_no_way_through_iran(atlas: karwan.Network) -> None:
    consignment = karwan.Consignment("Tashkent", "Jebel Ali", teu=10)
    today = karwan.plan(atlas, consignment)
    tight = karwan.plan(atlas, consignment, scenario="iran-sanctions-tightened")
    assert "Bandar Abbas" in today.summary["gateway_name"].to_list()
    assert "Bandar Abbas" not in tight.summary["gateway_name"].to_list()


def test_one_stop_posts_and_a_faster_post_clash(atlas: karwan.Network) -> None:
    with pytest.raises(karwan.ScenarioError, match=r"both set border_procedures\[torkham-road"):
        karwan.apply_scenario(atlas, ["one-stop-pakistan-afghanistan", "pakistan-border-12h"])


def test_a_strait_is_not_shut_and_free_at_once(atlas: karwan.Network) -> None:
    with pytest.raises(karwan.ScenarioError, match=r"closures\[hormuz-2026-hampered\].ends"):
        karwan.apply_scenario(atlas, ["close-hormuz", "reopen-hormuz"])
