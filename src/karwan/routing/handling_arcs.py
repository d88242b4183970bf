"""Arcs of handlings: change of mode, of track gauge, of cargo form or of service."""

from __future__ import annotations

from karwan.routing.arcs import FORMS, Carriage, Kind
from karwan.routing.build import LAND, SupernetworkBuild
from karwan.routing.costs import Row
from karwan.routing.kept_arcs import KeptArc, Parts, add_kept

__all__ = ["add_handling_arcs", "transfer_arc"]


def add_handling_arcs(build: SupernetworkBuild) -> None:
    """Add handlings: change of mode, of track gauge, of cargo form or of service."""
    kept = build.books.kept
    for i, row in enumerate(build.books.rows["transfers"]):
        country = build.country_of[build.node_index[row["node_id"]]]
        if not build.is_shut(("node", row["node_id"]), ("country", country)):
            if (key := ("transfers", i)) not in kept:
                kept[key] = transfer_arc(build, i, row, country)
            add_kept(build, kept[key])


def transfer_arc(build: SupernetworkBuild, i: int, row: Row, country: str) -> KeptArc:
    """Put the arc of a handling together.

    Parameters
    ----------
    build : SupernetworkBuild
        Network and rates.
    i : int
        Row of `transfers`.
    row : dict
        The row.
    country : str
        Country of its node.

    Returns
    -------
    KeptArc
        Arc between the states of both carriages.
    """
    books, name = build.books, row["node_id"]
    node = build.node_index[name]
    from_medium = build.modes[row["from_mode"]][1]["medium"]
    before = Carriage(
        row["from_mode"], row["from_track_gauge_mm"], row["from_form"], from_medium != LAND
    )
    after = Carriage(row["to_mode"], row["to_track_gauge_mm"], row["to_form"])
    handling, wait = books.handled(row, i)
    category, grade = row["category"], books.grades["transfers"][i]
    ashore = from_medium != LAND and build.modes[row["to_mode"]][1]["medium"] == LAND
    same = row["from_mode"] == row["to_mode"] and row["from_form"] == row["to_form"]
    changes_gauge = same and before.track_gauge_mm != after.track_gauge_mm
    fixed = {
        "kind": Kind.GAUGE if changes_gauge else Kind.TRANSFER,
        "form": FORMS.index(row["from_form"]),
        "mode": build.modes[row["to_mode"]][0],
        "country": build.country_index[country],
        "enters": build.country_index[country] if ashore else -1,
        "boards": build.modes[row["to_mode"]][0] if row["from_mode"] != row["to_mode"] else -1,
        "kgco2e_per_t": books.handling_kg_per_t.get(category, 0.0),
    }
    parts = Parts(
        {category: row["cost_usd_per_unit"] * books.charge_factor(row["from_form"])},
        {"handling": handling, "waiting": wait.mean_h},
        {"waiting": wait.variance_h2},
        {category: grade},
        {"handling": wait.grade, "waiting": wait.grade},
        {"transfers": i},
    )
    gates, here = build.targets_at(name, country), (("node", name),)
    ends = (node, before), (node, after)
    return KeptArc(*ends, gates, here, category, row["from_form"], fixed, parts)
