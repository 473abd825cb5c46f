"""What a scenario changes is told fact by fact, with the numbers of the tables."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import stats

from sim.show.answer import sentences
from sim.show.answer.changes import change_sentences
from sim.show.words import MINUS
from tests.unit.show.conftest import only_first, renamed, with_outcome, with_scenario

LIMBO = [400.0, 410.0, 405.0, 405.0, 405.0]


def half_width(sample):
    return stats.t.ppf(0.975, len(sample) - 1) * stats.sem(sample)


def changing(both, second, *, drawn=False):
    """What is said when limbo is something else without a rented prison."""
    pair = [with_outcome(both[0], "limbo", LIMBO), with_outcome(both[1], "limbo", second)]
    return change_sentences([dataclasses.replace(r, drawn=drawn) for r in pair])


def of_limbo(said):
    return [one for one in said if "limbo" in one and not one.startswith("For ")]


def with_places(both, freed, **others):
    """The baseline with so many places freed, and nothing freed without it."""
    first = with_outcome(both[0], "places_freed_net", freed)
    for name, values in others.items():
        first = with_outcome(first, name, values)
    return [first, with_outcome(both[1], "places_freed_net", [0.0] * len(freed))]


# ---------------------------------------------------------------------- how sure


def test_change_is_told_from_the_reference_whatever_the_order(both):
    first, second = (f"“{r.scenario.title}”" for r in both)
    heading = f"What {first} changes, compared with {second}:"
    assert change_sentences(both)[0] == heading
    assert change_sentences(both[::-1]) == change_sentences(both)
    assert sentences(both)[1] == heading


def test_exactly_the_same_is_said_to_be_unchanged(both):
    [said] = of_limbo(changing(both, LIMBO))
    assert said.startswith("Unchanged: ")
    assert "the number in limbo" in said


def test_a_difference_is_said_with_its_half_width(both):
    [said] = of_limbo(changing(both, [450.0, 460.5, 455.0, 455.0, 455.5]))
    half = half_width([50, 50.5, 50, 50, 50.5])
    assert said == f"People in limbo, on average: {MINUS}50.2 ± {half:.1f}."  # with minus without


def test_an_interval_with_zero_is_told_with_both_signs(both):
    [said] = of_limbo(changing(both, [395.0, 420.0, 400.0, 410.0, 405.0]))
    assert said.startswith(f"People in limbo, on average: {MINUS}1 ± ")


def test_a_difference_of_draws_is_said_with_its_range(both):
    [said] = of_limbo(changing(both, [390.0, 420.0, 400.0, 385.0, 405.0], drawn=True))
    assert said == f"People in limbo, on average: +5 ({MINUS}10 to +20)."


def test_few_replications_tell_only_themselves(both):
    one = [only_first(r) for r in both]
    said = sentences(one)
    assert "there are 1 replications only: chance may explain all of it" in said[0]
    assert not any("±" in sentence for sentence in said)


def test_different_seeds_are_not_compared(both):
    said = change_sentences([both[0], dataclasses.replace(both[1], seed=4)])
    assert len(said) == 1
    assert "The seeds differ" in said[0]
    assert "no comparison" in said[0]


# ---------------------------------------------------------------------- places and costs


def test_places_freed_are_told_with_their_number(both):
    freed = [120.0, 121.0, 119.0, 120.0, 120.0]
    told = f"120.0 ± {half_width(freed):.1f} {{}} places are free in Danish prisons, on average."
    assert told.format("more") in change_sentences(with_places(both, freed))
    fewer = with_places(both, [-one for one in freed])
    assert told.format("fewer") in change_sentences(fewer)
    none = change_sentences(with_places(both, [0.0] * 5))
    assert "No place more or less is free in Danish prisons." in none


def test_freed_places_that_may_be_fewer_take_no_side(both):
    said = change_sentences(with_places(both, [9.0, -8.0, 5.0, -3.0, 6.0]))
    [one] = [one for one in said if one.startswith("Free places in Danish prisons")]
    assert "+1.8 ± " in one or "+2 ± " in one
    assert not any("more places" in one or "fewer places" in one for one in said)


def test_places_filled_again_are_told_where_others_are_called_up(both):
    share = {"home_prisons.freed_places_filled_share": 0.25}
    pair = with_places(both, [90.0] * 5, places_freed_gross=[120.0] * 5)
    told = "Before others are called up to fill some of them it is 120 places."
    assert told in change_sentences([with_scenario(pair[0], share), pair[1]])
    assert told not in change_sentences(pair)
    assert "It is assumed that nobody else is called up to fill them." in change_sentences(pair)


def test_how_full_the_rented_prison_is_follows_the_numbers(both):
    fuller = with_outcome(both[0], "rented_prison_people", [273.0] * 5)
    fuller = with_outcome(fuller, "rented_prison_fill", [0.91] * 5)
    said = change_sentences([fuller, both[1]])
    at = said.index("Gnjilane holds 273 people on average.")
    assert said[at + 1] == "That is 91 % of its places."


def test_costs_say_for_what_and_on_which_assumption(both):
    said = " ".join(change_sentences(both))
    assert "net of what is saved at home" in said
    assert "For each place freed that is EUR" in said
    assert "Rent is the same however many places are used." in said
    assert "A freed place is assumed to save 50 % of its day price." in said
    drawn = " ".join(change_sentences([dataclasses.replace(r, drawn=True) for r in both]))
    assert "How much of its day price a freed place saves is not known" in drawn


def test_one_who_changes_nothing_costs_as_much(both):
    said = change_sentences([both[0], renamed(both[0], "twin", "Twin")])
    assert "It costs as much." in said
    assert "Nobody’s fate changes in the two years after the sentence." in said


# ---------------------------------------------------------------------- no way to change


def test_unchanged_is_told_apart_from_no_way_to_change(both):
    no_way = "The model has no way for that to change"
    same = changing(both, LIMBO)
    assert any(one.startswith(no_way) for one in same)
    effect = {"rented_prison.effects.willing_factor": 1.2}
    first = with_outcome(with_scenario(both[0], effect), "limbo", LIMBO)
    said = change_sentences([first, with_outcome(both[1], "limbo", LIMBO)])
    assert of_limbo(said)[0].startswith("Unchanged: ")
    assert not any(one.startswith(no_way) for one in said)


# ---------------------------------------------------------------------- many scenarios


def test_of_many_scenarios_the_widest_differences_are_told(both):
    given = np.array(LIMBO)
    base = with_outcome(both[0], "limbo", LIMBO)
    others = [
        with_outcome(renamed(both[0], f"s{k}", f"Other {n}"), "limbo", list(given + n))
        for k, n in enumerate((0, 10, 20, 30))
    ]
    said = change_sentences([base, *others])
    assert said[0] == f"Widest differences from “{base.scenario.title}”:"
    [limbo] = of_limbo(said)
    assert limbo == "In limbo (persons): +10 in “Other 10” and +30 in “Other 30”."
    assert any(one.endswith(": no difference in any.") for one in said)


def test_two_others_are_told_one_by_one(both):
    others = [renamed(both[0], f"s{n}", f"Other {n}") for n in range(2)]
    said = change_sentences([both[1], *others])
    assert [one for one in said if one.startswith("What ")] == [
        f"What “Other {n}” changes, compared with “{both[1].scenario.title}”:" for n in range(2)
    ]
