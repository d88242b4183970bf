"""Made berth problems, from a seed.

Discrete: n vessels of 6 to 18 h of basic work; a berth takes 0.8 to 1.4 times that, and how the
factor is drawn is the kind: "drawn", anew for each pair; "rates", one for each berth; "same", 1.1
everywhere. Kind "classes" is "drawn" with priorities 1, 2 and 5, 30 % of the vessels too large for
two thirds of the berths, berths that open within the first day, one that is shut for half a day,
and a last hour at which some vessels must have left. Vessels arrive evenly drawn within the hours
in which the berths could just do all the work at the given load. Times are multiples of a step.
Quay: the recipe of Meisel and Bierwirth (2009), 60 % feeders, 30 % medium
and 10 % jumbo vessels within a week, quay of 100 x 10 m, 10 cranes.
"""

import numpy as np

from karwan.terminals.berth_read import berth_problem

CLASSES = (
    (0.6, (8, 21), (5, 15), (1, 2)),
    (0.3, (21, 30), (15, 50), (2, 4)),
    (0.1, (30, 40), (50, 65), (4, 6)),
)
"""Share, length [10 m], crane-hours, cranes of feeders, medium and jumbo vessels."""


KINDS = ("drawn", "rates", "same", "classes")


def made_berths(n, m, seed, load=1.0, kind="drawn", step_h=1.0):
    rng = np.random.default_rng(seed)
    basic = rng.integers(6, 19, n) if step_h == 1 else rng.uniform(6, 19, n)
    shape = {"rates": (1, m), "same": (1, 1)}.get(kind, (n, m))
    factor = rng.uniform(0.8, 1.4, shape) if kind != "same" else np.full(shape, 1.1)
    hours = np.maximum(np.rint(basic[:, None] * factor / step_h), 1) * step_h + np.zeros((n, m))
    horizon = n * 12 * 1.1 / m / load
    arrival = np.sort(rng.integers(0, int(horizon / step_h), n)) * step_h
    berths = [{"berth": f"B{b:02}", "length_m": 300, "depth_m": 15} for b in range(m)]
    vessels = [
        {"vessel": f"V{v:03}", "arrival_h": float(arrival[v]), "length_m": 200, "draught_m": 10}
        for v in range(n)
    ]
    handling = [
        {"vessel": f"V{v:03}", "berth": f"B{b:02}", "handling_h": float(hours[v, b])}
        for v in range(n)
        for b in range(m)
    ]
    tables = {"berths": berths, "vessels": vessels, "handling": handling}
    if kind == "classes":
        tables["closures"] = [{"berth": "B00", "from_h": 48, "to_h": 60}]
        _draw_classes(rng, berths, vessels, 6 * horizon)
    name = f"made {n}x{m} seed {seed}"
    return berth_problem({"name": name, "kind": "berths", "step_h": step_h, **tables})


def _draw_classes(rng, berths, vessels, late_h):
    for b, berth in enumerate(berths):
        berth["opens_h"] = int(rng.integers(0, 25))
        berth["length_m"] = 300 if b % 3 == 0 else 250
    for vessel in vessels:
        vessel["weight"] = int(rng.choice([1, 2, 5], p=[0.6, 0.3, 0.1]))
        vessel["length_m"] = int(rng.choice([200, 280], p=[0.7, 0.3]))
        if rng.random() < 0.2:
            vessel["leave_by_h"] = vessel["arrival_h"] + round(late_h)


def made_quay(n, seed, place_cost=0.0):
    rng = np.random.default_rng(seed)
    vessels = []
    for v in range(n):
        kind = CLASSES[rng.choice(3, p=[c[0] for c in CLASSES])]
        length, work = (int(rng.integers(low, high + 1)) for low, high in kind[1:3])
        few, many = kind[3]
        vessels.append(
            {
                "vessel": f"V{v:03}", "arrival_h": int(rng.integers(0, 168)),
                "length_m": 10 * length, "draught_m": 10, "crane_h": work, "cranes_min": few,
                "cranes_max": many, "best_from_m": 10 * int(rng.integers(0, 101 - length)),
            }
        )  # fmt: skip
    settings = {"cranes": 10, "interference": 0.9, "place_step_m": 10, "place_cost": place_cost}
    berths = [{"berth": "quay", "from_m": 0, "length_m": 1000, "depth_m": 15}]
    tables = {"berths": berths, "vessels": vessels}
    return berth_problem(
        {"name": f"made quay {n} seed {seed}", "kind": "quay", **settings, **tables}
    )
