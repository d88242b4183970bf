"""karwan queue as a planner meets it."""

import json
import sys

import pytest

from karwan.cli import main


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*words):
        monkeypatch.setattr(sys, "argv", ["karwan", "queue", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capsys.readouterr()
        return caught.value.code, out, err

    return call


def test_waits_and_the_inverse(run):
    code, out, _ = run("E2/E2/4", "--occupancy", 0.7, "--json")
    assert code == 0
    assert json.loads(out)["wait_ratio"] == pytest.approx(0.14421, abs=5e-6)
    _, out, _ = run("E2/E2/4", "--wait-ratio", 0.1, "--json")
    assert json.loads(out)["occupancy"] == pytest.approx(0.654, abs=5e-4)


def test_hours_and_arrivals_of_a_day(run):
    _, out, _ = run("M/M/2", "--arrivals-per-day", 36, "--service-h", 1, "--json")
    found = json.loads(out)
    assert found["occupancy"] == pytest.approx(0.75)
    assert found["wait_h"] == pytest.approx(0.75**2 / (1 - 0.75**2))
    assert found["mean_queue"] == pytest.approx(found["wait_h"] * 36 / 24)
    code, out, _ = run("M/M/2", "--arrivals-per-day", 36, "--service-h", 1)
    assert code == 0
    assert "1.2857   1.29" in out


def test_servers_that_keep_hours(run):
    words = ("M/E2/6", "--occupancy", 0.8, "--service-h", 0.2, "--replications", 3, "--seed", 2)
    code, out, _ = run(*words, "--open", "08:00-20:00", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["method"] == "simulated"
    assert found["open_share"] == 0.5
    assert 0 < found["wait_h_half_interval"] < found["wait_h"]
    assert found == json.loads(run(*words, "--open", "08:00-20:00", "--json")[1])
    _, out, _ = run(*words, "--open", "torugart-weekdays")
    assert "open 71 % of the week" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("E2/E2/4", "--occupancy", 1), ["occupancy is 1, the queue is unstable"]),
        (("M/M/1", "--arrivals-per-day", 30, "--service-h", 1), ["occupancy is 1.25"]),
        (("M/M/1", "--occupancy", "nan"), ["--occupancy is nan"]),
        (("M/M/1", "--occupancy", 0), ["occupancy is 0"]),
        (("M/M/1", "--occupancy", 0.5, "--seed", 3), ["--seed belongs to a simulation"]),
        (("M/M/1",), ["no aim is given"]),
        (
            ("Q/E0/x", "--arrivals-per-day", -4, "--open", "09:00-09:00"),
            ["'Q'", "0 phases", "servers", "--arrivals-per-day is -4", "never open", "--service-h"],
        ),
        (("M/M", "--occupancy", 2), ["2 parts", "occupancy is 2"]),
    ],
)
def test_nonsense_is_named_at_once(run, words, said):
    code, _, err = run(*words)
    assert code == 2
    assert "Traceback" not in err
    for words_of_it in said:
        assert words_of_it in err
