"""Tables of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from karwan.briefs.bars import grade_bar
from karwan.briefs.markup import Html, el, slug
from karwan.briefs.words import bests, day, days, hour, money, number, tonnes

__all__ = [
    "Cell",
    "Column",
    "alternatives",
    "documents",
    "legs",
    "others",
    "reliability",
    "shut_table",
    "sources_table",
    "table",
]


@dataclass(frozen=True)
class Column:
    """A column: heading, whether it holds figures, and what the heading stands for."""

    name: str
    is_figure: bool = False
    hint: str | None = None


@dataclass(frozen=True)
class Cell:
    """A cell with the value it is sorted by."""

    shown: object
    value: float | str


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[tuple[Sequence[object], Mapping[str, object]]],
    *,
    kind: str = "",
    sortable: bool = False,
) -> Html:
    """Draw a table in a box that scrolls where the screen is narrow.

    Parameters
    ----------
    caption : str
        What the table says.
    columns : sequence of Column
        Headings.
    rows : sequence of (cells, attributes)
        Cells are text, elements or `Cell`; the first is the heading of its row.
    kind : str
        Class.
    sortable : bool
        Headings are buttons that sort.

    Returns
    -------
    Html
        Table.
    """
    heads = []
    for column in columns:
        text: object = column.name
        if sortable:
            text = el("button", column.name, type="button", title=column.hint)
        look = "figure" if column.is_figure else None
        heads.append(el("th", text, scope="col", class_=look, title=column.hint))
    body = []
    for cells, attributes in rows:
        line = []
        for i, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            shown, value = (cell.shown, cell.value) if isinstance(cell, Cell) else (cell, None)
            look = "figure" if column.is_figure else None
            scope = "row" if i == 0 else None
            line.append(el("td" if i else "th", shown, scope=scope, class_=look, data_value=value))
        body.append(el("tr", *line, **attributes))
    whole = el(
        "table",
        el("caption", caption),
        el("thead", el("tr", *heads)),
        el("tbody", *body),
        class_=("sortable " if sortable else "") + kind or None,
    )
    return el("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption)


def alternatives(plan: dict[str, Any], name: str) -> Html:
    """Draw the table of gateways; each row picks its line on the map."""
    chosen = bests(plan)
    unit = chosen[0]["unit"]
    modes = [
        mode
        for mode in chosen[0]["distance_by_mode_km"]
        if any(it["distance_by_mode_km"][mode] for it in chosen)
    ]
    columns = [
        Column("Gateway", hint="Port where land and sea meet; the number is the rank"),
        Column("USD", is_figure=True, hint="Cost of the whole consignment"),
        Column(f"USD per {unit}", is_figure=True),
        Column("Days", is_figure=True, hint="Typical: as many trips are quicker as slower"),
        Column("Bad case", is_figure=True, hint="Days that 19 of 20 trips do not exceed"),
        Column("t CO2e", is_figure=True, hint="Well to wheel"),
        *(Column(f"{mode.capitalize()} km", is_figure=True) for mode in modes),
        Column("Borders", is_figure=True),
        Column("Gauge breaks", is_figure=True),
        Column("Cost by grade A/B/C, %", hint="Share of the cost by grade of source"),
        Column("Time by grade A/B/C, %", hint="Share of the time by grade of source"),
    ]
    rows = []
    for it in chosen:
        key = f"{name}-{it['itinerary']}"
        where = el(
            "span",
            el("span", str(it["itinerary"]), class_="rank"),
            " ",
            el("a", it["gateway_name"], href=f"#{key}"),
        )
        cells = [
            Cell(where, it["itinerary"]),
            Cell(money(it["cost_usd"]), it["cost_usd"]),
            Cell(money(it["cost_usd_per_unit"]), it["cost_usd_per_unit"]),
            Cell(days(it["time_p50_days"]), it["time_p50_days"]),
            Cell(days(it["time_p95_days"]), it["time_p95_days"]),
            Cell(tonnes(it["co2_kg"]), it["co2_kg"]),
            *(Cell(number(km) if (km := it["distance_by_mode_km"][m]) else "-", km) for m in modes),
            Cell(str(len(it["border_crossings"])), len(it["border_crossings"])),
            Cell(str(it["gauge_breaks"]), it["gauge_breaks"]),
            *(
                Cell(grade_bar(it["grade_share"][what]), it["grade_share"][what]["C"])
                for what in ("cost", "time")
            ),
        ]
        rows.append((cells, {"data_way": key}))
    caption = "Best itinerary through each gateway, by generalised cost"
    return table(caption, columns, rows, kind="alternatives", sortable=True)


def reliability(plan: dict[str, Any]) -> Html:
    """Draw how sure each gateway is, as simulated."""
    columns = [
        Column("Gateway"),
        Column("Days", is_figure=True, hint="Median of the simulated times"),
        Column("9 of 10", is_figure=True, hint="Days that 9 of 10 trips do not exceed"),
        Column("Promise", is_figure=True, hint="Days that 95 of 100 trips do not exceed"),
        Column("Buffer", is_figure=True, hint="Days that the promise adds to the median"),
        Column("Caught, %", is_figure=True, hint="Trips that meet a closure by chance"),
        Column("Turn round, %", is_figure=True, hint="Trips that then go another way"),
        Column("Days lost", is_figure=True, hint="To closures by chance, on average"),
        Column("What makes the spread"),
    ]
    name = {it["itinerary"]: it["gateway_name"] for it in plan["itineraries"]}
    rows: list[tuple[list[object], dict[str, object]]] = [
        (
            [
                f"{r['itinerary']} {name[r['itinerary']]}",
                *(
                    "never" if r[c] is None else Cell(days(r[c]), r[c])
                    for c in ("time_p50_days", "time_p90_days", "time_p95_days", "buffer_days")
                ),
                Cell(f"{100 * r['caught_share']:.1f}", r["caught_share"]),
                Cell(f"{100 * r['diverted_share']:.1f}", r["diverted_share"]),
                Cell(f"{r['closure_days']:.1f}", r["closure_days"]),
                r["spread_from"],
            ],
            {},
        )
        for r in plan["reliability"]
    ]
    caption = "Simulated transit times: parts, calendar and closures by chance"
    return table(caption, columns, rows, sortable=True)


def others(plan: dict[str, Any]) -> Html | None:
    """Draw the rest of the Pareto set, briefly; None if there is none."""
    rest = [it for it in plan["itineraries"] if not it["best_of_gateway"]]
    if not rest:
        return None
    columns = [
        Column("Rank"),
        Column("Gateway"),
        Column("USD", is_figure=True),
        Column("Days", is_figure=True),
        Column("Bad case", is_figure=True),
        Column("t CO2e", is_figure=True),
        Column("Land way"),
        Column("Borders"),
    ]
    rows: list[tuple[list[object], dict[str, object]]] = [
        (
            [
                Cell(str(it["itinerary"]), it["itinerary"]),
                it["gateway_name"],
                Cell(money(it["cost_usd"]), it["cost_usd"]),
                Cell(days(it["time_p50_days"]), it["time_p50_days"]),
                Cell(days(it["time_p95_days"]), it["time_p95_days"]),
                Cell(tonnes(it["co2_kg"]), it["co2_kg"]),
                ", ".join(
                    f"{m} {number(km)} km" for m, km in it["distance_by_mode_km"].items() if km
                ),
                ", ".join(it["border_crossings"]) or "none",
            ],
            {},
        )
        for it in rest
    ]
    caption = "Other itineraries that none beats in every criterion asked"
    return table(caption, columns, rows, sortable=True)


def legs(itinerary: dict[str, Any]) -> Html:
    """Draw the table of legs, dwells and borders."""
    columns = [
        Column("Leg"),
        Column("Arrives", is_figure=True, hint="Local time, by mean durations"),
        Column("Waits, h", is_figure=True, hint="For a gate to open"),
        Column("Clears", is_figure=True, hint="Local time where the leg ends"),
        Column("km", is_figure=True),
        Column("Hours", is_figure=True, hint="Mean"),
        Column("Spread, h", is_figure=True, hint="Standard deviation"),
        Column("USD", is_figure=True),
        Column("kg CO2e", is_figure=True),
        Column("Grade of cost / time"),
    ]
    rows = []
    for leg in itinerary["legs"]:
        extra = [leg["form"], leg["service"]]
        gauge = leg["track_gauge_mm"]
        extra.append(f"{gauge} mm" if gauge and leg["distance_km"] else None)
        note = ", ".join(str(e) for e in extra if e)
        cells = [
            el("span", leg["label"], " ", el("small", note)),
            hour(leg["arrives"]),
            number(leg["wait_h"]) if leg["wait_h"] else "",
            hour(leg["clears"]),
            number(leg["distance_km"]) if leg["distance_km"] else "",
            number(leg["time_h"]),
            number(leg["spread_h"]),
            money(leg["cost_usd"]),
            number(leg["co2_kg"]) if leg["co2_kg"] else "",
            f"{leg['grade_cost']} / {leg['grade_time']}",
        ]
        rows.append((cells, {"class_": f"k-{slug(leg['kind'])}"}))
    return table("Legs, dwells and borders in order", columns, rows, kind="legs")


def documents(itinerary: dict[str, Any]) -> Html:
    """Draw the table of documents."""
    columns = [
        Column("Document"),
        Column("Country"),
        Column("Asked at"),
        Column("Legal basis"),
        Column("Copies", is_figure=True),
        Column("USD", is_figure=True),
        Column("Source"),
    ]
    rows: list[tuple[list[object], dict[str, object]]] = [
        (
            [
                d["document"],
                d["country"] or "on the way",
                d["role"],
                d["legal_basis"],
                str(d["copies"]),
                money(d["cost_usd"]) if d["cost_usd"] else "-",
                _cite(d["source_id"]),
            ],
            {},
        )
        for d in itinerary["documents"]
    ]
    return table("Documents and their legal basis", columns, rows)


def shut_table(plan: dict[str, Any]) -> Html | None:
    """Draw closures and restrictions in force on the day; None if there are none."""
    order = {"shut": 0, "exclude": 1, "hampered": 2, "warn": 3}
    entries = sorted(plan["shut"], key=lambda s: (order.get(s["effect"], 4), s["name"]))
    if not entries:
        return None
    columns = [
        Column("Where"),
        Column("Effect"),
        Column("Since"),
        Column("Until"),
        Column("Last look"),
        Column("Why"),
        Column("Source"),
    ]
    rows: list[tuple[list[object], dict[str, object]]] = [
        (
            [
                f"{s['name']} ({s['target_kind'].replace('_', ' ')})",
                el("span", s["effect"], class_=f"effect e-{slug(s['effect'])}"),
                day(s["starts"]),
                day(s["ends"]) or "open",
                day(s["last_look"]),
                s["reason"],
                _cite(s["source_id"]),
            ],
            {},
        )
        for s in entries
    ]
    caption = (
        "Closures and restrictions in force on the departure date. shut: not used; exclude: not "
        "used for this trade; hampered: used with delay and surcharge; warn: used, but look"
    )
    return table(caption, columns, rows)


def _cite(source_id: str) -> Html:
    return el("a", source_id, href=f"#source-{slug(source_id)}")


SOURCES_CAPTION = (
    "Sources of every row the itineraries rest on. A: read in a cited publication; "
    "B: recalled publication or one data set; C: estimate"
)


def sources_table(plans: Sequence[Mapping[str, Any]], caption: str = SOURCES_CAPTION) -> Html:
    """Draw the sources of all plans, each once."""
    every = {s["source_id"]: s for plan in plans for s in plan["sources"]}
    columns = [
        Column("Source"),
        Column("Grade"),
        Column("Title"),
        Column("Publisher"),
        Column("Year", is_figure=True),
        Column("Address"),
    ]
    rows: list[tuple[list[object], dict[str, object]]] = [
        (
            [
                source_id,
                el("span", s["grade"], class_=f"grade g-{slug(s['grade'])}"),
                s["title"],
                s["publisher"] or "",
                str(s["year"] or ""),
                _link(s["url"]),
            ],
            {"id": f"source-{slug(source_id)}"},
        )
        for source_id, s in sorted(every.items())
    ]
    return table(caption, columns, rows, kind="sources", sortable=True)


def _link(url: str | None) -> object:
    """Return an anchor for a web address; other text stays text."""
    if not url:
        return ""
    try:
        scheme, host = urlsplit(url)[:2]
    except ValueError:  # an address that no browser would open
        return url
    if scheme not in {"http", "https"} or not host:
        return url
    return el("a", host, href=url, rel="noreferrer", title=url)
