"""Write the through trains of ``inputs/trains.csv`` into the tables services and service_calls.

Each line of the input is a train that runs as a whole between two places. What it stands at
borders and changes of track gauge is that of the place when it began, from
``inputs/train_stops.csv``. Rows of other services stay.

    python tools/build_trains.py [--out FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rows import ATLAS, INPUTS, Row, merge_services, read_rows


def service(line: Row) -> Row:
    """Return the row of `services` of a line of the input."""
    kept = ("service_id", "name", "operator", "departures_per_week", "starts", "ends")
    row = {column: line[column] for column in (*kept, "last_look", "source_id")}
    return row | {"mode": "rail", "forms": "container", "status": "operating"}


def stop_of(line: Row, node: str, stops: list[Row]) -> Row | None:
    """Return the last stand at a place that was known when the train began, None if none is."""
    known = [row for row in stops if row["node_id"] == node and row["since"] <= line["starts"]]
    return max(known, key=lambda row: row["since"], default=None)


def calls(line: Row, stops: list[Row], borders: set[str]) -> list[Row]:
    """Return the rows of `service_calls` of a line of the input.

    At borders without a known stand nothing is loaded, unless the train begins, turns or ends there,
    and goods on it stand as others do.
    """
    nodes, rows = line["calls"].split(), []
    turns = {k for k in range(1, len(nodes) - 1) if nodes[k - 1] == nodes[k + 1]}
    for n, node in enumerate(nodes, 1):
        row = {"service_id": line["service_id"], "call": str(n), "node_id": node}
        row["source_id"] = line["source_id"]
        passes = 1 < n < len(nodes) and n - 1 not in turns
        stop = stop_of(line, node, stops)
        if passes and stop:
            row |= {k: stop[k] for k in ("stay_h", "stay_p95_h", "loads", "source_id")}
        elif passes and node in borders:
            row["loads"] = "false"
        elif node not in borders:
            row["stay_h"] = "0"
        rows.append(row)
    return rows


def main() -> None:
    """Write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ATLAS)
    out = parser.parse_args().out
    lines = read_rows(INPUTS / "trains.csv")
    stops = read_rows(INPUTS / "train_stops.csv")
    ours = {line["service_id"] for line in lines}
    merge_services(out, "services", [service(line) for line in lines], ours)
    borders = {
        row[side]
        for row in read_rows(ATLAS / "border_crossings.csv")
        for side in ("node_a", "node_b")
    }
    rows = [row for line in lines for row in calls(line, stops, borders)]
    merge_services(out, "service_calls", rows, ours)


if __name__ == "__main__":
    main()
