"""Simulate every terminal that stands for a capacity, and write its curve of delay.

Writes ``capacity_curves.csv`` of the atlas. Several terminals of one place share its traffic as they
do today, and its curve is that of all their boxes. The same tables and seed give the same bytes.
Takes a few minutes.

Usage::

    python tools/build_curves.py [--out FOLDER]
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from karwan.network import open_atlas
from karwan.terminals.curves import capacity_curve, of_capacities
from rows import ATLAS, columns_of

SOURCE = "terminal-curves"


def build(folder: Path) -> None:
    """Write the table.

    Parameters
    ----------
    folder : Path
        Folder it is written to.
    """
    atlas = open_atlas()
    names, keys = columns_of("capacity_curves")
    rows = []
    for capacity, terminals in of_capacities(atlas).items():
        curve = capacity_curve(atlas, terminals)
        print(f"{capacity}: stable up to {curve.limit:.2f} of capacity", flush=True)
        rows += [
            {
                "capacity_id": capacity,
                "knot": int(knot["knot"]),
                "load_share": f"{knot['load_share']:.15g}",
                "time_factor": f"{min(knot['time_factor'], 1_000.0):.15g}",
                "source_id": SOURCE,
            }
            for knot in curve.knots.iter_rows(named=True)
        ]
    rows.sort(key=lambda row: [row[key] for key in keys])
    with (folder / "capacity_curves.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=Path, default=ATLAS)
    build(parser.parse_args().out)
