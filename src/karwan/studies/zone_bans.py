"""Bans on the trade of two countries: those that end a lane, and those that only bar places."""

from __future__ import annotations

import datetime as dt

import polars as pl

from karwan.network import Network

__all__ = ["banned_trade", "under_trade_rules"]

EXCLUDE = "exclude"


def banned_trade(
    network: Network, day: dt.date, origin: str, destination: str
) -> tuple[str, frozenset[str]]:
    """Return what bars goods between two countries on a day.

    Parameters
    ----------
    network : Network
        Network with restrictions.
    day : datetime.date
        Day.
    origin, destination : str
        Countries.

    Returns
    -------
    ban : str
        Why no goods go between them at all, empty if they do.
    rules : frozenset of str
        restriction_ids that bar places to their trade.
    """
    pair, ban, rules = {origin, destination}, "", set()
    if len(pair) == 1:
        return ban, frozenset()
    in_force = network.table("restrictions").filter(
        pl.col("effect") == EXCLUDE,
        pl.col("starts") <= day,
        pl.col("ends").is_null() | (pl.col("ends") >= day),
    )
    for row in in_force.iter_rows(named=True):
        trades = [set(trade.split("-")) for trade in (row["trade"] or "").split("|") if trade]
        if row["target_kind"] == "country_pair" and set(row["target"].split("-")) == pair:
            until = f" to {row['ends']}" if row["ends"] else f", last look {row['last_look']}"
            ban = f"barred from {row['starts']}{until} ({row['reason'].rstrip('.')})"
        elif pair in trades:
            rules.add(row["restriction_id"])
    return ban, frozenset(rules)


def under_trade_rules(network: Network, rules: frozenset[str]) -> Network:
    """Return the network in which rules of a trade hold for all cargo."""
    if not rules:
        return network
    mine = pl.col("restriction_id").is_in(sorted(rules))
    cleared = pl.when(~mine).then(pl.col("trade"))
    return network.with_tables(
        restrictions=network.table("restrictions").with_columns(trade=cleared)
    )
