"""Tables of an ensemble for people: what leads, intervals, and what they hang on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.tables import print_table

if TYPE_CHECKING:
    from karwan.network import Network
    from karwan.studies import Ensemble

__all__ = ["print_ensemble"]

MOST_FACTORS, MOST_PARTS, MOST_REASONS = 8, 12, 3
MARKS = ("p5", "p50", "p95")


@dataclass(frozen=True)
class Parts:
    """How the numbers of the parts of a result, such as its gateways, are printed.

    Attributes
    ----------
    title, what : str
        Title of the table, and the word that counts which of them leads, empty if none does.
    table, key, label : str
        Table that names them, its key, and the column to print.
    leads : str
        Title of the column of draws in which each leads.
    columns : mapping of str to (str, callable)
        Numbers that are printed: their title, and how one is written.
    is_least_first : bool
        Of those that lead as often the one with the least first number comes first.
    """

    title: str
    what: str
    table: str
    key: str
    label: str
    leads: str
    columns: Mapping[str, tuple[str, Callable[[float], str]]]
    is_least_first: bool = False


PARTS: dict[str, Parts] = {
    "plan": Parts(
        "Gateways", "gateway", "nodes", "node_id", "name", "best %",
        {
            "cost_usd": ("USD", lambda usd: f"{round(usd, -1):,.0f}"),
            "time_p50_h": ("days", lambda hours: f"{hours / 24:.0f}"),
        },
        is_least_first=True,
    ),
    "assign": Parts(
        "Gateways", "gateway", "nodes", "node_id", "name", "largest %",
        {
            "teu": ("TEU", lambda teu: f"{round(teu, -2):,.0f}"),
            "share": ("share %", lambda share: f"{100 * share:.1f}"),
        },
    ),
    "rank": Parts(
        "Measures, million USD", "measure", "measures", "measure_id", "name", "first %",
        {
            "npv_usd_m": ("NPV", lambda usd: f"{usd:,.0f}"),
            "benefit_cost_ratio": ("ratio", lambda ratio: f"{ratio:,.1f}"),
        },
    ),
    "volumes": Parts(
        "Modelled volumes of a year", "", "counts", "count_id", "count_id", "",
        {"modelled": ("modelled", lambda volume: f"{volume:,.0f}")},
    ),
}  # fmt: skip


def print_ensemble(found: Ensemble, study: str, ranked: list[str] | None, network: Network) -> None:
    """Print an ensemble.

    Parameters
    ----------
    found : Ensemble
        Ensemble.
    study : str
        Name of its study.
    ranked : list of str, optional
        Numbers to print and to rank inputs for; those of the headline if not given.
    network : Network
        Network, whose tables name gateways and measures.
    """
    _print_head(found)
    if study in PARTS:
        parts = PARTS[study]
        table = network.table(parts.table)
        _print_parts(found, parts, dict(zip(table[parts.key], table[parts.label], strict=True)))
    _print_numbers(found, ranked)
    known = found.sensitivity(ranked).drop_nulls("rank_correlation")
    for (number,), part in known.group_by("number", maintain_order=True):
        _print_sensitivity(str(number), part.head(MOST_FACTORS).to_dicts())
    if known.is_empty():
        click.echo("Too few draws to say what the numbers hang on; --draws 200 is a good start.")


def _print_head(found: Ensemble) -> None:
    run = found.run
    laid = f", scenario {' + '.join(run.scenario)}" if run.scenario else ""
    click.echo(
        f"{len(found)} draws of {len(found.factors)} uncertain inputs, "
        f"{run.options['design']}, seed {run.options['seed']}{laid}"
    )
    click.echo(
        f"Atlas {run.fingerprint[:12]}, karwan {run.karwan_version}, USD of {run.price_year}"
    )
    if len(found.failures):
        click.echo(f"{len(found.failures)} draws failed and are left out:")
        for reason, count in Counter(found.failures["reason"]).most_common(MOST_REASONS):
            click.echo(f"- {count}: {reason.splitlines()[0]}")


def _print_parts(found: Ensemble, parts: Parts, name: dict[str, str]) -> None:
    """Print how often each part of a result is there and leads, and intervals of its figures."""
    best = dict(found.words.filter(what=parts.what).select("word", "share").iter_rows())
    spans = {row["number"]: row for row in found.summary.iter_rows(named=True)}
    first = next(iter(parts.columns))
    there = [n.removesuffix(f".{first}") for n in spans if n.endswith(f".{first}")]
    if parts.what:
        upward = 1 if parts.is_least_first else -1
        there.sort(key=lambda g: (-best.get(g, 0), upward * spans[f"{g}.{first}"]["p50"]))
        there = there[:MOST_PARTS]

    def there_share(part: str) -> str:
        return f"{100 * spans[f'{part}.{first}']['draws'] / len(found.draws):.0f}"

    rows = [
        [
            name.get(g, g),
            *((f"{100 * best.get(g, 0):.0f}", there_share(g)) if parts.what else ()),
            *(
                show(spans[f"{g}.{column}"][mark])
                for column, (_, show) in parts.columns.items()
                for mark in MARKS
            ),
        ]
        for g in there
    ]
    header = [parts.key.removesuffix("_id").replace("node", "gateway")]
    header += [parts.leads, "there %"] if parts.what else []
    for title, _ in parts.columns.values():
        header += [f"{title} P5", "P50", "P95"]
    print_table(parts.title, header, rows, right=range(1, len(header)))


def _print_numbers(found: Ensemble, ranked: list[str] | None) -> None:
    shown = ranked or found.headline
    rows = [
        [r["number"], str(r["draws"]), *(_figure(r[k]) for k in ("as_it_stands", "mean", *MARKS))]
        for r in found.summary.iter_rows(named=True)
        if r["number"] in shown
    ]
    header = ["number", "draws", "as it stands", "mean", "P5", "P50", "P95"]
    print_table("Intervals", header, rows, right=range(1, 7))


def _print_sensitivity(number: str, ranked: list[dict[str, Any]]) -> None:
    total = any(row["total"] is not None for row in ranked)
    header = ["input", "rank correlation", "first order %", "P5", "P95"]
    kinds = ["first_order", "first_order_low", "first_order_high"]
    if total:
        header += ["total %", "P5", "P95"]
        kinds += ["total", "total_low", "total_high"]
    rows = [
        [
            row["factor"],
            "" if row["rank_correlation"] is None else f"{row['rank_correlation']:+.2f}",
            *("" if row[k] is None else f"{100 * row[k]:.0f}" for k in kinds),
        ]
        for row in ranked
    ]
    print_table(f"What {number} hangs on", header, rows, right=range(1, len(header)))


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.0f}"
