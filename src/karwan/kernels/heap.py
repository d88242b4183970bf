"""A binary heap of nodes by cost, in two arrays."""

from karwan.kernels.compiled import lean

__all__ = ["pop", "push"]


@lean
def push(key, node, size, label, at):
    """Put a node into a heap and return the new size."""
    i = size
    while i > 0:
        up = (i - 1) >> 1
        if key[up] <= label:
            break
        key[i], node[i] = key[up], node[up]
        i = up
    key[i], node[i] = label, at
    return size + 1


@lean
def pop(key, node, size):
    """Take the first node off a heap and return the new size."""
    size -= 1
    label, at, i = key[size], node[size], 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and key[child + 1] < key[child]:
            child += 1
        if label <= key[child]:
            break
        key[i], node[i] = key[child], node[child]
        i = child
    key[i], node[i] = label, at
    return size
