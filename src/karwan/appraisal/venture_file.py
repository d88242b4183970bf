"""Read a venture file: TOML whose values may name their source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from karwan.errors import InputError
from karwan.schema.check import did_you_mean

__all__ = ["LISTS", "Origin", "Tree", "atlas_ventures", "read_tree"]

LISTS = ("currencies", "phases", "tariffs", "costs", "partners", "uncertain", "correlated",
         "scenarios")  # fmt: skip
"""Parts of a file that are lists of tables."""
NAMES = ("name", "code", "lever")


@dataclass(frozen=True)
class Origin:
    """Where a value comes from.

    Attributes
    ----------
    source : str
        Key of `sources` in the file; empty if none is named.
    grade : str
        A read in a cited publication, B recalled, C estimate; empty for a user's own figure.
    note : str
        What is said beside the value.
    """

    source: str = ""
    grade: str = ""
    note: str = ""


@dataclass(frozen=True)
class Tree:
    """A venture file as read: values by full name, with their origins.

    Attributes
    ----------
    values : dict of str to object
        Values; of lists by place or name, as in ``tariffs[transit].amount``.
    lists : dict of str to tuple of str
        Names of the tables of each list, in order.
    origins : dict of str to Origin
        Origins of values that name one.
    sources : dict of str to dict
        Sources, with title, url, year, grade and method.
    """

    values: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)


def atlas_ventures() -> dict[str, Any]:
    """Return the ventures that ship with the package by their ids."""
    return {name: file for name, file in _shipped().items() if not name.startswith("_")}


def _shipped() -> dict[str, Any]:
    """Return all files of ventures that ship; those with a ``_`` only lend their values."""
    folder = files("karwan.atlas").joinpath("ventures")
    found = (f for f in folder.iterdir() if f.name.endswith(".toml"))
    return {f.name.removesuffix(".toml"): f for f in sorted(found, key=lambda f: f.name)}


def read_tree(venture: str | Path) -> Tree:
    """Read a venture and those that it is based on.

    Parameters
    ----------
    venture : str or Path
        File, or the id of a venture that ships with the package.

    Returns
    -------
    Tree
        Values, not yet checked.

    Raises
    ------
    InputError
        No such venture, a file that is no TOML, or ventures based on each other.
    """
    chain: list[str] = []
    parts: list[dict[str, Any]] = []
    name, beside = str(venture), Path()
    while name:
        text, at = _text(name, beside)
        if at in chain:
            ring = " -> ".join([*chain[chain.index(at) :], at])
            message = f"based_on goes round in a circle: {ring}; one of them must stand alone"
            raise InputError(message)
        chain.append(at)
        try:
            read = tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            message = f"{at} is no TOML: {fault}"
            raise InputError(message) from fault
        parts.append(read)
        name, beside = str(read.get("based_on", "")), Path(at).parent
    tree = Tree()
    for read in reversed(parts):
        _add(tree, read)
    return tree


def _text(name: str, beside: Path) -> tuple[str, str]:
    known, shipped = atlas_ventures(), _shipped()
    if name in shipped:
        return shipped[name].read_text("utf-8"), name
    file = Path(name) if Path(name).is_file() else beside / name
    if not file.is_file():
        hint = did_you_mean(name, tuple(known)) or f"ventures of the atlas are {', '.join(known)}"
        message = f"{name!r} is no file and no venture of the atlas; {hint}"
        raise InputError(message)
    return file.read_text("utf-8"), str(file)


def _add(tree: Tree, read: Mapping[str, Any]) -> None:
    """Lay the values of one file over those of the file it is based on.

    A list that a file gives stands instead of the other's; a row of the same name lends what it
    lacks.
    """
    tree.sources.update(read.get("sources", {}))
    for section, content in read.items():
        if section in LISTS and isinstance(content, Sequence) and not isinstance(content, str):
            names = [_name(row, i) for i, row in enumerate(content)]
            tree.lists[section] = tuple(names)
            _drop(tree, section, names)
            for name, row in zip(names, content, strict=True):
                _leaves(tree, f"{section}[{name}]", row)
        elif section != "sources":
            _leaves(tree, section, content)


def _drop(tree: Tree, section: str, names: Sequence[str]) -> None:
    """Take away the rows of a list that a file does not name again."""
    kept = tuple(f"{section}[{name}]." for name in names)
    for where in [w for w in tree.values if w.startswith(f"{section}[")]:
        if not where.startswith(kept):
            del tree.values[where]
            tree.origins.pop(where, None)


def _name(row: Any, place: int) -> str:
    if isinstance(row, Mapping):
        for key in NAMES:
            said = row.get(key)
            said = said.get("value") if isinstance(said, Mapping) else said
            if said:
                return str(said)
    return str(place + 1)


def _leaves(tree: Tree, where: str, content: Any) -> None:
    if not isinstance(content, Mapping) or all(str(k).isdigit() for k in content):
        tree.values[where] = content
        tree.origins.pop(where, None)
    elif "value" in content or "same_as" in content:
        source = str(content.get("source", ""))
        grade = str(tree.sources.get(source, {}).get("grade", ""))
        value = content if "same_as" in content else content["value"]
        tree.values[where] = value
        tree.origins[where] = Origin(source, grade, str(content.get("note", "")))
    elif where.endswith(".set"):
        tree.values[where] = content
    else:
        for key, inner in content.items():
            _leaves(tree, f"{where}.{key}", inner)
