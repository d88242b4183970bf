"""How the functions of an event loop are compiled: they borrow arrays and do not count them.

Numba counts the references to every array that a function is handed, with atomic operations.
In a loop of events that took two thirds of the time. `lean` functions leave the counting out:
they may read and write arrays that their caller keeps, but make none. A division by zero gives
infinity there, as in NumPy. `hot` ones are besides
laid into their caller, as handing twenty arrays over costs more than most of them do.
"""

from __future__ import annotations

from typing import Any

from numba import njit

__all__ = ["hot", "lean"]

OPTIONS: dict[str, Any] = {"cache": True, "_nrt": False}

lean = njit(**OPTIONS)
hot = njit(**OPTIONS, inline="always")
