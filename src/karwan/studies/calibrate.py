"""Fit a global parameter of time to published trips, with leave-one-out errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.errors import InputError
from karwan.network import Network
from karwan.schema import load_schema
from karwan.studies.predict import ANNOUNCED, PRIORITY, Z90, by_two_drivers
from karwan.studies.repeats import Repeats, repeats_of
from karwan.studies.run import Run
from karwan.studies.validate import validate

__all__ = ["PARAMETER", "Calibration", "calibrate"]

PARAMETER = "drivers"
"""Factor on running by road, where one driver is the rule, of lorries with two. It belongs to no
observation. Factors of ordinary lorries, of rail and of handlings would not predict trips left out
any better."""
FEWEST = 3
"""The factor is fitted only if at least this many trips hold its part of time."""
PRIOR = math.log(9 / (18 / 30 * 24))
"""Log of the factor by the rules on driving hours: 9 h a day alone, 18 h in 30 by two."""
PRIOR_SPREAD = 0.5
"""The log factor is thought to lie within this of PRIOR before a trip is seen (ridge)."""
ROUNDS = 20
Z95 = 1.6448536269514722
HELD = 0.8
"""Share of trips that P10 to P90 is to hold."""
SOURCE = "calibration-trips"


class Trips(NamedTuple):
    """Mean times of trips by what they are scaled with [d].

    Attributes
    ----------
    lone : float64[n]
        Running by road where one driver is the rule.
    fixed : float64[n]
        All other time.
    shared : bool[n]
        Whether two drivers took turns.
    wanted : float64[n]
        Log of the mean that would give the published median.
    """

    lone: NDArray[np.float64]
    fixed: NDArray[np.float64]
    shared: NDArray[np.bool_]
    wanted: NDArray[np.float64]

    def only(self, chosen: NDArray[np.bool_]) -> Trips:
        """Return some of the trips."""
        floats = (self.lone[chosen], self.fixed[chosen])
        return Trips(*floats, self.shared[chosen], self.wanted[chosen])


@dataclass(frozen=True, eq=False)
class Calibration:
    """The parameter and what it brings.

    Attributes
    ----------
    run : Run
        Stamp.
    parameters : polars.DataFrame
        The parameter: value, 90 % interval, number of trips that hold its part, and whether it
        was fitted.
    errors : polars.DataFrame
        Median absolute errors of time as shares, without the parameter, fitted, and leave-one-out:
        of `all` trips, of those `made`, the `ordinary` and the `priority` ones among these, those
        mostly by road (`lorries`) and the `others`, and those that were only `announced`, which
        no fit has seen; and `rms_log`, the root mean square of the log of published over
        predicted time of those made, which the fit lessens.
    scatter : float
        Standard deviation of log time whose P10 to P90 holds four fifths of the trips that were
        made, each left out of the fit: what trips differ by from any prediction of this kind.
    made : int
        Number of trips that were made and have a published time: those the fit rests on.
    repeats : Repeats or None
        What trips of one relation differ by among themselves, beside what they are predicted by;
        None if no relation was run more than once.
    """

    run: Run
    parameters: pl.DataFrame
    errors: pl.DataFrame
    scatter: float
    made: int
    repeats: Repeats | None

    def to_dict(self) -> dict[str, Any]:
        """Return the tables as plain values."""
        return {
            "schema": "karwan.calibration/1",
            "run": {"network": self.run.network, "fingerprint": self.run.fingerprint},
            "parameters": self.parameters.to_dicts(),
            "errors": self.errors.to_dicts(),
            "scatter_log": self.scatter,
            "trips": self.made,
            "repeats": self.repeats.to_dict() if self.repeats else None,
        }

    def table(self, source_id: str = SOURCE) -> pl.DataFrame:
        """Return the rows of the table `calibration` that carry this fit.

        Parameters
        ----------
        source_id : str
            Source that says how it was made.

        Returns
        -------
        polars.DataFrame
            Fitted parameters and the scatter, by parameter.
        """
        before, _, left_out = self.errors["made"].to_list()
        fit = {"error_before": before, "error_left_out": left_out, "fitted_on": self.run.depart}
        fit |= {"source_id": source_id}
        scatter = {"parameter": "scatter", "value": self.scatter, "trips": self.made}
        scatter |= {"low": None, "high": None}
        rows = [
            {k: p[k] for k in ("parameter", "value", "low", "high", "trips")} | fit
            for p in self.parameters.iter_rows(named=True)
            if p["fitted"]
        ]
        names = load_schema("calibration").names
        return pl.DataFrame([*rows, scatter | fit]).select(names).sort("parameter")


def calibrate(network: Network, observations: pl.DataFrame | None = None) -> Calibration:
    """Fit one global factor of running by road, for lorries with two drivers, to published trips.

    Ridge least squares on the log of published over predicted time by Gauss and Newton, the
    itineraries held fixed as the network gives them without a calibration. Leave-one-out fits
    each trip by all others. Announced trips are no record: they are predicted by the fit, and
    take no part in it. Nothing is written: `Calibration.table` is what a network carries.

    Parameters
    ----------
    network : Network
        Network to predict on.
    observations : polars.DataFrame, optional
        Rows as in the table `observations`; the network's own if not given.

    Returns
    -------
    Calibration
        Parameter, errors and scatter.

    Raises
    ------
    InputError
        Fewer than three trips that were made and whose time is published can be predicted.
    """
    table = observations if observations is not None else network.table("observations")
    bare = network.with_tables(calibration=network.table("calibration").clear())
    found = validate(bare, table)
    used = pl.col("used_in_atlas").fill_null("").str.contains("time", literal=True)
    rows = found.rows.filter(pl.col("time_error_share").is_not_null() & ~used)
    announced = rows["kind"].is_in(ANNOUNCED).to_numpy()
    if (made := int((~announced).sum())) < FEWEST:
        message = (
            f"{made} trips that were made, with a published time, can be predicted; "
            f"it takes at least {FEWEST}"
        )
        raise InputError(message)
    trips = _trips(rows)
    seen = trips.only(~announced)
    held = int((seen.shared & (seen.lone > 0)).sum())
    usable = held >= FEWEST
    theta, spread = _fit(seen) if usable else (0.0, PRIOR_SPREAD)
    parameters = pl.DataFrame(
        {
            "parameter": PARAMETER,
            "value": math.exp(theta),
            "low": math.exp(theta - Z95 * spread),
            "high": math.exp(theta + Z95 * spread),
            "trips": held,
            "fitted": usable,
        }
    )
    left_out = _left_out(trips, announced) if usable else _rest(trips, theta)
    rests = (_rest(trips, 0.0), _rest(trips, theta), left_out)
    errors = _errors(rests, _groups(rows, announced))
    scatter = _scatter(left_out[~announced])
    repeats = repeats_of(rows.filter(~pl.Series(announced)), left_out[~announced])
    return Calibration(found.run, parameters, errors, scatter, made, repeats)


def _left_out(trips: Trips, announced: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the log of published over predicted time, each trip by a fit to the others made."""
    each = np.arange(len(announced))
    return np.concatenate(
        [_rest(trips.only(each == i), _fit(trips.only(~announced & (each != i)))[0]) for i in each]
    )


def _scatter(off: NDArray[np.float64]) -> float:
    """Return the spread whose P10 to P90 would hold four fifths of trips not yet seen.

    The rank of a split conformal interval: n trips and the next one share n + 1 places.
    """
    rank = min(math.ceil(HELD * (len(off) + 1)), len(off))
    return float(np.sort(np.abs(off))[rank - 1]) / Z90


def _trips(rows: pl.DataFrame) -> Trips:
    """Return the times of predicted rows; the skewness of each trip is kept as it is."""
    lone = rows["lone_driver_days"].to_numpy()
    parts = ("road", "rail", "dwell", "water", "border", "service", "ends")
    whole = rows.select(f"{c}_days" for c in parts).to_numpy().sum(axis=1)
    skew = np.log(rows["predicted_days"].to_numpy() / whole)
    shared = [by_two_drivers(*row) for row in rows.select("kind", "drivers").iter_rows()]
    return Trips(lone, whole - lone, np.array(shared), np.log(rows["time_days"].to_numpy()) - skew)


def _model(trips: Trips, theta: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of each trip and its derivative by the log factor [d]."""
    scaled = trips.lone * np.where(trips.shared, math.exp(theta), 1.0)
    return scaled + trips.fixed, np.where(trips.shared, scaled, 0.0)


def _rest(trips: Trips, theta: float) -> NDArray[np.float64]:
    """Return the log of published over fitted time."""
    rest: NDArray[np.float64] = trips.wanted - np.log(_model(trips, theta)[0])
    return rest


def _fit(trips: Trips) -> tuple[float, float]:
    """Return the log factor and its standard deviation."""
    theta, ridge = PRIOR, 1 / PRIOR_SPREAD**2
    for _ in range(ROUNDS):
        mean, by_factor = _model(trips, theta)
        slope, rest = by_factor / mean, trips.wanted - np.log(mean)
        noise = max(float(np.mean(rest**2)), 1e-4)
        normal = float(slope @ slope) / noise + ridge
        step = (float(slope @ rest) / noise - ridge * (theta - PRIOR)) / normal
        theta += min(max(step, -1.0), 1.0)
    return theta, math.sqrt(1 / normal)


def _groups(rows: pl.DataFrame, announced: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Return which trips count in each column of errors."""
    priority = rows["kind"].is_in(PRIORITY).to_numpy()
    lorries = (rows["road_days"] > rows["rail_days"] + rows["water_days"]).to_numpy()
    return {
        "all": np.ones(len(rows), bool),
        "made": ~announced,
        "ordinary": ~announced & ~priority,
        "priority": ~announced & priority,
        "lorries": ~announced & lorries,
        "others": ~announced & ~lorries,
        "announced": announced,
    }


def _errors(
    rests: tuple[NDArray[np.float64], ...], groups: dict[str, NDArray[np.bool_]]
) -> pl.DataFrame:
    """Return median absolute errors of time by groups of trips, and those of logs."""
    named = zip(("without", "fitted", "leave-one-out"), rests, strict=True)
    rows = [
        {"errors": name}
        | {
            group: float(np.median(np.abs(np.expm1(-rest[which])))) if which.any() else None
            for group, which in groups.items()
        }
        | {"rms_log": float(np.sqrt(np.mean(rest[groups["made"]] ** 2)))}
        for name, rest in named
    ]
    schema = {"errors": pl.String} | dict.fromkeys((*groups, "rms_log"), pl.Float64)
    return pl.DataFrame(rows, schema=schema)
