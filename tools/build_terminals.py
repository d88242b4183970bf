"""Simulate what terminals publish; write the page that sets both side by side.

Usage: ``python tools/build_terminals.py``; takes ten minutes of one core.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import karwan
from build_docs import _table as table
from karwan.studies.terminal_limits import terminal_limits
from karwan.studies.terminal_records import compare_records
from karwan.studies.terminal_stable import stable_limits

MADE = "<!-- made by tools/build_terminals.py -->\n\n"
PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "terminals.md"
OFFERED = ("throughput", "capacity")
PLACES = ({"berth", "quay_crane", "full vessel"}, {"track", "rail_crane", "full train"})
"""What binds at the quay, and at the tracks."""
WORDS = {"carried": "", "unstable": "unstable: a queue grows without end", "beyond": "at most"}
STABLE = """The traffic at which a terminal as described just carries what comes, found by halving the scale of its
traffic (8 runs of 180 days, to 1 %; a queue that grows too slowly for that passes). *Published* is the largest
capacity of the table above; *taken* is its part of the capacity that `karwan assign` goes by."""
WHY = """Why some are stable only below what is published or taken:

- **Bandar Abbas.** The published 8 million are a design figure of its quays: 5.9 million, and 2.1 million by a third
  phase (Tehran Times, 2020); thirty gantry cranes could move about as many if ships lay under them at all hours (last
  column of the next table). Customs lanes, the timetable of trains and the yard of transit are described for the two
  million that pass today, since nothing about them is published; they bind long before the quay, and would have to
  grow with traffic.
- **Sost.** No capacity is published. The 58,400 TEU of `capacities` are a working value, 80 lorries a day. The
  description is that of a post which examines most of what comes by hand, and is sized for the 14 lorries a day that
  passed in 2025; after a blockade it cleared ten consignments a day. Scanners came late in 2025. Both are grade C, and
  they contradict each other: the smaller follows what was seen.
- **Karachi.** The 4.1 million of the port are what its terminals would take when built out. They share traffic as their
  published capacities, and the place counts as full when the first of them is.
- **Torkham.** Two scanners of six minutes for all imports and half of the exports; 1,000 lorries a day were planned.
- **Gwadar, Hairatan.** Working values against lanes for a handful of boxes, and against the trains of today.
- **Poti, Aktau.** 1.1 million are planned with a new berth; 178,000 are what six ships can take, not their berth.
- **Dostyk, Lianyungang.** The trains of the timetable are full before tracks or cranes are."""
READ = """Rows of each description that rest on a publication that was read (column `read_source_id`): number, length,
depth or room of elements; calls, sizes or length of vessels and trains; shares of flows. All other figures of a row,
and all other rows, are estimates of grade C: above all lanes, times at them, dwell, hours of customs, rates of cranes."""
HEAD = """# Published and simulated terminals

`make atlas` makes this page. A published throughput or capacity is offered to the terminal of the
atlas as its traffic for a year, six times over; what gets through is set beside it. *Unstable* means that
some queue grows without end: the terminal as described does not carry it. *At most* means that nothing had to be
simulated, since by arithmetic alone some element would be worked more than all the time; the
figure is the traffic at which it just is. All other figures are those of the traffic in the table
`terminals`. No simulation uses a published figure in any other way; where both differ the last column
but one says why. Terminals are described from what was read about their quays, cranes and trains, and from
estimates graded C where nothing was: see [their sources](atlas.md#sources).
"""


def main() -> None:
    """Write the page."""
    atlas = karwan.open_atlas()
    rows = compare_records(atlas)
    names = dict(atlas.table("terminals").select("terminal_id", "name").iter_rows())
    grades = dict(atlas.table("sources").select("source_id", "grade").iter_rows())
    lines = [HEAD]
    for title, chosen in (
        (
            "Throughput and capacity",
            [r for r in rows.iter_rows(named=True) if r["quantity"] in OFFERED],
        ),
        ("Other figures", [r for r in rows.iter_rows(named=True) if r["quantity"] not in OFFERED]),
    ):
        lines.append(f"## {title}\n")
        header = [
            "terminal",
            "what",
            "year",
            "published",
            "simulated",
            "ratio",
            "busiest element",
            "note",
            "grade",
            "source",
        ]
        lines += table(header, [_row(r, names, grades) for r in chosen])
        lines.append("")
    lines += _summary(rows.to_dicts())
    lines += _stable(stable_limits(atlas).to_dicts(), names)
    lines += _limits(terminal_limits(atlas).to_dicts(), names)
    lines += _read(atlas, names)
    PAGE.write_text(MADE + "\n".join(lines).rstrip() + "\n", "utf-8", newline="\n")


def _row(r: dict[str, Any], names: dict[str, str], grades: dict[str, str]) -> tuple[str, ...]:
    shown = _figure(r["simulated"])
    if r["low"] is not None:
        shown += f" ({_figure(r['low'])} to {_figure(r['high'])})"
    said = f"{WORDS[r['held']]} {shown}".strip()
    ratio = "" if r["simulated"] is None else f"{r['simulated'] / r['published']:.2f}"
    what = f"{r['quantity'].replace('_', ' ')}, {r['unit']}"
    busiest = f"{r['busiest'].replace('_', ' ')}, {100 * r['load']:.0f} %"
    return (
        names[r["terminal_id"]], what, str(r["year"]), _figure(r["published"]), said, ratio,
        busiest, r["note"] or "", grades[r["source_id"]], r["source_id"],
    )  # fmt: skip


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"


def _summary(rows: list[dict[str, Any]]) -> list[str]:
    """Count what is carried."""
    lines = ["## What this shows\n"]
    for quantity in OFFERED:
        own = [r for r in rows if r["quantity"] == quantity]
        carried = [r for r in own if r["held"] == "carried"]
        close = [r for r in carried if abs(r["simulated"] / r["published"] - 1) <= 0.05]
        lines.append(
            f"- {quantity}: {len(carried)} of {len(own)} published figures are carried, "
            f"{len(close)} of them within 5 %."
        )
    lines.append(
        "- That a terminal carries its traffic says that its description is not too small, not that it is right: "
        "queues, times and ceilings rest on estimates of lanes, yards and timetables, and the ratio "
        "of waits to surveyed border times shows what lanes do not explain."
    )
    return lines


def _stable(rows: list[dict[str, Any]], names: dict[str, str]) -> list[str]:
    """List the largest stable traffic of each terminal beside published capacities."""
    shown = [
        (
            names[r["terminal_id"]],
            _thousands(r["teu_per_year"]),
            f"{_thousands(r['published_teu_per_year'])} ({r['published_year']})"
            if r["published_teu_per_year"]
            else "",
            _thousands(r["taken_teu_per_year"]) if r["taken_teu_per_year"] else "",
            _thousands(r["stable_teu_per_year"]),
            f"{r['busiest'].replace('_', ' ')}, {100 * r['load']:.0f} %",
            r["grows"],
        )
        for r in rows
    ]
    header = (
        "terminal", "TEU a year today", "published capacity", "taken by `capacities`",
        "largest stable", "worked most there", "grows beyond",
    )  # fmt: skip
    return ["", "## Largest stable traffic", "", STABLE, "", *table(header, shown), "", WHY]


def _read(atlas: karwan.Network, names: dict[str, str]) -> list[str]:
    """Count what was read of each terminal and what is estimated."""
    parts = ("terminal_elements", "terminal_carriers", "terminal_flows")
    shown = []
    for name, title in names.items():
        cells = []
        for part in parts:
            rows = atlas.table(part).filter(terminal_id=name)
            read = rows["read_source_id"].is_not_null().sum()
            cells.append(f"{read} of {len(rows)}")
        shown.append((title, *cells))
    header = ("terminal", "elements", "vessels, trains and trucks", "flows")
    return ["", "## What was read", "", READ, "", *table(header, shown)]


def _limits(rows: list[dict[str, Any]], names: dict[str, str]) -> list[str]:
    """List what binds first at each terminal, and its quay or tracks."""
    said = (
        "By arithmetic alone, the traffic at which elements would be worked all the time: the two that bind first "
        "(vessels and trains of a timetable can be full), "
        "and the quay or the tracks with their cranes. Queues, storms and tides come on top. Most lanes and yards are "
        "estimates, quays and gantry cranes were mostly read."
    )
    shown = []
    for terminal in dict.fromkeys(r["terminal_id"] for r in rows):
        own = [r for r in rows if r["terminal_id"] == terminal]
        bound = [r for r in own if r["limit_teu_per_year"] is not None]
        places = [r for kinds in PLACES for r in bound if r["kind"] in kinds]
        cells = [_limit(r) for r in bound[:2]]
        cells += [""] * (2 - len(cells))
        today = _thousands(own[0]["teu_per_year"])
        shown.append((names[terminal], today, *cells, _limit(places[0]) if places else ""))
    header = ("terminal", "TEU a year today", "binds first", "second", "quay or tracks")
    return ["", "## What binds first", "", said, "", *table(header, shown)]


def _limit(row: dict[str, Any]) -> str:
    return f"{row['kind'].replace('_', ' ')}: {_thousands(row['limit_teu_per_year'])}"


def _thousands(value: float) -> str:
    """Round to three digits."""
    return f"{float(f'{value:.3g}'):,.0f}"


if __name__ == "__main__":
    main()
