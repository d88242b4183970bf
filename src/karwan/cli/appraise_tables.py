"""Tables of an appraisal for people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from karwan.cli.tables import print_table

if TYPE_CHECKING:
    import polars as pl

    from karwan.appraisal.waiting import Waiting
    from karwan.studies.appraisal import Appraisal

__all__ = ["print_appraisal", "print_explanation", "print_keys", "print_ventures"]

MOST = 16
"""Assumptions that are printed of each grade; --csv holds all."""


def print_ventures() -> None:
    """List the ventures that ship with the package."""
    from karwan.appraisal.venture import read_venture
    from karwan.appraisal.venture_file import atlas_ventures

    rows = []
    for name in atlas_ventures():
        venture = read_venture(name)
        grades = [o.grade for o in venture.tree.origins.values() if o.grade]
        shares = " / ".join(str(grades.count(g)) for g in "ABC")
        rows.append([name, venture.name, f"{venture.first_year}-{venture.last_year}", shares])
    print_table("Ventures of the atlas", ["id", "venture", "years", "values A / B / C"], rows)


def print_keys() -> None:
    """List the keys of a venture file and the levers."""
    from karwan.appraisal.levers import LEVER_WORDS
    from karwan.appraisal.venture_form import form

    rows = [
        [k.key, k.kind, k.unit, "required" if k.required else k.default, k.description]
        for k in form().values()
    ]
    print_table("Keys of a venture file", ["key", "kind", "unit", "default", "says"], rows)
    print_table("Levers", ["lever", "moves"], [[k, v] for k, v in LEVER_WORDS.items()])


def print_explanation(found: Appraisal, figure: str) -> None:
    """Print formula, values and inputs of one line."""
    from karwan.appraisal.assumptions import assumptions
    from karwan.appraisal.lines import behind, line_of

    line, account = line_of(figure), found.account
    click.echo(f"{line.title} [{line.unit} a year] = {line.formula}")
    values = account.line(line.name)
    rows = [[str(y), f"{v:,.0f}"] for y, v in zip(account.years, values, strict=True)]
    print_table("By year", ["year", line.unit], rows, right=(1,))
    names = behind(account.venture, line)
    if names:
        _print_assumptions(assumptions(account.venture, names), "Inputs", len(names))


def print_appraisal(found: Appraisal, *, with_statements: bool) -> None:
    """Print guesses first, then measures of each view, debt, state, sensitivity and draws."""
    account = found.account
    venture = account.venture
    click.echo(f"{venture.name}, {venture.first_year} to {venture.last_year}, million USD")
    table = found.assumptions
    guessed = table.filter(table["grade"] == "C")
    if len(guessed):
        _print_assumptions(guessed, "Guesses that this rests on (grade C), first of all", MOST)
    counts = [f"{(table['grade'] == g).sum()} {g}" for g in ("A", "B", "C", "own")]
    click.echo(f"values by grade: {', '.join(counts)}")
    for text in account.notices:
        click.echo(f"note: {text}")
    _print_measures(found)
    _print_debt(found)
    _print_state(found)
    _print_sensitivity(found)
    if found.risk:
        _print_risk(found)
    if found.waiting:
        _print_waiting(found.waiting)
    if len(found.scenarios) > 1:
        _print_scenarios(found)
    if with_statements:
        for name in ("income", "cash_flow", "balance"):
            _print_statement(name.replace("_", " "), found.statements[name])


def _print_waiting(w: Waiting) -> None:
    until = "never built before the end of that time"
    if math.isfinite(w.threshold_usd):
        until = f"built at once from a worth of {_m(w.threshold_usd)}"
    if w.option_usd <= 0:
        until = "it brings less than nothing, so it is never built"
    click.echo(
        f"waiting with {w.phase!r} for up to {w.years} years is worth {_m(w.waiting_usd)}: "
        f"built in {w.start_year} it brings {_m(w.now_usd)}, with the right to wait "
        f"{_m(w.option_usd)} (volatility {w.volatility:.0%}, {until})"
    )


def _print_assumptions(table: pl.DataFrame, title: str, most: int) -> None:
    rows = [
        [r["key"], _cut(r["value"], 40), r["unit"], r["grade"],
         _cut(r["note"] or r["source"] or r["method"], 70)]
        for r in table.head(most).iter_rows(named=True)
    ]  # fmt: skip
    print_table(title, ["key", "value", "unit", "grade", "why"], rows)
    if len(table) > most:
        click.echo(f"and {len(table) - most} more; --json and --csv hold all")


def _print_measures(found: Appraisal) -> None:
    rows = [
        [
            r["view"],
            f"{r['rate']:.1%}",
            _m(r["npv_usd"]),
            "none" if r["irr"] is None else f"{r['irr']:.2%}",
            str(r["irr_count"]),
            "-" if r["mirr"] is None else f"{r['mirr']:.2%}",
            "-" if r["payback_years"] is None else f"{r['payback_years']:.1f}",
            "-" if r["profitability_index"] is None else f"{r['profitability_index']:.2f}",
        ]
        for r in found.measures.iter_rows(named=True)
    ]
    header = ["view", "rate", "NPV", "IRR", "roots", "MIRR", "payback y", "index"]
    print_table("Measures", header, rows, right=range(1, 8))
    for r in found.measures.iter_rows(named=True):
        if r["irr_count"] > 1 or (r["irr"] is None and r["kind"] in {"project", "owners"}):
            click.echo(f"IRR of {r['view']}: {r['irr_words']}")


def _print_debt(found: Appraisal) -> None:
    debt = found.debt
    if not debt["amount"]:
        click.echo("no debt")
        return
    click.echo(
        f"debt {_m(debt['amount'])} ({debt['gearing']:.0%} of what it pays for, bound by "
        f"{debt['bound_by']}), DSCR least {debt['minimum_dscr']:.2f} mean "
        f"{debt['mean_dscr']:.2f}, LLCR {debt['llcr']:.2f}, PLCR {debt['plcr']:.2f}"
    )


def _print_state(found: Appraisal) -> None:
    state = found.state
    click.echo(
        f"fiscal take {_m(state['fiscal_take'])} (tax, withholding, payments to the port "
        f"authority), tax granted {_m(state['tax_granted'])}, guarantees as stated "
        f"{_m(state['guarantee_base'])}, guaranteed debt at most "
        f"{_m(state['debt_guarantee_peak'])}"
    )


def _print_sensitivity(found: Appraisal) -> None:
    for item in found.break_even:
        who = "project" if item.measure == "project_npv" else "owners"
        click.echo(f"break-even of {who}: {item.words}")
    rows = [
        [
            r["lever"],
            f"{r['low']:.4g} to {r['high']:.4g}",
            _m(r["npv_at_low_usd"]),
            _m(r["npv_at_high_usd"]),
            _m(r["swing_usd"]),
        ]
        for r in found.tornado.iter_rows(named=True)
    ]
    print_table(
        "Tornado: NPV of the project, one lever at a time",
        ["lever", "from, to", "at low", "at high", "swing"],
        rows,
        right=(2, 3, 4),
    )


def _print_risk(found: Appraisal) -> None:
    risk = found.risk
    if risk is None:
        return
    rows = []
    for r in risk.summary.iter_rows(named=True):
        million = r["measure"].endswith("npv") or r["measure"] == "shortfall"
        share = r["measure"].endswith("irr")
        rows.append(
            [r["measure"]]
            + [_figure(r[k], million=million, share=share)
               for k in ("mean", "sd", "p5", "p50", "p95")]
        )  # fmt: skip
    header = ["measure", "mean", "sd", "P5", "P50", "P95"]
    print_table(f"{len(risk.draws):,} draws, seed {risk.seed}", header, rows, right=range(1, 6))
    said = [
        f"{k.replace('_', ' ')} {v:.1%}"
        for k, v in risk.chances.items()
        if v is not None and not k.endswith("_usd")
    ]
    click.echo(f"chances: {', '.join(said)}")
    called = risk.chances
    click.echo(
        f"guarantees cost {_m(called['guarantee_mean_usd'])} in the mean, "
        f"{_m(called['guarantee_p95_usd'])} at P95; calls on guaranteed debt "
        f"{_m(called['debt_guarantee_mean_usd'])} in the mean"
    )


def _print_scenarios(found: Appraisal) -> None:
    rows = []
    for r in found.scenarios.iter_rows(named=True):
        if r["why_not"]:
            rows.append([r["scenario"], "-", "-", "-", "-", _cut(r["why_not"], 90)])
            continue
        rows.append(
            [r["scenario"], _m(r["project_npv"]), _percent(r["project_irr"]),
             _percent(r["equity_irr"]), _m(r["debt_usd"]), ""]
        )  # fmt: skip
    header = ["scenario", "NPV", "project IRR", "owners IRR", "debt", "cannot run because"]
    print_table("Scenarios, debt sized anew", header, rows, right=range(1, 5))


def _print_statement(title: str, table: pl.DataFrame) -> None:
    names = [c for c in table.columns if c != "year"]
    rows = [[str(r["year"])] + [_m(r[c]) for c in names] for r in table.iter_rows(named=True)]
    header = ["year", *(c.removesuffix("_usd").replace("_", " ") for c in names)]
    print_table(title.capitalize(), header, rows, right=range(len(header)))


def _m(value: Any) -> str:
    """Write million USD."""
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value / 1e6:,.1f}".replace("-0.0", "0.0")


def _percent(value: float | None) -> str:
    return "none" if value is None or math.isnan(value) else f"{value:.2%}"


def _figure(value: float | None, *, million: bool, share: bool) -> str:
    if value is None or not math.isfinite(value):
        return "-"
    return _m(value) if million else f"{value:.2%}" if share else f"{value:,.2f}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
