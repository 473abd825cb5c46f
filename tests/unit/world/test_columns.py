"""People as lists: what the processes read."""

from __future__ import annotations

from dataclasses import asdict

from sim.people.chance import Chance
from sim.people.cohort import draw_cohort
from sim.world.columns import Altered, People
from tests.helpers.worlds import small


def test_whoever_served_abroad_has_the_lists_of_a_cohort_that_all_did() -> None:
    world = small().change({"rented_prison.effects.willing_factor": 0.5})
    cohort = draw_cohort(world, Chance(1, 0))
    everyone = cohort.changed(range(cohort.size))
    altered, people = asdict(Altered.of(everyone)), asdict(People.of(everyone, ()))
    assert altered == {name: people[name] for name in altered}
    stayed = asdict(People.of(cohort, ()))
    assert sum(altered["willing"]) < sum(stayed["willing"])
    assert altered["detention_limit"] != stayed["detention_limit"]
