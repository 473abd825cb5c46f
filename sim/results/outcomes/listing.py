"""The outcomes as a table: what each is called, in which unit, and what exactly it counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.results.outcomes import OUTCOMES
from sim.scenario.given import scenario_from

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.schema import Scenario


def outcomes(scenario: Scenario | str | Path = "baseline") -> pd.DataFrame:
    """List the outcomes of a replication.

    Parameters
    ----------
    scenario
        Whose names of states and places the words use: a scenario, or the name or file of one.

    Returns
    -------
    DataFrame
        Indexed by outcome, the name in every table. Columns: title, unit, definition (of whom and
        over what), matters_absolute (in the unit) and matters_relative (share of the reference's
        value): a difference smaller than the larger of the two is negligible.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read.

    Examples
    --------
    >>> import sim
    >>> sim.outcomes().loc["limbo", "unit"]
    'persons'
    """
    import pandas as pd

    world = scenario_from(scenario)
    rows = [
        {
            "outcome": one.name,
            "title": world.told(one.title),
            "unit": one.unit,
            "definition": world.told(one.definition),
            "matters_absolute": one.margin.absolute,
            "matters_relative": one.margin.relative,
        }
        for one in OUTCOMES
    ]
    return pd.DataFrame(rows).set_index("outcome")
