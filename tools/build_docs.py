"""Write the generated reference pages: tables, command line, Python, JSON form, atlas, measures.

Usage: ``python tools/build_docs.py [--check]``; with ``--check`` nothing is written, and the exit
code is 1 if a page is stale.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

import docs_demand
import karwan
from karwan.cli import VERBS, group
from karwan.schema import all_schemas
from karwan.schema.export import reference_page
from karwan.studies.calibrate import calibrate
from karwan.terminals.berth_problem import TABLES, quay_schema

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"
MADE = "<!-- made by tools/build_docs.py -->\n\n"


def tables() -> str:
    """Describe every table of a network."""
    pages = [reference_page(table) for table in all_schemas().values()]
    head = (
        "# Tables\n\nA network is a folder with one CSV or Parquet file for each table, and "
        "`network.toml` with `name`, `price_year`, `as_of` and, if wanted, `worldview`, "
        "`disclaimer` and `licences`. Tables that a study does not need may be left out.\n\n"
    )
    return head + "\n".join(pages)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name."""
    context = click.Context(group, info_name="karwan")
    yield "karwan", group
    for verb in VERBS:
        command = group.get_command(context, verb)
        if command is None:
            message = f"the verb {verb} is listed but does not exist"
            raise LookupError(message)
        yield f"karwan {verb}", command
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                yield f"karwan {verb} {name}", command.commands[name]


def command_line() -> str:
    """Print the help of every command."""
    parts = ["# Command line\n"]
    for name, command in commands():
        with click.Context(command, info_name=name, max_content_width=96) as context:
            context.terminal_width = 96
            parts.append(f"## {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def python() -> str:
    """List every public name."""
    names = "\n".join(f"::: karwan.{name}\n" for name in karwan.__all__)
    briefs = "\n".join(f"::: karwan.briefs.{name}\n" for name in ("write_page", "page_text"))
    return f"# Python\n\nEverything below is `karwan.NAME`.\n\n{names}\nPages: `karwan.briefs`.\n\n{briefs}"


def berth_tables() -> str:
    """Describe the settings and tables of a berth problem, and the plan."""
    head = (
        "# Tables of a berth plan\n\n`karwan berths` reads a folder with `quay.toml` (one value for "
        "each column of `quay`) and the other tables as CSV, or one TOML file with all of them. "
        "Columns that are not required may be left out, and so may handling, tides and closures. "
        "Cells of hours hold hours after `start`, or dates and times.\n\n"
    )
    names = ("quay", *TABLES, "plan")
    return head + "\n".join(reference_page(quay_schema(name)) for name in names)


def atlas() -> str:
    """Say what the atlas holds, and name its sources, scenarios and restrictions."""
    network = karwan.open_atlas()
    report = karwan.atlas_report(network)
    lines = ["# The atlas\n", f"State of the world as of {network.as_of}.\n", "## Coverage\n"]
    lines += _table(("what", "count"), report.coverage.iter_rows())
    lines += ["\n## Rows by grade of their source\n"]
    shown = report.tables.select("table", "rows", "A", "B", "C")
    lines += _table(shown.columns, shown.iter_rows())
    lines += ["\n## Scenarios\n"]
    scenarios = network.table("scenarios").select("scenario_id", "name", "description")
    lines += _table(scenarios.columns, scenarios.iter_rows())
    lines += ["\n## Corridors\n"]
    corridors = network.table("corridors").select("corridor_id", "name", "description")
    lines += _table(corridors.columns, corridors.iter_rows())
    lines += ["\n## Closures and restrictions\n"]
    closures = network.table("closures").select(
        "closure_id", "effect", "starts", "ends", "last_look", "reason"
    )
    lines += _table(closures.columns, closures.iter_rows())
    lines += ["\n## Sources\n"]
    sources = network.table("sources").select(
        "source_id", "grade", "year", "title", "publisher", "method"
    )
    lines += _table(sources.columns, sources.iter_rows())
    return "\n".join(lines) + "\n"


def measures() -> str:
    """List measures with status, cost, opening, owners and sources."""
    network = karwan.open_atlas()
    grade = dict(network.table("sources").select("source_id", "grade").iter_rows())
    title = dict(network.table("sources").select("source_id", "title").iter_rows())
    head = (
        "# Measures\n\nWhat can be laid over the atlas, with its cost in million USD, in the prices "
        "of its source. Where sources contradict each other the interval holds them all. A measure "
        "without cost is an event that nobody pays for. `karwan scenario show NAME` prints what one "
        "of them changes; methods of estimates stand under [sources](atlas.md#sources).\n"
    )
    rows = []
    for r in network.table("measures").iter_rows(named=True):
        source = r["cost_source_id"] or r["source_id"]
        rows.append(
            (
                f"`{r['measure_id']}`", r["name"], r["status"],
                _between(r["capital_usd_m"], r["capital_low_usd_m"], r["capital_high_usd_m"], ","),
                "" if r["yearly_usd_m"] is None else f"{r['yearly_usd_m']:,.4g}",
                _between(r["opening_year"], r["opening_year_low"], r["opening_year_high"], ""),
                (r["owners"] or "").replace("|", ", "), grade[source], title[source],
            )
        )  # fmt: skip
    header = ["measure", "name", "status", "capital [interval]", "a year", "opening [interval]"]
    return "\n".join([head, *_table([*header, "owners", "grade", "source of the cost"], rows)])


def _between(middle: float | None, low: float, high: float, form: str) -> str:
    if middle is None:
        return ""
    form = f"{form}.5g" if form else "d"
    return f"{middle:{form}} [{low:{form}}, {high:{form}}]"


def routes_json() -> str:
    """Describe every field of the JSON form of a plan."""
    form = json.loads(files("karwan.studies").joinpath("routes.schema.json").read_text("utf-8"))
    head = (
        "# JSON form of a plan\n\n`karwan plan ... --json` and `Routes.to_json()` write one object. "
        "Its JSON Schema ships with the package as `karwan/studies/routes.schema.json`. Every field "
        "below is always there; `[]` stands for each element of a list. Money keeps cents and "
        "hours seconds so that legs add up to totals; that is no claim of precision: read the "
        "intervals and the shares by grade.\n"
    )
    lines = _table(("field", "type", "what it says"), _fields(form, ""))
    return "\n".join([head, *lines])


def trips() -> str:
    """List published trips beside predictions, good and bad."""
    atlas = karwan.open_atlas()
    found = karwan.validate(atlas)
    head = (
        "# Published trips and predictions\n\n`karwan validate` makes this page. Each trip is planned "
        "on its date, with its cargo, through the places and by all the modes that were published. "
        "Times are medians of the parts that the published time covers; ranges are P10 to P90 of "
        "a trip about which only its route is known (the scatter of all trips included); costs "
        "are in money of the year of the row and leave out capital bound in the goods; errors are "
        "shares of the published value (the middle of a range). Figures that a rate or a speed of "
        "the atlas rests on are marked *used*: they are shown, yet count in no median and in no "
        "fit. Where publications contradict each other both stand. Rows of the kind `planned` are "
        "announcements, no record of what trucks, trains and ships did: they are shown, and "
        "take no part in the fit; the medians below tell them apart. "
        "[How the rows were found](../explanation/how-trips-were-found.md).\n"
    )
    rows = [
        (
            r["observation_id"], r["kind"], _figure(r["distance_km"]), _figure(r["predicted_km"]),
            _figure(r["time_days"], 1), _span(r, "days", 1), _percent(r["time_error_share"]),
            _figure(r["cost_usd_per_unit"]), _span(r, "usd", 0), _percent(r["cost_error_share"]),
            (r["used_in_atlas"] or "").replace("|", ", "), r["why"], r["source_id"],
        )
        for r in found.rows.iter_rows(named=True)
    ]  # fmt: skip
    header = ["trip", "kind", "km", "predicted", "days", "predicted", "error %", "USD", "predicted"]
    lines = [head, *_table([*header, "error %", "used", "why", "source"], rows)]
    lines += ["\n## Median absolute errors\n"]
    medians = [
        (
            NAMED.get((m["what"], m["group"])) or f"{m['what']}: {m['group']}",
            *(f"{_percent(m[f'{w}_error_median'], '')} ({m[f'{w}_rows']})" for w in KINDS),
        )
        for m in found.medians.iter_rows(named=True)
    ]
    lines += _table(("group", "distance % (rows)", "time % (rows)", "cost % (rows)"), medians)
    inside = ", ".join(f"{_percent(v, '')} % of {k}s" for k, v in found.coverage.items())
    lines += [f"\nInside P10 to P90: {inside}; 80 % would be right.\n", *_calibration(atlas)]
    return "\n".join(lines)


def _calibration(atlas: karwan.Network) -> list[str]:
    """List the fitted parameters and the leave-one-out errors."""
    found = calibrate(atlas)
    head = (
        "## Calibration\n\n`karwan calibrate` fits this factor to the rows above without its "
        "effect; the table `calibration` carries them. Surveyed border times are not scaled.\n"
    )
    fitted = [
        (p["parameter"], *(f"{p[k]:.2f}" for k in ("value", "low", "high")), p["trips"])
        for p in found.parameters.iter_rows(named=True)
    ]
    lines = [head, *_table(("factor", "value", "from", "to (90 %)", "trips"), fitted)]
    groups = (
        f"\nMedian absolute error of time, %, of all trips, of the {found.made} that were made (the "
        "ordinary ones, and trials and records; those with more running by road than by rail and "
        "water, and the others) and of announced ones, which no fit has seen:\n"
    )
    lines += [groups]
    table = found.errors.drop("rms_log")
    errors = [(e, *(_percent(x, "") for x in shares)) for e, *shares in table.iter_rows()]
    lines += _table(table.columns, errors)
    without, _, left_out = found.errors["rms_log"]
    logs = (
        "\nRoot mean square of the log of time of those made: "
        f"{without:.3f} without, {left_out:.3f} leave-one-out. Scatter of that log which holds "
        f"four fifths of them, leave-one-out: {found.scatter:.2f}."
    )
    if not (again := found.repeats):
        return [*lines, logs]
    floor = (
        f"\n{again.trips} of them are of {again.relations} relations that were run more than once, in "
        "either direction. The median of the other trips of its relation foretells such a trip to "
        f"{_percent(again.by_others, '')} % in the median, this prediction to "
        f"{_percent(again.predicted, '')} %: by how much trips of one relation differ, no route can "
        "know."
    )
    return [*lines, logs, floor]


KINDS = ("distance", "time", "cost")
NAMED = {
    ("all", "all"): "all",
    ("announced", "no"): "**made or run**",
    ("announced", "yes"): "only announced",
}


def _figure(value: float | None, digits: int = 0) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def _percent(value: float | None, sign: str = "+") -> str:
    return "" if value is None else f"{100 * value:{sign}.0f}"


def _span(row: dict[str, Any], unit: str, digits: int) -> str:
    published = row["time_days" if unit == "days" else "cost_usd_per_unit"]
    low, high = row[f"predicted_p10_{unit}"], row[f"predicted_p90_{unit}"]
    if published is None or low is None:
        return ""
    return f"{_figure(low, digits)} to {_figure(high, digits)}"


def _fields(form: dict[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    for name, part in form.get("properties", {}).items():
        inner, at = part, f"{path}{name}"
        kind = part.get("type", "string")
        said = kind if isinstance(kind, str) else " or ".join(kind)
        yield f"`{at}`", said, part["description"]
        if kind == "array":
            inner, at = part["items"], f"{at}[]"
        yield from _fields(inner, f"{at}.")


def _table(header: object, rows: object) -> list[str]:
    cells = [[str("" if v is None else v).replace("|", "\\|") for v in row] for row in rows]  # type: ignore[attr-defined]
    names = list(header)  # type: ignore[call-overload]
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return lines + ["| " + " | ".join(row) + " |" for row in cells]


PAGES = {
    "tables.md": tables,
    "cli.md": command_line,
    "python.md": python,
    "routes-json.md": routes_json,
    "atlas.md": atlas,
    "berth-tables.md": berth_tables,
    "measures.md": measures,
    "trips.md": trips,
    "demand.md": lambda: docs_demand.page(_table),
}


def main() -> None:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for name, make in PAGES.items():
        text, file = MADE + make().rstrip() + "\n", REFERENCE / name
        if check and (not file.exists() or file.read_text("utf-8") != text):
            stale.append(name)
        elif not check:
            file.write_text(text, "utf-8", newline="\n")
    if stale:
        sys.exit(f"stale: {', '.join(stale)} in docs/reference; run `make docs`")


if __name__ == "__main__":
    main()
