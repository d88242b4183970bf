"""Made berth problems, from a seed.

Discrete: n vessels of 6 to 18 h of basic work; a berth takes 0.8 to 1.4 times that, drawn anew for
each pair; vessels arrive evenly drawn within the hours in which the berths could just do all the
work at the given load. Quay: the recipe of Meisel and Bierwirth (2009), 60 % feeders, 30 % medium
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


def made_berths(n, m, seed, load=1.0):
    rng = np.random.default_rng(seed)
    basic = rng.integers(6, 19, n)
    hours = np.maximum(np.rint(basic[:, None] * rng.uniform(0.8, 1.4, (n, m))), 1).astype(int)
    arrival = np.sort(rng.integers(0, int(n * 12 * 1.1 / m / load), n))
    berths = [{"berth": f"B{b:02}", "length_m": 300, "depth_m": 15} for b in range(m)]
    vessels = [
        {"vessel": f"V{v:03}", "arrival_h": int(arrival[v]), "length_m": 200, "draught_m": 10}
        for v in range(n)
    ]
    handling = [
        {"vessel": f"V{v:03}", "berth": f"B{b:02}", "handling_h": int(hours[v, b])}
        for v in range(n)
        for b in range(m)
    ]
    tables = {"berths": berths, "vessels": vessels, "handling": handling}
    return berth_problem({"name": f"made {n}x{m} seed {seed}", "kind": "berths", **tables})


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
