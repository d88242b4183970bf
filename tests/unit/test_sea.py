"""The sea graph on a small sea that can be checked by hand."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from karwan.network.sea import SeaGraph, sea_graph, sea_path
from karwan.network.sea_routes import port_routes


def small_sea(links: list[tuple[int, int, float, str | None]] | None = None) -> SeaGraph:
    """Return a sea of four points: A and B on one side of a strait, C beyond it, and a canal for river ships only.

    ``A -10- B -5 (strait)- C``, a long way round ``A -40- C`` and a river ``B -1 (river)- C``.
    """
    nodes = pl.DataFrame(
        {
            "sea_node": [7, 3, 5, 9],
            "lon_deg": [0.0, 1.0, 2.0, 30.0],
            "lat_deg": [0.0, 0.0, 0.0, 0.0],
            "node_id": ["A", None, "C", "D"],
        }
    )
    rows = links or [
        (7, 3, 10.0, None),
        (3, 5, 5.0, "strait"),
        (7, 5, 40.0, None),
        (3, 5, 1.0, "river"),
    ]
    table = pl.DataFrame(
        rows,
        schema={
            "from_sea_node": pl.Int64,
            "to_sea_node": pl.Int64,
            "distance_km": pl.Float64,
            "passage": pl.String,
        },
        orient="row",
    )
    passages = pl.DataFrame({"passage": ["strait", "river"], "sea_going": [True, False]})
    return sea_graph(nodes, table, passages)


def test_the_shortest_way_goes_through_an_open_strait() -> None:
    """10 km to B and 5 km through the strait; by hand."""
    path = sea_path(small_sea(), "A", "C")
    assert path.distance_km == 15.0
    assert path.passages == ("strait",)
    assert path.line_deg == [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)]


def test_a_shut_strait_forces_the_way_round() -> None:
    """The way round is 40 km; by hand."""
    path = sea_path(small_sea(), "A", "C", shut={"strait"})
    assert path.distance_km == 40.0
    assert path.passages == ()


def test_a_passage_for_river_ships_is_always_shut() -> None:
    """The river would make the way 11 km; a sea-going ship must not take it."""
    assert port_routes(small_sea(), ["A", "C"])[0][0, 1] == 15.0


def test_parallel_links_are_not_added_up() -> None:
    """Of links of 5 and 3 km between the same points the one of 3 km counts, in either direction of writing."""
    graph = small_sea([(7, 5, 5.0, None), (5, 7, 3.0, "strait"), (7, 5, 4.0, None)])
    assert port_routes(graph, ["A", "C"])[0][0, 1] == 3.0
    assert sea_path(graph, "A", "C").passages == ("strait",)
    assert port_routes(graph, ["A", "C"], shut={"strait"})[0][0, 1] == 4.0


def test_distances_are_symmetric_and_zero_at_home() -> None:
    """The sea is sailed both ways."""
    distance = port_routes(small_sea(), ["A", "C", "D"])[0]
    assert np.array_equal(distance, distance.T)
    assert np.array_equal(np.diag(distance), np.zeros(3))


def test_a_port_without_links_is_out_of_reach() -> None:
    """D lies on no link."""
    path = sea_path(small_sea(), "A", "D")
    assert math.isinf(path.distance_km)
    assert path.line_deg == []
    assert math.isinf(port_routes(small_sea(), ["A", "D"])[0][0, 1])


def test_the_way_to_the_same_port_is_zero() -> None:
    """No sailing is needed."""
    path = sea_path(small_sea(), "A", "A")
    assert (path.distance_km, path.passages, path.line_deg) == (0.0, (), [(0.0, 0.0)])


def test_no_ports_give_an_empty_table() -> None:
    """An empty question has an empty answer."""
    assert port_routes(small_sea(), [])[0].shape == (0, 0)


def test_an_unknown_passage_is_refused_with_the_known_ones() -> None:
    """The message lists what may be shut."""
    with pytest.raises(ValueError, match="unknown passage: kanal; known passages: river, strait"):
        port_routes(small_sea(), ["A"], shut={"kanal"})


def test_an_unknown_port_is_refused() -> None:
    """The message lists the known ports."""
    with pytest.raises(ValueError, match="'X' is no port of the sea graph; known ports: A, C, D"):
        sea_path(small_sea(), "A", "X")


def test_a_link_to_an_unknown_point_is_refused() -> None:
    """The tables must agree."""
    with pytest.raises(ValueError, match="sea_links names 99"):
        small_sea([(7, 99, 1.0, None)])


def test_a_link_without_length_is_refused() -> None:
    """A length of zero would vanish from a sparse matrix."""
    with pytest.raises(ValueError, match="longer than 0 km"):
        small_sea([(7, 5, 0.0, None)])


def test_long_steps_are_drawn_along_the_great_circle() -> None:
    """Along the equator from 0 to 30 degrees every drawn point has latitude 0, at most 2.7 degrees apart."""
    line = sea_path(small_sea([(7, 9, 3340.0, None)]), "A", "D").line_deg
    assert len(line) == 13
    assert all(abs(lat) < 1e-9 for _, lat in line)
    assert max(b[0] - a[0] for a, b in pairwise(line)) <= 2.7
