"""What holds for all tables of a network: the file network.toml."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from karwan.errors import Problem
from karwan.schema.check import did_you_mean

__all__ = ["META_FILE", "Meta", "check_meta", "meta_text", "read_meta"]

META_FILE = "network.toml"
FIRST_YEAR, LAST_YEAR = 1990, 2100
KINDS: dict[str, tuple[type, str]] = {
    "name": (str, 'text, as name = "My corridors"'),
    "price_year": (int, "a year, as price_year = 2024"),
    "as_of": (dt.date, "a date without quotes, as as_of = 2026-01-31"),
    "worldview": (str, 'text, as worldview = "neutral"'),
    "disclaimer": (str, "text in quotes"),
    "licences": (list, 'a list of texts, as licences = ["CC-BY-4.0"]'),
}
REQUIRED = ("name", "price_year", "as_of")


@dataclass(frozen=True)
class Meta:
    """What holds for all tables; the attributes of the same names of `Network`."""

    name: str
    price_year: int
    as_of: dt.date
    worldview: str = "neutral"
    disclaimer: str = ""
    licences: tuple[str, ...] = ()


def read_meta(folder: Path) -> Meta:
    """Read network.toml.

    Parameters
    ----------
    folder : Path
        Folder of a network whose network.toml has no problems.

    Returns
    -------
    Meta
        Its values.
    """
    found = tomllib.loads((folder / META_FILE).read_text("utf-8"))
    found["licences"] = tuple(found.get("licences", ()))
    return Meta(**found)


def check_meta(folder: Path) -> list[Problem]:
    """Check network.toml.

    Parameters
    ----------
    folder : Path
        Folder of a network.

    Returns
    -------
    list of Problem
        Everything wrong with the file.
    """
    file = folder / META_FILE
    if not file.is_file():
        hint = "write one with name, price_year and as_of; `karwan check --template` shows how"
        return [Problem(META_FILE, message="the file is missing", hint=hint)]
    try:
        found = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        return [Problem(META_FILE, message=f"is not TOML ({fault})", hint="correct the line")]
    return list(_wrong(found))


def _wrong(found: dict[str, Any]) -> Iterator[Problem]:
    for key in REQUIRED:
        if key not in found:
            yield Problem(META_FILE, "", key, "is missing", hint=f"write {KINDS[key][1]}")
    for key, value in found.items():
        if key not in KINDS:
            hint = did_you_mean(key, tuple(KINDS)) or "remove it"
            yield Problem(META_FILE, "", key, "is unknown", hint=hint)
            continue
        kind, form = KINDS[key]
        fits = isinstance(value, kind) and not isinstance(value, (bool, dt.datetime))
        if fits and kind is list:
            fits = all(isinstance(v, str) for v in value)
        if fits and key == "price_year":
            fits = FIRST_YEAR <= value <= LAST_YEAR
        if not fits:
            yield Problem(META_FILE, "", key, value=repr(value), hint=f"write {form}")


def meta_text(meta: Meta) -> str:
    """Write the text of network.toml.

    Parameters
    ----------
    meta : Meta
        Values.

    Returns
    -------
    str
        TOML.
    """
    licences = "".join(f"  {_quoted(line)},\n" for line in meta.licences)
    lines = [
        f"name = {_quoted(meta.name)}",
        f"price_year = {meta.price_year}",
        f"as_of = {meta.as_of.isoformat()}",
        f"worldview = {_quoted(meta.worldview)}",
        f"disclaimer = {_quoted(meta.disclaimer)}",
        f"licences = [\n{licences}]" if licences else "licences = []",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
