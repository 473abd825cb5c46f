"""What a caller gives: a scenario in any of its forms, and a word if it is something else."""

from __future__ import annotations

from pathlib import Path

from sim.scenario.files import load
from sim.scenario.schema import Scenario

_HINTS = {
    "Scenario": "sim.run(scenario) simulates it",
    "DataFrame": "give what the table was taken from",
    "Experiment": "sim.run_experiment(experiment) runs it",
}


def expect(value: object, kind: type | tuple[type, ...], wanted: str) -> None:
    """See that a value is of a kind.

    Parameters
    ----------
    value
        What was given.
    kind
        What it must be.
    wanted
        The same in words, such as `"a run"`.

    Raises
    ------
    TypeError
        Saying what is wanted and what was given.
    """
    if not isinstance(value, kind):
        given = type(value).__name__
        hint = f": {_HINTS[given]}" if given in _HINTS else ""
        raise TypeError(f"give {wanted}; this is of the type {given}{hint}")


def scenario_from(given: Scenario | str | Path) -> Scenario:
    """Return a scenario given as such, by the name of a shipped one, or by its file.

    Raises
    ------
    ScenarioError
        If it cannot be read.
    TypeError
        If it is something else.
    """
    expect(given, (Scenario, str, Path), "a scenario, or the name or file of one")
    return given if isinstance(given, Scenario) else load(given)
