"""Which arcs use a thing that can be shut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from karwan.routing.arcs import REFERENCES, ArcTable, Kind
from karwan.routing.calendar import Target
from karwan.routing.supernetwork import Supernetwork

__all__ = ["ArcsOnBase", "arcs_using", "base_arcs_using", "sources_behind"]


class ArcsOnBase(Protocol):
    """Arcs of a supernetwork, with their ends: a query, or the graph of a class of demand."""

    @property
    def base(self) -> Supernetwork:
        """Supernetwork behind the arcs."""

    @property
    def arcs(self) -> ArcTable:
        """Arcs."""

    @property
    def state_node(self) -> NDArray[np.int32]:
        """Node of each state."""


REFERRED = {
    "link": ("links", "links", "link_id"),
    "crossing": ("border_crossings", "crossing", "crossing_id"),
    "operator": ("services", "services", "operator"),
    "service": ("services", "services", "service_id"),
}
"""Kinds of target that arcs refer to: table, reference, key."""
TABLES = {
    "exit_procedure": "border_procedures",
    "entry_procedure": "border_procedures",
    "tolls": "tariffs",
    "crossing": "border_crossings",
}
"""Tables of the references that do not bear their name."""


def arcs_using(query: ArcsOnBase, target: Target) -> NDArray[np.bool_]:
    """Mark the arcs that use a thing.

    Parameters
    ----------
    query : ArcsOnBase
        Arcs.
    target : (str, str)
        Thing by kind and identifier.

    Returns
    -------
    bool[n_arcs]
        True where an arc cannot be used without it.
    """
    arcs, base = query.arcs, query.base
    kind, key = target
    ends = query.state_node[arcs.tail], query.state_node[arcs.head]
    used: NDArray[np.bool_]
    if kind in REFERRED:
        table, column, name = REFERRED[kind]
        hit = np.array([row[name] == key for row in base.books.rows[table]] + [False])
        used = hit[arcs.reference[:, REFERENCES.index(column)]]
        return used
    if kind == "passage" and key in base.passages:
        bit = base.passages.index(key)
        return np.asarray(arcs.passes >> bit & 1, np.bool_)
    if kind == "country_pair":
        country = np.append(base.node_country, [-1])
        sides = [base.country_index.get(code, -2) for code in key.split("-")]
        tail, head = (country[end] for end in ends)
        at_sea = arcs.kind == Kind.SEA
        there = (tail == sides[0]) & (head == sides[1])
        return np.asarray(at_sea & (there | ((tail == sides[1]) & (head == sides[0]))), np.bool_)
    where = {"node": base.where, "country": base.country_index}.get(kind, {}).get(key, -2)
    tail, head = ends if kind == "node" else (base.node_country[end] for end in ends)
    return np.asarray((tail == where) | (head == where), np.bool_)


@dataclass(frozen=True, eq=False)
class _Whole:
    """All arcs of a supernetwork."""

    base: Supernetwork

    @property
    def arcs(self) -> ArcTable:
        return self.base.arcs

    @property
    def state_node(self) -> NDArray[np.int32]:
        return self.base.state_node


def base_arcs_using(base: Supernetwork, target: Target) -> NDArray[np.bool_]:
    """Mark the arcs of a supernetwork that use a thing, as `arcs_using` does."""
    return arcs_using(_Whole(base), target)


def sources_behind(query: ArcsOnBase, used: NDArray[np.intp]) -> set[str]:
    """Return the sources of every row that arcs were computed from.

    Parameters
    ----------
    query : ArcsOnBase
        Arcs.
    used : int[n]
        Some of them.

    Returns
    -------
    set of str
        source_id.
    """
    arcs, rows = query.arcs, query.base.books.rows
    found = set()
    for k, name in enumerate(REFERENCES):
        table = rows[TABLES.get(name, name)]
        found |= {table[i]["source_id"] for i in np.unique(arcs.reference[used, k]) if i >= 0}
    if (arcs.passes[used] >= 0).any():
        found |= set(query.base.network.table("sea_links")["source_id"].unique())
    return found
