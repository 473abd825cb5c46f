"""The two engines: the institutions as they stand on SimPy, or the same text compiled.

Where the package was built with a compiler at hand, `sim.world.compiled` holds the modules named in
`TEXT`, compiled from the very files beside this one, with `sim.world.scheduler` in the place of
`sim.world.clock`. They are used as long as these files are what they were compiled from. Both give
the same log.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from importlib import import_module
from pkgutil import get_data
from types import ModuleType
from typing import Literal, get_args

from sim.errors import PrisonflowError

Engine = Literal["simpy", "compiled"]

#: Names the engine for everything that does not name one itself, workers included.
VARIABLE = "PRISONFLOW_ENGINE"

#: What is compiled, and the file each module is compiled from.
TEXT = {
    "clock": "scheduler",
    "columns": "columns",
    "departure_centre": "departure_centre",
    "detention": "detention",
    "journey": "journey",
    "host": "host",
    "outside": "outside",
    "places": "places",
    "removal": "removal",
    "rented_prison": "rented_prison",
    "transfer": "transfer",
    "world": "world",
}


class NotCompiled(PrisonflowError, RuntimeError):
    """The compiled engine was asked for, and there is none that fits the code."""


def fingerprint() -> str:
    """Return a hash of the files that are compiled."""
    found = hashlib.sha256()
    for name, file in TEXT.items():
        found.update(f"{name} {file}\n".encode())
        found.update(get_data("sim.world", f"{file}.py") or b"")
    return found.hexdigest()


@lru_cache(maxsize=1)
def why_not_compiled() -> str | None:
    """Return why the compiled engine cannot be used, or None if it can."""
    try:
        built = import_module("sim.world.compiled.built")
    except ImportError:
        return "it was not built when the package was installed"
    if fingerprint() != built.FINGERPRINT:
        return "it was built from other source files; `make engine` builds it again"
    return None


def engine_for(asked: str | None = None) -> Engine:
    """Return the engine to use: the one asked for, here or by `VARIABLE`, or the fastest there is.

    Raises
    ------
    NotCompiled
        If the compiled one is asked for and cannot be used.
    ValueError
        If there is no engine of that name.
    """
    asked = asked or os.environ.get(VARIABLE) or None
    if asked not in (None, *get_args(Engine)):
        raise ValueError(f"engine is {asked!r}: expected 'simpy' or 'compiled'")
    if asked == "simpy":
        return "simpy"
    reason = why_not_compiled()
    if asked == "compiled" and reason:
        raise NotCompiled(f"there is no compiled engine here: {reason}")
    return "simpy" if reason else "compiled"


def part(engine: Engine, name: str) -> ModuleType:
    """Return a module of the text as an engine runs it."""
    return import_module(f"sim.world.{name}" if engine == "simpy" else f"sim.world.compiled.{name}")


def described() -> str:
    """Say which engine is used, and why if it is not the fastest there can be."""
    if engine_for() == "compiled":
        return "compiled"
    reason = why_not_compiled()
    return f"SimPy (not compiled: {reason})" if reason else "SimPy (as asked for)"
