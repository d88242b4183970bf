"""Read days and hours as a user writes them."""

from __future__ import annotations

import datetime as dt

from karwan.errors import InputError
from karwan.network import Network

__all__ = ["parse_deadline", "read_departure"]

FIRST_DAY, LAST_DAY = dt.date(2015, 1, 1), dt.date(2060, 12, 31)
"""Days that are planned for."""
LAST_HOUR = dt.time(23, 59)


def read_departure(
    network: Network, depart: dt.datetime | dt.date | str | None
) -> tuple[dt.date, dt.time | None]:
    """Read the day of departure, and its hour if one is given.

    Parameters
    ----------
    network : Network
        Network, whose as-of date is the default.
    depart : datetime.datetime, datetime.date or str, optional
        As `plan` takes it.

    Returns
    -------
    day : datetime.date
        Local day.
    hour : datetime.time or None
        Local hour.

    Raises
    ------
    InputError
        It cannot be read, or lies out of the years that are planned for.
    """
    if isinstance(depart, str):
        depart = _moment(depart, "departure", "2025-11-15", "14:30")
    hour = None
    if isinstance(depart, dt.datetime):
        hour, depart = depart.timetz(), depart.date()
    day = depart if depart is not None else network.as_of
    if not FIRST_DAY <= day <= LAST_DAY:
        message = f"departure is {day}; it must lie between {FIRST_DAY} and {LAST_DAY}"
        raise InputError(message)
    return day, hour


def parse_deadline(deadline: dt.datetime | dt.date | str) -> dt.datetime:
    """Read a deadline: a day counts to its end.

    Parameters
    ----------
    deadline : datetime.datetime, datetime.date or str
        Day or time, with or without a zone.

    Returns
    -------
    datetime.datetime
        Moment, without a zone if none was given.

    Raises
    ------
    InputError
        It cannot be read.
    """
    if isinstance(deadline, str):
        deadline = _moment(deadline, "deadline", "2025-12-24", "18:00")
    if not isinstance(deadline, dt.datetime):
        deadline = dt.datetime.combine(deadline, LAST_HOUR)
    return deadline


def _moment(text: str, name: str, day: str, hour: str) -> dt.datetime | dt.date:
    """Read a day, or a day and an hour; `day` and `hour` are the example that an error shows."""
    text = text.strip()
    try:
        return (dt.date if len(text) == len(day) else dt.datetime).fromisoformat(text)
    except ValueError:
        message = (
            f"{name} is {text!r}; write the date as {day}, or with an hour of the day, "
            f"0:00 to 23:59, as {day}T{hour}"
        )
        raise InputError(message) from None
