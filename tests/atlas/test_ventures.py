"""Ventures of the atlas: every figure has a source with a grade, and every one of them runs."""

import pytest

from karwan.appraisal.account import account
from karwan.appraisal.assumptions import assumptions
from karwan.appraisal.venture import changed_venture, read_venture
from karwan.appraisal.venture_file import atlas_ventures
from karwan.studies.appraise import appraise

NAMES = list(atlas_ventures())


def test_the_five_cases_are_there():
    assert NAMES == [
        "gwadar-joint-venture",
        "gwadar-port",
        "karachi-gateway-terminal",
        "karachi-joint-venture",
        "khorgos-eastern-gate",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_names_a_source_with_a_grade(name):
    table = assumptions(read_venture(name))
    own = table.filter((table["grade"] == "own") & ~table["key"].str.contains("based_on|currency"))
    assert own.is_empty(), own["key"].to_list()
    assert table["grade"][0] == "C", "guesses stand first"


def test_every_source_has_what_its_grade_asks_for_and_is_used():
    used, known = set(), {}
    for name in NAMES:
        tree = read_venture(name).tree
        known |= tree.sources
        used |= {origin.source for origin in tree.origins.values()}
    assert used >= set(known), sorted(set(known) - used)
    for key, source in known.items():
        assert source["title"], key
        assert source["year"] > 1990, key
        assert source["grade"] in {"A", "B", "C"}, key
        assert source["grade"] != "A" or source["url"].startswith("http"), key
        assert source["grade"] != "C" or source["method"], key


@pytest.mark.parametrize("name", NAMES)
def test_every_venture_adds_up_and_draws(name):
    found = appraise(name, draws=500)
    assert max(found.checks.values()) < 1e-6
    assert len(found.account.venture.rows["uncertain"]) >= 10
    assert len(found.risk.draws) == 500
    assert found.scenarios["why_not"].is_null().all()


def test_the_karachi_terminal_earns_what_was_published():
    """55 million USD of revenue and 30 of EBITDA a year (portnews.ru, 2023), in its first year."""
    found = account(read_venture("karachi-gateway-terminal"))
    assert found.line("revenue")[0] == pytest.approx(55e6, rel=0.005)
    assert found.line("ebitda")[0] == pytest.approx(30e6, rel=0.005)
    assert found.line("capital")[:10].sum() / 1.022**2 == pytest.approx(220e6, rel=0.06)


def test_the_share_of_gwadar_is_recomputed_and_its_gap_is_the_zone():
    """Revenue of three years 358.151 M rupees, of which the authority got 32.324 (Nation, 2019).

    9 % of all of it is 32.234. The gap of 0.090 M is what a zone company's 15 % makes on revenue
    of 1.51 M: 0.09 (358.151 - x) + 0.15 x = 32.324.
    """
    years = {
        "first_year": 2016,
        "years": 3,
        "currencies[PKR].inflation": 0.0,
        "currencies[PKR].per_usd": 1.0,
        "phases[second stage].start": 2016,
        "tax.holiday_from": 2016,
        "tax.holiday_years": 0,
        "throughput.local_teu": 0,
        "throughput.transit_teu": 0,
        "throughput.transhipment_teu": 0,
        "tariffs[bulk and marine].amount": 358.151e6 / 3,
    }

    found = account(changed_venture(read_venture("gwadar-port"), years))
    got = found.line("concession_payment").sum() / 1e6
    assert found.line("revenue").sum() / 1e6 == pytest.approx(358.151)
    assert got == pytest.approx(32.234, abs=5e-4)
    zone = (32.324 - got) / (0.15 - 0.09)
    assert zone == pytest.approx(1.51, abs=0.01)
