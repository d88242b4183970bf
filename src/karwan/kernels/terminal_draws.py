"""Random numbers by key: the same key gives the same number, whatever was drawn before."""

import math

import numpy as np
from numba import njit

__all__ = ["gamma", "poisson", "stream", "uniform"]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
LARGEST_STEP = 400.0


@njit(cache=True)
def stream(key, number):
    """Derive a key from a key and a number, by the finaliser of SplitMix64 (Steele et al. 2014).

    Parameters
    ----------
    key : uint64
        Key of the run, of a call or of a box.
    number : int
        Which of its keys, from 0.

    Returns
    -------
    uint64
        The derived key.
    """
    x = key + GOLDEN * np.uint64(number + 1)
    x = (x ^ (x >> np.uint64(30))) * FIRST
    x = (x ^ (x >> np.uint64(27))) * SECOND
    return x ^ (x >> np.uint64(31))


@njit(cache=True)
def uniform(key, number):
    """Draw a number between 0 and 1, both excluded."""
    return (stream(key, number) >> np.uint64(12)) * 2.220446049250313e-16 + 1.1102230246251565e-16


@njit(cache=True)
def gamma(key, mean, shape):
    """Draw from a gamma distribution; shape 0 stands for no spread.

    Whole shapes up to 8 multiply uniforms, others reject as Marsaglia and Tsang (2000).

    Parameters
    ----------
    key : uint64
        Key of the draw.
    mean : float
        Mean.
    shape : float
        Shape: one over the square of the coefficient of variation.

    Returns
    -------
    float
        The draw.
    """
    if shape == 0.0 or mean == 0.0:
        return mean
    if shape == 1.0:
        return -mean * math.log(uniform(key, 0))
    whole = int(shape)
    if whole == shape and whole <= 8:
        product = 1.0
        for i in range(whole):
            product *= uniform(key, i)
        return -mean / shape * math.log(product)
    return mean / shape * _rejected(key, shape)


@njit(cache=True)
def _rejected(key, shape):
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    i = 0
    while True:
        x = math.sqrt(-2.0 * math.log(uniform(key, i)))
        x *= math.cos(2.0 * math.pi * uniform(key, i + 1))
        t = (1.0 + c * x) ** 3
        i += 3
        if t > 0.0:
            bound = 0.5 * x * x + d - d * t + d * math.log(t)
            if math.log(uniform(key, i - 1)) < bound:
                break
    if shape >= 1.0:
        return d * t
    return d * t * uniform(key, i) ** (1.0 / shape)


@njit(cache=True)
def poisson(key, mean):
    """Draw from a Poisson distribution by multiplying uniforms."""
    count, i, left = 0, 0, mean
    while left > 0.0:
        step = min(left, LARGEST_STEP)
        least = math.exp(-step)
        product = uniform(key, i)
        while product > least:
            count += 1
            i += 1
            product *= uniform(key, i)
        i += 1
        left -= step
    return count
