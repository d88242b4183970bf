"""Fit how demand chooses to published volumes and write ``choice_parameters`` of the atlas.

Run after the demand, the capacities or the counts of the atlas change: ``make atlas``.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from karwan.network import open_atlas
from karwan.studies.calibrate_choice import calibrate_choice

ATLAS = Path(__file__).parents[1] / "src" / "karwan" / "atlas"


def main() -> None:
    """Fit and write."""
    found = calibrate_choice(open_atlas())
    table = found.parameters.with_columns(
        pl.col("value", "low", "high").round(2), pl.lit("choice-fit").alias("source_id")
    )
    table.sort("parameter", "applies_to").write_csv(ATLAS / "choice_parameters.csv")
    print(found.errors)


if __name__ == "__main__":
    main()
