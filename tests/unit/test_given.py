"""Whoever hands a function the wrong kind of thing is told what it takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.analysis import durations, estimates, fates, paired
from sim.results.run import Run
from sim.scenario.schema import Scenario
from sim.show import plots
from tests.helpers.misuse import TINY

MORE: dict[str, tuple[Any, ...]] = {
    "queue": ("limbo",), "survival": ("limbo",), "story": (1,), "response": ("a", "limbo"),
    "influence": ("limbo",),
}  # fmt: skip
ANALYSES: dict[str, Callable[[Any], object]] = {
    "fates": lambda thing: fates.fates(thing, thing),
    "durations": lambda thing: durations.durations([thing]),
    "survival_curves": lambda thing: durations.survival_curves([thing], [1.0]),
    "shares": lambda thing: durations.shares_after_sentence([thing], [365.0]),
    "means": estimates.means,
    "paired": lambda thing: paired.paired(thing, "baseline"),
    "sensitivity": sim.sensitivity,
    "run": sim.run,
    "verify": sim.verify,
    "compare": sim.compare,
    "validate": sim.validate,
    "Comparison": lambda thing: sim.Comparison([thing]),
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    file = tmp_path_factory.mktemp("files") / "tiny.toml"
    file.write_text(TINY, encoding="utf-8")
    return sim.load(file)


@pytest.fixture(scope="module")
def run(tiny: Scenario) -> Run:
    return sim.run(tiny)


@pytest.mark.parametrize("name", plots.__all__)
@pytest.mark.parametrize("thing", ["scenario", "text", "number", "nothing", "frame", "scenarios"])
def test_a_plot_says_what_it_takes(name, thing, tiny):
    given = {
        "scenario": tiny, "text": "baseline", "number": 3, "nothing": None,
        "frame": pd.DataFrame(), "scenarios": [tiny, tiny],
    }[thing]  # fmt: skip
    with pytest.raises(TypeError, match=r"^give .*; this is of the type \w+") as told:
        getattr(plots, name)(given, *MORE.get(name, ()))
    if thing == "scenario":
        assert "sim.run(scenario)" in str(told.value)


def test_differences_take_a_comparison_and_no_runs(run):
    with pytest.raises(TypeError, match=r"sim\.compare"):
        plots.differences([run, run])


@pytest.mark.parametrize("name", ANALYSES)
@pytest.mark.parametrize(
    "thing", [3, None, 1.5, {}, object()], ids=lambda thing: type(thing).__name__
)
def test_an_analysis_says_what_it_takes(name, thing):
    with pytest.raises(TypeError, match=r"^give .*; this is of the type \w+"):
        ANALYSES[name](thing)


def test_a_list_of_nothing_is_told():
    for plot in (plots.occupancy, plots.costs):
        with pytest.raises(ValueError, match="nothing to draw"):
            plot([])
    with pytest.raises(ValueError, match="nothing to draw"):
        plots.survival([], "limbo")
    with pytest.raises(ValueError, match="at least one scenario"):
        sim.validate([])
    assert sim.load(Path("baseline")).name == "baseline"
