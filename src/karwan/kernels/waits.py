"""Waits at servers that keep weekly hours, first come, first served."""

import numpy as np
from numba import njit

__all__ = ["open_from", "waits_in_hours", "work_until"]

WEEK_H = 168.0


@njit(cache=True)
def open_from(opens, closes, moment):
    """Return the first open moment from a moment on.

    Parameters
    ----------
    opens, closes : float64[n]
        Open spans of a week in order and apart [h since Monday 00:00].
    moment : float
        Earliest moment [h].

    Returns
    -------
    float
        Moment [h].
    """
    week = np.floor(moment / WEEK_H) * WEEK_H
    at = moment - week
    for i in range(len(opens)):
        if at < closes[i]:
            return week + max(at, opens[i])
    return week + WEEK_H + opens[0]


@njit(cache=True)
def work_until(opens, closes, moment, work):
    """Return when work is done that begins at an open moment and rests while shut.

    Parameters
    ----------
    opens, closes : float64[n]
        Open spans of a week in order and apart [h since Monday 00:00].
    moment : float
        Open moment at which it begins [h].
    work : float
        Work [h].

    Returns
    -------
    float
        Moment [h].
    """
    week = np.floor(moment / WEEK_H) * WEEK_H
    i = 0
    while i < len(opens) - 1 and moment - week >= closes[i]:
        i += 1
    while True:
        left = week + closes[i] - moment
        if work <= left:
            return moment + work
        work -= left
        i += 1
        if i == len(opens):
            i, week = 0, week + WEEK_H
        moment = week + opens[i]


@njit(cache=True)
def waits_in_hours(arrivals, service, servers, opens, closes, rests):
    """Return how long each of those who come waits until a server takes it.

    Kiefer and Wolfowitz (1955): whoever comes next takes the server that is free first.

    Parameters
    ----------
    arrivals : float64[n]
        Moments of arrival in order [h since a Monday 00:00].
    service : float64[n]
        Work for each [h].
    servers : int
        Number of servers.
    opens, closes : float64[k]
        Open spans of a week in order and apart [h since Monday 00:00].
    rests : bool
        Work that is not done at closing time rests until the servers open again; else it is
        finished, and only the next must wait.

    Returns
    -------
    float64[n]
        Waits [h].
    """
    free = np.zeros(servers)
    waits = np.empty(len(arrivals))
    for n in range(len(arrivals)):
        first = 0
        for k in range(1, servers):
            if free[k] < free[first]:
                first = k
        begins = open_from(opens, closes, max(arrivals[n], free[first]))
        waits[n] = begins - arrivals[n]
        if rests:
            free[first] = work_until(opens, closes, begins, service[n])
        else:
            free[first] = begins + service[n]
    return waits
