"""Volumes at the places of counts as a function of how demand chooses, and their fit."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.assignment.columns import Columns, columns_of
from karwan.assignment.flows import columns_using
from karwan.assignment.places import Places, places_of
from karwan.assignment.pool import ColumnPool, column_pool
from karwan.assignment.stochastic import Choice, Equilibrium, solve
from karwan.network import Network

__all__ = ["ChoiceProblem"]

PRIOR = {"scale": 0.5, "constant": 1.5}
"""Spread of the prior of the log of the scale, and of constants about 0 (ridge)."""
START = 10.0
LEAST_NOISE = 0.25
"""Spread of the log of a published volume about what can be modelled, at least."""
ROUNDS, STEP, LONGEST, CLOSE = 8, 0.02, 1.5, 0.01
Floats = NDArray[np.float64]


class ChoiceProblem:
    """Volumes at the places of counts as a function of the parameters."""

    def __init__(self, network: Network, demand: pl.DataFrame, counts: pl.DataFrame) -> None:
        self.counts = counts
        self.value = np.log(counts["value"].to_numpy())
        half = np.log(counts["high"].to_numpy() / counts["low"].to_numpy()) / 2
        self.noise = np.maximum(half, LEAST_NOISE)
        self.names: list[tuple[str, str]] = [
            (r["target_kind"], r["target"])
            for r in counts.iter_rows(named=True)
            if r["use"] == "fit" and r["target_kind"] in {"corridor", "gateway"}
        ]
        self.names = list(dict.fromkeys(self.names)) + _of_crossings(network, counts)
        self.names = list(dict.fromkeys(self.names))
        self.states = {
            day: _State(network, demand, day, counts)
            for day in sorted(set(counts["state_of"].to_list()))
        }

    def choice(self, theta: Floats) -> Choice:
        """Return the choice of parameters."""
        constants = dict(zip(self.names, theta[1:].tolist(), strict=True))
        return Choice(scale=START * float(np.exp(theta[0])), constants=constants)

    def modelled(self, parameters: Floats | Choice) -> Floats:
        """Return the modelled volume of every count."""
        choice = parameters if isinstance(parameters, Choice) else self.choice(parameters)
        found = np.zeros(len(self.counts))
        for day, state in self.states.items():
            own = np.flatnonzero((self.counts["state_of"] == day).to_numpy())
            found[own] = state.volumes(choice)[own]
        return found

    def fit(self, rows: NDArray[np.intp], start: Floats | None = None) -> tuple[Floats, Floats]:
        """Fit the parameters to some counts; return them and their covariance."""
        n = len(self.names) + 1
        theta = np.zeros(n) if start is None else start.copy()
        prior = np.array([PRIOR["scale"]] + [PRIOR["constant"]] * (n - 1))
        normal = np.diag(prior**-2.0)
        for _ in range(ROUNDS):
            rest, slope = self._slope(theta, rows)
            normal = slope.T @ slope + np.diag(prior**-2.0)
            step = np.linalg.solve(normal, slope.T @ rest - theta * prior**-2.0)
            theta = theta + np.clip(step, -LONGEST, LONGEST)
            if np.abs(step).max() < CLOSE:
                break
        return theta, np.asarray(np.linalg.inv(normal), np.float64)

    def _slope(self, theta: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Return scaled rests and derivatives of log volumes, by forward differences."""
        at = np.log(np.maximum(self.modelled(theta), 1.0))
        slope = np.zeros((len(rows), len(theta)))
        for k in range(len(theta)):
            moved = theta.copy()
            moved[k] += STEP
            there = np.log(np.maximum(self.modelled(moved), 1.0))
            slope[:, k] = (there - at)[rows] / STEP / self.noise[rows]
        return (self.value - at)[rows] / self.noise[rows], slope

    def named(self, theta: Floats, covariance: Floats) -> pl.DataFrame:
        """Return the parameters as rows of `choice_parameters`."""
        spread = np.sqrt(np.diag(covariance))
        scale = [START * float(np.exp(theta[0] + k * spread[0])) for k in (0, -1, 1)]
        rows = [("scale", "all", *scale)] + [
            ("constant", f"{kind}:{name}", t, t - s, t + s)
            for (kind, name), t, s in zip(
                self.names, theta[1:].tolist(), spread[1:].tolist(), strict=True
            )
        ]
        columns = ["parameter", "applies_to", "value", "low", "high"]
        return pl.DataFrame(rows, schema=columns, orient="row")


def _of_crossings(network: Network, counts: pl.DataFrame) -> list[tuple[str, str]]:
    """Return the corridors that fitted counts of crossings stand for."""
    of: dict[str, str] = {}
    for corridor, passes in network.table("corridors").select("corridor_id", "passes").iter_rows():
        for thing in (passes or "").split("|"):
            of.setdefault(thing, corridor)
    fitted = counts.filter((pl.col("use") == "fit") & (pl.col("target_kind") == "crossing"))
    return [
        ("corridor", of[f"crossing:{name}"])
        for name in fitted["target"]
        if f"crossing:{name}" in of
    ]


class _State:
    """The pool of one state of the world and what counts see of it."""

    def __init__(
        self, network: Network, demand: pl.DataFrame, day: dt.date, counts: pl.DataFrame
    ) -> None:
        self.pool: ColumnPool = column_pool(network, demand, day)
        self.columns: Columns = columns_of(self.pool)
        self.places: Places = places_of(network, self.pool)
        self.last: Equilibrium | None = None
        weight = self.pool.pairs.select("consignment_teu", "consignment_t").to_numpy()
        boxed = self.pool.pairs["cargo_unit"].is_in(["TEU", "FEU"]).to_numpy()[self.pool.pair]
        self.sees = np.zeros((len(counts), self.pool.n_columns))
        for i, row in enumerate(counts.iter_rows(named=True)):
            seen = self._seen(network, row)
            if row["cargo"] == "containers":
                seen &= boxed
            per = weight[self.pool.pair, 0 if row["unit"] == "teu" else 1]
            self.sees[i] = np.where(seen, per, 0.0)

    def _seen(self, network: Network, row: dict[str, Any]) -> NDArray[np.bool_]:
        """Mark the columns that a count sees."""
        kind, seen = row["target_kind"], np.zeros(self.pool.n_columns, np.bool_)
        nodes = network.table("nodes")["node_id"].to_list()
        corridors = network.table("corridors")["corridor_id"].to_list()
        for name in row["target"].split("|"):
            if kind == "corridor":
                seen |= self.columns.corridors[:, corridors.index(name)]
            elif kind.startswith("gateway"):
                seen |= self.columns.gateway == nodes.index(name)
            else:
                seen |= columns_using(self.pool, (kind.removesuffix("s"), name))
        return seen

    def volumes(self, choice: Choice) -> Floats:
        """Return what every count would see."""
        found = solve(self.pool, self.columns, self.places, choice, self.last)
        self.last = found
        volumes: Floats = self.sees @ found.flow
        return volumes
