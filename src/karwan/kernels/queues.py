"""Queues of labels: buckets, a binary heap, and arrays that grow."""

import numpy as np
from numba import njit

from karwan.kernels.compiled import lean

__all__ = ["longer", "next_bucket", "sift_down", "sift_up", "taller"]

NONE = -1


@lean
def next_bucket(bucket, current, base, width, link, rank):
    """Find the next bucket that holds labels; spread the last one out when it is reached."""
    last = len(bucket) - 1
    while True:
        while current < last and bucket[current] == NONE:
            current += 1
        if current < last:
            return current, base, width
        label = bucket[last]
        bucket[last] = NONE
        low, high = np.inf, 0.0
        at = label
        while at != NONE:
            low, high = min(low, rank[at, 0]), max(high, rank[at, 0])
            at = link[at]
        base, current = low, 0
        width = max(width, (high - low) / (last / 2))
        while label != NONE:
            following = link[label]
            place = int(min((rank[label, 0] - base) / width, last - 1.0))
            link[label] = bucket[place]
            bucket[place] = label
            label = following


@lean
def sift_up(heap, key, i):
    """Move the last label of a heap up to its place."""
    label, first, rest = heap[i], key[i, 0], key[i, 1]
    while i > 0:
        up = (i - 1) >> 1
        if key[up, 0] < first or (key[up, 0] == first and key[up, 1] <= rest):
            break
        heap[i], key[i, 0], key[i, 1] = heap[up], key[up, 0], key[up, 1]
        i = up
    heap[i], key[i, 0], key[i, 1] = label, first, rest


@lean
def sift_down(heap, key, n):
    """Move the first label of a heap down to its place."""
    if n == 0:
        return
    label, first, rest, i = heap[0], key[0, 0], key[0, 1], 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and (
            key[child + 1, 0] < key[child, 0]
            or (key[child + 1, 0] == key[child, 0] and key[child + 1, 1] < key[child, 1])
        ):
            child += 1
        if first < key[child, 0] or (first == key[child, 0] and rest <= key[child, 1]):
            break
        heap[i], key[i, 0], key[i, 1] = heap[child], key[child, 0], key[child, 1]
        i = child
    heap[i], key[i, 0], key[i, 1] = label, first, rest


@njit(cache=True)
def longer(array):
    """Return an array of twice the length with the same beginning."""
    new = np.empty(2 * len(array), array.dtype)
    new[: len(array)] = array
    return new


@njit(cache=True)
def taller(array):
    """Return an array of twice the rows with the same beginning."""
    new = np.empty((2 * array.shape[0], array.shape[1]), array.dtype)
    new[: array.shape[0]] = array
    return new
