"""Names of the things that closures, restrictions and wishes point to."""

from __future__ import annotations

from functools import lru_cache

from karwan.network import Network

__all__ = ["target_name"]

NAMED = {
    "node": ("nodes", "node_id"),
    "crossing": ("border_crossings", "crossing_id"),
    "passage": ("passages", "passage"),
    "country": ("countries", "country"),
}


def target_name(network: Network, kind: str, target: str) -> str:
    """Return the name of a target in words.

    Parameters
    ----------
    network : Network
        Network it belongs to.
    kind : str
        node, crossing, passage, country, link, operator or country_pair.
    target : str
        Its identifier.

    Returns
    -------
    str
        Name from the table of that kind; trade between two countries in words; else the
        identifier, which is readable.
    """
    if kind in NAMED:
        return _names(network, kind).get(target, target)
    if kind == "country_pair":
        names = [target_name(network, "country", code) for code in target.split("-")]
        return f"trade between {' and '.join(names)}"
    return target


@lru_cache(maxsize=64)
def _names(network: Network, kind: str) -> dict[str, str]:
    table, key = NAMED[kind]
    return dict(network.table(table).select(key, "name").iter_rows())
