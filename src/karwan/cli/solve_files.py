"""The part of karwan assign that solves problems from files instead of the atlas."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["file_options", "solve_files"]

FILE = click.Path(path_type=Path)
OPTIONS = (
    click.option("--tntp", type=(FILE, FILE), help="Solve this network and trip table instead."),
    click.option("--gmns", type=FILE, help="Solve this GMNS folder with demand.csv instead."),
    click.option("--gap", type=float, help="Relative gap to reach there.  [default: 1e-6]"),
    click.option("--per-length", type=float, help="Cost of a unit of length there.  [default: 0]"),
    click.option("--per-toll", type=float, help="Cost of a unit of toll there.  [default: 0]"),
    click.option("--csv", "csv", type=FILE, help="Write from, to, flow, cost of links there."),
)
NAMES = ("tntp", "gmns", "gap", "per_length", "per_toll", "csv")


def file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of problems from files to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def solve_files(asked: dict[str, Any], beside: dict[str, Any], *, as_json: bool) -> bool:
    """Solve a problem from files, if one is named; take its options out of `asked`.

    Parameters
    ----------
    asked : dict
        Options of the command; those of files are removed.
    beside : dict
        Its other options, which do not go with files either.
    as_json : bool
        Whether to print JSON.

    Returns
    -------
    bool
        Whether there was one.
    """
    mine = {name: asked.pop(name) for name in NAMES}
    csv = mine["csv"]
    if not mine["tntp"] and not mine["gmns"]:
        left = [f"--{n.replace('_', '-')}" for n, value in mine.items() if value is not None]
        if left:
            message = f"{', '.join(left)} needs --tntp NET TRIPS or --gmns FOLDER"
            raise click.UsageError(message)
        return False
    other = [f"--{n}" for n, value in (asked | beside).items() if value not in (None, (), False)]
    if mine["gmns"]:
        other += [f"--{n}" for n in ("tntp", "per-length", "per-toll") if mine[n.replace("-", "_")]]
    if other:
        message = f"{', '.join(other)} does not go with a problem from files; leave it out"
        raise click.UsageError(message)
    if csv is not None and (csv.is_dir() or not csv.resolve().parent.is_dir()):
        what = "is a folder" if csv.is_dir() else "lies in a folder that does not exist"
        message = f"{csv} {what}; name a file"
        raise click.BadParameter(message)
    _solve(mine, as_json=as_json)
    return True


def _solve(mine: dict[str, Any], *, as_json: bool) -> None:
    from karwan.assignment.equilibrium import user_equilibrium
    from karwan.assignment.gmns import read_gmns
    from karwan.assignment.tntp import read_tntp, write_flows
    from karwan.cli.tables import working

    costs = mine["per_length"], mine["per_toll"]
    if mine["gmns"]:
        problem = read_gmns(mine["gmns"])
    else:
        problem = read_tntp(*mine["tntp"], per_length=costs[0], per_toll=costs[1])
    with working("Looking for the equilibrium"):
        found = user_equilibrium(problem, gap=1e-6 if mine["gap"] is None else mine["gap"])
    if mine["csv"]:
        write_flows(found, mine["csv"])
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return
    click.echo(
        f"{found.problem}: {len(problem.nodes)} nodes, {len(problem.links)} links, "
        f"{len(problem.amount)} pairs, demand {problem.amount.sum():,.10g}"
    )
    if found.within:
        click.echo(f"demand from a node to itself, on no link: {found.within:,.10g}")
    click.echo(f"Beckmann objective  {found.beckmann_objective:.9f}")
    click.echo(f"total cost          {found.total_cost:.9f}")
    click.echo(f"relative gap        {found.relative_gap:.3e}")
    click.echo(f"iterations          {found.iterations}")
    click.echo(f"time                {found.seconds:.3f} s of CPU")
    if not found.converged:
        click.echo("the gap that was asked for is not reached; ask for a wider one", err=True)
