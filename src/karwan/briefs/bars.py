"""Small bars: grades, and how cost and time are made up."""

from __future__ import annotations

from karwan.briefs.markup import Html, el, join, slug

__all__ = ["grade_bar", "split_bar"]

GRADE_WIDTH, GRADE_HEIGHT = 40.0, 11.0
SPLIT_WIDTH, SPLIT_HEIGHT = 860.0, 26.0


def grade_bar(shares: dict[str, float]) -> Html:
    """Draw which share rests on sources of grade A, B and C, with the figures beside it.

    Parameters
    ----------
    shares : dict of str to float
        Share of each grade; they add up to 1.

    Returns
    -------
    Html
        SVG and text.
    """
    boxes, x = [], 0.0
    for grade, share in shares.items():
        wide = share * GRADE_WIDTH
        size = {"width": f"{wide:.1f}", "height": f"{GRADE_HEIGHT:g}"}
        if wide >= 0.05:
            boxes.append(el("rect", class_=f"grade-{slug(grade)}", x=f"{x:.1f}", **size))
        x += wide
    frame = {"width": f"{GRADE_WIDTH:g}", "height": f"{GRADE_HEIGHT:g}"}
    bar = el(
        "svg",
        *boxes,
        el("rect", class_="outline", **frame),
        class_="grades",
        aria_hidden="true",
        viewbox=f"-1 -1 {GRADE_WIDTH + 2:g} {GRADE_HEIGHT + 2:g}",
        width=f"{GRADE_WIDTH + 2:g}",
        height=f"{GRADE_HEIGHT + 2:g}",
    )
    text = " / ".join(f"{100 * share:.0f}" for share in shares.values())
    return join([bar, " ", el("span", text, class_="shares")])


def split_bar(parts: dict[str, float], names: dict[str, str], written: dict[str, str]) -> Html:
    """Draw one stacked bar and, below it, its key with figures.

    Parameters
    ----------
    parts : dict of str to float
        Amount of each part; the parts of 0 are left out.
    names, written : dict of str to str
        Name and figure in words of each part.

    Returns
    -------
    Html
        SVG and a list.
    """
    total = sum(parts.values()) or 1.0
    boxes, keys, x = [], [], 0.0
    for i, (part, amount) in enumerate(parts.items()):
        if amount <= 0:
            continue
        wide = amount / total * SPLIT_WIDTH
        tone = f"part-{i % 7}"
        size = {"width": f"{max(wide - 1.5, 0.5):.1f}", "height": f"{SPLIT_HEIGHT:g}"}
        boxes.append(el("rect", el("title", names[part]), class_=tone, x=f"{x:.1f}", **size))
        x += wide
        swatch = el(
            "svg", el("rect", class_=tone, width="12", height="12"), width="12", height="12"
        )
        share = f"{100 * amount / total:.0f} %"
        keys.append(el("li", swatch, f" {names[part]} ", el("b", written[part]), f" ({share})"))
    bar = el(
        "svg",
        *boxes,
        class_="split",
        aria_hidden="true",
        viewbox=f"0 0 {SPLIT_WIDTH:g} {SPLIT_HEIGHT:g}",
        preserveaspectratio="none",
    )
    return join([bar, el("ul", *keys, class_="key")])
