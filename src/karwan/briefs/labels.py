"""Labels that do not overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from karwan.briefs.markup import Html, el, join

__all__ = ["Placed", "Wish", "draw_labels", "place_labels"]

WIDTH_OF_LETTER = 0.56
"""Mean width of a letter as a share of the size of the type."""

ANGLES = (0, 180, -45, 45, -135, 135, 90, -90, -20, 20, 160, -160, -70, 70, -110, 110)


@dataclass(frozen=True)
class Wish:
    """A label that is wanted.

    Attributes
    ----------
    x, y : float
        Point it belongs to [units].
    text : str
        Text.
    size : float
        Size of the type [units].
    kind : str
        Class of the element.
    reach : float
        Farthest it may lie from its point [units]; it is left out if no room is nearer.
    clear : float
        Radius of the mark at the point [units].
    """

    x: float
    y: float
    text: str
    size: float
    kind: str
    reach: float = 400.0
    clear: float = 7.0


@dataclass(frozen=True)
class Placed:
    """A label in its place: the box of its text, and the wish it meets."""

    wish: Wish
    left: float
    top: float
    right: float
    bottom: float


def place_labels(
    wishes: Sequence[Wish],
    width: float,
    height: float,
    lines: NDArray[np.float64] | None = None,
) -> list[Placed]:
    """Place labels, the first wishes first.

    Each label takes the place, on rings round its point, that is near and covers few points of
    the lines; none lies on another label, on the mark of any wish or outside the drawing.

    Parameters
    ----------
    wishes : sequence of Wish
        Labels, most important first.
    width, height : float
        Size of the drawing [units].
    lines : float64[n, 2], optional
        Points along lines that labels had better not cover.

    Returns
    -------
    list of Placed
        Labels that found room, in the order of the wishes.
    """
    taken = [
        (w.x - w.clear, w.y - w.clear, w.x + w.clear, w.y + w.clear) for w in wishes if w.clear
    ]
    boxes = np.array(taken).reshape(-1, 4)
    along = np.empty((0, 2)) if lines is None else lines
    placed = []
    for wish in wishes:
        box = _find(wish, width, height, boxes, along)
        if box is not None:
            placed.append(Placed(wish, *box))
            boxes = np.vstack((boxes, box))
    return placed


def _find(
    wish: Wish,
    width: float,
    height: float,
    boxes: NDArray[np.float64],
    lines: NDArray[np.float64],
) -> tuple[float, float, float, float] | None:
    wide, tall = len(wish.text) * wish.size * WIDTH_OF_LETTER + 4, wish.size * 1.2
    best, best_score = None, math.inf
    radius = wish.clear + 3
    while radius <= wish.reach and radius / 6 < best_score:
        for turn in ANGLES:
            across, down = math.cos(math.radians(turn)), math.sin(math.radians(turn))
            x = wish.x + radius * across + (across - 1) / 2 * wide
            y = wish.y + radius * down + (down - 1) / 2 * tall
            box = (x, y, x + wide, y + tall)
            if x < 2 or y < 2 or box[2] > width - 2 or box[3] > height - 2 or _hits(box, boxes):
                continue
            covered = int(_inside(box, lines).sum())
            score = radius / 6 + 1.2 * covered + 0.02 * ANGLES.index(turn)
            if score < best_score:
                best, best_score = box, score
        radius += 6
    return best


def _hits(box: tuple[float, float, float, float], boxes: NDArray[np.float64]) -> bool:
    left, top, right, bottom = box
    return bool(
        (
            (boxes[:, 0] < right)
            & (boxes[:, 2] > left)
            & (boxes[:, 1] < bottom)
            & (boxes[:, 3] > top)
        ).any()
    )


def _inside(
    box: tuple[float, float, float, float], points: NDArray[np.float64]
) -> NDArray[np.bool_]:
    left, top, right, bottom = box
    x, y = points[:, 0], points[:, 1]
    inside: NDArray[np.bool_] = (x > left) & (x < right) & (y > top) & (y < bottom)
    return inside


def draw_labels(placed: Sequence[Placed]) -> Html:
    """Draw labels, with a thin line to the point where they lie apart from it."""
    leaders, texts = [], []
    for label in placed:
        wish = label.wish
        x = min(max(wish.x, label.left), label.right)
        y = min(max(wish.y, label.top), label.bottom)
        if math.hypot(x - wish.x, y - wish.y) > wish.clear + 9:
            leaders.append(
                el("line", class_="leader", x1=_u(wish.x), y1=_u(wish.y), x2=_u(x), y2=_u(y))
            )
        texts.append(
            el(
                "text",
                wish.text,
                class_=f"label {wish.kind}",
                x=_u((label.left + label.right) / 2),
                y=_u(label.top + wish.size * 0.95),
                font_size=f"{wish.size:g}",
            )
        )
    return join([*leaders, *texts])


def _u(value: float) -> str:
    return f"{value:.1f}"
