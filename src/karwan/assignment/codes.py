"""Codes of countries and goods in trade statistics, and what they are in a network."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from importlib.resources import files

import polars as pl

from karwan.errors import InputError
from karwan.network import Network

__all__ = ["country_codes", "goods_by_hs", "main_places"]

AGGREGATES = ("0", "000", "W00", "WLD", "899", "_X", "XX")
"""Codes of the world and of areas that are not specified."""


@cache
def country_codes() -> dict[str, str]:
    """Return the ISO 3166 alpha-2 code of every code of a country.

    Returns
    -------
    dict of str to str
        Alpha-2, alpha-3 and numeric codes, with and without leading zeros; also the numbers that
        UN Comtrade and BACI use instead (699 India, 842 United States). Empty text for the world
        and for areas that are not specified.
    """
    text = (files("karwan.assignment") / "country_codes.csv").read_text("utf-8")
    known = dict.fromkeys(AGGREGATES, "")
    for row in csv.DictReader(text.splitlines()):
        codes = {row["country"], row["iso3"], row["m49"], row["m49"].lstrip("0")}
        for code in (*codes, row["trade_code"]):
            if code:
                known[code] = row["country"]
    return known


def goods_by_hs(network: Network) -> dict[str, str]:
    """Return the commodity that each Harmonised System prefix means.

    Parameters
    ----------
    network : Network
        Network whose table `commodities` lists codes in `hs`, as ``1512|1514`` or ``1204-1206``.

    Returns
    -------
    dict of str to str
        Commodity by prefix. Where two commodities name the same prefix, the one that names the
        fewest counts.
    """
    named: list[tuple[int, str, list[str]]] = []
    for row in network.table("commodities").iter_rows(named=True):
        prefixes = [p for part in (row["hs"] or "").split("|") for p in _range(part)]
        named.append((len(prefixes), row["commodity"], prefixes))
    goods: dict[str, str] = {}
    for _, commodity, prefixes in sorted(named):
        for prefix in prefixes:
            goods.setdefault(prefix, commodity)
    return goods


def _range(part: str) -> list[str]:
    first, _, last = part.strip().partition("-")
    if not first:
        return []
    return [str(n).zfill(len(first)) for n in range(int(first), int(last or first) + 1)]


def main_places(network: Network, chosen: dict[str, str] | None = None) -> dict[str, str]:
    """Return the place that stands for each country.

    Parameters
    ----------
    network : Network
        Network with nodes.
    chosen : dict of str to str, optional
        node_id by country, where the user knows better.

    Returns
    -------
    dict of str to str
        node_id by country: the place with most demand in the network's own table, else an origin
        or market, else a city, of these the one with most links.

    Raises
    ------
    InputError
        A chosen place is not in the network or lies in another country; all at once.
    """
    nodes, links = network.table("nodes"), network.table("links")
    joined = Counter(pl.concat([links["from_node"], links["to_node"]]).to_list())
    wanted: Counter[str] = Counter()
    for end in ("origin", "destination"):
        sums = network.table("demand").group_by(end).agg(pl.col("tonnes").sum())
        wanted.update(dict(sums.iter_rows()))
    best: dict[str, tuple[tuple[float, ...], str]] = {}
    for row in nodes.sort("node_id", descending=True).iter_rows(named=True):
        roles = set((row["role"] or "").split("|"))
        rank = (
            wanted[row["node_id"]],
            bool(roles & {"origin", "market"}),
            row["kind"] == "city",
            joined[row["node_id"]],
        )
        best[row["country"]] = max(best.get(row["country"], (rank, "")), (rank, row["node_id"]))
    places = {country: node for country, (_, node) in best.items()}
    country_of = dict(nodes.select("node_id", "country").iter_rows())
    problems = [
        f"place {node!r} for {country} "
        + ("is not in nodes" if node not in country_of else f"lies in {country_of[node]}")
        + "; `karwan atlas nodes` lists them"
        for country, node in (chosen or {}).items()
        if country_of.get(node) != country
    ]
    if problems:
        raise InputError(problems)
    return {**places, **(chosen or {})}
