"""Layers of equal area under a falling density (ziggurat of Marsaglia and Tsang 2000).

A draw picks a layer and a point in it; unless the point lies in the thin part that sticks out
under the curve, one multiplication and one comparison make it. The law is exact.
"""

import math

import numpy as np

__all__ = [
    "EXPONENTIAL_F", "EXPONENTIAL_TAIL", "EXPONENTIAL_X", "LAYERS", "NORMAL_F", "NORMAL_TAIL",
    "NORMAL_X", "layers",
]  # fmt: skip

LAYERS = 256
EXPONENTIAL_TAIL, NORMAL_TAIL = 7.697117470131049, 3.654152885361009
"""Where the lowest layer ends and the tail begins, so that 256 layers end at the peak."""


def layers(density, inverse, tail, beyond):
    """Cut the area under a falling density into layers of one size.

    Parameters
    ----------
    density, inverse : callable
        Density, 1 at 0 and falling, and its inverse.
    tail : float
        Where the tail begins.
    beyond : float
        Area under the tail.

    Returns
    -------
    x, f : float64[257]
        Right ends of the layers from the lowest up, that of the lowest widened so that its
        rectangle has the area of the layer with the tail, and the density there.
    """
    area = tail * density(tail) + beyond
    x = np.zeros(LAYERS + 1)
    x[0], x[1] = area / density(tail), tail
    for i in range(2, LAYERS):
        x[i] = inverse(area / x[i - 1] + density(x[i - 1]))
    return x, np.array([density(at) for at in x])


EXPONENTIAL_X, EXPONENTIAL_F = layers(
    lambda x: math.exp(-x), lambda y: -math.log(y), EXPONENTIAL_TAIL, math.exp(-EXPONENTIAL_TAIL)
)
NORMAL_X, NORMAL_F = layers(
    lambda x: math.exp(-0.5 * x * x),
    lambda y: math.sqrt(-2.0 * math.log(y)),
    NORMAL_TAIL,
    math.sqrt(0.5 * math.pi) * math.erfc(NORMAL_TAIL / math.sqrt(2.0)),
)
