"""One page that answers plans: a single file that needs no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from karwan.briefs.compare import comparison
from karwan.briefs.document import document, page_bottom, page_top, stamp
from karwan.briefs.markup import Html, el
from karwan.briefs.plan_part import plan_part
from karwan.briefs.tables import sources_table
from karwan.briefs.words import question, titles
from karwan.errors import InputError
from karwan.network import Network, open_atlas
from karwan.studies import Routes

__all__ = ["page_text", "write_page"]

SCHEMA = "karwan.routes/1"

Plan = Routes | Mapping[str, Any]
"""A plan, or its JSON form as read back from a file."""


def write_page(
    plans: Plan | Sequence[Plan], file: Path | str, *, network: Network | None = None
) -> None:
    """Write one self-contained page on one or several plans.

    The page holds maps, tables and charts, opens from disk without a network, and prints. The
    same plans give the same bytes.

    Parameters
    ----------
    plans : Routes, dict or sequence of them
        Plans, or their JSON forms.
    file : Path or str
        File to write.
    network : Network, optional
        Network with the land for the maps, the disclaimer and the licences. If not given, that
        of the first `Routes`, and for saved JSON the atlas.

    Raises
    ------
    InputError
        There is no plan, or one is of another form.

    Examples
    --------
    >>> import karwan
    >>> from karwan.briefs import write_page
    >>> atlas = karwan.open_atlas()
    >>> routes = karwan.plan(atlas, karwan.Consignment("Karaganda", "Mombasa", teu=20))
    >>> write_page(routes, "plan.html")  # doctest: +SKIP
    """
    Path(file).write_text(page_text(plans, network=network), encoding="utf-8", newline="\n")


def page_text(plans: Plan | Sequence[Plan], *, network: Network | None = None) -> str:
    """Return the page of `write_page` as text.

    Parameters
    ----------
    plans : Routes, dict or sequence of them
        Plans, or their JSON forms.
    network : Network, optional
        As for `write_page`.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    InputError
        There is no plan, or one is of another form.
    """
    given = [plans] if isinstance(plans, (Routes, Mapping)) else list(plans)
    if not given:
        message = "a page needs at least one plan"
        raise InputError(message)
    if network is None:
        own = [plan.query.base.network for plan in given if isinstance(plan, Routes)]
        network = own[0] if own else open_atlas()
    return _page([_values(plan) for plan in given], network)


def _values(plan: Plan) -> dict[str, Any]:
    found = plan.to_dict() if isinstance(plan, Routes) else dict(plan)
    if found.get("schema") != SCHEMA:
        message = f"the plan has the schema {found.get('schema')!r}; a page needs {SCHEMA!r}"
        raise InputError(message)
    return found


def _page(plans: list[dict[str, Any]], network: Network) -> str:
    names = titles(plans)
    one = len(plans) == 1
    title = f"{question(plans[0])}, {names[0]}" if one else "Plans compared"
    level = 1 if one else 2
    main = [
        None if one else el("h1", "Plans compared"),
        *comparison(plans),
        *(plan_part(plan, network, f"p{i}", level) for i, plan in enumerate(plans, 1)),
        el("section", el("h2", "Sources"), _sources(plans), class_="sources-part"),
    ]
    return document(title, _top(plans, names), main, _bottom(plans, network))


def _top(plans: list[dict[str, Any]], names: list[str]) -> Html:
    links = None
    if len(plans) > 1:
        items = [el("li", el("a", n, href=f"#p{i}")) for i, n in enumerate(names, 1)]
        links = el("nav", el("ol", *items), aria_label="Plans on this page")
    return page_top([stamp(**plan["run"]) for plan in plans], links)


def _sources(plans: list[dict[str, Any]]) -> Html:
    text = (
        "The share of a figure that rests on grade C is estimated, whatever its digits say. "
        "`karwan plan ... --explain N` walks from each figure of itinerary N to its rows, formula "
        "and sources."
    )
    return el(
        "details",
        el("summary", "All sources, with grade, year and address"),
        el("p", text),
        sources_table(plans),
    )


def _bottom(plans: list[dict[str, Any]], network: Network) -> Html:
    rounded = "Figures are rounded to three digits; no tariff or border time is known better."
    return page_bottom(network, [rounded], [p["run"]["fingerprint"] for p in plans])
