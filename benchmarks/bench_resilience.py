"""Single losses of 25 origins x 12 markets on the atlas, target 60 s on two cores; a portfolio."""

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


def test_portfolio(benchmark):
    """The smallest portfolio of one pair: 100 histories of 20 years, 12 departures a year."""
    atlas = karwan.open_atlas()
    asked = {"within_days": 45, "probability": 0.95, "seed": 1}
    found = benchmark.pedantic(
        karwan.portfolio, (atlas, ["Almaty"], ["Mombasa"]), asked, rounds=1, warmup_rounds=0
    )
    benchmark.extra_info["ways"] = len(found.ways)
    assert found.curve["probability"].is_sorted()
    assert found.is_feasible == (found.reachable >= 0.95)
