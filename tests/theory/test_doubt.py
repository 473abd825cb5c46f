"""The range of draws holds the truth, where the truth is a world drawn from the same doubt.

Within one pool of draws nothing could be found out: of n + 1 values the range of n holds the last
by its rank alone, so that leaving each out in turn gives nine in ten whatever was drawn. So truths
come by another road than draws: their set by its weight, what varies besides evenly over its range,
both from random numbers of their own, and people with other luck. Draws that forgot chance, took
sets without their weights, or left at its value what varies besides, are too narrow for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.experiment.design import Doubt, Plan, lay_out
from sim.experiment.ensemble import Ensemble, ParameterSet, as_toml
from sim.experiment.entries import OwnRange
from sim.results.run import Run
from sim.scenario.schema import Scenario
from sim.statistics.ranges import range_of
from sim.world.simulate import simulate
from tests.helpers.worlds import between

START, END = date(2026, 1, 1), date(2028, 1, 1)
DRAWS, SEEDS, TRUTHS = 60, (1, 2), 120
THIRD = "arrivals.third_country_share"
#: Sets whose weights are far from even.
VALUES = np.linspace(0.2, 0.9, 20)
WEIGHTS = np.arange(1.0, 21) ** 2
#: What is asked of a run.
ASKED: dict[str, Callable[[Run], float]] = {
    "people of third countries": lambda run: (run.people["group"] == "third_country").sum(),
    "all people": lambda run: len(run.people),
    "removed": lambda run: (run.exits["exit"] == "removed").sum(),
    "gone": lambda run: (run.exits["exit"].isin(["absconded", "left_voluntarily"])).sum(),
    "days to serve": lambda run: run.people["sentence_days"].median(),
}


@pytest.fixture(scope="module")
def world() -> Scenario:
    """Two years with few people."""
    return between(START, END, {"arrivals.judgments_per_year": 60, "rented_prison.in_use": False})


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory, world: Scenario) -> list[Plan]:
    """Draws as an answer takes them, of several seeds."""
    sets = tuple(
        ParameterSet(weight=weight, values=(value,))
        for weight, value in zip(WEIGHTS.tolist(), VALUES.tolist(), strict=True)
    )
    factor = OwnRange(key=THIRD, low=0.2, high=0.9)
    file = tmp_path_factory.mktemp("doubt") / "sets.toml"
    ensemble = Ensemble(title="Sets", factors=(factor,), sets=sets)
    file.write_text(as_toml(ensemble), encoding="utf-8")
    design = Doubt(kind="doubt", draws=DRAWS, ensemble=str(file))
    return [lay_out(design, world, seed) for seed in SEEDS]


def asked(plan: Plan, world: Scenario, seed: int) -> NDArray[np.float64]:
    """Return what is asked of every draw of a plan: draws x questions."""
    rows = []
    for point in range(1, len(plan)):
        drawn = world.change(plan.changes(point, world))
        run = Run(simulate(drawn, seed, plan.first(point)))
        rows.append([float(ask(run)) for ask in ASKED.values()])
    return np.array(rows)


@pytest.fixture(scope="module")
def truths(plans: Sequence[Plan], world: Scenario) -> NDArray[np.float64]:
    """What is so in worlds that are drawn in the plainest way."""
    rng = np.random.default_rng(99)
    values = [
        {factor.name: factor.at(rng.random()) for factor in plans[0].factors}
        | {THIRD: rng.choice(VALUES, p=WEIGHTS / WEIGHTS.sum())}
        for _ in range(TRUTHS)
    ]
    names = tuple(map(str, range(TRUTHS + 1)))
    return asked(replace(plans[0], names=names, values=({}, *values)), world, seed=99)


def coverage(draws: Sequence[NDArray[np.float64]], truths: NDArray[np.float64]) -> float:
    """Return the share of truths inside the ranges that draws state, over all that is asked."""
    inside = []
    for stated in draws:
        for mine, true in zip(stated.T, truths.T, strict=True):
            found = range_of(mine)
            inside.append(np.mean((found.low <= true) & (true <= found.high)))
    return float(np.mean(inside))


@pytest.mark.slow
def test_nine_in_ten_ranges_hold_the_truth(
    plans: Sequence[Plan], world: Scenario, truths: NDArray[np.float64]
) -> None:
    draws = [asked(plan, world, seed) for plan, seed in zip(plans, SEEDS, strict=True)]
    assert 0.85 <= coverage(draws, truths) <= 0.95


@pytest.mark.slow
def test_chance_alone_would_be_too_narrow(
    plans: Sequence[Plan], world: Scenario, truths: NDArray[np.float64]
) -> None:
    """The test above can fail: without the assumptions a range holds the truth less often."""
    without = replace(plans[0], values=({},) * (DRAWS + 1))
    assert coverage([asked(without, world, 1)], truths) < 0.8
