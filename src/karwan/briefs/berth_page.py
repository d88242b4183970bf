"""One page on a berth plan: a single file that needs no network."""

from __future__ import annotations

from pathlib import Path

from karwan.briefs.document import document, page_top
from karwan.briefs.gantt import gantt, gantt_key, gantt_text
from karwan.briefs.markup import Html, el
from karwan.briefs.tables import Cell, Column, table
from karwan.studies.run import karwan_version
from karwan.terminals.berth_plan import BerthPlan

__all__ = ["berth_page_text", "gantt_text", "write_berth_page"]

CAUTION = (
    "The bound is proven for the problem as given, on its grid of times: arrivals and handling "
    "times are taken as certain. A plan is as good as these figures."
)


def write_berth_page(plan: BerthPlan, file: Path | str) -> None:
    """Write one self-contained page on a berth plan: chart, bound, vessels, berths, what moved.

    Parameters
    ----------
    plan : BerthPlan
        Plan.
    file : Path or str
        File to write.
    """
    Path(file).write_text(berth_page_text(plan), encoding="utf-8", newline="\n")


def berth_page_text(plan: BerthPlan) -> str:
    """Return the page of `write_berth_page` as text.

    Parameters
    ----------
    plan : BerthPlan
        Plan.

    Returns
    -------
    str
        HTML.
    """
    title = f"Berth plan: {plan.problem.name}"
    label = "Berth plan, hours across"
    chart = el("div", gantt(plan), class_="scroll", tabindex="0", role="region", aria_label=label)
    hint = "Point at a stay for its figures."
    main = [
        el("h1", title),
        _facts(plan),
        el("figure", el("figcaption", label), chart, gantt_key(plan)),
        el("p", hint, class_="hint"),
        *_moved(plan),
        el("h2", "Vessels"),
        _vessels(plan),
        *([] if plan.problem.is_quay else [el("h2", "Berths"), _berths(plan)]),
    ]
    mark = f"karwan {karwan_version()}, seed {plan.seed}, {plan.method}"
    bottom = el("footer", el("p", CAUTION))
    return document(title, page_top([mark]), main, bottom, styles=["gantt.css"])


def _facts(plan: BerthPlan) -> Html:
    waits = plan.rows["wait_h"].to_numpy()
    gap = "0 %: proven optimal" if plan.is_optimal else f"{100 * plan.gap:.2f} % at most"
    facts = {
        "Vessels": f"{plan.rows.height}",
        "Cost, vessel-hours": f"{plan.upper:,.6g}",
        "No plan costs less than": f"{plan.lower:,.6g}",
        "Gap": gap,
        "Mean wait": f"{waits.mean():.1f} h",
        "Longest wait": f"{waits.max():.4g} h",
        "Grid": f"{plan.problem.step_h:g} h",
    }
    if plan.horizon_h is not None:
        facts["All leave by"] = f"hour {plan.horizon_h:g}"
    cells = [el("div", el("dt", name), el("dd", value)) for name, value in facts.items()]
    return el("dl", *cells, class_="facts")


def _moved(plan: BerthPlan) -> list[Html]:
    planned = plan.planned
    if not planned:
        return []
    moved = [f"{r['vessel']} ({r['moved']})" for r in plan.moved.iter_rows(named=True)]
    said = f"{len(moved)} of {planned} vessels that were planned are moved"
    text = f"{said}: {', '.join(moved)}." if moved else f"{said}."
    return [el("h2", "What is moved"), el("p", text)]


def _vessels(plan: BerthPlan) -> Html:
    problem = plan.problem
    columns = [Column("Vessel"), Column("Berth")]
    if problem.is_quay:
        columns += [Column("Bow at, m", is_figure=True), Column("Cranes", is_figure=True)]
    columns += [Column(n, is_figure=True) for n in ("Arrives", "Starts", "Leaves")]
    columns += [
        Column("Waits, h", is_figure=True),
        Column("Priority", is_figure=True),
        Column("Cost", is_figure=True, hint="Weighted hours, and what leaving the old plan costs"),
        Column("Note"),
    ]
    rows: list[tuple[list[object], dict[str, object]]] = []
    for row in plan.rows.iter_rows(named=True):
        cells: list[object] = [row["vessel"], row["berth"]]
        if problem.is_quay:
            cells += [Cell(f"{row['from_m']:g}", row["from_m"]), str(row["cranes"])]
        for column in ("arrival_h", "start_h", "departure_h"):
            clock = problem.clock(row[column])
            shown = f"{row[column]:.4g}" if clock is None else f"{clock.day} {clock:%b %H:%M}"
            cells.append(Cell(shown, row[column]))
        cells += [
            Cell(f"{row['wait_h']:.4g}", row["wait_h"]),
            Cell(f"{row['weight']:g}", row["weight"]),
            Cell(f"{row['cost']:.4g}", row["cost"]),
            "fixed" if row["fixed"] else row["moved"],
        ]
        rows.append((cells, {}))
    return table("Vessels in order of start", columns, rows, sortable=True)


def _berths(plan: BerthPlan) -> Html:
    first = float(plan.rows["start_h"].min())  # type: ignore[arg-type]
    last = float(plan.rows["departure_h"].max())  # type: ignore[arg-type]
    columns = [Column("Berth"), *(Column(n, is_figure=True) for n in ("Vessels", "Hours taken"))]
    columns.append(Column("Share of the plan, %", is_figure=True))
    rows: list[tuple[list[object], dict[str, object]]] = []
    for berth in plan.problem.berths["berth"]:
        own = plan.rows.filter(plan.rows["berth"] == berth)
        hours = float((own["departure_h"] - own["start_h"]).sum())
        share = 100 * hours / max(last - first, 1e-9)
        cells = [str(own.height), Cell(f"{hours:.4g}", hours), Cell(f"{share:.0f}", share)]
        rows.append(([berth, *cells], {}))
    return table("Use of berths from the first start to the last departure", columns, rows)
