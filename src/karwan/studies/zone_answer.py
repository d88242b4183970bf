"""The answer to a tenant: a frozen bundle of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from karwan.appraisal.landed_cost import Sale
from karwan.appraisal.zone_book import ZoneBook
from karwan.network import Network
from karwan.studies.run import Run
from karwan.studies.zone_freight import Lane

__all__ = ["ZoneAnswer"]

SCHEMA = "karwan.zone/1"


@dataclass(frozen=True, eq=False)
class ZoneAnswer:
    """Landed costs of a plant's product by place and market.

    Attributes
    ----------
    run : Run
        Stamp.
    network : Network
        Network with the scenario, and the rows of the tenant's own file.
    book : ZoneBook
        The question with every figure it rests on.
    sales : mapping of (str, str) to Sale
        Landed cost by zone_id and node_id of the market.
    cut_off : list of Lane
        Lanes without a route that cost a place its market.
    landed : polars.DataFrame
        One row a market and place, the cheapest first: landed cost, its parts, sales tax [USD/t],
        days, supplies, agreement and shares by grade.
    best : polars.DataFrame
        One row a market: the best place, the next, the lead [USD/t], and how many figures would
        change the best place within their interval.
    switching : polars.DataFrame
        One row a market and figure: its value now and where another place becomes the best.
    guesses : polars.DataFrame
        Figures of grade C, the most telling first: by how much the lead of the best place changes
        over their interval [USD/t] and in which markets the best place changes within it.
    worth : polars.DataFrame
        What suspension, refunds, holiday and agreements are worth by place and market [USD/t].
    notices : polars.DataFrame
        Sanctions and bans in force on the day that concern a place, supply or market.
    """

    run: Run
    network: Network
    book: ZoneBook
    sales: Mapping[tuple[str, str], Sale]
    cut_off: list[Lane]
    landed: pl.DataFrame
    best: pl.DataFrame
    switching: pl.DataFrame
    guesses: pl.DataFrame
    worth: pl.DataFrame
    notices: pl.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        run = asdict(self.run)
        run["depart"] = str(self.run.depart)
        tables = ("best", "landed", "switching", "guesses", "worth", "notices")
        figures = {key: asdict(figure) for key, figure in sorted(self.book.figures.items())}
        notices = self.notices.with_columns(pl.col(pl.Date).cast(pl.String))
        return {
            "schema": SCHEMA,
            "run": run,
            "name": self.book.name,
            "product": self.book.product.name,
            "lot_t": self.book.lot_t,
            **{t: getattr(self, t).to_dicts() for t in tables if t != "notices"},
            "notices": notices.to_dicts(),
            "cut_off": [lane.words for lane in self.cut_off],
            "figures": figures,
        }
