"""One person's story, dated, in words: the quickest way to see what the model does and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim import html
from sim.language import ENGLISH, speaking
from sim.numbers import counted, grouped, points
from sim.people.arrivals import EU, THIRD_COUNTRY
from sim.people.sentence import LIFE, PREVENTIVE_CUSTODY, PRISON, RELEASED
from sim.people.transfer import SUITABLE
from sim.results.records import Integers, among
from sim.scenario.schema import DAYS_PER_YEAR
from sim.table import Table
from sim.world.flow import CASE_STAGES, EXITS, REMOVALS, STAYS
from sim.world.stages import CaseStage, Exit, Stay

if TYPE_CHECKING:
    from sim.results.run import Run

#: Shares of a sentence closer than this are told alike.
_SAME_SHARE = 0.005
#: To be gone after custody means just that: nobody escapes from there.
_NEVER_REPORTS = "is released from %s; never reports to {centre_title}: whereabouts unknown"


@dataclass(frozen=True)
class Line:
    """Something that happens to a person on a day."""

    day: date
    text: str


@dataclass(frozen=True)
class Story:
    """What happens to one person, in words; `print` it."""

    heading: str
    """Who the person is."""
    lines: tuple[Line, ...]
    """What happens, in order of time."""
    closing: str
    """How it ends, and how many days the person was held."""

    def __str__(self) -> str:
        dated = (f"{line.day}  {line.text}." for line in self.lines)
        return "\n".join([self.heading, *dated, self.closing])

    def __repr__(self) -> str:
        who, _, _ = self.heading.partition(":")
        return f"<Story of {who.lower()}: {len(self.lines)} lines; print it>"

    def _repr_html_(self) -> str:
        rows = [(str(line.day), f"{line.text}.") for line in self.lines]
        told = Table.of(("date", "what happens"), rows, numbers=False).html()
        return html.card(self.heading, "", told, html.paragraph(self.closing))


def story(run: Run, person: int) -> Story:
    """Tell a person's story; see `Run.story`. It is told in English, numbers and all."""
    with speaking(ENGLISH):
        return _told(run, person)


def _told(run: Run, person: int) -> Story:
    found = np.flatnonzero(run.cohort.arrived.person == person)
    if not len(found):
        raise KeyError(f"nobody has the number {person} in {run!r}")
    i = int(found[0])
    lines = sorted(_lines(run, i), key=lambda line: line.day)
    return Story(_who(run, i), tuple(lines), _closing(run, i))


def tell(run: Run, person: int) -> list[str]:
    """Tell a person's story, line by line.

    Parameters
    ----------
    run
        The run.
    person
        The person's number, as in the tables.

    Returns
    -------
    list of str
        A heading, one dated line for each thing that happens, and a closing line.

    Raises
    ------
    KeyError
        If the run has no such person.
    """
    return str(story(run, person)).splitlines()


def examples(run: Run, number: int = 5) -> dict[int, str]:
    """Return the numbers of some people worth following, with a reason each.

    Third-country nationals (anyone, where nobody is expelled), each for another reason; a reason
    that nobody has is left out.
    """
    chosen: dict[int, str] = {}
    meant = run.cohort.arrived.group == THIRD_COUNTRY
    if not run.scenario.arrivals.expels:
        meant[:] = True
    for reason, candidates in _reasons(run):
        mine = np.unique(candidates[meant[candidates]])
        people = run.cohort.arrived.person[np.roll(mine, -(len(mine) // 2))]
        person = next((int(p) for p in people if int(p) not in chosen), None)
        if person is not None:
            chosen[person] = reason
    return dict(list(chosen.items())[:number])


def _reasons(run: Run) -> Iterator[tuple[str, Integers]]:
    """Yield reasons to follow someone, and who has each in the observed period."""
    scenario, stays, exits = run.scenario, run.records.stays, run.records.exits

    def stayed(stay: Stay) -> Integers:
        mine = stays.of(stay)
        found: Integers = mine.index[run.observed(mine.start)]
        return found

    yield f"serves in {scenario.rented_prison.title}", stayed(Stay.RENTED_PRISON)
    yield scenario.told("lives in limbo in {centre_title}"), _in_limbo_in_the_centre(run)
    assessed = stayed(Stay.SELECTION)
    unsuitable = run.cohort.eligibility.unsuitable[assessed] != SUITABLE
    yield "is found unsuitable for transfer", assessed[unsuitable]
    detained = among(exits.from_stay, (Stay.DETENTION, Stay.DETENTION_ABROAD))
    removed = among(exits.code, REMOVALS)
    mine = detained & removed & run.observed(exits.day)
    yield "is detained after the sentence, and then removed", exits.index[mine]
    yield "is imprisoned for breach of duties", stayed(Stay.BREACH_IMPRISONMENT)
    yield scenario.told("is detained in {host}"), stayed(Stay.HOST_DETENTION)


def _in_limbo_in_the_centre(run: Run) -> Integers:
    """Return who comes to live in the departure centre while in limbo for a year or more."""
    limbo, stays = run.records.limbo, run.records.stays
    begins, ends = np.full((2, run.cohort.size), np.nan)
    long = limbo.days(run.scenario.horizon) >= DAYS_PER_YEAR
    begins[limbo.index[long]] = limbo.start[long]
    ends[limbo.index[long]] = limbo.start[long] + limbo.days(run.scenario.horizon)[long]
    stays = stays.of(Stay.DEPARTURE_CENTRE)
    mine = run.observed(stays.start)
    mine &= (begins[stays.index] <= stays.start) & (stays.start < ends[stays.index])
    found: Integers = stays.index[mine]
    return found


def _who(run: Run, i: int) -> str:
    arrived, sentence = run.cohort.arrived, run.cohort.sentence
    origin = list(run.scenario.origins.values())[arrived.origin[i]].title
    sex = "woman" if arrived.woman[i] else "man"
    traits = [f"{sex} of {grouped(arrived.age[i])}"]
    if arrived.expelled[i]:
        traits.append(f"from: {origin}")
    if arrived.group[i] != EU:
        home = run.scenario.countries.sending
        traits.append(f"has children in {home}" if arrived.children[i] else "no children there")
    if arrived.group[i] == THIRD_COUNTRY:
        traits.append("cooperates in the return" if sentence.willing[i] else "will not cooperate")
    if run.cohort.eligibility.own_wish[i]:
        traits.append(run.scenario.told("applies to serve in {rented_title}"))
    return f"Person {arrived.person[i]}: {', '.join(traits)}."


def _lines(run: Run, i: int) -> Iterator[Line]:
    yield from _court_lines(run, i)
    yield from _stay_lines(run, i)
    yield from _case_lines(run, i)
    scenario = run.scenario
    for start, end in _of(run.records.limbo, i):
        yield Line(
            scenario.date(start), "limbo begins: the sentence is over, no removal in prospect"
        )
        if np.isfinite(end) and end < run.records.exit_day[i]:
            yield Line(scenario.date(end), "limbo ends: a removal is in prospect")
    yield from _exit_lines(run, i)  # whatever else happens on that day comes before


def _court_lines(run: Run, i: int) -> Iterator[Line]:
    scenario, sentence = run.scenario, run.cohort.sentence
    judgment = run.cohort.arrived.judgment[i]
    what = {
        PREVENTIVE_CUSTODY: "preventive custody",
        LIFE: "prison for life",
    }.get(int(sentence.kind[i]), f"{_duration(sentence.length[i])} in prison")
    expulsion = ", and expulsion" if run.cohort.arrived.expelled[i] else ""
    yield Line(scenario.date(judgment), f"is sentenced: {what}" + expulsion)
    if sentence.final[i] > judgment + 1:
        yield Line(scenario.date(sentence.final[i]), "the judgment is final, after appeal")
    if sentence.ending[i] == RELEASED:
        yield Line(scenario.date(sentence.leaves[i]), f"the sentence ends{_served(run, i)}")


def _served(run: Run, i: int) -> str:
    """Say which share of a prison sentence was served; of one without a length, nothing.

    It can be more than parole asks for: there is a least time served, and nobody is released before
    the judgment.
    """
    sentence = run.cohort.sentence
    if sentence.kind[i] != PRISON:
        return ""
    share = (sentence.leaves[i] - sentence.custody[i]) / sentence.length[i]
    named = {"half": 1 / 2, "two thirds": 2 / 3, "all": 1.0}
    near = (name for name, value in named.items() if abs(share - value) < _SAME_SHARE)
    return f", {next(near, points(share))} of it served"


def _stay_lines(run: Run, i: int) -> Iterator[Line]:
    scenario, stays = run.scenario, run.records.stays
    for row in np.flatnonzero(stays.index == i):
        days = stays.end[row] - stays.start[row]
        length = f", for {_duration(days)}" if np.isfinite(days) else ""
        text = scenario.told(_stay(run, int(row)))
        yield Line(scenario.date(stays.start[row]), text + length)
        decided = stays.code[row] == Stay.SELECTION
        decided &= stays.end[row] < run.cohort.sentence.leaves[i]
        if decided and (found := _rejected(run, i)):
            yield Line(scenario.date(stays.end[row]), found)


def _stay(run: Run, row: int) -> str:
    """Say what a stay is, by where the person comes from."""
    stays = run.records.stays
    stay, before = Stay(stays.code[row]), Stay(stays.code[max(row - 1, 0)])
    if stay == Stay.AT_LARGE and STAYS[before].held and stays.index[row - 1] == stays.index[row]:
        return _NEVER_REPORTS % STAYS[before].let_out
    return STAYS[stay].story


def _rejected(run: Run, i: int) -> str:
    """Say why the selection ends without a transfer to be waited for; nothing if it does not."""
    transfer, eligibility = run.scenario.transfer, run.cohort.eligibility
    refused = run.scenario.told("is refused by {host}")
    for reasons, code, found in (
        (transfer.unsuitable_shares, eligibility.unsuitable[i], "is found unsuitable for transfer"),
        (transfer.refusal_shares, eligibility.refused[i], refused),
    ):
        if code != SUITABLE:
            return f"{found}: {list(reasons)[code].replace('_', ' ')}"
    return ""


def _exit_lines(run: Run, i: int) -> Iterator[Line]:
    exits = run.records.exits
    for row in np.flatnonzero(exits.index == i):
        exit = Exit(exits.code[row])
        text = EXITS[exit].story
        if exit in REMOVALS:
            text %= "" if run.cohort.sentence.willing[i] else ", under escort"
        yield Line(run.scenario.date(exits.day[row]), run.scenario.told(text))


def _no_document(run: Run, i: int, day: date) -> str:
    """Say why no travel document is in prospect on a day."""
    if run.cohort.after.protected[i]:
        return "the person must not be returned there"
    origin = list(run.scenario.origins.values())[run.cohort.arrived.origin[i]]
    steps = [step for step in origin.cooperation if step.from_ <= day]
    if steps and steps[-1].regime == "refuses":
        return f"{origin.title}: the authorities refuse"
    return f"{origin.title}: a review sees none coming in reasonable time"


def _case_lines(run: Run, i: int) -> Iterator[Line]:
    cases = run.records.cases
    for row in np.flatnonzero(cases.index == i):
        day = run.scenario.date(cases.start[row])
        first = cases.start[row] == run.records.request_day[i]
        text = CASE_STAGES[CaseStage(cases.code[row])].story.format(
            asked="a travel document is asked for; " if first else "", why=_no_document(run, i, day)
        )
        yield Line(day, text)
    issued = run.records.document_day[i]
    if np.isfinite(issued):
        yield Line(run.scenario.date(issued), "the travel document is issued")


def _closing(run: Run, i: int) -> str:
    exit_day, scenario = run.records.exit_day[i], run.scenario
    stays = run.records.stays
    mine = stays.index == i
    held = np.array([STAYS[stay].held for stay in Stay])[stays.code] & mine
    horizon = scenario.horizon
    held_days = stays.days(horizon)[held].sum()
    after = stays.overlap(run.cohort.sentence.leaves[i], np.inf, horizon)[held].sum()
    end = (
        f"Left the system on {scenario.date(exit_day)}"
        if np.isfinite(exit_day)
        else f"Still in the system when the simulation ends on {scenario.time.end}"
    )
    overstay = f", {_duration(after)} of it after the sentence" if after >= 1 else ""
    return f"{end}. Held for {_duration(held_days)} in all{overstay}."


def _of(spells, i: int) -> Iterator[tuple[float, float]]:  # type: ignore[no-untyped-def]
    for row in np.flatnonzero(spells.index == i):
        yield float(spells.start[row]), float(spells.end[row])


def _duration(days: float) -> str:
    """Say a number of days as people do."""
    if days < 1:
        return "less than a day"
    if days < 60:
        return counted(round(days), "day")
    years, months = divmod(round(days / DAYS_PER_YEAR * 12), 12)
    parts = [counted(years, "year")] if years else []
    parts += [counted(months, "month")] if months else []
    return " and ".join(parts)
