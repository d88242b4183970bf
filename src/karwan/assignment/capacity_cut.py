"""What hard capacities cut off when they cannot be kept."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

from karwan.assignment.places import Places
from karwan.assignment.pool import ColumnPool

__all__ = ["capacity_cut"]

NAMED = 5


def capacity_cut(pool: ColumnPool, places: Places) -> list[str]:
    """Name the hard capacities that keep demand from being shipped.

    The most that can be shipped is a linear programme over the columns; capacities with a dual
    are the cut.

    Parameters
    ----------
    pool : ColumnPool
        Columns.
    places : Places
        What they pass.

    Returns
    -------
    list of str
        Sentences: capacities that other traffic exceeds already, or the cut and whom it hits;
        empty if all demand can be shipped.
    """
    pairs = pool.pairs
    n, teu = pool.n_columns, pairs["consignment_teu"].to_numpy()[pool.pair]
    column = np.repeat(np.arange(n), np.diff(places.first))
    at = csr_matrix((teu[column], (places.place, column)), shape=(places.n, n))
    of_pair = csr_matrix((teu, (pool.pair, np.arange(n))), shape=(len(pairs), n))
    rows = np.flatnonzero(places.is_hard)
    want = (pairs["consignments"] * pairs["consignment_teu"]).to_numpy()
    room = (places.capacity - places.other)[rows]
    short = [
        f"capacities[{places.table['capacity_id'][int(rows[i])]}].capacity_teu_per_year leaves "
        f"{room[i]:,.0f} TEU/year beside other traffic; raise it or make it soft"
        for i in np.flatnonzero(room < 0)
    ]
    if short:
        return short
    found = linprog(
        -teu, vstack([of_pair, at[rows]]).tocsr(), np.append(want, room), method="highs"
    )
    shipped = -float(found.fun)
    dual = -found.ineqlin.marginals[len(want) :]
    names = [places.table["capacity_id"][int(rows[i])] for i in np.flatnonzero(dual > 1e-9)]
    served = of_pair @ found.x
    has = np.diff(pool.first_column) > 0
    left = np.flatnonzero((want - served > 1e-6 * np.maximum(want, 1.0)) & has)
    cut = ", ".join(
        f"{pairs['origin'][int(i)]}-{pairs['destination'][int(i)]}" for i in left[:NAMED]
    )
    more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
    if len(left) == 0:
        return []
    passed = f"{shipped:,.0f} of {want[has].sum():,.0f} TEU a year pass"
    sentence = f"hard capacities of {' and '.join(names)} let {passed}; they cut off {cut}{more}"
    return [f"{sentence}: raise one of them or make it soft"]
