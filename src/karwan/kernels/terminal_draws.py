"""Random numbers by key: the same key gives the same number, whatever was drawn before.

A draw is told the key and the first of the numbers of the key that it may use.
"""

import math

import numpy as np

from karwan.kernels.compiled import hot, lean
from karwan.kernels.ziggurat import (
    EXPONENTIAL_F,
    EXPONENTIAL_TAIL,
    EXPONENTIAL_X,
    NORMAL_F,
    NORMAL_TAIL,
    NORMAL_X,
)

__all__ = ["exponential", "gamma", "normal", "one_gamma", "poisson", "root_of", "stream", "uniform"]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
ONE, SIGN, LAYER = np.uint64(1), np.uint64(256), np.uint64(255)
ULP = 2.0**-53
SMALL_MEAN = 10.0
A_DRAW = 64
"""Numbers that an exponential or normal draw has to itself."""


@lean
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


@lean
def uniform(key, number):
    """Draw a number between 0 and 1, both excluded."""
    return (stream(key, number) >> np.uint64(12)) * 2.220446049250313e-16 + 1.1102230246251565e-16


@hot
def exponential(key, first):
    """Draw from an exponential distribution of mean 1 by layers."""
    bits = stream(key, first)
    layer = bits & LAYER
    x = (bits >> np.uint64(11)) * ULP * EXPONENTIAL_X[layer]
    if x < EXPONENTIAL_X[layer + ONE]:
        return x
    return _exponential_edge(key, first, layer, x)


@lean
def _exponential_edge(key, first, layer, x):
    beyond, i = 0.0, first + 1
    while True:
        if layer == 0:
            beyond += EXPONENTIAL_TAIL
        else:
            y = EXPONENTIAL_F[layer]
            y += uniform(key, i) * (EXPONENTIAL_F[layer + ONE] - y)
            if y < math.exp(-x):
                return beyond + x
        bits = stream(key, i + 1)
        layer, i = bits & LAYER, i + 2
        x = (bits >> np.uint64(11)) * ULP * EXPONENTIAL_X[layer]
        if x < EXPONENTIAL_X[layer + ONE]:
            return beyond + x


@hot
def normal(key, first):
    """Draw from a normal distribution of mean 0 and deviation 1 by layers."""
    bits = stream(key, first)
    layer = bits & LAYER
    x = (bits >> np.uint64(11)) * ULP * NORMAL_X[layer]
    if x >= NORMAL_X[layer + ONE]:
        x = _normal_edge(key, first, layer, x)
    return x if bits & SIGN else -x


@lean
def _normal_edge(key, first, layer, x):
    i = first + 1
    while True:
        if layer == 0:
            while True:
                x, y = -math.log(uniform(key, i)) / NORMAL_TAIL, -math.log(uniform(key, i + 1))
                i += 2
                if 2.0 * y >= x * x:
                    return NORMAL_TAIL + x
        y = NORMAL_F[layer]
        y += uniform(key, i) * (NORMAL_F[layer + ONE] - y)
        if y < math.exp(-0.5 * x * x):
            return x
        bits = stream(key, i + 1)
        layer, i = bits & LAYER, i + 2
        x = (bits >> np.uint64(11)) * ULP * NORMAL_X[layer]
        if x < NORMAL_X[layer + ONE]:
            return x


@lean
def root_of(shape):
    """Work out what draws of a shape are rejected with, once for many draws of it."""
    return 1.0 / math.sqrt(9.0 * _centre(shape)) if shape > 0.0 else 0.0


@lean
def _centre(shape):
    return (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0


@hot
def gamma(key, first, mean, shape, root):
    """Draw from a gamma distribution; shape 0 stands for no spread.

    Parameters
    ----------
    key : uint64
        Key of the draw.
    first : int
        First of its numbers to use.
    mean : float
        Mean.
    shape : float
        Shape: one over the square of the coefficient of variation.
    root : float
        `root_of` the shape.

    Returns
    -------
    float
        The draw.
    """
    if shape == 0.0 or mean == 0.0:
        return mean
    if shape == 1.0:
        return mean * exponential(key, first)
    if shape == 2.0:
        return 0.5 * mean * (exponential(key, first) + exponential(key, first + A_DRAW))
    x, d = normal(key, first), _centre(shape)
    t = 1.0 + root * x
    u = uniform(key, first + A_DRAW - 1)
    if t > 0.0 and shape >= 1.0 and u < 1.0 - 0.0331 * (x * x) * (x * x):
        return mean / shape * (d * (t * t * t))
    return mean / shape * _rejected(key, first, shape, root)


@lean
def one_gamma(key, mean, shape):
    """Draw from a gamma distribution with a key that nothing else uses."""
    return gamma(key, 0, mean, shape, root_of(shape))


@lean
def _rejected(key, first, shape, root):
    """Draw by rejection as Marsaglia and Tsang (2000); their squeeze passes most first draws."""
    d, i = _centre(shape), first
    while True:
        x = normal(key, i)
        t = 1.0 + root * x
        i += A_DRAW
        if t > 0.0:
            t, x, u = t * t * t, x * x, uniform(key, i - 1)
            if u < 1.0 - 0.0331 * x * x or math.log(u) < 0.5 * x + d * (1.0 - t + math.log(t)):
                break
    if shape >= 1.0:
        return d * t
    return d * t * uniform(key, i) ** (1.0 / shape)


@lean
def poisson(key, mean):
    """Draw from a Poisson distribution: small means multiply uniforms, others reject.

    Rejection by a transformed uniform, with a squeeze that most draws pass (Hoermann 1993, PTRS).
    """
    if mean < SMALL_MEAN:
        count, product, least = 0, uniform(key, 0), math.exp(-mean)
        while product > least:
            count += 1
            product *= uniform(key, count)
        return count
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = 0.02483 * b - 0.059
    i = 0
    while True:
        u, v = uniform(key, i) - 0.5, uniform(key, i + 1)
        inside = 0.5 - abs(u)
        count = math.floor((2.0 * a / inside + b) * u + mean + 0.43)
        if inside >= 0.07 and v <= 0.9277 - 3.6224 / (b - 2.0):
            return count
        i += 2
        if count < 0 or (inside < 0.013 and v > inside):
            continue
        height = math.log(v * (1.1239 + 1.1328 / (b - 3.4)) / (a / (inside * inside) + b))
        if height <= count * math.log(mean) - mean - math.lgamma(count + 1.0):
            return count
