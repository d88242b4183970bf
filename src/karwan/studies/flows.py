"""The result of an assignment: a frozen, stamped bundle of tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from karwan.assignment.columns import Columns
from karwan.assignment.flows import columns_using, flow_table, thing_flows
from karwan.assignment.places import Places
from karwan.assignment.pool import ColumnPool
from karwan.assignment.stochastic import Choice, Equilibrium
from karwan.errors import InputError
from karwan.routing.calendar import Target
from karwan.routing.targets import target_name
from karwan.schema.check import did_you_mean
from karwan.studies.run import Run

__all__ = ["TABLES", "Flows"]

TABLES = ("summary", "corridors", "things", "places", "skims", "accessibility", "unserved")
TARGETS = {
    "crossing": ("border_crossings", "crossing_id"),
    "node": ("nodes", "node_id"),
    "link": ("links", "link_id"),
    "passage": ("passages", "passage"),
    "service": ("services", "service_id"),
    "country": ("countries", "country"),
}
HOURS_PER_DAY = 24.0
DAYS = (15, 20, 30, 45)
"""Days within which trade counts as reachable."""


@dataclass(frozen=True, eq=False)
class Flows:
    """Where the trade of a year flows.

    Attributes
    ----------
    run : Run
        Stamp.
    year : int
        Year of the demand.
    residual : float
        Fixed-point residual: what flows change by when choices are made once more, as a share. If
        the choice is deterministic, the relative gap: what is paid beyond the cheapest columns.
    excess : float
        Largest flow beyond a hard capacity, as a share of it.
    rounds : int
        Rounds of column generation.
    new_columns : int
        Pairs whose best way at these costs is none of their columns; 0 if the pool is closed.
    """

    run: Run
    year: int
    residual: float
    excess: float
    rounds: int
    new_columns: int
    pool: ColumnPool = field(repr=False)
    columns: Columns = field(repr=False)
    capacities: Places = field(repr=False)
    choice: Choice = field(repr=False)
    equilibrium: Equilibrium = field(repr=False)

    @cached_property
    def itineraries(self) -> pl.DataFrame:
        """One row a column: pair, gateway, corridor, share, flow, cost, time, emissions."""
        return flow_table(
            self.pool.network, self.pool, self.columns, self.capacities, self.equilibrium
        )

    @cached_property
    def things(self) -> pl.DataFrame:
        """Flow over every link, crossing, terminal and service by direction and commodity."""
        return thing_flows(self.pool.network, self.pool, self.equilibrium)

    @cached_property
    def summary(self) -> pl.DataFrame:
        """One row a gateway: flow, share of all, mean cost and time per TEU."""
        return self._shares("gateway")

    @cached_property
    def corridors(self) -> pl.DataFrame:
        """One row a corridor: flow, share of all, mean cost and time per TEU."""
        return self._shares("corridor")

    def _shares(self, by: str) -> pl.DataFrame:
        names = dict(
            self.pool.network.table("nodes").select("node_id", "name").iter_rows()
            if by == "gateway"
            else self.pool.network.table("corridors").select("corridor_id", "name").iter_rows()
        )
        per_teu = (
            (pl.col("consignments") * pl.col(c)).sum() / pl.col("teu").sum()
            for c in ("cost_usd", "shadow_usd", "co2_kg")
        )
        usd, shadow, co2 = per_teu
        table = (
            self.itineraries.filter(pl.col("teu") > 0)
            .group_by(by, maintain_order=True)
            .agg(
                pl.col("teu", "tonnes").sum(),
                *(
                    pl.col("teu").filter(pl.col("direction") == d).sum().alias(f"{d}_teu")
                    for d in ("export", "import", "regional", "transit", "diversion")
                ),
                usd.alias("cost_usd_per_teu"),
                shadow.alias("shadow_usd_per_teu"),
                ((pl.col("teu") * pl.col("time_h")).sum() / pl.col("teu").sum()).alias("time_h"),
                co2.alias("co2_kg_per_teu"),
            )
        )
        total = float(table["teu"].sum()) or 1.0
        label = pl.col(by).replace_strict(names, default=pl.col(by)).alias("name")
        return table.with_columns(label, (pl.col("teu") / total).alias("share")).sort(
            ["teu", by], descending=[True, False]
        )

    @cached_property
    def places(self) -> pl.DataFrame:
        """One row a place with capacity: flow, load, delay [h] and shadow price [USD/TEU]."""
        table, found = self.capacities.table, self.equilibrium
        network = self.pool.network
        rows = table.select("target_kind", "target").iter_rows()
        return table.select(
            "capacity_id", "target_kind", "target", "form", "capacity_teu_per_year", "hard"
        ).with_columns(
            pl.Series("name", [target_name(network, k, t) for k, t in rows], pl.String),
            pl.Series("through_teu", found.through),
            pl.Series("modelled_teu", found.through - self.capacities.other),
            pl.Series("load_share", found.through / self.capacities.capacity),
            pl.Series("delay_h", found.delay),
            pl.Series("shadow_price_usd_per_teu", found.price),
        )

    @cached_property
    def skims(self) -> pl.DataFrame:
        """One row a pair: expected cost (logsum) and mean cost, time and emissions per TEU."""
        pairs, found = self.pool.pairs, self.equilibrium
        served = np.diff(self.pool.first_column) > 0
        teu = pairs["consignment_teu"].to_numpy()
        means = {
            name: np.bincount(
                self.pool.pair, self.itineraries[of].to_numpy() * found.share, len(pairs)
            )
            for name, of in (
                ("cost_usd", "cost_usd"), ("time_h", "time_h"), ("co2_kg", "co2_kg")
            )
        }  # fmt: skip
        return pairs.select(
            "demand_id", "origin", "destination", "commodity", "cargo_unit"
        ).with_columns(
            pl.Series("tonnes", found.demand * pairs["consignment_t"].to_numpy()),
            pl.Series("teu", found.demand * teu),
            pl.Series("expected_cost_usd_per_teu", np.where(served, found.expected / teu, np.inf)),
            pl.Series("cost_usd_per_teu", np.where(served, means["cost_usd"] / teu, np.inf)),
            pl.Series("time_h", np.where(served, means["time_h"], np.inf)),
            pl.Series("co2_kg_per_teu", np.where(served, means["co2_kg"] / teu, np.inf)),
        )

    @cached_property
    def accessibility(self) -> pl.DataFrame:
        """One row an origin: mean expected cost per TEU and share of its trade within N days."""
        teu = pl.col("teu")
        within = [
            (teu.filter(pl.col("time_h") <= days * HOURS_PER_DAY).sum() / teu.sum()).alias(
                f"within_{days}_days_share"
            )
            for days in DAYS
        ]
        served = self.skims.filter(pl.col("time_h").is_finite() & (teu > 0))
        names = dict(self.pool.network.table("nodes").select("node_id", "name").iter_rows())
        return (
            served.group_by("origin", maintain_order=True)
            .agg(
                teu.sum(),
                (pl.col("expected_cost_usd_per_teu") * teu).sum() / teu.sum(),
                (pl.col("time_h") * teu).sum() / teu.sum(),
                *within,
            )
            .with_columns(pl.col("origin").replace_strict(names).alias("name"))
            .sort("teu", descending=True)
        )

    @cached_property
    def unserved(self) -> pl.DataFrame:
        """Demand that no way serves on the day."""
        served = np.diff(self.pool.first_column) > 0
        columns = ("demand_id", "origin", "destination", "commodity", "cargo_unit", "tonnes")
        return self.pool.pairs.select(columns).filter(pl.Series(~served))

    @cached_property
    def totals(self) -> dict[str, float]:
        """Totals of a year: flow, money, time, emissions, and shares by grade."""
        flow = self.equilibrium.flow
        rows = self.itineraries
        teu = rows["teu"].to_numpy()
        money = float((flow * self.columns.usd).sum())
        found = {
            "tonnes": float(rows["tonnes"].sum()),
            "teu": float(teu.sum()),
            "unserved_tonnes": float(self.unserved["tonnes"].sum()),
            "cost_usd": money,
            "teu_h": float((teu * rows["time_h"].to_numpy()).sum()),
            "co2_t": float((flow * self.columns.kgco2e).sum()) / 1000,
            "expected_cost_usd": float((self.equilibrium.demand * self._served_costs).sum()),
            "capacity_rent_usd": float((flow * rows["shadow_usd"].to_numpy()).sum()),
        }
        for what, by_grade in (
            ("cost", self.columns.cost_grade),
            ("time", self.columns.time_grade),
        ):
            part = (flow[:, None] * by_grade).sum(axis=0)
            for grade, value in zip("abc", part / max(part.sum(), 1e-300), strict=True):
                found[f"{what}_grade_{grade}_share"] = float(value)
        return found

    @property
    def _served_costs(self) -> Any:
        served = np.diff(self.pool.first_column) > 0
        return np.where(served, self.equilibrium.expected, 0.0)

    def using(self, target: str) -> pl.DataFrame:
        """Say who uses a thing (select-link analysis).

        Parameters
        ----------
        target : str
            Identifier or name of a crossing, node, link, passage, service or country; a name
            also stands for all crossings whose names hold it.

        Returns
        -------
        polars.DataFrame
            origin, destination, direction, commodity, teu, tonnes and the share of the pair's
            flow that uses it, largest first.

        Raises
        ------
        InputError
            Nothing has that name.
        """
        used = np.zeros(self.pool.n_columns, np.bool_)
        for thing in self._targets(target):
            used |= columns_using(self.pool, thing)
        keys = ["origin", "destination", "direction", "commodity"]
        through = (
            self.itineraries.filter(pl.Series(used))
            .group_by(keys, maintain_order=True)
            .agg(pl.col("teu", "tonnes").sum())
        )
        everything = self.itineraries.group_by(keys, maintain_order=True).agg(
            pl.col("tonnes").sum().alias("all_tonnes")
        )
        return (
            through.join(everything, on=keys)
            .with_columns((pl.col("tonnes") / pl.col("all_tonnes")).alias("share_of_pair"))
            .filter(pl.col("tonnes") > 0)
            .drop("all_tonnes")
            .sort(["tonnes", *keys], descending=[True] + [False] * len(keys))
        )

    def _targets(self, asked: str) -> list[Target]:
        """Find what is asked for: an identifier; else names, and crossings that hold it."""
        wanted = asked.casefold()
        named: dict[str, list[Target]] = {}
        for kind, (table, key) in TARGETS.items():
            frame = self.pool.network.table(table)
            labels = frame["name"] if "name" in frame.columns else frame[key]
            for identifier, label in zip(frame[key], labels, strict=True):
                if wanted == str(identifier).casefold():
                    return [(kind, identifier)]
                named.setdefault(str(label).casefold(), []).append((kind, identifier))
        found = list(named.get(wanted, ()))
        for name, things in named.items():
            if wanted in name:
                found += [t for t in things if t[0] == "crossing"]
        if found:
            return list(dict.fromkeys(found))
        hint = did_you_mean(wanted, sorted(named)) or "`karwan atlas crossings` lists crossings"
        message = f"{asked!r} is no crossing, node, link, strait, service or country; {hint}"
        raise InputError(message)

    def to_dict(self) -> dict[str, Any]:
        """Return the tables as plain values."""
        run: dict[str, Any] = {
            "karwan_version": self.run.karwan_version,
            "network": self.run.network,
        }
        run |= {"fingerprint": self.run.fingerprint, "options": self.run.options}
        return {
            "schema": "karwan.flows/1",
            "run": run,
            "depart": str(self.run.depart),
            "scenario": list(self.run.scenario),
            "year": self.year,
            "residual": self.residual,
            "excess": self.excess,
            "rounds": self.rounds,
            "new_columns": self.new_columns,
            "totals": self.totals,
            **{name: _plain(getattr(self, name)) for name in TABLES},
        }


def _plain(table: pl.DataFrame) -> list[dict[str, Any]]:
    numbers = [c for c, t in table.schema.items() if t == pl.Float64]
    finite = [pl.when(pl.col(c).is_finite()).then(pl.col(c)).alias(c) for c in numbers]
    return table.with_columns(finite).to_dicts()
