"""Read a tenant's question from the tables of a network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import polars as pl

from karwan.appraisal.zone_book import (
    Agreement,
    Figure,
    Ingredient,
    Place,
    Product,
    ZoneBook,
    ZonePlace,
)
from karwan.appraisal.zone_words import PLANT_WORDS, TERM_WORDS, interval
from karwan.network import Network

__all__ = ["read_zone_book"]

Row = dict[str, Any]


def read_zone_book(network: Network, case: str, day: dt.date) -> ZoneBook:
    """Read one row of `zone_cases` with everything it needs but freight.

    Parameters
    ----------
    network : Network
        Network whose rules hold.
    case : str
        case_id.
    day : datetime.date
        Day whose agreements are in force.

    Returns
    -------
    ZoneBook
        The question; freight is added to its figures by key.
    """
    rows = _Rows(network)
    asked = rows.one("zone_cases", case)
    plant = rows.one("plants", asked["plant_id"])
    product = rows.product(plant["good"])
    recipe = rows.where("recipes", plant_id=plant["plant_id"])
    sides = {
        role: tuple(rows.ingredient(r) for r in recipe if r["role"] == role)
        for role in ("input", "by_product")
    }
    zones = tuple(rows.zone(z) for z in asked["zones"].split("|"))
    markets = tuple(rows.place(n) for n in asked["markets"].split("|"))
    agreements = dict(rows.agreements(day))
    book = ZoneBook(
        asked["name"],
        product,
        sides["input"],
        sides["by_product"],
        zones,
        markets,
        tuple(a for a, _ in agreements.values()),
        float(asked["lot_t"]),
        {f"preference/{key}": figure for key, (_, figure) in agreements.items()},
    )
    figures = dict(_plant(plant)) | dict(_by_products(rows, book)) | dict(_zones(rows, book))
    return book.with_figures(figures | dict(_duties(rows, book)) | dict(_prices(rows, book)))


class _Rows:
    """Rows of a network by key."""

    def __init__(self, network: Network) -> None:
        self.network = network
        union = network.table("countries").select("country", "customs_union").iter_rows()
        self.territory = {country: joined or country for country, joined in union}
        self.nodes = {n["node_id"]: n for n in network.table("nodes").iter_rows(named=True)}
        self.goods = {g["good"]: g for g in network.table("goods").iter_rows(named=True)}

    def where(self, table: str, **cells: str) -> list[Row]:
        """Return the rows of a table whose cells are these."""
        return self.network.table(table).filter(**cells).rows(named=True)

    def one(self, table: str, key: str) -> Row:
        """Return the row of a key."""
        frame = self.network.table(table)
        return frame.row(by_predicate=pl.col(frame.columns[0]) == key, named=True)

    def place(self, node_id: str) -> Place:
        """Return a node with its customs territory."""
        node = self.nodes[node_id]
        country = node["country"]
        return Place(node_id, node["name"], country, self.territory[country])

    def product(self, good: str) -> Product:
        """Return a good."""
        row = self.goods[good]
        return Product(good, row["name"], row["commodity"], row["hs"])

    def ingredient(self, row: Row) -> Ingredient:
        """Return a line of a recipe with its supplies."""
        supplies = self.where("supplies", good=row["good"]) if row["role"] == "input" else []
        places = tuple(self.place(s["node_id"]) for s in supplies)
        return Ingredient(self.product(row["good"]), float(row["t_per_t"]), places)

    def zone(self, zone_id: str) -> ZonePlace:
        """Return a zone."""
        row = self.one("zones", zone_id)
        at = self.place(row["node_id"])
        whole = [r["term"] for r in self.where("zone_terms", zone_id=row["terms_of"] or zone_id)]
        own = {r["term"] for r in self.where("zone_terms", zone_id=zone_id)}
        keys = {
            term: f"zone/{zone_id if term in own else row['terms_of']}/{term}"
            for term in {*whole, *own}
        }
        return ZonePlace(zone_id, row["name"], at, row["regime"], row["home_duty"], keys)

    def agreements(self, day: dt.date) -> Iterator[tuple[str, tuple[Agreement, Figure]]]:
        """Yield agreements in force on a day."""
        for r in self.network.table("trade_agreements").iter_rows(named=True):
            if r["starts"] <= day and (r["ends"] is None or day <= r["ends"]):
                share = r["preference_share"]
                yield (
                    r["agreement_id"],
                    (
                        Agreement(
                            r["agreement_id"],
                            r["name"],
                            frozenset(r["from_countries"].split("|")),
                            frozenset(r["to_countries"].split("|")),
                            tuple((r["hs"] or "").split("|")) if r["hs"] else (),
                            r["local_value_share"],
                            r["zone_goods"],
                        ),
                        Figure(
                            f"Preference of {r['name']}", share, share, share, "%", r["source_id"]
                        ),
                    ),
                )


Named = Iterator[tuple[str, Figure]]


def _plant(row: Row) -> Named:
    for column, (label, unit) in PLANT_WORDS.items():
        value = float(row[column])
        is_capital = column == "capex_usd_m"
        low = row["capex_low_usd_m"] if is_capital else value
        high = row["capex_high_usd_m"] if is_capital else value
        yield f"plant/{column}", Figure(label, value, low, high, unit, row["source_id"])


def _by_products(rows: _Rows, book: ZoneBook) -> Named:
    for by in book.by_products:
        row = rows.goods[by.product.good]
        label = f"Price of {by.product.name.lower()} at the gate"
        yield f"by_product/{by.product.good}", _priced(label, row)


def _zones(rows: _Rows, book: ZoneBook) -> Named:
    wanted = {key for zone in book.zones for key in zone.keys.values()}
    names = dict(rows.network.table("zones").select("zone_id", "name").iter_rows())
    for row in rows.network.table("zone_terms").iter_rows(named=True):
        key = f"zone/{row['zone_id']}/{row['term']}"
        if key in wanted:
            label, unit = TERM_WORDS[row["term"]]
            yield key, Figure(
                f"{label}, {names[row['zone_id']]}", row["value"], row["low"], row["high"], unit,
                row["source_id"],
            )  # fmt: skip


def _duties(rows: _Rows, book: ZoneBook) -> Named:
    countries = {z.at.country for z in book.zones} | {m.country for m in book.markets}
    goods = {i.product.good for i in book.ingredients} | {book.product.good}
    for row in rows.network.table("duties").iter_rows(named=True):
        country, good = row["country"], row["good"]
        if country in countries and good in goods:
            name = rows.goods[good]["name"].lower()
            rate, tax = row["duty_rate"], row["sales_tax_rate"]
            yield f"duty/{country}/{good}", Figure(
                f"Duty on {name}, {country}", rate, row["duty_low"], row["duty_high"], "%",
                row["source_id"],
            )  # fmt: skip
            yield (
                f"tax/{country}/{good}",
                Figure(f"Sales tax on {name}, {country}", tax, tax, tax, "%", row["source_id"]),
            )


def _prices(rows: _Rows, book: ZoneBook) -> Named:
    for ingredient in book.ingredients:
        name = ingredient.product.name
        for row in rows.where("supplies", good=ingredient.product.good):
            key = f"{row['good']}/{row['node_id']}"
            where = rows.nodes[row["node_id"]]["name"]
            duty = row["export_duty_rate"]
            yield f"price/{key}", _priced(f"{name}, price at {where}", row)
            yield (
                f"export_duty/{key}",
                Figure(f"{name}, export duty at {where}", duty, duty, duty, "%", row["source_id"]),
            )


def _priced(label: str, row: Row) -> Figure:
    return Figure(label, *interval(row, "usd_per_t"), "USD/t", row["source_id"])
