"""Paths of arcs, one or many one after the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Path", "Paths"]

Path = NDArray[np.intp]
"""Arcs of a query in order."""


class Paths(NamedTuple):
    """Paths one after the other.

    Attributes
    ----------
    first : int32[n_paths + 1]
        ``arc[first[i]:first[i + 1]]`` is path i; none is empty.
    arc : int[n]
        Arcs of the query.
    """

    first: NDArray[np.int32]
    arc: Path

    @property
    def n_paths(self) -> int:
        """Number of paths."""
        return len(self.first) - 1

    def path(self, i: int) -> Path:
        """Return one path."""
        return self.arc[self.first[i] : self.first[i + 1]]

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return sums over each path of values that belong to its arcs."""
        if self.n_paths == 0:
            return np.zeros((0, *values.shape[1:]))
        return np.add.reduceat(values, self.first[:-1])

    def joined(self, other: Paths) -> Paths:
        """Return these paths with others behind them."""
        first = np.append(self.first, other.first[1:] + self.first[-1])
        return Paths(first.astype(np.int32), np.append(self.arc, other.arc))

    def rows(self, chosen: NDArray[np.intp]) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
        """Return where each of some paths would begin, and the rows of their arcs in order."""
        sizes = np.diff(self.first)[chosen]
        first = np.append(0, np.cumsum(sizes))
        rows = np.arange(first[-1]) + np.repeat(self.first[chosen] - first[:-1], sizes)
        return first.astype(np.int32), rows

    @classmethod
    def of(cls, paths: list[Path]) -> Paths:
        """Lay separate paths one after the other."""
        first = np.zeros(len(paths) + 1, np.int32)
        np.cumsum([len(path) for path in paths], out=first[1:])
        return cls(first, np.concatenate(paths) if paths else np.zeros(0, np.intp))
