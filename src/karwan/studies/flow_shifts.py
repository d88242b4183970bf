"""What moves from where to where between two assignments."""

from __future__ import annotations

import polars as pl

from karwan.studies.flows import Flows

__all__ = ["UNSERVED", "shifts"]

UNSERVED = "unserved"
"""Where traffic comes from that did not move before, and goes to that moves no more."""


def shifts(base: Flows, other: Flows, by: str = "gateway") -> pl.DataFrame:
    """Return what moves from one gateway or corridor to another.

    Within each row of demand what one loses goes to those that gain in proportion to their
    gains; nothing moves between rows.

    Parameters
    ----------
    base, other : Flows
        Assignments of the same demand.
    by : str
        ``gateway`` or ``corridor``.

    Returns
    -------
    polars.DataFrame
        source, target (`unserved` where traffic moves in one of the two only) and teu
        [TEU/year], net of what moves the other way; largest first.
    """
    before, after = (
        flows.itineraries.group_by("demand_id", by).agg(pl.col("teu").sum())
        for flows in (base, other)
    )
    keys = ["demand_id", by]
    change = before.join(after, on=keys, how="full", coalesce=True).select(
        *keys, (pl.col("teu_right").fill_null(0) - pl.col("teu").fill_null(0)).alias("teu")
    )
    missing = change.group_by("demand_id").agg(
        pl.lit(UNSERVED).alias(by), (-pl.col("teu").sum()).alias("teu")
    )
    whole = pl.concat([change, missing.select(*keys, "teu")])
    lost = whole.filter(pl.col("teu") < 0).rename({by: "source", "teu": "lost"})
    won = whole.filter(pl.col("teu") > 0).rename({by: "target", "teu": "won"})
    total = won.group_by("demand_id").agg(pl.col("won").sum().alias("all_won"))
    moved = (
        lost.join(won.join(total, on="demand_id"), on="demand_id")
        .with_columns((-pl.col("lost") * pl.col("won") / pl.col("all_won")).alias("teu"))
        .group_by("source", "target")
        .agg(pl.col("teu").sum())
    )
    back = moved.select(
        pl.col("source").alias("target"), pl.col("target").alias("source"), pl.col("teu")
    )
    net = moved.join(back, on=["source", "target"], how="left", suffix="_back")
    return (
        net.select("source", "target", pl.col("teu") - pl.col("teu_back").fill_null(0))
        .filter(pl.col("teu") > 0)
        .sort("teu", "source", "target", descending=[True, False, False])
    )
