"""What the documentation tells people to run, runs."""

import re
import shlex
import sys
import tempfile
from pathlib import Path

import pytest

import karwan
from demand_files import write_demand_files
from karwan.cli import main
from karwan.studies.zone_template import zone_template
from karwan.terminals.berth_read import read_berth_problem
from karwan.terminals.berth_template import write_template
from karwan.terminals.berths import plan_berths
from tiny import tiny_network

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"^\$ (?:\.venv/bin/)?(karwan .+)$", re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)

GROWTH = """year,element,count,capital_usd,capacity_teu_per_year,why
2025,as it stands,0,0,477629,
2025,kgtl-berths,1,45000000,792865,wait ratio 60.8 % over its limit
"""
"""What `karwan simulate karachi-kgtl --grow-with-trade` writes, as docs/how-to/terminals.md shows."""


def commands():
    for page in PAGES:
        for line in COMMAND.findall(page.read_text("utf-8")):
            if "--cluster" in line:
                continue  # test_ensemble_cluster starts the cluster that it needs
            yield pytest.param(line, id=f"{page.stem}: {line}")


def programs():
    for page in PAGES:
        found = PYTHON.findall(page.read_text("utf-8"))
        if found:
            yield pytest.param("\n".join(found), id=page.stem)


@pytest.fixture(scope="session")
def berth_plan():
    """Text of the plan of the example of four berths; made once."""
    with tempfile.TemporaryDirectory() as folder:
        write_template(folder)
        return plan_berths(read_berth_problem(folder)).rows.write_csv()


@pytest.fixture
def workplace(tmp_path, monkeypatch, berth_plan):
    """A folder to write to; `my-corridors` in it is a network with the places A and B.

    Beside it lie small files of demand, two examples of berth plans, a plan of growth, and a
    tenant's plant.
    """
    write_template(tmp_path / "my-port")
    write_template(tmp_path / "my-quay", is_quay=True)
    (tmp_path / "plan.csv").write_text(berth_plan, "utf-8")
    (tmp_path / "growth.csv").write_text(GROWTH, "utf-8")
    monkeypatch.chdir(tmp_path)
    write_demand_files(tmp_path)
    plant = zone_template(karwan.open_atlas(), "steel-service-centre")
    (tmp_path / "steel.toml").write_text(plant, encoding="utf-8")
    nodes = tiny_network().table("nodes")
    renamed = nodes.with_columns(name=nodes["name"].replace({"Alpha": "A", "Farport": "B"}))
    karwan.write_network(tiny_network().with_tables(nodes=renamed), tmp_path / "my-corridors")
    return tmp_path


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize("line", list(commands()))
def test_a_command_in_the_docs_runs(line, monkeypatch, capsys):
    words = shlex.split(line)
    if "--template" in words:
        words[words.index("--template") + 1] = "new-folder"
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 0, capsys.readouterr().err
    assert capsys.readouterr().out


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize("program", list(programs()))
def test_python_in_the_docs_runs(program):
    exec(compile(program, "docs", "exec"), {})
