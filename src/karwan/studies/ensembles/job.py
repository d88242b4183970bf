"""One draw of an ensemble: lay it over the network, run the study, keep its numbers."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from karwan.network import Network
from karwan.routing.supernetwork import build_supernetwork
from karwan.scenarios.draws import UncertainNetwork, lay_draw
from karwan.studies.ensembles.design import Draw
from karwan.studies.ensembles.numbers import Numbers, numbers_of
from karwan.studies.ensembles.studies import STUDIES

__all__ = ["Job", "Outcome", "run_draw"]


@dataclass(frozen=True, eq=False)
class Job:
    """What is the same for all draws; goes out once to each worker.

    Attributes
    ----------
    uncertain : UncertainNetwork
        Network with its factors.
    study : str or callable
        Name in `STUDIES`, or a function from a network to a result.
    options : mapping
        Options of the study.
    """

    uncertain: UncertainNetwork
    study: str | Callable[..., Any]
    options: Mapping[str, Any]

    def run(self, network: Network, seed: int) -> Numbers:
        """Run the study on a network; return its finite numbers and its words."""
        study = STUDIES[self.study] if isinstance(self.study, str) else self.study
        study = partial(study, **self.options)
        seeds = {"seed": seed} if "seed" in inspect.signature(study).parameters else {}
        numbers, words = numbers_of(study(network, **seeds))
        return {k: float(v) for k, v in numbers.items() if math.isfinite(v)}, dict(words)


@dataclass(frozen=True)
class Outcome:
    """What one draw gave.

    Attributes
    ----------
    draw : int
        Number of the draw.
    numbers : dict of str to float
        Numbers by name; empty if it failed.
    words : dict of str to str
        Words by name.
    failed : str
        Why it failed, empty if it did not.
    """

    draw: int
    numbers: dict[str, float]
    words: dict[str, str]
    failed: str = ""

    def line(self) -> str:
        """Write the outcome as one line of JSON; the same outcome gives the same bytes."""
        fields = {"draw": self.draw, "numbers": self.numbers, "words": self.words}
        return json.dumps(fields | {"failed": self.failed}, ensure_ascii=False, allow_nan=False)

    @classmethod
    def read(cls, line: str) -> Outcome:
        """Read a line of JSON; ValueError if it is torn."""
        fields = json.loads(line)
        try:
            return cls(**fields)
        except TypeError as fault:
            raise ValueError(line) from fault


def run_draw(job: Job, draw: Draw) -> Outcome:
    """Run the study on one draw.

    Parameters
    ----------
    job : Job
        Network and study.
    draw : Draw
        Quantiles of the factors.

    Returns
    -------
    Outcome
        Numbers, or why there are none: whatever goes wrong in one draw, the others are kept.
        Numbers that are not finite are left out.
    """
    try:
        numbers, words = job.run(lay_draw(job.uncertain, draw.shares), draw.seed)
    except Exception as fault:  # a draw may fail in any way its study can
        return Outcome(draw.number, {}, {}, f"{type(fault).__name__}: {fault}")
    finally:
        build_supernetwork.cache_clear()  # no other draw has this network
    return Outcome(draw.number, numbers, words)
