"""An ensemble on a Dask cluster of two worker processes on this machine."""

import logging
import shlex
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from drawn import (
    TRADED,
    TRIP,
    always_dies_when_dear,
    assigned_but_dies_once,
    dies_once,
    other_version,
    sea_price,
    uncertain_tiny,
)
from karwan.cli import main
from karwan.errors import InputError
from karwan.studies.ensembles import cluster as on
from karwan.studies.ensembles import ensemble

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def address():
    """Start a scheduler and two worker processes, each with one thread."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=":0",
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster.scheduler_address


def test_numbers_are_the_same_to_the_byte_as_in_this_process(address, tmp_path):
    tiny = uncertain_tiny()
    ensemble(tiny, "plan", draws=8, options=TRIP, out=tmp_path / "here")
    ensemble(tiny, "plan", draws=8, options=TRIP, out=tmp_path / "there", cluster=address)
    here, there = ((tmp_path / name / "draws.jsonl").read_bytes() for name in ("here", "there"))
    assert here == there
    assert len(here.splitlines()) == 8


def test_an_assignment_is_the_same_to_the_byte_here_on_processes_and_on_the_cluster(
    address, tmp_path
):
    traded, asked = uncertain_tiny(**TRADED), {"draws": 6, "options": {"year": 2025}}
    where = {"here": {}, "processes": {"workers": 2}, "cluster": {"cluster": address}}
    for name, how in where.items():
        ensemble(traded, "assign", **asked, **how, out=tmp_path / name)
    found = {(tmp_path / name / "draws.jsonl").read_bytes() for name in where}
    assert len(found) == 1
    assert len(found.pop().splitlines()) == 6


def test_a_worker_that_is_killed_under_an_assignment_loses_nothing(address, tmp_path):
    traded = uncertain_tiny(**TRADED)
    study = partial(assigned_but_dies_once, flag=str(tmp_path / "died"))
    found = ensemble(traded, study, draws=6, cluster=address)
    assert (tmp_path / "died").exists()
    assert found.outcomes == ensemble(traded, study, draws=6).outcomes


def test_a_worker_that_is_killed_loses_loses_nothing(address, tmp_path):
    tiny = uncertain_tiny()
    study = partial(dies_once, flag=str(tmp_path / "died"))
    found = ensemble(tiny, study, draws=12, cluster=address)
    assert (tmp_path / "died").exists()
    assert found.outcomes == ensemble(tiny, study, draws=12).outcomes


def test_a_draw_that_kills_its_workers_is_reported_and_the_others_kept(address):
    tiny = uncertain_tiny()
    found = ensemble(tiny, always_dies_when_dear, draws=10, cluster=address)
    assert len(found.failures) == 1
    assert "KilledWorker" in found.failures["reason"][0]
    alone = ensemble(tiny, sea_price, draws=10).outcomes
    assert [o for o in found.outcomes if not o.failed] == [
        o for o in alone if o.numbers["price"] <= 280
    ]


def test_workers_of_another_version_are_refused(address, monkeypatch):
    monkeypatch.setattr(on, "karwan_version", other_version)
    with pytest.raises(InputError, match=r"run karwan .*, this process 0\.0\.1; install the same"):
        ensemble(uncertain_tiny(), sea_price, draws=3, cluster=address)


def test_a_cluster_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(on, "CONNECT_S", 1)
    with pytest.raises(
        InputError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9; start"
    ):
        ensemble(uncertain_tiny(), sea_price, draws=3, cluster="tcp://127.0.0.1:9")


def test_a_scheduler_without_workers_is_named(monkeypatch):
    monkeypatch.setattr(on, "WORKERS_S", 1)
    with (
        distributed.LocalCluster(
            n_workers=0, host="127.0.0.1", dashboard_address=":0", silence_logs=logging.CRITICAL
        ) as empty,
        pytest.raises(InputError, match="has no workers after 1 s"),
    ):
        ensemble(uncertain_tiny(), sea_price, draws=3, cluster=empty.scheduler_address)


def test_the_how_to_starts_a_scheduler_and_two_workers_on_one_machine(
    tmp_path, monkeypatch, capsys
):
    """Run every line of its block, on a free port."""
    page = Path(__file__).parents[2] / "docs" / "how-to" / "run-an-ensemble.md"
    block = next(b for b in page.read_text("utf-8").split("```") if "dask scheduler" in b)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    lines = [ln[2:].replace("8786", port) for ln in block.splitlines() if ln.startswith("$ ")]
    daemons = [shlex.split(ln.removesuffix("&")) for ln in lines if ln.startswith("dask ")]
    commands = [shlex.split(ln) for ln in lines if ln.startswith("karwan ")]
    assert len(daemons) == 2
    assert len(commands) == 2
    monkeypatch.chdir(tmp_path)
    started = []
    try:
        for words in daemons:
            words[0] = str(Path(sys.executable).parent / words[0])
            started.append(
                subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
            time.sleep(1)
        for words in commands:
            monkeypatch.setattr(sys, "argv", words)
            with pytest.raises(SystemExit) as caught:
                main()
            assert caught.value.code == 0, capsys.readouterr().err
    finally:
        for daemon in reversed(started):
            daemon.terminate()
            daemon.wait(20)
    here, there = (p.read_bytes() for p in sorted(tmp_path.glob("*/draws.jsonl")))
    assert here == there
