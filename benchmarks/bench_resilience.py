"""All single losses of 25 origins x 12 markets on the atlas. Target: 60 s on two cores."""

import polars as pl

import karwan


def test_single_losses(benchmark):
    """Crossings, gateways, passages and transit countries, searched anew where they hurt."""
    atlas = karwan.open_atlas()
    nodes = atlas.table("nodes").filter(pl.col("role").is_not_null())
    origins, markets = (
        nodes.filter(pl.col("role").str.contains(role))["node_id"].to_list()
        for role in ("origin", "market")
    )
    found = benchmark.pedantic(
        karwan.resilience, (atlas, origins[:25], markets[:12]), rounds=1, warmup_rounds=0
    )
    assert found.pairs == 300
