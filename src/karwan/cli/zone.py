"""karwan zone: where a tenant's plant serves each market at the least landed cost."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from karwan.cli.tables import open_network, refuse_missing_folder, working

__all__ = ["command"]


@click.command("zone")
@click.argument("case", required=False)
@click.option("--market", help="Show the detail of this market of the case only.")
@click.option("--place", help="Show what would make this zone of the case the best.")
@click.option("--depart", type=click.DateTime(["%Y-%m-%d"]), help="Day that freight holds for.")
@click.option("--scenario", multiple=True, help="Scenario or measure; repeatable.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--template", type=click.Path(path_type=Path), help="Write the case to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Also write landed costs.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Also write a page.")
def command(
    case: str | None,
    market: str | None,
    place: str | None,
    depart: dt.datetime | None,
    scenario: tuple[str, ...],
    network: Path | None,
    template: Path | None,
    csv_file: Path | None,
    html_file: Path | None,
    *,
    as_json: bool,
) -> None:
    r"""Compare free zones, bonds and cities for a tenant's plant, by landed cost.

    CASE is a ready case, a TOML file of your own (--template writes one to start from), or a zone
    whose developer's cash flow is known; without it the ready ones are listed. Freight and time
    come from the network's own routes. Guesses stand first.

    \b
    Examples:
      karwan zone
      karwan zone wheat-milling --market Kabul
      karwan zone steel-service-centre --html steel.html
      karwan zone ferroalloy-processing --place gwadar-free-zone
      karwan zone gwadar-free-zone
    """
    for file in (template, csv_file, html_file):
        refuse_missing_folder(file)
    opened = open_network(network)
    if case is None:
        from karwan.cli.zone_list import print_cases

        print_cases(opened, as_json=as_json)
        return
    if template is not None:
        from karwan.studies.zone_template import zone_template

        template.write_text(zone_template(opened, case), encoding="utf-8", newline="\n")
        click.echo(f"{case} written to {template}; change it and run: karwan zone {template}")
        return
    if case in set(opened.table("zone_developments")["zone_id"]):
        from karwan.cli.zone_developer import print_developer

        print_developer(opened, case, as_json=as_json)
        return
    from karwan.cli.zone_answer import print_answer
    from karwan.cli.zone_place import print_place
    from karwan.studies.zone import zone

    with working("Planning freight and landed costs"):
        found = zone(opened, case, depart=depart.date() if depart else None, scenario=scenario)
    if csv_file is not None:
        found.landed.write_csv(csv_file)
    if html_file is not None:
        from karwan.briefs.zone_page import write_zone_page

        write_zone_page(found, html_file, network=opened)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
    elif place is not None:
        print_place(found, place, market)
    else:
        print_answer(found, market)
