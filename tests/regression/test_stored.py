"""Results stay what they were, number by number, under the same seed.

Up to the last digits, in which other processors and versions of numpy may round otherwise. A change
that is meant to change them stores them anew, with `make regression`.
"""

from __future__ import annotations

from math import isclose

import pytest

from tests.regression.update import SCENARIOS, results, stored


@pytest.fixture(scope="module")
def today() -> dict[tuple[str, str], float | None]:
    return results()


def same(before: float | None, now: float | None) -> bool:
    if before is None or now is None:
        return before is now
    return isclose(before, now, rel_tol=1e-9)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_results_are_those_stored(
    scenario: str, today: dict[tuple[str, str], float | None]
) -> None:
    before, now = (
        {what: value for (name, what), value in table.items() if name == scenario}
        for table in (stored(), today)
    )
    changed = {
        what: (before.get(what), now.get(what))
        for what in {**before, **now}
        if what not in before or what not in now or not same(before[what], now[what])
    }
    assert not changed, f"stored, today: {changed}; make regression if meant"


def test_stored_results_are_not_empty() -> None:
    """Every scenario has people, removals and a centre, so that a change could be seen."""
    table = stored()
    for name in SCENARIOS:
        for what in ("people", "removals", "departure_centre_people", "limbo", "exits absconded"):
            assert table[name, what], (name, what)
    assert table["baseline", "rented_prison_people"]
    assert table["no_agreement", "rented_prison_people"] == 0
