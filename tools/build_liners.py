"""Write the liner services of ``inputs/liners.csv`` into the tables services and service_calls.

Each line of the input is a published rotation. The speed of its ships comes from the days of a
round trip: as printed, or as many weeks as ships serve it weekly. Rows of other services stay.

    PYTHONPATH=src python tools/build_liners.py [--out FOLDER]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from karwan import open_atlas
from karwan.routing.sea_matrix import sea_matrix
from rows import ATLAS, INPUTS, Row, merge_services, read_rows

STAY_H = 18.0
"""Time alongside at a call [h]; UNCTAD gives medians of 0.7 to 0.8 days for container ships."""
USUAL_KN = 14.0
"""Mean of all container ships [kn], where no speed can be derived."""
SLOWEST_KN, FASTEST_KN = 10.0, 22.0
"""Speeds out of this range say that the round trip holds waiting, or is not as printed."""
KM_PER_NM = 1.852


def speed_kn(line: Row, km: float) -> float:
    """Return the speed that a round trip needs, or the usual one.

    Parameters
    ----------
    line : dict
        Line of the input.
    km : float
        Length of the round trip [km].

    Returns
    -------
    float
        Speed [kn].
    """
    if not (line["ships"] or line["rotation_days"]):
        return USUAL_KN
    days = line["rotation_days"] or 7 * float(line["ships"]) / float(line["departures_per_week"])
    calls = len(line["calls"].split()) + int(line["calls_left_out"])
    at_sea_h = 24 * float(days) - STAY_H * calls
    speed = km / KM_PER_NM / at_sea_h if at_sea_h > 0 else FASTEST_KN + 1
    return round(speed, 1) if SLOWEST_KN <= speed <= FASTEST_KN else USUAL_KN


def loops() -> Callable[[Row], float]:
    """Return a function that measures the round trip of a line [km]."""
    network = open_atlas()

    def length_km(line: Row) -> float:
        shut = frozenset(line["avoids"].split("|")) - {""}
        matrix = sea_matrix(network, shut)
        port = {p: i for i, p in enumerate(matrix.ports)}
        stops = [port[call] for call in line["calls"].split()]
        legs = zip(stops, stops[1:] + stops[:1], strict=True)
        return float(sum(matrix.distance_km[a, b] for a, b in legs))

    return length_km


def service(line: Row, km: float) -> Row:
    """Return the row of `services` of a line of the input."""
    kept = ("service_id", "name", "operator", "departures_per_week", "ship_teu")
    dates = ("starts", "ends", "last_look", "source_id")
    row = {column: line[column] for column in kept + dates}
    row |= {"mode": "sea", "forms": "container", "status": "operating"}
    return row | {"speed_kn": f"{speed_kn(line, km):g}", "relay_p50_h": "", "relay_p95_h": ""}


def calls(line: Row) -> list[Row]:
    """Return the rows of service_calls of a line of the input."""
    same = {"service_id": line["service_id"], "source_id": line["source_id"]}
    return [
        same | {"call": str(n), "node_id": node, "stay_h": f"{STAY_H:g}"}
        for n, node in enumerate(line["calls"].split(), 1)
    ]


def main() -> None:
    """Write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ATLAS)
    out = parser.parse_args().out
    lines = read_rows(INPUTS / "liners.csv")
    length_km = loops()
    ours = {line["service_id"] for line in lines}
    merge_services(out, "services", [service(line, length_km(line)) for line in lines], ours)
    merge_services(out, "service_calls", [row for line in lines for row in calls(line)], ours)


if __name__ == "__main__":
    main()
