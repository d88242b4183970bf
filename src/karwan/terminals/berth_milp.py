"""The program of the stays that are left, solved in a process that can be killed.

Sets: stays c (vessel v, berth b, from slot s to e); at each berth the slots at which stays begin
or end, in order, as nodes of a path.

Variables: x_c, whether a stay is taken; w_i, whether a berth idles between two nodes;
m_v, whether a vessel is missed.

(1) each vessel takes one stay, or is missed where that is allowed;
(2) a path leads through the nodes of each berth: what enters a node leaves it;
(3) the cost does not pass the limit.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from types import TracebackType
from typing import BinaryIO, Self, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from karwan.terminals.berth_stays import Stays
from karwan.terminals.berth_worker import Arrays, receive, send

__all__ = ["MilpProcess", "berth_program"]

HIGHS_SHARE = 0.9
"""Share of the time left that HiGHS is told; it overruns its limit, and is killed at the end."""


def berth_program(
    stays: Stays, left: NDArray[np.int32], limit: float, *, may_miss: bool = False
) -> Arrays:
    """Formulate the program of the stays that are left.

    Parameters
    ----------
    stays : Stays
        Stays.
    left : int32[n, 3]
        Berth, slot and vessel of those that may be taken.
    limit : float
        Cost that must not be passed.
    may_miss : bool
        Whether a vessel may go without a stay, at the ceiling of costs.

    Returns
    -------
    dict of str to array
        Cost, rows as a sparse matrix, their bounds; the first n variables are the stays.
    """
    b, s, v = (left[:, i].astype(np.int64) for i in range(3))
    width, n, n_vessels = stays.n_slots + 1, len(left), len(stays.vessels)
    e = stays.finish[b, s, v].astype(np.int64)
    node, at = np.unique(np.concatenate((b * width + s, b * width + e)), return_inverse=True)
    enters, leaves = at[:n], at[n:]
    berth = node // width
    idle = np.flatnonzero(berth[:-1] == berth[1:])
    k, wait = np.arange(n), n + np.arange(len(idle))
    first, last = np.ones(len(node)), np.ones(len(node))
    first[1:] = last[:-1] = berth[1:] != berth[:-1]
    missed = np.arange(n_vessels if may_miss else 0)
    without = np.full(len(missed), stays.ceiling)
    cost = np.concatenate((stays.cost[b, s, v], np.zeros(len(idle)), without))
    end_row, miss = n_vessels + len(node), n + len(idle) + missed
    rows = [v, n_vessels + enters, n_vessels + leaves, n_vessels + idle, n_vessels + idle + 1]
    rows += [np.full(n, end_row), missed, np.full(len(missed), end_row)]
    columns = [k, k, k, wait, wait, k, miss, miss]
    ones, waits = np.ones(n), np.ones(len(idle))
    values = [ones, ones, -ones, waits, -waits, cost[:n], np.ones(len(missed)), without]
    matrix = coo_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(end_row + 1, len(cost)),
    ).tocsr()
    balance = np.concatenate((np.ones(n_vessels), first - last))
    return {
        "cost": cost,
        "data": matrix.data,
        "indices": matrix.indices,
        "indptr": matrix.indptr,
        "shape": np.array(matrix.shape, float),
        "low": np.concatenate((balance, [-np.inf])),
        "high": np.concatenate((balance, [limit])),
    }


class MilpProcess:
    """A process that solves programs one after the other, and is killed when time is over."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End the process."""
        self.end()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process if it does not run, so that it is ready when it is asked."""
        if self._process is None:
            command = [sys.executable, "-m", "karwan.terminals.berth_worker"]
            self._process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._process

    def end(self) -> None:
        """Kill the process if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
            self._process = None

    def solve(self, program: Arrays, until: float) -> tuple[NDArray[np.float64] | None, float]:
        """Solve a program.

        Parameters
        ----------
        program : dict of str to array
            Program of `berth_program`.
        until : float
            Time of `time.monotonic` at which the process is killed.

        Returns
        -------
        (float64[n] or None, float)
            Best solution found, if any; lower bound proven, -inf if none, inf if infeasible.
        """
        found = self._ask(program, until)
        if found is None:
            return None, -np.inf
        return (found["x"] if len(found["x"]) else None), float(found["bound"])

    def relax(self, program: Arrays, until: float) -> tuple[NDArray[np.float64], float] | None:
        """Solve a program without its last row, parts of stays being allowed.

        Parameters
        ----------
        program : dict of str to array
            Program of `berth_program`.
        until : float
            Time of `time.monotonic` at which the process is killed.

        Returns
        -------
        (float64[n_rows - 1], float) or None
            Prices of the rows, and the cost; None if time was too short.
        """
        found = self._ask({**program, "relaxed": np.ones(1)}, until)
        return (found["price"], float(found["cost"])) if found and len(found["price"]) else None

    def _ask(self, program: Arrays, until: float) -> Arrays | None:
        """Send a program and wait for the answer; None if the process had to be killed."""
        process = self.start()
        left = until - time.monotonic()
        timer = threading.Timer(max(left, 0.01), process.kill)
        timer.start()
        try:
            limit = np.array(max(HIGHS_SHARE * left - 0.5, 0.1))
            send(cast(BinaryIO, process.stdin), {**program, "limit": limit})
            found = receive(cast(BinaryIO, process.stdout))
        except (BrokenPipeError, ValueError):
            found = None
        finally:
            timer.cancel()
        if found is None:
            self.end()
        return found
