"""Designs on the unit cube, and results that a formula says: the code path without a simulation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.sensitivity.layout import Layout
from sim.experiment.design import LatinHypercube, Morris, OneAtATime, Sobol, lay_out
from sim.experiment.entries import OwnRange
from sim.scenario.files import load

WORLD = load("baseline")
#: Any keys that take any number, as stand-ins for the factors of a formula.
KEYS = (
    "removal.willing_share",
    "removal.direct_share",
    "departure_centre.lives_elsewhere_share",
    "departure_centre.never_reports_share",
    "detention.in_rented_prison_share",
    "arrivals.third_country_share",
)
Formula = Callable[[NDArray[np.float64]], NDArray[np.float64]]
MODELS: dict[str, Any] = {
    "morris": Morris,
    "sobol": Sobol,
    "latin_hypercube": LatinHypercube,
    "one_at_a_time": OneAtATime,
}


def unit_design(
    kind: str, factors: int, seed: int = 1, **options: Any
) -> tuple[pd.DataFrame, Layout]:
    """Lay out factors from 0 to 1 as an experiment would."""
    chosen = tuple(OwnRange(key=key, low=0, high=1) for key in KEYS[:factors])
    design = MODELS[kind](kind=kind, factors=chosen, **options)
    layout = Layout.of({"definition": {"design": design.model_dump()}})
    return lay_out(design, WORLD, seed).table(), layout


def results(
    design: pd.DataFrame,
    formulas: Mapping[str, Formula],
    replications: int = 1,
    noise: Callable[[int, int], NDArray[np.float64]] | None = None,
    outcome: str = "limbo",
) -> pd.DataFrame:
    """Return the long table that a formula for each scenario gives, with noise by replication.

    `noise(points, replication)` is added to every scenario alike.
    """
    x = design[[column for column in design if column not in ("point", "name")]].to_numpy(float)
    parts = [
        pd.DataFrame(
            {
                "scenario": scenario,
                "point": design["point"],
                "replication": number,
                "outcome": outcome,
                "value": formula(x) + (noise(len(x), number) if noise else 0.0),
            }
        )
        for scenario, formula in formulas.items()
        for number in range(replications)
    ]
    return pd.concat(parts, ignore_index=True)


def ishigami(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ishigami's function of three factors on the unit cube, with a = 7 and b = 0.1."""
    z = np.pi * (2 * x - 1)
    return np.asarray(
        np.sin(z[:, 0]) + 7 * np.sin(z[:, 1]) ** 2 + 0.1 * z[:, 2] ** 4 * np.sin(z[:, 0])
    )


def g_function(a: Sequence[float]) -> Formula:
    """Return Sobol's G function of as many factors as there are coefficients."""
    return lambda x: np.prod((np.abs(4 * x - 2) + np.array(a)) / (1 + np.array(a)), axis=1)


def linear(*weights: float) -> Formula:
    """Return a weighted sum."""
    return lambda x: np.asarray(x @ np.array(weights, float))
