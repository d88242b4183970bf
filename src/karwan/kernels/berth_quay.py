"""Place vessels along a quay with cranes one after the other, and anneal the order."""

import numpy as np
from numba import njit

__all__ = ["anneal_quay", "place_vessels"]

NEVER = -1


@njit(cache=True)
def _bow(boxes, n_boxes, allowed, wish, cells, begin, end, shut):
    """Return the allowed bow cell nearest to the wish that is free from begin to end, or -1."""
    n_cells = len(allowed)
    shut[:] = 0
    for i in range(n_boxes):
        if boxes[i, 0] < end and boxes[i, 1] > begin:
            low, high = max(boxes[i, 2] - cells + 1, 0), min(boxes[i, 3], n_cells)
            if low < high:
                shut[low] += 1
                shut[high] -= 1
    best, away, over = NEVER, n_cells + 1, 0
    for p in range(n_cells):
        over += shut[p]
        if over == 0 and allowed[p] and abs(p - wish) < away:
            best, away = p, abs(p - wish)
    return best


@njit(cache=True)
def _next_end(boxes, n_boxes, t, n_slots):
    """Return the first slot after t at which a box ends: before it no place comes free."""
    following = n_slots
    for i in range(n_boxes):
        if t < boxes[i, 1] < following:
            following = boxes[i, 1]
    return following


@njit(cache=True)
def place_vessels(
    order, cranes, work, may_start, out, allowed, cells, wish, slope, far, boxes, n_fixed, used,
    n_cranes, ceiling, place,
):  # fmt: skip
    """Berth vessels in an order, each as early as it may, there as near to its wish as it may.

    Parameters
    ----------
    order : int32[n]
        Order.
    cranes : int32[n]
        Cranes of each vessel.
    work : int32[n, most_cranes + 1]
        Slots of work by number of cranes.
    may_start : bool[n, n_slots]
        Whether a vessel may start at a slot.
    out : int32[n, n_slots + 1]
        First slot from one on at which it may leave; -1 if there is none.
    allowed : bool[n, n_cells]
        Cells its bow may lie at.
    cells, wish : int32[n]
        Length, and best cell of the bow.
    slope, far : float64[n]
        Cost of a slot before departure, and of a cell away from the wish.
    boxes : int32[n_fixed + n, 4]
        First and last slot, first and last cell (both last ones exclusive) of what is taken; rows
        from n_fixed on are written.
    n_fixed : int
        Boxes that are given.
    used : int32[n_slots]
        Cranes that are taken; is written.
    n_cranes : int
        Cranes of the quay.
    ceiling : float
        Cost of a vessel that finds no place.
    place : int32[n, 3]
        Becomes start, end and bow of each vessel; -1 if it finds none.

    Returns
    -------
    float
        Cost.
    """
    n_slots = len(used)
    shut = np.zeros(allowed.shape[1] + 1, np.int32)
    total, n_boxes = 0.0, n_fixed
    for v in order:
        place[v] = NEVER
        hours, need = work[v, cranes[v]], cranes[v]
        t, found = 0, False
        while t + hours <= n_slots and not found:
            if not may_start[v, t]:
                t += 1
                continue
            late = NEVER
            for s in range(t + hours - 1, t - 1, -1):
                if used[s] + need > n_cranes:
                    late = s
                    break
            if late != NEVER:
                t = late + 1
                continue
            end = out[v, t + hours]
            if end == NEVER:
                break
            bow = _bow(boxes, n_boxes, allowed[v], wish[v], cells[v], t, end, shut)
            if bow == NEVER:
                t = _next_end(boxes, n_boxes, t, n_slots)
                continue
            found = True
            place[v, 0], place[v, 1], place[v, 2] = t, end, bow
            boxes[n_boxes, 0], boxes[n_boxes, 1] = t, end
            boxes[n_boxes, 2], boxes[n_boxes, 3] = bow, bow + cells[v]
            n_boxes += 1
            for s in range(t, t + hours):
                used[s] += need
            total += slope[v] * end + far[v] * abs(bow - wish[v])
        if not found:
            total += ceiling
    return total


@njit(cache=True, nogil=True)
def anneal_quay(
    order, cranes, few, many, work, may_start, out, allowed, cells, wish, slope, far, boxes,
    n_fixed, used, n_cranes, ceiling, place, moves, hot, cold, seed,
):  # fmt: skip
    """Better order and cranes of vessels by simulated annealing.

    Parameters
    ----------
    order, cranes : int32[n]
        As for `place_vessels`; become the best found.
    few, many : int32[n]
        Fewest and most cranes of each vessel.
    work, ..., place : arrays
        As for `place_vessels`; `place` becomes the best.
    moves : int
        How many changes are tried.
    hot, cold : float
        Heat at first and at last [unit of cost].
    seed : int
        Seed.

    Returns
    -------
    float
        Cost of the best.
    """
    np.random.seed(seed)
    n = len(order)
    taken, old_order, old_cranes = used.copy(), order.copy(), cranes.copy()
    now = place_vessels(
        order, cranes, work, may_start, out, allowed, cells, wish, slope, far, boxes, n_fixed,
        taken, n_cranes, ceiling, place,
    )  # fmt: skip
    best, best_order, best_cranes = now, order.copy(), cranes.copy()
    heat, cooling = hot, (cold / hot) ** (1.0 / max(moves, 1))
    for _ in range(moves):
        heat *= cooling
        old_order[:], old_cranes[:] = order, cranes
        i = np.random.randint(n)
        if np.random.random() < 0.4:
            v = order[i]
            cranes[v] = few[v] + np.random.randint(many[v] - few[v] + 1)
        else:
            j = min(max(i + np.random.randint(-5, 6), 0), n - 1)
            order[i], order[j] = order[j], order[i]
        taken[:] = used
        new = place_vessels(
            order, cranes, work, may_start, out, allowed, cells, wish, slope, far, boxes, n_fixed,
            taken, n_cranes, ceiling, place,
        )  # fmt: skip
        if new <= now or np.random.random() < np.exp((now - new) / heat):
            now = new
            if now < best - 1e-9:
                best = now
                best_order[:], best_cranes[:] = order, cranes
        else:
            order[:], cranes[:] = old_order, old_cranes
    order[:], cranes[:] = best_order, best_cranes
    taken[:] = used
    return place_vessels(
        order, cranes, work, may_start, out, allowed, cells, wish, slope, far, boxes, n_fixed,
        taken, n_cranes, ceiling, place,
    )  # fmt: skip
