"""The network as a train of its own finds it: one that runs as a whole wherever there are rails."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import polars as pl

from karwan.network import Network
from karwan.routing.rates import stay_moments

__all__ = ["for_whole_trains"]

SPEED_KEYS = ("mode", "country", "form", "terrain", "year")


Stands = tuple[tuple[str, tuple[float, float]], ...]
"""Mean [h] and variance [h2] of what trains stand, by node_id."""


def for_whole_trains(network: Network, day: dt.date) -> Network:
    """Return the network on which all container trains are through trains.

    They run at the rows of `speeds` for through trains, and stand at borders and changes of track
    gauge as the trains of `services` do there. First trains on a way, and trains announced, are
    of this kind: they run as a whole, on a way that is kept free for them.

    Parameters
    ----------
    network : Network
        Network with both kinds of trains.
    day : datetime.date
        Departure; stands are those of trains that had begun by then.

    Returns
    -------
    Network
        The same network with other times; the argument itself if it knows no through trains.
    """
    return _with_stands(network, tuple(sorted(_stands(network, day).items())))


@lru_cache(maxsize=32)
def _with_stands(network: Network, known: Stands) -> Network:
    """Return the network of trains with these stands: one for all days that share them."""
    speeds, stands = network.table("speeds"), dict(known)
    if speeds["train"].null_count() == len(speeds) and not stands:
        return network
    through = speeds.filter(pl.col("train").is_not_null())
    ordinary = speeds.filter(pl.col("train").is_null())
    ordinary = ordinary.join(through, on=SPEED_KEYS, how="anti", nulls_equal=True)
    speeds = pl.concat([ordinary, through.with_columns(train=pl.lit(None, pl.String))])
    procedures = _procedures(network, stands)
    return network.with_tables(
        speeds=speeds.sort(*SPEED_KEYS),
        border_procedures=procedures,
        transfers=_transfers(network, stands),
    )


def _stands(network: Network, day: dt.date) -> dict[str, tuple[float, float]]:
    """Return mean [h] and variance [h2] of what trains stand at a node, by node_id.

    The last trains that began by the day count, of a node that none had passed by then the first.
    """
    on_rails = network.table("modes").filter("has_track_gauge")["mode"]
    trains = network.table("services").filter(pl.col("mode").is_in(on_rails.implode()))
    trains = trains.select("service_id", started=pl.col("starts").fill_null(dt.date.min))
    calls = network.table("service_calls").join(trains, on="service_id")
    late = pl.col("started") > day
    order = (late, (pl.col("started") - day).dt.total_days().abs(), "service_id", "call")
    found: dict[str, tuple[float, float]] = {}
    for row in calls.filter(pl.col("stay_h") > 0).sort(*order).iter_rows(named=True):
        found.setdefault(row["node_id"], stay_moments(row["stay_h"], row["stay_p95_h"]))
    return found


def _procedures(network: Network, stands: dict[str, tuple[float, float]]) -> pl.DataFrame:
    """Return border procedures with the stand of a train where its time is known."""
    gauged = set(network.table("modes").filter("has_track_gauge")["mode"])
    country = dict(network.table("nodes").select("node_id", "country").iter_rows())
    times: dict[tuple[str, str], tuple[float, float]] = {}
    for row in network.table("border_crossings").iter_rows(named=True):
        ends = (row["node_a"], row["node_b"])
        if row["mode"] in gauged and not stands.keys().isdisjoint(ends):
            for node in ends:
                times[row["crossing_id"], country[node]] = stands.get(node, (0.0, 0.0))
    rows = []
    for row in network.table("border_procedures").iter_rows(named=True):
        key = (row["crossing_id"], row["country"])
        if key in times:
            mean, variance = times[key]
            spread = variance**0.5 / mean if mean else 0.0
            rows.append(row | {"mean_h": mean, "cv": spread, "p50_h": None, "p95_h": None})
        else:
            rows.append(row)
    return pl.DataFrame(rows, schema=network.table("border_procedures").schema)


def _transfers(network: Network, stands: dict[str, tuple[float, float]]) -> pl.DataFrame:
    """Return transfers without time where a train stands for its change of track gauge."""
    gauged = network.table("modes").filter("has_track_gauge")["mode"]
    pairs = network.table("border_crossings").filter(pl.col("mode").is_in(gauged.implode()))
    covered = set(stands)
    for a, b in pairs.select("node_a", "node_b").iter_rows():
        if a in stands or b in stands:
            covered |= {a, b}
    changes = (
        (pl.col("from_mode") == pl.col("to_mode"))
        & (pl.col("from_form") == pl.col("to_form"))
        & (pl.col("from_track_gauge_mm") != pl.col("to_track_gauge_mm"))
        & pl.col("node_id").is_in(list(covered))
    )
    hours = ("handling_h", "dwell_p50_h", "dwell_p95_h")
    return network.table("transfers").with_columns(
        pl.when(changes).then(0.0).otherwise(pl.col(c)).alias(c) for c in hours
    )
