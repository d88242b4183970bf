"""karwan ensemble: a study over draws of uncertain inputs."""

from __future__ import annotations

import inspect
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from karwan.cli.ensemble_tables import print_ensemble
from karwan.cli.tables import counting, open_network, refuse_missing_folder

__all__ = ["command"]


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

    STUDY is plan, resilience, assign, rank, volumes or appraise, with its own arguments and
    options. Costs, times, values, closures, opening dates and capital are drawn together by a
    Latin hypercube, each within the range of its grade (table uncertainties). Shown are P5, P50
    and P95, and the inputs that make them.

    \b
    Examples:
      karwan ensemble plan Karaganda Mombasa --teu 20 --draws 200 --workers 2
      karwan ensemble --draws 500 --out runs/july plan Almaty Karachi --depart 2027-07-01
      karwan ensemble rank etir gwadar-feeders --stress "" --draws 20 --workers 2
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
    found.sensitivity(ranked)  # raises on a number that is not there, before anything is written
    if csv_file is not None:
        found.draws.write_csv(csv_file)
    if asked["as_json"]:
        click.echo(json.dumps(found.to_dict(ranked), ensure_ascii=False, indent=1))
        return
    print_ensemble(found, study, ranked, network)


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
