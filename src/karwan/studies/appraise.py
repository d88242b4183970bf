"""Appraise a venture: does it pay, for whom, and how surely."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from karwan.appraisal.account import Account, account
from karwan.appraisal.risk import draw_venture
from karwan.appraisal.venture import Venture, changed_venture, read_venture
from karwan.appraisal.waiting import value_of_waiting
from karwan.errors import InputError
from karwan.network import Network
from karwan.studies.appraisal import Appraisal
from karwan.studies.run import Run, karwan_version
from karwan.studies.venture_trade import benefit_of, transit_of

__all__ = ["appraise"]


def appraise(
    venture: Venture | str | Path,
    network: Network | None = None,
    *,
    throughput: pl.DataFrame | None = None,
    capacity: pl.DataFrame | None = None,
    scenario: str | Sequence[str] = (),
    changes: Mapping[str, Any] | None = None,
    draws: int = 0,
    seed: int = 1,
) -> Appraisal:
    """Appraise a venture for every party, with the debt that it can carry.

    Parameters
    ----------
    venture : Venture, str or Path
        Venture, its file, or the id of a venture of the atlas.
    network : Network, optional
        If given, the trade of each year of its demand is assigned, and what flows over
        `throughput.node` becomes transit; with `economic.measure` also without and with that
        measure, and what users gain by it counts in the economy.
    throughput : polars.DataFrame, optional
        Columns year, local_teu, transit_teu, transhipment_teu instead of the stated paths.
    capacity : polars.DataFrame, optional
        Columns year, element, count, capital_usd, capacity_teu_per_year.
    scenario : str or sequence of str
        Scenarios or measures laid over the network first.
    changes : mapping, optional
        Values instead of those of the file, by full name.
    draws, seed : int
        Draws of the uncertain levers, 0 for none, and their seed.

    Returns
    -------
    Appraisal
        Statements, measures of each view, sensitivity and draws.

    Raises
    ------
    InputError
        Everything that is wrong with the venture or its tables, or debt that cannot be served.
    ScenarioError
        Scenarios that are unknown or clash.

    Examples
    --------
    >>> from karwan.studies.appraise import appraise
    >>> found = appraise("karachi-gateway-terminal")
    >>> found.measures.select("view", "npv_usd", "irr_words")  # doctest: +SKIP
    """
    read = venture if isinstance(venture, Venture) else read_venture(venture, changes)
    if isinstance(venture, Venture) and changes:
        read = changed_venture(read, changes)
    if network is None and scenario:
        message = "a scenario is named without a network; give one to assign its trade"
        raise InputError(message)
    transit = transit_of(network, read, scenario) if network is not None else None
    if network is not None and read["economic.measure"]:
        gained = benefit_of(network, read, scenario)
        read = changed_venture(read, {"economic.user_benefit_usd": gained})
    given: dict[str, Any] = {"throughput": throughput, "transit": transit, "capacity": capacity}
    found = account(read, **given)
    risk = draw_venture(found, draws, seed) if draws else None
    waiting = None
    if read["waiting.phase"] and (risk or read["waiting.volatility"] is not None):
        waiting = value_of_waiting(found, risk)
    named = (scenario,) if isinstance(scenario, str) else tuple(scenario)
    options = {"venture": read.name, "changes": dict(changes or {}), "draws": draws, "seed": seed}
    run = _run(read, network, named, options)
    return Appraisal(run, found, risk, waiting, _scenarios(read, given))


def _run(
    venture: Venture, network: Network | None, scenario: tuple[str, ...], options: dict[str, Any]
) -> Run:
    text = json.dumps([venture.tree.values, venture.tree.sources], sort_keys=True, default=str)
    mark = hashlib.sha256(text.encode()).hexdigest()
    if network is not None:
        mark = hashlib.sha256(f"{mark}{network.fingerprint}".encode()).hexdigest()
    name = venture.name if network is None else f"{venture.name} on {network.name}"
    first = dt.date(venture.first_year, 1, 1)
    return Run(karwan_version(), name, mark, scenario, first, venture.first_year, options)


def _scenarios(venture: Venture, given: Mapping[str, Any]) -> dict[str, Account | str]:
    """Run each scenario of the file, its debt sized anew; what cannot run says why."""
    found: dict[str, Account | str] = {}
    for row in venture.rows["scenarios"]:
        try:
            found[row["name"]] = account(changed_venture(venture, row["set"]), **given)
        except InputError as fault:
            found[row["name"]] = str(fault)
    return found
