"""Skims: generalised cost and time between all nodes and all ports of the atlas; target 1 s."""

import numpy as np

import karwan


def test_all_nodes_to_all_ports(benchmark):
    """Supernetwork built beforehand, as for a study that asks more than once."""
    atlas = karwan.open_atlas()
    nodes = atlas.table("nodes")["node_id"].to_list()
    ports = atlas.table("sea_nodes")["node_id"].drop_nulls().to_list()
    cargo = karwan.Consignment("Karaganda", "Mombasa", teu=1)
    karwan.skim(atlas, nodes[:2], ports[:2], cargo)
    skims = benchmark.pedantic(karwan.skim, (atlas, nodes, ports, cargo), rounds=3)
    assert len(skims) == len(nodes) * len(ports)
    assert np.isfinite(skims["generalised_cost_usd"].to_numpy()).mean() > 0.8
