"""Bits gathered along the ways of trees."""

import numpy as np
from numba import njit

__all__ = ["tree_bits"]


@njit(cache=True)
def tree_bits(before, first, head, bit, targets):
    """Join the bits of all arcs on the way of each tree to each target.

    Parameters
    ----------
    before : int32[n_trees, n_nodes]
        Node before each node, negative at the root and where unreached.
    first : int64[n_nodes + 1]
        Arcs ``first[i]:first[i + 1]`` leave node i.
    head : int64[n_arcs]
        Node each arc leads to, rising among those of one node.
    bit : int64[n_arcs]
        Bits of each arc.
    targets : int64[n_targets]
        Nodes.

    Returns
    -------
    int32[n_trees, n_targets]
        Bits; 0 at the root and where unreached.
    """
    gathered = np.zeros((len(before), len(targets)), np.int32)
    for tree in range(len(before)):
        for i in range(len(targets)):
            node, bits = targets[i], 0
            while before[tree, node] >= 0:
                near = before[tree, node]
                low, high = first[near], first[near + 1]
                while low < high:
                    middle = (low + high) >> 1
                    if head[middle] < node:
                        low = middle + 1
                    else:
                        high = middle
                bits |= bit[low]
                node = near
            gathered[tree, i] = bits
    return gathered
