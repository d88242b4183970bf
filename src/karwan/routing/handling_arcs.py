"""Arcs of handlings: change of mode, of track gauge, of cargo form or of service."""

from __future__ import annotations

from karwan.routing.arcs import FORMS, Carriage, Kind
from karwan.routing.build import LAND, SupernetworkBuild
from karwan.routing.costs import Row

__all__ = ["add_handling_arcs"]


def add_handling_arcs(build: SupernetworkBuild) -> None:
    """Add handlings: change of mode, of track gauge, of cargo form or of service."""
    for i, row in enumerate(build.books.rows["transfers"]):
        country = build.country_of[build.node_index[row["node_id"]]]
        if not build.is_shut(("node", row["node_id"]), ("country", country)):
            _add_transfer(build, i, row, country)


def _add_transfer(build: SupernetworkBuild, i: int, row: Row, country: str) -> None:
    books = build.books
    node = build.node_index[row["node_id"]]
    from_medium = build.modes[row["from_mode"]][1]["medium"]
    before = Carriage(
        row["from_mode"], row["from_track_gauge_mm"], row["from_form"], from_medium != LAND
    )
    after = Carriage(row["to_mode"], row["to_track_gauge_mm"], row["to_form"])
    handling, wait = books.handled(row, i)
    delay, surcharge, closure = build.hampering(("node", row["node_id"]))
    category, grade = row["category"], books.grades["transfers"][i]
    ashore = from_medium != LAND and build.modes[row["to_mode"]][1]["medium"] == LAND
    same = row["from_mode"] == row["to_mode"] and row["from_form"] == row["to_form"]
    changes_gauge = same and before.track_gauge_mm != after.track_gauge_mm
    build.arcs.add(
        tail=build.state_of(node, before),
        head=build.state_of(node, after),
        kind=Kind.GAUGE if changes_gauge else Kind.TRANSFER,
        form=FORMS.index(row["from_form"]),
        mode=build.modes[row["to_mode"]][0],
        country=build.country_index[country],
        enters=build.country_index[country] if ashore else -1,
        boards=build.modes[row["to_mode"]][0] if row["from_mode"] != row["to_mode"] else -1,
        gate=build.gate_at(row["node_id"], country),
        variance={"waiting": wait.variance_h2 + delay.variance_h2},
        kgco2e_per_t=books.handling_kg_per_t.get(category, 0.0),
        usd={
            category: row["cost_usd_per_unit"] * books.charge_factor(row["from_form"])
            + surcharge * books.teu(row["from_form"])
        },
        hours={"handling": handling, "waiting": wait.mean_h + delay.mean_h},
        cost_grade={category: grade},
        time_grade={"handling": wait.grade, "waiting": max(wait.grade, delay.grade)},
        rows={"transfers": i, "closures": closure},
    )
