"""Rebuild the atlas tables of rates that follow from rules.

Reads ``nodes.csv``, ``links.csv`` and ``border_crossings.csv`` of the atlas and
``tools/inputs/rates_*.csv``; writes ``border_procedures.csv``, ``transfers.csv`` and
``tariffs.csv``. The same inputs give the same bytes.

Usage::

    python tools/build_rates.py [--out FOLDER]
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import permutations, product
from pathlib import Path

from rate_rows import best, given, number, tariff
from rows import ATLAS, Row, columns_of, read_rows
from sea_tariffs import sea_tariffs

HANDLING_KINDS = {"city", "dry_port", "border", "sea_port", "caspian_port"}


def build(folder: Path) -> None:
    """Write the three tables.

    Parameters
    ----------
    folder : Path
        Folder the tables are written to.
    """
    nodes = {row["node_id"]: row for row in read_rows(ATLAS / "nodes.csv")}
    links = [row for row in read_rows(ATLAS / "links.csv") if row["status"] != "disused"]
    crossings = read_rows(ATLAS / "border_crossings.csv")
    write(folder, "border_procedures", border_procedures(nodes, crossings))
    write(folder, "transfers", transfers(nodes, links))
    write(folder, "tariffs", tariffs(links))


def write(folder: Path, table: str, rows: Iterable[Row]) -> None:
    """Write rows in the columns of the table's schema, sorted by key."""
    names, keys = columns_of(table)
    ordered = sorted(rows, key=lambda row: [row[key] for key in keys])
    with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, "", "ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(ordered)


def border_procedures(nodes: dict[str, Row], crossings: list[Row]) -> Iterator[Row]:
    """Give each side of each crossing its procedures.

    Parameters
    ----------
    nodes : dict of str to dict
        Nodes by identifier.
    crossings : list of dict
        Border crossings.

    Yields
    ------
    dict of str to str
        One row per crossing, country, direction and year: all years of the rule that fits best.
    """
    weights = {"crossing_id": 8, "neighbour": 4, "country": 2, "mode": 1, "direction": 0}
    rules = given("borders")
    copied = ("mean_h", "cv", "cost_usd_per_unit", "year", "source_id")
    for crossing in crossings:
        sides = (nodes[crossing["node_a"]]["country"], nodes[crossing["node_b"]]["country"])
        for (country, neighbour), direction in product(permutations(sides), ("exit", "entry")):
            place = {
                "crossing_id": crossing["crossing_id"],
                "country": country,
                "neighbour": neighbour,
                "mode": crossing["mode"],
                "direction": direction,
            }
            fits = best(rules, place, weights)
            for rule in rules:
                if all(rule[column] == fits[column] for column in weights):
                    yield place | {column: rule[column] for column in copied}


def transfers(nodes: dict[str, Row], links: list[Row]) -> Iterator[Row]:
    """Give each node the handlings of its classes.

    A node is served in the pairs of modes it has, a junction only if it is a known railhead;
    where rail links of two track gauges meet, cargo changes between them both ways.

    Parameters
    ----------
    nodes : dict of str to dict
        Nodes by identifier.
    links : list of dict
        Links that are not disused.

    Yields
    ------
    dict of str to str
        One row per node, modes, gauges and cargo forms.
    """
    modes, gauges = _modes_and_gauges(nodes, links)
    railheads = {row["node_id"] for row in given("railheads")}
    rules: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    signature = ("class", "from_mode", "from_form", "to_mode", "to_form")
    for rule in given("transfers"):
        rules[tuple(rule[column] for column in signature)].append(rule)
    for node_id in sorted(nodes):
        node = nodes[node_id]
        terminal = node["kind"] in HANDLING_KINDS or node_id in railheads
        here = _classes(modes[node_id], gauges[node_id], terminal=terminal)
        for (kind, from_mode, _, to_mode, _), offers in rules.items():
            if kind not in here or not {from_mode, to_mode} <= modes[node_id]:
                continue
            for pair in _gauge_pairs(kind, from_mode, to_mode, sorted(gauges[node_id])):
                yield _transfer(node_id, _local(offers, node, pair), pair)


def _modes_and_gauges(
    nodes: dict[str, Row], links: list[Row]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Collect the modes and the track gauges that meet at each node."""
    modes: dict[str, set[str]] = defaultdict(set)
    gauges: dict[str, set[str]] = defaultdict(set)
    for node_id, node in nodes.items():
        if node["kind"] == "sea_port":
            modes[node_id].add("sea")
    for link in links:
        for node_id in (link["from_node"], link["to_node"]):
            modes[node_id].add(link["mode"])
            if link["track_gauge_mm"]:
                gauges[node_id].add(link["track_gauge_mm"])
    return modes, gauges


def _classes(modes: set[str], gauges: set[str], *, terminal: bool) -> set[str]:
    """Name the classes of terminal a node belongs to."""
    classes = {"sea_port"} if "sea" in modes else set()
    if "ferry" in modes:
        classes.add("caspian_port")
    if {"road", "rail"} <= modes and terminal:
        classes.add("inland")
    if len(gauges) > 1:
        classes.add("gauge")
    return classes


def _local(offers: list[Row], node: Row, gauges: tuple[str, str]) -> Row:
    """Pick the rule for the node, else for its country, else the general one.

    Of these a rule for the track gauges before and after goes before one for any.
    """
    place = {"node_id": node["node_id"], "country": node["country"]}
    place |= {"from_track_gauge_mm": gauges[0], "to_track_gauge_mm": gauges[1]}
    weights = {"node_id": 8, "country": 4, "from_track_gauge_mm": 2, "to_track_gauge_mm": 1}
    return best(offers, place, weights)


def _gauge_pairs(
    kind: str, from_mode: str, to_mode: str, gauges: list[str]
) -> Iterator[tuple[str, str]]:
    """List the track gauges before and after; empty where the mode has none."""
    if kind == "gauge":
        yield from permutations(gauges, 2)
        return
    before = gauges if from_mode == "rail" else [""]
    after = gauges if to_mode == "rail" else [""]
    yield from product(before, after)


def _transfer(node_id: str, rule: Row, gauges: tuple[str, str]) -> Row:
    """Write a rule out for one node and one pair of gauges."""
    row = {name: cell for name, cell in rule.items() if name not in ("class", "country")}
    row |= {"node_id": node_id}
    row |= {"from_track_gauge_mm": gauges[0], "to_track_gauge_mm": gauges[1]}
    before = f"{rule['from_mode']}{gauges[0]}-{rule['from_form']}"
    after = f"{rule['to_mode']}{gauges[1]}-{rule['to_form']}"
    return row | {"transfer_id": f"{node_id}-{before}-{after}".lower()}


def tariffs(links: list[Row]) -> Iterator[Row]:
    """Write out the price lists of land haulage, ferries, sea lanes and tolls.

    Parameters
    ----------
    links : list of dict
        Links that are not disused.

    Yields
    ------
    dict of str to str
        One row per tariff and cargo unit.
    """
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    for row in given("unit_shares"):
        shares[row["mode"]][row["cargo_unit"]] = float(row["share"])
    yield from _line_haul(shares)
    yield from _link_haul(shares)
    yield from _ferries(links, shares["ferry"])
    yield from sea_tariffs()
    yield from _tolls(links)


def _line_haul(shares: dict[str, dict[str, float]]) -> Iterator[Row]:
    """Price a kilometre by mode, country and cargo unit."""
    for rule in given("line_haul"):
        mode, country = rule["mode"], rule["country"]
        for unit, share in shares[mode].items():
            name = f"{mode}-{country or 'default'}-{unit}".lower()
            per_km = number(float(rule["usd_per_unit_km"]) * share)
            yield tariff(
                rule, "line_haul", mode, unit,
                tariff_id=name, country=country, usd_per_unit_km=per_km,
            )  # fmt: skip


def _link_haul(shares: dict[str, dict[str, float]]) -> Iterator[Row]:
    """Price a kilometre of single links, in one direction where the ends are given."""
    for rule in given("link_haul"):
        for unit, share in shares[rule["mode"]].items():
            start = f"-from-{rule['from_node']}" if rule["from_node"] else ""
            cells = {name: rule[name] for name in ("from_node", "to_node", "valid_from")}
            yield tariff(
                rule, "line_haul", rule["mode"], unit,
                tariff_id=f"{rule['link_id']}{start}-{unit}".lower(), link_id=rule["link_id"],
                usd_per_unit_km=number(float(rule["usd_per_unit_km"]) * share), **cells,
            )  # fmt: skip


def _ferries(links: list[Row], shares: dict[str, float]) -> Iterator[Row]:
    """Price each ferry link, by its own charge or by the general rule of distance."""
    general = given("ferry_rule")[0]
    fixed, slope = float(general["fixed_usd"]), float(general["usd_per_km"])
    known = {frozenset((row["node_a"], row["node_b"])): row for row in given("ferries")}
    for unit, share in shares.items():
        yield tariff(
            general, "line_haul", "ferry", unit,
            tariff_id=f"ferry-default-{unit}".lower(),
            usd_per_unit=number(fixed * share, 0), usd_per_unit_km=number(slope * share),
        )  # fmt: skip
    for link in sorted(links, key=lambda link: link["link_id"]):
        if link["mode"] != "ferry":
            continue
        rule = known.get(frozenset((link["from_node"], link["to_node"])), general)
        truck = rule.get("truck_usd") or fixed + slope * float(link["distance_km"])
        for unit, share in shares.items():
            yield tariff(
                rule, "line_haul", "ferry", unit,
                tariff_id=f"{link['link_id']}-{unit}".lower(), link_id=link["link_id"],
                usd_per_unit=number(float(truck) * share, -1),
            )  # fmt: skip


def _tolls(links: list[Row]) -> Iterator[Row]:
    """Write out charges for entering a country or using a link."""
    between: dict[tuple[str, frozenset[str]], list[str]] = defaultdict(list)
    for link in links:
        between[link["mode"], frozenset((link["from_node"], link["to_node"]))].append(
            link["link_id"]
        )
    for rule in given("tolls"):
        cells = {name: rule[name] for name in ("tariff_id", "country", "usd_per_unit")}
        mode, unit = rule["mode"], rule["cargo_unit"]
        if rule["country"]:
            yield tariff(rule, "toll", mode, unit, **cells)
            continue
        for link_id in between[mode, frozenset((rule["node_a"], rule["node_b"]))]:
            yield tariff(rule, "toll", mode, unit, **cells, link_id=link_id)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ATLAS)
    build(parser.parse_args().out)
