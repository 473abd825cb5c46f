"""What must hold in every world, however strange: the checks of `prisonflow verify`, on worlds that
Hypothesis makes up.

`tests/unit/analysis/test_verify.py` shows of each check that it can fail.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, note, settings

from sim.scenario.base import as_toml_value
from sim.scenario.files import difference
from sim.scenario.schema import Scenario
from sim.verification import CHECKS, Check, judge
from sim.verification.told import Told
from tests.helpers.runs import tell
from tests.helpers.strategies import SEEDS, scenarios
from tests.helpers.worlds import small

RECORDS = [check for check in CHECKS if check.group not in ("chance", "theory", "engine")]
OTHERS = [check for check in CHECKS if check.group in ("chance", "theory")]


def assert_all_hold(checks: Sequence[Check], told: Sequence[Told]) -> None:
    note(f"seed {told[0].replication.seed}, and of the small world:")
    for key, _, value in difference(small(), told[0].scenario):
        note(f"  {key} = {as_toml_value(value)}")
    verdicts = [judge(check, told) for check in checks]
    broken = [(v.check, v.worst, v.unit, v.why) for v in verdicts if v.verdict == "FAILS"]
    assert not broken


@settings(max_examples=60)
@given(scenario=scenarios(), seed=SEEDS)
def test_everything_holds_in_every_world(scenario: Scenario, seed: int) -> None:
    assert_all_hold(RECORDS, [tell(scenario, seed)])


@settings(max_examples=10)
@given(scenario=scenarios(), seed=SEEDS)
def test_people_are_what_every_world_says(scenario: Scenario, seed: int) -> None:
    assert_all_hold(OTHERS, [tell(scenario, seed), tell(scenario, seed + 1)])
