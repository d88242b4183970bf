"""Rules of observations, and reading a file of them."""

from __future__ import annotations

from collections.abc import Iterator

from karwan.errors import Problem
from karwan.network.network import Network

__all__ = ["RULES"]

PUBLISHED = ("distance_km", "time_low_days", "cost_usd_per_unit")


def an_observation_says_something(network: Network) -> Iterator[Problem]:
    """Yield observations with neither distance nor time nor cost."""
    for row in network.table("observations").iter_rows(named=True):
        if all(row[c] is None for c in PUBLISHED):
            message = "it has neither time nor cost nor distance"
            hint = f"give one of {', '.join(PUBLISHED)}, or leave the row out"
            yield Problem("observations", row["observation_id"], "", message, hint=hint)


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
