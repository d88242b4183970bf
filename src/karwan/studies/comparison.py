"""The result of a comparison: one study under several scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from karwan.errors import InputError
from karwan.schema.check import did_you_mean
from karwan.studies.differences import VALUES
from karwan.studies.run import Run

__all__ = ["Comparison"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """One study under several scenarios.

    Attributes
    ----------
    scenarios : tuple of str
        Scenarios as named, the first being what the others are held against.
    key : tuple of str
        Columns that tell the rows of a summary apart.
    figures : tuple of str
        Columns of numbers that are compared, in the order of the summary.
    summary : polars.DataFrame
        One row for each row of a summary, figure and scenario: the key, `figure` (column of the
        summary, with its unit), `scenario`, `value`, `first` (value under the first scenario),
        `difference` (value - first) and `relative` (difference / first; null where first is 0).
        A value is null where a scenario does not have the row.
    runs : mapping of str to Run
        Stamp of each scenario that gave a result: fingerprint of the network before the
        scenario, and its names.
    results : mapping of str to result
        What the study gave.
    failures : mapping of str to str
        Scenarios in which no route exists, and what cuts it.
    """

    scenarios: tuple[str, ...]
    key: tuple[str, ...]
    figures: tuple[str, ...]
    summary: pl.DataFrame
    runs: Mapping[str, Run]
    results: Mapping[str, Any] = field(repr=False)
    failures: Mapping[str, str]

    def side_by_side(self, figure: str) -> pl.DataFrame:
        """Return one figure with a column a scenario.

        Parameters
        ----------
        figure : str
            One of `figures`.

        Returns
        -------
        polars.DataFrame
            Key, value under each scenario, and for each after the first `<scenario> change` and
            `<scenario> change share`.

        Raises
        ------
        InputError
            There is no such figure.
        """
        if figure not in self.figures:
            near = did_you_mean(figure, self.figures) or f"they are {', '.join(self.figures)}"
            message = f"figure is {figure!r}, which the summary does not have; {near}"
            raise InputError(message)
        rows = self.summary.filter(pl.col("figure") == figure)
        wide = rows.select(self.key).unique(maintain_order=True)
        for n, scenario in enumerate(self.scenarios):
            part = rows.filter(pl.col("scenario") == scenario)
            wide = wide.with_columns(part["value"].alias(scenario))
            if n:
                wide = wide.with_columns(
                    part["difference"].alias(f"{scenario} change"),
                    part["relative"].alias(f"{scenario} change share"),
                )
        return wide

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain values; what is not finite becomes None."""
        runs = {
            name: {
                "karwan_version": run.karwan_version,
                "network": run.network,
                "fingerprint": run.fingerprint,
                "scenario": list(run.scenario),
                "depart": str(run.depart),
                "price_year": run.price_year,
            }
            for name, run in self.runs.items()
        }
        return {
            "schema": "karwan.comparison/1",
            "scenarios": list(self.scenarios),
            "key": list(self.key),
            "runs": runs,
            "failures": dict(self.failures),
            "rows": self.summary.with_columns(
                pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in VALUES
            ).to_dicts(),
        }
