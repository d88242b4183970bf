"""karwan gmns: write a GMNS folder."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]

FILE = click.Path(path_type=Path)


@click.command("gmns")
@click.argument("folder", type=FILE)
@click.option("--tntp", type=(FILE, FILE), help="Write this network and trip table instead.")
@click.option("--network", type=FILE, help="Folder of another network.")
def command(folder: Path, tntp: tuple[Path, Path] | None, network: Path | None) -> None:
    r"""Write a network, or a TNTP problem, as a GMNS folder.

    Of the atlas nodes and land links are written, with length, free speed where a running time
    is known, and mode; of a TNTP problem also its performance functions and demand, so that
    karwan assign --gmns FOLDER solves it.

    \b
    Examples:
      karwan gmns FOLDER
      karwan gmns FOLDER --tntp NET TRIPS
    """
    from karwan.assignment.gmns_files import write_gmns, write_network_gmns
    from karwan.assignment.tntp import read_tntp
    from karwan.network import open_atlas, read_network

    if tntp and network:
        message = "--tntp and --network name two things; leave one out"
        raise click.UsageError(message)
    if tntp:
        problem = read_tntp(*tntp)
        write_gmns(problem, folder)
        size = len(problem.nodes), len(problem.links)
    else:
        size = write_network_gmns(read_network(network) if network else open_atlas(), folder)
    click.echo(f"wrote {size[0]} nodes and {size[1]} links to {folder}")
