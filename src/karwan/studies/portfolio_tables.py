"""What a portfolio of ways carries, costs and loses: the tables of its result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.network import Network
from karwan.routing.targets import target_name
from karwan.studies.portfolio_choice import Cover, cheapest_use
from karwan.studies.portfolio_ways import Departures, Setting, Way

__all__ = [
    "Choice",
    "Gathered",
    "chosen_table",
    "gather",
    "pairs_table",
    "places_table",
    "reasons_of",
    "ways_table",
]

Floats = NDArray[np.float64]
TELLING = 0.001
"""Probability lost to a place that is worth telling."""


class Gathered(NamedTuple):
    """States of all pairs and days, one below the other.

    Attributes
    ----------
    pairs : sequence of (str, str)
        Origins and markets.
    setting : Setting
        Groups, days and limits.
    ways : tuple of Way
        Every way of any pair.
    pair : int[n_states]
        Pair of each state.
    share : float64[n_states]
        q[s].
    on_time : float64[n_states, n_ways]
        p[s, w]: that of the likeliest trip of the way; 0 where there is none.
    way : int[n_states, n_trips]
        Way of each trip, -1 where there is none.
    trip_on_time, hours, usd, generalised_usd : float64[n_states, n_trips]
        What trips do; costs are ``inf`` where there is none.
    shut : bool[n_states, n_targets]
        What is shut.
    opened : int[n_targets, n_states]
        State that is the same but for a target's being open; -1 where it is open.
    cost : float64[n_ways]
        g[w]: mean generalised cost of each way where it is offered [USD].
    """

    pairs: Sequence[tuple[str, str]]
    setting: Setting
    ways: tuple[Way, ...]
    pair: NDArray[np.intp]
    share: Floats
    on_time: Floats
    way: NDArray[np.intp]
    trip_on_time: Floats
    hours: Floats
    usd: Floats
    generalised_usd: Floats
    shut: NDArray[np.bool_]
    opened: NDArray[np.intp]
    cost: Floats


class Choice(NamedTuple):
    """The portfolio chosen.

    Attributes
    ----------
    picked : bool[n_ways]
        Its ways.
    cover : Cover
        Covering function of all ways.
    probability, reachable : float
        What it keeps, and what all ways keep.
    is_feasible : bool
        Whether the promise can be kept.
    """

    picked: NDArray[np.bool_]
    cover: Cover
    probability: float
    reachable: float
    is_feasible: bool


def gather(
    pairs: Sequence[tuple[str, str]], blocks: Sequence[Sequence[Departures]], setting: Setting
) -> Gathered:
    """Put the states of all pairs and days one below the other.

    Parameters
    ----------
    pairs : sequence of (str, str)
        Origins and markets.
    blocks : sequence of sequence of Departures
        Days of each pair.
    setting : Setting
        What they share.

    Returns
    -------
    Gathered
        States; pairs and days count alike.
    """
    flat = [(p, day) for p, days in enumerate(blocks) for day in days]
    ways = tuple(dict.fromkeys(w for _, day in flat for w in day.ways))
    number = {w: i for i, w in enumerate(ways)}
    width = max(len(day.ways) for _, day in flat)
    first = np.cumsum([0, *(len(day.share) for _, day in flat)])

    def stacked(name: str, empty: float) -> Floats:
        parts = [getattr(day, name) for _, day in flat]
        pads = [((0, 0), (0, width - part.shape[1])) for part in parts]
        return np.concatenate(
            [np.pad(p, pad, constant_values=empty) for p, pad in zip(parts, pads, strict=True)]
        )

    way = np.full((int(first[-1]), width), -1)
    on_time = np.zeros((int(first[-1]), len(ways)))
    for at, (_, day) in zip(first, flat, strict=False):
        rows = slice(at, at + len(day.share))
        own = [number[w] for w in day.ways]
        way[rows, : len(own)] = own
        for i, w in enumerate(own):
            on_time[rows, w] = np.maximum(on_time[rows, w], day.on_time[:, i])
    share = np.concatenate([day.share for _, day in flat]) / (len(pairs) * len(setting.days))
    opened = [
        np.where(d.opened < 0, -1, d.opened + at) for at, (_, d) in zip(first, flat, strict=False)
    ]
    generalised = stacked("generalised_usd", np.inf)
    return Gathered(
        pairs,
        setting,
        ways,
        np.concatenate([np.full(len(day.share), p) for p, day in flat]),
        share,
        on_time,
        way,
        stacked("on_time", 0.0),
        stacked("hours", np.inf),
        stacked("usd", np.inf),
        generalised,
        np.concatenate([day.shut for _, day in flat]),
        np.concatenate(opened, axis=1),
        _mean_costs(generalised, way, share, len(ways)),
    )


def _cheapest_of(generalised: Floats, way: NDArray[np.intp], w: int) -> Floats:
    """Return the cost of the cheapest trip of a way in each state, ``inf`` if there is none."""
    least: Floats = np.where(way == w, generalised, np.inf).min(axis=1)
    return least


def _mean_costs(generalised: Floats, way: NDArray[np.intp], share: Floats, n_ways: int) -> Floats:
    costs = np.empty(n_ways)
    for w in range(n_ways):
        least = _cheapest_of(generalised, way, w)
        some = np.isfinite(least) & (share > 0)
        costs[w] = np.average(least[some], weights=share[some])
    return costs


def _single(gathered: Gathered) -> tuple[NDArray[np.intp], dict[int, int]]:
    """Return each state's trip on the way that alone costs its pair least, and each pair's way."""
    trip, ways = np.zeros(len(gathered.share), np.intp), {}
    cost = gathered.generalised_usd
    for p in np.unique(gathered.pair):
        rows = np.flatnonzero(gathered.pair == p)
        weight = gathered.share[rows]
        means = {}
        for w in np.unique(gathered.way[rows][gathered.way[rows] >= 0]):
            least = _cheapest_of(cost[rows], gathered.way[rows], int(w))
            means[int(w)] = float((weight * least)[weight > 0].sum())
        best = min(means, key=lambda w: means[w])
        ways[int(p)] = best
        own = np.where(gathered.way[rows] == best, cost[rows], np.inf)
        trip[rows] = own.argmin(axis=1)
    return trip, ways


def chosen_table(
    gathered: Gathered, choice: Choice, probability: float, per_year: float
) -> pl.DataFrame:
    """Say what each way of the portfolio adds, carries and costs in a year.

    Freight takes the trips of the portfolio that keep the promise at least generalised cost. Each
    way's yearly cost is that of the freight it then carries; `extra` is what this freight costs
    above the single best way of its pair, taken on the same days: the price of the promise.
    """
    picked = np.flatnonzero(choice.picked)
    usable = np.isin(gathered.way, picked)
    cost = np.where(usable, gathered.generalised_usd, np.inf)
    some = (gathered.share > 0) & usable.any(axis=1)
    share = np.where(some, gathered.share, 0.0)
    on_time = np.where(usable, gathered.trip_on_time, 0.0)
    use = cheapest_use(on_time[some], cost[some], share[some], probability)
    carried = np.zeros(cost.shape)
    carried[some] = use.shares(share[some], cost.shape[1])
    single, at = _single(gathered)[0], np.arange(len(share))
    rows = []
    for w in picked:
        taken = np.where(gathered.way == w, carried, 0.0)
        load = taken.sum(axis=1)
        whole = float(load.sum())
        row: dict[str, Any] = {"way": gathered.ways[w].name, "gateway": gathered.ways[w].gateway}
        row["alone"] = choice.cover.probability(np.arange(len(gathered.ways)) == w)
        without = choice.picked.copy()
        without[w] = False
        row["without"] = choice.cover.probability(without)
        row["share"] = whole
        row["on_time"] = float((taken * on_time).sum()) / whole if whole > 0 else None
        row["consignments_per_year"] = per_year * whole
        for name in ("usd", "generalised_usd"):
            value = getattr(gathered, name)
            mine = per_year * float(taken[taken > 0] @ value[taken > 0])
            row[f"{name}_per_year"] = mine
            there = load > 0
            usual = value[at, single][there]
            row[f"extra_{name}_per_year"] = mine - per_year * float(load[there] @ usual)
        rows.append(row)
    order = {"on_time": pl.Float64}
    return pl.DataFrame(rows, schema_overrides=order).sort("share", descending=True)


def ways_table(gathered: Gathered, choice: Choice) -> pl.DataFrame:
    """Say for every way how likely it keeps the time alone, and beside the portfolio."""
    rows = []
    for w, way in enumerate(gathered.ways):
        alone = np.arange(len(gathered.ways)) == w
        rows.append(
            {
                "way": way.name,
                "gateway": way.gateway,
                "is_chosen": bool(choice.picked[w]),
                "alone": choice.cover.probability(alone),
                "with_portfolio": choice.cover.probability(choice.picked | alone),
                "mean_generalised_usd": float(gathered.cost[w]),
            }
        )
    by = ["alone", "mean_generalised_usd"]
    return pl.DataFrame(rows).sort(by, descending=[True, False])


def _best(gathered: Gathered, picked: NDArray[np.bool_]) -> Floats:
    """Return the highest probability of some ways in each state."""
    best: Floats = gathered.on_time[:, picked].max(axis=1)
    return best


def pairs_table(network: Network, gathered: Gathered, choice: Choice) -> pl.DataFrame:
    """Say how likely each pair of places is in time: by the portfolio, by all ways, all open.

    The single best way costs least on average if nothing else may be used.
    """
    by = {"probability": _best(gathered, choice.picked), "reachable": gathered.on_time.max(axis=1)}
    is_calm = ~gathered.shut.any(axis=1)
    trip, ways = _single(gathered)
    usual = gathered.trip_on_time[np.arange(len(trip)), trip]
    rows = []
    for p, (origin, market) in enumerate(gathered.pairs):
        mine = gathered.pair == p
        share = gathered.share * mine * len(gathered.pairs)
        calm = mine & is_calm
        row: dict[str, Any] = {"origin": origin, "market": market}
        row |= {f"{k}_name": target_name(network, "node", row[k]) for k in ("origin", "market")}
        row |= {name: float((share * best).sum()) for name, best in by.items()}
        days = len(gathered.setting.days)
        row["if_nothing_shut"] = float(by["reachable"][calm].sum()) / days
        quickest = np.where(calm[:, None], gathered.hours, np.inf)
        row["single_best"] = gathered.ways[ways[p]].name if p in ways else None
        row["single_best_on_time"] = float((share * usual).sum())
        row["quickest_days"] = float(quickest.min()) / 24 if calm.any() else None
        rows.append(row)
    columns = {"quickest_days": pl.Float64, "single_best": pl.String}
    return pl.DataFrame(rows, schema_overrides=columns).sort("probability", "origin", "market")


def places_table(network: Network, gathered: Gathered, choice: Choice) -> pl.DataFrame:
    """Say how often each place is shut at a departure, and what probability that takes away.

    What is lost is the gain if the place alone were open on the day, everything else the same.
    """
    targets = [gathered.setting.groups[g].targets[k] for g, k in gathered.setting.known.targets]
    chosen, every = _best(gathered, choice.picked), gathered.on_time.max(axis=1)
    age = gathered.setting.known.age
    rows = []
    for c, target in enumerate(targets):
        hit = gathered.opened[c] >= 0
        to, share = gathered.opened[c][hit], gathered.share[hit]
        if not hit.any():
            continue
        rows.append(
            {
                "target_kind": target[0],
                "target": target[1],
                "name": target_name(network, *target),
                "shut_share": float((age[:, :, c] > 0).mean()),
                "lost": float(share @ (chosen[to] - chosen[hit])),
                "lost_with_all_ways": float(share @ (every[to] - every[hit])),
            }
        )
    schema: dict[str, Any] = dict.fromkeys(("target_kind", "target", "name"), pl.String)
    schema |= dict.fromkeys(("shut_share", "lost", "lost_with_all_ways"), pl.Float64)
    by = ["lost", "lost_with_all_ways", "target"]
    return pl.DataFrame(rows, schema=schema).sort(by, descending=[True, True, False])


def reasons_of(
    network: Network, gathered: Gathered, choice: Choice, within_days: float
) -> tuple[str, ...]:
    """Say what keeps all ways together from the promise."""
    pairs = pairs_table(network, gathered, choice)
    said = [f"all ways together reach {choice.reachable:.1%} within {within_days:g} days"]
    for row in pairs.sort("if_nothing_shut").head(3).iter_rows(named=True):
        place = f"{row['origin_name']} to {row['market_name']}"
        if row["quickest_days"] is None:
            said.append(f"{place}: no way joins them when nothing is shut by chance")
            continue
        said.append(
            f"{place}: {row['if_nothing_shut']:.1%} if nothing is shut on the day of departure; "
            f"the quickest way takes {row['quickest_days']:.0f} days on average"
        )
    lost = places_table(network, gathered, choice).sort("lost_with_all_ways", descending=True)
    telling = lost.filter(pl.col("lost_with_all_ways") >= TELLING).head(3)
    said += [
        f"{row['name']} is shut at {row['shut_share']:.0%} of departures, which takes "
        f"{100 * row['lost_with_all_ways']:.1f} points"
        for row in telling.iter_rows(named=True)
    ]
    return tuple(said)
