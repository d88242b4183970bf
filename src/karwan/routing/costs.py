"""What the rows of the network say that one arc costs, in money, hours and emissions.

This is the only room that knows modes by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from karwan.network import Network, source_grades
from karwan.network.grades import GRADES
from karwan.routing.rates import RateBook, lognormal_moments
from karwan.routing.table_rows import TableValues, grades_of, rows_of

__all__ = ["GRADES", "KM_PER_KNOT_H", "Moment", "RateBooks", "Row", "rate_books"]

KM_PER_KNOT_H = 1.852
HOURS_PER_WEEK = 168.0
BULK = "bulk"
LADEN_TRUCK = "truck"
TARIFF_KEYS = (
    "kind", "link_id", "from_node", "to_node", "from_region", "to_region", "country", "mode",
    "cargo_unit",
)  # fmt: skip
"""What a tariff is for, most telling first."""
SPEED_KEYS = ("mode", "terrain", "country", "form", "train")
PROCEDURE_KEYS = ("crossing_id", "country", "direction")
NO_FACTOR = (1.0, 0)
"""Factor of times that are not calibrated, and its grade."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Moment:
    """Mean and variance of a time, and the worst grade behind it."""

    mean_h: float = 0.0
    variance_h2: float = 0.0
    grade: int = 0

    def __add__(self, other: Moment) -> Moment:
        """Add an independent time."""
        return Moment(
            self.mean_h + other.mean_h,
            self.variance_h2 + other.variance_h2,
            max(self.grade, other.grade),
        )


@dataclass
class RateBooks:
    """Rate tables of a network on one date, with their grades.

    Parameters
    ----------
    network : Network
        Network read.
    tariffs, speeds, border_procedures : bytes
        One byte a row of the table: valid on the date, or in force in its year, or not.
    container_unit : str
        TEU or FEU.
    """

    network: Network
    tariffs: bytes
    speeds: bytes
    border_procedures: bytes
    container_unit: str

    def __post_init__(self) -> None:
        self.source_grades = source_grades(self.network)
        self.rows = TableValues(self.network, rows_of)
        self.grades = TableValues(self.network, grades_of)
        tariffs = self.network.table("tariffs")
        self.speed_book = RateBook(self.network.table("speeds"), SPEED_KEYS, self.speeds)
        self.tariff_book = RateBook(
            tariffs.with_columns(pl.col("kind").cast(pl.String)),
            TARIFF_KEYS,
            self.tariffs,
        )
        self.factor_book = RateBook(
            self.network.table("emission_factors"), ("mode", "country", "ship_class")
        )
        self.procedure_book = RateBook(
            self.network.table("border_procedures"), PROCEDURE_KEYS, self.border_procedures
        )
        self.ends_book = RateBook(
            self.network.table("first_last_mile"), ("end", "mode", "cargo_unit")
        )
        fitted = zip(self.rows["calibration"], self.grades["calibration"], strict=True)
        self.factor = {row["parameter"]: (float(row["value"]), grade) for row, grade in fitted}
        handling = self.rows["handling_emissions"]
        self.handling_kg_per_t = {r["category"]: r["kgco2e_per_t"] for r in handling}
        self.units = {r["cargo_unit"]: r for r in self.rows["cargo_units"]}
        self.ship_classes = _ship_classes(self.rows["emission_factors"])
        self.kept: dict[tuple[Any, ...], Any] = {}
        """Arcs put together already, by table, row and what else tells them apart."""

    def unit(self, form: str) -> str:
        """Return the cargo unit a form is counted in."""
        fixed = {"truck": "truckload", "wagon": "wagonload", "bulk": "tonne"}
        return fixed.get(form, self.container_unit)

    def charge_factor(self, form: str) -> float:
        """Return charges of the unit as a multiple of the unit that handlings price."""
        return float(self.units[self.unit(form)]["charge_factor"])

    def teu(self, form: str) -> float:
        """Return the container equivalents of one unit of a form."""
        return float(self.units[self.unit(form)]["teu"])

    def running(
        self, link: Row, form: str, country: str | None, train: str | None = None
    ) -> tuple[Moment, int]:
        """Return time in motion on a link and the row of `speeds` it rests on.

        Mean ``distance / speed x 24 / hours per day``, times the calibration of the mode, or the
        published running time; variance ``dispersion x mean``, so that cutting a link in two
        changes nothing.
        """
        found = self.speed_book.find(link["mode"], link["terrain"], country, form, train)
        if found < 0:
            return Moment(float("inf")), -1
        speed = self.rows["speeds"][found]
        grade = self.grades["speeds"][found]
        mean = link["running_time_h"]
        if mean is None:
            mean = link["distance_km"] / speed["speed_kmh"] * 24 / speed["hours_per_day"]
            factor, fitted = self.factor.get(link["mode"], NO_FACTOR)
            mean, grade = mean * factor, max(grade, fitted)
        return Moment(mean, speed["dispersion_h"] * mean, grade), found

    def handled(self, row: Row, index: int) -> tuple[float, Moment]:
        """Return handling [h] and wait of a transfer, times the calibration of dwell."""
        factor, fitted = self.factor.get("dwell", NO_FACTOR)
        mean, variance = lognormal_moments(row["dwell_p50_h"], row["dwell_p95_h"])
        grade = max(self.grades["transfers"][index], fitted)
        return factor * row["handling_h"], Moment(factor * mean, factor**2 * variance, grade)

    def tariff(self, kind: str, mode: str, form: str, **given: str | None) -> int:
        """Return the row of the tariff that fits best what is given of its keys, -1 if none."""
        wanted = {**given, "kind": kind, "mode": mode, "cargo_unit": self.unit(form)}
        return self.tariff_book.find(*(wanted.get(key) for key in TARIFF_KEYS))

    def line_haul(self, mode: str, form: str, **given: str | None) -> tuple[Row | None, int]:
        """Return the tariff of a movement and its row."""
        found = self.tariff("line_haul", mode, form, **given)
        return (self.rows["tariffs"][found] if found >= 0 else None), found

    def toll(self, mode: str, link_id: str | None, country: str | None, form: str) -> int:
        """Return the row of the toll for using a link or entering a country, -1 if none."""
        found = self.tariff("toll", mode, form, link_id=link_id, country=country)
        if found < 0:
            return -1
        row = self.rows["tariffs"][found]
        asked = row["link_id"] if link_id is not None else row["country"]
        return found if asked is not None else -1

    def emission(
        self, mode: str, country: str | None, ship_teu: float | None, form: str
    ) -> tuple[float, int]:
        """Return kilogrammes of CO2e per tonne and planned kilometre, and the row used."""
        found = self.factor_book.find(mode, country, self._ship_class(ship_teu, form))
        if found < 0:
            return 0.0, -1
        row = self.rows["emission_factors"][found]
        return row["gco2e_per_tkm"] * row["distance_factor"] / 1000, found

    def _ship_class(self, ship_teu: float | None, form: str) -> str | None:
        """Return the last class of ships that fits."""
        if ship_teu is None and form != BULK:
            return None
        ship_class = None
        for name, prefix, low, high in self.ship_classes:
            fits = ship_teu is not None and prefix == "container" and low <= ship_teu <= high
            if fits or (form == BULK and prefix == BULK):
                ship_class = name
        return ship_class

    def procedure(self, row: Row, index: int) -> Moment:
        """Return the time of one border procedure."""
        grade = self.grades["border_procedures"][index]
        if row["mean_h"] is not None:
            return Moment(row["mean_h"], (row["mean_h"] * row["cv"]) ** 2, grade)
        return Moment(*lognormal_moments(row["p50_h"], row["p95_h"]), grade)

    def ends(self, end: str, mode: str, form: str) -> tuple[Moment, float, int, int]:
        """Return time, charge per unit, grade and row of collection or delivery."""
        found = self.ends_book.find(end, mode, self.unit(form))
        if found < 0:
            return Moment(), 0.0, 0, -1
        row = self.rows["first_last_mile"][found]
        grade = self.grades["first_last_mile"][found]
        time = Moment(*lognormal_moments(row["p50_h"], row["p95_h"]), grade)
        return time, row["cost_usd_per_unit"], grade, found


@lru_cache(maxsize=16)
def rate_books(
    network: Network, tariffs: bytes, speeds: bytes, border_procedures: bytes, container_unit: str
) -> RateBooks:
    """Return the rate tables of a date; equal arguments give the same object."""
    return RateBooks(network, tariffs, speeds, border_procedures, container_unit)


def _ship_classes(rows: list[Row]) -> list[tuple[str, str, float, float]]:
    """Read size ranges from the names of ship classes, as container-1000-1999."""
    classes = []
    for name in sorted({r["ship_class"] for r in rows if r["ship_class"]}):
        numbers = [float(n) for n in re.findall(r"\d+", name)]
        low = numbers[0] if numbers else 0.0
        high = numbers[1] if len(numbers) > 1 else float("inf")
        classes.append((name, name.split("-")[0], low, high))
    return classes
