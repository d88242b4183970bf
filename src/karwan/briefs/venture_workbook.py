"""A workbook of a venture whose formulas recompute it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from karwan.briefs.venture_cells_cash import cash
from karwan.briefs.venture_cells_debt import debt_size, tax
from karwan.briefs.venture_cells_results import balance, flows, measures
from karwan.briefs.venture_cells_trade import figures, trade
from karwan.briefs.venture_grid import Grid, letters
from karwan.errors import MissingExtra
from karwan.studies.appraisal import Appraisal

__all__ = ["write_workbook"]

ABOUT = (
    "Cells with a tint are inputs; all others are formulas. Change a tint and everything is "
    "recomputed, the size of the debt included. Each row of the model names its formula in words. "
    "Draws and options are not in this workbook."
)


def write_workbook(found: Appraisal, file: Path | str) -> None:
    """Write a workbook with live formulas.

    Sheets: measures (live, and beside them the figures of the run), the model by year, old losses
    year by year, and every assumption with grade and source, guesses first.

    Parameters
    ----------
    found : Appraisal
        Appraisal.
    file : Path or str
        File to write.

    Raises
    ------
    MissingExtra
        `openpyxl` is not installed.
    """
    try:
        from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - optional
        from openpyxl.styles import Font, PatternFill  # type: ignore[import-untyped]  # noqa: PLC0415 - optional
    except ImportError as fault:
        package = "openpyxl"
        raise MissingExtra(package, "workbook") from fault
    styles = {"bold": Font(bold=True), "input": PatternFill("solid", fgColor="FFF1D6")}
    book = Workbook()
    account = found.account
    front, model = book.active, book.create_sheet("Model")
    front.title = "Measures"
    grid = Grid(model, account.years, styles)
    losses = Grid(book.create_sheet("Losses"), account.years, styles)
    figures(grid, account)
    trade(grid, account)
    grid.head("Tax without debt, and the size of the debt")
    grid.line("plain_worn", "Depreciation without interest", "USD", lambda t: _worn(grid, found, t))
    grid.line("plain_profit", "Profit without debt", "USD",
              lambda t: f"={grid.at('ebitda', t)}-{grid.at('plain_worn', t)}")  # fmt: skip
    tax(grid, losses, "tax_without_debt", "plain_profit")
    debt_size(grid, account)
    cash(grid, losses, account)
    balance(grid)
    flows(grid, account)
    measures(front, grid, account, styles)
    front.cell(row=front.max_row + 2, column=1, value=f"{found.run.network}. {ABOUT}")
    _assumptions(book.create_sheet("Assumptions", 1), found, styles)
    for sheet, wide in ((front, 30), (model, 34), (losses.sheet, 20)):
        sheet.column_dimensions["A"].width = wide
        sheet.freeze_panes = "B2" if sheet is front else "F2"
    book.save(file)


def _worn(grid: Grid, found: Appraisal, t: int) -> str:
    """Return depreciation of phases and of the upfront payment."""
    account = found.account
    n = len(account.years)
    parts = [grid.at(f"p{k}_worn", t) for k in range(len(account.arrays.phases))]
    parts += [f"{grid.at('upfront', v)}/{n - v}" for v in range(t + 1)]
    return "=" + "+".join(parts)


def _assumptions(sheet: Any, found: Appraisal, styles: dict[str, Any]) -> None:
    table = found.assumptions
    for k, name in enumerate(table.columns, 1):
        sheet.cell(row=1, column=k, value=name).font = styles["bold"]
        sheet.column_dimensions[letters(k)].width = 30 if k in {1, 2, 5, 6, 7} else 12
    for i, row in enumerate(table.iter_rows(), 2):
        for k, value in enumerate(row, 1):
            sheet.cell(row=i, column=k, value=value)
    sheet.freeze_panes = "B2"
