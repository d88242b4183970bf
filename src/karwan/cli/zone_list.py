"""Print the ready cases of tenants, and the zones whose developer's cash flow is known."""

from __future__ import annotations

import json

import click

from karwan.cli.tables import print_table
from karwan.network import Network

__all__ = ["print_cases"]


def print_cases(network: Network, *, as_json: bool) -> None:
    """Print what `karwan zone` can be asked."""
    cases = network.table("zone_cases").select("case_id", "name", "markets", "description")
    developed = network.table("zone_developments")["zone_id"].unique().sort().to_list()
    names = dict(network.table("zones").select("zone_id", "name").iter_rows())
    if as_json:
        found = {"cases": cases.to_dicts(), "developments": developed}
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    rows = [[r[0], r[3]] for r in cases.iter_rows()]
    print_table("Ready cases of tenants", ["case", "question"], rows)
    rows = [[z, names[z]] for z in developed]
    print_table("Zones with a developer's cash flow", ["zone", "name"], rows)
