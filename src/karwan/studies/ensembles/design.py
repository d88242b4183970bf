"""Designs: which quantile of each factor each draw takes, and the seed of each draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

__all__ = ["Draw", "hypercube", "pick_freeze", "seeded"]

TINY = 1e-12
"""Shares stay this far from 0 and 1, where a lognormal has no quantile."""


@dataclass(frozen=True)
class Draw:
    """One draw.

    Attributes
    ----------
    number : int
        From 0.
    shares : tuple of float
        Quantile of each factor, between 0 and 1.
    seed : int
        Seed of a study that draws luck of its own.
    """

    number: int
    shares: tuple[float, ...]
    seed: int


def hypercube(draws: int, factors: int, seed: int) -> NDArray[np.float64]:
    """Draw a Latin hypercube.

    Each factor meets each of `draws` equal slices of its distribution once (McKay, Beckman and
    Conover 1979).

    Parameters
    ----------
    draws, factors : int
        Rows and columns, at least 1.
    seed : int
        Seed.

    Returns
    -------
    float64[draws, factors]
        Shares between 0 and 1, both excluded.
    """
    cube = qmc.LatinHypercube(factors, rng=np.random.default_rng(seed)).random(draws)
    inside: NDArray[np.float64] = np.clip(cube, TINY, 1 - TINY)
    return inside


def pick_freeze(base: int, factors: int, seed: int) -> NDArray[np.float64]:
    """Make the design for Sobol indices by pick and freeze.

    For each of `base` pairs of independent points A and B: A, B, and A with one factor after
    the other taken from B (Saltelli et al. 2010). A and B are the halves of one Latin
    hypercube.

    Parameters
    ----------
    base, factors : int
        Pairs of points; factors.
    seed : int
        Seed.

    Returns
    -------
    float64[base * (factors + 2), factors]
        Shares; the rows of one pair of points follow each other.
    """
    both = hypercube(base, 2 * factors, seed)
    a, b = both[:, :factors], both[:, factors:]
    blocks = np.repeat(a[:, None, :], factors + 2, axis=1)
    blocks[:, 1] = b
    each = np.arange(factors)
    blocks[:, each + 2, each] = b
    return blocks.reshape(-1, factors)


def seeded(shares: NDArray[np.float64], seed: int) -> list[Draw]:
    """Give each row of a design a number and a seed of its own.

    Parameters
    ----------
    shares : float64[draws, factors]
        Design.
    seed : int
        Seed of the ensemble; draw i has the i-th child of its seed sequence.

    Returns
    -------
    list of Draw
        In order.
    """
    children = np.random.SeedSequence(seed).spawn(len(shares))
    return [
        Draw(i, tuple(row), int(child.generate_state(1)[0]))
        for i, (row, child) in enumerate(zip(shares.tolist(), children, strict=True))
    ]
