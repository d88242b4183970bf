"""How long goods wait for a service besides the wait for its next departure."""

from __future__ import annotations

from functools import lru_cache

from karwan.network import Network
from karwan.routing.calendar import DayState
from karwan.routing.costs import HOURS_PER_WEEK

__all__ = ["headway_h"]

HOURS_PER_DAY = 24.0


@lru_cache(maxsize=64)
def _by_day(network: Network) -> frozenset[tuple[str, str]]:
    """Return the services and places of which the day of departure is known and the hour is not."""
    rows = network.table("timetables")
    rows = rows.filter(rows["departs_h"].is_null())
    return frozenset(rows.select("service_id", "node_id").iter_rows())


def headway_h(
    network: Network, state: DayState, service_id: str, node_id: str, per_week: float
) -> float:
    """Return the span in which a service leaves at any moment, as far as its goods know.

    Half of it is the mean wait, and its square over 12 the variance. Where a timetable is kept
    the search itself finds the next departure, and nothing is left to wait; where only the day
    is published goods are there as the day begins and leave at any hour of it.

    Parameters
    ----------
    network : Network
        Network.
    state : DayState
        What is kept on the day.
    service_id, node_id : str
        Service, and the place that it leaves.
    per_week : float
        Departures a week [1/week].

    Returns
    -------
    float
        Week over departures without a timetable, 24 where only the day is known, else 0 [h].
    """
    if ("timetable", f"{service_id}:{node_id}") not in state.timed:
        return HOURS_PER_WEEK / per_week
    return HOURS_PER_DAY if (service_id, node_id) in _by_day(network) else 0.0
