"""Sums of several fields along ways of trees."""

import numpy as np
from numba import njit

__all__ = ["skim_walks"]

NONE = -1


@njit(cache=True)
def skim_walks(via, tail, fields, targets):
    """Sum fields along the way of each tree to each target.

    Parameters
    ----------
    via : int32[n_trees, n_nodes]
        Arc by which each node is reached, -1 at the root and where unreached.
    tail : int32[n_arcs]
        Node each arc leaves.
    fields : float64[n_arcs, n_fields]
        What each arc adds.
    targets : int32[n_targets]
        Nodes.

    Returns
    -------
    float64[n_trees, n_targets, n_fields]
        Sums; 0 at the root and where unreached.
    """
    n_fields = fields.shape[1]
    total = np.zeros((len(via), len(targets), n_fields))
    for k in range(len(via)):
        for i in range(len(targets)):
            node = targets[i]
            while via[k, node] != NONE:
                arc = via[k, node]
                for f in range(n_fields):
                    total[k, i, f] += fields[arc, f]
                node = tail[arc]
    return total
