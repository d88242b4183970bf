"""Rebuild the atlas table of demand.

Reads ``nodes.csv``, ``commodities.csv`` and ``cargo_units.csv`` of the atlas and
``tools/inputs/demand_*.csv``; writes ``demand.csv``. The same inputs give the same bytes.

1. Totals of pairs of countries by commodity (``demand_pairs``).
2. Pairs that traded in 2015 (``demand_trade_2015``) and of which nothing newer was found: a doubly
   constrained gravity model spreads the grown totals of their rows and columns.
3. The container-suitable share goes into TEU, the rest into the other unit of the pair.
4. Shares of places (``demand_places``) give the totals of places; a doubly constrained gravity
   model joins them. Small amounts are left to the largest places.
5. Growth to the scenario years (``demand_growth``); intervals widen with the years.

Usage: ``python tools/build_demand.py [--out FOLDER]``
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from karwan.assignment.gravity import GravityFit, fit_gravity, gravity
from karwan.network.geometry import great_circle_km
from rows import ATLAS, INPUTS, Row, columns_of, read_rows

YEARS = (2025, 2030, 2035)
REGION = ("AF", "KG", "KZ", "TJ", "TM", "UZ")
BASE_YEAR = 2024
TURN_YEAR = 2030
MINOR_TONNES = 100_000
"""A unit other than TEU that carries less of a commodity in a year is no class of its own."""
PLACES_BY_TONNES = ((20_000, 1), (60_000, 2), (200_000, 4), (1_000_000, 6), (float("inf"), 99))
GAP_LOW, GAP_HIGH = 0.3, 2.5
GAP_SOURCE = "demand-gravity-gaps"


@dataclass(frozen=True)
class Flow:
    """Demand of one pair of countries for one commodity in one unit [t/year]."""

    origin: str
    destination: str
    commodity: str
    kind: str
    unit: str
    tonnes: float
    low: float
    high: float
    source: str


def given(name: str) -> list[Row]:
    """Read an input table of demand."""
    return read_rows(INPUTS / f"demand_{name}.csv")


@cache
def commodities() -> dict[str, Row]:
    """Return the commodities of the atlas by identifier."""
    return {row["commodity"]: row for row in read_rows(ATLAS / "commodities.csv")}


@cache
def positions() -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of every node [deg]."""
    rows = read_rows(ATLAS / "nodes.csv")
    return {row["node_id"]: (float(row["lon_deg"]), float(row["lat_deg"])) for row in rows}


def distances(origins: list[str], destinations: list[str]) -> np.ndarray:
    """Return great-circle distances between nodes [km]."""
    a, b = (np.array([positions()[n] for n in nodes]) for nodes in (origins, destinations))
    return great_circle_km(a[:, None, 0], a[:, None, 1], b[None, :, 0], b[None, :, 1])


def main_node(country: str) -> str:
    """Return the largest place of a country."""
    rows = [r for r in given("places") if r["country"] == country]
    plain = [r for r in rows if not r["kind"] and not r["commodity"]] or rows
    return max(plain, key=lambda row: float(row["share"]))["node_id"]


def trade_2015(*, known: set[tuple[str, str]], direction: str) -> tuple[list, list, np.ndarray]:
    """Return region, partners and non-energy trade of 2015 [USD M], one row a country.

    Parameters
    ----------
    known : set of (str, str)
        Pairs left out, as (origin, destination).
    direction : str
        ``out`` for exports of the region, ``in`` for its imports.

    Returns
    -------
    region, partners : list of str
        Countries of rows and columns.
    trade : float64[n_region, n_partners]
        Values.
    """
    home, away = "origin_country", "destination_country"
    if direction == "in":
        home, away = away, home
    rows = [r for r in given("trade_2015") if r[home] in REGION and r[away] not in REGION]
    partners = sorted({r[away] for r in rows})
    trade = np.zeros((len(REGION), len(partners)))
    for row in rows:
        if (row["origin_country"], row["destination_country"]) not in known:
            value = max(float(row["usd_m"]) - float(row["energy_usd_m"]), 0.0)
            trade[REGION.index(row[home]), partners.index(row[away])] = value
    return list(REGION), partners, trade


def fit_2015(direction: str) -> GravityFit:
    """Fit the gravity model to the trade of 2015 in one direction."""
    region, partners, trade = trade_2015(known=set(), direction=direction)
    km = distances([main_node(c) for c in region], [main_node(c) for c in partners])
    return fit_gravity(trade, km)


def growth_since_2015(flows: list[Flow], direction: str) -> float:
    """Return value in 2024 over value in 2015 of the pairs that both know."""
    worth: dict[tuple[str, str], float] = defaultdict(float)
    for flow in flows:
        value = float(commodities()[flow.commodity]["value_usd_per_t"])
        worth[flow.origin, flow.destination] += flow.tonnes * value / 1e6
    home = "origin_country" if direction == "out" else "destination_country"
    now = then = 0.0
    for row in given("trade_2015"):
        pair = row["origin_country"], row["destination_country"]
        value = float(row["usd_m"]) - float(row["energy_usd_m"])
        if row[home] in REGION and pair in worth and value > 0:
            now, then = now + worth[pair], then + value
    return now / then


def gap_flows(flows: list[Flow]) -> list[Flow]:
    """Fill pairs that traded in 2015 and of which nothing newer is known."""
    known = {(f.origin, f.destination) for f in flows}
    filled = []
    for direction in ("out", "in"):
        region, partners, trade = trade_2015(known=known, direction=direction)
        rows, columns = trade.sum(axis=1), trade.sum(axis=0)
        allowed = np.array(
            [
                [((c, p) if direction == "out" else (p, c)) not in known for p in partners]
                for c in region
            ]
        )
        km = distances([main_node(c) for c in region], [main_node(c) for c in partners])
        spread = gravity(rows, columns, km, fit_2015(direction).beta, seed=allowed.astype(float))
        grown = spread * growth_since_2015(flows, direction)
        mix = [row for row in given("gap_mix") if row["direction"] == direction]
        for (i, j), usd_m in np.ndenumerate(grown):
            ends = (region[i], partners[j]) if direction == "out" else (partners[j], region[i])
            for part in mix:
                value = float(commodities()[part["commodity"]]["value_usd_per_t"])
                tonnes = usd_m * float(part["value_share"]) * 1e6 / value
                if tonnes >= 100:
                    filled.append(
                        Flow(
                            *ends, part["commodity"], "trade", "TEU", tonnes,
                            tonnes * GAP_LOW, tonnes * GAP_HIGH, GAP_SOURCE,
                        )
                    )  # fmt: skip
    return filled


def pair_flows() -> list[Flow]:
    """Split the totals of pairs by the unit they move in."""
    flows = []
    for row in given("pairs"):
        boxed = float(row["container_share"])
        amounts = [float(row[c]) for c in ("tonnes", "tonnes_low", "tonnes_high")]
        for unit, share in (("TEU", boxed), (row["other_unit"], 1 - boxed)):
            if share > 0:
                parts = (amount * share for amount in amounts)
                ends = (row["origin_country"], row["destination_country"])
                flows.append(
                    Flow(*ends, row["commodity"], row["kind"], unit, *parts, row["source_id"])
                )
    return flows


def without_minor_units(flows: list[Flow]) -> list[Flow]:
    """Move what minor units carry of a commodity into TEU."""
    carried: dict[tuple[str, str], float] = defaultdict(float)
    for flow in flows:
        carried[flow.commodity, flow.unit] += flow.tonnes
    return [
        replace(flow, unit="TEU")
        if carried[flow.commodity, flow.unit] < MINOR_TONNES
        and commodities()[flow.commodity]["tonnes_per_teu"]
        else flow
        for flow in flows
    ]


def places(country: str, direction: str, kind: str, commodity: str) -> dict[str, float]:
    """Return the shares of the places of a country, by the most specific rows.

    Parameters
    ----------
    country, direction, kind, commodity : str
        What is asked; empty cells of a row fit anything.

    Returns
    -------
    dict of str to float
        Share of each node; they add up to 1.
    """
    asked = {"commodity": (commodity, 4), "kind": (kind, 2), "direction": (direction, 1)}
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for row in given("places"):
        if row["country"] == country and all(row[c] in ("", v) for c, (v, _) in asked.items()):
            rank = sum(points for column, (_, points) in asked.items() if row[column])
            found[rank][row["node_id"]] = float(row["share"])
    if not found:
        raise LookupError(f"no places of {country} ({direction}); add some to demand_places.csv")
    return found[max(found)]


def main_places(shares: dict[str, float], tonnes: float) -> dict[str, float]:
    """Keep as many of the largest places as an amount is spread over."""
    most = next(count for limit, count in PLACES_BY_TONNES if tonnes <= limit)
    kept = sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:most]
    total = sum(share for _, share in kept)
    return {node: share / total for node, share in kept}


def spread_over_places(flow: Flow, beta: float) -> list[tuple[str, str, float]]:
    """Return origin, destination and share of a flow."""
    ends = ((flow.origin, "out"), (flow.destination, "in"))
    origins, destinations = (
        main_places(places(c, d, flow.kind, flow.commodity), flow.tonnes) for c, d in ends
    )
    a, b = list(origins), list(destinations)
    shares = gravity(list(origins.values()), list(destinations.values()), distances(a, b), beta)
    return [(a[i], b[j], share) for (i, j), share in np.ndenumerate(shares)]


def growth(kind: str, commodity: str, year: int) -> tuple[float, float, float]:
    """Return growth from the base year: central, low and high, as factors."""
    rows = given("growth")
    of_kind = [r for r in rows if r["kind"] == kind and not r["commodities"]]
    of_goods = [r for r in rows if commodity in r["commodities"].split("|") and not r["kind"]]
    row = (of_kind or of_goods)[0]
    early, late = min(year, TURN_YEAR) - BASE_YEAR, max(year - TURN_YEAR, 0)
    factors = []
    for column in ("rate", "rate_low", "rate_high"):
        rate = float(row[column])
        factors.append((1 + rate) ** early * (1 + rate * float(row["later_share"])) ** late)
    return factors[0], factors[1], factors[2]


def demand_rows(flows: list[Flow], beta: dict[str, float]) -> list[Row]:
    """Return the rows of the table, one a pair of places, class, kind and year."""
    sums: dict[tuple[str, ...], np.ndarray] = defaultdict(lambda: np.zeros(3))
    sources: dict[tuple[str, ...], tuple[float, str]] = {}
    for flow in flows:
        direction = "out" if flow.origin in REGION else "in"
        for origin, destination, share in spread_over_places(flow, beta[direction]):
            key = (origin, destination, flow.commodity, flow.unit, flow.kind)
            sums[key] += np.array([flow.tonnes, flow.low, flow.high]) * share
            sources[key] = max(sources.get(key, (0.0, "")), (flow.tonnes * share, flow.source))
    rows = []
    for key, amounts in sums.items():
        origin, destination, commodity, unit, kind = key
        for year in YEARS:
            tonnes, low, high = amounts * np.array(growth(kind, commodity, year))
            words = [origin, destination, commodity, unit.lower(), str(year)]
            boxes = (
                tonnes / float(commodities()[commodity]["tonnes_per_teu"]) if unit == "TEU" else 0
            )
            rows.append(
                {
                    "demand_id": "-".join(words if kind == "trade" else [*words, kind]),
                    "origin": origin, "destination": destination, "commodity": commodity,
                    "cargo_unit": unit, "year": str(year), "tonnes": f"{tonnes:.1f}",
                    "teu": f"{boxes:.2f}" if unit == "TEU" else "",
                    "tonnes_low": f"{low:.1f}", "tonnes_high": f"{high:.1f}", "kind": kind,
                    "source_id": sources[key][1],
                }
            )  # fmt: skip
    return rows


def build(out: Path) -> int:
    """Write the table and return its number of rows.

    Parameters
    ----------
    out : Path
        Folder the table is written to.

    Returns
    -------
    int
        Rows written.
    """
    known = pair_flows()
    flows = without_minor_units(known + gap_flows(known))
    beta = {direction: fit_2015(direction).beta for direction in ("out", "in")}
    rows = sorted(demand_rows(flows, beta), key=lambda row: row["demand_id"])
    names, _ = columns_of("demand")
    with (out / "demand.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def main() -> None:
    """Build the table and print its row count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ATLAS)
    print(f"demand: {build(parser.parse_args().out)}")


if __name__ == "__main__":
    main()
