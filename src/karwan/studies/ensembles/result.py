"""The result of an ensemble: intervals, shares and what they hang on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.errors import InputError
from karwan.schema.check import did_you_mean
from karwan.studies.ensembles.job import Outcome
from karwan.studies.ensembles.sensitivity import (
    FEWEST,
    first_order,
    pick_freeze_indices,
    rank_correlation,
)
from karwan.studies.run import Run

__all__ = ["Ensemble"]

Floats = NDArray[np.float64]
SHARES = {"p5": 0.05, "p50": 0.50, "p95": 0.95}


@dataclass(frozen=True, eq=False)
class Ensemble:
    """A study over draws of uncertain inputs.

    Attributes
    ----------
    run : Run
        Stamp; its options hold the study with its options, draws, design and seed.
    factors : tuple of str
        Factors that were drawn.
    shares : numpy.ndarray
        Quantile of each factor in each draw, float64[draws, factors].
    base : Outcome
        What the network as it stands gave, before any draw.
    outcomes : tuple of Outcome
        What each draw gave, in order.
    is_pick_freeze : bool
        The draws are a design for Sobol indices by pick and freeze.
    """

    run: Run
    factors: tuple[str, ...]
    shares: Floats
    base: Outcome
    outcomes: tuple[Outcome, ...]
    is_pick_freeze: bool

    @cached_property
    def draws(self) -> pl.DataFrame:
        """One row a draw that did not fail: draw, words, then numbers; null where it has none."""
        kept = [o for o in self.outcomes if not o.failed]
        words = dict.fromkeys(name for o in kept for name in o.words)
        numbers = dict.fromkeys(name for o in kept for name in o.numbers)
        columns = [pl.Series("draw", [o.draw for o in kept], dtype=pl.Int64)]
        columns += [pl.Series(w, [o.words.get(w) for o in kept], dtype=pl.String) for w in words]
        columns += [
            pl.Series(n, [o.numbers.get(n) for o in kept], dtype=pl.Float64) for n in numbers
        ]
        return pl.DataFrame(columns)

    @cached_property
    def failures(self) -> pl.DataFrame:
        """Draws that failed, and why."""
        failed = [(o.draw, o.failed) for o in self.outcomes if o.failed]
        return pl.DataFrame(failed, schema={"draw": pl.Int64, "reason": pl.String}, orient="row")

    @cached_property
    def summary(self) -> pl.DataFrame:
        """One row a number: as it stands; draws that have it, their mean, P5, P50 and P95.

        Of a design for pick and freeze only the independent draws count.
        """
        frame = self._independent
        rows: list[dict[str, Any]] = []
        for name in self.numbers:
            values = frame[name].drop_nulls().to_numpy()
            if len(values):
                marks = np.quantile(values, list(SHARES.values()))
                row = {"number": name, "as_it_stands": self.base.numbers.get(name)}
                row |= {"draws": len(values), "mean": float(values.mean())}
                rows.append(row | dict(zip(SHARES, marks.tolist(), strict=True)))
        schema = {"number": pl.String, "as_it_stands": pl.Float64, "draws": pl.Int64}
        schema |= dict.fromkeys(("mean", *SHARES), pl.Float64)
        return pl.DataFrame(rows, schema=schema)

    @cached_property
    def words(self) -> pl.DataFrame:
        """How often each word came: what it says (such as `gateway`), the word, draws, share."""
        frame = self._independent
        parts = [
            frame.group_by(word=name)
            .agg(draws=pl.len().cast(pl.Int64))
            .select(pl.lit(name).alias("what"), "word", "draws", share=pl.col("draws") / len(frame))
            .sort(["draws", "word"], descending=[True, False])
            for name in frame.columns
            if frame[name].dtype == pl.String
        ]
        schema = {"what": pl.String, "word": pl.String, "draws": pl.Int64, "share": pl.Float64}
        return pl.concat(parts) if parts else pl.DataFrame(schema=schema)

    @property
    def numbers(self) -> list[str]:
        """Names of all numbers."""
        return [n for n in self.draws.columns[1:] if self.draws[n].dtype == pl.Float64]

    @property
    def headline(self) -> list[str]:
        """Names of the numbers that belong to no single gateway or loss."""
        return [name for name in self.numbers if "." not in name]

    def sensitivity(self, numbers: Sequence[str] | None = None) -> pl.DataFrame:
        """Rank the factors by what they do to some numbers.

        Parameters
        ----------
        numbers : sequence of str, optional
            Names of numbers; those of the headline if not given.

        Returns
        -------
        polars.DataFrame
            number, factor, rank_correlation (Spearman), first_order (Sobol index, with its 90 %
            interval first_order_low and first_order_high), total, total_low and total_high
            (null without a design for pick and freeze), draws that were used. The most telling
            factor of a number comes first. Indices are null where too few draws have the
            number, or where it does not vary.

        Raises
        ------
        InputError
            A name that no draw has.
        """
        asked = self.headline if numbers is None else list(numbers)
        unknown = [name for name in asked if name not in self.numbers]
        if unknown:
            hints = [did_you_mean(n, self.numbers) or "`summary` lists them" for n in unknown]
            raise InputError(
                [f"no draw has a number {n!r}; {h}" for n, h in zip(unknown, hints, strict=True)]
            )
        parts = [self._one_number(name) for name in asked]
        return pl.concat(parts) if parts else _empty()

    def to_dict(self, numbers: Sequence[str] | None = None) -> dict[str, Any]:
        """Return stamp, intervals, shares of words, sensitivity and failures as plain values."""
        run = self.run
        return {
            "schema": "karwan.ensemble/1",
            "run": {
                "karwan_version": run.karwan_version,
                "network": run.network,
                "fingerprint": run.fingerprint,
                "scenario": list(run.scenario),
                "price_year": run.price_year,
                "options": run.options,
            },
            "draws": len(self.outcomes),
            "base": {"numbers": self.base.numbers, "words": self.base.words},
            "failed": self.failures.to_dicts(),
            "summary": self.summary.to_dicts(),
            "words": self.words.to_dicts(),
            "sensitivity": self.sensitivity(numbers).to_dicts(),
        }

    def __len__(self) -> int:
        """Return the number of draws."""
        return len(self.outcomes)

    def __repr__(self) -> str:
        """Show how many draws there are, and the intervals of the headline."""
        head = f"Ensemble: {len(self)} draws of {len(self.factors)} factors"
        shown = self.summary.filter(pl.col("number").is_in(self.headline))
        return f"{head}, {len(self.failures)} failed\n{shown}"

    @property
    def _independent(self) -> pl.DataFrame:
        if not self.is_pick_freeze:
            return self.draws
        return self.draws.filter(pl.col("draw") % (len(self.factors) + 2) < 2)

    def _one_number(self, name: str) -> pl.DataFrame:
        frame = self._independent.select("draw", name).drop_nulls()
        shares, values = self.shares[frame["draw"].to_numpy()], frame[name].to_numpy()
        nothing = np.full(len(self.factors), np.nan)
        correlation, index, total = nothing, (nothing,) * 3, (nothing,) * 3
        used = len(values)
        if used >= FEWEST:
            correlation = rank_correlation(shares, values)
            if self.is_pick_freeze:
                blocks = self._blocks(name)
                used = len(blocks)
                if used >= FEWEST:
                    index, total = pick_freeze_indices(blocks)
            else:
                index = first_order(shares, values)
        columns: dict[str, Any] = {
            "number": [name] * len(self.factors),
            "factor": list(self.factors),
            "rank_correlation": correlation,
        }
        for kind, found in (("first_order", index), ("total", total)):
            columns |= dict(zip((kind, f"{kind}_low", f"{kind}_high"), found, strict=True))
        columns["draws"] = [used] * len(self.factors)
        table = pl.DataFrame(columns, schema=_SENSITIVITY, nan_to_null=True)
        order = pl.coalesce("total", "first_order", pl.col("rank_correlation").abs())
        return table.sort([order, "factor"], descending=[True, False], nulls_last=True)

    def _blocks(self, name: str) -> Floats:
        """Return one number of the pairs of points that have it everywhere."""
        values = np.full(len(self.outcomes), np.nan)
        found = self.draws.select("draw", name).drop_nulls()
        values[found["draw"].to_numpy()] = found[name].to_numpy()
        blocks = values.reshape(-1, len(self.factors) + 2)
        kept: Floats = blocks[np.isfinite(blocks).all(axis=1)]
        return kept


_SENSITIVITY: dict[str, Any] = {
    "number": pl.String,
    "factor": pl.String,
    **dict.fromkeys(
        (
            "rank_correlation",
            *("first_order", "first_order_low", "first_order_high"),
            *("total", "total_low", "total_high"),
        ),
        pl.Float64,
    ),
    "draws": pl.Int64,
}


def _empty() -> pl.DataFrame:
    return pl.DataFrame(schema=_SENSITIVITY)
