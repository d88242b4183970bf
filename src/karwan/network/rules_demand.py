"""Rules of demand."""

from __future__ import annotations

from collections.abc import Iterator

from karwan.errors import Problem
from karwan.network.network import Network

__all__ = ["RULES"]


def demand_joins_two_places(network: Network) -> Iterator[Problem]:
    """Yield demand that ends where it starts."""
    for row in network.table("demand").iter_rows(named=True):
        if row["origin"] == row["destination"]:
            value, hint = repr(row["destination"]), "it must differ from origin"
            yield Problem("demand", row["demand_id"], "destination", value=value, hint=hint)


def demand_lies_in_its_interval(network: Network) -> Iterator[Problem]:
    """Yield demand whose low end lies above it, or whose high end lies below it."""
    for row in network.table("demand").iter_rows(named=True):
        key, tonnes = row["demand_id"], row["tonnes"]
        shown = f"tonnes ({tonnes:g} t/year)"
        for column, wrong, hint in (
            ("tonnes_low", row["tonnes_low"] > tonnes, f"it must be at most {shown}"),
            ("tonnes_high", row["tonnes_high"] < tonnes, f"it must be at least {shown}"),
        ):
            if wrong:
                value = f"{row[column]:g} t/year"
                yield Problem("demand", key, column, value=value, hint=hint)


def demand_moves_in_a_form_of_its_commodity(network: Network) -> Iterator[Problem]:
    """Yield demand in a unit whose form the commodity does not travel in."""
    form = dict(network.table("cargo_units").select("cargo_unit", "form").iter_rows())
    forms = dict(network.table("commodities").select("commodity", "forms").iter_rows())
    for row in network.table("demand").iter_rows(named=True):
        unit, allowed = form[row["cargo_unit"]], forms[row["commodity"]].split("|")
        if unit not in allowed:
            message = f"of the form {unit!r}, in which {row['commodity']} does not travel"
            hint = f"take a unit of {' or '.join(allowed)}"
            value = repr(row["cargo_unit"])
            yield Problem("demand", row["demand_id"], "cargo_unit", message, value, hint)


def demand_in_containers_counts_them(network: Network) -> Iterator[Problem]:
    """Yield demand in containers without their number, or with one where there are none."""
    form = dict(network.table("cargo_units").select("cargo_unit", "form").iter_rows())
    for row in network.table("demand").iter_rows(named=True):
        boxed, teu = form[row["cargo_unit"]] == "container", row["teu"]
        if boxed and (teu is None or (teu == 0) != (row["tonnes"] == 0)):
            value = "empty" if teu is None else f"{teu:g} TEU/year"
            hint = f"give the TEU that {row['tonnes']:g} t/year fill"
            yield Problem("demand", row["demand_id"], "teu", value=value, hint=hint)
        elif not boxed and teu is not None:
            value, message = f"{teu:g} TEU/year", f"but {row['cargo_unit']} is no container"
            hint = "leave it empty or take a unit of containers"
            yield Problem("demand", row["demand_id"], "teu", message, value, hint)


def demand_is_counted_once(network: Network) -> Iterator[Problem]:
    """Yield a second row for the same places, goods, unit, year and kind."""
    seen: dict[tuple[object, ...], str] = {}
    for row in network.table("demand").iter_rows(named=True):
        parts = ("origin", "destination", "commodity", "cargo_unit", "year", "kind")
        same = tuple(row[p] for p in parts)
        if same in seen:
            message = f"counts again what {seen[same]!r} counts"
            yield Problem("demand", row["demand_id"], "", message, hint="add the two up")
        seen.setdefault(same, row["demand_id"])


RULES = (
    demand_joins_two_places,
    demand_lies_in_its_interval,
    demand_moves_in_a_form_of_its_commodity,
    demand_in_containers_counts_them,
    demand_is_counted_once,
)
