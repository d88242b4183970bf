"""Scenarios and draws: data laid over a network by pure functions."""

from karwan.scenarios.apply import apply_scenario
from karwan.scenarios.draws import UncertainNetwork, lay_draw, uncertain_network
from karwan.scenarios.effects import describe_scenario
from karwan.scenarios.measures import TODAY, Change, Measure, read_measures

__all__ = [
    "TODAY",
    "Change",
    "Measure",
    "UncertainNetwork",
    "apply_scenario",
    "describe_scenario",
    "lay_draw",
    "read_measures",
    "uncertain_network",
]
