"""A venture: checked values of its file, with where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from karwan.appraisal.venture_file import LISTS, Origin, Tree, read_tree
from karwan.appraisal.venture_form import Key, form, typed_value, unknown_key
from karwan.appraisal.venture_rules import rules_broken
from karwan.errors import InputError
from karwan.schema.check import did_you_mean

__all__ = ["Venture", "along", "changed_venture", "read_venture"]


@dataclass(frozen=True)
class Venture:
    """A venture whose values are complete, typed and checked.

    Attributes
    ----------
    name : str
        Name.
    values : dict of str to object
        Value of every key that is in no list; None where it is not given and has no default.
    rows : dict of str to tuple of dict
        Tables of each list.
    tree : Tree
        The file as read, with origins and sources.
    folder : Path
        Folder that files named in it lie in.
    """

    name: str
    values: Mapping[str, Any]
    rows: Mapping[str, tuple[dict[str, Any], ...]]
    tree: Tree
    folder: Path

    def __getitem__(self, key: str) -> Any:
        """Return the value of a key, such as ``debt.interest``."""
        return self.values[key]

    @property
    def first_year(self) -> int:
        """Return the first year."""
        return int(self.values["first_year"])

    @property
    def last_year(self) -> int:
        """Return the last year."""
        return self.first_year + int(self.values["years"]) - 1

    def path(self, key: str) -> list[float]:
        """Return a path by year: straight between stated years, level before and after."""
        return along(self.values[key], self.first_year, int(self.values["years"]))

    def origin(self, where: str) -> Origin:
        """Return where a value comes from."""
        return self.tree.origins.get(where, Origin())


def along(stated: Mapping[int, float], first: int, years: int) -> list[float]:
    """Return values of years, straight between those stated and level outside them."""
    known = sorted(stated)
    wanted = np.arange(first, first + years)
    return [float(v) for v in np.interp(wanted, known, [stated[y] for y in known])]


def read_venture(venture: str | Path, changes: Mapping[str, Any] | None = None) -> Venture:
    """Read and check a venture.

    Parameters
    ----------
    venture : str or Path
        TOML file, or the id of a venture of the atlas.
    changes : mapping, optional
        Values instead of those of the file, by full name (``tariffs[transit].amount``).

    Returns
    -------
    Venture
        Complete and checked.

    Raises
    ------
    InputError
        Everything that is wrong, at once.
    """
    folder = Path(venture).parent if Path(venture).is_file() else Path()
    return _checked(read_tree(venture), changes or {}, folder)


def changed_venture(venture: Venture, changes: Mapping[str, Any]) -> Venture:
    """Return a venture with other values, checked anew.

    Parameters
    ----------
    venture : Venture
        Venture.
    changes : mapping
        Values by full name.

    Returns
    -------
    Venture
        Another one.

    Raises
    ------
    InputError
        Everything that is wrong.
    """
    return _checked(venture.tree, changes, venture.folder)


def _checked(tree: Tree, changes: Mapping[str, Any], folder: Path) -> Venture:
    values, problems = dict(tree.values), []
    for where, value in changes.items():
        if _key_of(where, tree) is None:
            problems.append(unknown_key(_plain(where)) + _rows_hint(where, tree))
        values[where] = value
    origins = {k: o for k, o in tree.origins.items() if k not in changes}
    tree = Tree(values, tree.lists, origins, tree.sources)
    known = {w: k for w in values if (k := _key_of(w, tree)) is not None}
    problems += [unknown_key(_plain(w)) for w in values if w not in known and w not in changes]
    resolved, wrong = _resolved(values)
    problems += wrong + _unknown_sources(tree)
    found: dict[str, Any] = {}
    for where, key in known.items():
        if where in resolved:
            found[where], wrong = typed_value(key, where, resolved[where])
            problems += wrong
    _fill(found, tree, problems)
    try:
        plain = {k: found[k] for k in form() if "[]" not in k}
        rows = {section: _rows(section, found, tree) for section in LISTS}
    except KeyError:  # of a key that must be there and is named already
        raise InputError(problems) from None
    named = {said.partition(" ")[0] for said in problems}
    broken = rules_broken(plain, rows, doubtful=bool(problems))
    problems += [said for said in broken if said.partition(" ")[0] not in named]
    if problems:
        raise InputError(problems)
    return Venture(str(plain["name"]), plain, rows, tree, folder)


def _key_of(where: str, tree: Tree) -> Key | None:
    if "[" in where:
        section, _, rest = where.partition("[")
        name, _, last = rest.partition("].")
        if name not in tree.lists.get(section, ()):
            return None
        return form().get(f"{section}[].{last}")
    return form().get(where)


def _plain(where: str) -> str:
    """Return a full name with the place in a list left out, as the form has it."""
    head, bracket, rest = where.partition("[")
    return f"{head}[]{rest[rest.rindex(']') + 1 :]}" if bracket and "]" in rest else where


def _rows_hint(where: str, tree: Tree) -> str:
    section, _, rest = where.partition("[")
    names = tree.lists.get(section, ())
    name = rest.partition("]")[0]
    if not names or name in names:
        return ""
    return f"; {did_you_mean(name, names) or 'its rows are ' + ', '.join(names)}"


def _resolved(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Follow ``same_as`` from value to value, times its factor."""
    done: dict[str, Any] = {}
    problems: list[str] = []
    for where, value in values.items():
        ring, times, now, at = [where], 1.0, value, where
        while isinstance(now, Mapping) and "same_as" in now:
            times *= float(now.get("times", 1.0))
            at = str(now["same_as"])
            if at in ring:
                circle = " -> ".join([*ring[ring.index(at) :], at])
                problems.append(f"{where} is defined in a circle: {circle}; give one a value")
                break
            if at not in values:
                hint = did_you_mean(at, tuple(values)) or "name a key with a value"
                problems.append(f"{where} is the same as {at!r}, which is not given; {hint}")
                break
            ring.append(at)
            now = values[at]
        else:
            scaled = isinstance(now, (int, float)) and not isinstance(now, bool) and times != 1
            done[where] = now * times if scaled else now
    return done, problems


def _unknown_sources(tree: Tree) -> list[str]:
    return [
        f"{where} names the source {origin.source!r}, which the file does not list; add "
        f"[sources.{origin.source}] with title, url, year and grade"
        for where, origin in tree.origins.items()
        if origin.source and origin.source not in tree.sources
    ]


def _fill(found: dict[str, Any], tree: Tree, problems: list[str]) -> None:
    """Add defaults, and name what is required and missing."""
    for name, key in form().items():
        section, bracket, last = name.partition("[].")
        if bracket:
            wheres = [f"{section}[{row}].{last}" for row in tree.lists.get(section, ())]
        else:
            wheres = [name]
        for where in wheres:
            if where in tree.values:
                continue
            if key.required:
                problems.append(f"{where} is missing ({key.description})")
            found[where] = _default(key)


def _default(key: Key) -> Any:
    if key.kind == "flag":
        return False
    if key.default == "" or key.kind == "text":
        return key.default or None
    if key.kind == "path":
        return {0: float(key.default)}
    return int(key.default) if key.kind == "whole" else float(key.default)


def _rows(section: str, found: Mapping[str, Any], tree: Tree) -> tuple[dict[str, Any], ...]:
    names = [k.partition("[].")[2] for k in form() if k.startswith(f"{section}[].")]
    return tuple(
        {n: found[f"{section}[{row}].{n}"] for n in names} for row in tree.lists.get(section, ())
    )
