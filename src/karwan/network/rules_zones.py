"""Rules of zones, plants and their cases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from karwan.errors import Problem
from karwan.network.network import Network
from karwan.schema import load_schema
from karwan.schema.check import did_you_mean

__all__ = ["RULES"]

BALANCE = 1e-3
"""Most that the masses of a recipe may differ by, as a share of what goes in."""
INTERVALS = {
    "zone_terms": ("low", "value", "high"),
    "zone_developments": ("low", "value", "high"),
    "goods": ("low_usd_per_t", "price_usd_per_t", "high_usd_per_t"),
    "supplies": ("low_usd_per_t", "price_usd_per_t", "high_usd_per_t"),
    "duties": ("duty_low", "duty_rate", "duty_high"),
    "plants": ("capex_low_usd_m", "capex_usd_m", "capex_high_usd_m"),
}
SHARES = {"guarantee_share": 1.0, "refund_share": 1.0, "income_tax_rate": 0.9}
"""Largest value of terms that are shares."""
LISTS = {
    "zone_cases": {"zones": ("zones", "zone_id"), "markets": ("nodes", "node_id")},
    "trade_agreements": {
        "from_countries": ("countries", "country"),
        "to_countries": ("countries", "country"),
    },
}


def a_recipe_balances_in_mass(network: Network) -> Iterator[Problem]:
    """Yield plants whose inputs do not weigh what comes out of them."""
    recipes = network.table("recipes")
    for plant in network.table("plants").iter_rows(named=True):
        own = recipes.filter(plant_id=plant["plant_id"])
        into = own.filter(role="input")["t_per_t"].sum()
        out = 1 + own.filter(role="by_product")["t_per_t"].sum() + plant["loss_t_per_t"]
        if abs(into - out) > BALANCE * max(into, out):
            message = f"the recipe takes in {into:.4g} t and gives {out:.4g} t for a tonne"
            hint = "correct t_per_t in recipes, or loss_t_per_t"
            yield Problem("plants", plant["plant_id"], message=message, hint=hint)


def intervals_hold_their_value(network: Network) -> Iterator[Problem]:
    """Yield rows whose low, value and high are not in this order."""
    for table, columns in INTERVALS.items():
        schema = load_schema(table)
        for row in network.table(table).iter_rows(named=True):
            for lower, upper in pairwise(columns):
                if row[lower] > row[upper]:
                    message = f"below {lower} ({row[lower]:g})"
                    hint = "write low, value and high in this order"
                    key = schema.row_name(row)
                    yield Problem(table, key, upper, message, f"{row[upper]:g}", hint)


def shares_of_terms_are_shares(network: Network) -> Iterator[Problem]:
    """Yield terms that are shares and too large."""
    schema = load_schema("zone_terms")
    for row in network.table("zone_terms").iter_rows(named=True):
        most = SHARES.get(row["term"])
        if most is not None and row["high"] > most:
            hint = f"{row['term']} must be at most {most:g}"
            yield Problem("zone_terms", schema.row_name(row), "high", "", f"{row['high']:g}", hint)


def only_places_onshore_have_no_duty_at_home(network: Network) -> Iterator[Problem]:
    """Yield zones that do not say how duty at home is reckoned, and places onshore that do."""
    for row in network.table("zones").iter_rows(named=True):
        if (row["regime"] == "onshore") != (row["home_duty"] == "none"):
            hint = "use none for regime onshore, and finished, inputs or lower for the others"
            message = f"but regime is {row['regime']}"
            yield Problem("zones", row["zone_id"], "home_duty", message, row["home_duty"], hint)


def lists_name_what_exists(network: Network) -> Iterator[Problem]:
    """Yield cases and agreements that name what is not there, or name it twice."""
    for table, columns in LISTS.items():
        schema = load_schema(table)
        for row in network.table(table).iter_rows(named=True):
            for column, (other, key) in columns.items():
                known = set(network.table(other)[key])
                names = row[column].split("|")
                cell = (table, schema.row_name(row), column)
                for name in {n: 1 for n in names if names.count(n) > 1}:
                    message = f"where {name!r} stands twice"
                    yield Problem(*cell, message, repr(row[column]), "name it once")
                for name in names:
                    if name not in known:
                        hint = did_you_mean(name, sorted(known)) or f"it must be in {other}"
                        message = f"where {name!r} is not in {other}"
                        yield Problem(*cell, message, repr(row[column]), hint)


def a_case_has_what_it_needs(network: Network) -> Iterator[Problem]:
    """Yield cases that lack terms, duties or supplies."""
    terms = load_schema("zone_terms").column("term")
    every = terms.choices if terms else ()
    country = dict(network.table("nodes").select("node_id", "country").iter_rows())
    zone_rows = network.table("zones").select("zone_id", "node_id", "terms_of").rows()
    place = {zone: node for zone, node, _ in zone_rows}
    terms_of = {zone: other for zone, _, other in zone_rows}
    good = dict(network.table("plants").select("plant_id", "good").iter_rows())
    has_term = set(network.table("zone_terms").select("zone_id", "term").iter_rows())
    has_duty = set(network.table("duties").select("country", "good").iter_rows())
    sold = set(network.table("supplies")["good"])
    for case in network.table("zone_cases").iter_rows(named=True):
        plant = case["plant_id"]
        recipe = network.table("recipes").filter(pl.col("plant_id") == plant)
        inputs = recipe.filter(role="input")["good"].to_list()
        zones = [z for z in case["zones"].split("|") if z in place]
        lacks = [
            f"zone_terms[{z}/{t}]"
            for z in zones
            for t in every
            if (z, t) not in has_term and (terms_of[z], t) not in has_term
        ]
        lacks += [f"recipes[{plant}/input]"] if not inputs else []
        lacks += [f"supplies[{g}]" for g in inputs if g not in sold]
        homes = [country[place[z]] for z in zones]
        markets = [country[m] for m in case["markets"].split("|") if m in country]
        wanted = [(c, g) for c in homes for g in inputs]
        wanted += [(c, good[plant]) for c in markets if plant in good]
        lacks += [f"duties[{c}/{g}]" for c, g in wanted if (c, g) not in has_duty]
        for row in dict.fromkeys(lacks):
            message = f"needs {row}, which is missing"
            yield Problem("zone_cases", case["case_id"], "", message, hint="add the row")


RULES = (
    a_recipe_balances_in_mass,
    intervals_hold_their_value,
    shares_of_terms_are_shares,
    only_places_onshore_have_no_duty_at_home,
    lists_name_what_exists,
    a_case_has_what_it_needs,
)
