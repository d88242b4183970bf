"""Put published totals of trade beside the demand of the atlas.

``tools/inputs/demand_totals.csv`` holds one published total a row: countries of both ends (``*``
or empty: any), goods, kinds, the country that one end must lie in, amount and unit. Scope says
what the publication counts: ``equal`` the same, ``wider`` more, ``narrower`` less than the demand
beside it. A row that lies outside the interval says why in ``why_off``.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from karwan import Network
from rows import INPUTS, Row, read_rows

YEAR = 2025


@dataclass(frozen=True)
class Beside:
    """One published total beside the demand of the atlas, in the unit of the publication."""

    row: Row
    published: float
    demand: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the published total lies where its scope says it must."""
        above = self.published >= self.low or self.row["scope"] == "narrower"
        below = self.published <= self.high or self.row["scope"] == "wider"
        return above and below


def totals_beside(network: Network) -> list[Beside]:
    """Return every published total beside the demand of the network.

    Parameters
    ----------
    network : Network
        The atlas.

    Returns
    -------
    list of Beside
        In the order of the file.
    """
    country = dict(network.table("nodes").select("node_id", "country").iter_rows())
    value = dict(network.table("commodities").select("commodity", "value_usd_per_t").iter_rows())
    demand = network.table("demand").filter(pl.col("year") == YEAR)
    demand = demand.with_columns(
        origin_country=pl.col("origin").replace_strict(country),
        destination_country=pl.col("destination").replace_strict(country),
        value=pl.col("commodity").replace_strict(value) / 1e6,
        load=pl.col("teu").fill_null(0.0) / pl.col("tonnes"),
    )
    return [_beside(row, demand) for row in read_rows(INPUTS / "demand_totals.csv")]


def _beside(row: Row, demand: pl.DataFrame) -> Beside:
    rows = demand
    for column, cell in (
        ("origin_country", row["origins"]),
        ("destination_country", row["destinations"]),
        ("commodity", row["commodities"]),
        ("kind", row["kinds"]),
    ):
        if cell not in ("", "*"):
            rows = rows.filter(pl.col(column).is_in(cell.split("|")))
    if row["either"]:
        ends = ("origin_country", "destination_country")
        rows = rows.filter(pl.any_horizontal(pl.col(e) == row["either"] for e in ends))
    per_tonne = {"t": pl.lit(1.0), "TEU": pl.col("load"), "USD M": pl.col("value")}[row["unit"]]
    sums = rows.select(
        (pl.col(c) * per_tonne).sum() for c in ("tonnes", "tonnes_low", "tonnes_high")
    ).row(0)
    return Beside(row, float(row["published"]), *sums)
