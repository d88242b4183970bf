"""Write assignment problems and networks as folders of GMNS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from karwan.assignment.flow_problem import FlowProblem
from karwan.assignment.gmns import CENTROID
from karwan.errors import InputError
from karwan.kernels.volume_delay import BPR, CONSTANT
from karwan.network import Network

__all__ = ["write_gmns", "write_network_gmns"]


def write_gmns(problem: FlowProblem, folder: Path | str) -> None:
    """Write an assignment problem as a GMNS folder that `read_gmns` reads back.

    Parameters
    ----------
    problem : FlowProblem
        Problem; its links must be constant or BPR.
    folder : path
        Folder, made if need be.

    Raises
    ------
    InputError
        A link has another performance function, which GMNS cannot say.
    """
    kind, base, rise = problem.curves.kind, problem.curves.base, problem.curves.rise
    rises = kind == BPR
    wrong = ((kind != BPR) & (kind != CONSTANT)) | (rises & (base <= 0.0))
    other = [problem.links[r] for r in problem.row[wrong]]
    if other:
        hint = "write them as constant or BPR with a cost above 0 at no flow"
        message = f"GMNS has no word for the cost of links {', '.join(other[:9])}; {hint}"
        raise InputError(message)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    nodes = pl.Series(problem.nodes, dtype=pl.String)
    types = ["" if t else CENTROID for t in problem.through]
    pl.DataFrame({"node_id": nodes, "node_type": types}).write_csv(folder / "node.csv")
    only = {
        "capacity": problem.curves.capacity,
        "vdf_alpha": rise / np.where(base > 0.0, base, 1.0),
        "vdf_beta": problem.curves.power,
    }
    pl.DataFrame(
        {
            "link_id": [problem.links[r] for r in problem.row],
            "from_node_id": nodes[problem.tail],
            "to_node_id": nodes[problem.head],
            "directed": True,
            "length": problem.length,
            "lanes": 1,
            "vdf_fftt": base,
            **{n: np.where(rises, x, np.nan) for n, x in only.items()},
        },
        nan_to_null=True,
    ).write_csv(folder / "link.csv")
    pl.DataFrame(
        {
            "o_zone_id": nodes[problem.origin],
            "d_zone_id": nodes[problem.destination],
            "volume": problem.amount,
        }
    ).write_csv(folder / "demand.csv")


def write_network_gmns(network: Network, folder: Path | str) -> tuple[int, int]:
    """Write nodes and links of a network as a GMNS folder.

    Parameters
    ----------
    network : Network
        Network, scenario applied. Links of the sea, handling, borders and services are not
        links of a GMNS network and are left out.
    folder : path
        Folder, made if need be. Length in km, free_speed in km/h where a running time is
        known, allowed_uses is the mode.

    Returns
    -------
    int, int
        Nodes and links written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    nodes = network.table("nodes").select(
        "node_id", "name", x_coord="lon_deg", y_coord="lat_deg", node_type="kind"
    )
    hours = pl.when(pl.col("running_time_h") > 0).then("running_time_h")
    links = network.table("links").select(
        "link_id",
        from_node_id="from_node",
        to_node_id="to_node",
        directed=~pl.col("two_way"),
        length="distance_km",
        free_speed=pl.col("distance_km") / hours,
        facility_type="mode",
        allowed_uses="mode",
        status="status",
    )
    nodes.write_csv(folder / "node.csv")
    links.write_csv(folder / "link.csv")
    return nodes.height, links.height
