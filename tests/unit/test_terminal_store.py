"""Piles and queues of boxes in chunks, and servers of lanes, beside plain Python."""

import heapq

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.kernels import terminal_layout as c
from karwan.kernels.terminal_lanes import first_free
from karwan.kernels.terminal_store import CHUNK, after, at_end, beneath, first_of, on_pile

PILES, ROWS, CHUNKS = 3, 2, 200


@given(st.lists(st.tuples(st.integers(0, PILES + 2 * ROWS), st.booleans()), max_size=400))
@settings(max_examples=40, deadline=None)
def test_piles_give_the_last_first_and_queues_the_first(moves):
    mark = np.array([c.VOID, 0, c.VOID, 0], np.uint32)
    chain, value = np.zeros(CHUNKS, np.uint32), np.full(CHUNKS * CHUNK, -1)
    pile = np.full(PILES, c.VOID, np.uint32)
    queue = np.zeros((ROWS, c.QUEUE_COLUMNS), np.uint32)
    piles, queues = [[] for _ in range(PILES)], [[] for _ in range(ROWS)]
    for number, (which, gathers) in enumerate(moves):
        if which < PILES:
            if gathers:
                value[on_pile(mark, chain, pile, which)] = number
                piles[which].append(number)
                continue
            rest = pile[which]
            pile[which] = c.VOID
            while rest != c.VOID:
                place = np.uint32(rest - 1)
                assert value[place] == piles[which].pop()
                rest = beneath(mark, chain, place)
            assert piles[which] == []
        else:
            row = which % ROWS
            if gathers or not queues[row]:
                value[at_end(mark, chain, queue, row)] = number
                queues[row].append(number)
            else:
                assert value[first_of(mark, chain, queue, row)] == queues[row].pop(0)
    for row in range(ROWS):
        place = queue[row, c.HEAD]
        for k, number in enumerate(queues[row]):
            place = np.uint32(after(chain, place)) if k else place
            assert value[place] == number
    live = sum(map(len, piles)) + sum(map(len, queues))
    free, chunk = 0, mark[c.FREE_CHUNK]
    while chunk != c.VOID:
        free, chunk = free + 1, chain[chunk]
    in_use = int(mark[c.FRESH_CHUNK]) - free
    assert in_use * CHUNK >= live
    assert in_use <= live // CHUNK + PILES + 2 * ROWS


@given(
    st.lists(st.floats(0.1, 50.0), min_size=1, max_size=20, unique=True),
    st.integers(1, 20),
)
@settings(max_examples=60, deadline=None)
def test_a_server_is_free_when_all_but_the_last_have_ended(times, servers):
    """More may be at work than there are servers left after a breakdown."""
    servers = min(servers, len(times))
    ends = np.array([times])
    free = first_free(ends, 0, len(times), servers)
    heap = list(times)
    heapq.heapify(heap)
    gone = [heapq.heappop(heap) for _ in range(len(times) - servers + 1)]
    assert free == gone[-1]
    assert sorted(ends[0, : servers - 1]) == sorted(heap)
