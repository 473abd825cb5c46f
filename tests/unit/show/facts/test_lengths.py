"""How long stays last is one number, wherever a reader meets it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.durations import durations
from sim.experiment.replications import Replications
from sim.results.run import Run
from sim.show.facts.data import typical_outcome
from sim.show.facts.estimates import tables_behind
from sim.show.facts.lengths import QUARTILES, lengths
from sim.world.simulate import simulate


@pytest.fixture(scope="module")
def of_runs(baseline: Replications) -> pd.DataFrame:
    """Durations as the runs themselves tell them, stage by stage."""
    runs = (Run(simulate(baseline.scenario, baseline.seed, n)) for n in baseline.numbers)
    return durations(runs).set_index(["stage", "quantity"])


@pytest.mark.parametrize("quartile", QUARTILES)
def test_a_quartile_is_the_same_in_sentences_tables_and_from_python(
    baseline: Replications, of_runs: pd.DataFrame, quartile: str
) -> None:
    behind = tables_behind([baseline], 0)["durations"]
    behind = behind[behind["measure"] == quartile].set_index("stage")["mean"].astype(float)
    own = {"rented_prison": baseline.scenario.rented_prison.key}
    place = dict(zip(QUARTILES, ("lower", "median", "upper"), strict=True))[quartile]
    told = 0
    for (name,), length in lengths(baseline).items():
        stage = own.get(name, name)
        days = getattr(length, place)
        expected = behind[stage] if np.isfinite(days) else np.nan
        assert (days if np.isfinite(days) else np.nan) == pytest.approx(expected, nan_ok=True)
        python = of_runs.loc[(stage, quartile), "days"]
        assert python == pytest.approx(expected, nan_ok=True), stage
        told += bool(np.isfinite(days))
    assert told > 8


def test_outcomes_are_these_numbers(baseline: Replications) -> None:
    """The median wait of all who ask, and the mean of times in limbo, at most five years each."""
    waits = baseline.tables["waits"]
    wait = waits.loc[waits["queue"] == "flight_and_place", "median_days"].astype(float).mean()
    assert typical_outcome(baseline, "transfer_wait_days") == pytest.approx(wait)
    behind = tables_behind([baseline], 0)["durations"].set_index(["stage", "measure"])["mean"]
    limbo = behind["limbo", "mean_days"]
    assert typical_outcome(baseline, "limbo_spell_days") == pytest.approx(limbo)
