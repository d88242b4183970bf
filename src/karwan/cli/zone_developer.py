"""Print the cash flow of a zone's developer."""

from __future__ import annotations

import json

import click

from karwan.cli.tables import print_table
from karwan.network import Network
from karwan.studies.zone_development import zone_development

__all__ = ["print_developer"]


def print_developer(network: Network, zone: str, *, as_json: bool) -> None:
    """Print guesses, returns, break-even values and yearly flows."""
    found = zone_development(network, zone)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return
    years = found.payback_years
    back = f"{years:.1f} years" if years < float("inf") else "never"
    click.echo(
        f"{found.name}: present value for the developer {found.npv_usd_m:,.1f} M USD at "
        f"{found.terms['discount_rate']:.1%}, internal rate of return {found.irr.words}, paid back "
        f"{'in ' if years < float('inf') else ''}{back}; the authority's share of gross is worth "
        f"{found.authority_npv_usd_m:,.1f} M USD"
    )
    rows = [
        [
            r["term"], f"{r['value']:g}", f"{r['low']:g} to {r['high']:g}",
            f"{r['npv_low_usd_m']:,.1f}", f"{r['npv_high_usd_m']:,.1f}",
        ]
        for r in found.guesses.iter_rows(named=True)
    ]  # fmt: skip
    header = ["estimate", "taken", "may lie in", "worth at the low end", "at the high end"]
    print_table("Guesses first, with the present value they lead to, M USD", header, rows,
                right=(1, 3, 4))  # fmt: skip
    rows = [
        [
            r["term"],
            f"{r['value']:g}",
            "none" if r["break_even"] is None else f"{r['break_even']:,.4g}",
        ]
        for r in found.break_even.iter_rows(named=True)
    ]
    print_table("Where the present value is nil", ["term", "taken", "must be"], rows, right=(1, 2))
    header = [c.replace("_", " ") for c in found.flows.columns]
    rows = [
        [str(int(r[0])), f"{r[1]:,.0f}", *(f"{x:,.1f}" for x in r[2:])]
        for r in found.flows.iter_rows()
    ]
    print_table("Yearly flows, M USD", header, rows, right=range(1, len(header)))
