"""The form of a venture file: which keys it may hold, of which kind and within which bounds."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from karwan.schema.check import did_you_mean

__all__ = ["Key", "form", "typed_value", "unknown_key"]


@dataclass(frozen=True)
class Key:
    """One key of a venture file.

    Attributes
    ----------
    key : str
        Section and name; ``[]`` marks a list of tables.
    kind : str
        text, whole, number, path (a number, or numbers by year), flag or changes.
    unit, choices, description : str
        Unit, values allowed separated by ``|``, and what it says.
    required : bool
        Whether it must be given, in a list for each of its tables.
    default : str
        Value if it is not given; empty for none.
    minimum, maximum : float
        Bounds, ``-inf`` and ``inf`` without.
    """

    key: str
    kind: str
    unit: str
    required: bool
    default: str
    minimum: float
    maximum: float
    choices: str
    description: str


@cache
def form() -> Mapping[str, Key]:
    """Return every key of a venture file by its name."""
    text = files("karwan.appraisal").joinpath("venture_keys.csv").read_text("utf-8")
    return {
        row["key"]: Key(
            row["key"],
            row["kind"],
            row["unit"],
            row["required"] == "yes",
            row["default"],
            float(row["minimum"] or -math.inf),
            float(row["maximum"] or math.inf),
            row["choices"],
            row["description"],
        )
        for row in csv.DictReader(text.splitlines())
    }


def unknown_key(name: str) -> str:
    """Say that a key is unknown, and which one may have been meant."""
    hint = did_you_mean(name, tuple(form())) or "`karwan appraise --keys` lists all"
    return f"{name} is no key of a venture; {hint}"


def typed_value(key: Key, where: str, value: Any) -> tuple[Any, list[str]]:
    """Return a value as its kind wants it, and what is wrong with it.

    Parameters
    ----------
    key : Key
        Key of the form.
    where : str
        Full name, with the place in a list.
    value : object
        Value as read.

    Returns
    -------
    value : object
        text as str, whole as int, number as float, a path as dict of year to float.
    problems : list of str
        Sentences; the value is of no use if there are any.
    """
    unit = f" {key.unit}" if key.unit else ""
    if key.kind == "flag":
        wrong = not isinstance(value, bool)
        return value, [f"{where} is {value!r}; write true or false"] if wrong else []
    if key.kind == "changes":
        wrong = not isinstance(value, Mapping) or not value
        return value, [f"{where} is {value!r}; write keys with values"] if wrong else []
    if key.kind == "text":
        options = key.choices.split("|") if key.choices else []
        if not isinstance(value, str) or (options and value not in options):
            choice = f"; it is one of {', '.join(options)}" if options else "; write text"
            return value, [f"{where} is {value!r}{choice}"]
        return value, []
    if key.kind == "path" and isinstance(value, Mapping):
        return _path(key, where, value)
    number, lack = _number(value, whole=key.kind == "whole")
    if lack:
        return value, [f"{where} is {value!r}; write {lack}"]
    low, high = key.minimum, key.maximum
    if not low <= number <= high:
        return value, [f"{where} is {value}{unit}; it must be {low:g} to {high:g}"]
    return ({0: float(number)} if key.kind == "path" else number), []


def _number(value: Any, *, whole: bool) -> tuple[float, str]:
    fine = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not fine or not math.isfinite(value):
        return 0.0, "a whole number" if whole else "a number"
    if whole and value != int(value):
        return 0.0, "a whole number"
    return (int(value) if whole else float(value)), ""


def _path(key: Key, where: str, value: Mapping[str, Any]) -> tuple[dict[int, float], list[str]]:
    found: dict[int, float] = {}
    problems: list[str] = []
    if not value:
        problems.append(f"{where} has no year; write {{2027 = 1.0}} or one number")
    for year, amount in value.items():
        number, wrong = _number(amount, whole=False)
        if not str(year).isdigit() or not 1990 <= int(year) <= 2200:
            problems.append(f"{where} has the year {year!r}; write a year such as 2030")
        elif wrong:
            problems.append(f"{where}.{year} is {amount!r}; write a number")
        elif not key.minimum <= number <= key.maximum:
            bounds = f"it must be {key.minimum:g} to {key.maximum:g}"
            problems.append(f"{where}.{year} is {amount} {key.unit}; {bounds}")
        else:
            found[int(year)] = number
    return dict(sorted(found.items())), problems
