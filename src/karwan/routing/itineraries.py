"""Turn paths of integers into itineraries with names, parts and grades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.routing.arcs import COSTS, FORMS, REFERENCES, TIMES, TIMES_APART, Kind
from karwan.routing.costs import GRADES
from karwan.routing.query import Query
from karwan.routing.rates import lognormal_third, time_percentiles
from karwan.routing.schedule import local_times
from karwan.routing.search_graph import OVERLAND
from karwan.routing.trips import Clocked

__all__ = ["COST_PARTS", "LEG_KINDS", "Strung", "legs_table", "string_paths", "summary_table"]

COST_PARTS = (*COSTS, "documents", "capital")
LEG_KINDS = {
    Kind.RUN: "run",
    Kind.FERRY: "ferry",
    Kind.SEA: "sea",
    Kind.BORDER: "border",
    Kind.TRANSFER: "transfer",
    Kind.GAUGE: "gauge_change",
    Kind.FIRST: "first_mile",
    Kind.LAST: "last_mile",
}


class Strung:
    """Paths strung one after the other, with the money of the whole consignment on each arc.

    Parameters
    ----------
    query : Query
        Arcs, cargo and totals.
    trips : Clocked
        Paths on the clock.

    Attributes
    ----------
    arc : int[n]
        Arcs of the query.
    start : int[n_paths]
        Where each path starts in `arc`.
    leg_start : int[n_legs]
        Where each leg starts: links run through without handling, border,
        change of train or wait make one leg.
    usd : float64[n, 7]
        Money by COST_PARTS [USD].
    grade : int8[n, 7]
        Grade of each part: 0 A, 1 B, 2 C.
    hours, variance : float64[n, 5]
        Time and its variance by TIMES, waits and delays at gates included [h], [h2].
    wait_h : float64[n]
        Time waited before each arc for its gate [h].
    """

    def __init__(self, query: Query, trips: Clocked) -> None:
        self.query = query
        self.arc = trips.paths.arc
        sizes = np.diff(trips.paths.first)
        self.start = trips.paths.first[:-1].astype(np.intp)
        self.path = np.repeat(np.arange(len(sizes)), sizes)
        self.wait_h, late_h = trips.wait_h, trips.wait_h + trips.slow_h
        arcs, totals = query.arcs, query.totals
        kind = arcs.kind[self.arc]
        runs = kind == Kind.RUN
        service = arcs.reference[self.arc, REFERENCES.index("services")]
        same = np.append(False, service[1:] == service[:-1])
        follows = runs & np.append(False, runs[:-1]) & same & (self.wait_h == 0)
        follows[self.start] = False
        self.leg_start = np.flatnonzero(~follows)
        units = np.array([query.cargo.units.get(f, 0.0) for f in FORMS])
        self.usd = np.column_stack(
            (
                arcs.usd[self.arc] * units[arcs.form[self.arc]][:, None],
                totals.documents[self.arc],
                totals.capital[self.arc] + query.capital * late_h,
            )
        )
        charged = np.flatnonzero(trips.slow_usd)
        part = {a: self._charged(a) for a in dict.fromkeys(self.arc[charged].tolist())}
        parts = [part[a] for a in self.arc[charged].tolist()]
        self.usd[charged, np.array(parts, np.intp)] += trips.slow_usd[charged]
        n = len(self.arc)
        value = np.full(n, query.documents.cargo_grade)
        papers = totals.document_grade[self.arc]
        self.grade = np.column_stack((arcs.cost_grade[self.arc], papers, value)).astype(np.int8)
        waiting = TIMES.index("waiting")
        self.hours, self.variance = arcs.hours[self.arc], arcs.variance[self.arc]
        self.hours[:, waiting] += late_h
        self.variance[:, waiting] += trips.slow_variance
        self.time_grade = arcs.time_grade[self.arc]
        slowed = np.flatnonzero(trips.slow_row >= 0)
        grades = np.array(query.base.books.grades["closures"], np.int8)[trips.slow_row[slowed]]
        self.time_grade[slowed, waiting] = np.maximum(self.time_grade[slowed, waiting], grades)

    def _charged(self, arc: int) -> int:
        """Return the part of the cost that surcharges at the gate of an arc belong to."""
        arcs, books = self.query.arcs, self.query.base.books
        kind = Kind(arcs.kind[arc])
        if kind in {Kind.TRANSFER, Kind.GAUGE}:
            row = arcs.reference[arc, REFERENCES.index("transfers")]
            return COST_PARTS.index(books.rows["transfers"][row]["category"])
        by_kind = {Kind.SEA: "sea", Kind.FERRY: "sea", Kind.FIRST: "port", Kind.LAST: "port"}
        return COST_PARTS.index(by_kind.get(kind, "border"))

    def sums(self, values: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return sums of values over paths or legs."""
        if len(starts) == 0:
            return np.zeros((0, *values.shape[1:]))
        return np.add.reduceat(values, starts, axis=0)

    def third(self, counted: Sequence[int] = range(len(TIMES))) -> NDArray[np.float64]:
        """Return the third cumulant of the time of each path, of some TIMES only if asked [h3].

        Borders and waits are lognormal one by one; running, handling and the ends as wholes.
        """
        hours, variance = self.sums(self.hours, self.start), self.sums(self.variance, self.start)
        total = np.zeros(len(self.start))
        for k in counted:
            if TIMES[k] in TIMES_APART:
                each = lognormal_third(self.hours[:, k], self.variance[:, k])
                total += self.sums(each[:, None], self.start)[:, 0]
            else:
                total += lognormal_third(hours[:, k], variance[:, k])
        return total

    def shares(self, amount: NDArray[np.float64], grade: NDArray[np.int8]) -> NDArray[np.float64]:
        """Return the share of each path's amount that rests on grades A, B and C."""
        by_grade = np.zeros((len(amount), len(GRADES)))
        for part, its_grade in zip(amount.T, grade.T, strict=True):
            for g in range(len(GRADES)):
                by_grade[:, g] += np.where(its_grade == g, part, 0.0)
        sums = self.sums(by_grade, self.start)
        whole = sums.sum(axis=1, keepdims=True)
        shares: NDArray[np.float64] = np.divide(
            sums, whole, out=np.zeros_like(sums), where=whole > 0
        )
        return shares


def string_paths(query: Query, trips: Clocked) -> Strung:
    """Put paths on a string for the tables below.

    Parameters
    ----------
    query : Query
        Arcs, cargo and totals.
    trips : Clocked
        Paths on the clock.

    Returns
    -------
    Strung
        Paths with the money of the whole consignment.
    """
    return Strung(query, trips)


def summary_table(strung: Strung, gateways: Sequence[int]) -> pl.DataFrame:
    """Sum itineraries up, one row each.

    Parameters
    ----------
    strung : Strung
        Paths.
    gateways : sequence of int
        Node index of each path's gateway, OVERLAND if none.

    Returns
    -------
    polars.DataFrame
        Gateway, totals with units in the column names, counts and grade shares.
    """
    query, arc, start = strung.query, strung.arc, strung.start
    arcs, base = query.arcs, query.base
    nodes = base.books.rows["nodes"]
    usd = strung.sums(strung.usd, start)
    hours = strung.sums(strung.hours, start)
    kind = arcs.kind[arc]
    handled = np.isin(kind, (Kind.TRANSFER, Kind.GAUGE))
    per_arc = np.column_stack((arcs.distance_km, query.totals.kgco2e))[arc]
    flags = np.column_stack((handled, kind == Kind.GAUGE, kind == Kind.BORDER))
    km, co2 = strung.sums(per_arc, start).T
    variance = strung.sums(strung.variance, start)
    waited = strung.sums(strung.wait_h[:, None], start)[:, 0]
    transfers, gauge_breaks, borders = strung.sums(flags.astype(float), start).T.astype(int)
    cost, time = usd.sum(axis=1), hours.sum(axis=1)
    spread = np.sqrt(variance.sum(axis=1))
    p50, p90, p95 = time_percentiles(time, spread**2, strung.third())
    columns: dict[str, Any] = {
        "gateway": ["overland" if g == OVERLAND else base.nodes[g] for g in gateways],
        "gateway_name": ["overland" if g == OVERLAND else nodes[g]["name"] for g in gateways],
        "cost_usd": cost,
        "cost_usd_per_unit": cost / query.cargo.size,
        "time_h": time,
        "spread_h": spread,
        "time_p50_h": p50,
        "time_p90_h": p90,
        "time_p95_h": p95,
        "gate_wait_h": waited,
        "co2_kg": co2,
        "generalised_cost_usd": query.generalised_of(cost, time, spread**2),
        "distance_km": km,
        "transfers": transfers,
        "gauge_breaks": gauge_breaks,
        "borders": borders,
    }
    modes = [mode["mode"] for mode in base.books.rows["modes"]]
    mode, distance = arcs.mode[arc], arcs.distance_km[arc]
    moved = [np.where(mode == i, distance, 0.0) for i in range(len(modes))]
    by_mode = strung.sums(np.column_stack(moved), start)
    columns |= {f"{name}_km": by_mode[:, i] for i, name in enumerate(modes)}
    columns |= {f"{part}_usd": usd[:, i] for i, part in enumerate(COST_PARTS)}
    columns |= {f"{part}_h": hours[:, i] for i, part in enumerate(TIMES)}
    columns |= {f"{part}_variance_h2": variance[:, i] for i, part in enumerate(TIMES)}
    cost_share = strung.shares(strung.usd, strung.grade)
    time_share = strung.shares(strung.hours, strung.time_grade)
    for g, letter in enumerate(GRADES):
        columns[f"cost_share_{letter.lower()}"] = cost_share[:, g]
        columns[f"time_share_{letter.lower()}"] = time_share[:, g]
    return pl.DataFrame(columns)


def legs_table(strung: Strung) -> pl.DataFrame:
    """List the legs, dwells and borders of itineraries in order.

    Parameters
    ----------
    strung : Strung
        Paths.

    Returns
    -------
    polars.DataFrame
        One row a leg: itinerary (from 0), what it is, where, how long, what it costs. The leg
        begins with a wait of `wait_h` if its gate is shut; `arrives`, `enters` and `clears` are
        local times by mean duration.
    """
    query, arc, starts = strung.query, strung.arc, strung.leg_start
    arcs, books = query.arcs, query.base.books
    last = np.append(starts[1:], len(arc)) - 1
    usd = strung.sums(strung.usd, starts)
    hours = strung.sums(strung.hours, starts).sum(axis=1)
    variance = strung.variance.sum(axis=1)
    numbers = np.column_stack((arcs.distance_km[arc], query.totals.kgco2e[arc], variance))
    km, co2, spread = strung.sums(numbers, starts).T
    path = strung.path[starts]
    ended = np.cumsum(hours)
    before = np.append(0.0, ended)[:-1]
    begins = before - before[np.searchsorted(path, path)]
    worst_cost = np.where(strung.usd > 0, strung.grade, 0).max(axis=1)
    worst_time = np.where(strung.hours > 0, strung.time_grade, 0).max(axis=1)
    at_worst = [
        np.maximum.reduceat(w, starts) if len(starts) else w for w in (worst_cost, worst_time)
    ]
    nodes, modes = books.rows["nodes"], books.rows["modes"]
    tail = query.state_node[arcs.tail[arc[starts]]]
    head = query.state_node[arcs.head[arc[last]]]
    kind = arcs.kind[arc[starts]]
    reference = arcs.reference[arc[starts]]
    link = reference[:, REFERENCES.index("links")]
    service = reference[:, REFERENCES.index("services")]
    countries = books.rows["countries"]
    columns: dict[str, Any] = {
        "itinerary": path,
        "leg": np.arange(len(starts)) - np.searchsorted(path, path),
        "kind": [LEG_KINDS[Kind(k)] for k in kind],
        "mode": [modes[m]["mode"] for m in arcs.mode[arc[starts]]],
        "service": [books.rows["services"][s]["name"] if s >= 0 else None for s in service],
        "from_node": [nodes[n]["node_id"] for n in tail],
        "from_name": [nodes[n]["name"] for n in tail],
        "to_node": [nodes[n]["node_id"] for n in head],
        "to_name": [nodes[n]["name"] for n in head],
        "country": [countries[c]["country"] if c >= 0 else None for c in arcs.country[arc[starts]]],
        "track_gauge_mm": [
            books.rows["links"][i]["track_gauge_mm"] if i >= 0 else None for i in link
        ],
        "form": [FORMS[f] for f in arcs.form[arc[starts]]],
        "distance_km": km,
        "starts_h": begins,
        "wait_h": strung.wait_h[starts],
        "time_h": hours,
        "arrives": _local(query, begins, tail),
        "enters": _local(query, begins + strung.wait_h[starts], tail),
        "clears": _local(query, begins + hours, head),
        "spread_h": np.sqrt(spread),
        "cost_usd": usd.sum(axis=1),
        "co2_kg": co2,
        "grade_cost": [GRADES[g] for g in at_worst[0]],
        "grade_time": [GRADES[g] for g in at_worst[1]],
    }
    columns |= {f"{part}_usd": usd[:, i] for i, part in enumerate(COST_PARTS)}
    return pl.DataFrame(
        columns, schema_overrides={"track_gauge_mm": pl.Int64, "service": pl.String}
    )


def _local(query: Query, elapsed_h: NDArray[np.float64], nodes: NDArray[np.int32]) -> list[str]:
    """Return moments of a trip as local times of places, as 2026-12-01T14:00+05:00."""
    names = [query.base.nodes[n] for n in nodes]
    return local_times(query.base.network, query.start + elapsed_h, names)
