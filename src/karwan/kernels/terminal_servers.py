"""Servers of lanes, and the tree that knows which of them is done first.

Every server is a leaf of a binary tree of whole numbers: the time at which it is done, in the
bits of a double, which order as the times do, with the number of the server in the lowest bits.
A node is the lesser of its two; the first node tells who is done next, and to set a time takes
one comparison on each floor and no branch. Times are rounded up to what these bits leave:
less than a microsecond in a run of many years.
"""

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot, lean

__all__ = ["done_at", "put_servers", "set_done", "set_idle", "trees"]

NEVER = np.int64(0x7FF << 52)
"""What infinity looks like; no server is done then."""


@hot
def _set(tree, slot, found):
    i = (len(tree) >> 1) + np.int64(slot)
    tree[i] = found
    while i > 1:
        found = min(found, tree[i ^ 1])
        i >>= 1
        tree[i] = found


@hot
def set_done(tree, slot, time):
    """Note when a server is done."""
    low = (len(tree) >> 1) - 1
    bits = np.float64(time).view(np.int64)
    _set(tree, slot, ((bits + low) & ~low) | np.int64(slot))


@hot
def set_idle(tree, slot):
    """Note that a server does nothing."""
    _set(tree, slot, NEVER)


@hot
def done_at(tree):
    """Tell which server is done first, and when; at infinity if none is at work."""
    low = (len(tree) >> 1) - 1
    first = tree[1]
    return first & low, np.int64(first & ~low).view(np.float64)


@lean
def trees(part):
    """Tell how many nodes a tree of all servers of lanes needs, and how many servers there are."""
    servers = 0
    for lane in range(c.LANES):
        servers += int(part[c.FIRST_LANE + lane, c.COUNT])
    leaves = 2
    while leaves < servers:
        leaves *= 2
    return 2 * leaves, servers


@lean
def put_servers(server, queue, part):
    """Lay out servers lane by lane, all of them free."""
    slot = 0
    for lane in range(c.LANES):
        queue[lane, c.SERVERS] = slot
        for _ in range(int(part[c.FIRST_LANE + lane, c.COUNT])):
            server[slot].lane, server[slot].free = lane, slot
            slot += 1
