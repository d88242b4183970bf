"""Live formulas of what a venture handles, builds, earns and spends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from karwan.appraisal.account import Account
from karwan.appraisal.levers import LEVER_WORDS, base_levers
from karwan.appraisal.lines import statement_catalogue
from karwan.briefs.venture_grid import Grid
from karwan.kernels import venture_rows as at

__all__ = ["figures", "named", "trade"]

CLASSES = ("local", "transit", "transhipment")
DRIVER_ROWS = (
    "local_teu", "transit_teu", "transhipment_teu", "handled_teu", "handled_teu", "handled_teu",
    "every_year", "open",
)  # fmt: skip
TIMES = {at.BY_RAIL: "f_rail_share", at.BY_DAY: "f_storage_days"}
LEVER_OF = {
    at.L_REV_LOCAL: ("tariff",),
    at.L_REV_TRANSIT: ("tariff", "transit_tariff"),
    at.L_REV_TRANSHIPMENT: ("tariff",),
    at.L_REV_STORAGE: ("tariff",),
    at.L_REV_RAIL: ("tariff",),
    at.L_OPEX_FIXED: ("opex_fixed",),
    at.L_OPEX_VARIABLE: ("opex_variable",),
    at.L_ROYALTY: ("concession",),
}
SUMMED = tuple(range(at.L_REV_LOCAL, at.L_REV_OTHER + 1))
"""Lines of revenue."""


def named(name: str) -> tuple[str, str, str, str]:
    """Return name, title, unit and formula of a line of the statements."""
    line = statement_catalogue()[name]
    return name, line.title, line.unit, line.formula


def figures(grid: Grid, account: Account) -> None:
    """Write levers, figures and paths, which are inputs."""
    arrays = account.arrays
    grid.head("Levers")
    for name, value in zip(at.LEVERS, base_levers().tolist(), strict=True):
        grid.number(f"lever_{name}", name, "", value, LEVER_WORDS[name])
    grid.head("Figures")
    for name, value in zip(at.FIXED, arrays.fixed.tolist(), strict=True):
        grid.number(f"f_{name}", name, "", value)
    grid.head("Paths")
    grid.line("t", "number of the year", "", lambda t: t)
    for c, inflation in enumerate(arrays.inflation):
        _path(grid, f"inflation_{c}", f"inflation, currency {c}", "share", inflation)
        worth = arrays.usd_per_unit[c]
        _path(grid, f"usd_{c}", f"USD per unit, currency {c}", "factor", worth)
    for name, boxes in zip(CLASSES, arrays.demand, strict=True):
        _path(grid, f"asks_{name}", f"{name} boxes stated", "TEU", boxes)
    _path(grid, "share", "share of gross revenue", "share", arrays.paths[0])
    _path(grid, "floor", "guaranteed revenue", "USD", arrays.paths[1])


def _path(grid: Grid, name: str, title: str, unit: str, values: NDArray[np.float64]) -> None:
    grid.line(name, title, unit, lambda t: float(values[t]))


def trade(grid: Grid, account: Account) -> None:
    """Write prices, boxes, capacity, revenue, costs and EBITDA."""
    arrays = account.arrays
    grid.head("Prices")
    for j, (currency, share) in enumerate(arrays.indices.tolist()):
        _price(grid, j, int(currency), share)
    grid.head("Boxes and capacity")
    _asked(grid)
    for k, phase in enumerate(arrays.phases.tolist()):
        _phase(grid, k, phase, account.arrays.years)
    count = len(arrays.phases)
    grid.line(*named("capacity_teu")[:3], lambda t: f"={grid.at(f'room_{count}', t)}")
    for name in CLASSES:
        _capped(grid, name)
    kinds = ("local_teu", "transit_teu", "transhipment_teu")
    grid.line(*named("handled_teu")[:3], lambda t: "=" + "+".join(grid.at(k, t) for k in kinds))
    grid.line("open", "Open", "flag", lambda t: f"=IF({grid.at('capacity_teu', t)}>0,1,0)")
    grid.line("every_year", "Every year", "flag", lambda _t: 1)
    _money(grid, account)


def _capped(grid: Grid, name: str) -> None:
    def handled(t: int) -> str:
        asked, room = grid.at("demand_teu", t), grid.at("capacity_teu", t)
        return f"={grid.at(f'asked_{name}', t)}*IF({asked}>0,MIN(1,{room}/{asked}),1)"

    key, title, unit, words = named(f"{name}_teu")
    grid.line(key, title, unit, handled, words)


def _price(grid: Grid, j: int, c: int, share: float) -> None:
    def level(t: int) -> str:
        if t == 0:
            return "=1"
        rise = f"(1+{share!r}*({grid.at(f'inflation_{c}', t)}+{grid.one('lever_inflation')}))"
        fall = f"/(1+{grid.one('lever_currency_fall')})" if c > 0 else ""
        return f"={grid.at(f'level_{j}', t - 1)}*{rise}{fall}"

    grid.line(
        f"level_{j}",
        f"level of prices {j}",
        "factor",
        level,
        f"currency {c}, {share:g} of inflation",
    )
    grid.line(
        f"price_{j}", f"price {j}", "factor",
        lambda t: f"={grid.at(f'level_{j}', t)}*{grid.at(f'usd_{c}', t)}", "level x USD per unit",
    )  # fmt: skip


def _asked(grid: Grid) -> None:
    for name in CLASSES:
        _asked_of(grid, name)
    kinds = ("asked_local", "asked_transit", "asked_transhipment")
    grid.line(*named("demand_teu")[:3], lambda t: "=" + "+".join(grid.at(k, t) for k in kinds))
    grid.line(
        "room_0", "capacity that stands", "TEU",
        lambda _t: f"={grid.one('f_capacity_teu')}*{grid.one('lever_capacity')}",
    )  # fmt: skip


def _asked_of(grid: Grid, name: str) -> None:
    more = f"*{grid.one('lever_transit')}" if name == "transit" else ""
    growth = f"(1+{grid.one('lever_volume_growth')})"
    grid.line(
        f"asked_{name}", f"{name} boxes that ask", "TEU",
        lambda t: f"={grid.one('lever_volume')}*{growth}^{t}*{grid.at(f'asks_{name}', t)}{more}",
    )  # fmt: skip


def _phase(grid: Grid, k: int, phase: list[float], n: int) -> None:
    earliest, trigger, years, capital, j, capacity, life, opex = phase

    def price(t: int) -> str:
        return grid.at(f"price_{int(j)}", t)

    def one(name: str) -> str:
        return grid.one(f"p{k}_{name}")

    for name, value in (("earliest", earliest), ("trigger", trigger), ("years", years),
                        ("capital", capital), ("capacity", capacity), ("life", life),
                        ("opex", opex)):  # fmt: skip
        grid.number(f"p{k}_{name}", f"phase {k + 1}: {name}", "", value)
    grid.line(
        f"p{k}_hit", f"phase {k + 1}: year that sets it off", "",
        lambda t: f"=IF(AND({t}>={one('earliest')},{grid.at('demand_teu', t)}>="
        f"{one('trigger')}*{grid.at(f'room_{k}', t)}),{t},9999)",
    )  # fmt: skip
    grid.number(
        f"p{k}_start", f"phase {k + 1}: start", "",
        f"=IF({one('trigger')}>0,MIN({grid.all(f'p{k}_hit')})+1,{one('earliest')})",
    )  # fmt: skip
    start, opened = one("start"), f"({one('start')}+{one('years')})"
    grid.line(
        f"p{k}_spent", f"phase {k + 1}: capital", "USD",
        lambda t: f"=IF(AND({t}>={start},{t}<{start}+MAX({one('years')},1)),{one('capital')}*"
        f"{grid.one('lever_capital')}/MAX({one('years')},1)*{price(t)},0)",
    )  # fmt: skip
    wear = f"MIN({opened},{n - 1})"
    lasts = f"MIN({one('life')},{n}-{wear})"
    grid.line(
        f"p{k}_worn", f"phase {k + 1}: depreciation", "USD",
        lambda t: f"=IF(AND({start}<{n},{t}>={wear},{t}<{wear}+{lasts}),"
        f"SUM({grid.all(f'p{k}_spent')})/{lasts},0)",
    )  # fmt: skip
    grid.line(
        f"p{k}_upkeep", f"phase {k + 1}: opex", "USD",
        lambda t: f"=IF(AND({start}<{n},{t}>={opened}),{one('opex')}*"
        f"{grid.one('lever_opex_fixed')}*{price(t)},0)",
    )  # fmt: skip
    grid.line(
        f"room_{k + 1}", f"capacity with phase {k + 1}", "TEU",
        lambda t: f"={grid.at(f'room_{k}', t)}+IF(AND({start}<{n},{t}>={opened}),{one('capacity')}*"
        f"{grid.one('lever_capacity')}*MIN(MAX({t}-{opened}-{grid.one('lever_delay_years')}+1,0),1),0)",
    )  # fmt: skip


def _money(grid: Grid, account: Account) -> None:
    grid.head("Prices and costs, item by item")
    of_line: dict[int, list[str]] = {}
    for i, item in enumerate(account.arrays.items.tolist()):
        _item(grid, f"item_{i}", item)
        of_line.setdefault(int(item[0]), []).append(f"item_{i}")
    count = len(account.arrays.phases)
    of_line.setdefault(at.L_OPEX_FIXED, []).extend(f"p{k}_upkeep" for k in range(count))
    of_line[at.L_CAPITAL] = [f"p{k}_spent" for k in range(count)]
    grid.head("Revenue and costs")
    lines = (*SUMMED, at.L_OPEX_FIXED, at.L_OPEX_VARIABLE, at.L_ROYALTY, at.L_MINIMUM, at.L_LEASE,
             at.L_HANDBACK, at.L_UPFRONT, at.L_CAPITAL)  # fmt: skip
    for k in lines:
        _sum(grid, at.LINES[k], of_line.get(k, []))
    _ebitda(grid, account.arrays.years)


def _item(grid: Grid, name: str, item: list[float]) -> None:
    line, kind, first, end = int(item[0]), int(item[1]), int(item[4]), int(item[5])
    grid.number(f"{name}_amount", f"{at.LINES[line]}: amount", "units", item[2])
    times = [grid.one(f"lever_{x}") for x in LEVER_OF.get(line, ())]
    times += [grid.one(TIMES[kind])] if kind in TIMES else []
    factor = "*".join([grid.one(f"{name}_amount"), *times])

    def paid(t: int) -> str | int:
        if not first <= t < end:
            return 0
        return f"={factor}*{grid.at(f'price_{int(item[3])}', t)}*{grid.at(DRIVER_ROWS[kind], t)}"

    grid.line(name, at.LINES[line], "USD", paid)


def _sum(grid: Grid, key: str, parts: list[str]) -> None:
    name, title, unit, words = named(key)
    grid.line(
        name, title, unit, lambda t: "=" + "+".join(grid.at(x, t) for x in parts) if parts else 0,
        words,
    )  # fmt: skip


def _ebitda(grid: Grid, n: int) -> None:
    sums = [at.LINES[k] for k in SUMMED]
    cell = grid.at
    one = grid.one
    rows = {
        "revenue": lambda t: "=" + "+".join(cell(k, t) for k in sums),
        "guarantee": lambda t: f"=MAX({cell('floor', t)}-{cell('revenue', t)},0)",
        "concession_payment": lambda t: (
            f"=MAX({cell('royalty', t)}+{cell('share', t)}*"
            f"{one('lever_concession')}*{cell('revenue', t)},{cell('minimum_payment', t)})"
        ),
        "ebitda": lambda t: (
            f"={cell('revenue', t)}+{cell('guarantee', t)}-{cell('opex_fixed', t)}"
            f"-{cell('opex_variable', t)}-{cell('concession_payment', t)}-{cell('lease', t)}"
            f"-{cell('handback', t)}"
        ),
        "receivables": lambda t: (
            f"={one('f_receivable_days')}/365*{cell('revenue', t)}" if t < n - 1 else 0
        ),
        "payables": lambda t: (
            f"={one('f_payable_days')}/365*({cell('opex_fixed', t)}+{cell('opex_variable', t)})"
            if t < n - 1
            else 0
        ),
    }
    for key, make in rows.items():
        name, title, unit, words = named(key)
        grid.line(name, title, unit, make, words)
