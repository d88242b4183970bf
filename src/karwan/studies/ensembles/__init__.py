"""Ensembles: a study mapped over draws of uncertain inputs."""

from karwan.studies.ensembles.map import ensemble
from karwan.studies.ensembles.result import Ensemble
from karwan.studies.ensembles.studies import STUDIES

__all__ = ["STUDIES", "Ensemble", "ensemble"]
