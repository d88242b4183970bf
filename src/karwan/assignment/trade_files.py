"""Read files of trade statistics: UN Comtrade and BACI."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from karwan.errors import DataError, Problem

__all__ = ["TRADE_COLUMNS", "read_baci", "read_comtrade"]

TRADE_COLUMNS = {
    "exporter": pl.String,
    "importer": pl.String,
    "year": pl.Int64,
    "hs": pl.String,
    "usd": pl.Float64,
    "tonnes": pl.Float64,
}
"""What both readers give: codes as they stand in the file, value [USD], weight [t] or null."""

COMTRADE = {
    "reporter": ("reporterISO", "reporterCode", "Reporter ISO", "Reporter Code"),
    "partner": ("partnerISO", "partnerCode", "Partner ISO", "Partner Code"),
    "flow": ("flowCode", "flowDesc", "Trade Flow Code", "Trade Flow"),
    "year": ("refYear", "period", "Year", "Period"),
    "hs": ("cmdCode", "Commodity Code"),
    "usd": ("primaryValue", "Trade Value (US$)"),
    "kg": ("netWgt", "Netweight (kg)"),
}
"""Names of columns in files of today and of before 2022, the better one first."""
FLOWS = {
    **dict.fromkeys(("M", "Import", "Imports", "1"), "M"),
    **dict.fromkeys(("X", "Export", "Exports", "2"), "X"),
}
WHOLE = {"motCode": "0", "customsCode": "C00", "partner2Code": "0", "partner2ISO": "W00"}
"""Columns by which a file breaks flows down, and the value of a flow that is whole."""
BACI = {"t": "year", "i": "exporter", "j": "importer", "k": "hs", "v": "usd", "q": "tonnes"}
MISSING = ("", "NA", "nan", "None")


def read_comtrade(file: Path) -> tuple[pl.DataFrame, list[str]]:
    """Read a CSV file of UN Comtrade.

    A flow that both sides report counts once, as the importer reports it. Codes that stand
    beside their own parts (``10`` beside ``1001``) are left out, and so are breakdowns by mode of
    transport, customs procedure or second partner beside their whole, re-exports and re-imports.

    Parameters
    ----------
    file : Path
        File with reporter, partner, flow, year, code, value and net weight.

    Returns
    -------
    trade : polars.DataFrame
        Columns of `TRADE_COLUMNS`.
    notes : list of str
        What was left out and why.

    Raises
    ------
    DataError
        A column is missing or a number is none or negative; all at once.
    """
    raw = _read(file)
    names: dict[str, str] = {}
    problems = []
    for column, known in COMTRADE.items():
        found = next((name for name in known if name in raw.columns), None)
        if found is None:
            hint = f"it may be called {' or '.join(repr(k) for k in known)}"
            problems.append(Problem(file.name, column=column, message="is missing", hint=hint))
        else:
            names[column] = found
    if problems:
        raise DataError(problems)
    notes: list[str] = []
    for column, whole in WHOLE.items():
        if column in raw.columns:
            partial = ~pl.col(column).is_in([whole, *MISSING])
            raw = _leave(raw, partial, f"are breakdowns by {column}", notes)
    frame = raw.select("line", *(pl.col(n).alias(c) for c, n in names.items()))
    frame = frame.with_columns(
        flow=pl.col("flow").str.strip_chars().replace_strict(FLOWS, default="")
    )
    frame = _leave(frame, pl.col("flow") == "", "are neither imports nor exports", notes)
    frame = _leave(frame, ~pl.col("hs").str.contains(r"^\d+$"), "are totals, not goods", notes)
    numbers = _numbers(file, frame, {"year": "", "usd": "USD", "kg": "kg"}, needed=("year", "usd"))
    imports = pl.col("flow") == "M"
    trade = numbers.with_columns(
        exporter=pl.when(imports).then("partner").otherwise("reporter"),
        importer=pl.when(imports).then("reporter").otherwise("partner"),
        tonnes=pl.when(pl.col("kg") > 0).then(pl.col("kg") / 1000),
    )
    trade = _without_parents(trade, notes)
    return _once(trade, notes).select(pl.col(c).cast(t) for c, t in TRADE_COLUMNS.items()), notes


def read_baci(file: Path) -> tuple[pl.DataFrame, list[str]]:
    """Read a CSV file of BACI (CEPII): ``t,i,j,k,v,q``, value in 1,000 USD, weight in tonnes.

    Parameters
    ----------
    file : Path
        File of one or several years.

    Returns
    -------
    trade : polars.DataFrame
        Columns of `TRADE_COLUMNS`.
    notes : list of str
        Empty: BACI counts every flow once.

    Raises
    ------
    DataError
        A column is missing or a number is none or negative; all at once.
    """
    raw = _read(file)
    missing = [c for c in BACI if c not in raw.columns]
    if missing:
        hint = "a file of BACI has the columns t, i, j, k, v, q"
        raise DataError(
            [Problem(file.name, column=c, message="is missing", hint=hint) for c in missing]
        )
    frame = raw.select("line", *(pl.col(c).str.strip_chars().alias(n) for c, n in BACI.items()))
    units = {"year": "", "usd": "thousand USD", "tonnes": "t"}
    numbers = _numbers(file, frame, units, needed=("year", "usd"))
    trade = numbers.with_columns(
        pl.col("usd") * 1000,
        pl.col("hs").str.zfill(6),
        tonnes=pl.when(pl.col("tonnes") > 0).then("tonnes"),
    )
    return trade.select(pl.col(c).cast(t) for c, t in TRADE_COLUMNS.items()), []


def _read(file: Path) -> pl.DataFrame:
    """Read every cell as text, with the line it stands on."""
    try:
        raw = pl.read_csv(
            file, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True
        )
    except (pl.exceptions.PolarsError, OSError) as fault:
        hint = "name a CSV file in UTF-8 with a header line"
        message = f"cannot be read as CSV ({str(fault).splitlines()[0]})"
        raise DataError([Problem(str(file), message=message, hint=hint)]) from fault
    cells = raw.with_columns(pl.col(pl.String).str.strip_chars())
    return cells.rename({c: c.strip() for c in cells.columns}).with_row_index("line", offset=2)


def _leave(frame: pl.DataFrame, off: pl.Expr, why: str, notes: list[str]) -> pl.DataFrame:
    kept = frame.filter(~off.fill_null(value=False))
    if kept.height < frame.height:
        notes.append(f"{frame.height - kept.height} lines are left out: they {why}")
    return kept


def _numbers(
    file: Path, frame: pl.DataFrame, units: dict[str, str], needed: tuple[str, ...]
) -> pl.DataFrame:
    """Turn columns into numbers; name every cell that is none or negative."""
    problems = []
    cells = [pl.when(~pl.col(c).is_in(MISSING)).then(c).alias(c) for c in units]
    frame = frame.with_columns(cells)
    numbers = frame.with_columns(pl.col(c).cast(pl.Float64, strict=False) for c in units)
    for column, unit in units.items():
        bad = (numbers[column].is_null() & frame[column].is_not_null()) | (numbers[column] < 0)
        bad = bad.fill_null(value=False) | (numbers[column].is_nan().fill_null(value=False))
        if column in needed:
            bad |= frame[column].is_null()
        for line, text in zip(numbers["line"].filter(bad), frame[column].filter(bad), strict=True):
            value = f"{text} {unit}".strip() if text is not None else "empty"
            hint = "it must be a number of at least 0"
            problems.append(Problem(file.name, f"line {line}", column, value=value, hint=hint))
    if problems:
        raise DataError(problems)
    return numbers


def _without_parents(trade: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    """Leave out codes whose parts stand in the file for the same flow."""
    flow = ["reporter", "partner", "flow", "year"]
    lengths = sorted(trade["hs"].str.len_chars().unique())
    parents = [
        trade.filter(pl.col("hs").str.len_chars() > n)
        .select(*flow, hs=pl.col("hs").str.slice(0, n))
        .unique()
        for n in lengths[:-1]
    ]
    if not parents:
        return trade
    kept = trade.join(pl.concat(parents).unique(), on=[*flow, "hs"], how="anti")
    if kept.height < trade.height:
        count = trade.height - kept.height
        notes.append(f"{count} lines are left out: they are sums of longer codes in the file")
    return kept


def _once(trade: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    """Keep what the importer reports where both sides report a flow."""
    both = ["exporter", "importer", "year"]
    imports, exports = (trade.filter(pl.col("flow") == f) for f in ("M", "X"))
    alone = exports.join(imports.select(both).unique(), on=both, how="anti")
    if alone.height < exports.height:
        count = exports.height - alone.height
        notes.append(f"{count} lines of exports are left out: the importer reports that trade too")
    return pl.concat([imports, alone])
