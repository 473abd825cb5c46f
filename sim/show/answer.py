"""The answer in a few sentences, computed from the numbers: queues, waits, stays, differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf, isfinite, isnan, nan
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.comparable import different_periods
from sim.numbers import coarse, grouped, signed
from sim.results.outcomes.queues import BY_QUEUE
from sim.show import words
from sim.show.facts.agreement import (
    host_prison_words,
    others,
    reference,
    staying_words,
    term_words,
)
from sim.show.facts.data import mean_length, names_of, outcome, over_time, typical_outcome
from sim.show.facts.lengths import FEWEST, half, lengths
from sim.show.facts.memory import remembered
from sim.show.facts.verdicts import verdict_of
from sim.statistics.intervals import FEWEST as FEWEST_FOR_INTERVAL
from sim.statistics.pairs import NEGLIGIBLE, SAME, UNDETECTED, UNTOLD, Difference, difference

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: What is compared between scenarios: outcome, how it is named, and its unit in a sentence.
COMPARED = (
    ("home_occupancy", "occupancy of {adjective} prisons", "points"),
    ("transfer_queue", "the waiting list for the flight", "people"),
    ("document_queue", "the queue for a travel document", "people"),
    ("limbo", "people in limbo", "people"),
    ("held_after_sentence_days", "days held in the two years after the sentence", "days"),
    (
        "removed_1y",
        "the share of those released who are removed or gone home within a year",
        "points",
    ),
)
#: Verdicts without a number.
PLAIN = (SAME, UNDETECTED, NEGLIGIBLE)
#: Scenarios up to this number are compared one by one.
EACH = 2
#: A peak this many times the mean length of a queue is worth a word.
PEAK = 5
#: Fewest waits (a replication) for an origin to be named as longest or shortest.
ENOUGH_TO_RANK = 30


@dataclass(frozen=True)
class Queue:
    """A queue on average over the observed period."""

    name: str
    title: str
    mean: float
    peak: float
    """Highest mean over replications on a day counted."""
    peaks: date
    beside: str
    """Where the peak lies if not in the observed period."""
    wait: float
    """Days until half of all who ask have it (mean over replications), infinite if fewer ever do;
    NaN if too few ask, or replications differ on whether half ever do."""


#: Of whom the wait in a queue is, and what they then have.
_WAIT_WORDS = {
    "flight_and_place": "of those who join it are flown out",
    "return_flight": "of those who join it have flown back",
    "detention_place": "of those who join it get a place",
    "case_worker": "of the cases in it are taken up",
    "travel_document": "of those who ask for one have it",
    "escort": "of those who join it get one",
}


def sentences(replications: Sequence[Replications]) -> list[str]:
    """Return a few sentences that answer the two questions for the first scenario.

    Then come, where there is something to say, for how much of the observed period the rented
    prison is open, who stays in the host state, and how full its prisons are. The last says what
    changes between the reference and the other scenarios: by how much, that no difference can be
    told, or that something is exactly the same.
    """
    first, several = replications[0], len(replications) > 1
    queues, places = queues_of(first), place_words(first)
    said = [longest_sentence(first, queues), *_two([next_words(queues), places])]
    said += [held_sentence(first), limbo_sentence(first), term_words(replications)]
    said += [staying_words(replications), host_prison_words(replications)]
    said.append(change_sentence(replications) if several else after_sentence(first))
    found = [sentence for sentence in said if sentence]
    if several:
        rest = words.lower_first(found[0], first.scenario)
        found[0] = f"In {words.quoted(first.scenario.title)}, {rest}"
    return found


def _two(parts: Sequence[str]) -> list[str]:
    """Make a sentence of two parts, either of which may be missing."""
    known = [part for part in parts if part]
    return [words.capital("; ".join(known)) + "."] if known else []


# ---------------------------------------------------------------------- one scenario


def queues_of(r: Replications) -> list[Queue]:
    """Return the queues in which anyone is ever counted, the longest on average first."""
    titles, found = words.queue_titles(), []
    for name in names_of(r, "queues"):
        series = over_time(r, "queues", name)
        mean = mean_length(r, name)
        if name != "limbo" and series is not None and mean > 0:
            at = int(np.argmax(series.mean))
            day = series.dates[at].astype("datetime64[D]").item()
            title = titles.get(name, name)
            peak, beside = float(series.mean[at]), series.beside(at)
            found.append(Queue(name, title, mean, peak, day, beside, _wait(r, name)))
    return sorted(found, key=lambda queue: -queue.mean)


@remembered
def _wait(r: Replications, queue: str) -> float:
    """Return `Queue.wait`."""
    table = r.lent("waits")
    if table.loc[table["queue"] == queue, "requests"].sum() < FEWEST * r.number:
        return nan
    waits = outcome(r, BY_QUEUE[queue][1].name)
    if np.isnan(waits).all():
        return inf
    return float(waits.mean())


def longest_sentence(r: Replications, queues: Sequence[Queue]) -> str:
    """Say which queue is longest, how long one waits there, and who waits how long."""
    if not queues:
        return "Nobody is ever counted in a queue."
    longest = queues[0]
    return (
        f"The longest queue is {_queue_name(longest)}: {words.people(longest.mean)} people on "
        f"average{_peak_words(longest)}{_wait_words(longest)}{_who_waits(r, longest)}."
    )


def next_words(queues: Sequence[Queue]) -> str:
    """Say which queue comes next."""
    if len(queues) < 2:
        return ""
    second = queues[1]
    return (
        f"next comes {_queue_name(second)}, with {words.people(second.mean)} people on average"
        f"{_peak_words(second)}{_wait_words(second)}"
    )


def _queue_name(queue: Queue) -> str:
    if queue.title.startswith("Waiting for "):
        return "that for " + queue.title.removeprefix("Waiting for ")
    return "the " + words.lower_first(queue.title)


def _peak_words(queue: Queue) -> str:
    """Say when a queue peaks, if the mean over the period hides it."""
    if queue.peak < max(10, PEAK * queue.mean):
        return ""
    beside = f", {queue.beside}" if queue.beside else ""
    return f" ({words.people(queue.peak)} at its peak, in {words.month(queue.peaks)}{beside})"


def _wait_words(queue: Queue) -> str:
    if isnan(queue.wait):
        return ""
    said = _WAIT_WORDS[queue.name]
    if queue.wait == inf:
        return f", fewer than half {said}"
    return f", half {said} within {words.span(queue.wait)}"


@remembered
def _who_waits(r: Replications, queue: Queue) -> str:
    """Name the origins whose people wait longest and shortest for a travel document."""
    if queue.name != "travel_document":
        return ""
    table = r.lent("waits_by_origin")
    table = table[table["queue"] == queue.name].fillna({"median_days": inf})
    origins = table.groupby("origin", observed=True)[["requests", "median_days"]]
    asked = origins.sum()["requests"] / r.number
    middle = origins.median()["median_days"][asked >= ENOUGH_TO_RANK]
    found, never = middle[middle < inf], int((middle == inf).sum())
    if len(found) < 2:
        return ""
    low, high = str(found.idxmin()), str(found.idxmax())
    title = r.scenario.origins
    rest = f"; fewer than half ever for {never} of {len(middle)} origins" if never else ""
    return (
        f" (by origin: within {words.span(found[low])} for {title[low].title}, within "
        f"{words.span(found[high])} for {title[high].title}{rest})"
    )


def place_words(r: Replications) -> str:
    """Say how full the rented prison and prisons of the sending state are."""
    parts = []
    people, fill = (
        typical_outcome(r, "rented_prison_people"),
        typical_outcome(r, "rented_prison_fill"),
    )
    if isfinite(fill):
        parts.append(
            f"{r.scenario.rented_prison.title} holds {words.people(people)} people on average, "
            f"{words.percent(fill)} of its places"
        )
    occupancy = typical_outcome(r, "home_occupancy")
    if isfinite(occupancy):
        prisons = words.facility_title(r.scenario, "home_prisons")
        parts.append(f"{prisons} are {words.percent(occupancy)} full{_filled_words(r)}")
    return " and ".join(parts)


def _filled_words(r: Replications) -> str:
    """Say how many of the places freed at home are filled again, in worlds where any are."""
    gross, net = (typical_outcome(r, f"places_freed_{which}") for which in ("gross", "net"))
    if not r.scenario.home_prisons.freed_places_filled_share or not gross:
        return ""
    return (
        f" (of {words.people(gross)} places freed by those abroad, {words.people(gross - net)} are "
        "filled again by others called up)"
    )


def held_sentence(r: Replications) -> str:
    """Say how long people are held in the rented prison, in detention, and after the sentence."""
    table, parts = lengths(r), []
    rented = table.get(("rented_prison",))
    if rented is not None and rented.stays >= FEWEST:
        title, home = r.scenario.rented_prison.title, r.scenario.countries.sending
        parts.append(f"of stays in {title}, trips to {home} included, {half(rented)}")
    detention = table.get(("pre_removal_detention",))
    if detention is not None and detention.stays >= FEWEST:
        parts.append(f"of stays in pre-removal detention, EU citizens’ included, {half(detention)}")
    held = typical_outcome(r, "held_after_sentence_days")
    if isfinite(held):
        parts.append(
            "in the two years after their sentence, third-country nationals released and followed "
            f"so long are held for {grouped(held)} days on average"
        )
    return words.capital("; ".join(parts)) + "." if parts else ""


def limbo_sentence(r: Replications) -> str:
    """Say how many people are in limbo, and for how long."""
    limbo, length = typical_outcome(r, "limbo"), lengths(r).get(("limbo",))
    if not (isfinite(limbo) and r.scenario.arrivals.expels):
        return ""
    text = f"{words.capital(words.people(limbo))} people are in limbo on average"
    if length is not None and length.stays >= FEWEST:
        text += f"; of spells in limbo, {half(length)}"
    return text + "."


def after_sentence(r: Replications) -> str:
    """Say what has become of third-country nationals a year after their sentence."""
    gone, away = typical_outcome(r, "removed_1y"), typical_outcome(r, "absconded_1y")
    if not (isfinite(gone) and isfinite(away)):
        return ""
    return (
        f"A year after their sentence, {words.percent(gone)} of third-country nationals released "
        f"have been removed or have gone home, and {words.percent(away)} are gone: "
        "nobody knows where they are."
    )


# ---------------------------------------------------------------------- differences


def change_sentence(replications: Sequence[Replications]) -> str:
    """Say what changes between the reference and the other scenarios."""
    base = replications[reference(replications)]
    compared = [replications[n] for n in others(replications)]
    if any(r.seed != base.seed for r in compared):
        return "The seeds differ, so the scenarios are not about the same people: no comparison."
    if told_why := different_periods([r.scenario for r in replications]):
        return f"{words.capital(told_why)}."
    verdicts = verdict_of(replications)
    if len(compared) <= EACH:
        text = " ".join(_compared(base, other, verdicts) for other in compared)
    else:
        text = _counted(base, compared, verdicts)
    number = min(r.number for r in replications)
    if number < FEWEST_FOR_INTERVAL:
        text += f" In {words.counted(number, 'replication')} only: chance may explain all of it."
    return text


#: For each scenario and outcome, the verdict on its difference.
Verdicts = Mapping[tuple[str, str], str]


def differences(
    base: Replications, other: Replications, verdicts: Verdicts
) -> list[tuple[str, str]]:
    """Return the name of each outcome compared, where both have it, and what changes in it."""
    found = []
    for name, title, unit in COMPARED:
        change = difference(outcome(other, name), outcome(base, name))
        if np.isfinite(change.mean):
            verdict = verdicts.get((other.scenario.name, name), UNTOLD)
            found.append((other.scenario.told(title), change_words(change, unit, verdict)))
    return found


def change_words(change: Difference, unit: str, verdict: str) -> str:
    """Say in words what a paired difference tells.

    Returns
    -------
    str
        The verdict alone if there is nothing to count (`no difference`, `negligible`, `too small
        to detect`: see `sim.statistics.pairs`), else the difference with its half-width; of few
        replications, the difference alone.
    """
    if verdict in PLAIN:
        return verdict
    factor = 100 if unit == "points" else 1
    text = signed(change.mean, coarse(abs(factor * change.mean)))
    if change.half is not None:
        text += f" ± {coarse(factor * change.half)}"
    return f"{text} {_unit(unit)}"


def _unit(unit: str) -> str:
    return "percentage points" if unit == "points" else unit


def _compared(base: Replications, other: Replications, verdicts: Verdicts) -> str:
    """Compare one scenario with the reference, what is alike named together."""
    said: dict[str, list[str]] = {}
    for title, text in differences(base, other, verdicts):
        said.setdefault(text, []).append(title)
    parts = [f"{words.listed(names)} {text}" for text, names in said.items() if text not in PLAIN]
    parts += [f"{text}: {words.listed(said[text])}" for text in PLAIN if text in said]
    name, beside = words.quoted(other.scenario.title), words.quoted(base.scenario.title)
    return f"{name} compared with {beside}: {'; '.join(parts)}."


def _counted(base: Replications, compared: Sequence[Replications], verdicts: Verdicts) -> str:
    """Compare many scenarios with one: the widest differences, and how many have none."""
    parts = []
    for name, title, unit in COMPARED:
        found = [(difference(outcome(o, name), outcome(base, name)), o) for o in compared]
        said = [
            (change_words(d, unit, verdicts.get((o.scenario.name, name), UNTOLD)), d, o)
            for d, o in found
            if np.isfinite(d.mean)
        ]
        widest = sorted((f for f in said if f[0] not in PLAIN), key=lambda f: f[1].mean)
        ends = [widest[0], widest[-1]][: len(widest)] if widest else []
        each = [f"{text} in {words.quoted(o.scenario.title)}" for text, _, o in ends]
        for plain in PLAIN:
            number = sum(text == plain for text, *_ in said)
            each += [f"{plain} in {number} of {len(compared)}"] if number else []
        if each:
            parts.append(f"{base.scenario.told(title)} {', '.join(each)}")
    return f"Widest differences from {words.quoted(base.scenario.title)}: {'; '.join(parts)}."
