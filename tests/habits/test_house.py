"""The house stays tidy: sizes, public names, words, floors of imports."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import karwan
from karwan.cli import VERBS
from karwan.schema import all_schemas

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src" / "karwan").rglob("*.py"))
REFERENCE = ROOT / "docs" / "reference"
LONG_FUNCTIONS = {
    "timed_bests": "the same as pareto_search",
    "pareto_search": "one loop over labels; cut in parts it would pass its whole state around",
}
MOST_LINES, MOST_FUNCTION_LINES, MOST_METHODS, MOST_NAMES = 400, 60, 12, 40


def functions(tree):
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]


def length(function):
    """Lines of a function without its docstring."""
    first = function.body[0]
    is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    start = first.end_lineno if is_doc else function.lineno
    return function.end_lineno - start


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT / "src")))
def test_files_functions_and_classes_stay_small(file):
    text = file.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    tree = ast.parse(text)
    for function in functions(tree):
        if function.name not in LONG_FUNCTIONS:
            assert length(function) <= MOST_FUNCTION_LINES, function.name
    for kind in (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef)):
        public = [f.name for f in kind.body if isinstance(f, ast.FunctionDef) and f.name[0] != "_"]
        assert len(public) <= MOST_METHODS, kind.name


def test_half_of_all_files_are_short():
    sizes = sorted(len(f.read_text("utf-8").splitlines()) for f in SOURCES)
    assert sizes[len(sizes) // 2] < 150


def test_what_is_listed_as_public_is_there_and_is_not_too_much():
    assert len(karwan.__all__) <= MOST_NAMES
    assert sorted(karwan.__all__) == karwan.__all__ == dir(karwan)
    for name in karwan.__all__:
        assert getattr(karwan, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'plann'"):
        karwan.plann  # noqa: B018


def test_every_module_lists_what_it_exports():
    for file in SOURCES:
        parts = file.relative_to(ROOT / "src").with_suffix("").parts
        if parts[-1] in {"__init__", "__main__"}:
            continue
        module = importlib.import_module(".".join(parts))
        for name in module.__all__:
            assert hasattr(module, name), f"{module.__name__}.{name}"


@pytest.mark.parametrize("name", karwan.__all__)
def test_every_public_name_stands_in_the_reference(name):
    assert f"::: karwan.{name}\n" in (REFERENCE / "python.md").read_text("utf-8")


def test_public_functions_say_what_they_take_and_give():
    for name in karwan.__all__:
        what = getattr(karwan, name)
        if inspect.isfunction(what):
            text = inspect.getdoc(what)
            assert "Returns\n-------" in text or inspect.signature(what).return_annotation == "None"
            for parameter in inspect.signature(what).parameters:
                assert re.search(rf"^(\w+, )*{parameter}\b.* : ", text, re.MULTILINE), (
                    f"{name}({parameter})"
                )


def test_every_table_and_column_stands_in_the_reference():
    text = (REFERENCE / "tables.md").read_text("utf-8")
    for table in all_schemas().values():
        assert f"## {table.name}\n" in text
        for column in table.columns:
            assert f"`{column.column}`" in text


def test_every_verb_stands_in_the_reference():
    text = (REFERENCE / "cli.md").read_text("utf-8")
    for verb in VERBS:
        assert f"## karwan {verb}\n" in text


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import karwan", {"numba", "scipy", "polars", "numpy", "rich"}),
        ("import karwan.cli", {"numba", "scipy", "polars", "numpy", "rich"}),
        ("from karwan.cli import plan, atlas, check, scenario", {"numba", "scipy", "polars"}),
        ("from karwan import check_network", {"numba", "scipy"}),
        ("import karwan; karwan.open_atlas()", {"numba", "scipy", "karwan.network.validate"}),
        ("import karwan.studies.simulate", {"numba", "scipy.stats", "karwan.network.validate"}),
    ],
)
def test_help_and_checks_import_little(code, unwanted):
    listing = f"import sys; {code}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", listing], check=True, capture_output=True, text=True
    )
    assert not unwanted & set(done.stdout.split())


def test_modes_are_told_apart_by_their_rows_not_by_name():
    """A new mode is a row; only the cost model may know a mode by name."""
    names = set(karwan.open_atlas().table("modes")["mode"])
    for file in SOURCES:
        if file.name == "costs.py" or "briefs" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Compare):
                words = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
                left = ast.unparse(node.left)
                if "mode" in left and "medium" not in left and "kind" not in left:
                    assert not names & {w for w in words if isinstance(w, str)}, file


def test_columns_use_the_words_of_the_glossary():
    """Words that the glossary replaces stand in no table or column name."""
    banned = {"shipment", "vertex", "edge", "segment", "hub", "dock", "fee", "weight", "stop"}
    for table in all_schemas().values():
        for word in (table.name, *table.names):
            assert not banned & set(word.split("_")), f"{table.name}: {word}"


def test_files_speak_of_the_project_alone():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\n")
    unwanted = re.compile(r"(^|[^\w.])/(work|farm|root|tmp)/|registry\.npmjs|pypi\.org/simple")
    for name in tracked:
        file = ROOT / name
        if not file.is_file() or file.suffix in {".png", ".parquet"} or file == Path(__file__):
            continue
        found = unwanted.search(file.read_text("utf-8"))
        assert found is None, f"{name}: {found.group(0) if found else ''}"
