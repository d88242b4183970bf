"""How well a network is known: coverage, and what rests on which grade."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from karwan.network import Network

__all__ = ["AtlasReport", "atlas_report"]

GRADES = ("A", "B", "C")


@dataclass(frozen=True, eq=False)
class AtlasReport:
    """Coverage and grades of a network.

    Attributes
    ----------
    tables : polars.DataFrame
        Rows of each table by grade of their source, weakest table first.
    links : polars.DataFrame
        Length of links in use by mode and grade [km].
    coverage : polars.DataFrame
        Origins, gateways, markets, crossings and countries.
    weakest : polars.DataFrame
        Grade C rows that most routes use: table, row, uses, source, how the estimate was made.
    """

    tables: pl.DataFrame
    links: pl.DataFrame
    coverage: pl.DataFrame
    weakest: pl.DataFrame


def atlas_report(network: Network) -> AtlasReport:
    """Report how well a network is known.

    Parameters
    ----------
    network : Network
        Network reported on.

    Returns
    -------
    AtlasReport
        Four tables.
    """
    sources = network.table("sources").select("source_id", "grade", "title", "method")
    return AtlasReport(
        _tables(network, sources),
        _links(network, sources),
        _coverage(network),
        _weakest(network, sources),
    )


def _tables(network: Network, sources: pl.DataFrame) -> pl.DataFrame:
    lines = []
    for name, frame in network.tables.items():
        if name == "sources" or "source_id" not in frame.columns or frame.is_empty():
            continue
        graded = frame.select("source_id").join(sources, on="source_id", how="left")["grade"]
        counts = {g: int((graded == g).sum()) for g in GRADES}
        lines.append({"table": name, "rows": len(frame), **counts})
    return (
        pl.DataFrame(lines)
        .with_columns(share_c=pl.col("C") / pl.col("rows"))
        .sort("share_c", "table", descending=[True, False])
    )


def _links(network: Network, sources: pl.DataFrame) -> pl.DataFrame:
    in_use = network.table("links").filter(pl.col("status") == "open")
    graded = in_use.join(sources, on="source_id", how="left")
    wide = (
        graded.group_by("mode", "grade")
        .agg(pl.col("distance_km").sum())
        .pivot("grade", index="mode", values="distance_km")
        .fill_null(0.0)
        .sort("mode")
    )
    missing = [pl.lit(0.0).alias(g) for g in GRADES if g not in wide.columns]
    wide = wide.with_columns(missing).with_columns(km=pl.sum_horizontal(GRADES))
    return wide.select("mode", "km", *((pl.col(g) / pl.col("km")).alias(g) for g in GRADES))


def _coverage(network: Network) -> pl.DataFrame:
    nodes, links = network.table("nodes"), network.table("links")
    role = pl.col("role").fill_null("").str.split("|")
    counts = {
        f"nodes with role {name}": nodes.filter(role.list.contains(name)).height
        for name in ("origin", "gateway", "market")
    }
    counts["nodes"] = nodes.height
    counts["countries"] = nodes["country"].n_unique()
    for status in ("open", "construction", "planned", "disused"):
        counts[f"links {status}"] = links.filter(pl.col("status") == status).height
    crossings = network.table("border_crossings")
    for mode in crossings["mode"].unique().sort():
        counts[f"border crossings by {mode}"] = crossings.filter(pl.col("mode") == mode).height
    procedures = network.table("border_procedures")
    counts["border procedures"] = procedures.height
    counts["sources"] = network.table("sources").height
    return pl.DataFrame({"what": list(counts), "count": list(counts.values())})


def _weakest(network: Network, sources: pl.DataFrame) -> pl.DataFrame:
    """List estimates by how many rows rest on them: where a better source brings most."""
    lines = []
    for name, frame in network.tables.items():
        if name != "sources" and "source_id" in frame.columns:
            counts = frame.group_by("source_id").len("rows")
            lines.append(counts.with_columns(table=pl.lit(name)))
    used = pl.concat(lines).join(sources.filter(pl.col("grade") == "C"), on="source_id")
    return used.select("table", "rows", "source_id", "title", "method").sort(
        "rows", "table", "source_id", descending=[True, False, False]
    )
