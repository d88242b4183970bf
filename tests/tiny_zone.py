"""A plant on the tiny network, with round figures, and the same as a book without a network."""

from __future__ import annotations

from karwan.appraisal.zone_book import (
    Agreement,
    Figure,
    Ingredient,
    Place,
    Product,
    ZoneBook,
    ZonePlace,
)
from karwan.network import Network
from karwan.schema import load_schema
from tiny import tiny_network

TERMS = {
    "labour_usd_per_h": 2, "power_usd_per_kwh": 0.1, "heat_usd_per_gj": 5,
    "rent_usd_per_m2_year": 4, "capital_rate": 0.1, "construction_factor": 1,
    "income_tax_rate": 0.2, "holiday_years": 0, "equipment_duty_rate": 0.05, "guarantee_share": 0,
    "guarantee_rate": 0.02, "refund_share": 0.5, "refund_days": 73,
}  # fmt: skip
OWN = {
    "haven-zone": {"holiday_years": 20, "labour_usd_per_h": 3, "equipment_duty_rate": 0},
    "haven-bond": {"guarantee_share": 1},
}
ZONES = {
    "alpha-city": "alpha-city,Alpha,XAALP,onshore,none,,,,book",
    "haven-city": "haven-city,Haven city,XBHAV,onshore,none,,,,book",
    "haven-zone": "haven-zone,Haven zone,XBHAV,free_zone,finished,,10,,book",
    "haven-bond": "haven-bond,Haven bond,XBHAV,bonded,inputs,haven-city,,,guess",
}
ROWS = {
    "goods": "parts,Parts,general,8708,500,400,600,book\n"
    "kit,Kit,general,8703,900,800,1000,book\nwaste,Waste,general,3915,10,5,15,guess",
    "supplies": "parts,XAALP,500,400,600,0.1,guess\nparts,XCFAR,450,400,500,0,book",
    "duties": "XA,parts,0.2,0.1,0.3,0.1,book\nXB,parts,0.2,0.1,0.3,0.1,book\n"
    "XB,kit,0.05,0.05,0.05,0.1,book\nXC,kit,0.3,0.2,0.4,0.15,book",
    "trade_agreements": "pact,The pact,XA,XC,87,1,0.5,true,2020-01-01,,book",
    "plants": "kitter,Kit maker,kit,1000,1,0.5,2,0.5,10,5,100,2,500,30,43,20,0.1,guess",
    "recipes": "kitter,input,parts,1.2,guess\nkitter,by_product,waste,0.1,guess",
    "zone_cases": "kits,Kits,kitter,alpha-city|haven-city|haven-zone|haven-bond,XCFAR|XBBET,20,"
    "Where to make kits?,guess",
}


def zone_texts(**changes: str) -> dict[str, str]:
    """Return the tables of zones as CSV text, with the rows of some replaced."""
    terms = [
        f"{zone},{term},{value},{value},{value * 1.5},guess"
        for zone in ZONES
        for term, value in (TERMS | OWN.get(zone, {})).items()
        if zone != "haven-bond" or term in OWN[zone]
    ]
    capped = [t.replace("1,1,1.5", "1,1,1") if "_share" in t else t for t in terms]
    rows = {"zones": "\n".join(ZONES.values()), "zone_terms": "\n".join(capped), **ROWS, **changes}
    return {t: ",".join(load_schema(t).names) + "\n" + text for t, text in rows.items()}


def zone_network(**changes: str) -> Network:
    """Return the tiny network with zones, a plant and a case; some tables by other rows."""
    return tiny_network(**zone_texts(**changes))


def place(node: str, country: str) -> Place:
    """Return a place whose customs territory is its country."""
    return Place(node, node, country, country)


A, B, C = place("a", "XA"), place("b", "XB"), place("c", "XC")


def book(
    regime: str = "onshore", home_duty: str = "none", *, local_share: float = 0.5, **terms: float
) -> ZoneBook:
    """Return a question with one zone at b, inputs of a and c, markets b and c."""
    zone = ZonePlace("z", "Z", B, regime, home_duty)
    values = {f"zone/z/{k}": float(v) for k, v in (TERMS | terms).items()}
    plant = {
        "output_t_per_year": 1000, "capex_usd_m": 1, "equipment_share": 0.5, "life_years": 10,
        "labour_h_per_t": 5, "power_kwh_per_t": 100, "heat_gj_per_t": 2, "area_m2": 500,
        "input_days": 30, "output_days": 43, "other_usd_per_t": 20,
    }  # fmt: skip
    values |= {f"plant/{k}": float(v) for k, v in plant.items()}
    values |= {
        "price/parts/a": 500.0, "export_duty/parts/a": 0.1, "price/parts/c": 450.0,
        "export_duty/parts/c": 0.0, "by_product/waste": 10.0, "duty/XB/parts": 0.2,
        "tax/XB/parts": 0.1, "duty/XB/kit": 0.05, "tax/XB/kit": 0.1, "duty/XC/kit": 0.3,
        "tax/XC/kit": 0.15, "freight/box/a/b": 40.0, "hours/box/a/b": 240.0,
        "freight/box/c/b": 30.0, "hours/box/c/b": 480.0, "freight/box/b/c": 30.0,
        "hours/box/b/c": 480.0, "freight/box/b/b": 6.0, "hours/box/b/b": 24.0,
        "preference/pact": 1.0,
    }  # fmt: skip
    parts = Ingredient(Product("parts", "Parts", "box", "8708"), 1.2, (A, C))
    waste = Ingredient(Product("waste", "Waste", "box", "3915"), 0.1, ())
    pact = Agreement(
        "pact", "The pact", frozenset({"XB"}), frozenset({"XC"}), ("87",), local_share,
        zone_goods=True,
    )  # fmt: skip
    figures = {k: Figure(k, v, v, v, "", "guess") for k, v in values.items()}
    kit = Product("kit", "Kit", "box", "8703")
    return ZoneBook("Kits", kit, (parts,), (waste,), (zone,), (B, C), (pact,), 20.0, figures)
