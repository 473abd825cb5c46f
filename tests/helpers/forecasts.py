"""Little forecasts, written out by hand."""

from __future__ import annotations

import importlib
import sys
from datetime import date

import numpy as np
import pytest

from sim.analysis.forecasting.file import Forecast, Target, quantiles_of


@pytest.fixture(autouse=True, scope="module")
def without_numba() -> None:
    """Load scoringrules without numba, which no score here needs and which takes seconds."""
    with pytest.MonkeyPatch.context() as hidden:
        if "numba" not in sys.modules:
            hidden.setitem(sys.modules, "numba", None)
        importlib.import_module("scoringrules")


MADE = date(2027, 10, 1)


def target(key: str, draws: list[float], at: date = date(2028, 1, 1)) -> Target:
    return Target.model_validate(
        {
            "key": key, "title": f"Target {key}", "unit": "people", "dates": (at,),
            "measure": {"kind": "prisoners", "at": at}, "own_values": 3.0, "draws": tuple(draws),
        } | quantiles_of(np.array(draws))
    )  # fmt: skip


def made_of(*found: Target, made: date = MADE) -> Forecast:
    return Forecast(
        case="tiny", scenario="tiny", made=made, until=date(2029, 1, 1), seed=1, draws=3,
        scenario_hash="a", code_hash="b", evidence_hash="c", versions={"python": "3"},
        not_known=("x.y",), target=found,
    )  # fmt: skip
