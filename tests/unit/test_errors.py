"""Whole numbers are whole numbers, and every error of the project has one base."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import NotAWholeNumber, PrisonflowError, whole_number
from tests.helpers.worlds import small

NONE = [1.0, 1.5, True, False, np.True_, np.float64(1), float("nan"), "1", None, [1], -1]


@pytest.mark.parametrize("value", NONE, ids=repr)
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(NotAWholeNumber, match=r"^seed is .*: give "):
        whole_number(value, "seed")


@pytest.mark.parametrize("value", [0, 7, np.int64(7), np.uint8(3), 10**30])
def test_whole_numbers_of_any_type_are_one(value: Any) -> None:
    found = whole_number(value, "seed")
    assert found == value
    assert type(found) is int


CALLS: dict[str, Callable[[Any], Any]] = {
    "run, seed": lambda n: sim.run(small(), seed=n),
    "run, replication": lambda n: sim.run(small(), replication=n),
    "compare, replications": lambda n: sim.compare(small(), replications=n),
    "compare, seed": lambda n: sim.compare(small(), replications=1, seed=n),
    "compare, workers": lambda n: sim.compare(small(), replications=1, workers=n),
    "verify, replications": lambda n: sim.verify(small(), n),
    "verify, seed": lambda n: sim.verify(small(), 1, n),
    "validate, replications": lambda n: sim.validate(replications=n),
    "validate, seed": lambda n: sim.validate(replications=1, seed=n),
    "define, replications": lambda n: sim.define("mine", [small()], n),
    "define, seed": lambda n: sim.define("mine", [small()], 1, seed=n),
}


@pytest.mark.parametrize("value", [1.5, True, -1, "one"], ids=repr)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_no_public_function_takes_another_number(call: Callable[[Any], Any], value: Any) -> None:
    with pytest.raises(NotAWholeNumber):
        call(value)


def test_every_error_of_the_project_has_the_common_base() -> None:
    found = []
    for module in pkgutil.walk_packages(sim.__path__, "sim."):
        if module.name.startswith(("sim.show.app", "sim.__main__", "sim.cli")):
            continue
        for name, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            ours = kind.__module__.startswith("sim.") and issubclass(kind, Exception)
            if ours and not issubclass(kind, Warning) and not name.startswith("_"):
                found.append(kind)
    internal = {"DoesNotApply", "EmptySample", "BrokenRiskSet", "UnusableKey", "UnknownName"}
    assert found
    assert {k.__name__ for k in found if not issubclass(k, PrisonflowError)} <= internal
