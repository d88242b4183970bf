"""Karwan: trade corridors of landlocked countries, from one sourced network.

Examples
--------
>>> import karwan
>>> atlas = karwan.open_atlas()
>>> routes = karwan.plan(atlas, karwan.Consignment("Karaganda", "Mombasa", teu=20))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from karwan.assignment.import_demand import ImportOptions, import_demand
    from karwan.errors import (
        DataError,
        InputError,
        KarwanError,
        PlaceNotFound,
        RouteNotFound,
        ScenarioError,
    )
    from karwan.network import (
        Network,
        check_network,
        open_atlas,
        read_network,
        write_network,
    )
    from karwan.routing.consignment import Consignment
    from karwan.routing.query import Options
    from karwan.routing.skims import skim
    from karwan.scenarios import apply_scenario
    from karwan.studies import (
        ChoiceFit,
        ClosureRisk,
        Comparison,
        Ensemble,
        Flows,
        Market,
        Portfolio,
        Ranking,
        Resilience,
        Routes,
        Validation,
        assign,
        atlas_report,
        calibrate_choice,
        closures,
        compare,
        ensemble,
        market,
        plan,
        portfolio,
        rank,
        resilience,
        validate,
    )

_HOME = {
    "ChoiceFit": "karwan.studies",
    "ClosureRisk": "karwan.studies",
    "Comparison": "karwan.studies",
    "Consignment": "karwan.routing.consignment",
    "DataError": "karwan.errors",
    "Ensemble": "karwan.studies",
    "Flows": "karwan.studies",
    "ImportOptions": "karwan.assignment.import_demand",
    "InputError": "karwan.errors",
    "KarwanError": "karwan.errors",
    "Market": "karwan.studies",
    "Network": "karwan.network",
    "Options": "karwan.routing.query",
    "PlaceNotFound": "karwan.errors",
    "Portfolio": "karwan.studies",
    "Ranking": "karwan.studies",
    "Resilience": "karwan.studies",
    "RouteNotFound": "karwan.errors",
    "Routes": "karwan.studies",
    "ScenarioError": "karwan.errors",
    "Validation": "karwan.studies",
    "apply_scenario": "karwan.scenarios",
    "assign": "karwan.studies",
    "atlas_report": "karwan.studies",
    "calibrate_choice": "karwan.studies",
    "check_network": "karwan.network",
    "closures": "karwan.studies",
    "compare": "karwan.studies",
    "ensemble": "karwan.studies",
    "import_demand": "karwan.assignment.import_demand",
    "market": "karwan.studies",
    "open_atlas": "karwan.network",
    "plan": "karwan.studies",
    "portfolio": "karwan.studies",
    "rank": "karwan.studies",
    "read_network": "karwan.network",
    "resilience": "karwan.studies",
    "skim": "karwan.routing.skims",
    "validate": "karwan.studies",
    "write_network": "karwan.network",
}

__all__ = [
    "ChoiceFit",
    "ClosureRisk",
    "Comparison",
    "Consignment",
    "DataError",
    "Ensemble",
    "Flows",
    "ImportOptions",
    "InputError",
    "KarwanError",
    "Market",
    "Network",
    "Options",
    "PlaceNotFound",
    "Portfolio",
    "Ranking",
    "Resilience",
    "RouteNotFound",
    "Routes",
    "ScenarioError",
    "Validation",
    "apply_scenario",
    "assign",
    "atlas_report",
    "calibrate_choice",
    "check_network",
    "closures",
    "compare",
    "ensemble",
    "import_demand",
    "market",
    "open_atlas",
    "plan",
    "portfolio",
    "rank",
    "read_network",
    "resilience",
    "skim",
    "validate",
    "write_network",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import karwan` stays quick."""
    if name not in _HOME:
        message = f"module 'karwan' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
