"""How much demand there is that a gateway can win at all, before any share of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from karwan.errors import InputError
from karwan.network import Network
from karwan.routing.consignment import find_node
from karwan.schema.check import did_you_mean
from karwan.studies.run import Run, karwan_version

__all__ = ["Market", "market"]

REACHES = ("sea", "sea or land", "land")
AMOUNTS = ("tonnes", "tonnes_low", "tonnes_high", "teu", "teu_low", "teu_high")
UNGRADED = "ungraded"
"""Grade of rows whose source is not in the network, as of an import not yet checked."""
GROUPS = ("kind", "country", "direction", "partner", "commodity", "container", "reach")


@dataclass(frozen=True, eq=False)
class Market:
    """Demand of one year and what of it a sea gateway can win at all.

    Attributes
    ----------
    run : Run
        Stamp.
    year : int
        Year the amounts hold for.
    rows : polars.DataFrame
        Sums by kind, country, direction, partner, commodity, container (whether it is counted in
        containers) and reach: `tonnes`,
        `tonnes_low` and `tonnes_high` [t/year]; `teu`, `teu_low` and `teu_high` [TEU/year] of
        what travels in containers. `reach` is ``sea`` where no way on land joins the two ends,
        ``sea or land`` where one end lies in a landlocked country and the other is a sea port,
        not of a neighbour, that land reaches too, and ``land`` elsewhere: that no sea gateway
        wins. Country is the landlocked end (the one
        asked for, or the origin if both ends are); direction is ``export`` or ``import`` as it
        sees it, ``through`` for transit.
    grades : dict of str to float
        Share of tonnes by grade of their source; ``ungraded`` where the network lacks the source.
    """

    run: Run
    year: int
    rows: pl.DataFrame
    grades: dict[str, float]

    def by(self, *columns: str) -> pl.DataFrame:
        """Add rows up.

        Parameters
        ----------
        *columns : str
            Any of kind, country, direction, partner, commodity, container, reach; none for the
            total.

        Returns
        -------
        polars.DataFrame
            One row a group, the largest first. Low ends and high ends are added up: the interval
            holds if all amounts are off the same way, and is too wide if they are not.

        Raises
        ------
        InputError
            A column is none of these.
        """
        for column in columns:
            if column not in GROUPS:
                near = did_you_mean(column, GROUPS) or f"use {', '.join(GROUPS)}"
                message = f"market rows have no group {column!r}; {near}"
                raise InputError(message)
        sums = [pl.col(a).sum() for a in AMOUNTS]
        if not columns:
            return self.rows.select(sums)
        grouped = self.rows.group_by(*columns).agg(sums)
        return grouped.sort("tonnes", *columns, descending=[True, *([False] * len(columns))])

    @property
    def winnable(self) -> Market:
        """The part that a sea gateway can win at all."""
        kept = self.rows.filter(pl.col("reach") != "land")
        return Market(self.run, self.year, kept, self.grades)

    def to_dict(self) -> dict[str, Any]:
        """Return the tables as plain values."""
        total, can = self.by().to_dicts()[0], self.winnable.by().to_dicts()[0]
        return {
            "schema": "karwan.market/1",
            "run": {
                "karwan_version": self.run.karwan_version,
                "network": self.run.network,
                "fingerprint": self.run.fingerprint,
                "options": self.run.options,
            },
            "year": self.year,
            "total": total,
            "winnable": can,
            "grades": self.grades,
            "rows": self.rows.to_dicts(),
        }


def market(
    network: Network,
    *,
    year: int | None = None,
    origin: str | Sequence[str] = (),
    commodity: str | Sequence[str] = (),
) -> Market:
    """Sum the demand of a year by what a sea gateway can win of it at all.

    Parameters
    ----------
    network : Network
        Network with the table `demand`.
    year : int, optional
        Year; the one in the table that is nearest to the network's as-of date if not given.
    origin : str or sequence of str
        Home countries (``KZ``) or places; demand with neither end there is left out, but transit
        stays, since it crosses the region whatever its ends.
    commodity : str or sequence of str
        Only these goods.

    Returns
    -------
    Market
        Amounts with intervals.

    Raises
    ------
    InputError
        There is no demand, or a year, place or commodity is unknown; all at once.
    """
    places = (origin,) if isinstance(origin, str) else tuple(origin)
    goods = (commodity,) if isinstance(commodity, str) else tuple(commodity)
    demand = network.table("demand")
    if demand.is_empty():
        message = "the network has no demand; add the table, or read it with `karwan demand import`"
        raise InputError(message)
    problems: list[str] = []
    chosen = _year(network, year, problems)
    homes = _homes(network, places, problems)
    known = network.table("commodities")["commodity"].to_list()
    for name in goods:
        if name not in known:
            near = did_you_mean(name, known) or "`karwan atlas commodities` lists them"
            problems.append(f"commodity {name!r} is not in commodities; {near}")
    if problems:
        raise InputError(problems)
    rows = demand.filter(pl.col("year") == chosen)
    if goods:
        rows = rows.filter(pl.col("commodity").is_in(goods))
    if places:
        ends = pl.any_horizontal(pl.col(e).is_in(list(homes)) for e in ("origin", "destination"))
        rows = rows.filter(ends | (pl.col("kind") == "transit"))
    options = {"year": chosen, "origin": list(places), "commodity": list(goods)}
    run = Run(
        karwan_version(), network.name, network.fingerprint, (), network.as_of,
        network.price_year, options,
    )  # fmt: skip
    return Market(run, chosen, _summed(network, rows, homes), _grades(network, rows))


def _year(network: Network, year: int | None, problems: list[str]) -> int:
    years: list[int] = sorted(network.table("demand")["year"].unique())
    if year is None:
        return min(years, key=lambda y: (abs(y - network.as_of.year), y))
    if year not in years:
        problems.append(f"year is {year}; the demand is of {', '.join(map(str, years))}")
    return year


def _homes(network: Network, places: Sequence[str], problems: list[str]) -> frozenset[str]:
    """Return the nodes that countries and places mean."""
    nodes = network.table("nodes")
    countries = set(nodes["country"])
    homes: set[str] = set()
    for place in places:
        if place.upper() in countries:
            homes |= set(nodes.filter(pl.col("country") == place.upper())["node_id"])
            continue
        try:
            homes.add(find_node(network, place))
        except InputError as fault:
            problems.append(f"origin: {fault}")
    return frozenset(homes)


def _summed(network: Network, rows: pl.DataFrame, homes: frozenset[str]) -> pl.DataFrame:
    country = dict(network.table("nodes").select("node_id", "country").iter_rows())
    landlocked = dict(network.table("countries").select("country", "landlocked").iter_rows())
    reaches = _reaches(network, landlocked, country)
    told: list[tuple[str, str, str, str]] = []
    for a, b, kind in rows.select("origin", "destination", "kind").iter_rows():
        if a in homes or b in homes:
            outward = a in homes
        else:
            outward = landlocked[country[a]] or not landlocked[country[b]]
        direction = "through" if kind == "transit" else "export" if outward else "import"
        home, away = (country[a], country[b]) if outward else (country[b], country[a])
        told.append((home, direction, away, reaches(a, b)))
    words = pl.DataFrame(told, ["country", "direction", "partner", "reach"], orient="row")
    boxes = network.table("cargo_units").filter(pl.col("form") == "container")["cargo_unit"]
    scale = pl.col("teu") / pl.col("tonnes")
    full = pl.concat([rows, words], how="horizontal").with_columns(
        container=pl.col("cargo_unit").is_in(boxes.to_list()),
        teu=pl.col("teu").fill_null(0.0),
        teu_low=(scale * pl.col("tonnes_low")).fill_nan(0.0).fill_null(0.0),
        teu_high=(scale * pl.col("tonnes_high")).fill_nan(0.0).fill_null(0.0),
    )
    return full.group_by(GROUPS).agg(pl.col(a).sum() for a in AMOUNTS).sort(GROUPS)


def _reaches(
    network: Network, landlocked: dict[str, bool], country: dict[str, str]
) -> Callable[[str, str], str]:
    """Return a function that says how two nodes can be joined."""
    nodes, part = network.table("nodes"), _land_parts(network)
    ports = {n for n, kind in nodes.select("node_id", "kind").iter_rows() if kind == "sea_port"}
    crossings = network.table("border_crossings").select("node_a", "node_b")
    neighbours = {frozenset((country[a], country[b])) for a, b in crossings.iter_rows()}

    def reach(a: str, b: str) -> str:
        if part[a] != part[b]:
            return REACHES[0]
        lands = frozenset((country[a], country[b]))
        one_inland = any(landlocked[country[x]] and y in ports for x, y in ((a, b), (b, a)))
        return REACHES[1] if one_inland and lands not in neighbours else REACHES[2]

    return reach


def _land_parts(network: Network) -> dict[str, int]:
    """Return which parts of the land each node lies on: open links and ferries, closures aside."""
    nodes = network.table("nodes")["node_id"].to_list()
    at = {node: i for i, node in enumerate(nodes)}
    medium = dict(network.table("modes").select("mode", "medium").iter_rows())
    links = network.table("links").filter(pl.col("status") == "open")
    ends = [
        (at[a], at[b])
        for a, b, mode in links.select("from_node", "to_node", "mode").iter_rows()
        if medium[mode] != "sea"
    ]
    tail, head = np.array(ends, int).reshape(-1, 2).T
    graph = coo_matrix((np.ones(len(tail)), (tail, head)), shape=(len(nodes), len(nodes)))
    labels = connected_components(graph, directed=False)[1]
    return dict(zip(nodes, labels.tolist(), strict=True))


def _grades(network: Network, rows: pl.DataFrame) -> dict[str, float]:
    grade = dict(network.table("sources").select("source_id", "grade").iter_rows())
    sums = rows.group_by(g=pl.col("source_id").replace_strict(grade, default=UNGRADED)).agg(
        pl.col("tonnes").sum()
    )
    total = max(float(sums.select(pl.col("tonnes").sum()).item()), 1e-12)
    shares = dict(sums.iter_rows())
    return {g: shares[g] / total for g in ("A", "B", "C", UNGRADED) if g in shares}
