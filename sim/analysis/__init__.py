"""WHAT IT MEANS: intervals, paired comparison, durations with censoring, who changes fate."""

from typing import TYPE_CHECKING

if not TYPE_CHECKING:
    from sim.errors import moved

    #: What to write instead of modules that were here.
    MOVED = {
        "calibration": "sim.calibration",
        "condition": "sim.analysis.sensitivity.condition",
        "curves": "sim.statistics.curves",
        "discovery": "sim.analysis.sensitivity.discovery",
        "ignorance": "sim.analysis.sensitivity.ignorance, of which largest_by_chance is in "
        "sim.statistics.ranks",
        "layout": "sim.analysis.sensitivity.layout",
        "morris": "sim.analysis.sensitivity.morris",
        "prim": "sim.statistics.prim",
        "responses": "sim.analysis.sensitivity.responses",
        "sobol": "sim.analysis.sensitivity.sobol",
        "student": "sim.statistics.intervals",
        "tornado": "sim.analysis.sensitivity.swings",
        "variance": "sim.analysis.sensitivity.variance",
        "verify": "sim.verify(...), or sim.verification",
    }
    __getattr__ = moved(__name__, MOVED)
