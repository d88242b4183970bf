"""Replications of a terminal run: seeds, and the warm-up that they drop."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karwan.kernels import terminal_layout as c
from karwan.terminals.build import Model

__all__ = [
    "PILOTS",
    "Replication",
    "mser5",
    "pilot",
    "replicate",
    "replicate_once",
    "warm_up_of",
]

PILOTS, PILOT_DAYS = range(1_000_000, 1_000_004), 120
BATCH = 5


@dataclass(frozen=True, eq=False)
class Replication:
    """What one run of the event loop left behind; columns as in `kernels.terminal_layout`.

    Attributes
    ----------
    hours : float
        Hours after the warm-up.
    n, level, tally, hist, record, series : numpy.ndarray
        As `run_terminal` returns them; the series without the warm-up.
    """

    hours: float
    n: NDArray[np.int64]
    level: NDArray[np.float64]
    tally: NDArray[np.float64]
    hist: NDArray[np.int64]
    record: NDArray[np.float64]
    series: NDArray[np.float32]


def replicate(
    model: Model, replications: Sequence[int], seed: int, warm_h: float, hours: float
) -> list[Replication]:
    """Run replications of a terminal, on as many threads as there are processors.

    Parameters
    ----------
    model : Model
        Terminal.
    replications : sequence of int
        Numbers of the replications.
    seed : int
        Seed of the study.
    warm_h, hours : float
        Warm-up, whole half hours, and what is counted after it [h].

    Returns
    -------
    list of Replication
        In order.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda r: replicate_once(model, r, seed, warm_h, hours), replications))


def replicate_once(
    model: Model, number: int, seed: int, warm_h: float, hours: float
) -> Replication:
    """Run a terminal once; other threads may work meanwhile.

    Replication r of a seed has the same key whatever the model: calls, boxes and times of one
    that has a berth more are the same (common random numbers).

    Parameters
    ----------
    model : Model
        Terminal.
    number : int
        Number of the replication.
    seed : int
        Seed of the study.
    warm_h, hours : float
        Warm-up, whole half hours, and what is counted after it [h].

    Returns
    -------
    Replication
        What the run left behind.
    """
    from karwan.kernels.terminal_loop import run_terminal  # noqa: PLC0415

    loop: Callable[..., tuple[NDArray[Any], ...]] = run_terminal
    calls = sum(hours / row[c.INTERVAL] for row in model.carrier if row[c.INTERVAL] > 0.0)
    n_records = int(2 * calls + 200)
    words = np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)
    n, level, tally, hist, record, series = loop(
        words[0], warm_h, warm_h + hours, *model.given, model.n_boxes, n_records
    )
    after = series[int(warm_h / c.TICK) :]
    return Replication(hours, n, level, tally, hist, record[: n[c.RECORDS]], after)


def pilot(model: Model, number: int, seed: int) -> NDArray[np.floating]:
    """Run a terminal once from empty and look at what takes longest to fill.

    Calls that wait, trucks that wait and boxes in the yard all start at nothing; the boxes in
    the terminal take longest. Without boxes, calls that wait are looked at.

    Parameters
    ----------
    model : Model
        Terminal.
    number : int
        Number of the run, of `PILOTS`.
    seed : int
        Seed of the study.

    Returns
    -------
    float[n_looks]
        Boxes, or calls, at each half hour.
    """
    run = replicate_once(model, number, seed, 0.0, PILOT_DAYS * 24.0)
    columns = [c.IN_SYSTEM] if model.flows else [c.CALLS_WAITING]
    seen: NDArray[np.floating] = run.series[:, columns].sum(axis=1)
    return seen


def warm_up_of(pilots: Sequence[NDArray[np.floating]]) -> float:
    """Find the warm-up: MSER-5 of the mean of pilot runs.

    Parameters
    ----------
    pilots : sequence of float[n_looks]
        What each pilot saw.

    Returns
    -------
    float
        Whole days [h].
    """
    return 24.0 * math.ceil(mser5(np.mean(pilots, axis=0)) * c.TICK / 24.0)


def mser5(series: NDArray[np.floating]) -> int:
    """Return how many observations to drop by the rule MSER-5 (White, Cobb and Spratt 2000).

    Of all cuts that leave at least half of the means of batches of five, the one whose rest has
    the smallest variance over its number is taken.

    Parameters
    ----------
    series : float[n]
        Observations.

    Returns
    -------
    int
        Number of observations to drop.
    """
    n = len(series) // BATCH
    means = np.asarray(series[: n * BATCH], np.float64).reshape(n, BATCH).mean(axis=1)
    left = np.arange(n, 0, -1)
    sums, squares = np.cumsum(means[::-1])[::-1], np.cumsum(means[::-1] ** 2)[::-1]
    judged = (squares - sums**2 / left) / left**2
    return int(np.argmin(judged[: n // 2 + 1])) * BATCH
