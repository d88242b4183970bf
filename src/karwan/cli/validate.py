"""karwan validate: predictions beside published trips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.tables import open_network, print_table, working

if TYPE_CHECKING:
    from collections.abc import Callable

    from karwan.network import Network
    from karwan.studies import Validation

__all__ = ["command", "study"]


@click.command("validate")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write the rows here.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def command(
    file: Path | None, network: Path | None, csv_file: Path | None, *, as_json: bool
) -> None:
    r"""Compare predictions with published trips.

    FILE is a CSV of your own observations with the columns of the table observations; the
    network's own if not given. Errors are shares of the published value. Costs are in money of
    the year of the row.

    \b
    Examples:
      karwan validate
      karwan validate trips.csv --json
    """
    with working("Predicting"):
        found = study({"file": file})(open_network(network))
    if csv_file:
        found.rows.write_csv(csv_file)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return
    header = ["observation", "kind", "km", "predicted", "days", "predicted [P10, P90]", "error %"]
    header += ["in", "USD", "predicted [P10, P90]", "error %", "in"]
    rows = [_row(r) for r in found.rows.iter_rows(named=True)]
    print_table("Published and predicted", header, rows, right=(2, 3, 4, 6, 8, 10))
    for r in found.rows.iter_rows(named=True):
        if r["why"]:
            click.echo(f"- {r['observation_id']}: {r['why']}")
    used = [r["observation_id"] for r in found.rows.iter_rows(named=True) if r["used_in_atlas"]]
    if used:
        click.echo(f"In no median, since rates of the network rest on them: {', '.join(used)}")
    _print_medians(found)


def study(asked: dict[str, Any]) -> Callable[[Network], Validation]:
    """Return the comparison with trips that the options of the verb ask for."""
    from karwan.network import read_rows
    from karwan.studies.validate import validate

    file = asked["file"]
    return lambda network: validate(
        network, read_rows(file, "observations", network) if file else None
    )


def _print_medians(found: Validation) -> None:
    """Print medians by group, the headline and how many lie inside the ranges."""
    header = ["group", "distance %", "rows", "time %", "rows", "cost %", "rows"]
    rows = [
        [
            m["group"] if m["what"] == "all" else f"{m['what']}: {m['group']}",
            *(
                text
                for w in ("distance", "time", "cost")
                for text in (_share(m[f"{w}_error_median"]), str(m[f"{w}_rows"]))
            ),
        ]
        for m in found.medians.iter_rows(named=True)
    ]
    print_table("Median absolute errors", header, rows, right=range(1, 7))
    head = {m["group"]: m for m in found.medians.iter_rows(named=True) if m["what"] == "announced"}
    every = found.medians.row(0, named=True)
    if "yes" in head and head["yes"]["time_rows"] and "no" in head and head["no"]["time_rows"]:
        click.echo(
            f"Time is off by {_share(head['no']['time_error_median'])} % in the median of "
            f"{head['no']['time_rows']} trips that were made or are run, by "
            f"{_share(every['time_error_median'])} % with {head['yes']['time_rows']} that were "
            "only announced"
        )
    for what, share in found.coverage.items():
        if share is not None:
            click.echo(f"{100 * share:.0f} % of published {what}s lie inside P10 to P90")


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.0f}"


def _signed(value: float | None) -> str:
    return "" if value is None else f"{100 * value:+.0f}"


def _in(value: bool | None) -> str:  # noqa: FBT001
    return "" if value is None else ("yes" if value else "no")


def _row(r: dict[str, Any]) -> list[str]:
    def number(value: float | None, form: str = ",.0f") -> str:
        return "" if value is None else f"{value:{form}}"

    def span(middle: float | None, low: float | None, high: float | None, form: str) -> str:
        if middle is None:
            return ""
        return f"{number(middle, form)} [{number(low, form)}, {number(high, form)}]"

    days = r["predicted_days"], r["predicted_p10_days"], r["predicted_p90_days"]
    usd = r["predicted_usd_per_unit"], r["predicted_p10_usd"], r["predicted_p90_usd"]
    return [
        r["observation_id"],
        r["kind"],
        number(r["distance_km"]),
        number(r["predicted_km"]),
        number(r["time_days"], ".1f"),
        span(*days, ".1f") if r["time_days"] else "",
        _signed(r["time_error_share"]),
        _in(r["time_inside"]),
        number(r["cost_usd_per_unit"]),
        span(*usd, ",.0f") if r["cost_usd_per_unit"] else "",
        _signed(r["cost_error_share"]),
        _in(r["cost_inside"]),
    ]
