"""The command line answers, and refuses in one sentence with exit code 2."""

import json
import re
import subprocess
import sys

import pytest

import karwan
from drawn import uncertain_tiny
from karwan.cli import VERBS, compare, main
from tiny import TEXT, added, tiny_network


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    karwan.write_network(tiny_network(), folder)
    return folder


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*words):
        monkeypatch.setattr(sys, "argv", ["karwan", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code, *capsys.readouterr()

    return call


def test_plan_prints_gateways_legs_and_stamp(run, folder):
    code, out, _ = run("plan", "Alpha", "Farport", "--teu", 2, "--network", folder)
    assert code == 0
    assert "2 TEU of General cargo (20 t), Alpha to Farport, departing 2026-01-31" in out
    assert tiny_network().fingerprint[:12] in out
    assert "Haven" in out
    assert "Gauge change at Beta" in out


def test_plan_prints_the_documented_json(run, folder):
    code, out, _ = run("plan", "Alpha", "Farport", "--json", "--network", folder)
    plan = json.loads(out)
    assert code == 0
    assert plan["schema"] == "karwan.routes/1"
    assert plan["itineraries"][0]["gateway"] == "XBHAV"


def test_plan_writes_its_legs(run, folder, tmp_path):
    file = tmp_path / "legs.csv"
    assert run("plan", "Alpha", "Farport", "--csv", file, "--network", folder)[0] == 0
    assert file.read_text().startswith("itinerary,leg,kind,mode")


def test_plan_explains_each_figure(run, folder):
    code, out, _ = run("plan", "Alpha", "Farport", "--explain", 1, "--network", folder)
    assert code == 0
    assert "tariffs[rail-teu]" in out
    assert "guess (C): A guess, A press, 2024. How: Made up for tests." in out


def test_plan_says_what_is_missing(run, folder):
    out = run("plan", "Alpha", "Farport", "--depart", "2025-07-10", "--network", folder)[1]
    assert "Not offered, because shut or barred:" in out
    assert "The Strait is shut from 2025-07-01 to 2025-07-31 (Mines were laid)" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("Alpah", "Farport"), "place 'Alpah' is not in nodes; did you mean Alpha"),
        (("Alpha", "Alpha"), "origin and destination are both XAALP"),
        (("Alpha", "Farport", "--teu", "-1"), "the size is -1 TEU"),
        (("Alpha", "Farport", "--teu", "0"), "the size is 0 TEU"),
        (("Alpha", "Farport", "--teu", "many"), "'many' is not a valid float"),
        (("Alpha", "Farport", "--commodity", "gold"), "commodity 'gold' is not in commodities"),
        (("Alpha", "Farport", "--depart", "tomorrow"), "departure is 'tomorrow'; write the date"),
        (("Alpha", "Farport", "--depart", "1900-01-01"), "departure is 1900-01-01"),
        (("Alpha", "Farport", "--via", "Betta"), "via: place 'Betta'"),
        (("Alpha", "Farport", "--avoid", "Nowhere"), "avoid: 'Nowhere' is no node"),
        (("Alpha", "Farport", "--scenario", "quik"), "did you mean 'quick'?"),
        (("Alpha", "Farport", "--explain", "99"), "there are itineraries 1 to"),
        (
            ("Alpha", "Farport", "--csv", "/nowhere/legs.csv"),
            "lies in a folder that does not exist",
        ),
        (("Alpha", "Farport", "--avoid", "Haven"), "there is a route without your wishes"),
        (
            ("Alpha", "Farport", "--commodity", "ore", "--tonnes", "9"),
            "no itinerary carries 9 t of ore",
        ),
        (("Alpha",), "Missing argument 'DESTINATION'"),
    ],
)
def test_plan_refuses_in_words(run, folder, words, sentence):
    code, _, err = run("plan", *words, "--network", folder)
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err


def test_a_network_that_is_wrong_is_refused_with_all_its_problems(run, tmp_path):
    karwan.write_network(tiny_network(), tmp_path)
    (tmp_path / "links.csv").write_text(TEXT["links"].replace("true,600", "true,nan"))
    (tmp_path / "speeds.csv").unlink()
    code, _, err = run("plan", "Alpha", "Farport", "--network", tmp_path)
    assert code == 2
    assert "distance_km is 'nan', which is no number" in err
    assert "speeds: the table is missing" in err


def test_check_passes_a_sound_folder_and_fails_a_broken_one(run, folder, tmp_path):
    assert run("check", folder)[:2] == (0, f"{folder}: no problems\n")
    karwan.write_network(tiny_network(), tmp_path)
    (tmp_path / "links.csv").write_text(TEXT["links"].replace("true,600", "true,-600"))
    code, out, _ = run("check", tmp_path, "--json")
    problems = json.loads(out)
    assert code == 2
    assert problems[0]["cell"] == "links[alpha-agate-rail].distance_km"
    assert problems[0]["text"].endswith("is -600 km; it must be at least 0.05")


def test_check_writes_a_template_that_check_then_reads(run, tmp_path):
    code, out, _ = run("check", "--template", tmp_path / "mine")
    assert code == 0
    assert "empty tables and network.toml" in out
    code, out, _ = run("check", tmp_path / "mine")
    assert code == 2
    assert "nodes: the table has no rows; add some" in out
    assert run("check", "--template", tmp_path / "mine")[0] == 2


@pytest.mark.parametrize(
    "what", ["nodes", "links", "crossings", "services", "closures", "sources", "report"]
)
def test_atlas_lists_what_it_holds(run, folder, what):
    code, out, _ = run("atlas", what, "--network", folder)
    assert code == 0
    assert out.strip()
    assert json.loads(run("atlas", what, "--json", "--network", folder)[1])


def test_scenarios_are_listed_and_shown(run, folder):
    assert "faster-gate" in run("scenario", "list", "--network", folder)[1]
    out = run("scenario", "show", "quick", "--network", folder)[1]
    for part in (
        "gate-rail/XA/exit", "mean_h", "6", "3", "guess (C)", "Status: proposed",
        "Cost: 30 million USD (20 to 60), and 2 a year for 20 years. A book", "(grade A)",
        "Opens: 2028 (2027 to 2030)", "Owners: XA, XB", "Why: A guess, A press, 2024 (grade C)",
    ):  # fmt: skip
        assert part in out
    assert "nothing is laid over it" in run("scenario", "show", "today", "--network", folder)[1]
    code, _, err = run("scenario", "show", "quik", "--network", folder)
    assert code == 2
    assert "did you mean 'quick'?" in err


def test_a_scenario_is_shown_as_json(run, folder):
    told = json.loads(run("scenario", "show", "quick", "--network", folder, "--json")[1])
    assert told["schema"] == "karwan.scenario/1"
    (measure,) = told["measures"]
    assert measure["changes"][0]["cells"] == [
        {"row": "gate-rail/XA/exit/2024", "from": 6.0, "to": 3.0}
    ]


def test_what_many_measures_cost_is_summed(run):
    code, out, _ = run("scenario", "show", "karachi-gateway")
    assert code == 0
    assert "karachi-gateway: 3 measures, together 556 million USD (455.5 to 697)" in out
    out = run("scenario", "show", "halve-border-time")[1]
    assert "* (400 rows)" in out
    assert "an event that nobody pays for" in run("scenario", "show", "close-hormuz")[1]


COMPARE = ("--scenario", "today", "--scenario", "quick")


def test_plans_are_compared_with_the_options_of_plan(run, folder, tmp_path):
    files = tmp_path / "all.csv", tmp_path / "page.html"
    words = ("compare", "plan", "Alpha", "Farport", "--teu", 2, "--network", folder, *COMPARE)
    code, out, _ = run(*words, "--figure", "time_h", "--csv", files[0], "--html", files[1])
    assert code == 0
    title, header, row = out.splitlines()[1:4]
    assert title == "time_h"
    assert header.split() == ["gateway_name", "today", "quick", "change", "%"]
    assert row.split()[0] == "Haven"
    assert row.split()[3] == "-3"
    assert files[0].read_text().startswith("gateway,gateway_name,figure,scenario,value,first")
    assert "quick" in files[1].read_text()


def test_a_comparison_is_printed_as_json(run, folder):
    words = ("compare", "plan", "Alpha", "Farport", "--network", folder, *COMPARE, "--json")
    told = json.loads(run(*words)[1])
    assert told["schema"] == "karwan.comparison/1"
    assert told["runs"]["quick"]["scenario"] == ["quick"]
    (time,) = [r for r in told["rows"] if (r["figure"], r["scenario"]) == ("time_h", "quick")]
    assert time["difference"] == pytest.approx(-3.0)


STUDIES = {
    "plan": ["Alpha", "Farport"],
    "resilience": ["--origin", "Alpha"],
    "validate": [],
    "assign": [],
}


@pytest.fixture(scope="module")
def trading(tmp_path_factory):
    """A folder with demand from Alpha to Farport."""
    folder = tmp_path_factory.mktemp("trading")
    row = "boxes,XAALP,XCFAR,general,TEU,2025,10000,1000,5000,20000,trade,guess"
    karwan.write_network(added("demand", row), folder)
    return folder


def test_every_study_that_can_be_compared_is_tried():
    assert set(compare.STUDIES) == set(STUDIES)


@pytest.mark.parametrize("verb", STUDIES)
def test_every_study_can_be_compared(run, trading, verb):
    code, out, err = run("compare", verb, *STUDIES[verb], "--network", trading, *COMPARE)
    assert code == 0, err
    assert "Held against today" in out
    figure = compare.STUDIES[verb].figures[0]
    assert f"\n{figure}\n" in out


def test_scenarios_that_cannot_be_compared_are_named_at_once(run, folder):
    words = ("compare", "plan", "Alpha", "Farport", "--network", folder)
    wrong = ("--scenario", "quik", "--scenario", "quick", "--scenario", "quick")
    code, _, err = run(*words, *wrong)
    assert code == 2
    assert "did you mean 'quick'?" in err
    assert "'quick' is named twice; keep one" in err
    assert run(*words, "--scenario", "quick")[0] == 2
    code, _, err = run(*words, *COMPARE, "--figure", "time_j")
    assert code == 2
    assert "did you mean 'time_h'?" in err
    assert run(*words)[0] == 2


@pytest.mark.parametrize("words", [[], *([verb] for verb in VERBS)])
def test_help_answers_everywhere(run, words):
    code, out, _ = run(*words, "-h")
    assert code == 0
    assert out.startswith("Usage: karwan")


def test_a_closed_pipe_is_no_error():
    line = f"{sys.executable} -m karwan atlas sources --json | head -1"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr
    assert done.stdout == "[\n"


def test_a_portfolio_is_printed_and_options_of_two_studies_do_not_mix(run, folder):
    trip = ("--origin", "Alpha", "--market", "Farport", "--network", folder)
    few = ("--histories", 3, "--years", 3)
    code, out, _ = run("resilience", "--portfolio", "--within-days", 30, *few, *trip)
    assert code == 0
    assert "Kept by 1 way: 100.0% in time" in out
    assert "Best portfolio of each size" in out
    for asked, said in (
        (("--portfolio", "--double"), "--portfolio needs --within-days; --double belongs to"),
        (("--years", "3"), "--years need --portfolio"),
    ):
        code, _, err = run("resilience", *asked)
        assert code == 2
        assert said in err


@pytest.fixture(scope="module")
def uncertain_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uncertain")
    karwan.write_network(uncertain_tiny(), folder)
    return folder


def test_an_ensemble_prints_gateways_intervals_and_what_they_hang_on(run, uncertain_folder):
    words = ("Alpha", "Farport", "--teu", 2, "--draws", 20, "--network", uncertain_folder)
    code, out, _ = run("ensemble", "plan", *words)
    assert code == 0
    assert "20 draws of 3 uncertain inputs, latin-hypercube, seed 0" in out
    assert uncertain_tiny().fingerprint[:12] in out
    assert re.search(r"Haven +100 +100 ", out)
    part = out.split("What cost_usd hangs on")[1].splitlines()
    assert part[2].split()[0] == "sea-tariffs"
    assert "+1.00" in part[2] or "+0.9" in part[2]


def test_options_of_the_ensemble_may_stand_before_the_study(run, uncertain_folder):
    words = ("plan", "Alpha", "Farport")
    own = ("--draws", 12, "--seed", 3, "--network", uncertain_folder, "--json")
    before, after = run("ensemble", *own, *words)[1], run("ensemble", *words, *own)[1]
    assert before == after
    form = json.loads(before)
    assert form["schema"] == "karwan.ensemble/1"
    assert form["draws"] == 12
    assert form["run"]["options"]["study_options"]["origin"] == "Alpha"


def test_an_ensemble_writes_its_draws_and_ranks_for_the_numbers_asked(
    run, uncertain_folder, tmp_path
):
    words = ("plan", "Alpha", "Farport", "--draws", 12, "--network", uncertain_folder)
    more = ("--csv", tmp_path / "draws.csv", "--out", tmp_path / "kept", "--number", "co2_kg")
    code, out, _ = run("ensemble", *words, *more)
    assert code == 0
    assert len((tmp_path / "draws.csv").read_text().splitlines()) == 13
    assert len((tmp_path / "kept" / "draws.jsonl").read_text().splitlines()) == 12
    assert "co2_kg" in out
    assert "time_p50_h" not in out


def test_few_draws_of_losses_say_that_they_are_few(run, uncertain_folder):
    words = ("--origin", "Alpha", "--market", "Farport", "--draws", 3)
    code, out, _ = run("ensemble", "resilience", *words, "--network", uncertain_folder)
    assert code == 0
    assert "Too few draws to say what the numbers hang on" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pln",), "study is 'pln', which no ensemble can map; did you mean 'plan'?"),
        (
            ("check",),
            "study is 'check', which no ensemble can map; studies are appraise, assign, plan,",
        ),
        (("plan", "Alpha", "Farport", "--draws", 1, "--workers", 0), "draws is 1; it must be 2"),
        (("plan", "Alpha", "Farport", "--draws", 1, "--workers", 0), "workers is 0; it must be 1"),
        (("plan", "Alpha"), "Missing argument 'DESTINATION'"),
        (("plan", "Alpha", "Farport", "--html", "x"), "an ensemble has no use for --html of plan"),
        (("plan", "Alpha", "Farport", "--drwas", 3), "No such option"),
        (("plan", "Alpha", "Farport", "--factor", "sea"), "factor 'sea' is not in uncertainties"),
        (("plan", "Alpha", "Farport", "--csv", "no/where.csv"), "in a folder that does not exist"),
        (("plan", "Alpha", "Farpotr", "--draws", 2), "did you mean Farport"),
        (
            ("plan", "Alpha", "Farport", "--cluster", "localhost"),
            "write its address as tcp://127.0.0.1:8786",
        ),
    ],
)
def test_an_ensemble_refuses_in_a_sentence(run, uncertain_folder, words, said):
    code, _, err = run("ensemble", *words, "--network", uncertain_folder)
    assert code == 2
    assert said in err


def test_a_network_without_uncertainties_says_so(run, folder):
    code, _, err = run("ensemble", "plan", "Alpha", "Farport", "--network", folder)
    assert code == 2
    assert "the table uncertainties moves no cell of this network; add rows to it" in err
