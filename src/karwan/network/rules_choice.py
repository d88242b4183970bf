"""Rules of how demand chooses: what corridors pass, published volumes, parameters."""

from __future__ import annotations

from collections.abc import Iterator

from karwan.errors import Problem
from karwan.network.network import Network
from karwan.network.rules_capacities import TARGETS
from karwan.schema.check import did_you_mean

__all__ = ["RULES"]


def what_a_corridor_passes_exists(network: Network) -> Iterator[Problem]:
    """Yield corridors whose traffic is told by things that the network does not have."""
    for row in network.table("corridors").iter_rows(named=True):
        for asked in (row["passes"] or "").split("|"):
            kind, _, name = asked.partition(":")
            if not asked:
                continue
            table, column = TARGETS.get(kind, ("nodes", "node_id"))
            if kind not in TARGETS or name not in set(network.table(table)[column]):
                message = f"holds {asked!r}, which is nothing of the network"
                hint = f"write kind:identifier, the kind one of {', '.join(TARGETS)}"
                yield Problem("corridors", row["corridor_id"], "passes", message, hint=hint)


def what_was_counted_exists(network: Network) -> Iterator[Problem]:
    """Yield counts at things that the network does not have, or outside their own range."""
    known = {
        "crossing": set(network.table("border_crossings")["crossing_id"]),
        "node": set(network.table("nodes")["node_id"]),
        "gateway": set(network.table("nodes")["node_id"]),
        "corridor": set(network.table("corridors")["corridor_id"]),
    }
    for row in network.table("counts").iter_rows(named=True):
        names = known[row["target_kind"].removesuffix("s")]
        for target in row["target"].split("|"):
            if target not in names:
                message = f"which is no {row['target_kind'].removesuffix('s')} of the network"
                hint = did_you_mean(target, sorted(names)) or "correct it or its target_kind"
                yield Problem("counts", row["count_id"], "target", message, repr(target), hint)
        if not row["low"] <= row["value"] <= row["high"]:
            message, hint = f"outside {row['low']:g} to {row['high']:g}", "widen the range"
            value = f"{row['value']:g} {row['unit']}/year"
            yield Problem("counts", row["count_id"], "value", message, value, hint)


def choice_parameters_apply_to_something(network: Network) -> Iterator[Problem]:
    """Yield parameters of choice for what the network does not have, or scales not above 0."""
    names = {
        "corridor": set(network.table("corridors")["corridor_id"]),
        "gateway": set(network.table("nodes")["node_id"]),
    }
    commodities = {"all", *network.table("commodities")["commodity"]}
    for row in network.table("choice_parameters").iter_rows(named=True):
        kind, _, name = row["applies_to"].partition(":")
        constant = row["parameter"] == "constant"
        fits = name in names.get(kind, set()) if constant else row["applies_to"] in commodities
        if row["parameter"] == "path_size":
            fits = row["applies_to"] == "all"
        key = f"{row['parameter']}/{row['applies_to']}"
        if not fits:
            hint = "corridor:ID or gateway:ID" if constant else "all, or a commodity for a scale"
            message = "which is nothing it can apply to"
            yield Problem(
                "choice_parameters", key, "applies_to", message, repr(row["applies_to"]), hint
            )
        if row["parameter"] == "scale" and row["value"] <= 0:
            value, hint = f"{row['value']:g}", "a scale is above 0"
            yield Problem("choice_parameters", key, "value", value=value, hint=hint)


RULES = (
    what_a_corridor_passes_exists,
    what_was_counted_exists,
    choice_parameters_apply_to_something,
)
