"""Tariffs at sea: what a region pays to another, by a rule for all, and the lanes it does not fit.

A rate is ``factor x (fixed + slope x distance) x level``. The factor belongs to a pair of regions
in one direction, since ships leave some coasts full and others half empty. The level brings rates
of the years of the fit to the price year; it belongs to the series the rate moves with.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from rate_rows import best, given, number, tariff
from rows import Row

REGION_WEIGHTS = {"from_region": 1, "to_region": 2}


def sea_tariffs() -> Iterator[Row]:
    """Price the sea: containers by pairs of regions, bulk by charter, and single lanes.

    Yields
    ------
    dict of str to str
        One row per tariff and cargo unit.
    """
    rule = given("sea")[0]
    shares = {"FEU": 1.0, "TEU": 1 / float(rule["feu_share"])}
    series = given("sea_series")
    anywhere = {"from_region": "", "to_region": "", "factor": "1"}
    for pair in (anywhere, *given("sea_pairs")):
        yield from _between(rule, pair, best(series, pair, REGION_WEIGHTS), shares)
    yield {
        "tariff_id": "sea-default-tonne", "kind": "line_haul", "mode": "sea",
        "cargo_unit": "tonne", "usd_per_unit": rule["bulk_fixed_usd"],
        "usd_per_unit_km": rule["bulk_usd_per_km"], "low_share": rule["bulk_low_share"],
        "high_share": rule["bulk_high_share"], "source_id": rule["bulk_source_id"],
    }  # fmt: skip
    for lane in given("lanes"):
        yield from _lane(rule, lane, shares)


def _between(rule: Row, pair: Row, moves: Row, shares: dict[str, float]) -> Iterator[Row]:
    """Write out the price between two regions, for both sizes of container."""
    ends = {name: pair[name] for name in REGION_WEIGHTS}
    name = "-".join(end.lower().replace(" ", "-") for end in ends.values() if end) or "default"
    price = float(pair["factor"]) * float(moves["level"])
    for unit, share in shares.items():
        yield tariff(
            rule | {"source_id": moves["source_id"]}, "line_haul", "sea", unit,
            tariff_id=f"sea-{name}-{unit}".lower(), **ends, series=moves["series"],
            usd_per_unit=number(price * share * float(rule["fixed_usd"]), 0),
            usd_per_unit_km=number(price * share * float(rule["usd_per_km"])),
        )  # fmt: skip


def _lane(rule: Row, lane: Row, shares: dict[str, float]) -> Iterator[Row]:
    """Write a lane out for its ports and both sizes of container."""
    price = float(lane["usd"]) * float(lane["level"])
    ports = product(lane["from_nodes"].split("|"), lane["to_nodes"].split("|"))
    for (start, end), (unit, share) in product(ports, shares.items()):
        yield tariff(
            rule | {"source_id": lane["source_id"]}, "lane", "sea", unit,
            tariff_id=f"lane-{start}-{end}-{unit}".lower(), from_node=start, to_node=end,
            series=lane["series"],
            usd_per_unit=number(price * share / shares[lane["cargo_unit"]], -1),
        )  # fmt: skip
