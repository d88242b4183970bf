"""Studies: the verbs of the system. Each maps a network to a stamped bundle of tables."""

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
