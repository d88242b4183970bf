"""karwan berths: plan which vessel berths when and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.tables import print_table, refuse_missing_folder, working

if TYPE_CHECKING:
    from karwan.terminals.berth_plan import BerthPlan
    from karwan.terminals.berth_problem import BerthProblem

__all__ = ["command"]

WRONG = 2
PATH = click.Path(path_type=Path)


@click.command("berths")
@click.argument("file", required=False, type=PATH)
@click.option("--time-limit", type=float, default=60, show_default=True, help="Seconds at most.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the search.")
@click.option("--check", "check_file", type=PATH, help="Check this plan (CSV) instead.")
@click.option("--replan", type=PATH, help="Plan so far (CSV); what leaves it is listed.")
@click.option("--now", type=float, help="Replan from this hour; what has begun is fixed.")
@click.option("--freeze", type=float, help="Hours after now in which starts are fixed too.")
@click.option("--html", type=PATH, help="Write a page with a Gantt chart here.")
@click.option("--svg", type=PATH, help="Write the Gantt chart here.")
@click.option("--csv", "csv_file", type=PATH, help="Write the plan here.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--template", type=PATH, help="Write an example to this folder instead.")
@click.option("--quay", "is_quay", is_flag=True, help="With --template: one quay with cranes.")
def command(file: Path | None, template: Path | None, **asked: Any) -> int:
    r"""Plan when and where vessels berth, with a proven bound on what is left to gain.

    FILE is a folder with quay.toml and tables, or one TOML file; --template writes one. Weighted
    time from arrival to departure is least. Discrete berths need nothing more; one quay with
    cranes needs OR-Tools: pip install 'karwan[berths]'. The exit code is 2 if --check finds
    something wrong.

    \b
    Examples:
      karwan berths --template my-port
      karwan berths my-port --csv plan.csv --html plan.html
      karwan berths my-port --check plan.csv
      karwan berths my-port --replan plan.csv --now 24 --freeze 6
    """
    if template is not None:
        _write_template(template, is_quay=asked["is_quay"])
        return 0
    if file is None:
        message = "name a file or folder, or --template FOLDER for an example"
        raise click.UsageError(message)
    if asked["is_quay"]:
        message = "--quay goes with --template; a plan says its kind in quay.toml"
        raise click.UsageError(message)
    for out in (asked["html"], asked["svg"], asked["csv_file"]):
        refuse_missing_folder(out)
    problem = _problem(file, asked)
    if asked["check_file"] is not None:
        return _check(problem, asked["check_file"], as_json=asked["as_json"])
    from karwan.terminals.berths import plan_berths

    with working("Planning"):
        plan = plan_berths(problem, time_limit_s=asked["time_limit"], seed=asked["seed"])
    if asked["csv_file"]:
        plan.rows.write_csv(asked["csv_file"])
    if asked["html"] or asked["svg"]:
        from karwan.briefs.berth_page import gantt_text, write_berth_page

        if asked["html"]:
            write_berth_page(plan, asked["html"])
        if asked["svg"]:
            asked["svg"].write_text(gantt_text(plan), "utf-8", newline="\n")
    if asked["as_json"]:
        click.echo(json.dumps(plan.to_dict(), indent=1, ensure_ascii=False, default=str))
    else:
        _print(plan)
    return 0


def _problem(file: Path, asked: dict[str, Any]) -> BerthProblem:
    from karwan.terminals.berth_read import read_berth_problem
    from karwan.terminals.berth_replan import read_plan, replanned

    problem = read_berth_problem(file)
    now, freeze = asked["now"], asked["freeze"]
    if asked["replan"] is None:
        if now is not None or freeze is not None:
            message = "--now and --freeze go with --replan PLAN"
            raise click.UsageError(message)
        return problem
    if (now or 0.0) < 0 or (freeze or 0.0) < 0:
        message = "--now and --freeze are hours, at least 0"
        raise click.UsageError(message)
    now = (problem.settings["now_h"] or 0.0) if now is None else now
    old = read_plan(asked["replan"], problem, complete=False)
    return replanned(problem, old, now, freeze or 0.0)


def _check(problem: BerthProblem, file: Path, *, as_json: bool) -> int:
    from karwan.terminals.berth_check import check_plan, plan_cost
    from karwan.terminals.berth_replan import read_plan

    rows = read_plan(file, problem)
    problems = check_plan(problem, rows)
    cost = None if problems else plan_cost(problem, rows)
    if as_json:
        lines = [str(p) for p in problems]
        click.echo(json.dumps({"problems": lines, "cost": cost}, indent=1, ensure_ascii=False))
    elif problems:
        noun = "problem" if len(problems) == 1 else "problems"
        click.echo(f"{len(problems)} {noun} in {file}:")
        for problem_found in problems:
            click.echo(f"  {problem_found}")
    else:
        click.echo(f"{file}: no problems; {rows.height} vessels, cost {cost:,.6g} vessel-hours")
    return WRONG if problems else 0


def _print(plan: BerthPlan) -> None:
    problem = plan.problem
    quay = ["place m", "cranes"] if problem.is_quay else []
    header = ["vessel", "berth", *quay, "arrives", "starts", "leaves", "waits h", "moved"]
    rows = []
    for row in plan.rows.iter_rows(named=True):
        place = [f"{row['from_m']:g}", str(row["cranes"])] if quay else []
        times = [_when(problem, row[c]) for c in ("arrival_h", "start_h", "departure_h")]
        moved = "fixed" if row["fixed"] else row["moved"]
        rows.append([row["vessel"], row["berth"], *place, *times, f"{row['wait_h']:g}", moved])
    last = len(header) - 1
    print_table(problem.name, header, rows, right=range(2, last))
    click.echo()
    for line in plan.sentences():
        click.echo(line)


def _when(problem: BerthProblem, hours: float) -> str:
    clock = problem.clock(hours)
    return f"{hours:g}" if clock is None else clock.strftime("%d %b %H:%M")


def _write_template(folder: Path, *, is_quay: bool) -> None:
    from karwan.terminals.berth_template import write_template

    try:
        files = write_template(folder, is_quay=is_quay)
    except FileExistsError as fault:
        message = f"{fault} is there already and is not written over; name a new folder"
        raise click.BadParameter(message) from fault
    click.echo(f"{', '.join(f.name for f in files)} are in {folder}")
