"""karwan demand: the market before any share of it, and a user's own demand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.tables import print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karwan.network import Network
    from karwan.studies.market import Market

__all__ = ["command"]

HEADER = ["Mt/year", "low", "high", "1,000 TEU/year", "low", "high"]
MOST_LINES = 15
REACH_WORDS = {
    "sea": "by sea only: some gateway must carry it",
    "sea or land": "a sea port that land reaches too",
    "land": "neighbours or inland: no sea gateway wins it",
}


@click.group("demand", invoke_without_command=True)
@click.option("--origin", multiple=True, help="Home country (KZ) or place; repeatable.")
@click.option("--year", type=int, help="Year of the demand.  [default: nearest to as-of]")
@click.option("--commodity", multiple=True, help="Only these goods; repeatable.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write the sums here.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.pass_context
def command(
    context: click.Context,
    origin: tuple[str, ...],
    year: int | None,
    commodity: tuple[str, ...],
    network: Path | None,
    csv_file: Path | None,
    *,
    as_json: bool,
) -> None:
    r"""Say how large the market is that a gateway can win at all.

    Amounts come with their interval and before any share: a share of this is for an assignment
    to find. Transit across the region and cargo that other gateways carry today are lines of
    their own; --origin leaves transit in, since it ends elsewhere.

    \b
    Examples:
      karwan demand --origin KZ
      karwan demand --year 2030 --commodity wheat --json
      karwan demand import od.csv --format od --out demand.csv
    """
    if context.invoked_subcommand:
        return
    from karwan.errors import InputError
    from karwan.network import open_atlas, read_network
    from karwan.studies.market import market

    if csv_file and not csv_file.absolute().parent.is_dir():
        message = f"--csv lies in a folder that does not exist: {csv_file.absolute().parent}"
        raise InputError(message)
    opened = read_network(network) if network else open_atlas()
    found = market(opened, year=year, origin=origin, commodity=commodity)
    if csv_file:
        found.rows.write_csv(csv_file)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return
    _print(found, opened)


def _print(found: Market, network: Network) -> None:
    where = ", ".join(found.run.options["origin"]) or "all of the network"
    click.echo(f"Demand in {found.year}, {where}; {found.run.network}")
    click.echo()
    can = found.winnable
    rows = [
        [kind, REACH_WORDS[reach], *_amounts(row)]
        for kind in ("trade", "diversion", "transit")
        for reach in REACH_WORDS
        for row in found.by("kind", "reach").iter_rows(named=True)
        if row["kind"] == kind and row["reach"] == reach
    ]
    right = range(2, 8)
    print_table("What there is", ["kind", "reach", *HEADER], rows, right=right)
    total, own = found.by().row(0, named=True), can.by().row(0, named=True)
    click.echo()
    click.echo(
        f"A sea gateway can win at most {_span(own, 'tonnes', 1e6, 'Mt')} a year, of it "
        f"{_span(own, 'teu', 1e3, 'thousand TEU')} fit for containers, out of "
        f"{_span(total, 'tonnes', 1e6, 'Mt')}: all gateways together, before any share."
    )
    grades = ", ".join(f"{100 * s:.0f} % {g}" for g, s in found.grades.items() if s)
    click.echo(f"Tonnes by grade of their source: {grades}.")
    for title, columns in (
        ("By country and direction", ("country", "direction", "kind")),
        ("By commodity", ("commodity", "kind")),
        ("By partner", ("partner", "kind")),
    ):
        click.echo()
        groups = can.by(*columns)
        lines = [
            [*_labels(network, row, columns), *_amounts(row)]
            for row in groups.head(MOST_LINES).iter_rows(named=True)
        ]
        shift = range(len(columns), len(columns) + 6)
        header = [*columns, *HEADER]
        print_table(f"{title}: what a sea gateway can win at all", header, lines, right=shift)
        if groups.height > MOST_LINES:
            click.echo(f"... and {groups.height - MOST_LINES} smaller ones; --csv writes all.")


def _labels(network: Network, row: dict[str, Any], columns: Sequence[str]) -> list[str]:
    names = dict(network.table("countries").select("country", "name").iter_rows())
    names |= dict(network.table("commodities").select("commodity", "name").iter_rows())
    plain = ("kind", "direction")
    return [row[c] if c in plain else names.get(row[c], row[c]) for c in columns]


def _amounts(row: dict[str, Any]) -> list[str]:
    tonnes = [_figure(row[c] / 1e6) for c in ("tonnes", "tonnes_low", "tonnes_high")]
    return tonnes + [_figure(row[c] / 1e3) for c in ("teu", "teu_low", "teu_high")]


def _figure(value: float) -> str:
    if value == 0:
        return "0"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _span(row: dict[str, Any], name: str, unit: float, word: str) -> str:
    low, high = (_figure(row[f"{name}_{end}"] / unit) for end in ("low", "high"))
    return f"{_figure(row[name] / unit)} {word} [{low}, {high}]"


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "file_format",
    required=True,
    type=click.Choice(["comtrade", "baci", "od", "omx"]),
    help="What FILE is.",
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Table demand, as CSV or Parquet."
)
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--year", type=int, help="Only this year, or the year of rows without one.")
@click.option("--commodity", help="Goods of rows and codes without a commodity.")
@click.option("--cargo-unit", help="Unit of all goods.  [default: by the commodity's first form]")
@click.option("--kind", default="trade", show_default=True, help="trade, transit or diversion.")
@click.option(
    "--interval", type=float, default=0.2, show_default=True, help="Share below and above."
)
@click.option("--source", default="own-data", show_default=True, help="source_id of the rows.")
@click.option("--place", multiple=True, help="Place of a country, as KZ=KZALA; repeatable.")
@click.option("--zones", type=click.Path(path_type=Path), help="CSV of zone and place, for omx.")
@click.option(
    "--leave-out",
    multiple=True,
    type=click.Choice(["places", "goods"]),
    help="Leave out unknown countries or codes instead of refusing; repeatable.",
)
def import_command(
    file: Path,
    file_format: str,
    out: Path,
    network: Path | None,
    year: int | None,
    commodity: str | None,
    cargo_unit: str | None,
    kind: str,
    interval: float,
    source: str,
    place: tuple[str, ...],
    zones: Path | None,
    leave_out: tuple[str, ...],
) -> None:
    r"""Read demand of your own into the table demand.

    Formats: comtrade (UN Comtrade CSV) and baci (CEPII CSV) by HS code, a country standing for
    its main place; od, a table of origin, destination and tonnes or teu; omx, one matrix a
    commodity (extra karwan[omx]). Everything that is wrong is named at once, with the value lost.

    \b
    Examples:
      karwan demand import trade.csv --format comtrade --year 2023 --out demand.csv
      karwan demand import od.csv --format od --commodity wheat --out demand.csv
    """
    from karwan.assignment.import_demand import ImportOptions, import_demand
    from karwan.errors import InputError
    from karwan.network import open_atlas, read_network

    pairs = [p.partition("=") for p in place]
    wrong = [f"place is {''.join(p)!r}; write it as KZ=KZALA" for p in pairs if not p[2]]
    if out.suffix not in {".csv", ".parquet"}:
        wrong.append(f"--out is {str(out)!r}; end it with .csv or .parquet")
    if not out.absolute().parent.is_dir():
        wrong.append(f"--out lies in a folder that does not exist: {out.absolute().parent}")
    if wrong:
        raise InputError(wrong)
    opened = read_network(network) if network else open_atlas()
    options = ImportOptions(
        year=year,
        commodity=commodity,
        cargo_unit=cargo_unit,
        kind=kind,
        interval=interval,
        source_id=source,
        places={country.upper(): node for country, _, node in pairs},
        zones=zones,
        leave_out=leave_out,
    )
    found = import_demand(opened, file, file_format, options)
    if out.suffix == ".csv":
        found.demand.write_csv(out)
    else:
        found.demand.write_parquet(out)
    tonnes = found.demand["tonnes"].sum()
    click.echo(f"{out}: {found.demand.height} rows, {tonnes:,.0f} t/year")
    for note in found.notes:
        click.echo(f"- {note}")
