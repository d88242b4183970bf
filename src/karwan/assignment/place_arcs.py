"""Which arcs a place with capacity counts."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.routing.arcs import FORMS, Kind
from karwan.routing.supernetwork import Supernetwork
from karwan.routing.uses import base_arcs_using

__all__ = ["place_arcs"]


def place_arcs(base: Supernetwork, table: pl.DataFrame) -> list[NDArray[np.bool_]]:
    """Mark the arcs of a supernetwork that each place with capacity counts.

    Parameters
    ----------
    base : Supernetwork
        Arcs.
    table : polars.DataFrame
        Rows of `capacities`.

    Returns
    -------
    list of bool[n_arcs]
        One mask a row; of a node its handlings count.
    """
    arcs = base.arcs
    handles = np.isin(arcs.kind, (Kind.TRANSFER, Kind.GAUGE))
    found = []
    for row in table.iter_rows(named=True):
        used = base_arcs_using(base, (row["target_kind"], row["target"]))
        if row["target_kind"] == "node":
            used = used & handles
        if row["form"]:
            form = FORMS.index(row["form"])
            used = used & ((arcs.form == form) | (base.state_form[arcs.head] == form))
        found.append(used)
    return found
