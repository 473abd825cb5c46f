"""What is told of one scenario: where queues build, how long people are held, and then."""

from __future__ import annotations

from math import inf, isfinite, isnan
from typing import TYPE_CHECKING

from sim.language import tr
from sim.numbers import grouped
from sim.show import words
from sim.show.answer.amounts import amount, sentences_of
from sim.show.facts.lengths import FEWEST, Length, lengths
from sim.show.facts.queues import Queue, queues_of, waits_by_origin

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: A peak this many times the mean length of a queue is worth a word.
PEAK = 5


def longest(r: Replications) -> list[str]:
    """Say which queue is longest, how long one waits there, and who waits how long."""
    queues = queues_of(r)
    if not queues:
        return [tr("Nobody is ever counted in a queue.")]
    queue = queues[0]
    people = amount(r, queue.outcome).written()
    first = tr("The longest queue: {queue}, with {people} people on average.",
               queue=_named(queue, r), people=people)  # fmt: skip
    return sentences_of([first, _peak(queue), _wait(queue), *_by_origin(r, queue)])


def second(r: Replications) -> list[str]:
    """Say which queue comes next."""
    queues = queues_of(r)
    if len(queues) < 2:
        return []
    queue = queues[1]
    text = tr("Next comes {queue}, with {people} people on average.", queue=_named(queue, r),
              people=amount(r, queue.outcome).written())  # fmt: skip
    return sentences_of([text, _peak(queue), _wait(queue)])


def _named(queue: Queue, r: Replications) -> str:
    return words.lower_first(queue.title, r.scenario)


def _peak(queue: Queue) -> str:
    """Say when a queue peaks, if the mean over the period hides it."""
    if queue.peak < max(10, PEAK * queue.mean):
        return ""
    if queue.beside:
        return tr("It peaks at {people} in {month}, {beside}.", people=words.people(queue.peak),
                  month=words.month(queue.peaks), beside=queue.beside)  # fmt: skip
    return tr("It peaks at {people} in {month}.", people=words.people(queue.peak),
              month=words.month(queue.peaks))  # fmt: skip


def _wait(queue: Queue) -> str:
    """Say how long one waits."""
    if isnan(queue.wait):
        return ""
    if queue.wait == inf:
        return tr("Fewer than half of those who join it ever get what they wait for.")
    return tr("Half of those who join it have what they wait for within {time}.",
              time=words.span(queue.wait))  # fmt: skip


def _by_origin(r: Replications, queue: Queue) -> list[str]:
    """Name the origins whose people wait longest and shortest for a travel document."""
    found = waits_by_origin(r) if queue.name == "travel_document" else {}
    ever = {name: days for name, days in found.items() if days < inf}
    if len(ever) < 2:
        return []
    low, high = min(ever, key=lambda name: ever[name]), max(ever, key=lambda name: ever[name])
    title = r.scenario.origins
    said = [
        tr("Shortest: {origin}, half within {time}.", origin=tr(title[low].title),
           time=words.span(ever[low])),
        tr("Longest: {origin}, half within {time}.", origin=tr(title[high].title),
           time=words.span(ever[high])),
    ]  # fmt: skip
    if never := len(found) - len(ever):
        said.append(tr("For {number} of {all} origins fewer than half ever have one.",
                       number=grouped(never), all=grouped(len(found))))  # fmt: skip
    return said


# ---------------------------------------------------------------------- places and stays


def home(r: Replications) -> list[str]:
    """Say how full prisons of the sending state are."""
    occupancy = amount(r, "home_occupancy")
    if not occupancy.exists:
        return []
    return [
        tr("{prisons} are {share} full.", prisons=words.facility_title(r.scenario, "home_prisons"),
           share=occupancy.written(share=True))
    ]  # fmt: skip


def stays(r: Replications) -> list[str]:
    """Say how long people are held in the rented prison, in detention, and after the sentence."""
    table, found = lengths(r), []
    rented, detention = table.get(("rented_prison",)), table.get(("pre_removal_detention",))
    if rented is not None and rented.stays >= FEWEST:
        found += _quartiles(
            tr(
                "Stays in {prison}, trips to {state} included:",
                prison=tr(r.scenario.rented_prison.title),
                state=tr(r.scenario.countries.sending),
            ),
            rented,
        )
    if detention is not None and detention.stays >= FEWEST:
        found += _quartiles(tr("Stays in pre-removal detention, EU citizens’ included:"), detention)
    held = amount(r, "held_after_sentence_days")
    if held.exists:
        found.append(
            tr("In the two years after their sentence, third-country nationals released and "
               "followed so long are held for {days} days on average.", days=held.written())
        )  # fmt: skip
    return found


def _quartiles(whose: str, length: Length) -> list[str]:
    """Say after which time a half and three quarters of stays are over."""
    if not isfinite(length.lower):
        return [f"{whose} {tr('fewer than a quarter are over by the end of the simulation.')}"]
    if not isfinite(length.median):
        over = tr("a quarter are over within {time}, fewer than half at all.",
                  time=words.span(length.lower))  # fmt: skip
    elif not isfinite(length.upper):
        over = tr("half are over within {time}, fewer than three quarters at all.",
                  time=words.span(length.median))  # fmt: skip
    else:
        over = tr("half are over within {time}, three quarters within {longer}.",
                  time=words.span(length.median), longer=words.span(length.upper))  # fmt: skip
    return [f"{whose} {over}"]


def limbo(r: Replications) -> list[str]:
    """Say how many people are in limbo, and for how long."""
    number, length = amount(r, "limbo"), lengths(r).get(("limbo",))
    if not (number.exists and r.scenario.arrivals.expels):
        return []
    found = [tr("{people} people are in limbo on average.", people=number.written())]
    if length is not None and length.stays >= FEWEST:
        found += _quartiles(tr("Times in limbo:"), length)
    return found


def after(r: Replications) -> list[str]:
    """Say what has become of third-country nationals a year after their sentence."""
    gone, away = amount(r, "removed_1y"), amount(r, "absconded_1y")
    if not (gone.exists and away.exists):
        return []
    return [
        tr("A year after their sentence, {share} of third-country nationals released have been "
           "removed or have gone home.", share=gone.written(share=True)),
        tr("Nobody knows where {share} of them are.", share=away.written(share=True)),
    ]  # fmt: skip
