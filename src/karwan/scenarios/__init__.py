"""Scenarios: named lists of measures laid over a network by one pure function."""

from karwan.scenarios.apply import apply_scenario
from karwan.scenarios.measures import Change, Measure, read_measures

__all__ = ["Change", "Measure", "apply_scenario", "read_measures"]
