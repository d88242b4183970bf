"""Steps of the prices of a Lagrangian relaxation."""

from numba import njit

__all__ = ["price_step"]


@njit(cache=True)
def price_step(
    value, over, now, best, smooth, state, target, goal, patience, share, low, high
):  # fmt: skip
    """Note a bound, and let the prices follow the smoothed subgradient by a step.

    Polyak's step (Held, Wolfe and Crowder 1974; Fisher 1981); after some steps without a gain
    steps are halved, and go on from the best prices.

    Parameters
    ----------
    value : float
        The bound at the prices.
    over : float64[n]
        A subgradient there: by how much what is priced is asked too much.
    now, best : float64[n]
        The prices, which take the step, and the best so far.
    smooth : float64[n]
        The smoothed subgradient; is written.
    state : float64[3]
        Best bound (-inf at first), length of steps (1 at first), rounds without a gain (0).
    target : float
        Cost of a known plan.
    goal : float
        What the steps aim at.
    patience : int
        Steps without a gain after which the steps are halved.
    share : float
        Share of the newest subgradient in the smoothed one.
    low, high : float
        What no price passes.

    Returns
    -------
    bool
        Whether there is nothing more to gain.
    """
    if value > state[0] + 1e-9:
        if value > state[0] + 1e-6 * abs(target):
            state[2] = 0.0
        state[0] = value
        best[:] = now
    else:
        state[2] += 1.0
    if state[2] >= patience:
        state[1], state[2] = state[1] / 2.0, 0.0
        now[:], smooth[:] = best, 0.0
    else:
        norm = 0.0
        for i in range(len(now)):
            smooth[i] = share * over[i] + (1.0 - share) * smooth[i]
            if (now[i] > low or smooth[i] > 0.0) and (now[i] < high or smooth[i] < 0.0):
                norm += smooth[i] ** 2
        if norm < 1e-12:
            return True
        step = state[1] * max(goal - value, 1e-3) / norm
        for i in range(len(now)):
            now[i] = min(max(now[i] + step * smooth[i], low), high)
    return state[1] < 1e-3 or state[0] >= target - 1e-9
