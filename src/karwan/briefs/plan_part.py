"""The part of a page that answers one plan."""

from __future__ import annotations

from typing import Any

from karwan.briefs.bars import split_bar
from karwan.briefs.map import maps
from karwan.briefs.markup import Html, el, join, slug
from karwan.briefs.scatter import scatter
from karwan.briefs.staircase import staircase
from karwan.briefs.tables import (
    alternatives,
    documents,
    legs,
    others,
    reliability,
    shut_table,
)
from karwan.briefs.words import (
    COST_PARTS,
    TIME_PARTS,
    bests,
    counted,
    day,
    days,
    money,
    number,
    question,
    tonnes,
)
from karwan.network import Network

__all__ = ["plan_part"]

HOW_TO_READ = (
    "How to read it: the line runs from the origin (left) to the destination (right). Sloping "
    "stretches are movement; the flatter they are, the cheaper or faster a kilometre is. Steps "
    "straight up are borders, ports, changes of gauge, collection and delivery: cost and time "
    "without a kilometre of progress. A border whose link has a length of its own leans a little."
)


def plan_part(plan: dict[str, Any], network: Network, name: str, level: int) -> Html:
    """Write the part of one plan.

    Parameters
    ----------
    plan : dict
        JSON form of the plan.
    network : Network
        Network for the maps.
    name : str
        Prefix of identifiers.
    level : int
        Level of its heading, 1 or 2.

    Returns
    -------
    Html
        A section.
    """
    head, below = f"h{level}", f"h{level + 1}"
    modes = sorted({m for it in bests(plan) for m, km in it["distance_by_mode_km"].items() if km})
    return el(
        "section",
        el(head, question(plan)),
        _asked(plan),
        _answers(plan, name),
        el(below, "The ways on the map"),
        *(_figure(title, svg, _map_key(modes, plan)) for title, svg in maps(plan, network, name)),
        el(below, "Gateways side by side"),
        el("p", "Point at a row, or choose it, to see its way on the maps.", class_="hint screen"),
        alternatives(plan, name),
        _figure("Cost against time", scatter(plan, name), None),
        _folded(others(plan), "Other itineraries that none beats in every criterion"),
        el(below, "How sure the times are"),
        reliability(plan),
        el(below, "What is shut, and what is missing because of it"),
        _missing(plan),
        shut_table(plan) or el("p", "No closure or restriction is in force on that day."),
        el(below, "Each gateway in detail"),
        _fold_buttons(),
        *(_itinerary(it, name, level + 2, is_open=i == 0) for i, it in enumerate(bests(plan))),
        id=name,
        class_="plan",
    )


def _asked(plan: dict[str, Any]) -> Html:
    run, cargo = plan["run"], plan["run"]["consignment"]
    facts = [
        ("Departing", day(run["depart"])),
        ("State of the world", f"as looked at up to {day(run['as_of'])}"),
        ("Value", f"{money(cargo['value_usd'])} USD"),
        ("A day of it is worth", f"{money(24 * cargo['value_of_time_usd_per_h'])} USD"),
    ]
    if run["scenario"]:
        facts.append(("Scenario", " + ".join(run["scenario"])))
    wishes = run["options"]
    for key, words in (("via", "By way of"), ("avoid", "Avoiding")):
        if wishes.get(key):
            facts.append((words, ", ".join(wishes[key])))
    facts.append(
        (
            "Ranked by",
            "money + hours at the value of time of the goods + spread at the value of reliability",
        )
    )
    return el("dl", *(el("div", el("dt", k), el("dd", v)) for k, v in facts), class_="facts")


def _answers(plan: dict[str, Any], name: str) -> Html:
    chosen = bests(plan)
    wanted = [
        ("Best overall", chosen[0]),
        ("Cheapest", min(chosen, key=lambda it: it["cost_usd"])),
        ("Quickest", min(chosen, key=lambda it: it["time_p50_days"])),
        ("Least CO2", min(chosen, key=lambda it: it["co2_kg"])),
    ]
    cards = []
    for title, it in wanted:
        span = f"{days(it['time_p50_days'])} days, {days(it['time_p95_days'])} in a bad case"
        cards.append(
            el(
                "li",
                el("span", title, class_="what"),
                el("a", it["gateway_name"], href=f"#{name}-{it['itinerary']}"),
                el("b", f"{money(it['cost_usd_per_unit'])} USD per {it['unit']}"),
                el("span", span),
                el("span", f"{tonnes(it['co2_kg'])} t CO2e"),
            )
        )
    return el("ul", *cards, class_="cards")


def _figure(title: str, svg: Html, key: Html | None) -> Html:
    box = el("div", svg, class_="scroll", tabindex="0", role="region", aria_label=title)
    return el("figure", el("figcaption", title), box, key)


def _map_key(modes: list[str], plan: dict[str, Any]) -> Html:
    def sample(kind: str, words: str) -> Html:
        line = el("path", class_=kind, d="M2 7H46")
        return el("li", el("svg", line, width="48", height="14", aria_hidden="true"), f" {words}")

    def sign(kind: str, d: str, words: str) -> Html:
        mark = el("g", el("path", d=d), class_=f"mark {kind}")
        return el("li", el("svg", mark, width="16", height="14", aria_hidden="true"), f" {words}")

    items = [sample(f"way m-{slug(mode)}", mode) for mode in modes]
    effects = {s["effect"] for s in plan["shut"]}
    if effects & {"shut", "exclude"}:
        items.append(sign("shut", "M3 2l10 10m0-10l-10 10", "shut"))
    if effects & {"hampered", "warn"}:
        items.append(sign("hampered", "M8 1l6 11h-12z", "hampered or warned of"))
    items.append(sample("disputed", "disputed boundary"))
    items.append(el("li", "thick: the itinerary chosen, at first the best"))
    return el("ul", *items, class_="key")


def _missing(plan: dict[str, Any]) -> Html:
    if not plan["missing"]:
        text = (
            "No closure keeps a gateway off this list that would otherwise be offered by a "
            "better or a sensible way."
        )
        return el("p", text)
    items = [
        el(
            "li",
            el("b", m["gateway_name"]),
            f": {m['why']}. It would cost about {money(m['cost_usd'])} USD and take "
            f"{days(m['time_days'])} days.",
        )
        for m in plan["missing"]
    ]
    return join([el("p", "These familiar ways are missing:"), el("ul", *items, class_="missing")])


def _folded(inner: Html | None, title: str) -> Html | None:
    return None if inner is None else el("details", el("summary", title), inner)


def _fold_buttons() -> Html:
    return el(
        "p",
        el("button", "Open all", type="button", class_="open-all"),
        " ",
        el("button", "Close all", type="button", class_="close-all"),
        " ",
        el("span", "What is open is printed."),
        class_="hint screen",
    )


def _itinerary(it: dict[str, Any], name: str, level: int, *, is_open: bool) -> Html:
    key = f"{name}-{it['itinerary']}"
    head, below = f"h{min(level, 6)}", f"h{min(level + 1, 6)}"
    costs = {part: it["cost_split_usd"].get(part, 0.0) for part in COST_PARTS}
    times = {part: it["time_split_h"].get(part, 0.0) for part in TIME_PARTS}
    in_words = (
        f"{money(it['cost_usd'])} USD, {days(it['time_p50_days'])} to "
        f"{days(it['time_p95_days'])} days, {number(it['distance_km'])} km"
    )
    warnings = [el("li", text) for text in it["warnings"]]
    return el(
        "details",
        el(
            "summary",
            el(head, f"{it['itinerary']} {it['gateway_name']}"),
            " ",
            el("span", in_words),
        ),
        el("p", _in_words(it)),
        el("ul", *warnings, class_="warnings") if warnings else None,
        el(below, "Staircase of cost and time"),
        _figure("Cost and time along the distance", staircase(it), None),
        el("p", HOW_TO_READ, class_="hint"),
        legs(it),
        el(below, "What the money goes on"),
        split_bar(costs, COST_PARTS, {k: f"{money(v)} USD" for k, v in costs.items()}),
        el(below, "What the time goes on"),
        split_bar(times, TIME_PARTS, {k: f"{days(v / 24)} days" for k, v in times.items()}),
        documents(it),
        id=key,
        class_="itinerary-part",
        open=is_open,
    )


def _in_words(it: dict[str, Any]) -> str:
    borders = ", ".join(it["border_crossings"])
    said = [
        f"Through {', '.join(it['countries'])}",
        f"{counted(len(it['border_crossings']), 'border', 'borders')}"
        + (f" ({borders})" if borders else ""),
        counted(it["gauge_breaks"], "gauge break", "gauge breaks"),
        counted(it["transfers"], "change of mode", "changes of mode"),
    ]
    if it["passages"]:
        said.append(f"passing {', '.join(p.replace('-', ' ') for p in it['passages'])}")
    text = "; ".join(said)
    if not it["pareto"]:
        text += ". Another itinerary is at least as good in every criterion; this is the best here"
    return f"{text}."
