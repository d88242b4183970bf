"""What the scripts of rates share: rules that fit a place, numbers as text, rows of tariffs."""

from __future__ import annotations

from collections.abc import Iterable

from rows import INPUTS, Row, read_rows


def given(name: str) -> list[Row]:
    """Read an input table of the rates."""
    return read_rows(INPUTS / f"rates_{name}.csv")


def number(value: float, digits: int = 4) -> str:
    """Print a number with at most `digits` decimals and no trailing zeros."""
    text = f"{round(value, digits):.{max(digits, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def best(rules: Iterable[Row], place: Row, weights: dict[str, int]) -> Row:
    """Pick the most specific rule that fits a place.

    Parameters
    ----------
    rules : iterable of dict
        Rules; an empty cell fits anything.
    place : dict of str to str
        What the rule must fit.
    weights : dict of str to int
        Columns compared and how much a match of each counts.

    Returns
    -------
    dict of str to str
        The rule of highest weight.
    """
    fitting = [
        (sum(w for column, w in weights.items() if rule[column]), -order, rule)
        for order, rule in enumerate(rules)
        if all(rule[column] in ("", place[column]) for column in weights)
    ]
    if not fitting:
        message = f"no rule fits {place}; add one to tools/inputs"
        raise LookupError(message)
    return max(fitting, key=lambda found: found[:2])[2]


def tariff(rule: Row, kind: str, mode: str, unit: str, **cells: str) -> Row:
    """Start a tariff row from the shares and the source of a rule."""
    row = {"kind": kind, "mode": mode, "cargo_unit": unit}
    row |= {"usd_per_unit": "0", "usd_per_unit_km": "0"}
    row |= {name: rule[name] for name in ("low_share", "high_share", "source_id")}
    return row | cells
