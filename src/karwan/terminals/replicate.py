"""Replications of a terminal run: seeds, warm-up, and threads."""

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

__all__ = ["Replication", "mser5", "replicate", "replicate_all", "warm_up_h"]

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

    Replication r of a seed has the same key whatever the model: calls, boxes and times of one
    that has a berth more are the same (common random numbers).

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
    return replicate_all([model], replications, seed, warm_h, hours)[0]


def replicate_all(
    models: Sequence[Model], replications: Sequence[int], seed: int, warm_h: float, hours: float
) -> list[list[Replication]]:
    """Run the same replications of several terminals, so that no processor waits between them.

    Parameters
    ----------
    models : sequence of Model
        Terminals.
    replications : sequence of int
        Numbers of the replications of each.
    seed : int
        Seed of the study.
    warm_h, hours : float
        Warm-up, whole half hours, and what is counted after it [h].

    Returns
    -------
    list of list of Replication
        By terminal, in order.
    """
    from karwan.kernels.terminal_loop import run_terminal  # noqa: PLC0415

    loop: Callable[..., tuple[NDArray[Any], ...]] = run_terminal

    def run(job: tuple[Model, int]) -> Replication:
        model, number = job
        calls = sum(hours / row[c.INTERVAL] for row in model.carrier if row[c.INTERVAL] > 0.0)
        n_records = int(2 * calls + 200)
        words = np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)
        n, level, tally, hist, record, series = loop(
            words[0], warm_h, warm_h + hours, *model.given, model.n_boxes, n_records
        )
        after = series[int(warm_h / c.TICK) :]
        return Replication(hours, n, level, tally, hist, record[: n[c.RECORDS]], after)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = pool.map(run, [(m, r) for m in models for r in replications])
        return [[next(found) for _ in replications] for _ in models]


def warm_up_h(model: Model, seed: int) -> float:
    """Find the warm-up: MSER-5 of the boxes in the terminal, mean of pilot runs from empty.

    Calls that wait, trucks that wait and boxes in the yard all start at nothing; the boxes in
    the terminal take longest to fill. Without boxes, calls and trucks that wait are looked at.

    Parameters
    ----------
    model : Model
        Terminal.
    seed : int
        Seed of the study.

    Returns
    -------
    float
        Whole days [h].
    """
    pilots = replicate(model, PILOTS, seed, 0.0, PILOT_DAYS * 24.0)
    columns = [c.IN_SYSTEM] if model.flows else [c.CALLS_WAITING]
    seen = np.mean([run.series[:, columns].sum(axis=1) for run in pilots], axis=0)
    return 24.0 * math.ceil(mser5(seen) * c.TICK / 24.0)


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
