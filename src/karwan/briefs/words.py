"""Figures and names as people read them."""

from __future__ import annotations

import datetime as dt
from typing import Any

__all__ = [
    "COST_PARTS",
    "TIME_PARTS",
    "bests",
    "counted",
    "day",
    "days",
    "hour",
    "money",
    "number",
    "question",
    "titles",
    "tonnes",
]

COST_PARTS = {
    "line_haul": "Line haul on land",
    "sea": "Sea freight",
    "handling": "Handling inland",
    "port": "Ports",
    "border": "Borders",
    "documents": "Documents",
    "capital": "Capital tied up",
}
TIME_PARTS = {
    "running": "In motion",
    "waiting": "Waiting",
    "handling": "Handling",
    "border": "Borders",
    "ends": "Collection and delivery",
}


def number(value: float) -> str:
    """Write a whole number with commas."""
    return f"{value:,.0f}"


def money(value: float) -> str:
    """Write a sum in USD to three digits: no tariff of the corridors is known better."""
    shown = float(f"{value:.3g}")
    return f"{shown:,.0f}" if abs(shown) >= 10 or shown == 0 else f"{shown:,.2f}"


def days(value: float) -> str:
    """Write days: whole from 10 on, else with one decimal."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def tonnes(kg: float) -> str:
    """Write kilograms as tonnes."""
    return f"{kg / 1000:,.0f}" if kg >= 10_000 else f"{kg / 1000:,.1f}"


def day(iso: str | None) -> str:
    """Write the date of a day or moment as 23 November 2026."""
    if not iso:
        return ""
    date = dt.datetime.fromisoformat(iso)
    return f"{date.day} {date:%B %Y}"


def hour(iso: str) -> str:
    """Write a local time as 23 Nov 14h."""
    moment = dt.datetime.fromisoformat(iso)
    return f"{moment.day} {moment:%b} {moment.hour}h"


def counted(n: int, one: str, many: str) -> str:
    """Write a count with its noun."""
    return f"{n} {one if n == 1 else many}"


def question(plan: dict[str, Any]) -> str:
    """Return what the plan answers, in words."""
    cargo = plan["run"]["consignment"]
    size = cargo["units"]
    weight = f"{number(cargo['tonnes'])} t"
    mass = "" if size.replace(",", "") == weight.replace(",", "") else f" ({weight})"
    what = cargo["commodity_name"]
    return f"{size} of {what}{mass} from {cargo['origin_name']} to {cargo['destination_name']}"


def titles(plans: list[dict[str, Any]]) -> list[str]:
    """Return a short name of each plan that tells them apart."""
    ends = {
        (p["run"]["consignment"]["origin"], p["run"]["consignment"]["destination"]) for p in plans
    }
    names = []
    for plan in plans:
        cargo, run = plan["run"]["consignment"], plan["run"]
        trip = f"{cargo['origin_name']} to {cargo['destination_name']}, " if len(ends) > 1 else ""
        laid = f", {' + '.join(run['scenario'])}" if run["scenario"] else ""
        names.append(f"{trip}{day(run['depart'])}{laid}")
    return names


def bests(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the best itinerary of each gateway in order of rank."""
    return [it for it in plan["itineraries"] if it["best_of_gateway"]]
