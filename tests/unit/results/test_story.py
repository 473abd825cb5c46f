"""A person's story says what the records say, and examples are worth following."""

from __future__ import annotations

import re

import numpy as np
import pytest

import sim
from sim.people.arrivals import THIRD_COUNTRY
from sim.people.sentence import PRISON, RELEASED
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
    assert exits.code[row] in (Exit.REMOVED, Exit.REMOVED_FROM_HOST)
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


def test_a_document_is_asked_for_once_be_there_a_prospect_or_not(run):
    """A prospect can be lost and come again; that is not another request."""
    cases, requested = run.records.cases, run.records.request_day
    again = (cases.code == CaseStage.TRAVEL_DOCUMENT) & (cases.start > requested[cases.index])
    stalled = (cases.code == CaseStage.STALLED) & (cases.start == requested[cases.index])
    assert stalled.sum() > 50
    for index in [*cases.index[again][:3], *cases.index[stalled][:3]]:
        story = told(run, index)
        assert story.count("a travel document is asked for") == 1
        day = run.scenario.date(requested[index])
        assert f"{day}  a travel document is asked for; " in story


def gone_from(run: Run, stay: Stay) -> int:
    """Return someone whose whereabouts are unknown first after a stay."""
    stays = run.records.stays
    gone = (stays.code[1:] == Stay.AT_LARGE) & (stays.index[1:] == stays.index[:-1])
    first = np.unique(stays.index[1:][gone], return_index=True)[1]
    rows = np.flatnonzero(gone)[first]
    return int(stays.index[rows[stays.code[rows] == stay][0]])


@pytest.mark.parametrize(
    ("stay", "words"),
    [
        (Stay.DETENTION, "is released from detention; never reports to Kærshovedgård"),
        (Stay.HOME_PRISON, "is released from prison; never reports to Kærshovedgård"),
        (Stay.DEPARTURE_CENTRE, "is gone; where to is not known, and the case stays open"),
    ],
)
def test_who_never_reports_is_not_told_as_an_escape(run, stay, words):
    said = told(run, gone_from(run, stay))
    assert words in said
    assert "absconds" not in said


def test_a_closed_case_is_told(run):
    exits = run.records.exits
    closed = exits.index[exits.code == Exit.ABSCONDED]
    assert "is not found; the case is closed." in told(run, closed[0])


def test_share_of_the_sentence_served_is_that_of_the_days_in_custody(run):
    """Counted from the dates told, whatever parole would have allowed."""
    names = {"half": 50.0, "two thirds": 200 / 3, "all": 100.0}
    people, spells = run.people, run.spells
    spells = spells[(spells["track"] == "stay") & spells["held"]]
    begins = spells.groupby("person")["start"].min()
    inside = begins > np.datetime64(run.scenario.time.start)
    released = people[(people["ending"] == "released") & people["person"].map(inside).eq(True)]
    served = (released["sentence_end"] - released["person"].map(begins)).dt.total_seconds() / 86400
    share = 100 * served / released["sentence_days"]
    plain = run.cohort.sentence.kind[released.index] == PRISON
    off = ((share / 100 - released["fraction_to_serve"]).abs() > 0.02) & plain
    looked_at = [*released[off].index[::40], *released[plain & ~off].index[::80]]
    assert off.sum() > 50
    for index in looked_at:
        [words] = re.findall(r"the sentence ends, (.*) of it served", told(run, index))
        said = names.get(words) or float(words.removesuffix(" %"))
        assert said == pytest.approx(share[index], abs=0.51)
        assert said <= 100


def test_a_sentence_without_a_length_has_no_share_served(run):
    sentence = run.cohort.sentence
    endless = (sentence.kind != PRISON) & (sentence.ending == RELEASED)
    endless &= sentence.leaves < run.scenario.horizon
    for index in np.flatnonzero(endless)[:5]:
        assert "the sentence ends." in told(run, index)


def test_the_exit_is_told_last(run):
    for index in run.records.exits.index[::200]:
        *_, last, _closing = told(run, index).splitlines()
        assert last.startswith(str(run.scenario.date(run.records.exit_day[index])))
        assert "issued" not in last
