"""How long people are held or wait, by stage and by group of countries of origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language import mark
from sim.show.facts.lengths import Length, lengths
from sim.world.flow import AFTER_SENTENCE, CASE_STAGES, STAYS

if TYPE_CHECKING:
    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario


#: Scenarios that fit side by side; fewest stays for an origin to be named as longest or shortest.
COMPARED, ENOUGH_TO_RANK = 4, 30


#: Rows from above, in the order of the journey; None leaves a gap.
_WHILE, _AFTER = (
    tuple(dict.fromkeys(STAYS[s].role for s in STAYS if (s in AFTER_SENTENCE) == after))
    for after in (False, True)
)
_CASE = tuple(stage.name.lower() for stage, row in CASE_STAGES.items() if row.idle)
STAGES = (*_WHILE, None, *_AFTER, None, *_CASE, None, "limbo")


REGIMES = {
    "refuses": mark("Origin refuses"),
    "limited": mark("Origin cooperates to a limited extent"),
    "cooperates": mark("Origin cooperates"),
}


def origins_of(r: Replications, stage: str = "limbo") -> list[str]:
    """Return origins by cooperation when the observed period begins, longest stay first."""
    table, rows, absent = lengths(r, "origin"), [], Length(0, 0, 0, 0, 0)
    for regime in REGIMES:
        mine = [o for o in r.scenario.origins if regime_of(r.scenario, o) == regime]
        mine.sort(key=lambda o: -table.get((stage, o), absent).median)
        rows += [f"={regime}", *mine] if mine else []
    return rows


def regime_of(scenario: Scenario, origin: str) -> str:
    """Return how an origin cooperates on the first observed day."""
    day = scenario.time.observe_from
    steps = scenario.origins[origin].cooperation
    return next((s.regime for s in steps if s.from_ <= day < s.until), steps[-1].regime)
