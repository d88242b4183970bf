"""Every error that is raised on purpose.

Family tree::

    KarwanError
    ├── DataError         the tables of a network or a plan are wrong
    ├── ScenarioError     measures are unknown, clash, or change what is not there
    ├── InputError        what was asked makes no sense
    │   └── PlaceNotFound a place is not in the network
    ├── RouteNotFound     nothing joins two places; says what cuts them apart
    └── MissingExtra      an optional package is not installed

The message of each says which cell or argument is meant, its value with its unit, what is wrong
and what to do. The command line prints it without a traceback and exits with code 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    "DataError",
    "InputError",
    "KarwanError",
    "MissingExtra",
    "PlaceNotFound",
    "Problem",
    "RouteNotFound",
    "ScenarioError",
]


class KarwanError(Exception):
    """Anything that the user can mend."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the tables of a network.

    Attributes
    ----------
    table : str
        Table or file.
    row : str
        Key of the row, its parts joined by ``/``; empty if the whole table is meant.
    column : str
        Column; empty if the whole row is meant.
    message : str
        What is wrong. Without `value` it goes on from the cell's address: "is empty", "has no ...".
    value : str
        Value of the cell with its unit, where the sentence is to say "is <value>".
    hint : str
        What to do, or what would be right.

    Examples
    --------
    >>> print(Problem("links", "a-b-road", "mode", "is empty", hint="name a mode"))
    links[a-b-road].mode is empty; name a mode
    >>> wrong = Problem("links", "a-b-road", "distance_km", value="-6.5 km", hint="at least 0.05")
    >>> print(wrong)
    links[a-b-road].distance_km is -6.5 km; at least 0.05
    """

    table: str
    row: str = ""
    column: str = ""
    message: str = ""
    value: str = ""
    hint: str = ""

    @property
    def cell(self) -> str:
        """Address of the cell, row or table."""
        row = f"[{self.row}]" if self.row else ""
        return self.table + row + (f".{self.column}" if self.column else "")

    def __str__(self) -> str:
        """Write cell, value with unit, what is wrong, what to do."""
        if self.value:
            text = f"{self.cell} is {self.value}"
            text += f", {self.message}" if self.message else ""
        else:
            text = f"{self.cell} {self.message}" if self.column else f"{self.cell}: {self.message}"
        return f"{text}; {self.hint}" if self.hint else text


class DataError(KarwanError):
    """The tables of a network are wrong.

    Parameters
    ----------
    problems : sequence of Problem
        All of them.
    where : str
        What they are found in.
    """

    def __init__(self, problems: Sequence[Problem], where: str = "the network tables") -> None:
        self.problems, self.where = tuple(problems), where
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        lines = "\n".join(f"  {p}" for p in self.problems)
        super().__init__(f"{count} {noun} in {where}:\n{lines}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild from the problems, so that the error crosses process borders."""
        return type(self), (self.problems, self.where)


class ScenarioError(KarwanError):
    """Measures are unknown, clash, or change what the network does not have."""


class InputError(KarwanError):
    """What was asked makes no sense; the message names every problem.

    Parameters
    ----------
    problems : str or sequence of str
        One sentence, or all of them.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("; ".join(self.problems))


class PlaceNotFound(InputError):
    """A place is not in the network."""


class RouteNotFound(KarwanError):
    """Nothing joins two places.

    Parameters
    ----------
    message : str
        What was asked.
    reasons : sequence of str
        What cuts the places apart, the most telling first.
    """

    def __init__(self, message: str, reasons: Sequence[str] = ()) -> None:
        self.asked = message
        self.reasons = tuple(reasons)
        lines = "".join(f"\n  {reason}" for reason in self.reasons)
        super().__init__(f"{message}:{lines}" if lines else message)

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild from message and reasons."""
        return type(self), (self.asked, self.reasons)


class MissingExtra(KarwanError):
    """An optional package is not installed.

    Parameters
    ----------
    package : str
        Package that is missing.
    extra : str
        Extra of karwan that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(f"{package} is not installed; run: pip install 'karwan[{extra}]'")

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild from package and extra."""
        return type(self), (self.package, self.extra)
