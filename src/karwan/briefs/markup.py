"""HTML and SVG that cannot be broken by the text in it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

__all__ = ["Html", "el", "join", "slug"]

VOID = frozenset({"meta", "br", "path", "rect", "circle", "line", "use", "col"})


class Html(str):
    """Text that is markup already; all other text is escaped when it is put on a page."""

    __slots__ = ()


def el(tag: str, *children: object, **attributes: object) -> Html:
    """Return one element.

    Parameters
    ----------
    tag : str
        Name of the element; a literal of the program, never data.
    *children : object
        Text and elements in order. Text is escaped, None is left out.
    **attributes : object
        Values are escaped; None and False leave an attribute out, True sets it bare. `_` in a
        name stands for `-`, and one at the end is dropped (`class_`).

    Returns
    -------
    Html
        The element as text.
    """
    parts = [f"<{tag}"]
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        key = name.rstrip("_").replace("_", "-")
        key = "viewBox" if key == "viewbox" else key
        parts.append(f" {key}" if value is True else f' {key}="{html.escape(str(value))}"')
    if tag in VOID:
        return Html("".join([*parts, "/>"]))
    return Html("".join([*parts, ">", join(children), f"</{tag}>"]))


def join(children: Iterable[object], between: str = "") -> Html:
    """Join texts and elements; text is escaped, None is left out."""
    texts = (
        child if isinstance(child, Html) else html.escape(str(child))
        for child in children
        if child is not None
    )
    return Html(between.join(texts))


def slug(text: object) -> str:
    """Return a text as a name for classes and ids: lower-case letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", str(text).lower()).strip("-") or "x"
