"""karwan resilience: what each loss costs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.tables import open_network, print_table, working

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from karwan.network import Network
    from karwan.studies import Resilience

__all__ = ["command", "study"]

BY = ("transit", "gateway", "border")
MOST = 15
"""Losses that are printed; --json holds all."""


@click.command("resilience")
@click.option(
    "--origin", "origins", multiple=True, help="Place; repeatable.  [default: all origins]"
)
@click.option(
    "--market", "markets", multiple=True, help="Place; repeatable.  [default: all markets]"
)
@click.option("--commodity", default="general", show_default=True, help="Row of commodities.csv.")
@click.option("--teu", type=float, default=1.0, show_default=True, help="Size of a consignment.")
@click.option("--depart", type=click.DateTime(["%Y-%m-%d"]), help="Date whose state lasts.")
@click.option("--double", is_flag=True, help="Search pairs of losses too.")
@click.option("--portfolio", is_flag=True, help="Find the fewest ways that keep a promise.")
@click.option("--within-days", type=float, help="With --portfolio: days from ready to delivered.")
@click.option("--probability", type=float, help="Share in time.  [default: 0.95]")
@click.option("--by", type=click.Choice(BY), help="What a way is.  [default: transit]")
@click.option("--years", type=int, help="Length of a history of closures.  [default: 20]")
@click.option("--histories", type=int, help="Histories drawn.  [default: 100]")
@click.option("--seed", type=int, help="Seed of the draws.  [default: 0]")
@click.option("--teu-per-year", type=float, help="Freight for yearly costs.  [default: 1000]")
@click.option("--scenario", multiple=True, help="Scenario or measure to lay over; repeatable.")
@click.option("--network", type=click.Path(path_type=Path), help="Folder of another network.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def command(
    origins: tuple[str, ...],
    markets: tuple[str, ...],
    depart: dt.datetime | None,
    network: Path | None,
    *,
    double: bool,
    portfolio: bool,
    scenario: tuple[str, ...],
    as_json: bool,
    **asked: Any,
) -> None:
    r"""Show what is lost when a crossing, gateway, strait or country is lost.

    Extra cost and time are those of the best way that is left, for one consignment; pairs
    without one are cut off.

    With --portfolio: the fewest ways that keep delivery within some days with a probability, over
    simulated histories of closures. A way is a gateway and the country from which its own is
    entered (transit), a gateway alone, or a gateway and the borders crossed.

    \b
    Examples:
      karwan resilience --origin Almaty --origin Tashkent --market Karachi --market Mombasa
      karwan resilience --origin Karaganda --market "Jebel Ali" --double
      karwan resilience --portfolio --within-days 35 --origin Almaty --market Mombasa
    """
    from karwan.scenarios import apply_scenario

    opened = open_network(network)
    places = list(origins) or None, list(markets) or None
    day = depart.date() if depart else None
    cargo = {name: asked.pop(name) for name in ("commodity", "teu")}
    given = {name: value for name, value in asked.items() if value is not None}
    _refuse_mixture(given, portfolio=portfolio, double=double)
    if portfolio:
        _print_portfolio(
            opened, places, {**cargo, **given, "depart": day, "scenario": scenario}, as_json=as_json
        )
        return
    with working("Taking things away"):
        losses = {"origins": origins, "markets": markets, "depart": depart, **cargo}
        found = study({**losses, "double": double})(apply_scenario(opened, scenario))
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
        return
    click.echo(f"{found.pairs} pairs of places, {found.run.depart}")
    _print("Losses, those that cut off and cost most first", found.singles)
    if double:
        _print("Pairs of losses that hurt more together", found.doubles)


def study(asked: dict[str, Any]) -> Callable[[Network], Resilience]:
    """Return the losses of a network that the options of the verb ask for."""
    from karwan.studies.resilience import resilience

    return lambda network: resilience(
        network,
        list(asked["origins"]) or None,
        list(asked["markets"]) or None,
        commodity=asked["commodity"],
        teu=asked["teu"],
        depart=asked["depart"].date() if asked["depart"] else None,
        doubles=asked.get("double", False),
    )


def _refuse_mixture(given: dict[str, Any], *, portfolio: bool, double: bool) -> None:
    """Refuse options of the one study that are given to the other, all at once."""
    problems = []
    if portfolio and "within_days" not in given:
        problems.append("--portfolio needs --within-days")
    if portfolio and double:
        problems.append("--double belongs to losses, not to --portfolio")
    if not portfolio and given:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        problems.append(f"{names} need --portfolio")
    if problems:
        raise click.UsageError("; ".join(problems))


def _print_portfolio(
    network: Network,
    places: tuple[list[str] | None, list[str] | None],
    asked: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    from karwan.cli.portfolio_tables import print_portfolio
    from karwan.studies.portfolio import portfolio

    with working("Walking through histories"):
        found = portfolio(network, *places, **asked)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
    else:
        print_portfolio(found)


def _print(title: str, table: pl.DataFrame) -> None:
    header = ["lost", "kind", "pairs hit", "cut off", "USD more", "days more", "worst, worth USD"]

    def number(value: float | None, over: float = 1.0) -> str:
        return "" if value is None else f"{value / over:,.0f}"

    rows = [
        [
            r["lost"],
            r["kind"],
            str(r["pairs_hit"]),
            str(r["pairs_cut_off"]),
            number(r["mean_extra_cost_usd"]),
            number(r["mean_extra_time_h"], 24),
            number(r["largest_extra_generalised_usd"]),
        ]
        for r in table.head(MOST).iter_rows(named=True)
    ]
    print_table(title, header, rows, right=range(2, 7))
