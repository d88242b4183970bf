"""karwan ensemble: a study over draws of uncertain inputs."""

from __future__ import annotations

import inspect
import json
from collections import Counter
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

    STUDY is plan or resilience, with its own arguments and options. Costs, times, values,
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
    if study == "plan":
        _print_gateways(found, dict(network.table("nodes").select("node_id", "name").iter_rows()))
    _print_numbers(found, ranked)
    for (number,), part in table.group_by("number", maintain_order=True):
        _print_sensitivity(str(number), part.head(MOST_FACTORS).to_dicts())


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


def _print_gateways(found: Ensemble, name: dict[str, str]) -> None:
    """Print how often each gateway is offered and is best, and its cost and time."""
    best = dict(
        found.words.filter(what="gateway").select("word", "share").iter_rows()  # most often first
    )
    spans = {row["number"]: row for row in found.summary.iter_rows(named=True)}
    offered = [n.removesuffix(".cost_usd") for n in spans if n.endswith(".cost_usd")]
    of = max(spans[number]["draws"] for number in found.headline)
    offered.sort(key=lambda g: (-best.get(g, 0), spans[f"{g}.generalised_cost_usd"]["p50"]))
    rows = [
        [
            name.get(g, g),
            f"{100 * best.get(g, 0):.0f}",
            f"{100 * spans[f'{g}.cost_usd']['draws'] / of:.0f}",
            *(f"{round(spans[f'{g}.cost_usd'][m], -1):,.0f}" for m in MARKS),
            *(f"{spans[f'{g}.time_p50_h'][m] / 24:.0f}" for m in MARKS),
        ]
        for g in offered[:MOST_GATEWAYS]
    ]
    header = ["gateway", "best %", "offered %", "USD P5", "P50", "P95", "days P5", "P50", "P95"]
    print_table("Gateways, those that are best most often first", header, rows, right=range(1, 9))


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
