"""karwan compare: one study under several scenarios."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.tables import open_network, print_table, refuse_missing_folder, working

if TYPE_CHECKING:
    from karwan.studies import Comparison

__all__ = ["command"]

BIG = 100.0
"""Numbers from here on are printed without decimals."""
NOISE = 5e-5
"""Relative changes below this are printed as none; --csv and --json hold them."""


@dataclass(frozen=True)
class Shown:
    """How the results of one verb are compared.

    Attributes
    ----------
    key : tuple of str
        Key of its summary; the last column is printed.
    figures : tuple of str
        Figures printed if none are named.
    options : str
        Arguments and options of the verb that its function `study` reads.
    """

    key: tuple[str, ...]
    figures: tuple[str, ...]
    options: str


STUDIES = {
    "plan": Shown(
        ("gateway", "gateway_name"),
        ("cost_usd_per_unit", "time_p50_h", "co2_kg"),
        "origin destination commodity teu feu tonnes truckloads depart by via avoid "
        "max_transfers epsilon",
    ),
    "resilience": Shown(
        ("targets", "lost"),
        ("pairs_hit", "pairs_cut_off", "mean_extra_generalised_usd"),
        "origins markets commodity teu depart",
    ),
    "assign": Shown(
        ("gateway", "name"),
        ("teu", "cost_usd_per_teu", "time_h"),
        "year depart elasticity deterministic captive demand",
    ),
    "validate": Shown(
        ("what", "group"),
        ("distance_error_median", "time_error_median", "cost_error_median"),
        "file",
    ),
}
"""Verbs that can be compared: each has a function `study` in its file."""
PAGES = {"plan": "Write a page with all plans here.", "assign": "Write a page side by side here."}
"""Verbs whose comparison can be written as a page."""


@click.group("compare")
def command() -> None:
    r"""Run one study under several scenarios, side by side.

    STUDY takes its own options. The first scenario is what the others are held against; `today`
    is the network as it is; A+B lays A and B together.

    \b
    Examples:
      karwan compare plan Tashkent Karachi --scenario today --scenario calm
      karwan compare resilience --origin Almaty --market Karachi --scenario today --scenario calm
      karwan compare assign --scenario today --scenario reopen-afghan-crossings
    """


def _options() -> list[click.Parameter]:
    file = click.Path(path_type=Path)
    return [
        click.Option(
            ["--scenario"],
            multiple=True,
            required=True,
            help="Scenario or measure, or several joined by +; repeatable, the first is the base.",
        ),
        click.Option(
            ["--figure"], multiple=True, help="Column of the summary to print; repeatable."
        ),
        click.Option(["--json", "as_json"], is_flag=True, help="Print JSON instead of tables."),
        click.Option(["--csv", "csv_file"], type=file, help="Write all figures here."),
    ]


def _compared(verb: str, shown: Shown) -> click.Command:
    """Make the command that compares one verb, with the verb's own arguments."""
    module = import_module(f"karwan.cli.{verb}")
    taken = [*shown.options.split(), "network"]
    params = [p for p in module.command.params if p.name in taken] + _options()
    if verb in PAGES:
        file = click.Path(path_type=Path)
        params.append(click.Option(["--html", "html_file"], type=file, help=PAGES[verb]))

    def callback(**asked: Any) -> None:
        _run(verb, module.study, shown, asked)

    first = module.command.help.splitlines()[0].rstrip(".")
    text = f"{first}, under several scenarios."
    return click.Command(verb, params=params, callback=callback, help=text)


def _run(
    verb: str, study: Callable[[dict[str, Any]], Any], shown: Shown, asked: dict[str, Any]
) -> None:
    from karwan.studies import compare

    for name in ("csv_file", "html_file"):
        refuse_missing_folder(asked.get(name))
    with working("Comparing"):
        network = open_network(asked["network"])
        own = {name: asked[name] for name in shown.options.split()}
        found = compare(network, study(own), asked["scenario"], key=shown.key)
    tables = [found.side_by_side(figure) for figure in asked["figure"] or shown.figures]
    if asked["csv_file"]:
        found.summary.write_csv(asked["csv_file"])
    if asked.get("html_file"):
        from karwan.briefs import write_flow_page, write_page

        many = list(found.results.values())
        if verb == "plan":
            write_page(many, asked["html_file"], network=network)
        else:
            write_flow_page(many, asked["html_file"])
    if asked["as_json"]:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return
    _print(found, dict(zip(asked["figure"] or shown.figures, tables, strict=True)))
    if verb == "assign":
        from karwan.briefs.flow_words import differences_in_words

        base, *others = found.scenarios
        for name in others:
            click.echo()
            words = differences_in_words(found.results[base], found.results[name], base, name)
            click.echo("\n".join(words))


def _print(found: Comparison, tables: dict[str, Any]) -> None:
    """Print a table a figure, then what failed."""
    run = next(iter(found.runs.values()))
    click.echo(
        f"Held against {found.scenarios[0]}; departing {run.depart}; atlas "
        f"{run.fingerprint[:12]}, karwan {run.karwan_version}, USD of {run.price_year}"
    )
    header = [found.key[-1], found.scenarios[0]]
    for scenario in found.scenarios[1:]:
        header += [scenario, "change", "%"]
    for figure, table in tables.items():
        rows = [_row(row, found) for row in table.iter_rows(named=True)]
        print_table(figure, header, rows, right=range(1, len(header)))
    for scenario, why in found.failures.items():
        click.echo(f"! {scenario}: {why}")


def _row(row: dict[str, Any], found: Comparison) -> Sequence[str]:
    cells = [str(row[found.key[-1]]), _number(row[found.scenarios[0]])]
    for scenario in found.scenarios[1:]:
        share = row[f"{scenario} change share"]
        change = row[f"{scenario} change"]
        if share is not None and abs(share) < NOISE:
            change = 0.0
        cells += [_number(row[scenario]), _number(change, "+")]
        cells.append("" if share is None else f"{100 * (0.0 if change == 0 else share):+.0f}")
    return cells


def _number(value: float | None, sign: str = "") -> str:
    if value is None:
        return ""
    return f"{value:{sign},.0f}" if abs(value) >= BIG else f"{value:{sign}.3g}"


for _verb, _shown in STUDIES.items():
    command.add_command(_compared(_verb, _shown))
