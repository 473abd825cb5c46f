"""Seeds, replications and workers are whole numbers or refused, wherever they are passed in."""

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.fates import fates
from sim.errors import PrisonflowError
from sim.people.chance import Chance
from sim.scenario.files import load
from sim.whole import whole_number

SHORT = {
    "time.start": date(2024, 1, 1),
    "time.observe_from": date(2027, 4, 1),
    "time.observe_until": date(2029, 4, 1),
    "time.end": date(2030, 1, 1),
    "arrivals.judgments_per_year": 400,
}
NO_WHOLE_NUMBERS = (1.0, 1.5, math.nan, math.inf, True, np.float64(1), np.bool_(True), "1", None)

CALLS: dict[str, Callable[[Any], object]] = {
    "run, seed": lambda n: sim.run("baseline", seed=n),
    "run, replication": lambda n: sim.run("baseline", replication=n),
    "chance": lambda n: Chance(1, n),
    "verify, replications": lambda n: sim.verify("baseline", replications=n),
    "verify, seed": lambda n: sim.verify("baseline", seed=n),
    "compare, replications": lambda n: sim.compare("baseline", replications=n),
    "compare, draws": lambda n: sim.compare("baseline", draws=n),
    "compare, seed": lambda n: sim.compare("baseline", seed=n, replications=1, progress=False),
    "compare, workers": lambda n: sim.compare("baseline", replications=1, workers=n),
    "experiment, workers": lambda n: sim.run_experiment("smoke", out="/nowhere", workers=n),
    "define, replications": lambda n: sim.define("one", ["baseline"], n),
    "define, seed": lambda n: sim.define("one", ["baseline"], 1, seed=n),
    "validate, replications": lambda n: sim.validate("baseline", replications=n),
    "validate, seed": lambda n: sim.validate("baseline", seed=n),
}
#: Calls in which nothing given means a default.
ALLOW_NONE = ("compare, replications", "compare, draws")


@pytest.mark.parametrize("value", NO_WHOLE_NUMBERS, ids=repr)
@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_whole_number_is_refused(name: str, value: object) -> None:
    if value is None and name in ALLOW_NONE:
        value = "None"  # nothing given is the default number
    with pytest.raises(PrisonflowError, match="give a whole number"):
        CALLS[name](value)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_negative_numbers_are_refused(call: Callable[[Any], object]) -> None:
    with pytest.raises(PrisonflowError, match="it must be at least"):
        call(-1)


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_every_whole_number_comes_back_as_the_same_plain_one(value: Any) -> None:
    found = whole_number("seed", value)
    assert (found, type(found)) == (3, int)


def test_a_number_that_fits_no_table_is_refused() -> None:
    with pytest.raises(PrisonflowError, match="at most 9,223,372,036,854,775,807"):
        whole_number("seed", 2**63)


def test_a_seed_of_numpy_names_the_same_people() -> None:
    small = load("baseline", SHORT)
    plain, of_numpy = sim.run(small, seed=1), sim.run(small, seed=np.int64(1))  # type: ignore[arg-type]
    assert type(of_numpy.seed) is int
    found = fates(plain, of_numpy)
    assert len(found.people) > 0
    assert (found.people["fate_reference"] == found.people["fate"]).all()
