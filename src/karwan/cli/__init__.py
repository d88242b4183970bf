"""Command line: one file per verb, imported only when the verb is used."""

from __future__ import annotations

import atexit
import gc
import sys
from importlib import import_module

import click

__all__ = ["main"]

VERBS = {
    "plan": "List the best routes for one consignment.",
    "assign": "Find where the trade of a year flows, and where capacity binds.",
    "compare": "Run one study under several scenarios, side by side.",
    "rank": "Rank measures by what they bring alone and together.",
    "appraise": "Appraise a joint venture or concession for every party.",
    "simulate": "Simulate a terminal or border: queues, bottleneck, and what one more brings.",
    "zone": "Compare free zones, bonds and cities for a tenant's plant, by landed cost.",
    "closures": "Show how often borders, ports and straits shut, and for how long.",
    "resilience": "Show what is lost when a crossing, gateway, strait or country is lost.",
    "ensemble": "Map a study over draws of uncertain inputs.",
    "validate": "Compare predictions with published trips.",
    "volumes": "Compare modelled with published volumes, or fit the choice of ways to them.",
    "berths": "Plan which vessel berths when and where, with a proven bound.",
    "calibrate": "Fit a global factor of time to published trips.",
    "demand": "Say how large the market is that a gateway can win; read your own demand.",
    "atlas": "List what the atlas holds and how well it is known.",
    "queue": "Show how long those wait who come to berths, lanes or gates.",
    "gmns": "Write a network, or a TNTP problem, as a GMNS folder.",
    "check": "Check the tables of a network and name every problem at once.",
    "scenario": "List scenarios and measures; show what they change, cost and rest on.",
}

NEW_OBJECTS = 1_000_000
"""New objects after which Python looks for rubbish; no start makes as many."""


class LazyGroup(click.Group):
    """Group that knows its verbs by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Import one verb."""
        if name not in VERBS:
            return None
        command: click.Command = import_module(f"karwan.cli.{name}").command
        return _with_breaks(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of verbs without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


def _with_breaks(command: click.Command) -> click.Command:
    """Turn the marks of lines that stay apart, as raw docstrings hold them, into click's own."""
    if command.help:
        command.help = command.help.replace("\\b\n", "\b\n")
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _with_breaks(inner)
    return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="karwan")
def group() -> None:
    """Plan and compare trade corridors of landlocked countries.

    Every figure traces to a row of the atlas and its source; estimates say so.
    """


def main() -> None:
    """Run the command line: exit code 2 for the user's input, 1 for our faults.

    Modules make many objects and hardly any rubbish; to look through them for some, again and
    again as they come and once more on leaving, takes a quarter of a second.
    """
    gc.set_threshold(NEW_OBJECTS)
    atexit.register(gc.freeze)
    from karwan.errors import KarwanError

    try:
        code = group(standalone_mode=False, prog_name="karwan")
    except click.ClickException as fault:
        fault.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except KarwanError as fault:
        click.echo(f"{type(fault).__name__}: {fault}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)
