"""The logit loading and the path sizes agree with their slow twins; the slope is the derivative."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import naive_assignment
from karwan.kernels.columns import path_size
from karwan.kernels.logit import load_logit

N_PLACES = 4


@st.composite
def pools(draw):
    """Pairs with columns, columns with places, delays and prices."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    n = sum(sizes)
    places = [
        sorted(draw(st.sets(st.integers(0, N_PLACES - 1), max_size=N_PLACES))) for _ in range(n)
    ]
    number = st.floats(0.1, 3.0)
    pairs = [
        (draw(number) * 100, draw(number), draw(number), draw(number),
         draw(st.sampled_from([0.0, 0.4])), draw(number))
        for _ in sizes
    ]  # fmt: skip
    utility = [draw(st.floats(-3, 3)) for _ in range(n)]
    extra = [(draw(st.floats(-1, 1)), draw(st.floats(0, 1))) for _ in range(N_PLACES)]
    return sizes, places, pairs, utility, extra


def kernel(pool, extra, slope=None):
    """Call the kernel on a pool."""
    sizes, places, pairs, utility, _ = pool
    first_column = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    first_place = np.concatenate(([0], np.cumsum([len(p) for p in places]))).astype(np.int32)
    place = np.array([e for p in places for e in p], np.int32)
    share = np.zeros(len(places))
    some = np.zeros((N_PLACES, 2)) if slope is None else slope
    return *load_logit(
        first_column, np.array(pairs), np.array(utility), slope is not None, first_place, place,
        np.array(extra), some, share, N_PLACES,
    ), share  # fmt: skip


@given(pools())
def test_logit_loading_agrees_with_the_formulas(pool):
    sizes, places, pairs, utility, extra = pool
    ends = np.cumsum(sizes)
    columns = [list(range(e - s, e)) for s, e in zip(sizes, ends, strict=True)]
    flow, demand, expected, share = naive_assignment.load_logit(
        columns, pairs, utility, places, extra, N_PLACES
    )
    got = kernel(pool, extra)
    for mine, theirs in ((got[0], flow), (got[2], demand), (got[3], expected), (got[4], share)):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12)


@given(pools(), st.integers(0, N_PLACES - 1))
def test_the_slope_is_the_derivative(pool, place):
    """Central differences of the flow by the flow of one place, whose delay and price answer."""
    rise = np.array([[0.3, 0.2]] * N_PLACES)
    jacobian = kernel(pool, pool[4], rise)[1]
    step = 1e-5
    moved = []
    for sign in (1, -1):
        extra = np.array(pool[4])
        extra[place] += sign * step * rise[place]
        moved.append(kernel(pool, extra)[0])
    slope = (moved[0] - moved[1]) / (2 * step)
    np.testing.assert_allclose(jacobian[:, place], slope, rtol=1e-5, atol=1e-5)


@given(
    st.lists(
        st.lists(st.sets(st.integers(0, 7), min_size=1), min_size=1, max_size=4),
        min_size=1,
        max_size=3,
    )
)
def test_path_sizes_agree_with_counting(pairs):
    arcs = [sorted(c) for pair in pairs for c in pair]
    ends = np.cumsum([len(p) for p in pairs])
    columns = [list(range(e - len(p), e)) for p, e in zip(pairs, ends, strict=True)]
    length = np.arange(1.0, 9.0)
    first = np.concatenate(([0], np.cumsum([len(a) for a in arcs]))).astype(np.int32)
    got = path_size(
        np.concatenate(([0], ends)).astype(np.int32), first,
        np.array([a for c in arcs for a in c], np.int32), length, 8,
    )  # fmt: skip
    np.testing.assert_allclose(got, naive_assignment.path_size(columns, arcs, length), rtol=1e-12)
    assert (got <= 1 + 1e-12).all()
