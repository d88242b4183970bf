"""Simulate terminals: replications, their figures with confidence, and what must hold."""

from __future__ import annotations

from collections.abc import Sequence

from karwan.terminals.build import Model
from karwan.terminals.side_by_side import Asked, side_by_side
from karwan.terminals.terminal_run import TerminalRun, see, sum_up

__all__ = ["simulate_model", "simulate_models"]


def simulate_model(
    model: Model,
    *,
    replications: int,
    hours: float,
    seed: int,
    warm_h: float | None = None,
) -> TerminalRun:
    """Run a terminal and sum its replications up.

    Parameters
    ----------
    model : Model
        Terminal.
    replications : int
        Number of replications, at least two.
    hours : float
        Hours counted in each, after the warm-up.
    seed : int
        Seed; runs of the same seed see the same calls, boxes and times.
    warm_h : float, optional
        Warm-up; found by MSER-5 if not given [h].

    Returns
    -------
    TerminalRun
        Figures, and what was checked.
    """
    asked = Asked(model, replications, warm_h=warm_h)
    return simulate_models([asked], hours=hours, seed=seed)[0][0]


def simulate_models(asked: Sequence[Asked], *, hours: float, seed: int) -> list[list[TerminalRun]]:
    """Run terminals and their variants side by side and sum the replications of each up.

    Parameters
    ----------
    asked : sequence of Asked
        Terminals, at least two replications of each.
    hours : float
        Hours counted in each, after the warm-up.
    seed : int
        Seed; runs of the same seed see the same calls, boxes and times.

    Returns
    -------
    list of list of TerminalRun
        By terminal in the order asked: itself, then its variants.
    """
    found: dict[int, list[TerminalRun]] = {}
    for i, warm, seen in side_by_side(asked, see, hours=hours, seed=seed):
        models = (asked[i].model, *asked[i].variants)
        found[i] = [sum_up(m, of_model, warm) for m, of_model in zip(models, seen, strict=True)]
    return [found[i] for i in range(len(asked))]
