"""Several terminals at once, as those of one port: which they are, and what they do together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.studies.simulate import find_terminal
from karwan.studies.simulation import Simulation
from karwan.terminals.checks import interval

__all__ = ["find_terminals", "together"]

SUMS, MEANS = ("throughput", "trucks"), ("box time", "truck turn")
"""Figures of all that are added up, and those of which the mean over boxes or trucks is taken."""
COUNTS = {"box time": "throughput", "truck turn": "trucks"}
COLUMNS = {
    "measure": pl.String, "of": pl.String, "unit": pl.String,
    "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64,
}  # fmt: skip


def find_terminals(network: Network, wanted: Sequence[str]) -> list[str]:
    """Return the identifiers of terminals; a place stands for all that it has.

    Parameters
    ----------
    network : Network
        Network with terminals.
    wanted : sequence of str
        Each a terminal, as `find_terminal` takes it, or a place: identifier or name of a node, a
        crossing, a capacity, or a word that only names of terminals of one place hold, as Karachi.

    Returns
    -------
    list of str
        Identifiers, each once, in the order asked for.

    Raises
    ------
    InputError
        A word is no terminal and no place with terminals, or fits several places.
    """
    names = dict(network.table("nodes").select("node_id", "name").iter_rows())
    rows = network.table("terminals").select("terminal_id", "name", "target", "capacity_id").rows()
    found: list[str] = []
    for word in wanted:
        plain = word.strip().casefold()
        of_place = [
            row[0]
            for row in rows
            if plain in {w.casefold() for w in (*row[2:], names.get(row[2])) if w}
        ]
        part_of = [row for row in rows if plain and plain in f"{row[0]} {row[1]}".casefold()]
        exact = [row[0] for row in rows if plain in {row[0].casefold(), row[1].casefold()}]
        if not exact and of_place:
            found += of_place
        elif not exact and len(part_of) > 1 and len({row[2] for row in part_of}) == 1:
            found += [row[0] for row in part_of]
        else:
            found.append(find_terminal(network, word))
    return list(dict.fromkeys(found))


def together(found: Sequence[Simulation]) -> pl.DataFrame:
    """Add terminals up, replication by replication.

    Parameters
    ----------
    found : sequence of Simulation
        Terminals, simulated with as many replications each.

    Returns
    -------
    polars.DataFrame
        Sums of `SUMS`, and means of `MEANS` that count every box and truck once, with their 95 %
        intervals, as in `Simulation.summary`; empty if queues grow in one of them.

    Raises
    ------
    InputError
        They differ in their replications.
    """
    if len({run.run.options["replications"] for run in found}) > 1:
        message = "terminals are added up replication by replication; give all as many"
        raise InputError(message)
    if not all(run.stable for run in found):
        return pl.DataFrame(schema=COLUMNS)
    rows = []
    for measure in (*SUMS, *MEANS):
        known = [run for run in found if len(run.values.filter(measure=measure, of="all"))]
        if not known:
            continue
        weights = np.array([_of_all(run, COUNTS.get(measure, measure)) for run in known])
        if measure == "box time":
            weights /= np.array([[run.terminal["teu_per_box"]] for run in known])
        values = weights.sum(axis=0)
        if measure in MEANS:
            values = (weights * [_of_all(run, measure) for run in known]).sum(axis=0) / values
        unit = known[0].values.filter(measure=measure)["unit"][0]
        rows.append((measure, "all", unit, *interval(values)))
    return pl.DataFrame(rows, COLUMNS, orient="row")


def _of_all(run: Simulation, measure: str) -> list[float]:
    rows = run.values.filter(measure=measure, of="all").sort("replication")
    return [float(value) for value in rows["value"]]
