"""Grades of sources: A read in a cited publication, B recalled or one data set, C estimate."""

from __future__ import annotations

from karwan.network.network import Network

__all__ = ["GRADES", "source_grades", "worst"]

GRADES = ("A", "B", "C")
"""From the best to the worst."""


def source_grades(network: Network) -> dict[str, str]:
    """Return the grade of each source.

    Parameters
    ----------
    network : Network
        Network with a table `sources`.

    Returns
    -------
    dict of str to str
        Grade by source_id.
    """
    return dict(network.table("sources").select("source_id", "grade").iter_rows())


def worst(*grades: str) -> str:
    """Return the worst of some grades: a figure is as weak as the weakest row behind it.

    Parameters
    ----------
    *grades : str
        At least one of A, B and C.

    Returns
    -------
    str
        The last in the order A, B, C.
    """
    return max(grades, key=GRADES.index)
