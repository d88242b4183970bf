"""The same trip in several plans, gateway by gateway."""

from __future__ import annotations

from typing import Any

from karwan.briefs.markup import Html
from karwan.briefs.tables import Column, table
from karwan.briefs.words import bests, days, money, titles

__all__ = ["comparison"]

SAME = ("origin", "destination", "commodity", "units")


def comparison(plans: list[dict[str, Any]]) -> list[Html]:
    """Compare plans of the same trip.

    Parameters
    ----------
    plans : list of dict
        JSON forms of plans, of one or several trips.

    Returns
    -------
    list of Html
        One table for each trip that has several plans: cost and days of each gateway.
    """
    trips: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for plan in plans:
        cargo = plan["run"]["consignment"]
        trips.setdefault(tuple(cargo[key] for key in SAME), []).append(plan)
    return [_side_by_side(group) for group in trips.values() if len(group) > 1]


def _side_by_side(plans: list[dict[str, Any]]) -> Html:
    cargo = plans[0]["run"]["consignment"]
    found = [{it["gateway"]: it for it in bests(plan)} for plan in plans]
    gateways = dict.fromkeys(gateway for book in found for gateway in book)
    unit = bests(plans[0])[0]["unit"]
    columns = [Column("Gateway")]
    for title in titles(plans):
        columns += [
            Column(f"Rank, {title}", is_figure=True),
            Column(f"USD per {unit}", is_figure=True),
            Column("Days", is_figure=True),
        ]
    rows: list[tuple[list[object], dict[str, object]]] = []
    for gateway in gateways:
        its = [book.get(gateway) for book in found]
        cells: list[object] = [next(it["gateway_name"] for it in its if it)]
        places = [
            next((n for n, it in enumerate(bests(plan), 1) if it["gateway"] == gateway), None)
            for plan in plans
        ]
        for it, place in zip(its, places, strict=True):
            if it is None:
                cells += ["-", "-", "-"]
            else:
                cells += [str(place), money(it["cost_usd_per_unit"]), days(it["time_p50_days"])]
        rows.append((cells, {}))
    caption = (
        f"{cargo['units']} of {cargo['commodity_name']}, {cargo['origin_name']} to "
        f"{cargo['destination_name']}: gateways side by side; - is not offered"
    )
    return table(caption, columns, rows, kind="compare")
