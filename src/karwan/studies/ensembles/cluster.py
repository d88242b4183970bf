"""Draws on a Dask cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from karwan.errors import InputError, MissingExtra
from karwan.studies.ensembles.design import Draw
from karwan.studies.ensembles.job import Job, Outcome, run_draw
from karwan.studies.run import karwan_version

__all__ = ["SCHEDULER", "on_cluster"]

SCHEDULER = re.compile(r"^(tcp|tls|ws|wss)://[^\s/:]+:\d{1,5}$")
EXTRA = ("distributed", "cluster")
CONNECT_S, WORKERS_S = 10, 30
HINT = "start one with `dask scheduler` and workers with `dask worker ADDRESS`"


def on_cluster(job: Job, draws: Sequence[Draw], address: str) -> Iterator[Outcome]:
    """Run draws on a Dask cluster.

    The job goes to the scheduler once and from there once to each worker; a worker that joins
    or comes back gets it again. The draws of a lost worker are run by the others; a draw under
    which workers die again and again is reported as failed.

    Parameters
    ----------
    job : Job
        Network and study; must be picklable.
    draws : sequence of Draw
        Draws still to be run.
    address : str
        Address of the scheduler.

    Yields
    ------
    Outcome
        In the order in which they are ready.

    Raises
    ------
    MissingExtra
        `distributed` is not installed.
    InputError
        Nobody answers, there are no workers, or they run another version of karwan.
    """
    if find_spec("distributed") is None:
        raise MissingExtra(*EXTRA)
    dask: Any = import_module("distributed")
    with _connected(dask, address) as client:
        _refuse_other_versions(client, address)
        sent = client.submit(_same, job, key=f"karwan-job-{id(job)}", pure=False)
        futures = {client.submit(run_draw, sent, draw, pure=False): draw for draw in draws}
        for future in dask.as_completed(list(futures), loop=client.loop):
            draw = futures.pop(future)
            fault = future.exception()
            if fault is None:
                yield future.result()
            else:
                failed = f"{type(fault).__name__}: {fault}"
                yield Outcome(draw.number, {}, {}, failed)
            future.release()


def _same(job: Job) -> Job:
    return job


def _connected(dask: Any, address: str) -> Any:
    try:
        client = dask.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as fault:
        message = f"no Dask scheduler answers at {address}; {HINT}"
        raise InputError(message) from fault
    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
    except TimeoutError as fault:
        client.close()
        message = f"the Dask scheduler at {address} has no workers after {WORKERS_S} s; {HINT}"
        raise InputError(message) from fault
    return client


def _refuse_other_versions(client: Any, address: str) -> None:
    """Refuse workers whose karwan is missing or another one: numbers might differ."""
    try:
        versions = set(client.run(karwan_version).values())
    except Exception as fault:  # whatever keeps a worker from importing karwan
        message = f"the workers at {address} cannot run karwan: {fault}; install it on each of them"
        raise InputError(message) from fault
    if other := sorted(versions - {karwan_version()}):
        message = (
            f"workers at {address} run karwan {', '.join(other)}, this process "
            f"{karwan_version()}; install the same version on each of them"
        )
        raise InputError(message)
