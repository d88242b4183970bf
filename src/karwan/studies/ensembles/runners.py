"""Runners: draws in this process or on local processes. Each yields outcomes as they come."""

from __future__ import annotations

import multiprocessing
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from karwan.studies.ensembles.design import Draw
from karwan.studies.ensembles.job import Job, Outcome, run_draw

__all__ = ["DEATHS", "Runner", "in_process", "local_processes"]

Runner = Callable[[Job, Sequence[Draw]], Iterator[Outcome]]
DEATHS = 3
"""A draw whose process dies this often is reported as failed."""


def in_process(job: Job, draws: Sequence[Draw]) -> Iterator[Outcome]:
    """Run draws one after the other in this process."""
    for draw in draws:
        yield run_draw(job, draw)


def local_processes(job: Job, draws: Sequence[Draw], workers: int) -> Iterator[Outcome]:
    """Run draws on processes of this machine.

    Each process gets the job once, when it starts. If one dies, the draws under way are run
    again by new ones; a draw that was under way at `DEATHS` such ends is run alone, and is
    reported as failed if its process dies once more.

    Parameters
    ----------
    job : Job
        Network and study; must be picklable.
    draws : sequence of Draw
        Draws still to be run.
    workers : int
        Processes, at least 1.

    Yields
    ------
    Outcome
        In the order in which they are ready.
    """
    deaths: Counter[int] = Counter()
    todo = deque(draws)
    while todo:
        suspect = deaths[todo[0].number] >= DEATHS
        batch = deque([todo.popleft()]) if suspect else todo
        left: list[Draw] = []
        yield from _until_broken(job, batch, workers, left)
        for draw in left:
            deaths[draw.number] += 1
            if deaths[draw.number] > DEATHS:
                failed = f"the process that ran it died {deaths[draw.number]} times"
                yield Outcome(draw.number, {}, {}, failed)
            else:
                todo.append(draw)
        todo = deque(sorted(todo, key=lambda draw: (deaths[draw.number], draw.number)))


def _until_broken(job: Job, todo: deque[Draw], workers: int, left: list[Draw]) -> Iterator[Outcome]:
    """Run draws until all are done, or until a process dies: `left` then were under way."""
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, spawn, initializer=_start, initargs=(job,))
    under_way: dict[Future[Outcome], Draw] = {}
    try:
        while todo or under_way:
            while todo and len(under_way) < 2 * workers:
                under_way[pool.submit(_run, todo[0])] = todo[0]
                todo.popleft()
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                outcome = future.result()
                del under_way[future]
                yield outcome
    except BrokenProcessPool:
        for future, draw in under_way.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                yield future.result()
            else:
                left.append(draw)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_JOB: list[Job] = []
"""The job of this worker process; filled once when it starts."""


def _start(job: Job) -> None:
    _JOB[:] = [job]


def _run(draw: Draw) -> Outcome:
    return run_draw(_JOB[0], draw)
