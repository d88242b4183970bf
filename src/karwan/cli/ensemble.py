"""karwan ensemble: a study over draws of uncertain inputs."""

from __future__ import annotations

import inspect
import json
from collections import Counter
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from karwan.cli.tables import counting, open_network, print_table, refuse_missing_folder

if TYPE_CHECKING:
    from karwan.studies import Ensemble

__all__ = ["command"]

MOST_FACTORS, MOST_GATEWAYS, MOST_REASONS = 8, 12, 3
MARKS = ("p5", "p50", "p95")
Columns = Mapping[str, tuple[str, Callable[[float], str]]]
"""Numbers of a gateway that are printed: their title, and how one is written."""
GATEWAYS: dict[str, tuple[str, Columns]] = {
    "plan": (
        "best %",
        {
            "cost_usd": ("USD", lambda usd: f"{round(usd, -1):,.0f}"),
            "time_p50_h": ("days", lambda hours: f"{hours / 24:.0f}"),
        },
    ),
    "assign": (
        "largest %",
        {
            "teu": ("TEU", lambda teu: f"{round(teu, -2):,.0f}"),
            "share": ("share %", lambda share: f"{100 * share:.1f}"),
        },
    ),
}
"""What is printed of the gateways of a study: how one leads, and its numbers."""


@click.command(
    "ensemble",
    context_settings={"ignore_unknown_options": True},
    options_metavar="[OPTIONS]",
)
@click.argument("study")
@click.argument("question", nargs=-1, type=click.UNPROCESSED, metavar="[STUDY OPTIONS]...")
@click.option("--draws", type=int, default=200, show_default=True, help="Draws, at least 2.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the draws.")
@click.option("--sobol", is_flag=True, help="Total indices too: (inputs + 2) x draws runs.")
@click.option("--workers", type=int, default=1, show_default=True, help="Processes here.")
@click.option("--cluster", metavar="tcp://HOST:PORT", help="Dask scheduler to run on instead.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to keep draws; goes on there.")
@click.option("--number", "numbers", multiple=True, help="Rank inputs for this number; repeatable.")
@click.option("--factor", "factors", multiple=True, help="Draw this input alone; repeatable.")
@click.option("--scenario", multiple=True, help="Scenario or measure to lay over; repeatable.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write all draws here.")
@click.pass_context
def command(ctx: click.Context, /, study: str, question: tuple[str, ...], **asked: Any) -> None:
    r"""Map a study over draws of uncertain inputs.

    STUDY is plan, resilience or assign, with its own arguments and options. Costs, times, values,
    closures and opening dates are drawn together by a Latin hypercube, each within the range of
    its grade (table uncertainties). Shown are P5, P50 and P95, and the inputs that make them.

    \b
    Examples:
      karwan ensemble plan Karaganda Mombasa --teu 20 --draws 200 --workers 2
      karwan ensemble --draws 500 --out runs/july plan Almaty Karachi --depart 2027-07-01
      karwan ensemble plan Karaganda Mombasa --cluster tcp://127.0.0.1:8786
    """
    from karwan.studies import ensemble
    from karwan.studies.ensembles import STUDIES

    csv_file = asked["csv_file"]
    refuse_missing_folder(csv_file)
    options = _options(ctx, study, question) if study in STUDIES else {}
    network = open_network(asked["network"])
    names = ("draws", "seed", "sobol", "workers", "cluster", "out", "scenario", "factors")
    with counting("Drawing") as progress:
        found = ensemble(
            network,
            study,
            options=options,
            progress=progress,
            **{name: asked[name] for name in names},
        )
    ranked = list(asked["numbers"]) or None
    table = found.sensitivity(ranked)
    if csv_file is not None:
        found.draws.write_csv(csv_file)
    if asked["as_json"]:
        click.echo(json.dumps(found.to_dict(ranked), ensure_ascii=False, indent=1))
        return
    _print_head(found)
    if study in GATEWAYS:
        leads, columns = GATEWAYS[study]
        names_of = dict(network.table("nodes").select("node_id", "name").iter_rows())
        _print_gateways(found, names_of, columns, leads)
    _print_numbers(found, ranked)
    known = table.drop_nulls("rank_correlation")
    for (number,), part in known.group_by("number", maintain_order=True):
        _print_sensitivity(str(number), part.head(MOST_FACTORS).to_dicts())
    if known.is_empty():
        click.echo("Too few draws to say what the numbers hang on; --draws 200 is a good start.")


def _options(ctx: click.Context, study: str, question: tuple[str, ...]) -> dict[str, Any]:
    """Read the options of a study as its own verb reads them."""
    from karwan.studies.ensembles import STUDIES

    verb: click.Command = import_module(f"karwan.cli.{study}").command
    read = verb.make_context(f"{ctx.command_path} {study}", list(question))
    known = set(inspect.signature(STUDIES[study]).parameters) - {"network"}
    foreign = [
        parameter.opts[0]
        for parameter in verb.params
        if parameter.name not in known
        and read.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE
    ]
    if foreign:
        message = f"an ensemble has no use for {', '.join(foreign)} of {study}; leave it out"
        raise click.UsageError(message, ctx)
    return {name: value for name, value in read.params.items() if name in known}


def _print_head(found: Ensemble) -> None:
    run = found.run
    laid = f", scenario {' + '.join(run.scenario)}" if run.scenario else ""
    click.echo(
        f"{len(found)} draws of {len(found.factors)} uncertain inputs, "
        f"{run.options['design']}, seed {run.options['seed']}{laid}"
    )
    click.echo(
        f"Atlas {run.fingerprint[:12]}, karwan {run.karwan_version}, USD of {run.price_year}"
    )
    if len(found.failures):
        click.echo(f"{len(found.failures)} draws failed and are left out:")
        for reason, count in Counter(found.failures["reason"]).most_common(MOST_REASONS):
            click.echo(f"- {count}: {reason.splitlines()[0]}")


def _print_gateways(found: Ensemble, name: dict[str, str], columns: Columns, leads: str) -> None:
    """Print how often each gateway is there and leads, and the intervals of its figures."""
    best = dict(found.words.filter(what="gateway").select("word", "share").iter_rows())
    spans = {row["number"]: row for row in found.summary.iter_rows(named=True)}
    first = next(iter(columns))
    there = [n.removesuffix(f".{first}") for n in spans if n.endswith(f".{first}")]
    middle = {g: spans[f"{g}.{first}"]["p50"] for g in there}
    upward = 1 if leads == "best %" else -1
    there.sort(key=lambda g: (-best.get(g, 0), upward * middle[g]))
    rows = [
        [
            name.get(g, g),
            f"{100 * best.get(g, 0):.0f}",
            f"{100 * spans[f'{g}.{first}']['draws'] / len(found.draws):.0f}",
            *(
                show(spans[f"{g}.{column}"][mark])
                for column, (_, show) in columns.items()
                for mark in MARKS
            ),
        ]
        for g in there[:MOST_GATEWAYS]
    ]
    header = ["gateway", leads, "there %"]
    for title, _ in columns.values():
        header += [f"{title} P5", "P50", "P95"]
    print_table("Gateways", header, rows, right=range(1, len(header)))


def _print_numbers(found: Ensemble, ranked: list[str] | None) -> None:
    shown = ranked or found.headline
    rows = [
        [r["number"], str(r["draws"]), *(_figure(r[k]) for k in ("as_it_stands", "mean", *MARKS))]
        for r in found.summary.iter_rows(named=True)
        if r["number"] in shown
    ]
    header = ["number", "draws", "as it stands", "mean", "P5", "P50", "P95"]
    print_table("Intervals", header, rows, right=range(1, 7))


def _print_sensitivity(number: str, ranked: list[dict[str, Any]]) -> None:
    total = any(row["total"] is not None for row in ranked)
    header = ["input", "rank correlation", "first order %", "P5", "P95"]
    kinds = ["first_order", "first_order_low", "first_order_high"]
    if total:
        header += ["total %", "P5", "P95"]
        kinds += ["total", "total_low", "total_high"]
    rows = [
        [
            row["factor"],
            "" if row["rank_correlation"] is None else f"{row['rank_correlation']:+.2f}",
            *("" if row[k] is None else f"{100 * row[k]:.0f}" for k in kinds),
        ]
        for row in ranked
    ]
    print_table(f"What {number} hangs on", header, rows, right=range(1, len(header)))


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.0f}"
