"""The largest traffic that a terminal carries without a queue that grows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from karwan.network import Network
from karwan.terminals.build import build
from karwan.terminals.checks import overloaded
from karwan.terminals.loads import loads
from karwan.terminals.simulate import simulate_model

__all__ = ["is_stable", "largest_common", "largest_stable"]

STEP, MOST = 1.5, 64.0
"""Factor by which traffic rises or falls until a limit is bracketed, and how far at most."""
NEAR = 0.01
AGAIN = 7_919
"""Added to the seed of a trial that is repeated."""


def is_stable(
    network: Network, terminal_id: str, teu: float, *, replications: int, days: float, seed: int
) -> bool:
    """Tell whether a terminal carries a traffic: no queue grows through its runs.

    Where by arithmetic alone some element would be worked all the time nothing is simulated. A
    queue that grows is looked at once more with another seed: one test in some hundreds is
    wrong, and a search would not come back from it.

    Parameters
    ----------
    network : Network
        Network with the terminal.
    terminal_id : str
        Terminal.
    teu : float
        Traffic [TEU/year].
    replications : int
        Runs, at least 2.
    days : float
        Days that each counts.
    seed : int
        Seed of all.

    Returns
    -------
    bool
        Whether it is stable.
    """
    model = build(network, terminal_id, teu)
    if overloaded(model):
        return False
    hours = round(24.0 * days)
    return any(
        simulate_model(model, replications=replications, hours=hours, seed=again).stable
        for again in (seed, seed + AGAIN)
    )


def largest_stable(
    network: Network,
    terminal_id: str,
    *,
    replications: int = 8,
    days: float = 180.0,
    seed: int = 1,
) -> float:
    """Search the largest stable traffic of a terminal, to 1 %.

    The scale of today's traffic is raised, or lowered, until a stable and an unstable one are
    known, and halved between them. The test is that of every simulation (`checks.growing`): what
    grows too slowly to be seen in the days that are counted passes it.

    Parameters
    ----------
    network : Network
        Network with the terminal.
    terminal_id : str
        Terminal.
    replications : int
        Runs of each trial, at least 2.
    days : float
        Days that each counts.
    seed : int
        Seed, the same at all traffics.

    Returns
    -------
    float
        Largest traffic tried that was stable [TEU/year]; infinite if 64 times today's is stable,
        0 if a 64th of it is not.
    """
    today = _today(network, terminal_id)

    def holds(scale: float) -> bool:
        return is_stable(
            network, terminal_id, scale * today, replications=replications, days=days, seed=seed
        )

    low, high = 0.0, math.inf
    scale = 1.0
    while low == 0.0 or math.isinf(high):
        if holds(scale):
            low, scale = scale, scale * STEP
        else:
            high, scale = scale, scale / STEP
        if scale > MOST or scale < 1.0 / MOST:
            return math.inf if math.isinf(high) else 0.0
    while high - low > NEAR * high:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if holds(middle) else (low, middle)
    return float(low * today)


def largest_common(
    network: Network,
    terminals: Sequence[str],
    *,
    replications: int = 8,
    days: float = 180.0,
    seed: int = 1,
) -> float:
    """Search the largest multiple of today's traffic that all of some terminals carry.

    The terminal that is worked most is searched first. Another that carries the same multiple
    need not be searched: the first that is full sets the limit.

    Parameters
    ----------
    network : Network
        Network with the terminals.
    terminals : sequence of str
        Terminals, as those of one place.
    replications, days, seed
        As `largest_stable` takes them.

    Returns
    -------
    float
        Multiple of today's traffic; infinite if all carry 64 times as much, 0 if one does not
        carry a 64th.
    """
    busiest = {n: max(loads(build(network, n))["load"], default=0.0) for n in terminals}
    given: dict[str, Any] = {"replications": replications, "days": days, "seed": seed}
    common = math.inf
    for name in sorted(terminals, key=lambda n: busiest[n], reverse=True):
        today = _today(network, name)
        if math.isfinite(common) and is_stable(network, name, common * today, **given):
            continue
        common = min(common, largest_stable(network, name, **given) / today)
        if common == 0.0:
            break
    return common


def _today(network: Network, terminal_id: str) -> float:
    row = network.table("terminals").filter(terminal_id=terminal_id).row(0, named=True)
    return float(row["throughput_teu_per_year"])
