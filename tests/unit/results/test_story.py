"""A person's story says what the records say, and examples are worth following."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.people.arrivals import THIRD_COUNTRY
from sim.results.run import Run
from sim.results.story import examples, tell
from sim.world.stages import CaseStage, Exit, Stay


@pytest.fixture(scope="module")
def run() -> Run:
    scenario = sim.load("baseline").change({"arrivals.judgments_per_year": 300})
    return sim.run(scenario, seed=2)


def told(run: Run, index: int) -> str:
    return "\n".join(tell(run, int(run.cohort.arrived.person[index])))


def index_of(run: Run, person: int) -> int:
    return int(np.flatnonzero(run.cohort.arrived.person == person)[0])


def test_examples_are_what_their_reasons_say(run):
    found = {reason: index_of(run, person) for person, reason in examples(run).items()}
    stays, exits, limbo = run.records.stays, run.records.exits, run.records.limbo

    def stayed(index, stay):
        return bool(np.any((stays.index == index) & (stays.code == stay)))

    assert stayed(found["serves in Gnjilane"], Stay.RENTED_PRISON)
    inside = found["lives in limbo in Kærshovedgård"]
    mine = (stays.index == inside) & (stays.code == Stay.DEPARTURE_CENTRE)
    begins = limbo.start[limbo.index == inside]
    assert np.any(stays.start[mine][:, None] >= begins[None, :])
    removed = found["is detained after the sentence, and then removed"]
    row = int(np.flatnonzero(exits.index == removed)[0])
    assert exits.code[row] in (Exit.REMOVED, Exit.REMOVED_FROM_KOSOVO)
    assert exits.from_stay[row] in (Stay.DETENTION, Stay.DETENTION_ABROAD)
    assert all(run.cohort.arrived.group[index] == THIRD_COUNTRY for index in found.values())


def test_travel_document_is_told_on_its_day_where_it_is_reached(run):
    documents, exit_day = run.records.document_day, run.records.exit_day
    issued = np.flatnonzero(np.isfinite(documents) & (run.cohort.arrived.group == THIRD_COUNTRY))
    for index in issued[:: max(1, len(issued) // 20)]:
        day = run.scenario.date(documents[index])
        assert f"{day}  the travel document is issued." in told(run, index)
        assert documents[index] <= exit_day[index]
    never = np.flatnonzero(~np.isfinite(documents))[:20]
    assert not any("document is issued" in told(run, index) for index in never)


def test_document_that_would_come_after_the_exit_is_not_issued(run):
    cases = run.records.cases
    waits = cases.code == CaseStage.TRAVEL_DOCUMENT
    cut = waits & (cases.end == run.records.exit_day[cases.index])
    cut &= ~np.isin(cases.index, np.flatnonzero(np.isfinite(run.records.document_day)))
    assert cut.any()
    for index in cases.index[cut][:20]:
        assert "document is issued" not in told(run, index)


def test_absconding_from_custody_is_not_told_as_an_escape(run):
    exits = run.records.exits
    gone = exits.code == Exit.ABSCONDED
    from_detention = exits.index[gone & (exits.from_stay == Stay.DETENTION)]
    assert len(from_detention)
    said = told(run, from_detention[0])
    assert "is released from detention; never reports to Kærshovedgård." in said
    assert "absconds" not in said
    from_prison = exits.index[gone & (exits.from_stay == Stay.DANISH_PRISON)]
    assert "is released from prison; never reports to Kærshovedgård." in told(run, from_prison[0])
    from_centre = exits.index[gone & (exits.from_stay == Stay.DEPARTURE_CENTRE)]
    assert "absconds, and is not found again." in told(run, from_centre[0])


def test_the_exit_is_told_last(run):
    for index in run.records.exits.index[::200]:
        *_, last, _closing = told(run, index).splitlines()
        assert last.startswith(str(run.scenario.date(run.records.exit_day[index])))
        assert "issued" not in last
