"""Arcs of the first and the last mile."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from karwan.routing.arcs import FORMS, ArcBuilder, ArcTable, Kind
from karwan.routing.build import LAND
from karwan.routing.consignment import Cargo
from karwan.routing.supernetwork import Supernetwork

__all__ = ["end_arcs"]


def end_arcs(
    base: Supernetwork,
    cargo: Cargo,
    roots: Mapping[str, int],
    goals: Mapping[str, int],
    avoided_modes: Collection[str] = (),
) -> ArcTable:
    """Join roots and goals to the states where a cargo may be collected and delivered.

    Parameters
    ----------
    base : Supernetwork
        States of places.
    cargo : Cargo
        Forms in which it starts and ends.
    roots, goals : mapping of str to int
        State before the first and after the last mile, by node_id.
    avoided_modes : collection of str
        Modes that do not collect or deliver.

    Returns
    -------
    ArcTable
        Arcs of kind FIRST and LAST.
    """
    modes = {m["mode"]: (i, m["medium"]) for i, m in enumerate(base.books.rows["modes"])}
    build = ArcBuilder()
    for end, ends, forms in (
        ("first", roots, cargo.start_forms),
        ("last", goals, cargo.end_forms),
    ):
        for place, own in ends.items():
            node = base.where[place]
            for carriage, state in base.states_at.get(node, ()):
                mode, medium = modes[carriage.mode]
                fits = carriage.form in forms and carriage.mode not in avoided_modes
                fits &= carriage.aboard is None
                if fits and carriage.arrived == (medium != LAND and end == "last"):
                    _add(base, build, end, (own, state), node, carriage.form, mode)
    return build.table()


def _add(
    base: Supernetwork,
    build: ArcBuilder,
    end: str,
    states: tuple[int, int],
    node: int,
    form: str,
    mode: int,
) -> None:
    books = base.books
    mode_row = books.rows["modes"][mode]
    time, charge, grade, row = books.ends(end, mode_row["mode"], form)
    if row < 0:
        return
    first = end == "first"
    tail, head = states if first else states[::-1]
    category = "handling" if mode_row["medium"] == LAND else "port"
    build.add(
        tail=tail,
        head=head,
        kind=Kind.FIRST if first else Kind.LAST,
        form=FORMS.index(form),
        mode=mode,
        country=int(base.node_country[node]),
        boards=mode if first else -1,
        gate=base.node_gate.get(base.nodes[node], -1),
        variance={"ends": time.variance_h2},
        usd={category: charge},
        hours={"ends": time.mean_h},
        cost_grade={category: grade},
        time_grade={"ends": grade},
        rows={"first_last_mile": row},
    )
