"""How sure is this: in words, as a figure, and as one view for page, report and notebook."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.analysis.doubt import Doubt, Follows, Headline
from sim.analysis.score import Scored
from sim.analysis.shipped_doubt import Departures, hashes
from sim.analysis.validation import AGREES, MISSED
from sim.experiment.replicate import experiment_of
from sim.experiment.replications import Replications
from sim.numbers import MINUS
from sim.scenario.files import load
from sim.show.app import parts
from sim.show.draw.tornado import tornado
from sim.show.facts import sureness as facts
from sim.show.sure import HowSure
from sim.show.words.assumptions import assumption_title, assumption_value
from sim.show.words.sureness import (
    departures_words,
    follows_words,
    headline_title,
    matters,
    sentence,
)
from sim.statistics.ranges import Range, range_of

WORLD, WITHOUT = load("baseline"), load("no_agreement")
DELAY = Follows("rented_prison.opening_delay_days", 20.0, 700.0, False, 145.0, 95.0, 6.0)
SHARE = Follows("arrivals.third_country_share", 0.26, 0.54, False, 100.0, 140.0, 8.0)
PLACES = Headline(
    "places_freed_net", False, Range(120.0, 47.0, 196.0, 300), 1.0, Range(190.0, 186.0, 198.0, 40),
    (DELAY, SHARE), 0.83,
)  # fmt: skip
LIMBO = Headline("limbo", True, Range(0.0, 0.0, 0.002, 300), 0.7, Range(0.0, 0.0, 0.001, 40))
MADE = Doubt(
    "baseline", "no_agreement", 300, 40, 1, (PLACES, LIMBO), 190,
    hashes(WORLD, WITHOUT.hash),
)  # fmt: skip
TERROR = Scored("Sentenced for terror", "July 2024", 8, "equal", "persons", 0, 2, MISSED)


@pytest.fixture(autouse=True)
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one result be shipped, and the same for every alternative."""
    others = replace(MADE, headlines=(replace(PLACES, range=Range(0.0, 0.0, 0.0, 120)), LIMBO))
    monkeypatch.setattr(
        facts, "nearest_doubt", lambda scenario: MADE if scenario.case == "gjilan" else None
    )
    monkeypatch.setattr(facts, "alternative_doubt", lambda name, scenario: others)
    figures = (TERROR, replace(TERROR, verdict=AGREES))
    monkeypatch.setattr(facts, "shipped_score", lambda scenario: figures)


def drawn(number: int, *names: str) -> list[Replications]:
    """Draws of scenarios, in which half as many places are freed as in what is shipped."""
    found = []
    for name in names:
        places = np.linspace(40, 80, number) if name == "baseline" else np.zeros(number)
        table = pd.DataFrame(
            {"replication": range(number), "outcome": "places_freed_net", "value": places}
        )
        found.append(Replications(load(name), 1, number, {"outcomes": table}, 0, True))
    return found


# ---------------------------------------------------------------------- words


def test_a_headline_is_told_with_its_range_and_chance_alone() -> None:
    assert sentence(PLACES) == (
        "47 to 196 places in 90 of 100 draws; 186 to 198 by chance alone, with every assumption "
        "as the scenario states it."
    )
    few = replace(PLACES, range=range_of([50.0, 60.0, 75.0]))
    assert sentence(few) == "50 to 75 places, from the lowest to the highest of 3 draws."
    assert sentence(replace(PLACES, chance=None)) == "47 to 196 places in 90 of 100 draws."


def test_what_is_too_small_to_matter_is_told_from_what_is_the_same() -> None:
    assert not matters(LIMBO)
    assert "less than 0.5 people" in sentence(LIMBO)
    same = replace(LIMBO, range=Range(0.0, 0.0, 0.0, 300))
    assert sentence(same) == "The same in every draw."
    assert matters(replace(LIMBO, range=Range(0.2, -0.1, 0.9, 300)))
    assert matters(replace(PLACES, range=Range(0.0, 0.0, 0.0, 300))), "a value always does"


def test_a_difference_has_signs_and_a_share_points() -> None:
    gone = Headline("removed_1y", True, Range(-0.02, -0.051, 0.004, 100), 0.9)
    assert sentence(gone) == f"{MINUS}5.1 to +0.4 percentage points in 90 of 100 draws."
    assert headline_title(gone, WORLD) == "Removed or gone home within a year: change"


def test_both_ends_of_an_assumption_are_told() -> None:
    assert follows_words(PLACES, DELAY, WORLD) == (
        "Delay of the opening: at 20 days it would be 145, at 700 days 95 places."
    )


def test_assumptions_that_are_drawn_have_titles_in_words() -> None:
    plan = experiment_of([WORLD], 1, seed=1, draws=1).plan
    names = [factor.name for factor in plan.factors]
    without = [
        name for name in names if assumption_title(name, WORLD).startswith(name.partition("[")[0])
    ]
    assert not without
    assert "{" not in "".join(assumption_title(name, WORLD) for name in names)
    syria = "origins.syria.cooperation.forced_feasibility[2012-01-01]"
    assert assumption_title(syria, WORLD) == (
        "Syria: documents for people who do not cooperate, from 2012"
    )


@pytest.mark.parametrize(
    ("name", "value", "times", "text"),
    [
        ("removal.willing_share", 0.365, False, "36 %"),
        ("detention.longest_days", 0.82, True, "× 0.82"),
        ("rented_prison.opening_delay_days", 700.4, False, "700 days"),
        ("removal.slow_factor", 12.34, False, "12"),
    ],
)
def test_values_of_assumptions_have_their_unit(
    name: str, value: float, times: bool, text: str
) -> None:
    assert assumption_value(name, value, times=times) == text


def test_departures_are_named() -> None:
    settings = tuple((f"key_{n}", 1, 2) for n in range(5))
    assert departures_words(Departures((), None, stale=False)) == []
    (one,) = departures_words(Departures(settings[:1], None, stale=False))
    assert one.endswith("yours differs in key_0.")
    many, other, old = departures_words(Departures(settings, "no_agreement", stale=True))
    assert "5 settings, key_0, key_1 and key_2 among them" in many
    assert "“no_agreement”" in other
    assert "has changed since" in old


# ---------------------------------------------------------------------- the figure


def test_the_tornado_tells_both_ends_and_is_read_on_a_phone() -> None:
    drawing = tornado(PLACES, PLACES.follows, WORLD)
    assert drawing.inches[0] * 96 < 430
    assert drawing.name == "tornado_baseline_places_freed_net"
    assert drawing.message.startswith("Places freed at home, net: 47 to 196 places.")
    assert "A bar for" in drawing.alt
    rows = drawing.data.set_index("assumption")
    assert list(rows.index) == ["all", "chance", DELAY.factor, SHARE.factor]
    assert rows.loc[DELAY.factor, ["at_low", "at_high"]].tolist() == [145, 95]
    texts = {text.get_text() for text in drawing.figure.axes[0].texts}
    assert {"at 20 days: 145", "at 700 days: 95", "Chance alone: 186 to 198"} <= texts


# ---------------------------------------------------------------------- the view


def outcomes(found: HowSure) -> list[str]:
    return [one.outcome for one in found.views[0].found.headlines]


def test_before_anything_is_run_there_is_what_is_shipped() -> None:
    found = HowSure.before(WORLD, WITHOUT)
    assert outcomes(found) == ["places_freed_net", "limbo"]
    assert found.views[0].warnings == []
    assert found.views[0].notes[0] == f"Made beforehand, for “{WORLD.title}” as shipped."
    assert list(found.figures) == ["places_freed_net"], "limbo hangs on nothing that is told"
    changed = HowSure.before(WORLD.change({"rented_prison.places": 200}), WITHOUT)
    assert "yours differs in rented_prison.places" in changed.views[0].warnings[0]


def test_draws_have_their_own_ranges_and_hang_on_what_was_made_of_more() -> None:
    found = HowSure(drawn(30, "baseline", "no_agreement"))
    (places,) = found.views[0].found.headlines
    assert places.range.middle == pytest.approx(60)
    assert [one.factor for one in places.follows] == [DELAY.factor, SHARE.factor]
    # Both ends are told about the middle of these draws.
    assert (places.follows[0].at_low, places.follows[0].at_high) == (85, 35)
    assert "made beforehand" in found.views[0].notes[-1]


def test_draws_of_another_world_hang_on_what_they_tell_themselves() -> None:
    with_it, without = drawn(60, "baseline", "no_agreement")
    fewer = replace(with_it, scenario=WORLD.change({"rented_prison.places": 200}))
    (places,) = HowSure([fewer, without]).views[0].found.headlines
    assert places.follows == ()


def test_disputed_answers_stand_beside_each_other() -> None:
    first, *_ = HowSure.before(WORLD).disputed
    assert first.title == "Are the places freed at home filled again?"
    assert first.headlines == ("Places freed at home, net",)
    assert first.answers == (
        ("None is filled", ("120 places (47 to 196)",)),
        ("All are filled", ("0 places (0)",)),
    )
    assert not HowSure.before(load("norgerhaven")).disputed


def test_the_score_names_what_is_missed() -> None:
    met, missed = HowSure.before(WORLD).score
    assert met == "The model meets 1 of 2 published figures (50 %)."
    assert missed == ["Sentenced for terror (July 2024): published 8, model 0 to 2"]


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).replace("\u00a0", " ")


def test_page_and_notebook_show_the_same_view() -> None:
    page = parts.how_sure_before(WORLD, WITHOUT)
    notebook = HowSure.before(WORLD, WITHOUT)._repr_html_()
    for html in (page, notebook):
        text = words_of(html)
        assert "47 to 196" in text
        assert "Delay of the opening: at 20 days" in text
        assert "Are the places freed at home filled again?" in text
        assert "The model meets 1 of 2 published figures" in text
        assert "What becomes of those who abscond" in text
    assert page.count("<img") == 1
    assert 'alt="What does it hang on?' in page


def test_draws_on_the_page_have_their_own_ranges() -> None:
    text = words_of(parts.how_sure(drawn(30, "baseline", "no_agreement")))
    assert "41 to 79 places in 90 of 100 draws" in text


def test_the_table_has_a_row_for_each_assumption_followed() -> None:
    table = HowSure.before(WORLD, WITHOUT).table()
    assert list(table["factor"])[:2] == [DELAY.factor, SHARE.factor]
    assert table["factor"].isna().sum() == 1
