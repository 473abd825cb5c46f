"""Where each public name of `sim` is: read by type checkers, and by what loads it on first use."""

from . import statistics
from .analysis.durations import durations, shares_after_sentence, survival_curves
from .analysis.fates import Fates, fates
from .analysis.fitting import Fits, fit
from .analysis.forecasting.file import Forecast
from .analysis.forecasting.judge import Score, score
from .analysis.forecasting.make import forecast
from .analysis.many.cache import cache
from .analysis.many.make import runs
from .analysis.many.runs import Runs
from .analysis.sensitivity import sensitivity
from .analysis.sensitivity.question import Question
from .analysis.validation import Validation, validate
from .errors import PrisonflowError
from .experiment.call import run_experiment
from .experiment.define import define
from .experiment.definition import Experiment
from .experiment.read import Results, open_experiment
from .experiment.store import StoreError
from .results.call import run
from .results.outcomes.listing import outcomes
from .results.run import Run
from .scenario.errors import ScenarioError
from .scenario.files import load
from .scenario.schema import Scenario
from .show import plots
from .show.comparison import Comparison, compare
from .verification.verdicts import Verification, verify

__version__: str
__all__ = [
    "Comparison",
    "Experiment",
    "Fates",
    "Fits",
    "Forecast",
    "PrisonflowError",
    "Question",
    "Results",
    "Run",
    "Runs",
    "Scenario",
    "ScenarioError",
    "Score",
    "StoreError",
    "Validation",
    "Verification",
    "cache",
    "compare",
    "define",
    "durations",
    "fates",
    "fit",
    "forecast",
    "load",
    "open_experiment",
    "outcomes",
    "plots",
    "run",
    "run_experiment",
    "runs",
    "score",
    "sensitivity",
    "shares_after_sentence",
    "statistics",
    "survival_curves",
    "validate",
    "verify",
]
