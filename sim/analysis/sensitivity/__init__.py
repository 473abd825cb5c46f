"""What the results of an experiment follow: one question to its folder, answered with tables.

    import sim

    found = sim.open_experiment("outputs/experiments/screening")
    question = sim.sensitivity(found, ["limbo"], reference="no_agreement")
    question.ranking()
    question.tornado()
    question.two_kinds()                                   # chance and ignorance
    question.discovery("limbo > 0", "baseline").boxes

Which of these there are depends on the design; each says what it needs. The functions of
modules `morris`, `sobol`, `swings`, `variance` and `discovery` answer a question about any table.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.sensitivity.layout import Layout
from sim.analysis.sensitivity.question import Question
from sim.analysis.sensitivity.ranks import STRENGTH
from sim.analysis.sensitivity.sobol import NeedsSALib
from sim.experiment.read import Results
from sim.scenario.given import expect
from sim.statistics.intervals import LEVEL

__all__ = ["STRENGTH", "NeedsSALib", "Question", "sensitivity"]


def sensitivity(
    results: Results,
    outcomes: Sequence[str] | None = None,
    reference: str | None = None,
    level: float = LEVEL,
) -> Question:
    """Ask what the results of an experiment follow.

    Parameters
    ----------
    results
        An experiment, finished or not.
    outcomes
        Which outcomes, in order; all by default.
    reference
        Scenario from which paired differences are taken; values if None.
    level
        Share of intervals that cover the true value, and of cases that chance covers.

    Returns
    -------
    Question
        Answered by its methods: ranking, tornado, interactions, two_kinds, discovery.

    Raises
    ------
    TypeError
        If `results` is something else.

    Examples
    --------
    ::

        found = sim.open_experiment("outputs/experiments/screening")
        sim.sensitivity(found, ["limbo"], reference="no_agreement").ranking()
    """
    expect(results, Results, "the results of an experiment: sim.open_experiment(folder)")
    layout = Layout.of(results.manifest)
    return Question(results.outcomes, results.design, layout, outcomes, reference, level)
