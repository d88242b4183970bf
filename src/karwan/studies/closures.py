"""How often borders, ports and straits shut, and for how long."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.routing.calendar import Target
from karwan.routing.closure_risk import ClosureGroup, closure_groups
from karwan.routing.targets import target_name
from karwan.studies.run import Run, karwan_version

__all__ = ["ClosureRisk", "closures"]

SOON, LATER = 30.0, 90.0
"""Days within which a place that is shut may reopen."""


@dataclass(frozen=True, eq=False)
class ClosureRisk:
    """Closure risk of every place that is watched.

    Attributes
    ----------
    run : Run
        Stamp.
    groups : polars.DataFrame
        One row a group: years watched, events, events a year and lengths with 90 % intervals.
    places : polars.DataFrame
        One row a place: closures a year, probability that an event of its group shuts it, share
        of days shut, and what is to be expected if it is shut.
    together : polars.DataFrame
        One row an event: first and last day, and the places it shut.
    """

    run: Run
    groups: pl.DataFrame
    places: pl.DataFrame
    together: pl.DataFrame
    found: tuple[ClosureGroup, ...] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the tables as plain values."""
        tables = {"groups": self.groups, "places": self.places, "events": self.together}
        rows = {
            name: [
                {k: str(v) if isinstance(v, dt.date) else v for k, v in row.items()}
                for row in table.iter_rows(named=True)
            ]
            for name, table in tables.items()
        }
        run = {"karwan_version": self.run.karwan_version, "network": self.run.network}
        run |= {"fingerprint": self.run.fingerprint, "on": str(self.run.depart)}
        return {"schema": "karwan.closures/1", "run": run, **rows}


def closures(
    network: Network, *, on: dt.date | None = None, target: str | None = None
) -> ClosureRisk:
    """Learn how often watched places shut and for how long, as known on a day.

    Parameters
    ----------
    network : Network
        Network with `closures` and `closure_watch`.
    on : datetime.date, optional
        Later closures are not used; the network's as-of date if not given.
    target : str, optional
        Identifier or name of one place; all if not given.

    Returns
    -------
    ClosureRisk
        Tables with 90 % intervals.

    Raises
    ------
    InputError
        The place is not watched, or nothing is watched on that day.
    """
    day = on or network.as_of
    found = closure_groups(network, day)
    if not found:
        message = f"nothing is watched for closures on {day}; `closure_watch` says from when"
        raise InputError(message)
    if target is not None:
        wanted = target.strip().casefold()
        found = tuple(g for g in found if any(wanted in _names(network, t) for t in g.targets))
        if not found:
            message = f"{target!r} is not watched for closures; `karwan closures` lists what is"
            raise InputError(message)
    options = {"target": target}
    run = Run(
        karwan_version(), network.name, network.fingerprint, (), day, network.price_year, options
    )
    groups = [_group_row(g) for g in found]
    places = [_place_row(network, g, t, day) for g in found for t in g.targets]
    together = [row for g in found for row in _event_rows(network, g)]
    return ClosureRisk(
        run,
        pl.DataFrame(groups, infer_schema_length=None),
        pl.DataFrame(places, infer_schema_length=None),
        pl.DataFrame(together, schema=["group", "event", "starts", "places"], orient="row"),
        found,
    )


def _names(network: Network, target: Target) -> set[str]:
    return {target[1].casefold(), target_name(network, *target).casefold()}


def _group_row(group: ClosureGroup) -> dict[str, Any]:
    rate, low, high = group.rate
    p50, p50_low, p50_high = group.lengths.percentile_interval(0.5)
    p90, p90_low, p90_high = group.lengths.percentile_interval(0.9)
    return {
        "group": group.name,
        "years_watched": group.years,
        "events": group.n_events,
        "per_year": rate,
        "per_year_low": low,
        "per_year_high": high,
        "length_p50_d": p50,
        "length_p50_low_d": p50_low,
        "length_p50_high_d": p50_high,
        "length_p90_d": p90,
        "length_p90_low_d": p90_low,
        "length_p90_high_d": p90_high,
    }


def _place_row(
    network: Network, group: ClosureGroup, target: Target, day: dt.date
) -> dict[str, Any]:
    rate, low, high = group.target_rate(target)
    share, share_low, share_high = group.participation(target)
    row: dict[str, Any] = {
        "group": group.name,
        "target_kind": target[0],
        "target": target[1],
        "name": target_name(network, *target),
        "closures": group.hits(target),
        "per_year": rate,
        "per_year_low": low,
        "per_year_high": high,
        "shut_in_event": share,
        "shut_in_event_low": share_low,
        "shut_in_event_high": share_high,
        "share_of_days_shut": group.shut_days[target] / (group.years * 365.25),
        "shut_since": None,
        "last_look": None,
        "more_days_p50": None,
        "more_days_p90": None,
        "reopens_in_30_d": None,
        "reopens_in_90_d": None,
    }
    if target in group.ongoing:
        since, look = group.ongoing[target]
        age = float((day - since).days)
        lengths = group.lengths.uncounted((look - since).days + 1.0)
        row |= {
            "shut_since": since,
            "last_look": look,
            "more_days_p50": lengths.percentile(0.5, age),
            "more_days_p90": lengths.percentile(0.9, age),
            "reopens_in_30_d": 1 - lengths.left(age, SOON),
            "reopens_in_90_d": 1 - lengths.left(age, LATER),
        }
    return row


def _event_rows(network: Network, group: ClosureGroup) -> list[tuple[str, str, dt.date, str]]:
    rows = network.table("closures").filter(pl.col("event").is_in(list(group.events)))
    first = dict(rows.group_by("event").agg(pl.col("starts").min()).iter_rows())
    return [
        (group.name, event, first[event], ", ".join(target_name(network, *t) for t in shut))
        for event, shut in sorted(group.events.items(), key=lambda item: first[item[0]])
    ]
