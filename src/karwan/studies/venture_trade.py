"""What an assignment of trade says about a venture: its transit, and what users gain by it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from karwan.appraisal.venture import Venture
from karwan.errors import InputError, ScenarioError
from karwan.network import Network
from karwan.schema.check import did_you_mean
from karwan.studies.assign import assign
from karwan.studies.rank_assess import assess_all, gain

__all__ = ["benefit_of", "transit_of"]


def transit_of(
    network: Network, venture: Venture, scenario: str | Sequence[str] = ()
) -> dict[int, float]:
    """Return the boxes that an assignment brings over the node of a venture, by year.

    Parameters
    ----------
    network : Network
        Network with demand.
    venture : Venture
        Venture with `throughput.node`.
    scenario : str or sequence of str
        Scenarios or measures laid over the network.

    Returns
    -------
    dict of int to float
        TEU a year for each year of the demand table.

    Raises
    ------
    InputError
        No node is named, or the network does not have it.
    """
    node = venture["throughput.node"]
    known = network.table("nodes")["node_id"].to_list()
    if node not in known:
        said = "not given" if node is None else f"{node!r}, which the network does not have"
        hint = did_you_mean(str(node), known) or "name a node_id"
        message = f"throughput.node is {said}; {hint}"
        raise InputError(message)
    found = {}
    for year in sorted(set(network.table("demand")["year"].to_list())):
        flows = assign(network, year=year, scenario=scenario)
        ways = flows.summary.filter(pl.col("gateway") == node)
        through = ways["teu"].sum() if len(ways) else flows.using(node)["teu"].sum()
        found[int(year)] = float(through) * venture["throughput.node_share"]
    return found


def benefit_of(
    network: Network, venture: Venture, scenario: str | Sequence[str] = ()
) -> dict[int, float]:
    """Return what users gain by the measure that a venture brings about, by year.

    The trade of each year of the demand is assigned without and with `economic.measure`; the
    rule of a half (`appraisal.welfare.user_benefit`) gives the benefit of that year. Before the
    first phase opens there is none.

    Parameters
    ----------
    network : Network
        Network with demand.
    venture : Venture
        Venture with `economic.measure` and its share.
    scenario : str or sequence of str
        Scenarios or measures laid over the network in both cases.

    Returns
    -------
    dict of int to float
        USD of the venture's first year, a year.

    Raises
    ------
    ScenarioError
        The measure is unknown, or clashes with the scenarios.
    """
    base = (scenario,) if isinstance(scenario, str) else tuple(scenario)
    with_it = (*base, venture["economic.measure"])
    opens = min(row["start"] + row["build_years"] for row in venture.rows["phases"])
    dollars = [row["inflation"] for row in venture.rows["currencies"] if row["code"] == "USD"]
    yearly = dollars[0][min(dollars[0])] if dollars else 0.0
    level = (1 + yearly) ** (venture.first_year - network.price_year)
    found = {}
    for year in sorted(set(network.table("demand")["year"].to_list())):
        both = assess_all(network, (base, with_it), year=year, depart=network.as_of)
        before, after = both[base], both[with_it]
        if isinstance(before, str) or isinstance(after, str):
            raise ScenarioError(before if isinstance(before, str) else str(after))
        gained = gain(before, after).user_usd * venture["economic.measure_share"]
        found[int(year)] = float(gained * level)
    later = {year: usd for year, usd in found.items() if year > opens}
    reached = [usd for year, usd in found.items() if year <= opens]
    return {opens - 1: 0.0, opens: reached[-1] if reached else later[min(later)], **later}
