"""The arcs of a supernetwork as columns, and the builder that gathers them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "COSTS",
    "FORMS",
    "REFERENCES",
    "TIMES",
    "TIMES_APART",
    "ArcBuilder",
    "ArcTable",
    "Carriage",
    "Kind",
    "stack_arcs",
]

FORMS = ("container", "truck", "wagon", "bulk")
COSTS = ("line_haul", "handling", "border", "port", "sea")
"""Parts of the cost that the network itself gives; documents and capital depend on the cargo."""
TIMES = ("running", "handling", "border", "waiting", "ends")
TIMES_APART = ("border", "waiting")
"""Parts of time that have a law at each place; the others add up along the way."""
REFERENCES = (
    "links",
    "speeds",
    "tariffs",
    "tolls",
    "exit_procedure",
    "entry_procedure",
    "transfers",
    "services",
    "emission_factors",
    "first_last_mile",
    "closures",
    "crossing",
)
"""Rows an arc was computed from: one column each, -1 where it has none."""


class Kind(IntEnum):
    """What an arc stands for."""

    RUN = 0
    FERRY = 1
    SEA = 2
    BORDER = 3
    TRANSFER = 4
    GAUGE = 5
    FIRST = 6
    LAST = 7


class Carriage(NamedTuple):
    """How goods are carried at a node: mode, track gauge, cargo form, and whether just arrived.

    Modes that move by services tell arriving from departing, so that a change of service is a
    handling of its own. Goods on a through train are `aboard` it, in one direction: they leave it
    only where it loads.
    """

    mode: str
    track_gauge_mm: int | None
    form: str
    arrived: bool = False
    aboard: tuple[str, int] | None = None


class ArcTable(NamedTuple):
    """Columns of arcs; row i of each column belongs to arc i.

    Attributes
    ----------
    tail, head : int32[n]
        States.
    kind, form, mode, country : int32[n]
        `Kind`, index in FORMS, index in the table `modes`, index in the table `countries` of the
        country the arc runs in (-1 at sea).
    enters, boards : int32[n]
        Country entered (border arcs) and mode boarded (transfers), -1 if none.
    operates, passes : int32[n]
        Index of the operator and bits of the passages used (sea arcs), 0 if none.
    gate : int32[n]
        Index in the gates of the supernetwork of what must be open to enter, -1 if nothing is
        ever shut.
    distance_km, direct_km : float64[n]
        Distance moved, and shortest feasible distance that tariffs and emissions count [km].
    usd : float64[n, 5]
        Charges per unit of the form by COSTS [USD/unit].
    hours : float64[n, 5]
        Mean time by TIMES [h].
    variance : float64[n, 5]
        Variance of the time by TIMES [h2]; the parts are independent.
    kgco2e_per_t : float64[n]
        Well-to-wheel emissions per tonne [kg/t].
    cost_grade, time_grade : int8[n, 5]
        Worst grade behind each part: 0 A, 1 B, 2 C.
    reference : int32[n, 12]
        Rows by REFERENCES.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    kind: NDArray[np.int32]
    form: NDArray[np.int32]
    mode: NDArray[np.int32]
    country: NDArray[np.int32]
    enters: NDArray[np.int32]
    boards: NDArray[np.int32]
    operates: NDArray[np.int32]
    passes: NDArray[np.int32]
    gate: NDArray[np.int32]
    distance_km: NDArray[np.float64]
    direct_km: NDArray[np.float64]
    usd: NDArray[np.float64]
    hours: NDArray[np.float64]
    variance: NDArray[np.float64]
    kgco2e_per_t: NDArray[np.float64]
    cost_grade: NDArray[np.int8]
    time_grade: NDArray[np.int8]
    reference: NDArray[np.int32]

    @property
    def n_arcs(self) -> int:
        """Number of arcs."""
        return len(self.tail)

    def take(self, rows: NDArray[np.intp]) -> ArcTable:
        """Return some rows of every column."""
        columns: Iterable[Any] = (column[rows] for column in self)
        return ArcTable(*columns)

    def joined(self, other: ArcTable) -> ArcTable:
        """Return this table with another's rows below."""
        return stack_arcs([self, other])


def stack_arcs(tables: Sequence[ArcTable]) -> ArcTable:
    """Return tables of arcs one below the other."""
    columns: Iterable[Any] = (np.concatenate(column) for column in zip(*tables, strict=True))
    return ArcTable(*columns)


_DEFAULT = {"country": -1, "enters": -1, "boards": -1, "gate": -1}
_PARTS = {
    "usd": COSTS,
    "hours": TIMES,
    "variance": TIMES,
    "cost_grade": COSTS,
    "time_grade": TIMES,
    "reference": REFERENCES,
}
"""Columns that have parts, and the names of these."""
_FLOATS = ("distance_km", "direct_km", "kgco2e_per_t", "usd", "hours", "variance")
_NONE: Mapping[str, float] = MappingProxyType({})


class ArcBuilder:
    """Gathers arcs one by one and turns them into columns."""

    def __init__(self) -> None:
        self.scalars: list[dict[str, float]] = []
        self.parts: list[tuple[Mapping[str, float], ...]] = []

    def add(
        self,
        *,
        usd: Mapping[str, float] = _NONE,
        hours: Mapping[str, float] = _NONE,
        variance: Mapping[str, float] = _NONE,
        cost_grade: Mapping[str, float] = _NONE,
        time_grade: Mapping[str, float] = _NONE,
        rows: Mapping[str, float] = _NONE,
        **scalars: float,
    ) -> None:
        """Add one arc; parts that are not named are zero, references -1."""
        self.scalars.append(scalars)
        self.parts.append((usd, hours, variance, cost_grade, time_grade, rows))

    def _given(self) -> Iterable[Sequence[Mapping[str, float]]]:
        return zip(*self.parts, strict=True) if self.parts else [()] * len(_PARTS)

    def table(self) -> ArcTable:
        """Return the columns gathered so far."""
        columns: dict[str, NDArray[Any]] = {}
        for name, given in zip(_PARTS, self._given(), strict=True):
            columns[name] = _part_columns(name, given)
        for name in ArcTable._fields:
            if name not in _PARTS:
                default = _DEFAULT.get(name, 0)
                values = [scalars.get(name, default) for scalars in self.scalars]
                columns[name] = np.array(values, _dtype(name))
        return ArcTable(**columns)


def _part_columns(name: str, given: Sequence[Mapping[str, float]]) -> NDArray[Any]:
    """Return one column with parts: a row for each arc."""
    parts = _PARTS[name]
    default = -1 if name == "reference" else 0
    column = np.full((len(given), len(parts)), default, _dtype(name))
    for k, part in enumerate(parts):
        column[:, k] = [values.get(part, default) for values in given]
    return column


def _dtype(name: str) -> type[np.generic]:
    if name.endswith("_grade"):
        return np.int8
    return np.float64 if name in _FLOATS else np.int32
