"""Files of an assignment: Parquet tables and GeoJSON of the links."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from karwan.routing.lines import link_lines
from karwan.studies.flows import TABLES, Flows

__all__ = ["flow_geojson", "write_flows"]


def write_flows(flows: Flows, folder: Path) -> list[Path]:
    """Write every table as Parquet, and the links as GeoJSON.

    Parameters
    ----------
    flows : Flows
        Assignment.
    folder : Path
        Folder, made if it is not there.

    Returns
    -------
    list of Path
        Files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name in (*TABLES, "itineraries"):
        files.append(folder / f"{name}.parquet")
        getattr(flows, name).write_parquet(files[-1])
    files.append(folder / "links.geojson")
    files[-1].write_text(json.dumps(flow_geojson(flows), ensure_ascii=False), encoding="utf-8")
    return files


def flow_geojson(flows: Flows) -> dict[str, Any]:
    """Return the flow of every link, with its shape, as GeoJSON.

    Parameters
    ----------
    flows : Flows
        Assignment.

    Returns
    -------
    dict
        FeatureCollection of lines with link_id, mode, teu and tonnes a year.
    """
    network = flows.pool.network
    flow = (
        flows.things.filter(pl.col("kind") == "link")
        .group_by("id")
        .agg(pl.col("teu", "tonnes").sum())
        .sort("id")
    )
    mode = dict(network.table("links").select("link_id", "mode").iter_rows())
    lines = link_lines(network)
    features = []
    for name, teu, tonnes in flow.iter_rows():
        about = {"link_id": name, "mode": mode[name], "teu": teu, "tonnes": tonnes}
        shape: dict[str, Any] = {
            "type": "LineString",
            "coordinates": [list(p) for p in lines[name]],
        }
        features.append({"type": "Feature", "properties": about, "geometry": shape})
    return {"type": "FeatureCollection", "features": features}
