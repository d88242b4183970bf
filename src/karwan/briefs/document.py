"""The frame of every page: head, policy, top and bottom; a single file that needs no network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from karwan.briefs.markup import Html, el
from karwan.network import Network

__all__ = ["document", "page_bottom", "page_top", "stamp"]


def document(
    title: str, top: Html, main: Iterable[object], bottom: Html, *, styles: Sequence[str] = ()
) -> str:
    """Return a whole page.

    Parameters
    ----------
    title : str
        Title of the window.
    top : Html
        Header.
    main : iterable of elements
        What the page is about.
    bottom : Html
        Footer.
    styles : sequence of str
        Style files beside page.css.

    Returns
    -------
    str
        HTML with its one style and one script inside.
    """
    style, script, *more = (
        files("karwan.briefs").joinpath(n).read_text("utf-8")
        for n in ("page.css", "page.js", *styles)
    )
    style = "".join([style, *more])
    body = [
        el("a", "To the content", href="#content", class_="skip"),
        top,
        el("main", *main, id="content"),
        bottom,
    ]
    head = [
        Html('<meta charset="utf-8"/>'),
        el("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", f"{title} - Karwan"),
        el("style", Html(style)),
    ]
    whole = el("html", el("head", *head), el("body", *body, el("script", Html(script))), lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


def _policy(style: str, script: str) -> str:
    """Allow nothing but the one style and the one script of the page, by their hashes."""
    sums = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (style, script)
    ]
    return (
        f"default-src 'none'; style-src 'sha256-{sums[0]}'; script-src 'sha256-{sums[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def stamp(*, network: str, fingerprint: str, karwan_version: str, price_year: int, **_: Any) -> str:
    """Write what a run was computed from on one line."""
    return f"{network} {fingerprint[:12]}, karwan {karwan_version}, USD of {price_year}"


def page_top(stamps: Sequence[str], links: Html | None = None) -> Html:
    """Write the header: the name, each stamp once, and links to the parts if there are any."""
    brand = el("span", "Karwan", class_="brand")
    return el(
        "header",
        el("p", brand, " trade corridors, planned and traced"),
        *(el("p", s, class_="stamp") for s in dict.fromkeys(stamps)),
        links,
    )


def page_bottom(network: Network, words: Sequence[str], fingerprints: Sequence[str]) -> Html:
    """Write the footer: disclaimer, words of caution, licences and fingerprints."""
    parts = [el("p", network.disclaimer)] if network.disclaimer else []
    parts += [el("p", text) for text in words]
    if network.licences:
        parts.append(el("p", "Licences of the data:"))
        parts.append(el("ul", *(el("li", line) for line in network.licences)))
    parts += [
        el("p", "Fingerprint of the data: ", el("code", p)) for p in dict.fromkeys(fingerprints)
    ]
    return el("footer", *parts)
