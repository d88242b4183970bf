"""Hours that the network says a place takes, as surveys found them at the load of their time."""

from __future__ import annotations

from typing import Any

import numpy as np

from karwan.network import Network
from karwan.network.in_force import rows_in_force

__all__ = ["surveyed_hours"]

P95_OF_NORMAL = 1.645


def surveyed_hours(network: Network, kind: str, target: str) -> float:
    """Return the hours of the middle passage of a crossing, or of the middle handling at a node.

    Parameters
    ----------
    network : Network
        Network.
    kind : str
        crossing or node.
    target : str
        Identifier of it.

    Returns
    -------
    float
        Both sides of a crossing together; handling and dwell at a node; NaN if not known [h].
    """
    if kind == "crossing":
        year = network.as_of.year
        in_force = np.frombuffer(rows_in_force(network, "border_procedures", year), np.bool_)
        rows = network.table("border_procedures").filter(in_force).filter(crossing_id=target)
        by_side: dict[tuple[str, str], float] = {
            (row["country"], row["direction"]): _mean(row, "") for row in rows.iter_rows(named=True)
        }
        ways = [
            hours + by_side[other, "entry"]
            for (country, direction), hours in by_side.items()
            for other in {c for c, _ in by_side} - {country}
            if direction == "exit" and (other, "entry") in by_side
        ]
        return float(np.median(ways)) if ways else float("nan")
    rows = network.table("transfers").filter(node_id=target, from_form="container")
    times = [row["handling_h"] + _mean(row, "dwell_") for row in rows.iter_rows(named=True)]
    return float(np.median(times)) if times else float("nan")


def _mean(row: dict[str, Any], part: str) -> float:
    """Mean as surveyed, else that of a lognormal of the median and P95."""
    if row.get("mean_h") is not None:
        return float(row["mean_h"])
    median, high = row[f"{part}p50_h"] or 0.0, row[f"{part}p95_h"] or 0.0
    if median <= 0.0 or high <= median:
        return float(median)
    spread = np.log(high / median) / P95_OF_NORMAL
    return float(median * np.exp(0.5 * spread**2))
