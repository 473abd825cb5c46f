"""The table says what pandas says, and the sentences say what the table says."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from sim.results.outcomes import OUTCOMES
from sim.results.outcomes.queues import BY_QUEUE
from sim.show import words
from sim.show.answer import change_sentence, change_words, sentences
from sim.show.comparison import Comparison
from sim.show.facts.estimates import tables_behind
from sim.show.facts.selected import SELECTED
from sim.show.facts.table import summary
from sim.show.facts.verdicts import verdict_of, verdicts
from sim.show.terminal import as_text
from sim.show.words import MINUS
from sim.statistics.intervals import estimate
from sim.statistics.pairs import Difference
from tests.unit.show.conftest import changed, only_first, renamed, with_outcome


def values(r, name):
    table = r.tables["outcomes"]
    return table[table["outcome"] == name].sort_values("replication")["value"].astype(float)


def half_width(sample):
    return stats.t.ppf(0.975, len(sample) - 1) * stats.sem(sample)


def row(replications, name):
    return next(row for row in summary(replications) if row.name == name)


# ---------------------------------------------------------------------- numbers


@pytest.mark.parametrize("name", ["limbo", "home_occupancy", "document_queue"])
def test_means_and_half_widths_are_those_by_hand(both, name):
    found = row(both, name)
    for r, cell in zip(both, found.cells, strict=True):
        assert cell.mean == pytest.approx(values(r, name).mean())
        assert cell.half == pytest.approx(half_width(values(r, name)))


@pytest.mark.parametrize("name", ["limbo", "total_cost"])
def test_differences_are_paired_by_replication(both, name):
    difference = values(both[0], name).to_numpy() - values(both[1], name).to_numpy()
    found = row(both, name).differences[0]  # with the agreement minus without
    assert found.mean == pytest.approx(difference.mean())
    assert found.half == pytest.approx(half_width(difference))
    unpaired = np.hypot(*(half_width(values(r, name)) for r in both))
    assert found.half < unpaired


def test_replications_in_another_order_pair_all_the_same(both):
    shuffled = changed(both[1], "outcomes", lambda t: t.iloc[::-1])
    names = ["limbo", "home_occupancy", "total_cost"]
    assert summary([both[0], shuffled], names) == summary(both, names)


def test_missing_values_do_not_count():
    found = estimate([1.0, np.nan, 3.0, 2.0, 4.0, 5.0])
    assert (found.mean, found.number) == (3.0, 5)
    assert found.half == pytest.approx(half_width([1.0, 3.0, 2.0, 4.0, 5.0]))
    assert np.isnan(estimate([np.nan]).mean)


def test_constant_values_have_no_width_at_all():
    assert estimate([0.7778478406216994] * 30).half == 0.0


def test_selected_outcomes_exist():
    known = {outcome.name for outcome in OUTCOMES}
    assert {name for names in SELECTED.values() for name in names} <= known


# ---------------------------------------------------------------------- as text


def shown(both, first, second, name="limbo"):
    """The printed cells of an outcome with given values."""
    found = row([with_outcome(both[0], name, first), with_outcome(both[1], name, second)], name)
    return found.cell(0), found.cell(1), found.difference(0)


def test_cells_are_printed_as_means_with_half_widths(both):
    first, second = [352] * 5, [400, 402, 401, 401, 401]
    half = f"{half_width(second):.1f}"
    assert shown(both, first, second) == ("352 ± 0", f"401 ± {float(half):.0f}", f"{MINUS}49 ± 1")


def test_shares_are_printed_in_per_cent(both):
    values_ = [0.721, 0.723, 0.722, 0.722, 0.722]
    less = [value - 0.1 for value in values_]
    first, _, difference = shown(both, values_, less, "home_occupancy")
    assert first == f"72.2 ± {100 * half_width(values_):.1f}"
    assert difference == "+10.0 ± 0.0"
    assert row(both, "home_occupancy").printed_unit == "%"


def test_half_width_that_would_vanish_gets_a_decimal(both):
    first = [400.0, 500.0, 450.0, 450.0, 450.0]
    second = [410.0, 510.02, 460.0, 460.0, 460.2]
    _, _, difference = shown(both, first, second)
    assert difference == f"{MINUS}10.0 ± 0.1"


def test_missing_is_a_dash(both):
    half = half_width([1.0, 2.0, 1.0, 2.0, 1.5])
    printed = shown(both, [1.0, 2.0, 1.0, 2.0, 1.5], [None] * 5)
    assert printed == (f"1.5 ± {half:.1f}", "–", "–")


def test_exactly_the_same_is_told_from_nearly(both):
    first = [400.0, 410.0, 405.0, 405.0, 405.0]
    assert shown(both, first, first)[2] == "same"
    assert shown(both, first, [value + value / 1e6 for value in first])[2] == "≈ 0"


def test_a_negligible_difference_is_marked(both):
    """Told from chance, but less than half a person: the number, and the mark."""
    first = [20.0, 24.0, 22.0, 21.0, 23.0]
    less = [19.8, 23.7, 21.8, 20.8, 22.7]
    assert shown(both, first, less)[2] == "≈ +0.2 ± 0.1"
    assert "≈" not in shown(both, first, [value - 2 for value in less])[2]
    assert "≈ marks what is too small to matter" in " ".join(as_text(both).split())


def test_text_fits_the_terminal(both):
    assert max(map(len, as_text(both).splitlines())) <= 100
    assert max(map(len, as_text(both[:1]).splitlines())) <= 100
    many = [renamed(both[n % 2], f"s{n}", f"A scenario with a long title {n}") for n in range(12)]
    assert max(map(len, as_text(many).splitlines())) <= 100


def test_text_names_units_and_what_the_intervals_are(both):
    text = " ".join(as_text(both).split())
    assert "People in the rented prison, persons" in text
    assert "95 % interval" in text
    assert "Differences are paired" in text
    assert "seed 3" in text
    for question in SELECTED:
        assert question in text


def test_one_replication_has_no_half_width(both):
    text = as_text([only_first(r) for r in both])
    assert "±" not in text
    assert "One replication" in text


def test_different_seeds_are_not_paired(both):
    strange = dataclasses.replace(both[1], seed=4)
    text = as_text([both[0], strange])
    assert "The seeds differ" in text
    assert row([both[0], strange], "limbo").differences == (None, None)
    assert "no comparison" in text


# ---------------------------------------------------------------------- sentences


def test_sentences_answer_both_questions(both):
    said = sentences(both)
    assert 3 <= len(said) <= 8
    assert "the longest queue is that for a travel document" in said[0]
    assert "held" in " ".join(said)
    assert "compared with" in said[-1]


def test_another_queue_becomes_the_longest(both):
    first = with_outcome(both[0], "transfer_queue", [900.0, 950.0])
    assert (
        "the longest queue is the waiting list for the flight: 925 people"
        in sentences([first, both[1]])[0]
    )


def test_waits_in_the_sentences_are_those_of_the_outcomes(both):
    first = with_outcome(both[0], "document_wait_days", [200.0, 210.0])
    assert f"half of those who ask for one have it within {words.span(205)} (by" in " ".join(
        sentences([first])
    )
    never = with_outcome(both[0], "document_wait_days", [None, None])
    assert "fewer than half of those who ask for one have it" in " ".join(sentences([never]))
    unsure = with_outcome(both[0], "document_wait_days", [None, 200.0])
    assert "of those who ask for one" not in " ".join(sentences([unsure]))


@pytest.mark.parametrize("name", sorted(words.queue_titles()))
def test_mean_length_of_every_queue_is_that_over_all_days(both, name):
    """As the area under the spells says it, not as the firsts of months happen to."""
    from sim.show.facts.data import mean_length, outcome

    column = {"limbo": "limbo"}.get(name) or BY_QUEUE[name][0].name
    assert mean_length(both[0], name) == outcome(both[0], column).mean()
    assert mean_length(with_outcome(both[0], column, [3.25, 4.25]), name) == 3.75


def test_one_scenario_is_not_compared(both):
    said = " ".join(sentences(both[:1]))
    assert "compared" not in said
    assert "A year after their sentence" in said


def changing(both, second):
    """The last sentence when limbo is 400, 410 and something else."""
    first = with_outcome(both[0], "limbo", [400.0, 410.0, 405.0, 405.0, 405.0])
    return change_sentence([first, with_outcome(both[1], "limbo", second)])


def after(text, verdict_):
    """What a verdict is said of."""
    return next((part for part in text.split(";") if part.strip().startswith(verdict_)), "")


def test_exactly_the_same_is_said_so(both):
    said = changing(both, [400.0, 410.0, 405.0, 405.0, 405.0])
    assert "people in limbo" in after(said, "no difference")


def test_interval_with_zero_tells_no_difference(both):
    said = changing(both, [395.0, 420.0, 400.0, 410.0, 405.0])
    assert "people in limbo" in after(said, "too small to detect")


def test_difference_is_said_with_its_half_width(both):
    said = changing(both, [450.0, 460.5, 455.0, 455.0, 455.5])
    half = half_width([50, 50.5, 50, 50, 50.5])
    assert f"people in limbo {MINUS}50.2 ± {half:.1f} people" in said  # with minus without


@pytest.mark.parametrize("more", [0.0008, 0.3, 3.0])
def test_a_verdict_is_the_same_wherever_it_is_told(both, more):
    """Of some 400 in limbo four matter: less is negligible in answer, report, table and API."""
    limbo = np.array([400.0, 410.0, 405.0, 405.0, 405.0])
    noise = more * np.array([0.1, -0.1, 0.05, -0.05, 0.0])
    pair = [with_outcome(both[0], "limbo", list(limbo + more + noise)),
            with_outcome(both[1], "limbo", list(limbo))]  # fmt: skip
    names = tuple(r.scenario.name for r in pair)
    assert verdict_of(pair)[names[0], "limbo"] == "negligible"
    table = Comparison(pair).differences().set_index("outcome")
    assert table.loc["limbo", "verdict"] == "negligible"
    [found] = verdicts(pair)
    assert "In limbo" in found.negligible
    assert "In limbo" not in (*found.more, *found.less, *found.same, *found.undetected)
    assert "people in limbo" in after(change_sentence(pair), "negligible")
    assert row(pair, "limbo").difference(0).startswith("≈")
    behind = tables_behind(pair, 1)["differences"].set_index("outcome")
    assert behind.loc["limbo", "verdict"] == "negligible"


def test_one_replication_tells_only_itself():
    few = Difference(-3.0, None, 1, exact=False)
    assert change_words(few, "people", "cannot be told") == f"{MINUS}3.0 people"
    many = Difference(0.05, 0.01, 9, exact=False)
    assert change_words(many, "points", "more") == "+5.0 ± 1.0 percentage points"
    assert change_words(many, "points", "negligible") == "negligible"


def test_many_scenarios_are_counted(both):
    given = np.array([400.0, 410.0, 405.0, 405.0, 405.0])
    base = with_outcome(both[0], "limbo", list(given))
    others = [
        with_outcome(renamed(both[0], f"s{k}", f"Other {n}"), "limbo", list(given + n))
        for k, n in enumerate((0, 0, 20, 30))
    ]
    said = change_sentence([base, *others])
    assert "people in limbo +20.0 ± 0.0 people in “Other 20”" in said
    assert "+30.0 ± 0.0 people in “Other 30”" in said
    assert "no difference in 2 of 4" in said
