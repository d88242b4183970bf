"""What is moved: a consignment as asked for, and as the network counts it."""

from __future__ import annotations

import difflib
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from karwan.errors import InputError, PlaceNotFound
from karwan.network import Network

__all__ = ["Cargo", "Consignment", "find_node", "resolve_cargo"]

SIZES = {"teu": "TEU", "feu": "FEU", "truckloads": "truckload", "tonnes": "t"}
LARGEST_TONNES = 1e8
FORM_UNIT = {"truck": "truckload", "wagon": "wagonload", "bulk": "tonne"}
START_FORMS = {"teu": ("container",), "feu": ("container",), "truckloads": ("truck",)}


@dataclass(frozen=True)
class Consignment:
    """Goods moved from one place to another under one transport contract.

    Attributes
    ----------
    origin, destination : str
        node_id, UN/LOCODE or name of a place (``KZKGF``, ``Karaganda``).
    commodity : str
        Identifier, name or alias of a commodity.
    teu, feu, truckloads, tonnes : float, optional
        Size, in exactly one unit; 1 TEU if none is given. A size in tonnes may travel in any
        form the commodity allows, the others in the form they name.
    """

    origin: str
    destination: str
    commodity: str = "general"
    teu: float | None = None
    feu: float | None = None
    truckloads: float | None = None
    tonnes: float | None = None


@dataclass(frozen=True)
class Cargo:
    """A consignment as the network counts it.

    Attributes
    ----------
    origin, destination : str
        node_ids.
    commodity, commodity_name : str
        Identifier and name.
    unit : str
        Unit the consignment was asked in, and for which costs per unit are shown.
    size : float
        Number of those units.
    container_unit : str
        TEU or FEU.
    tonnes : float
        Weight of the goods [t].
    units : dict of str to float
        Whole units by cargo form; forms that cannot carry the cargo are missing.
    start_forms, end_forms : tuple of str
        Cargo forms in which it may start and end.
    value_usd : float
        Value of the goods [USD].
    value_of_time_usd_per_h : float
        Value of one hour in transit, capital included [USD/h].
    value_of_reliability_usd_per_h : float
        Value of one hour less of spread (standard deviation of transit time) [USD/h].
    sources : tuple of str
        Sources of the commodity and of its units.
    """

    origin: str
    destination: str
    commodity: str
    commodity_name: str
    unit: str
    size: float
    container_unit: str
    tonnes: float
    units: dict[str, float]
    start_forms: tuple[str, ...]
    end_forms: tuple[str, ...]
    value_usd: float
    value_of_time_usd_per_h: float
    value_of_reliability_usd_per_h: float
    sources: tuple[str, ...]

    @property
    def label(self) -> str:
        """Size in words, as ``20 TEU`` or ``2 truckloads``."""
        plural = "s" if self.unit == SIZES["truckloads"] and self.size != 1 else ""
        return f"{self.size:g} {self.unit}{plural}"


def resolve_cargo(network: Network, consignment: Consignment) -> Cargo:
    """Turn a consignment as asked for into numbers of the network.

    Parameters
    ----------
    network : Network
        Network that names places, commodities and cargo units.
    consignment : Consignment
        What is asked.

    Returns
    -------
    Cargo
        Places, weight, units by form and values.

    Raises
    ------
    PlaceNotFound
        A place is unknown and nothing else is wrong.
    InputError
        Unknown places or commodity, origin and destination the same, a size that is missing,
        not positive, not finite or given twice, or cargo that no form can carry; all at once.
    """
    problems: list[str] = []
    places = []
    for place in (consignment.origin, consignment.destination):
        try:
            places.append(find_node(network, place))
        except PlaceNotFound as fault:
            problems.append(str(fault))
    lost = len(problems)
    if len(places) == 2 and places[0] == places[1]:
        problems.append(f"origin and destination are both {places[0]}; name two places")
    size_name, size = _size(consignment, problems)
    commodity = _commodity(network, consignment.commodity, problems)
    if problems:
        raise (PlaceNotFound if lost == len(problems) else InputError)("; ".join(problems))
    return _count(network, places, commodity, size_name, size)


def _size(consignment: Consignment, problems: list[str]) -> tuple[str, float]:
    given = {n: getattr(consignment, n) for n in SIZES if getattr(consignment, n) is not None}
    if not given:
        return "teu", 1.0
    if len(given) > 1:
        named = ", ".join(f"{v:g} {SIZES[n]}" for n, v in given.items())
        problems.append(f"the size is given {len(given)} times ({named}); give one of them")
    for name, value in given.items():
        if not (math.isfinite(value) and value > 0):
            problems.append(f"the size is {value:g} {SIZES[name]}; it must be above 0 and finite")
        elif value > LARGEST_TONNES:
            problems.append(
                f"the size is {value:g} {SIZES[name]}; one consignment holds at most "
                f"{LARGEST_TONNES:g}"
            )
    return next(iter(given.items()))


def _commodity(network: Network, name: str, problems: list[str]) -> dict[str, Any]:
    names: dict[str, dict[str, Any]] = {}
    for row in network.table("commodities").iter_rows(named=True):
        for known in (row["commodity"], row["name"], *(row["aliases"] or "").split("|")):
            names.setdefault(known.strip().casefold(), row)
    wanted = name.strip().casefold()
    if wanted not in names:
        near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
        remedy = (
            f"did you mean {names[near[0]]['commodity']!r}?"
            if near
            else "`karwan atlas commodities` lists them"
        )
        problems.append(f"commodity {name!r} is not in commodities; {remedy}")
        return {}
    return names[wanted]


def _count(
    network: Network, places: list[str], goods: dict[str, Any], size_name: str, size: float
) -> Cargo:
    units = {r["cargo_unit"]: r for r in network.table("cargo_units").iter_rows(named=True)}
    forms = goods["forms"].split("|")
    container_unit = "FEU" if size_name == "feu" else "TEU"
    form_unit = {"container": container_unit, **FORM_UNIT}
    load = {form: _load(units[unit], goods) for form, unit in form_unit.items()}
    start = START_FORMS.get(size_name, tuple(forms))
    asked = "container" if size_name in {"teu", "feu"} else "truck"
    if size_name != "tonnes" and asked not in forms:
        message = (
            f"{goods['commodity']} does not travel in the form {asked!r}; it can go as "
            f"{', '.join(forms)}: give its size in tonnes"
        )
        raise InputError(message)
    tonnes = size if size_name == "tonnes" else size * load[asked]
    carried = forms if size_name == "tonnes" else list(dict.fromkeys([*start, "container"]))
    counted = {
        f: tonnes if f == "bulk" else float(math.ceil(round(tonnes / load[f], 9)))
        for f in carried
        if f in forms
    }
    if size_name != "tonnes":
        counted[asked] = size
    value = tonnes * goods["value_usd_per_t"]
    per_hour = value * goods["value_of_time_share_per_day"] / 24
    return Cargo(
        origin=places[0],
        destination=places[1],
        commodity=goods["commodity"],
        commodity_name=goods["name"],
        unit=SIZES[size_name],
        size=size,
        container_unit=container_unit,
        tonnes=tonnes,
        units=counted,
        start_forms=tuple(f for f in start if f in counted),
        end_forms=tuple(counted),
        value_usd=value,
        value_of_time_usd_per_h=per_hour,
        value_of_reliability_usd_per_h=per_hour * (goods["reliability_ratio"] or 0.0),
        sources=(goods["source_id"], *(units[form_unit[f]]["source_id"] for f in counted)),
    )


def _load(unit: dict[str, Any], goods: dict[str, Any]) -> float:
    """Return the tonnes one unit holds: its payload, or less where the goods are light."""
    per_teu = goods["tonnes_per_teu"]
    if per_teu is None or unit["teu"] == 0:
        return float(unit["payload_t"])
    return float(min(unit["payload_t"], per_teu * unit["teu"]))


def find_node(network: Network, place: str) -> str:
    """Find the node a place name means.

    Parameters
    ----------
    network : Network
        Network searched.
    place : str
        node_id, UN/LOCODE, name or alias, in any case, with or without accents, hyphens,
        apostrophes and spaces.

    Returns
    -------
    str
        node_id.

    Raises
    ------
    PlaceNotFound
        No node has that name; the nearest names are given.
    """
    names = _place_names(network)
    wanted = place.strip().casefold()
    found = names.get(wanted) or _plain_names(network).get(_plain(place))
    if found is not None:
        return found
    raise PlaceNotFound(_no_place(place, network, names))


@lru_cache(maxsize=8)
def _place_names(network: Network) -> dict[str, str]:
    nodes = network.table("nodes").select("node_id", "unlocode", "name", "aliases")
    names: dict[str, str] = {}
    columns: Sequence[str] = ("node_id", "unlocode", "name")
    for column in columns:
        for node_id, name in nodes.select("node_id", pl.col(column).alias("x")).iter_rows():
            if name:
                names.setdefault(name.casefold(), node_id)
    for node_id, aliases in nodes.select("node_id", "aliases").iter_rows():
        for alias in (aliases or "").split("|"):
            if alias.strip():
                names.setdefault(alias.strip().casefold(), node_id)
    return names


@lru_cache(maxsize=8)
def _plain_names(network: Network) -> dict[str, str]:
    """Return the names by letters and digits alone; those that then mean several are left out."""
    meant: dict[str, set[str]] = {}
    for name, node_id in _place_names(network).items():
        meant.setdefault(_plain(name), set()).add(node_id)
    return {name: next(iter(ids)) for name, ids in meant.items() if name and len(ids) == 1}


def _plain(name: str) -> str:
    """Return the letters and digits of a name, without accents and case."""
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())


def _no_place(place: str, network: Network, names: dict[str, str]) -> str:
    near = difflib.get_close_matches(place.strip().casefold(), names, n=3, cutoff=0.6)
    label = dict(network.table("nodes").select("node_id", "name").iter_rows())
    near_ids = list(dict.fromkeys(names[n] for n in near))
    if near_ids:
        offers = " or ".join(f"{label[n]} ({n})" for n in near_ids)
        return f"place {place!r} is not in nodes; did you mean {offers}?"
    return f"place {place!r} is not in nodes; `karwan atlas nodes` lists them"
