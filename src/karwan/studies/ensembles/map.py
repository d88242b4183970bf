"""Map a study over draws of uncertain inputs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from karwan.errors import InputError, RouteNotFound
from karwan.network import Network
from karwan.scenarios import apply_scenario, uncertain_network
from karwan.schema.check import did_you_mean
from karwan.studies.ensembles.cluster import SCHEDULER, on_cluster
from karwan.studies.ensembles.design import Draw, hypercube, pick_freeze, seeded
from karwan.studies.ensembles.job import Job, Outcome
from karwan.studies.ensembles.record import Record
from karwan.studies.ensembles.result import Ensemble
from karwan.studies.ensembles.runners import in_process, local_processes
from karwan.studies.ensembles.studies import STUDIES, UNREAD
from karwan.studies.run import Run, karwan_version

__all__ = ["ensemble"]

FEWEST_DRAWS, MOST_DRAWS, MOST_WORKERS = 2, 1_000_000, 1024
Progress = Callable[[int, int], None]


def ensemble(
    network: Network,
    study: str | Callable[..., Any],
    *,
    draws: int = 200,
    seed: int = 0,
    sobol: bool = False,
    scenario: str | Sequence[str] = (),
    factors: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    workers: int = 1,
    cluster: str | None = None,
    out: Path | str | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Map a study over draws of uncertain inputs.

    The scenario is laid over the network first, then each draw moves the cells that the table
    `uncertainties` names. The numbers are the same to the last bit in this process, on local
    processes and on a cluster.

    Parameters
    ----------
    network : Network
        Network as it stands.
    study : str or callable
        ``plan``, ``resilience``, ``assign``, ``rank``, ``volumes``, or a function from a network
        to a mapping of numbers or to a result with a `summary`; other processes must be able to
        import it. If it has a parameter `seed`, it gets the seed of each draw.
    draws : int
        Points of a Latin hypercube, at least 2; with `sobol` pairs of points, each of which
        takes two runs and one for each factor.
    seed : int
        Seed of the design, not negative.
    sobol : bool
        Draw a design for first-order and total Sobol indices by pick and freeze.
    scenario : str or sequence of str
        Scenarios or measures.
    factors : sequence of str
        Uncertain inputs to draw, the others stay as they are; all that the study reads if empty.
    options : mapping, optional
        Options of the study by name, as plain values.
    workers : int
        Processes of this machine; 1 stays in this process.
    cluster : str, optional
        Address of a Dask scheduler, ``tcp://HOST:8786``, to run on instead.
    out : Path or str, optional
        Folder that keeps each outcome as it comes; the same call goes on from what is there.
    progress : callable, optional
        Called with draws done and draws in all.

    Returns
    -------
    Ensemble
        Intervals, shares and sensitivity. Draws that failed are listed, the others kept.

    Raises
    ------
    InputError
        Arguments that make no sense, all of them named; a cluster that is not there; a folder
        of another ensemble; or not one draw that worked. The study runs on the network as it
        stands first, and what is wrong with its options is raised as the study raises it.
    ScenarioError
        Scenarios that are unknown or clash, factors that are unknown, or a network without
        uncertainties.
    MissingExtra
        A cluster is named but `distributed` is not installed.

    Examples
    --------
    >>> import karwan
    >>> atlas = karwan.open_atlas()
    >>> asked = {"origin": "Karaganda", "destination": "Mombasa", "teu": 20}
    >>> found = karwan.ensemble(atlas, "plan", draws=200, options=asked)  # doctest: +SKIP
    """
    _refuse(study, draws, seed, workers, cluster)
    options = dict(options or {})
    plain = json.loads(json.dumps(options, default=str))
    if isinstance(study, str):
        options = plain
    names = (scenario,) if isinstance(scenario, str) else tuple(scenario)
    unread = UNREAD.get(study, ()) if isinstance(study, str) else ()
    uncertain = uncertain_network(apply_scenario(network, names), factors, unread=unread)
    make = pick_freeze if sobol else hypercube
    shares = make(draws, len(uncertain.factors), seed)
    asked = {
        "study": study if isinstance(study, str) else _called(study),
        "study_options": plain,
        "draws": draws,
        "design": "pick-freeze" if sobol else "latin-hypercube",
        "seed": seed,
        "factors": list(uncertain.factors),
    }
    run = Run(
        karwan_version(),
        network.name,
        network.fingerprint,
        names,
        network.as_of,
        network.price_year,
        asked,
    )
    stamp = {
        "karwan_version": run.karwan_version,
        "fingerprint": run.fingerprint,
        "scenario": list(names),
        **asked,
    }
    record = Record(Path(out), stamp) if out is not None else None
    job = Job(uncertain, study, options)
    base = _as_it_stands(job, seed)
    outcomes = _gather(job, seeded(shares, seed), workers, cluster, record, progress)
    if all(o.failed for o in outcomes):
        message = f"all {len(outcomes)} draws failed, the first by {outcomes[0].failed}"
        raise InputError(message)
    return Ensemble(run, uncertain.factors, shares, base, tuple(outcomes), sobol)


def _as_it_stands(job: Job, seed: int) -> Outcome:
    """Run the study before any draw, so that a wrong question is told at once.

    A route that does not exist today may exist in a draw, and the other way round.
    """
    try:
        numbers, words = job.run(job.uncertain.network, seed)
    except RouteNotFound as fault:
        return Outcome(-1, {}, {}, str(fault))
    return Outcome(-1, numbers, words)


def _gather(
    job: Job,
    draws: list[Draw],
    workers: int,
    cluster: str | None,
    record: Record | None,
    progress: Progress | None,
) -> list[Outcome]:
    """Run the draws that the record lacks; return all outcomes in order."""
    found = record.read() if record else {}
    todo = [draw for draw in draws if draw.number not in found]
    tell = progress or (lambda _done, _all: None)
    tell(len(found), len(draws))
    for outcome in _outcomes(job, todo, workers, cluster):
        found[outcome.draw] = outcome
        if record:
            record.append(outcome)
        tell(len(found), len(draws))
    if record:
        record.write(found.values())
    return [found[draw.number] for draw in draws]


def _outcomes(job: Job, todo: list[Draw], workers: int, cluster: str | None) -> Iterator[Outcome]:
    if not todo:
        return iter(())
    if cluster is not None:
        return on_cluster(job, todo, cluster)
    if workers > 1:
        return local_processes(job, todo, min(workers, len(todo)))
    return in_process(job, todo)


def _refuse(
    study: str | Callable[..., Any], draws: int, seed: int, workers: int, cluster: str | None
) -> None:
    """Name every argument that makes no sense."""
    problems = []
    if isinstance(study, str) and study not in STUDIES:
        hint = did_you_mean(study, tuple(STUDIES)) or f"studies are {', '.join(STUDIES)}"
        problems.append(f"study is {study!r}, which no ensemble can map; {hint}")
    if not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        problems.append(f"draws is {draws}; it must be {FEWEST_DRAWS} to {MOST_DRAWS:,}")
    if seed < 0:
        problems.append(f"seed is {seed}; it must be at least 0")
    if not 1 <= workers <= MOST_WORKERS:
        problems.append(f"workers is {workers}; it must be 1 to {MOST_WORKERS}")
    if cluster is not None and not SCHEDULER.match(cluster):
        problems.append(f"cluster is {cluster!r}; write its address as tcp://127.0.0.1:8786")
    if cluster is not None and workers > 1:
        problems.append("workers and cluster are both given; the cluster has workers of its own")
    if problems:
        raise InputError(problems)


def _called(study: Callable[..., Any]) -> str:
    """Name a function, with what a partial one has fixed."""
    if isinstance(study, partial):
        fixed = [repr(a) for a in study.args] + [f"{k}={v!r}" for k, v in study.keywords.items()]
        return f"{_called(study.func)}({', '.join(fixed)})"
    return f"{study.__module__}.{getattr(study, '__qualname__', type(study).__qualname__)}"
