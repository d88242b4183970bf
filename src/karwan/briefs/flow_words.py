"""How two assignments differ, in sentences made from their tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from karwan.assignment.flows import NO_CORRIDOR, OVERLAND_NAME
from karwan.briefs.words import days, money, number
from karwan.studies import Flows
from karwan.studies.flow_shifts import UNSERVED, shifts

__all__ = ["differences_in_words", "listed"]

MOST = 3
"""Gains, losses and origins of a gain that are told at most."""
WORTH_SHARE = 0.0005
"""Share of all flow from which a change is told."""
PLAIN = {
    OVERLAND_NAME: "ways overland",
    NO_CORRIDOR: "ways of no named corridor",
    UNSERVED: "demand that was not served",
}


def differences_in_words(base: Flows, other: Flows, base_name: str, name: str) -> list[str]:
    """Say how an assignment differs from another.

    A sentence stands only where its figures differ beyond rounding to three digits, and where
    a flow changes by at least 0.05 % of all flow.

    Parameters
    ----------
    base, other : Flows
        Assignments of the same demand.
    base_name, name : str
        What they are called.

    Returns
    -------
    list of str
        Sentences, the most important first; one that nothing differs if nothing does.
    """
    found = [
        *_passage(base, other),
        *_gateways(base, other),
        *_corridors(base, other),
        *_crossings(base, other),
        *_prices(base, other),
        *_served(base, other),
        *_totals(base, other),
    ]
    if not found:
        return [f"{name}: nothing differs from {base_name} beyond rounding."]
    return [f"{name}, against {base_name}:", *found]


def listed(items: Iterable[str]) -> str:
    """Join words: a; a and b; a, b and c."""
    words = list(items)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _worth(base: Flows, other: Flows) -> float:
    return WORTH_SHARE * max(base.totals["teu"], other.totals["teu"])


def _differ(a: float, b: float) -> bool:
    return money(a) != money(b)


def _changes(
    base: pl.DataFrame, other: pl.DataFrame, key: str, worth: float
) -> list[tuple[str, float, float]]:
    """Return what differs by at least `worth`: name, before, after; largest change first."""
    before, after = (dict(t.select(key, "teu").iter_rows()) for t in (base, other))
    rows = [(k, before.get(k, 0.0), after.get(k, 0.0)) for k in {**before, **after}]
    kept = [r for r in rows if abs(r[2] - r[1]) >= worth and _differ(r[1], r[2])]
    return sorted(kept, key=lambda r: (-abs(r[2] - r[1]), r[0]))


def _crossing_flows(flows: Flows) -> pl.DataFrame:
    """Return TEU by name of crossing."""
    table = flows.pool.network.table("border_crossings")
    names = dict(table.select("crossing_id", "name").iter_rows())
    return (
        flows.things.filter(pl.col("kind") == "crossing")
        .with_columns(pl.col("id").replace(names).alias("crossing"))
        .group_by("crossing")
        .agg(pl.col("teu").sum())
    )


def _passage(base: Flows, other: Flows) -> list[str]:
    """Say which crossings carry something in one of the two only."""
    rows = _changes(_crossing_flows(base), _crossing_flows(other), "crossing", _worth(base, other))
    opened = [(k, b) for k, a, b in rows if a < 0.5]
    closed = [(k, a) for k, a, b in rows if b < 0.5]
    found = []
    for which, words in (
        (opened, "which carried none of this trade"),
        (closed, "which carry none now"),
    ):
        if which:
            total = money(sum(teu for _, teu in which))
            names = listed(k for k, _ in which)
            verb = "move" if which is opened else "moved"
            split = ", ".join(f"{money(teu)} by {k}" for k, teu in which)
            more = f" ({split})" if len(which) > 1 else ""
            one = words if len(which) > 1 else words.replace("carry none", "carries none")
            found.append(f"{total} TEU a year {verb} by {names}, {one}{more}.")
    return found


def _gateways(base: Flows, other: Flows) -> list[str]:
    return _of(base, other, "gateway", "summary")


def _corridors(base: Flows, other: Flows) -> list[str]:
    return _of(base, other, "corridor", "corridors")


def _of(base: Flows, other: Flows, by: str, table: str) -> list[str]:
    """Say which gateways or corridors gain and lose most, and to whom."""
    before, after = getattr(base, table), getattr(other, table)
    names = dict(pl.concat([t.select(by, "name") for t in (before, after)]).iter_rows()) | PLAIN
    rows = _changes(before, after, by, _worth(base, other))
    if by == "corridor":
        names = {k: v if k in PLAIN else f"the corridor {v}" for k, v in names.items()}
    moved = shifts(base, other, by)
    told = [(key, a, b) for key, a, b in rows if key not in PLAIN]
    gains = [r for r in told if r[2] > r[1]][:MOST]
    losses = [r for r in told if r[2] < r[1]][:MOST]
    found = [
        _sentence(names, row, moved.filter(pl.col("target") == row[0]), "source") for row in gains
    ]
    found += [
        _sentence(names, row, moved.filter(pl.col("source") == row[0]), "target") for row in losses
    ]
    for key, a, b in rows:
        if key == OVERLAND_NAME:
            verb = "gain" if b > a else "lose"
            found.append(f"Ways overland, by no sea gateway, {verb} {money(abs(b - a))} TEU.")
    return found


def _sentence(
    names: dict[str, str], row: tuple[str, float, float], moved: pl.DataFrame, end: str
) -> str:
    """Return one gain or loss, and where most of it comes from or goes to."""
    key, before, after = row
    verb, way = ("gains", "from") if after > before else ("loses", "to")
    change = abs(after - before)
    others = [
        f"{money(teu)} {way} {names.get(other, other) if way == 'from' else _goal(names, other)}"
        for other, teu in moved.select(end, "teu").iter_rows()
        if teu >= change / 10
    ][:MOST]
    origin = f", of which {listed(others)}" if others else ""
    name = names[key]
    return (
        f"{name[0].upper()}{name[1:]} {verb} {money(change)} TEU (from {money(before)} to "
        f"{money(after)}){origin}."
    )


def _goal(names: dict[str, str], key: str) -> str:
    return "demand that is not served" if key == UNSERVED else names.get(key, key)


def _crossings(base: Flows, other: Flows) -> list[str]:
    """Say which crossings that carry something in both gain and lose most."""
    rows = _changes(_crossing_flows(base), _crossing_flows(other), "crossing", _worth(base, other))
    both = [r for r in rows if min(r[1], r[2]) >= 0.5]
    found = []
    for sign, verb in ((1, "gain"), (-1, "lose")):
        told = [r for r in both if sign * (r[2] - r[1]) > 0][:MOST]
        if told:
            words = listed(f"{k} {money(abs(b - a))}" for k, a, b in told)
            found.append(f"Crossings that {verb} most, TEU: {words}.")
    return found


def _prices(base: Flows, other: Flows) -> list[str]:
    """Say which capacities bind in one of the two only, or at another price."""
    key = ["capacity_id", "name"]
    price = "shadow_price_usd_per_teu"
    before, after = (t.places.filter("hard").select(*key, price) for t in (base, other))
    both = before.join(after, on=key, how="full", coalesce=True).fill_null(0.0).sort(key)
    found = []
    for _, name, a, b in both.iter_rows():
        first, second = round(a), round(b)
        if first and not second:
            found.append(f"{name} is no longer full: one more TEU there was worth {first} USD.")
        elif second and not first:
            found.append(f"{name} becomes full: one more TEU there is worth {second} USD.")
        elif _differ(first, second):
            found.append(
                f"{name} stays full: one more TEU there is worth {second} instead of {first} USD."
            )
    return found


def _served(base: Flows, other: Flows) -> list[str]:
    """Say which demand is served in one of the two only."""
    before, after = (t.unserved.select("demand_id", "tonnes") for t in (base, other))
    found = []
    for more, less, words in (
        (before, after, "that no way served now have one"),
        (after, before, "that had a way have none now"),
    ):
        only = more.join(less, on="demand_id", how="anti")
        if len(only):
            rows = f"{len(only)} row{'s' if len(only) > 1 else ''}"
            found.append(f"{money(float(only['tonnes'].sum()))} t of demand in {rows} {words}.")
    return found


def _totals(base: Flows, other: Flows) -> list[str]:
    """Say how cost, time and emissions of all trade differ."""
    before, after = base.totals, other.totals
    parts = []
    lines: tuple[tuple[str, str, Callable[[float], str], float], ...] = (
        ("cost of transport", "cost_usd", lambda v: f"{money(v)} million USD", 1e6),
        ("emissions", "co2_t", lambda v: f"{money(v)} thousand t CO2e", 1e3),
    )
    for words, key, write, unit in lines:
        a, b = before[key], after[key]
        if _differ(a, b):
            verb = "rise" if b > a else "fall"
            verb = verb + "s" if words.startswith("cost") else verb
            share = 100 * abs(b - a) / max(abs(a), 1e-9)
            parts.append(f"{words} {verb} by {write(abs(b - a) / unit)} a year ({share:.2g} %)")
    mean = [t["teu_h"] / max(t["teu"], 1e-9) / 24 for t in (before, after)]
    if days(mean[0]) != days(mean[1]) or abs(mean[1] - mean[0]) >= 0.05:
        verb = "lengthens" if mean[1] > mean[0] else "shortens"
        parts.append(f"the mean time of a TEU {verb} by {24 * abs(mean[1] - mean[0]):.1f} hours")
    if not parts:
        return []
    text = listed(parts)
    if number(before["unserved_tonnes"]) != number(after["unserved_tonnes"]):
        text += ", over what is served in each"
    return [f"In all, {text}."]
