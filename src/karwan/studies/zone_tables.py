"""Tables of the answer to a tenant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from karwan.appraisal.contest import Contest
from karwan.appraisal.landed_cost import PARTS, Sale
from karwan.appraisal.regime_worth import regime_worth
from karwan.appraisal.switching import swing, switches
from karwan.appraisal.zone_book import Place, ZoneBook, ZonePlace
from karwan.appraisal.zone_grades import grade_shares
from karwan.network import Network

__all__ = ["answer_tables", "part_column"]

Sales = Mapping[tuple[str, str], Sale]
ESTIMATE = "C"


def part_column(part: str) -> str:
    """Return the column of a part of the landed cost."""
    return part.replace(" ", "_").replace("-", "_") + "_usd_per_t"


def answer_tables(
    network: Network, book: ZoneBook, sales: Sales, contests: Sequence[Contest], day: dt.date
) -> tuple[pl.DataFrame, ...]:
    """Return landed, best, switching, guesses, worth and notices, as `ZoneAnswer` lists them.

    Parameters
    ----------
    network : Network
        Network with sources and restrictions.
    book : ZoneBook
        The question.
    sales : mapping of (str, str) to Sale
        Landed costs.
    contests : sequence of Contest
        The same by market.
    day : datetime.date
        Day whose restrictions count.

    Returns
    -------
    tuple of polars.DataFrame
        Six tables.
    """
    grades = dict(network.table("sources").select("source_id", "grade").iter_rows())
    zones = {z.zone_id: z for z in book.zones}
    landed = pl.DataFrame(
        [
            _landed(book, grades, zones[z], contest, sales[z, contest.market.node_id])
            for contest in contests
            for z in sorted(contest.costs, key=contest.costs.__getitem__)
        ]
    )
    switching = _switching(book, zones, contests, grades)
    worth = [
        {"market": m.node_id, "zone": z.zone_id, **regime_worth(book, book.values, z, m, sale)}
        for m in book.markets
        for z in book.zones
        if (sale := sales.get((z.zone_id, m.node_id))) is not None
    ]
    best = _best(zones, contests, switching)
    guesses = _guesses(book, contests, switching, grades)
    return landed, best, switching, guesses, pl.DataFrame(worth), _notices(network, book, day)


def _landed(
    book: ZoneBook, grades: Mapping[str, str], zone: ZonePlace, contest: Contest, sale: Sale
) -> dict[str, Any]:
    costs = sorted(contest.costs.values())
    from_where = (
        f"{i.product.name} of {s.name}"
        for i, s in zip(book.ingredients, sale.supplies, strict=True)
    )
    shares = grade_shares(book, grades, zone, contest.market, sale)
    return {
        "market": contest.market.node_id,
        "market_name": contest.market.name,
        "zone": zone.zone_id,
        "zone_name": zone.name,
        "regime": zone.regime,
        "rank": costs.index(sale.landed) + 1,
        "landed_usd_per_t": sale.landed,
        "above_best_usd_per_t": sale.landed - costs[0],
        "sales_tax_usd_per_t": sale.sales_tax,
        **{part_column(p): v for p, v in zip(PARTS, sale.parts, strict=True)},
        "inputs_days": sale.hours_in / 24,
        "stay_days": sale.stay_days,
        "product_days": sale.hours_out / 24,
        "supplies": "; ".join(from_where),
        "agreement": sale.agreement,
        **{f"share_{g}": v for g, v in shares.items()},
    }


SWITCHING = {
    "market": pl.String, "market_name": pl.String, "best_zone": pl.String, "key": pl.String,
    "label": pl.String, "unit": pl.String, "value": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "switch_value": pl.Float64, "change_share": pl.Float64,
    "to_zone": pl.String, "to_zone_name": pl.String, "within": pl.Boolean, "grade": pl.String,
}  # fmt: skip


def _switching(
    book: ZoneBook,
    zones: Mapping[str, ZonePlace],
    contests: Sequence[Contest],
    grades: Mapping[str, str],
) -> pl.DataFrame:
    rows = []
    for contest, s in switches(book, book.values, contests):
        f = book.figures[s.key]
        rows.append(
            (
                contest.market.node_id, contest.market.name, contest.best,
                s.key, f.label, f.unit, f.value, f.low, f.high,
                s.value, (s.value - f.value) / f.value if f.value else None,
                s.to_zone, zones[s.to_zone].name, f.low < f.high and f.low <= s.value <= f.high,
                grades.get(f.source_id, "plans"),
            )
        )  # fmt: skip
    frame = pl.DataFrame(rows, schema=SWITCHING, orient="row")
    size = pl.col("change_share").abs().fill_null(float("inf"))
    order = {m.market.node_id: i for i, m in enumerate(contests)}
    place = pl.col("market").replace_strict(order, return_dtype=pl.Int64)
    return frame.sort(place, ~pl.col("within"), size, "key")


def _best(
    zones: Mapping[str, ZonePlace], contests: Sequence[Contest], switching: pl.DataFrame
) -> pl.DataFrame:
    rows = []
    for contest in contests:
        least = contest.costs[contest.best]
        lead = contest.costs[contest.second] - least if contest.second else None
        unsure = switching.filter(pl.col("market") == contest.market.node_id, pl.col("within"))
        rows.append(
            {
                "market": contest.market.node_id,
                "market_name": contest.market.name,
                "zone": contest.best,
                "zone_name": zones[contest.best].name,
                "landed_usd_per_t": least,
                "second": contest.second,
                "second_name": zones[contest.second].name if contest.second else None,
                "lead_usd_per_t": lead,
                "lead_share": lead / least if lead is not None else None,
                "figures_that_change_it": unsure.height,
            }
        )
    return pl.DataFrame(rows)


GUESSES = {
    "key": pl.String, "label": pl.String, "value": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "unit": pl.String, "swing_usd_per_t": pl.Float64, "changes": pl.String,
    "source_id": pl.String,
}  # fmt: skip


def _guesses(
    book: ZoneBook,
    contests: Sequence[Contest],
    switching: pl.DataFrame,
    grades: Mapping[str, str],
) -> pl.DataFrame:
    within = switching.filter("within").group_by("key").agg(pl.col("market_name"))
    changes = {key: "; ".join(names) for key, names in within.iter_rows()}
    values = book.values
    rows = []
    for key, f in book.figures.items():
        if grades.get(f.source_id) != ESTIMATE:
            continue
        most = swing(book, values, contests, key, (f.low, f.high))
        rows.append(
            (key, f.label, f.value, f.low, f.high, f.unit, most, changes.get(key, ""), f.source_id)
        )
    frame = pl.DataFrame(rows, schema=GUESSES, orient="row")
    return frame.sort("swing_usd_per_t", "key", descending=[True, False])


def _notices(network: Network, book: ZoneBook, day: dt.date) -> pl.DataFrame:
    """List restrictions in force that name a place, or the country of one."""
    places: dict[str, Place] = {p.node_id: p for p in book.markets}
    places |= {z.at.node_id: z.at for z in book.zones}
    places |= {s.node_id: s for i in book.ingredients for s in i.supplies}
    names = {*places, *(p.country for p in places.values())}
    rows = network.table("restrictions").filter(
        pl.col("target_kind").is_in(["node", "country", "country_pair"]),
        pl.col("target").str.split("-").list.eval(pl.element().is_in(sorted(names))).list.all()
        | pl.col("target").is_in(sorted(names)),
        pl.col("starts") <= day,
        pl.col("ends").is_null() | (pl.col("ends") >= day),
    )
    return rows.select(
        "restriction_id", "target", "starts", "ends", "effect", "reason", "source_id"
    )
