"""The traffic of a terminal in each year of the demand, from the assignment of trade."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.studies.assign import assign
from karwan.studies.simulate import find_terminal

__all__ = ["traffic_by_year"]


def traffic_by_year(
    network: Network,
    terminal: str,
    scenario: str | Sequence[str] = (),
    depart: dt.date | None = None,
) -> dict[int, float]:
    """Assign the trade of every year and return what a terminal gets of it.

    What flows through the place, local traffic that is not in demand included, is shared by its
    terminals as today. A hard capacity is never exceeded: what it turns away is not in the path.

    Parameters
    ----------
    network : Network
        Network with terminals, capacities and demand.
    terminal : str
        Terminal, as `simulate` takes it.
    scenario : str or sequence of str
        Scenarios or measures laid over the network.
    depart : datetime.date, optional
        Date whose state lasts.

    Returns
    -------
    dict of int to float
        Traffic by year [TEU/year].

    Raises
    ------
    InputError
        The terminal is unknown, or names no capacity.
    """
    name = find_terminal(network, terminal)
    table = network.table("terminals")
    row = table.filter(terminal_id=name).row(0, named=True)
    if row["capacity_id"] is None:
        message = (
            f"{name} names no capacity, so that no assignment loads it; give it a capacity_id, "
            "or traffic by year in a file"
        )
        raise InputError(message)
    mates = table.filter(capacity_id=row["capacity_id"])["throughput_teu_per_year"].sum()
    part = row["throughput_teu_per_year"] / mates
    found = {}
    for year in sorted(set(network.table("demand")["year"].to_list())):
        flows = assign(network, year=year, scenario=scenario, depart=depart)
        place = flows.places.filter(pl.col("capacity_id") == row["capacity_id"])
        found[int(year)] = float(place["through_teu"][0]) * part
    return found
