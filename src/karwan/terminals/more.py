"""A terminal with more of what it consists of: the tables, changed."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.schema.check import did_you_mean

__all__ = ["KINDS", "TRAIN_SLOT", "choices", "with_more"]

TRAIN_SLOT = "train_slot"
"""One more train a day on each class of trains that has slots."""
DAYS_PER_YEAR = 365.0
KINDS = (
    "berth",
    "quay_crane",
    "track",
    "rail_crane",
    TRAIN_SLOT,
    "block",
    "gate_lane",
    "customs_lane",
    "scanner",
    "examination_bay",
)


def choices(network: Network, terminal_id: str) -> list[str]:
    """List what a terminal may have one more of: its elements, and train slots.

    Parameters
    ----------
    network : Network
        Network.
    terminal_id : str
        Terminal.

    Returns
    -------
    list of str
        Identifiers of elements in order of kind, then `train_slot` if it has slots.
    """
    elements = _own(network, "terminal_elements", terminal_id)
    rows = sorted(elements.iter_rows(named=True), key=lambda e: KINDS.index(e["kind"]))
    slots = _own(network, "terminal_carriers", terminal_id).filter(
        (pl.col("kind") == "train") & pl.col("calls_per_year").is_not_null()
    )
    return [e["element_id"] for e in rows] + ([TRAIN_SLOT] if len(slots) else [])


def with_more(network: Network, terminal_id: str, more: Mapping[str, int]) -> Network:
    """Give a terminal more elements or train slots.

    Parameters
    ----------
    network : Network
        Network.
    terminal_id : str
        Terminal.
    more : mapping of str to int
        How many more, by element or by kind; of a kind, the element of the largest number
        grows. `train_slot` stands for one more train a day.

    Returns
    -------
    Network
        Network with more.

    Raises
    ------
    InputError
        The terminal has no such element or kind, or a number would fall below nothing.
    """
    elements = network.table("terminal_elements")
    own = _own(network, "terminal_elements", terminal_id)
    carriers = network.table("terminal_carriers")
    wrong: list[str] = []
    for name, number in more.items():
        if name == TRAIN_SLOT and TRAIN_SLOT in choices(network, terminal_id):
            slots = (
                (pl.col("terminal_id") == terminal_id)
                & (pl.col("kind") == "train")
                & pl.col("calls_per_year").is_not_null()
            )
            calls = pl.col("calls_per_year") + number * DAYS_PER_YEAR
            carriers = carriers.with_columns(
                pl.when(slots).then(calls).otherwise("calls_per_year").alias("calls_per_year")
            )
            if (carriers.filter(slots)["calls_per_year"] <= 0).any():
                wrong.append(f"{number} more {name} leaves no train slot")
            continue
        found = own.filter((pl.col("element_id") == name) | (pl.col("kind") == name))
        if found.is_empty():
            known = [*choices(network, terminal_id), *sorted(set(own["kind"]))]
            hint = did_you_mean(name, known) or f"it has {', '.join(known)}"
            wrong.append(f"{terminal_id} has no {name!r}; {hint}")
            continue
        row = found.sort("count", descending=True).row(0, named=True)
        if row["count"] + number < 0:
            wrong.append(f"{number} more {name} is less than none; it has {row['count']}")
        grows = pl.col("element_id") == row["element_id"]
        elements = elements.with_columns(
            pl.when(grows).then(pl.col("count") + number).otherwise("count").alias("count")
        )
    if wrong:
        raise InputError("; ".join(wrong))
    return network.with_tables(terminal_elements=elements, terminal_carriers=carriers)


def _own(network: Network, table: str, terminal_id: str) -> pl.DataFrame:
    return network.table(table).filter(pl.col("terminal_id") == terminal_id)
