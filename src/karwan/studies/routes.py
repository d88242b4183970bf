"""The result of a plan: a frozen, stamped bundle of tables."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import numpy as np
import polars as pl

from karwan.errors import InputError, MissingExtra
from karwan.routing.border_ways import ways_through
from karwan.routing.consignment import find_node
from karwan.routing.explain import explain_path
from karwan.routing.itineraries import Strung, legs_table, string_paths, summary_table
from karwan.routing.missing import Missing
from karwan.routing.query import Query
from karwan.routing.search_graph import OVERLAND
from karwan.routing.trips import Clocked, Trips
from karwan.studies.reliability import reliability_table
from karwan.studies.routes_json import routes_json
from karwan.studies.run import Run, departure
from karwan.studies.trip_facts import documents_table, passed_on, shut_table, warnings_of

__all__ = ["Routes"]


@dataclass(frozen=True, eq=False)
class Routes:
    """Itineraries of one consignment, ranked by generalised cost.

    Attributes
    ----------
    run : Run
        Stamp.
    summary : polars.DataFrame
        One row an itinerary: gateway, totals, counts, cost, time and variance by part, grade
        shares. `gate_wait_h` is time spent before gates that are shut.
        `best_of_gateway` marks the least generalised cost through its gateway, `pareto` the
        itineraries that no other beats in all criteria asked.
    shut : polars.DataFrame
        Closures and restrictions in force on the departure date.
    missing : tuple of Missing
        Itineraries that closures keep from being offered, and why.
    is_complete : bool
        False if the search stopped early; the best of each gateway is exact all the same.
    """

    run: Run
    summary: pl.DataFrame
    shut: pl.DataFrame
    missing: tuple[Missing, ...]
    is_complete: bool
    query: Query = field(repr=False)
    trips: Trips = field(repr=False)
    strung: Strung = field(repr=False)

    @classmethod
    def assemble(
        cls,
        run: Run,
        query: Query,
        trips: Clocked,
        gateways: Sequence[int],
        optimal: Sequence[bool],
        missing: Sequence[Missing],
        *,
        is_complete: bool,
    ) -> Routes:
        """Make the tables of trips that are already ranked."""
        strung = string_paths(query, trips)
        summary = summary_table(strung, gateways)
        first_of = {g: i for i, g in reversed(list(enumerate(gateways)))}
        first = [first_of[g] == i for i, g in enumerate(gateways)]
        ranks = np.arange(1, len(gateways) + 1)
        summary = summary.insert_column(0, pl.Series("itinerary", ranks)).with_columns(
            pl.Series("best_of_gateway", first), pl.Series("pareto", list(optimal))
        )
        return cls(
            run,
            summary,
            shut_table(query),
            tuple(missing),
            is_complete,
            query,
            trips.trips(),
            strung,
        )

    @property
    def best(self) -> pl.DataFrame:
        """The best itinerary of each gateway."""
        return self.summary.filter("best_of_gateway")

    @cached_property
    def legs(self) -> pl.DataFrame:
        """Legs, dwells and borders of every itinerary in order."""
        return legs_table(self.strung).with_columns(pl.col("itinerary", "leg") + 1)

    @cached_property
    def documents(self) -> pl.DataFrame:
        """Documents of every itinerary: itinerary, document, country, legal basis, cost [USD]."""
        tables = [
            documents_table(self.query, trip.path).insert_column(
                0, pl.lit(i, dtype=pl.Int64).alias("itinerary")
            )
            for i, trip in enumerate(self.trips, 1)
        ]
        return pl.concat(tables)

    def explain(self, itinerary: int = 1) -> pl.DataFrame:
        """Walk from every figure of an itinerary to rows, formulas and sources.

        Parameters
        ----------
        itinerary : int
            Rank in `summary`, from 1.

        Returns
        -------
        polars.DataFrame
            Step, place, figure, value, unit, formula, table, row, cells, source_id, grade.

        Raises
        ------
        IndexError
            There is no such itinerary.
        """
        if not 1 <= itinerary <= len(self):
            message = f"itinerary {itinerary} does not exist; there are 1 to {len(self)}"
            raise IndexError(message)
        return explain_path(self.query, self.trips[itinerary - 1])

    def reliability(
        self,
        itineraries: Sequence[int] | None = None,
        *,
        deadline: dt.datetime | dt.date | str | None = None,
        draws: int = 20_000,
        seed: int = 0,
        closures: bool = True,
    ) -> pl.DataFrame:
        """Simulate transit times of itineraries under one common luck.

        Parameters
        ----------
        itineraries : sequence of int, optional
            Ranks in `summary`, from 1; the best of each gateway if not given.
        deadline : datetime.datetime, datetime.date or str, optional
            A day, which counts to its end, or a time; local time of the destination.
        draws : int
            Histories.
        seed : int
            Seed of the draws.
        closures : bool
            Consider closures that come by chance, by the rates of `karwan.closures`.

        Returns
        -------
        polars.DataFrame
            One row an itinerary: time_p10_h, time_p50_h, time_p90_h and time_p95_h [h], `inf`
            where it may never arrive; buffer_h, what a promise that holds in 95 of 100 cases
            adds to the median [h]; caught and diverted, shares that meet a closure by chance and
            that then go another way; closure_h, mean time lost to such closures [h]; on_time,
            the share that meets the deadline; spread_from, the legs that make the spread.

        Raises
        ------
        InputError
            A deadline that cannot be read or lies before departure, or no such itinerary.
        """
        chosen = list(itineraries) if itineraries is not None else self.best["itinerary"].to_list()
        wrong = [i for i in chosen if not 1 <= i <= len(self)]
        problems = [f"itinerary {i} does not exist; there are 1 to {len(self)}" for i in wrong]
        if draws < 1:
            problems.append(f"draws is {draws}; it must be at least 1")
        if problems:
            raise InputError("; ".join(problems))
        return reliability_table(
            self, chosen, deadline=deadline, draws=draws, seed=seed, closures=closures
        )

    def ways(self, gateway: str, *, within: float = 0.05, most: int = 40) -> Routes:
        """Return the rival ways through one gateway, one for each set of border crossings.

        Parameters
        ----------
        gateway : str
            Place, or ``overland``.
        within : float
            Ways are offered up to ``1 + within`` times the least generalised cost.
        most : int
            Ways offered at most.

        Returns
        -------
        Routes
            The ways, ranked by generalised cost; `crossings` names the borders of each.

        Raises
        ------
        InputError
            Unknown place, or no way leads through it.
        """
        base = self.query.base
        place = OVERLAND if gateway == "overland" else base.where[find_node(base.network, gateway)]
        trips = ways_through(self.query, place, within=within, most=most)
        if not trips:
            message = f"no itinerary of this plan goes through {gateway!r} as its gateway"
            raise InputError(message)
        optimal = {
            tuple(trip.path.tolist())
            for trip, o in zip(self.trips, self.summary["pareto"], strict=True)
            if o
        }
        return Routes.assemble(
            self.run,
            self.query,
            Clocked.of(trips),
            [place] * len(trips),
            [tuple(trip.path.tolist()) in optimal for trip in trips],
            self.missing,
            is_complete=len(trips) < most,
        )

    def warnings(self, itinerary: int = 1) -> list[str]:
        """Say what the reader of an itinerary must know: restrictions and hampered places."""
        return warnings_of(self.query, self.trips[itinerary - 1])

    def crossings(self, itinerary: int = 1) -> list[str]:
        """Return the names of the border crossings of an itinerary in order."""
        return passed_on(self.query, self.trips[itinerary - 1].path).crossings

    def to_dict(self) -> dict[str, Any]:
        """Return the documented JSON form as plain values."""
        return routes_json(self)

    def to_json(self, *, indent: int | None = 1) -> str:
        """Return the documented JSON form; the same run gives the same bytes."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def to_pandas(self) -> Any:
        """Return the summary as a pandas DataFrame.

        Raises
        ------
        MissingExtra
            pandas or pyarrow is not installed.
        """
        for package in ("pandas", "pyarrow"):
            if find_spec(package) is None:
                raise MissingExtra(package, "notebook")
        return self.summary.to_pandas()

    def __len__(self) -> int:
        """Return the number of itineraries."""
        return len(self.summary)

    def __repr__(self) -> str:
        """Show the question and the best of each gateway."""
        cargo = self.query.cargo
        head = (
            f"Routes: {cargo.label} of {cargo.commodity}, {cargo.origin} to {cargo.destination}, "
            f"departing {departure(self.run)}; {len(self)} itineraries"
        )
        return f"{head}\n{self._short()}"

    def _repr_html_(self) -> str:
        return str(self._short()._repr_html_())

    def _short(self) -> pl.DataFrame:
        return self.best.select(
            "itinerary",
            "gateway_name",
            cost_usd=(pl.col("cost_usd") / 10).round() * 10,
            days_p50=(pl.col("time_p50_h") / 24).round(1),
            days_p95=(pl.col("time_p95_h") / 24).round(1),
            co2_t=(pl.col("co2_kg") / 1000).round(1),
            borders="borders",
            gauge_breaks="gauge_breaks",
        )
