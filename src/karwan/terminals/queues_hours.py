"""Weekly hours in which servers work, from the words of a user or the tables of a network."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karwan.errors import InputError
from karwan.network import Network
from karwan.schema.check import did_you_mean

__all__ = ["WEEK_H", "week_spans", "weekly_hours"]

Floats = NDArray[np.float64]
WEEK_H, DAY_H = 168.0, 24.0
ALL_DAYS = "1234567"
HOURS = re.compile(r"(?:(?P<days>\d+)\s+)?(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


def weekly_hours(texts: Sequence[str], network: Network | None = None) -> tuple[Floats, Floats]:
    """Read when servers work.

    Parameters
    ----------
    texts : sequence of str
        Each as ``08:00-18:00`` for every day or ``12345 08:00-18:00`` for some ISO weekdays; a
        closing hour before the opening one is that of the next day. Or the identifier of a row
        of `opening_hours`.
    network : Network, optional
        Where such rows are looked up.

    Returns
    -------
    opens, closes : float64[n]
        Hours since Monday 00:00, in order and apart.

    Raises
    ------
    InputError
        If some text cannot be read or never opens; all problems at once.
    """
    known = {}
    if network is not None:
        table = network.table("opening_hours")
        known = {row["hours_id"]: row for row in table.iter_rows(named=True)}
    rows, problems = [], []
    for text in texts:
        found = known.get(text) or _row(text)
        if isinstance(found, str):
            near = did_you_mean(text, sorted(known)) if ":" not in text else ""
            problems.append(f"hours {text!r} {found}" + (f"; {near}" if near else ""))
        else:
            rows.append(found)
    if problems or not rows:
        raise InputError(problems or "the hours never open; write some, as 08:00-18:00")
    return week_spans(rows)


def _row(text: str) -> Mapping[str, Any] | str:
    """Return a text as a row of opening hours, or what is wrong with it."""
    match = HOURS.fullmatch(text.strip())
    if match is None:
        return "cannot be read; write 08:00-18:00, 12345 08:00-18:00 or a row of opening_hours"
    days = match["days"] or ALL_DAYS
    if set(days) - set(ALL_DAYS) or len(set(days)) < len(days):
        return f"has days {days}; write each ISO weekday once, as 12345"
    first_h, first_min, last_h, last_min = (int(x) for x in match.groups()[1:])
    opens, closes = first_h + first_min / 60, last_h + last_min / 60
    if max(first_min, last_min) > 59 or max(opens, closes) > DAY_H:
        return "has an hour that no clock shows; write 00:00 to 24:00"
    if opens == closes or (opens == DAY_H and closes == 0):
        return "never open; round the clock is 00:00-24:00"
    return {"days": days, "opens_h": opens, "closes_h": closes}


def week_spans(rows: Sequence[Mapping[str, Any]]) -> tuple[Floats, Floats]:
    """Join rows of hours into spans of one week.

    Parameters
    ----------
    rows : sequence of mapping
        Each with ``days``, ``opens_h`` and ``closes_h``, as in `opening_hours`.

    Returns
    -------
    opens, closes : float64[n]
        Hours since Monday 00:00, in order and apart; what passes the end of Sunday goes on at 0.
    """
    spans: list[tuple[float, float]] = []
    for row in rows:
        for day in row["days"]:
            start = (int(day) - 1) * DAY_H + row["opens_h"]
            length = (row["closes_h"] - row["opens_h"]) % DAY_H or DAY_H
            spans.append((start, min(start + length, WEEK_H)))
            if start + length > WEEK_H:
                spans.append((0.0, start + length - WEEK_H))
    joined: list[list[float]] = []
    for opens, closes in sorted(spans):
        if joined and opens <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], closes)
        else:
            joined.append([opens, closes])
    found = np.array(joined)
    return np.ascontiguousarray(found[:, 0]), np.ascontiguousarray(found[:, 1])
