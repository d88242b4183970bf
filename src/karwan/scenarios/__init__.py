"""Scenarios: named lists of measures laid over a network by one pure function."""

from karwan.scenarios.apply import apply_scenario
from karwan.scenarios.effects import describe_scenario
from karwan.scenarios.measures import TODAY, Change, Measure, read_measures

__all__ = [
    "TODAY",
    "Change",
    "Measure",
    "apply_scenario",
    "describe_scenario",
    "read_measures",
]
