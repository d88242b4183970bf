"""Which documents a consignment needs, where, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from karwan.routing.arcs import ArcTable, Kind
from karwan.routing.costs import GRADES

if TYPE_CHECKING:
    from karwan.routing.consignment import Cargo
    from karwan.routing.supernetwork import Supernetwork

__all__ = ["DocumentBook"]

ROLES = ("origin", "carriage", "transit", "destination")


class DocumentBook:
    """Document rules in force for one consignment.

    Documents of the origin are written before the first mile; a country's transit or import
    documents when the cargo enters it; those of the contract of carriage when it boards a mode.

    Parameters
    ----------
    base : Supernetwork
        Network and date.
    cargo : Cargo
        What is moved.
    """

    def __init__(self, base: Supernetwork, cargo: Cargo) -> None:
        valid = np.frombuffer(base.state.documents, np.uint8)
        self.rules = [
            (i, row)
            for i, row in enumerate(base.books.rows["document_rules"])
            if valid[i] and _concerns(row["commodities"], cargo.commodity)
        ]
        self.origin, self.destination = (
            base.books.rows["nodes"][base.where[p]]["country"]
            for p in (cargo.origin, cargo.destination)
        )
        self.countries = list(base.country_index)
        self.modes = [m["mode"] for m in base.books.rows["modes"]]
        self.grades = {i: base.books.grades["document_rules"][i] for i, _ in self.rules}
        graded = base.books.source_grades
        self.cargo_grade = max(GRADES.index(graded[s]) for s in cargo.sources)
        self.charges = {role: self._priced(role) for role in ROLES}

    def _priced(self, role: str) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
        """Return charges [USD] and worst grades by country (one more row for none) and mode."""
        usd = np.zeros((len(self.countries) + 1, len(self.modes)))
        grade = np.zeros(usd.shape, np.int8)
        for i, row in self.rules:
            if row["role"] == role:
                country, mode = row["country"], row["mode"]
                at = slice(None) if country is None else self.countries.index(country)
                by = slice(None) if mode is None else self.modes.index(mode)
                usd[at, by] += row["cost_usd"]
                grade[at, by] = np.maximum(grade[at, by], self.grades[i])
        return usd, grade

    def asked(self, role: str, country: str | None, mode: str) -> list[tuple[int, dict[str, Any]]]:
        """Return the rules that ask for a document in a role, country and mode."""
        return [
            (i, row)
            for i, row in self.rules
            if row["role"] == role
            and row["country"] in {None, country}
            and row["mode"] in {None, mode}
        ]

    def events(self, arcs: ArcTable, path: NDArray[np.intp]) -> list[tuple[str, str | None, str]]:
        """Return (role, country, mode) of each occasion on a path, in order."""
        found: list[tuple[str, str | None, str]] = []
        for a in path:
            mode = self.modes[arcs.mode[a]]
            if arcs.kind[a] == Kind.FIRST:
                found.append(("origin", self.origin, mode))
            if arcs.boards[a] >= 0:
                found.append(("carriage", None, self.modes[arcs.boards[a]]))
            if arcs.enters[a] >= 0 and self.countries[arcs.enters[a]] != self.destination:
                found.append(("transit", self.countries[arcs.enters[a]], mode))
            if arcs.kind[a] == Kind.LAST and self.origin != self.destination:
                found.append(("destination", self.destination, mode))
        return found

    def arc_charges(self, arcs: ArcTable) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
        """Return charges for documents [USD] and their worst grade on each arc.

        Parameters
        ----------
        arcs : ArcTable
            Arcs, ends included.

        Returns
        -------
        usd : float64[n]
            Charges per consignment [USD].
        grade : int8[n]
            0 A, 1 B, 2 C; 0 where nothing is written.
        """
        usd, grade = np.zeros(arcs.n_arcs), np.zeros(arcs.n_arcs, np.int8)
        own = [self.countries.index(c) for c in (self.origin, self.destination)]
        foreign = self.origin != self.destination
        occasions = (
            ("origin", arcs.kind == Kind.FIRST, own[0], arcs.mode),
            ("carriage", arcs.boards >= 0, -1, arcs.boards),
            ("transit", (arcs.enters >= 0) & (arcs.enters != own[1]), arcs.enters, arcs.mode),
            ("destination", (arcs.kind == Kind.LAST) & foreign, own[1], arcs.mode),
        )
        for role, here, country, mode in occasions:
            at = np.flatnonzero(here)
            place = country[at] if isinstance(country, np.ndarray) else country
            charges, grades = self.charges[role]
            usd[at] += charges[place, mode[at]]
            grade[at] = np.maximum(grade[at], grades[place, mode[at]])
        return usd, grade


def _concerns(commodities: str | None, commodity: str) -> bool:
    return not commodities or commodity in commodities.split("|")
