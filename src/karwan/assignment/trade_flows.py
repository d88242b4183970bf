"""Turn lines of trade statistics into flows between places of a network."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from karwan.assignment.codes import country_codes, goods_by_hs, main_places
from karwan.errors import DataError, Problem
from karwan.network import Network

__all__ = ["place_trade"]

ENDS = {"exporter": "origin", "importer": "destination"}


def place_trade(
    network: Network,
    name: str,
    trade: pl.DataFrame,
    notes: list[str],
    *,
    places: Mapping[str, str] | None = None,
    commodity: str | None = None,
    leave_out: Collection[str] = (),
) -> pl.DataFrame:
    """Turn codes of countries and goods into places and commodities.

    Parameters
    ----------
    network : Network
        Network that knows them.
    name : str
        Name of the file, for messages.
    trade : polars.DataFrame
        Columns of `trade_files.TRADE_COLUMNS`.
    notes : list of str
        What was left out or estimated is added here.
    places : mapping of str to str, optional
        node_id that stands for a country.
    commodity : str, optional
        Commodity of codes that none names.
    leave_out : collection of str
        ``places`` and ``goods`` that are left out instead of refused.

    Returns
    -------
    polars.DataFrame
        origin, destination, commodity, year and tonnes; one row each.

    Raises
    ------
    DataError
        Countries without a place and codes without a commodity, with the value lost.
    """
    nodes = main_places(network, dict(places or {}))
    countries = country_codes()
    frame = trade.with_columns(
        *(pl.col(c).replace_strict(countries, default=None).alias(f"{c}_country") for c in ENDS),
        commodity=_goods(trade["hs"], goods_by_hs(network)),
    )
    world = pl.any_horizontal(pl.col(f"{c}_country") == "" for c in ENDS).fill_null(value=False)
    whole = frame.filter(world).height
    if whole:
        notes.append(f"{whole} lines with the world or an unknown area are left out")
    frame = frame.filter(~world).with_columns(
        pl.col(f"{c}_country").replace_strict(nodes, default=None).alias(end)
        for c, end in ENDS.items()
    )
    problems = _lost_places(name, frame, notes, leave="places" in leave_out)
    problems += _lost_goods(name, frame, notes, commodity, leave="goods" in leave_out)
    if problems:
        raise DataError(problems)
    if commodity:
        frame = frame.with_columns(pl.col("commodity").fill_null(commodity))
    frame = frame.drop_nulls([*ENDS.values(), "commodity"])
    frame = frame.filter(pl.col("origin") != pl.col("destination"))
    _name_places(network, frame, notes)
    return _weighed(network, frame, notes)


def _name_places(network: Network, frame: pl.DataFrame, notes: list[str]) -> None:
    stood = sorted(set(frame["origin"]) | set(frame["destination"]))
    named = dict(network.table("nodes").select("node_id", "name").iter_rows())
    if stood:
        listed = _some(f"{named[n]} ({n})" for n in stood)
        notes.append(f"places that stand for countries: {listed}")


def _goods(hs: pl.Series, goods: Mapping[str, str]) -> pl.Series:
    """Return the commodity of the longest prefix that is known."""
    found = {}
    for code in hs.unique():
        prefix = next((code[:n] for n in range(len(code), 1, -1) if code[:n] in goods), None)
        found[code] = goods[prefix] if prefix else None
    return hs.replace_strict(found, default=None, return_dtype=pl.String)


def _lost_places(name: str, frame: pl.DataFrame, notes: list[str], *, leave: bool) -> list[Problem]:
    lost = pl.concat(
        frame.filter(pl.col(end).is_null()).select(code=pl.col(c), usd="usd")
        for c, end in ENDS.items()
    )
    if lost.is_empty():
        return []
    sums = lost.group_by("code").agg(pl.col("usd").sum(), pl.len())
    sums = sums.sort("usd", "code", descending=[True, False])
    if leave:
        either = pl.any_horizontal(pl.col(end).is_null() for end in ENDS.values())
        usd = float(frame.filter(either).select(pl.col("usd").sum()).item()) / 1e6
        notes.append(f"left out without a place: {_some(sums['code'])}, {usd:,.3g} USD M")
        return []
    hint = "add a place there, or leave such countries out with --leave-out places"
    return [
        Problem(
            name,
            message=f"country {code!r} has no place in the network "
            f"({count} lines, {usd / 1e6:,.3g} USD M)",
            hint=hint,
        )
        for code, usd, count in sums.iter_rows()
    ]


def _lost_goods(
    name: str, frame: pl.DataFrame, notes: list[str], commodity: str | None, *, leave: bool
) -> list[Problem]:
    lost = frame.filter(pl.col("commodity").is_null())
    if lost.is_empty():
        return []
    chapters = (
        lost.group_by(chapter=pl.col("hs").str.slice(0, 2))
        .agg(pl.col("usd").sum(), pl.col("tonnes").sum(), pl.col("hs").unique().sort())
        .sort("usd", "chapter", descending=[True, False])
    )
    said = [
        f"HS chapter {c}: {usd / 1e6:,.3g} USD M, {tonnes:,.0f} t ({_some(codes)})"
        for c, usd, tonnes, codes in chapters.iter_rows()
    ]
    if commodity is not None:
        notes += [f"counted as {commodity}: {s}" for s in said]
        return []
    if leave:
        notes += [f"left out without a commodity: {s}" for s in said]
        return []
    hint = "name its codes in commodities.hs, give --commodity for the rest, or --leave-out goods"
    return [Problem(name, message=f"no commodity names {s}", hint=hint) for s in said]


def _weighed(network: Network, frame: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    """Estimate weights that are missing by the value of the goods, and add up lines."""
    value = dict(network.table("commodities").select("commodity", "value_usd_per_t").iter_rows())
    estimate = pl.col("usd") / pl.col("commodity").replace_strict(value, return_dtype=pl.Float64)
    without = pl.col("tonnes").is_null()
    missing = frame.filter(without).height
    if missing:
        share = frame.select(pl.col("usd").filter(without).sum() / pl.col("usd").sum()).item()
        notes.append(
            f"{missing} lines without a weight ({100 * share:.0f} % of value) are weighed by the "
            "value of their commodity"
        )
    return (
        frame.with_columns(tonnes=pl.col("tonnes").fill_null(estimate))
        .group_by("origin", "destination", "commodity", "year")
        .agg(pl.col("tonnes").sum())
    )


def _some(words: Iterable[object], most: int = 8) -> str:
    """List words, the first few by name."""
    listed = [str(w) for w in words]
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {more} more" if more > 0 else "")
