"""What developing a zone is worth: cash flow, returns, break-even values, guesses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from karwan.appraisal.rates_of_return import RateOfReturn, irr, npv, payback
from karwan.appraisal.zone_developer import break_even, developer_flows
from karwan.errors import InputError
from karwan.network import Network
from karwan.schema import load_schema
from karwan.schema.check import did_you_mean
from karwan.studies.run import Run, karwan_version

__all__ = ["ZoneDevelopment", "zone_development"]

MOVED = (
    "rent_usd_per_m2_year", "take_up_max_share", "half_years", "trunk_capex_usd_m",
    "plot_capex_usd_per_m2", "premium_usd_per_m2", "authority_share",
)  # fmt: skip
"""Terms whose break-even value is sought."""
ESTIMATE = "C"


@dataclass(frozen=True, eq=False)
class ZoneDevelopment:
    """Cash flow of a zone's developer.

    Attributes
    ----------
    run : Run
        Stamp.
    zone, name : str
        Identifier and name of the zone.
    terms : dict of str to float
        Terms it rests on.
    flows : polars.DataFrame
        Yearly flows, as `developer_flows` gives them [M USD].
    npv_usd_m, authority_npv_usd_m : float
        Present value for the developer, and of the port authority's share [M USD].
    irr : RateOfReturn
        Internal rates of return.
    payback_years : float
        Years until the flows have paid themselves back, ``inf`` if never.
    guesses : polars.DataFrame
        Terms of grade C, the most telling first, with the present value at either end.
    break_even : polars.DataFrame
        Value of each term at which the developer's present value is nil.
    """

    run: Run
    zone: str
    name: str
    terms: Mapping[str, float]
    flows: pl.DataFrame
    npv_usd_m: float
    authority_npv_usd_m: float
    irr: RateOfReturn
    payback_years: float
    guesses: pl.DataFrame
    break_even: pl.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values; a payback that never comes is null."""
        never = self.payback_years == float("inf")
        run = asdict(self.run) | {"depart": str(self.run.depart)}
        return {
            "schema": "karwan.zone-development/1",
            "run": run,
            "zone": self.zone,
            "name": self.name,
            "terms": dict(self.terms),
            "npv_usd_m": self.npv_usd_m,
            "authority_npv_usd_m": self.authority_npv_usd_m,
            "irr": asdict(self.irr),
            "payback_years": None if never else self.payback_years,
            "guesses": self.guesses.to_dicts(),
            "break_even": self.break_even.to_dicts(),
            "flows": self.flows.to_dicts(),
        }


def zone_development(network: Network, zone: str) -> ZoneDevelopment:
    """Reckon the cash flow of a zone's developer by land take-up.

    Parameters
    ----------
    network : Network
        Network with `zone_developments`.
    zone : str
        zone_id.

    Returns
    -------
    ZoneDevelopment
        Flows and what they are worth.

    Raises
    ------
    InputError
        The zone has no such terms, or lacks some; all at once.
    """
    rows = network.table("zone_developments").filter(zone_id=zone)
    _refuse(network, zone, rows)
    terms = dict(rows.select("term", "value").iter_rows())
    flows = developer_flows(terms)
    rate = terms["discount_rate"]
    nil = [(term, terms[term], break_even(terms, term)) for term in MOVED]
    names = {"term": pl.String, "value": pl.Float64, "break_even": pl.Float64}
    net = flows["net"].to_numpy()
    run = Run(
        karwan_version(), network.name, network.fingerprint, (), network.as_of,
        network.price_year, {"zone": zone},
    )  # fmt: skip
    return ZoneDevelopment(
        run,
        zone,
        network.table("zones").filter(zone_id=zone)["name"].item(),
        terms,
        flows,
        npv(rate, net),
        npv(rate, flows["authority"].to_numpy()),
        irr(net),
        payback(net),
        _guesses(network, rows, terms),
        pl.DataFrame(nil, schema=names, orient="row"),
    )


def _refuse(network: Network, zone: str, rows: pl.DataFrame) -> None:
    known = network.table("zone_developments")["zone_id"].unique().sort().to_list()
    if rows.is_empty():
        near = did_you_mean(zone, known) or f"they are {', '.join(known)}"
        message = f"no terms of a developer are known for {zone!r}; {near}"
        raise InputError(message)
    column = load_schema("zone_developments").column("term")
    missing = [t for t in (column.choices if column else ()) if t not in set(rows["term"])]
    if missing:
        raise InputError([f"zone_developments[{zone}/{t}] is missing; add it" for t in missing])


def _guesses(network: Network, rows: pl.DataFrame, terms: Mapping[str, float]) -> pl.DataFrame:
    grades = dict(network.table("sources").select("source_id", "grade").iter_rows())

    def worth(term: str, value: float) -> float:
        moved = {**terms, term: value}
        return npv(moved["discount_rate"], developer_flows(moved)["net"].to_numpy())

    found = [
        (
            r["term"], r["value"], r["low"], r["high"], worth(r["term"], r["low"]),
            worth(r["term"], r["high"]), r["source_id"],
        )
        for r in rows.iter_rows(named=True)
        if grades.get(r["source_id"]) == ESTIMATE
    ]  # fmt: skip
    names = ("term", "value", "low", "high", "npv_low_usd_m", "npv_high_usd_m", "source_id")
    schema = {n: pl.String if n in {"term", "source_id"} else pl.Float64 for n in names}
    frame = pl.DataFrame(found, schema=schema, orient="row")
    swing = (pl.col("npv_high_usd_m") - pl.col("npv_low_usd_m")).abs()
    return frame.sort(swing, "term", descending=[True, False])
