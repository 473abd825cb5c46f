"""What a scenario changes against the reference, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.comparable import different_periods
from sim.language import mark, tr
from sim.numbers import tenths
from sim.show import words
from sim.show.answer.amounts import Amount, amount, amount_of, change, change_amount, sentences_of
from sim.show.facts.agreement import has_rented_prison, observed_years, others, reference
from sim.show.facts.changed import shares_changed
from sim.show.facts.costs import net_cost, net_cost_per_freed_place, rent_words
from sim.show.facts.sureness import shipped_sureness
from sim.show.facts.ways import has_a_way
from sim.show.words.sureness import follows_words

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: Scenarios up to this number are told one by one.
EACH = 2
#: Of these it is said on which assumption they hang most.
HANGING = ("total_cost",)
#: What is told of the time after the sentence: outcome, its name where it does not change, and the
#: message where it does.
AFTER = (
    (
        "held_after_sentence_days",
        mark("how long people are held after their sentence"),
        mark("Days held in the two years after the sentence, on average: {number}."),
    ),
    (
        "removed_1y",
        mark("the share removed or gone home within a year"),
        mark("Removed or gone home within a year: {number} percentage points."),
    ),
    ("limbo", mark("the number in limbo"), mark("People in limbo, on average: {number}.")),
    (
        "document_queue",
        mark("the queue for a travel document"),
        mark("People who wait for a travel document, on average: {number}."),
    ),
)


def change_sentences(replications: Sequence[Replications]) -> list[str]:
    """Say what changes between the reference and the other scenarios, each fact by itself."""
    base = replications[reference(replications)]
    compared = [replications[n] for n in others(replications)]
    if any(r.seed != base.seed for r in compared):
        return [
            tr("The seeds differ, so the scenarios are not about the same people: no comparison.")
        ]
    if told_why := different_periods([r.scenario for r in replications]):
        return [f"{words.capital(told_why)}."]
    if len(compared) > EACH:
        return _widest(base, compared)
    found = []
    for r in compared:
        found += [_heading(base, r), *_of_two(base, r)]
    return found


def _heading(base: Replications, r: Replications) -> str:
    scenario, beside = words.quoted(r.scenario.title), words.quoted(base.scenario.title)
    return tr("What {scenario} changes, compared with {reference}:", scenario=scenario,
              reference=beside)  # fmt: skip


def _of_two(base: Replications, r: Replications) -> list[str]:
    """Say what changes between two scenarios."""
    told = [*places(base, r), *costs(base, r), *hanging(base, r), *fates(base, r), *after(base, r)]
    return sentences_of(told)


# ---------------------------------------------------------------------- places


def places(base: Replications, r: Replications) -> list[str]:
    """Say how many places are free at home, and how full the rented prison is."""
    scenario = r.scenario
    freed, text = change(base, r, "places_freed_net"), ""
    if freed.exists and freed.is_nothing:
        text = words.told(scenario, "No place more or less is free in {adjective} prisons.")
    elif freed.exists and not freed.is_one_way:
        text = words.told(
            scenario,
            "Free places in {adjective} prisons, on average: {places}.",
            places=freed.written(sign=True),
        )
    elif freed.middle > 0:
        text = words.told(
            scenario,
            "{places} more places are free in {adjective} prisons, on average.",
            places=freed.written(),
        )
    elif freed.exists:
        text = words.told(
            scenario,
            "{places} fewer places are free in {adjective} prisons, on average.",
            places=freed.written(),
        )
    return [text, *_filled(r, freed), *prison(r)]


def _filled(r: Replications, freed: Amount) -> list[str]:
    """Say how many freed places others fill."""
    if not has_rented_prison(r) or not freed.exists or freed.is_nothing:
        return []
    if not r.scenario.home_prisons.freed_places_filled_share:
        return [tr("It is assumed that nobody else is called up to fill them.")]
    gross = amount(r, "places_freed_gross")
    return [
        tr("Before others are called up to fill some of them it is {places} places.",
           places=gross.written())
    ]  # fmt: skip


def prison(r: Replications) -> list[str]:
    """Say how full the rented prison is, and for how much of the time."""
    if not has_rented_prison(r):
        return []
    title, found = tr(r.scenario.rented_prison.title), []
    people, fill = amount(r, "rented_prison_people"), amount(r, "rented_prison_fill")
    found.append(tr("{prison} holds {people} people on average.", prison=title,
                    people=people.written()))  # fmt: skip
    if fill.exists:
        found.append(tr("That is {share} of its places.", share=fill.written(share=True)))
    return found


# ---------------------------------------------------------------------- costs


def costs(base: Replications, r: Replications) -> list[str]:
    """Say what it costs more, for what, and on which assumption."""
    million = net_cost(base, r)
    if not amount(r, "total_cost").exists:
        return []
    net = change_amount(million, drawn=r.drawn)
    years = tenths(observed_years(r))
    if net.is_nothing:
        return [tr("It costs as much.")]
    if not net.is_one_way:
        said = tr("What it costs more in {years} years, net of what is saved at home: EUR "
                  "{million} million.", years=years, million=net.written(sign=True))  # fmt: skip
    elif net.middle > 0:
        said = tr("It costs EUR {million} million more in {years} years, net of what is saved at "
                  "home.", million=net.written(), years=years)  # fmt: skip
    else:
        said = tr("It costs EUR {million} million less in {years} years, net of what is saved at "
                  "home.", million=net.written(), years=years)  # fmt: skip
    if not has_rented_prison(r):
        return [said]
    per_place = amount_of(net_cost_per_freed_place(base, r), drawn=r.drawn)
    per_day = amount(r, "agreement_cost_net_per_used_day")
    found = [said]
    if per_place.exists and per_place.middle > 0:
        found.append(tr("For each place freed that is EUR {euros} a year.",
                        euros=per_place.written()))  # fmt: skip
    if per_day.exists:
        found.append(tr("For each day on which a rented place is used, EUR {euros}.",
                        euros=per_day.written()))  # fmt: skip
    return [*found, *_on_what(r)]


def _on_what(r: Replications) -> list[str]:
    """Say on which assumptions costs hang most."""
    prices, found = r.scenario.costs, []
    if said := rent_words(r):
        found.append(said)
    if prices.prison_per_day is not None:
        found.append(
            tr("How much of its day price a freed place saves is not known: it is drawn from "
               "nothing to all of it.")
            if r.varies("costs.home_saved_share")
            else tr("A freed place is assumed to save {share} of its day price.",
                    share=words.percent(prices.home_saved_share))
        )  # fmt: skip
    return found


def hanging(base: Replications, r: Replications) -> list[str]:
    """Say on which assumption places and costs hang most, where that was found out beforehand."""
    known = shipped_sureness(r.scenario, base.scenario) if r.drawn else None
    if known is None or known.departures:
        return []
    by_name = {one.outcome: one for one in known.hanging}
    return [
        tr("Most of all it hangs on one assumption. {assumption}",
           assumption=follows_words(one, one.follows[0], r.scenario))
        for name in HANGING
        if (one := by_name.get(name)) is not None
    ]  # fmt: skip


# ---------------------------------------------------------------------- people


def fates(base: Replications, r: Replications) -> list[str]:
    """Say for how many people something changes."""
    people, share = shares_changed(base, r)
    if not len(people) or not np.isfinite(people).any():
        return []
    number = change_amount(people, drawn=r.drawn)
    if number.is_nothing:
        return [tr("Nobody’s fate changes in the two years after the sentence.")]
    return [
        tr("For {people} people something changes in the two years after their sentence: where "
           "they are, whether they are in limbo, or by a day or more how long they have been held.",
           people=number.written()),
        tr("That is {share} of those compared.",
           share=change_amount(share, drawn=r.drawn).written(share=True)),
    ]  # fmt: skip


def after(base: Replications, r: Replications) -> list[str]:
    """Say what changes after the sentence: days held, removals, limbo, waits for documents."""
    found, unchanged = [], []
    for name, what, message in AFTER:
        one = change(base, r, name)
        if not one.exists:
            continue
        if one.is_nothing:
            unchanged.append(tr(what))
        else:
            number = one.in_points() if name == "removed_1y" else one
            found.append(tr(message, number=number.written(sign=True)))
    if unchanged:
        found.append(tr("Unchanged: {what}.", what=words.listed(unchanged)))
        found.append(_why_not(base, r))
    return found


def _why_not(base: Replications, r: Replications) -> str:
    """Say that the model has no way for it to change, if it has none."""
    if has_a_way(base.scenario, r.scenario):
        return ""
    return tr("The model has no way for that to change: serving abroad is assumed to alter no "
              "removal case.")  # fmt: skip


# ---------------------------------------------------------------------- many


#: What is told of many scenarios: outcome, and the message that names it.
WIDEST = (
    "places_freed_net",
    "home_occupancy",
    "total_cost",
    "held_after_sentence_days",
    "removed_1y",
    "limbo",
)


def _widest(base: Replications, compared: Sequence[Replications]) -> list[str]:
    """Compare many scenarios with one: the widest differences, each with its range."""
    from sim.results.outcomes import OUTCOMES

    known = {one.name: one for one in OUTCOMES}
    found = [tr("Widest differences from {reference}:",
                reference=words.quoted(base.scenario.title))]  # fmt: skip
    for name in WIDEST:
        changes = [(change(base, r, name), r) for r in compared]
        there = [(one, r) for one, r in changes if one.exists and not one.is_nothing]
        title = words.told(base.scenario, known[name].title)
        if not there:
            if any(one.exists for one, _ in changes):
                found.append(tr("{title}: no difference in any.", title=title))
            continue
        there.sort(key=lambda pair: pair[0].middle)
        ends = [there[0], there[-1]] if len(there) > 1 else there
        share = known[name].unit == "share"
        each = [
            tr("{difference} in {scenario}", difference=one.written(share=share, sign=True),
               scenario=words.quoted(r.scenario.title))
            for one, r in ends
        ]  # fmt: skip
        unit = "" if share else f" ({known[name].unit})"
        found.append(f"{title}{unit}: {words.listed(each)}.")
    return found
