"""Another way to value the right to wait: regression on simulated paths."""

import numpy as np


def american_put_by_regression(paths, strike, rate, step, degree=3):
    """Return the value of an American put by least squares on paths.

    Longstaff and Schwartz (2001): going back in time, what holding on is worth is regressed on
    powers of the price over the paths on which using the right would pay.

    Parameters
    ----------
    paths : float64[n_paths, n_steps + 1]
        Prices without risk premium, today first.
    strike : float
        Price that the right gives.
    rate : float
        Rate without risk, continuous a year.
    step : float
        Years between columns.
    degree : int
        Highest power.

    Returns
    -------
    float
        Value today.
    """
    fall = np.exp(-rate * step)
    value = np.maximum(strike - paths[:, -1], 0.0)
    for t in range(paths.shape[1] - 2, 0, -1):
        value = value * fall
        price = paths[:, t] / strike
        pays = np.flatnonzero(price < 1)
        if len(pays) > degree + 1:
            powers = np.vander(price[pays], degree + 1)
            held = powers @ np.linalg.lstsq(powers, value[pays], rcond=None)[0]
            gain = strike - paths[pays, t]
            use = gain > held
            value[pays[use]] = gain[use]
    return float(max(value.mean() * fall, strike - paths[0, 0]))
