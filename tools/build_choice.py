"""Fit how demand chooses to published volumes; write ``choice_parameters`` and the page of volumes.

Run after the demand, the capacities or the counts of the atlas change: ``make atlas``.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from build_docs import MADE, REFERENCE, _table
from karwan.network import open_atlas
from karwan.studies.calibrate_choice import ChoiceFit, calibrate_choice

ATLAS = Path(__file__).parents[1] / "src" / "karwan" / "atlas"


def main() -> None:
    """Fit and write."""
    found = calibrate_choice(open_atlas())
    table = found.parameters.with_columns(
        pl.col("value", "low", "high").round(2), pl.lit("choice-fit").alias("source_id")
    ).sort("parameter", "applies_to")
    table.write_csv(ATLAS / "choice_parameters.csv")
    (REFERENCE / "volumes.md").write_text(MADE + page(found, table), encoding="utf-8")
    print(found.errors)


def page(found: ChoiceFit, kept: pl.DataFrame) -> str:
    """Set modelled beside published volumes, row by row."""
    intro = (
        "`make atlas` makes this page. The demand of the base year is assigned in the "
        "state of the world of each count. *Without a fit* every constant is 0 and the scale 10; "
        "*modelled* holds the fitted parameters; *left out* fits without the row. Rows to hold "
        "out were never fitted."
    )
    lines = ["# Published and modelled volumes", "", intro, "", "## Rows", ""]
    header = ("count", "year", "unit", "published", "low", "high", "use", "without a fit",
              "modelled", "left out", "note", "source")  # fmt: skip
    numbers = ("value", "low", "high")
    rows = [
        [
            r["count_id"], r["year"], f"{r['unit']}, {r['cargo']}",
            *(_rounded(r[c]) for c in numbers), r["use"],
            *(_rounded(r[c]) for c in ("without_fit", "modelled")),
            _rounded(r["left_out"]) if r["use"] == "fit" else "", r["note"] or "", r["source_id"],
        ]
        for r in found.rows.iter_rows(named=True)
    ]  # fmt: skip
    lines += _table(header, rows)
    lines.append("\n## Factors between modelled and published volumes\n")
    errors = [
        [r["errors"], r["rows"], f"{r['median_factor']:.1f}", f"{r['largest_factor']:.1f}"]
        for r in found.errors.iter_rows(named=True)
    ]
    lines += _table(("errors", "rows", "median", "largest"), errors)
    lines.append(
        "\n## Parameters\n\nOf `choice_parameters`; a constant of 1 multiplies the odds of a "
        "corridor or gateway by 2.7. They stand for what the network does not hold: habits, "
        "permits, contracts, and the errors of rates and demand.\n"
    )
    lines += _table(
        ("parameter", "applies to", "value", "low", "high"), kept.drop("source_id").iter_rows()
    )
    return "\n".join(lines) + "\n"


def _rounded(value: float) -> str:
    """Write a volume to two digits."""
    digits = 1 - int(f"{value:e}".split("e")[1]) if value else 0
    return f"{round(value, digits):,.0f}"


if __name__ == "__main__":
    main()
