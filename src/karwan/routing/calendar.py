"""What a date changes: closures, restrictions, links and tariffs in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from karwan.network import Network

__all__ = ["DayState", "Hampered", "day_state"]


@dataclass(frozen=True)
class Hampered:
    """A place that is usable, but with delay and surcharge.

    Attributes
    ----------
    row : int
        Row of `closures`.
    delay_p50_h, delay_p95_h : float
        Extra time [h].
    surcharge_usd_per_teu : float
        Extra charge [USD/TEU].
    """

    row: int
    delay_p50_h: float
    delay_p95_h: float
    surcharge_usd_per_teu: float


@dataclass(frozen=True)
class DayState:
    """State of the network on one date; equal states share one supernetwork.

    Attributes
    ----------
    shut : frozenset of (str, str)
        (kind, identifier) of what is shut: nodes, links, crossings, passages, countries, and
        country pairs and operators that restrictions exclude.
    hampered : tuple of ((str, str), Hampered)
        What is hampered.
    shut_rows, hampered_rows, restriction_rows : tuple of int
        Rows of `closures` and `restrictions` in force.
    links, tariffs, services, documents : bytes
        One byte a row: usable on the date or not.
    """

    shut: frozenset[tuple[str, str]]
    hampered: tuple[tuple[tuple[str, str], Hampered], ...]
    shut_rows: tuple[int, ...]
    hampered_rows: tuple[int, ...]
    restriction_rows: tuple[int, ...]
    links: bytes
    tariffs: bytes
    services: bytes
    documents: bytes


@lru_cache(maxsize=256)
def day_state(network: Network, day: dt.date) -> DayState:
    """Read what holds on one date.

    Parameters
    ----------
    network : Network
        Network read.
    day : datetime.date
        Date of departure. Closures and restrictions of that date apply to the whole trip.

    Returns
    -------
    DayState
        What is shut, hampered, restricted, and which links, tariffs and services are valid.
    """
    shut: set[tuple[str, str]] = set()
    hampered: list[tuple[tuple[str, str], Hampered]] = []
    shut_rows, hampered_rows, restriction_rows = [], [], []
    for i, row in enumerate(network.table("closures").iter_rows(named=True)):
        if not _holds(row, day):
            continue
        target = (row["target_kind"], row["target"])
        if row["effect"] == "shut":
            shut.add(target)
            shut_rows.append(i)
        else:
            delay = (row["delay_p50_h"] or 0.0, row["delay_p95_h"] or 0.0)
            charge = row["surcharge_usd_per_teu"] or 0.0
            hampered.append((target, Hampered(i, *delay, charge)))
            hampered_rows.append(i)
    for i, row in enumerate(network.table("restrictions").iter_rows(named=True)):
        if not _holds(row, day):
            continue
        restriction_rows.append(i)
        if row["effect"] == "exclude":
            shut.add((row["target_kind"], row["target"]))
    return DayState(
        frozenset(shut),
        tuple(hampered),
        tuple(shut_rows),
        tuple(hampered_rows),
        tuple(restriction_rows),
        _usable_links(network, day),
        _valid(network, "tariffs", "valid_from", "valid_to", day),
        _valid(network, "services", "starts", "ends", day),
        _valid(network, "document_rules", "starts", "ends", day),
    )


def _holds(row: Mapping[str, Any], day: dt.date) -> bool:
    if day < row["starts"] or (row["ends"] is not None and day > row["ends"]):
        return False
    first, last = row.get("season_from"), row.get("season_to")
    if not first or not last:
        return True
    today = day.strftime("%m-%d")
    return bool(first <= today <= last if first <= last else today >= first or today <= last)


def _usable_links(network: Network, day: dt.date) -> bytes:
    opened = (pl.col("opens") <= day).fill_null(value=False)
    usable = (
        pl.when(pl.col("status") == "open")
        .then(opened | pl.col("opens").is_null())
        .when(pl.col("status") == "disused")
        .then(statement=False)
        .otherwise(opened)
    )
    return network.table("links").select(usable).to_series().cast(pl.UInt8).to_numpy().tobytes()


def _valid(network: Network, table: str, first: str, last: str, day: dt.date) -> bytes:
    begun = (pl.col(first) <= day).fill_null(value=True)
    not_over = (pl.col(last) >= day).fill_null(value=True)
    frame = network.table(table).select(begun & not_over)
    return frame.to_series().cast(pl.UInt8).to_numpy().tobytes()
