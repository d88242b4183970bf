"""One page on a venture: a single file that needs no network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from karwan.briefs.document import document, page_top, stamp
from karwan.briefs.markup import Html, el
from karwan.briefs.venture_charts import cash_chart, distribution_chart, tornado_chart
from karwan.studies.appraisal import Appraisal

__all__ = ["venture_page_text", "write_venture_page"]

CAUTION = (
    "A grade C is an estimate, whatever its digits say. Values are million USD of each year unless "
    "said otherwise; NPVs are of the first year."
)
SHOWN = 12
"""Guesses that are seen before a reader asks for more."""


def write_venture_page(found: Appraisal, file: Path | str) -> None:
    """Write one self-contained page: guesses, measures of each party, charts, statements.

    Parameters
    ----------
    found : Appraisal
        Appraisal.
    file : Path or str
        File to write.
    """
    Path(file).write_text(venture_page_text(found), encoding="utf-8", newline="\n")


def venture_page_text(found: Appraisal) -> str:
    """Return the page of `write_venture_page` as text."""
    venture, run = found.account.venture, found.run
    top = page_top(
        [
            stamp(
                network=run.network,
                fingerprint=run.fingerprint,
                karwan_version=run.karwan_version,
                price_year=run.price_year,
            )
        ]
    )
    years = f"{venture.first_year} to {venture.last_year}"
    main = [
        el("h1", f"{venture.name}, {years}"),
        el("p", venture["description"], class_="lead") if venture["description"] else None,
        *_assumed(found),
        *(el("p", text) for text in found.account.notices),
        el("h2", "Does it pay, and for whom"),
        _measures(found),
        cash_chart(found.account),
        el("p", _debt_words(found)),
        el("h2", "How sure"),
        tornado_chart(found.tornado, float(found.summary["project_npv"][0])),
        *_risk(found),
        el("h2", "Statements"),
        *(_statement(name, found.statements[name]) for name in ("income", "cash_flow", "balance")),
    ]
    bottom = el("footer", el("p", CAUTION), el("p", "Fingerprint: ", el("code", run.fingerprint)))
    return document(venture.name, top, main, bottom)


def _assumed(found: Appraisal) -> list[Html]:
    table = found.assumptions
    header = ["figure", "value", "unit", "grade", "source", "note"]
    columns = ("key", "value", "unit", "grade", "source", "note")
    guessed = table.filter(table["grade"] == "C")
    other = table.filter(table["grade"] != "C").select(columns)
    parts = []
    if len(guessed):
        rows = list(guessed.select(columns).iter_rows())
        caption = f"The first of {len(guessed)} guesses that this rests on (grade C)"
        made = guessed.select("source", "method").unique(maintain_order=True)
        ways = [el("li", el("b", s), f": {m}") for s, m in made.iter_rows()]
        parts += [
            el("h2", "Guesses first"),
            _table(caption, header, rows[:SHOWN]),
            el(
                "details",
                el("summary", f"{max(len(rows) - SHOWN, 0)} more, and how all were made"),
                _table("Other guesses", header, rows[SHOWN:]),
                el("ul", *ways),
            ),
        ]
    parts.append(
        el(
            "details",
            el("summary", f"{len(other)} other figures"),
            _table("Figures of grade A and B, and the user's own", header, other.iter_rows()),
        )
    )
    return parts


def _measures(found: Appraisal) -> Html:
    rows = [
        (
            r["view"],
            f"{r['rate']:.1%}",
            _million(r["npv_usd"]),
            "none" if r["irr"] is None else f"{r['irr']:.2%}",
            str(r["irr_count"]),
            _or_dash(r["mirr"], "{:.2%}"),
            _or_dash(r["payback_years"], "{:.1f}"),
            _or_dash(r["profitability_index"], "{:.2f}"),
            r["formula"],
        )
        for r in found.measures.iter_rows(named=True)
    ]
    header = ["view", "rate", "NPV", "IRR", "rates", "MIRR", "payback, years", "index", "flows are"]
    return _table("Measures of each party", header, rows)


def _debt_words(found: Appraisal) -> str:
    debt, state = found.debt, found.state
    text = "No debt. "
    if debt["amount"]:
        text = (
            f"Debt of {_million(debt['amount'])} million USD, {debt['gearing']:.0%} of what it "
            f"pays for, bound by {debt['bound_by']}; DSCR at least "
            f"{debt['minimum_dscr']:.2f}, LLCR {debt['llcr']:.2f}, PLCR {debt['plcr']:.2f}. "
        )
    return text + (
        f"The state takes {_million(state['fiscal_take'])} in taxes and payments to the port "
        f"authority and grants {_million(state['tax_granted'])} of tax."
    )


def _risk(found: Appraisal) -> list[Html]:
    if found.risk is None:
        return []
    chances = found.risk.chances
    said = "; ".join(
        f"{k.replace('_', ' ')} {v:.1%}"
        for k, v in chances.items()
        if v is not None and not k.endswith("_usd")
    )
    return [
        distribution_chart(found.risk),
        el("p", f"{len(found.risk.draws):,} draws, seed {found.risk.seed}: {said}."),
    ]


def _statement(name: str, table: pl.DataFrame) -> Html:
    names = [c for c in table.columns if c != "year"]
    header = ["year", *(c.removesuffix("_usd").replace("_", " ") for c in names)]
    rows = [(str(r["year"]), *(_million(r[c]) for c in names)) for r in table.to_dicts()]
    title = name.replace("_", " ").capitalize()
    return el("details", el("summary", title), _table(f"{title}, million USD", header, rows))


def _table(caption: str, header: Sequence[str], rows: Any) -> Html:
    body = []
    for row in rows:
        cells = [
            el("th", row[0], scope="row"),
            *(el("td", "" if v is None else v) for v in row[1:]),
        ]
        body.append(el("tr", *cells))
    table = el(
        "table",
        el("caption", caption),
        el("thead", el("tr", *(el("th", h, scope="col") for h in header))),
        el("tbody", *body),
    )
    return el("div", table, class_="scroll")


def _million(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "-"
    text = f"{value / 1e6:,.1f}"
    return "0.0" if text == "-0.0" else text


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)
