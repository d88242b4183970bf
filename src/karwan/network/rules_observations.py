"""Rules of observations, and reading a file of them."""

from __future__ import annotations

from collections.abc import Iterator

from karwan.errors import Problem
from karwan.network.network import Network

__all__ = ["RULES"]

BARE = "distance"
"""Kind of observations of which only the length of the way was published."""


def an_observation_says_something(network: Network) -> Iterator[Problem]:
    """Yield observations with neither time nor cost, except those of a distance alone."""
    for row in network.table("observations").iter_rows(named=True):
        key, silent = row["observation_id"], row["cost_usd_per_unit"] is None
        silent &= row["time_low_days"] is None and row["time_high_days"] is None
        if row["kind"] == BARE and not silent:
            hint = "say what kind of time or cost it is"
            yield Problem("observations", key, "kind", value=repr(BARE), hint=hint)
        elif row["kind"] == BARE and row["distance_km"] is None:
            message, hint = "it has no distance", f"give distance_km, or another kind than {BARE}"
            yield Problem("observations", key, "", message, hint=hint)
        elif row["kind"] != BARE and silent:
            message = "it has neither time nor cost"
            hint = f"give time_low_days or cost_usd_per_unit; its kind is {BARE} if it has no more"
            yield Problem("observations", key, "", message, hint=hint)


def a_published_range_rises(network: Network) -> Iterator[Problem]:
    """Yield observations whose longer time is missing its shorter one, or is below it."""
    for row in network.table("observations").iter_rows(named=True):
        low, high = row["time_low_days"], row["time_high_days"]
        if high is not None and (low is None or high < low):
            shown = "missing" if low is None else f"{low:g} d"
            hint = f"it must be at least time_low_days ({shown})"
            key, value = row["observation_id"], f"{high:g} d"
            yield Problem("observations", key, "time_high_days", value=value, hint=hint)


def modes_of_observations_exist(network: Network) -> Iterator[Problem]:
    """Yield observations by modes that the network does not have."""
    known = set(network.table("modes")["mode"])
    for row in network.table("observations").iter_rows(named=True):
        wrong = sorted(set((row["by"] or "").split("|")) - known - {""})
        if wrong:
            message, hint = "which is no mode", f"the modes are {', '.join(sorted(known))}"
            value = repr(", ".join(wrong))
            yield Problem("observations", row["observation_id"], "by", message, value, hint)


RULES = (
    an_observation_says_something,
    a_published_range_rises,
    modes_of_observations_exist,
)
