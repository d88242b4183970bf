"""Terminals run side by side: one line of runs for all processors, from pilots to the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from karwan.terminals.build import Model
from karwan.terminals.replicate import PILOTS, Replication, pilot, replicate_once, warm_up_of

__all__ = ["Asked", "Found", "side_by_side"]

Kept = TypeVar("Kept")
Found = tuple[int, float, list[list[Kept]]]
"""Which terminal was asked for, its warm-up [h], and what was kept of each run: of itself, then
of each variant."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A terminal to run, and variants of it.

    Attributes
    ----------
    model : Model
        Terminal.
    replications : int
        Runs of it.
    variants : tuple of Model
        The terminal with something changed; they share its warm-up, and replication r of each
        sees the same calls, boxes and times.
    compared : int
        Runs of each variant.
    warm_h : float or None
        Warm-up; found by pilot runs of the terminal if None [h].
    """

    model: Model
    replications: int
    variants: tuple[Model, ...] = ()
    compared: int = 0
    warm_h: float | None = None


def side_by_side(
    asked: Sequence[Asked], keep: Callable[[Model, Replication], Kept], *, hours: float, seed: int
) -> Iterator[Found[Kept]]:
    """Run terminals on as many threads as there are processors, those of most traffic first.

    Pilots of all go first, so that no processor waits for the warm-up of another terminal. What
    is worth keeping of a run is taken by the thread that ran it, while others run on.

    Parameters
    ----------
    asked : sequence of Asked
        Terminals.
    keep : function
        What to keep of each run.
    hours : float
        Hours counted in each, after the warm-up.
    seed : int
        Seed of all.

    Yields
    ------
    tuple
        `Found`, as each terminal is done.
    """
    order = sorted(range(len(asked)), key=lambda i: asked[i].model.boxes_per_h, reverse=True)

    def run(model: Model, number: int, warm: float) -> Kept:
        return keep(model, replicate_once(model, number, seed, warm, hours))

    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        pilots = {
            i: [pool.submit(pilot, asked[i].model, number, seed) for number in PILOTS]
            for i in order
            if asked[i].warm_h is None
        }
        begun = []
        for i in order:
            own = asked[i]
            warm = own.warm_h
            if warm is None:
                warm = warm_up_of([seen.result() for seen in pilots[i]])
            wanted = [(own.model, own.replications), *((m, own.compared) for m in own.variants)]
            runs = [[pool.submit(run, m, r, warm) for r in range(n)] for m, n in wanted]
            begun.append((i, warm, runs))
        for i, warm, runs in begun:
            yield i, warm, [[seen.result() for seen in of_model] for of_model in runs]
    finally:
        pool.shutdown(cancel_futures=True)
