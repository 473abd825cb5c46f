"""Whoever catches one kind of error catches all that the project raises about its input."""

import importlib
import inspect
import pkgutil

import pytest

import sim
from sim.errors import PrisonflowError

#: Raised inside a function and caught there, never seen by a user.
INSIDE = {"DoesNotApply"}


def _modules():
    skipped = ("sim.__main__", "sim.cli", "sim.show.app")  # run or need the page's extras
    for found in pkgutil.walk_packages(sim.__path__, "sim."):
        if not found.name.startswith(skipped):
            yield importlib.import_module(found.name)


def test_every_public_error_of_the_project_has_the_same_base():
    errors = {
        thing
        for module in _modules()
        for name, thing in vars(module).items()
        if inspect.isclass(thing)
        and issubclass(thing, Exception)
        and thing.__module__.startswith("sim.")
        and not name.startswith("_")
        and name not in INSIDE
    }

    assert len(errors) > 10
    assert [error for error in errors if not issubclass(error, PrisonflowError)] == []


def test_the_base_is_public_and_a_value_error():
    with pytest.raises(sim.PrisonflowError):
        sim.load("nowhere")
    assert issubclass(sim.PrisonflowError, ValueError)
