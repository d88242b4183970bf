"""Places to pass and things to avoid, from words to identifiers."""

from __future__ import annotations

from collections.abc import Sequence

from karwan.errors import InputError
from karwan.network import Network
from karwan.routing.consignment import Cargo, find_node

__all__ = ["resolve_wishes"]

AVOIDABLE = ("node", "country", "passage", "mode", "operator")


def resolve_wishes(
    network: Network, cargo: Cargo, places: Sequence[str], avoid: Sequence[str]
) -> tuple[list[str], set[tuple[str, str]]]:
    """Resolve the places to pass and the things to avoid.

    Parameters
    ----------
    network : Network
        Network that names them.
    cargo : Cargo
        Whose ends may not be avoided.
    places : sequence of str
        Places to pass, in order.
    avoid : sequence of str
        Nodes, countries, passages, modes or operators, as ``country:Iran`` or plain names.

    Returns
    -------
    via : list of str
        node_ids.
    avoided : set of (str, str)
        Things by kind and identifier.

    Raises
    ------
    InputError
        Names the network does not know, or wishes that clash; all at once.
    """
    problems: list[str] = []
    via: list[str] = []
    for place in places:
        try:
            via.append(find_node(network, place))
        except InputError as fault:
            problems.append(f"via: {fault}")
    avoided = set()
    for wish in avoid:
        found = _avoidable(network, wish)
        if found is None:
            problems.append(
                f"avoid: {wish!r} is no node, country, passage, mode or operator of this network"
            )
        elif found in {("node", cargo.origin), ("node", cargo.destination)}:
            problems.append(f"avoid: {wish!r} is the origin or destination itself")
        else:
            avoided.add(found)
    clash = [v for v in via if ("node", v) in avoided]
    problems += [f"{v} is both in via and in avoid" for v in clash]
    if problems:
        raise InputError("; ".join(problems))
    return via, avoided


def _avoidable(network: Network, wish: str) -> tuple[str, str] | None:
    """Find what a name to avoid means; countries, passages, modes and operators come first."""
    kind, _, rest = wish.partition(":")
    said = bool(rest) and kind in AVOIDABLE
    kinds: Sequence[str] = (kind,) if said else AVOIDABLE[1:]
    name = (rest if said else wish).strip().casefold()
    columns = {
        "country": ("countries", "country", ("country", "name")),
        "passage": ("passages", "passage", ("passage", "name")),
        "mode": ("modes", "mode", ("mode", "name")),
        "operator": ("services", "operator", ("operator",)),
    }
    for kind in kinds:
        if kind not in columns:
            continue
        table, key, named = columns[kind]
        for row in network.table(table).select(list({key, *named})).iter_rows(named=True):
            if name in {str(row[c]).casefold() for c in named}:
                return kind, row[key]
    if said and kind != "node":
        return None
    try:
        return "node", find_node(network, name)
    except InputError:
        return None
