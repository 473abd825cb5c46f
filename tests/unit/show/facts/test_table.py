"""The table says what pandas says, and verdicts are the same wherever they are told."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from sim.results.outcomes import OUTCOMES
from sim.results.outcomes.queues import BY_QUEUE
from sim.show import words
from sim.show.comparison import Comparison
from sim.show.facts.estimates import tables_behind
from sim.show.facts.selected import SELECTED
from sim.show.facts.table import summary
from sim.show.facts.verdicts import verdict_of, verdicts
from sim.show.terminal import as_text
from sim.show.words import MINUS
from sim.statistics.intervals import estimate
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


# ---------------------------------------------------------------------- the same everywhere


@pytest.mark.parametrize("name", sorted(words.queue_titles()))
def test_mean_length_of_every_queue_is_that_over_all_days(both, name):
    """As the area under the spells says it, not as the firsts of months happen to."""
    from sim.show.facts.data import mean_length, outcome

    column = {"limbo": "limbo"}.get(name) or BY_QUEUE[name][0].name
    assert mean_length(both[0], name) == outcome(both[0], column).mean()
    assert mean_length(with_outcome(both[0], column, [3.25, 4.25]), name) == 3.75


@pytest.mark.parametrize("more", [0.0008, 0.3, 3.0])
def test_a_verdict_is_the_same_wherever_it_is_told(both, more):
    """Of some 400 in limbo four matter: less is negligible in report, table and API."""
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
    assert row(pair, "limbo").difference(0).startswith("≈")
    behind = tables_behind(pair, 1)["differences"].set_index("outcome")
    assert behind.loc["limbo", "verdict"] == "negligible"
