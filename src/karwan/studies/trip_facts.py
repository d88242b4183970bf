"""What an itinerary passes, needs and should be warned of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from karwan.network import Network
from karwan.routing.arcs import REFERENCES, Kind
from karwan.routing.calendar import Target
from karwan.routing.paths import Path
from karwan.routing.query import Query
from karwan.routing.schedule import is_shut, local_times
from karwan.routing.targets import target_name
from karwan.routing.trips import Trip

__all__ = [
    "Passed",
    "documents_table",
    "passed_on",
    "shut_table",
    "waits_of",
    "warnings_of",
]

FRESH = dt.timedelta(days=365)
"""A fact about what is in service is stale when its last look is older than this."""


@dataclass(frozen=True)
class Passed:
    """What an itinerary passes, in order of first meeting.

    Attributes
    ----------
    nodes, countries, crossings, passages, operators : list of str
        node_ids, country codes, names of crossings, passages, operators.
    links, services, closures : list of int
        Rows of `links`, `services` and `closures`.
    """

    nodes: list[str]
    countries: list[str]
    crossings: list[str]
    passages: list[str]
    operators: list[str]
    links: list[int]
    services: list[int]
    closures: list[int]


def passed_on(query: Query, path: Path) -> Passed:
    """List what a path passes."""
    arcs, base = query.arcs, query.base
    rows = base.books.rows
    tail, head = query.state_node[arcs.tail[path]], query.state_node[arcs.head[path]]
    nodes = dict.fromkeys(np.append(tail, head[-1:]).tolist())
    on_land = arcs.kind[path] != Kind.SEA
    ashore = dict.fromkeys(np.column_stack((tail, head))[on_land].ravel().tolist())
    reference = arcs.reference[path]
    crossing = reference[:, REFERENCES.index("crossing")]
    operates = set(arcs.operates[path].tolist())
    bits = int(np.bitwise_or.reduce(arcs.passes[path])) if len(path) else 0
    return Passed(
        [base.nodes[n] for n in nodes],
        list(dict.fromkeys(rows["nodes"][n]["country"] for n in ashore)),
        [rows["border_crossings"][c]["name"] for c in crossing if c >= 0],
        [p for i, p in enumerate(base.passages) if bits >> i & 1],
        [o for i, o in enumerate(base.operators) if o and i in operates],
        _rows(reference, "links"),
        _rows(reference, "services"),
        _rows(reference, "closures"),
    )


def _rows(reference: np.ndarray[Any, np.dtype[np.int32]], name: str) -> list[int]:
    column = reference[:, REFERENCES.index(name)]
    return list(dict.fromkeys(int(i) for i in column if i >= 0))


def documents_table(query: Query, path: Path) -> pl.DataFrame:
    """List the documents of a path, each once for every occasion it is written."""
    found: dict[tuple[int, str | None], dict[str, Any]] = {}
    for event in query.documents.events(query.arcs, path):
        for i, row in query.documents.asked(*event):
            key = (i, event[1] if event[0] != "carriage" else None)
            line = found.setdefault(
                key,
                {
                    "document": row["document"],
                    "country": key[1],
                    "role": row["role"],
                    "legal_basis": row["legal_basis"],
                    "copies": 0,
                    "cost_usd": 0.0,
                    "source_id": row["source_id"],
                },
            )
            line["copies"] += 1
            line["cost_usd"] += row["cost_usd"]
    schema = {
        "document": pl.String,
        "country": pl.String,
        "role": pl.String,
        "legal_basis": pl.String,
        "copies": pl.Int64,
        "cost_usd": pl.Float64,
        "source_id": pl.String,
    }
    return pl.DataFrame(list(found.values()), schema=schema)


def shut_table(query: Query) -> pl.DataFrame:
    """List closures and restrictions in force on the day of departure."""
    state, rows = query.base.state, query.base.books.rows
    lines = []
    for table, key, numbers in (
        ("closures", "closure_id", (*state.shut_rows, *state.hampered_rows)),
        ("restrictions", "restriction_id", state.restriction_rows),
    ):
        for i in numbers:
            row = rows[table][i]
            lines.append(
                {
                    "closure_id": row[key],
                    "target_kind": row["target_kind"],
                    "target": row["target"],
                    "effect": row["effect"],
                    "starts": row["starts"],
                    "ends": row["ends"],
                    "last_look": row["last_look"],
                    "reason": row["reason"],
                    "source_id": row["source_id"],
                }
            )
    schema = dict.fromkeys(
        ("closure_id", "target_kind", "target", "effect", "reason", "source_id"), pl.String
    ) | dict.fromkeys(("starts", "ends", "last_look"), pl.Date)
    columns = "closure_id target_kind target effect starts ends last_look reason source_id"
    ordered = {name: schema[name] for name in columns.split()}
    return pl.DataFrame(lines, schema=ordered)


def warnings_of(query: Query, trip: Trip) -> list[str]:
    """Return warnings of a trip: waits, hampered places, restrictions it meets, stale facts."""
    passed, rows = passed_on(query, trip.path), query.base.books.rows
    network = query.base.network
    met = {
        "node": passed.nodes,
        "country": passed.countries,
        "passage": passed.passages,
        "operator": passed.operators,
    }
    said = waits_of(query, trip)
    slowed = [int(i) for i in trip.slow_row if i >= 0]
    for i in dict.fromkeys([*passed.closures, *slowed]):
        row = rows["closures"][i]
        name = target_name(network, row["target_kind"], row["target"])
        said.append(
            f"{name}: {row['reason']} (since {row['starts']}, last look {row['last_look']})"
        )
    for i in query.base.state.restriction_rows:
        row = rows["restrictions"][i]
        if row["effect"] == "warn" and row["target"] in met.get(row["target_kind"], ()):
            since = f"in force since {row['starts']}, last look {row['last_look']}"
            name = target_name(network, row["target_kind"], row["target"])
            said.append(f"{name}: {row['reason']} ({since})")
    used = {
        ("link", "links"): [rows["links"][i] for i in passed.links],
        ("service", "services"): [rows["services"][i] for i in passed.services],
        ("set of opening hours", "sets of opening hours"): _hours_kept(query, trip),
    }
    for words, things in used.items():
        said += _stale(words, [row["last_look"] for row in things], query.day)
    return said


def waits_of(query: Query, trip: Trip) -> list[str]:
    """Say where a trip waits for a gate, until when and why.

    Parameters
    ----------
    query : Query
        Arcs and gates.
    trip : Trip
        Path on the clock.

    Returns
    -------
    list of str
        One sentence a wait, in order.
    """
    network, hours = query.base.network, query.totals.hours[trip.path]
    ends = np.cumsum(hours + trip.wait_h + trip.slow_h)
    said = []
    for k in np.flatnonzero(trip.wait_h).tolist():
        arc = int(trip.path[k])
        node = query.base.nodes[query.state_node[query.arcs.tail[arc]]]
        enters = query.start + float(ends[k] - hours[k] - trip.slow_h[k])
        until = local_times(network, np.array([enters]), [node])[0].replace("T", " ")[:16]
        comes = enters - float(trip.wait_h[k])
        gate = query.base.gates[query.arcs.gate[arc]]
        why = [
            _barrier(network, target)
            for target in gate
            if is_shut(network, target, query.day, comes)
        ]
        reason = " and ".join(why) or "to pass when it is less hampered"
        place = target_name(network, "node", node)
        said.append(f"waits {trip.wait_h[k]:.0f} h at {place}, to {until} local time: {reason}")
    return said


def _barrier(network: Network, target: Target) -> str:
    """Say what a shut target of a gate is."""
    kind, name = target
    if kind == "timetable":
        return "the next departure by timetable"
    what, _, place = name.partition(":") if kind == "hours" else (kind, "", name)
    return f"{target_name(network, what, place)} is {'out of hours' if kind == 'hours' else 'shut'}"


def _hours_kept(query: Query, trip: Trip) -> list[dict[str, Any]]:
    """Return the rows of opening hours that the gates of a trip keep."""
    gates = {int(g) for g in query.arcs.gate[trip.path] if g >= 0}
    kept = {n for g in gates for kind, n in query.base.gates[g] if kind == "hours"}
    return [
        row
        for row in query.base.books.rows["opening_hours"]
        if f"{row['target_kind']}:{row['target']}" in kept
        and (row["ends"] is None or row["ends"] >= query.day)
    ]


def _stale(words: tuple[str, str], looks: list[dt.date | None], day: dt.date) -> list[str]:
    """Warn of things that were last looked at more than a year before departure."""
    old = [look for look in looks if look is not None and day - look > FRESH]
    if not old:
        return []
    count = f"1 {words[0]} was" if len(old) == 1 else f"{len(old)} {words[1]} were"
    when = f"on {max(old)}" if min(old) == max(old) else f"between {min(old)} and {max(old)}"
    advice = "more than a year before departure; confirm that nothing has changed"
    return [f"{count} last looked at {when}, {advice}"]
