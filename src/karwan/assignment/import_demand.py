"""Bring a user's own data into the form of the table `demand`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from karwan.assignment.od_files import OD_COLUMNS, read_od, read_omx
from karwan.assignment.trade_files import read_baci, read_comtrade
from karwan.assignment.trade_flows import place_trade
from karwan.errors import DataError, InputError, Problem
from karwan.network import Network
from karwan.network.rules_demand import RULES
from karwan.schema import check_table, load_schema, raw_frame
from karwan.schema.check import did_you_mean

__all__ = ["FORMATS", "ImportOptions", "Imported", "import_demand"]

FORMATS = ("comtrade", "baci", "od", "omx")
FORM_UNIT = {"container": "TEU", "truck": "truckload", "wagon": "wagonload", "bulk": "tonne"}
LEAVE = ("places", "goods")
SAME = ("origin", "destination", "commodity", "cargo_unit", "year", "kind")


@dataclass(frozen=True)
class ImportOptions:
    """What a file does not say.

    Attributes
    ----------
    year : int, optional
        Only this year of trade statistics; the year of tables that have no year.
    commodity : str, optional
        Goods of tables without commodities, and of codes that no commodity names.
    cargo_unit : str, optional
        Unit of all goods; else of the first form that each commodity lists.
    kind : str
        Kind of rows that say none.
    interval : float
        Low and high ends lie this share below and above, where the file gives none.
    source_id : str
        Source of the rows.
    places : mapping of str to str
        node_id that stands for a country, by alpha-2 code.
    zones : Path, optional
        Places of the zones of an OMX file.
    leave_out : sequence of str
        ``places``: leave out countries that have no place in the network; ``goods``: leave out
        codes that no commodity names. Either is an error otherwise.
    """

    year: int | None = None
    commodity: str | None = None
    cargo_unit: str | None = None
    kind: str = "trade"
    interval: float = 0.2
    source_id: str = "own-data"
    places: Mapping[str, str] | None = None
    zones: Path | None = None
    leave_out: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Imported:
    """Demand read from a file.

    Attributes
    ----------
    demand : polars.DataFrame
        Rows of the table `demand`.
    notes : tuple of str
        What was left out, estimated or assumed.
    """

    demand: pl.DataFrame
    notes: tuple[str, ...]


def import_demand(
    network: Network,
    file: Path | str,
    file_format: str,
    options: ImportOptions | None = None,
) -> Imported:
    """Read a file of the user's own into the form of the table `demand`.

    Parameters
    ----------
    network : Network
        Network whose places, commodities and units the rows name.
    file : Path or str
        File.
    file_format : str
        ``comtrade``, ``baci``, ``od`` or ``omx``.
    options : ImportOptions, optional
        What the file does not say.

    Returns
    -------
    Imported
        Rows, and what was left out or assumed.

    Raises
    ------
    InputError
        An option makes no sense.
    DataError
        Unknown places, negative flows, goods that no commodity names (with the value that would
        be lost) and anything else that is wrong with the file; all at once.
    MissingExtra
        OMX files need the extra ``omx``.
    """
    options = options or ImportOptions()
    _check_options(network, file_format, options)
    path, notes = Path(file), list[str]()
    if file_format in {"comtrade", "baci"}:
        read = read_comtrade if file_format == "comtrade" else read_baci
        trade, read_notes = read(path)
        notes += read_notes
        if options.year is not None:
            trade = trade.filter(pl.col("year") == options.year)
        flows = place_trade(
            network,
            path.name,
            trade,
            notes,
            places=options.places,
            commodity=options.commodity,
            leave_out=options.leave_out,
        )
    elif file_format == "od":
        flows = read_od(path, network)
    else:
        flows = read_omx(path, network, options.zones)
    if flows.is_empty():
        hint = "look at the years, places and goods that were asked for"
        raise DataError([Problem(path.name, message="holds no demand", hint=hint), *_said(notes)])
    return Imported(_table(network, path, flows, options, notes), tuple(notes))


def _said(notes: list[str]) -> list[Problem]:
    return [Problem("note", message=note) for note in notes]


def _check_options(network: Network, file_format: str, options: ImportOptions) -> None:
    problems = []
    if file_format not in FORMATS:
        problems.append(f"format is {file_format!r}; use {', '.join(FORMATS)}")
    for what, value, table, column in (
        ("commodity", options.commodity, "commodities", "commodity"),
        ("cargo_unit", options.cargo_unit, "cargo_units", "cargo_unit"),
    ):
        known = network.table(table)[column].to_list()
        if value is not None and value not in known:
            near = did_you_mean(value, known) or f"it must be one of {', '.join(known)}"
            problems.append(f"{what} is {value!r}; {near}")
    kinds = load_schema("demand").column("kind")
    if kinds is not None and options.kind not in kinds.choices:
        problems.append(f"kind is {options.kind!r}; use {', '.join(kinds.choices)}")
    if not 0 <= options.interval < 1:
        problems.append(f"interval is {options.interval:g}; it must be at least 0 and below 1")
    problems += [
        f"leave_out is {w!r}; use places or goods" for w in options.leave_out if w not in LEAVE
    ]
    if options.commodity is not None and "goods" in options.leave_out:
        problems.append("codes without a commodity cannot be left out and counted; give one option")
    if problems:
        raise InputError(problems)


def _table(
    network: Network, file: Path, flows: pl.DataFrame, options: ImportOptions, notes: list[str]
) -> pl.DataFrame:
    """Fill what the file left open, add up equal rows and check them."""
    filled = _filled(network, flows, options)
    no_count = pl.col("teu").is_null().any()
    rows = filled.group_by(SAME).agg(
        pl.col("tonnes", "tonnes_low", "tonnes_high").sum(),
        pl.when(no_count).then(None).otherwise(pl.col("teu").sum()).alias("teu"),
    )
    parts = [pl.col(c).cast(pl.String).str.to_lowercase() for c in SAME]
    parts[:2] = [pl.col("origin"), pl.col("destination")]
    rows = rows.with_columns(
        demand_id=pl.concat_str(parts, separator="-"), source_id=pl.lit(options.source_id)
    )
    if rows.height < filled.height:
        notes.append(f"{filled.height} lines are added up to {rows.height} rows")
    if options.source_id not in network.table("sources")["source_id"]:
        notes.append(f"add a row for {options.source_id!r} to sources.csv of your network")
    return _checked(network, file, rows)


def _filled(network: Network, flows: pl.DataFrame, options: ImportOptions) -> pl.DataFrame:
    """Fill cells that the file left open."""
    missing = [pl.lit(None).alias(c) for c in OD_COLUMNS if c not in flows.columns]
    flows = flows.with_columns(missing).select(pl.col(c).cast(t) for c, t in OD_COLUMNS.items())
    goods = network.table("commodities")
    first = {c: FORM_UNIT[f.split("|")[0]] for c, f in goods.select("commodity", "forms").rows()}
    loads = dict(goods.select("commodity", "tonnes_per_teu").iter_rows())
    unit = pl.col("commodity").replace_strict(first, default=None, return_dtype=pl.String)
    unit = pl.lit(options.cargo_unit) if options.cargo_unit else unit
    load = pl.col("commodity").replace_strict(loads, default=None, return_dtype=pl.Float64)
    boxes = network.table("cargo_units").filter(pl.col("form") == "container")["cargo_unit"]
    tonnes, boxed = pl.col("tonnes"), pl.col("cargo_unit").is_in(boxes.to_list())
    return (
        flows.with_columns(
            pl.col("commodity").fill_null(options.commodity or "general"),
            pl.col("kind").fill_null(options.kind),
            pl.col("year").fill_null(options.year or network.as_of.year),
        )
        .with_columns(
            pl.col("cargo_unit").fill_null(
                pl.when(pl.col("teu").is_not_null()).then(pl.lit("TEU")).otherwise(unit)
            )
        )
        .with_columns(tonnes.fill_null(pl.col("teu") * load))
        .with_columns(
            pl.when(boxed).then(pl.col("teu").fill_null(tonnes / load)).otherwise("teu"),
            pl.col("tonnes_low").fill_null(tonnes * (1 - options.interval)),
            pl.col("tonnes_high").fill_null(tonnes * (1 + options.interval)),
        )
    )


def _checked(network: Network, file: Path, rows: pl.DataFrame) -> pl.DataFrame:
    """Check the rows as the network would, and return them in the form of the schema."""
    schema = load_schema("demand")
    frame = rows.select(schema.names).sort("demand_id")
    others = {n: raw_frame(n, network.table(n)) for n in ("nodes", "commodities", "cargo_units")}
    problems = list(check_table(frame, schema, others))
    if not problems:
        laid = network.with_tables(demand=frame)
        problems = [problem for rule in RULES for problem in rule(laid)]
    if problems:
        raise DataError(
            [Problem(file.name, p.row, p.column, p.message, p.value, p.hint) for p in problems]
        )
    return frame
