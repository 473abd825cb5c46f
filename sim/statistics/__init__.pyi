"""The estimators by name, each in the module of its idea."""

from .intervals import Estimate, estimate, holm
from .pairs import Difference, difference
from .ranks import rank_correlation
from .survival import CumulativeIncidence, SurvivalCurve, aalen_johansen, kaplan_meier

__all__ = [
    "CumulativeIncidence",
    "Difference",
    "Estimate",
    "SurvivalCurve",
    "aalen_johansen",
    "difference",
    "estimate",
    "holm",
    "kaplan_meier",
    "rank_correlation",
]
