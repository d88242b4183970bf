"""Build the supernetwork: states of cargo at places, and the arcs between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from karwan.network import Network
from karwan.routing.arcs import FORMS, ArcTable, Carriage
from karwan.routing.build import SupernetworkBuild
from karwan.routing.calendar import DayState, Target
from karwan.routing.costs import RateBooks, rate_books
from karwan.routing.handling_arcs import add_handling_arcs
from karwan.routing.link_arcs import add_link_arcs
from karwan.routing.sea_arcs import add_sea_arcs
from karwan.routing.train_arcs import add_train_arcs

__all__ = ["Supernetwork", "build_supernetwork"]


@dataclass(frozen=True, eq=False)
class Supernetwork:
    """States and arcs of a network on one date, for one container unit.

    Attributes
    ----------
    network : Network
        Where it comes from.
    state : DayState
        What held on the date.
    books : RateBooks
        Rate tables, for explanations.
    nodes : tuple of str
        node_ids by node index.
    where : dict of str to int
        Node index by node_id.
    country_index : dict of str to int
        Country index by code.
    node_country : int32[n_nodes]
        Country index of each node.
    states : dict of (int, Carriage) to int
        State by node index and carriage.
    states_at : dict of int to list of (Carriage, int)
        Carriages and states of each node.
    state_node, state_form : int32[n_states]
        Node and form of each state.
    arcs : ArcTable
        Arcs that exist on the date; what is shut has none.
    operators : tuple of str
        Operators by index in `arcs.operates`.
    passages : tuple of str
        Passages by bit of `arcs.passes`.
    gates : tuple of tuple of (str, str)
        What must be open for each gate of `arcs.gate`.
    node_gate : dict of str to int
        Gate of handlings, collection and delivery by node_id, where there is one.
    """

    network: Network
    state: DayState
    books: RateBooks
    nodes: tuple[str, ...]
    where: dict[str, int]
    country_index: dict[str, int]
    node_country: NDArray[np.int32]
    states: dict[tuple[int, Carriage], int]
    states_at: dict[int, list[tuple[Carriage, int]]]
    state_node: NDArray[np.int32]
    state_form: NDArray[np.int32]
    arcs: ArcTable
    operators: tuple[str, ...]
    passages: tuple[str, ...]
    gates: tuple[tuple[Target, ...], ...]
    node_gate: dict[str, int]

    @property
    def n_states(self) -> int:
        """Number of states."""
        return len(self.state_node)


@lru_cache(maxsize=32)
def build_supernetwork(network: Network, state: DayState, container_unit: str) -> Supernetwork:
    """Build states and arcs; equal arguments give the same object.

    Parameters
    ----------
    network : Network
        Network whose rows are read.
    state : DayState
        What is shut, hampered and valid on the date.
    container_unit : str
        TEU or FEU.

    Returns
    -------
    Supernetwork
        States and arcs with the rows they rest on.
    """
    in_force = (state.tariffs, state.speeds, state.border_procedures)
    build = SupernetworkBuild(network, state, rate_books(network, *in_force, container_unit))
    add_link_arcs(build)
    add_handling_arcs(build)
    add_train_arcs(build)
    arcs, passages = add_sea_arcs(build, build.arcs.table())
    gate_at = {
        node: build.gate_of(*build.targets_at(node, build.country_of[i]))
        for node, i in build.node_index.items()
    }
    states_at: dict[int, list[tuple[Carriage, int]]] = {}
    for (node, carriage), number in build.states.items():
        states_at.setdefault(node, []).append((carriage, number))
    return Supernetwork(
        network,
        state,
        build.books,
        tuple(build.node_index),
        build.node_index,
        build.country_index,
        np.array([build.country_index[c] for c in build.country_of], np.int32),
        build.states,
        states_at,
        np.array([node for node, _ in build.states], np.int32),
        np.array([FORMS.index(c.form) for _, c in build.states], np.int32),
        arcs,
        tuple(build.operators),
        passages,
        tuple(build.gates),
        {node: gate for node, gate in gate_at.items() if gate >= 0},
    )
