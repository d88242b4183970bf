"""Tables of an assignment: market, gateways, corridors, places with capacity, goods."""

from __future__ import annotations

from typing import Any

import polars as pl

from karwan.assignment.flows import DIRECTIONS, NO_CORRIDOR, OVERLAND_NAME
from karwan.briefs.bars import grade_bar
from karwan.briefs.markup import Html, el
from karwan.briefs.tables import Cell, Column, table
from karwan.briefs.words import days, number
from karwan.network import Network
from karwan.studies import Flows, Market

__all__ = [
    "capacity_table",
    "corridor_table",
    "gateway_table",
    "goods_table",
    "market_table",
    "short",
    "span",
    "total_facts",
    "unserved_table",
]

KINDS = {
    "trade": "Trade of the region's own countries",
    "transit": "Transit between other countries",
    "diversion": "Diversion: moves by other gateways today",
}
MOST = 15
DIRECTION_NAMES = dict(
    zip(DIRECTIONS, ("Export", "Import", "Within", "Transit", "Diversion"), strict=True)
)
DIRECTION_HINTS = {
    "Export": "Out of landlocked countries",
    "Import": "Into landlocked countries",
    "Within": "Among landlocked countries",
    "Transit": "Between other countries, across one of the region",
    "Diversion": "Moves by other gateways today and could be won",
}
TEU_HINT = "TEU equivalents: containers by size, other cargo at 21 t"


def short(value: float) -> str:
    """Write an amount with three digits: 0.512, 1.20, 45.1, 6,630."""
    if value == 0:
        return "0"
    shown = float(f"{value:.3g}")
    if abs(shown) >= 100:
        return f"{shown:,.0f}"
    return f"{shown:.1f}" if abs(shown) >= 10 else f"{shown:.2f}" if abs(shown) >= 0.1 else "<0.1"


def span(row: dict[str, Any], name: str, unit: float) -> str:
    """Write an amount with its interval in brackets."""
    low, high = (short(row[f"{name}_{end}"] / unit) for end in ("low", "high"))
    return f"{short(row[name] / unit)} [{low} to {high}]"


def market_table(found: Market) -> Html:
    """Draw how much there is and what a sea gateway can win of it, line by line."""
    columns = [
        Column("Line"),
        Column("All, Mt a year", is_figure=True),
        Column("A sea gateway can win at most, Mt", is_figure=True),
        Column("of it fit for containers, 1,000 TEU", is_figure=True),
    ]
    every = {r["kind"]: r for r in found.by("kind").to_dicts()}
    won = {r["kind"]: r for r in found.winnable.by("kind").to_dicts()}
    rows: list[tuple[list[object], dict[str, object]]] = []
    for kind, words in KINDS.items():
        if kind in every:
            can = won.get(kind)
            cells = [span(can, "tonnes", 1e6), span(can, "teu", 1e3)] if can else ["0", "0"]
            rows.append(([words, span(every[kind], "tonnes", 1e6), *cells], {}))
    caption = (
        f"Demand of {found.year} with its interval, before any share. Low and high ends are added "
        "up: the interval holds if all amounts are off the same way"
    )
    return table(caption, columns, rows)


def gateway_table(flows: Flows) -> Html:
    """Draw the flow of each sea gateway, and of what stays on land."""
    sea = flows.summary.filter(pl.col("gateway") != OVERLAND_NAME)
    dry = flows.summary.filter(pl.col("gateway") == OVERLAND_NAME)
    rows = [_share_cells(row, row["name"], float(sea["teu"].sum())) for row in sea.to_dicts()]
    rows += [_share_cells(row, "Overland, by no sea gateway", 0.0) for row in dry.to_dicts()]
    caption = "Where traffic meets the sea, 1,000 TEU equivalents a year"
    return table(
        caption, _share_columns("Gateway", "Of the sea, %"), rows, kind="wide", sortable=True
    )


def corridor_table(flows: Flows) -> Html:
    """Draw the flow of each corridor; traffic of none comes last."""
    total = float(flows.corridors["teu"].sum())
    named = flows.corridors.filter(pl.col("corridor") != NO_CORRIDOR).to_dicts()
    rest = flows.corridors.filter(pl.col("corridor") == NO_CORRIDOR).to_dicts()
    rows = [_share_cells(row, row["name"], total) for row in named]
    rows += [_share_cells(row, "Traffic of no named corridor", total) for row in rest]
    return table(
        "Corridors, 1,000 TEU equivalents a year",
        _share_columns("Corridor", "Of all, %"),
        rows,
        kind="wide",
        sortable=True,
    )


def _share_columns(what: str, share: str) -> list[Column]:
    return [
        Column(what),
        Column("All", is_figure=True, hint=TEU_HINT),
        Column(share, is_figure=True),
        *(Column(n, is_figure=True, hint=DIRECTION_HINTS[n]) for n in DIRECTION_NAMES.values()),
        Column("USD/TEU", is_figure=True, hint="Mean cost, door to door"),
        Column("Days", is_figure=True, hint="Mean time, door to door, delays included"),
        Column("t CO2e/TEU", is_figure=True),
    ]


def _share_cells(
    row: dict[str, Any], name: str, total: float
) -> tuple[list[object], dict[str, object]]:
    share = row["teu"] / total if total else None
    cells: list[object] = [
        name,
        Cell(short(row["teu"] / 1e3), row["teu"]),
        "-" if share is None else Cell(f"{100 * share:.1f}", share),
        *(
            Cell(short(row[f"{d}_teu"] / 1e3) if row[f"{d}_teu"] >= 0.5 else "-", row[f"{d}_teu"])
            for d in DIRECTIONS
        ),
        Cell(number(round(row["cost_usd_per_teu"], -1)), row["cost_usd_per_teu"]),
        Cell(days(row["time_h"] / 24), row["time_h"]),
        Cell(f"{row['co2_kg_per_teu'] / 1000:.1f}", row["co2_kg_per_teu"]),
    ]
    return cells, {}


def capacity_table(flows: Flows) -> Html | None:
    """Draw the places with capacity, the fullest first; None if there are none."""
    if flows.places.is_empty():
        return None
    columns = [
        Column("Place"),
        Column("Kind"),
        Column("Flow", is_figure=True, hint="TEU equivalents a year, both directions"),
        Column(
            "of it other",
            is_figure=True,
            hint="Traffic that is not in the demand, taken as given whatever is shut",
        ),
        Column("Capacity", is_figure=True),
        Column("Load, %", is_figure=True),
        Column(
            "Delay, h",
            is_figure=True,
            hint="Beyond the surveyed time; negative: less busy than at the survey",
        ),
        Column("USD for one more TEU", is_figure=True, hint="Shadow price of the capacity"),
    ]
    rows: list[tuple[list[object], dict[str, object]]] = []
    for r in flows.places.sort("load_share", "capacity_id", descending=[True, False]).to_dicts():
        price = r["shadow_price_usd_per_teu"]
        kind = "place" if r["target_kind"] == "node" else r["target_kind"]
        kind += f", {r['form']}" if r["form"] else ""
        other = r["through_teu"] - r["modelled_teu"]
        cells = [
            r["name"].replace("-", " ").title() if r["target_kind"] == "service" else r["name"],
            kind,
            Cell(number(r["through_teu"]), r["through_teu"]),
            Cell(number(other) if other >= 0.5 else "-", other),
            Cell(number(r["capacity_teu_per_year"]), r["capacity_teu_per_year"]),
            Cell(f"{100 * r['load_share']:.0f}", r["load_share"]),
            Cell(f"{r['delay_h'] + 0.0:+.1f}" if abs(r["delay_h"]) >= 0.05 else "0", r["delay_h"]),
            Cell(number(price), price) if r["hard"] else "not hard",
        ]
        rows.append((cells, {"class_": "on"} if r["hard"] and price >= 0.5 else {}))
    caption = (
        "Places with capacity, the fullest first. Where a capacity is hard it is never exceeded; "
        "where it is not, waiting grows beyond it. Other traffic stays where a crossing is shut"
    )
    return table(caption, columns, rows, kind="wide", sortable=True)


def goods_table(flows: Flows) -> Html:
    """Draw the largest commodities by direction."""
    names = dict(flows.pool.network.table("commodities").select("commodity", "name").iter_rows())
    sums = flows.itineraries.group_by("commodity", "direction").agg(pl.col("tonnes").sum())
    wide = {c: dict.fromkeys(DIRECTIONS, 0.0) for c in sums["commodity"].unique().to_list()}
    for commodity, direction, tonnes in sums.iter_rows():
        wide[commodity][direction] = tonnes
    order = sorted(wide, key=lambda c: (-sum(wide[c].values()), c))
    columns = [
        Column("Goods"),
        Column("All", is_figure=True),
        *(Column(n, is_figure=True, hint=DIRECTION_HINTS[n]) for n in DIRECTION_NAMES.values()),
    ]
    rows: list[tuple[list[object], dict[str, object]]] = [
        ([names[c], *_tonnes([sum(wide[c].values()), *wide[c].values()])], {}) for c in order[:MOST]
    ]
    rest = [sum(wide[c][d] for c in order[MOST:]) for d in DIRECTIONS]
    if sum(rest):
        rows.append(([f"{len(order) - MOST} others", *_tonnes([sum(rest), *rest])], {}))
    return table("Goods by direction, 1,000 t a year", columns, rows, kind="wide", sortable=True)


def _tonnes(amounts: list[float]) -> list[object]:
    return [Cell(short(t / 1e3) if t >= 0.5 else "-", t) for t in amounts]


def unserved_table(flows: Flows) -> Html | None:
    """Draw the demand that no way serves, the largest first; None if all is served."""
    lost = flows.unserved.sort("tonnes", "demand_id", descending=[True, False])
    if lost.is_empty():
        return None
    network = flows.pool.network
    place, goods = _names(network, "nodes", "node_id"), _names(network, "commodities", "commodity")
    columns = [
        Column("From"),
        Column("To"),
        Column("Goods"),
        Column("Counted in"),
        Column("t a year", is_figure=True),
    ]
    rows: list[tuple[list[object], dict[str, object]]] = [
        (
            [
                place[r["origin"]],
                place[r["destination"]],
                goods[r["commodity"]],
                r["cargo_unit"],
                Cell(number(r["tonnes"]), r["tonnes"]),
            ],
            {},
        )
        for r in lost.head(MOST).to_dicts()
    ]
    more = len(lost) - MOST
    if more > 0:
        rows.append(
            ([f"{more} others", "", "", "", number(float(lost["tonnes"][MOST:].sum()))], {})
        )
    return table("Demand that no way serves on the day", columns, rows)


def _names(network: Network, name: str, key: str) -> dict[str, str]:
    return dict(network.table(name).select(key, "name").iter_rows())


def total_facts(flows: Flows) -> Html:
    """Write the totals of a year, and on which grades they rest."""
    totals = flows.totals
    shares = {
        what: {g.upper(): totals[f"{what}_grade_{g}_share"] for g in "abc"}
        for what in ("cost", "time")
    }
    mean_days = totals["teu_h"] / max(totals["teu"], 1e-9) / 24
    facts = [
        ("Moved", f"{short(totals['tonnes'] / 1e6)} Mt, {short(totals['teu'] / 1e6)} million TEU"),
        ("Cost of transport", f"{short(totals['cost_usd'] / 1e9)} bn USD"),
        ("Mean time", f"{days(mean_days)} days"),
        ("Emissions", f"{short(totals['co2_t'] / 1e6)} Mt CO2e"),
        ("Rent of full places", f"{short(totals['capacity_rent_usd'] / 1e6)} million USD"),
        ("No way serves", f"{short(totals['unserved_tonnes'] / 1e6)} Mt"),
        ("Cost by grade A / B / C, %", grade_bar(shares["cost"])),
        ("Time by grade A / B / C, %", grade_bar(shares["time"])),
    ]
    return el("dl", *(el("div", el("dt", k), el("dd", v)) for k, v in facts), class_="facts")
