"""Studies: the verbs of the system. Each maps a network to a stamped bundle of tables."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from karwan.studies.assign import assign
    from karwan.studies.atlas_report import AtlasReport, atlas_report
    from karwan.studies.calibrate_choice import ChoiceFit, calibrate_choice
    from karwan.studies.closures import ClosureRisk, closures
    from karwan.studies.compare import compare
    from karwan.studies.comparison import Comparison
    from karwan.studies.ensembles import Ensemble, ensemble
    from karwan.studies.flows import Flows
    from karwan.studies.market import Market, market
    from karwan.studies.plan import plan
    from karwan.studies.portfolio import Portfolio, portfolio
    from karwan.studies.rank import Ranking, rank
    from karwan.studies.resilience import Resilience, resilience
    from karwan.studies.routes import Routes
    from karwan.studies.run import Run
    from karwan.studies.validate import Validation, validate
    from karwan.studies.zone import zone
    from karwan.studies.zone_answer import ZoneAnswer
    from karwan.studies.zone_development import ZoneDevelopment, zone_development

_HOME = {
    "AtlasReport": "atlas_report",
    "ChoiceFit": "calibrate_choice",
    "ClosureRisk": "closures",
    "Comparison": "comparison",
    "Ensemble": "ensembles",
    "Flows": "flows",
    "Market": "market",
    "Portfolio": "portfolio",
    "Ranking": "rank",
    "Resilience": "resilience",
    "Routes": "routes",
    "Run": "run",
    "Validation": "validate",
    "ZoneAnswer": "zone_answer",
    "ZoneDevelopment": "zone_development",
    "assign": "assign",
    "atlas_report": "atlas_report",
    "calibrate_choice": "calibrate_choice",
    "closures": "closures",
    "compare": "compare",
    "ensemble": "ensembles",
    "market": "market",
    "plan": "plan",
    "portfolio": "portfolio",
    "rank": "rank",
    "resilience": "resilience",
    "validate": "validate",
    "zone": "zone",
    "zone_development": "zone_development",
}

__all__ = [
    "AtlasReport",
    "ChoiceFit",
    "ClosureRisk",
    "Comparison",
    "Ensemble",
    "Flows",
    "Market",
    "Portfolio",
    "Ranking",
    "Resilience",
    "Routes",
    "Run",
    "Validation",
    "ZoneAnswer",
    "ZoneDevelopment",
    "assign",
    "atlas_report",
    "calibrate_choice",
    "closures",
    "compare",
    "ensemble",
    "market",
    "plan",
    "portfolio",
    "rank",
    "resilience",
    "validate",
    "zone",
    "zone_development",
]


class _Studies(ModuleType):
    """The package, in which the name of a verb means its function, not the module of that name."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _HOME and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Studies


def __getattr__(name: str) -> Any:
    """Import a study when it is first used, so that one does not wait for the others."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
