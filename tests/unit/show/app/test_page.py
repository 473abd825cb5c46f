"""The page by Streamlit's own app tests: what is asked, what is run, what is told."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import sim.show.app
from sim.scenario.files import find
from sim.show.app import parts
from sim.show.app.setting import FILES
from sim.show.facts.selected import OF_COST
from tests.helpers.experiments import small_world

PAGE = Path(sim.show.app.__file__).with_name("page.py")
SECONDS = 60
#: As the scenario says, five times; and a few draws.
FIXED = {"assumptions": "fixed", "replications": "5"}
DRAWN = {"assumptions": "ensemble", "draws": "6", "replications": "2"}


@pytest.fixture(scope="module", autouse=True)
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two small scenarios to choose from."""
    import streamlit as st

    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "small.toml").write_text(small_world("small"), encoding="utf-8")
    without = small_world("without", "[rented_prison]\nin_use = false")
    (folder / "without.toml").write_text(without, encoding="utf-8")
    st.cache_resource.clear()
    os.environ[FILES] = os.pathsep.join(str(file) for file in sorted(folder.glob("*.toml")))
    yield folder
    del os.environ[FILES]
    st.cache_resource.clear()


def opened(**query: str) -> AppTest:
    """Open the page at an address."""
    page = AppTest.from_file(str(PAGE), default_timeout=SECONDS)
    asked = {"scenario": "small", "beside": "without", **FIXED} | query
    for name, value in asked.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def run_to_the_end(page: AppTest, *, looking: bool = False) -> AppTest:
    """Click on Run, and look at it when it is done; or all the while, which draws every stage."""
    page.button(key="run").click().run()
    end = time.monotonic() + SECONDS
    while page.session_state["job"].is_running and time.monotonic() < end:
        if looking:
            page.run()
        else:
            time.sleep(0.02)
    page.run()
    assert not page.exception
    assert "ended" in page.session_state
    return page


def lever(key: str, page: AppTest) -> str:
    """Return the key of a control; those that start anew are new controls."""
    return f"{key}@{page.session_state['turn']}"


def text(page: AppTest) -> str:
    return "\n".join(element.value for element in [*page.markdown, *page.subheader, *page.info])


def html(page: AppTest) -> str:
    return "\n".join(part.proto.body for part in page.get("html"))


def test_it_opens_with_the_setting_of_the_address_and_nothing_run() -> None:
    page = opened(**{"rented_prison.places": "150", "removal.willing_share": "0.25"})
    assert page.slider(key=lever("rented_prison.places", page)).value == 150
    assert page.slider(key=lever("removal.willing_share", page)).value == 0.25
    assert "Moved: Places: 300 → **150**; " in text(page)
    assert "45 % → **25 %**" in text(page)
    captions = [caption.value for caption in page.caption]
    assert "Nothing has been run yet." in captions
    assert any("mean over the scenario's own countries of that regime" in c for c in captions)
    assert not page.warning


def test_it_opens_on_the_case_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    monkeypatch.setenv(FILES, str(find("tilburg").parent))
    st.cache_resource.clear()
    page = AppTest.from_file(str(PAGE), default_timeout=SECONDS).run()
    st.cache_resource.clear()
    assert not page.exception
    assert "when Belgium rents a prison in the Netherlands" in text(page)
    assert page.session_state["setting"].beside == "tilburg/no_agreement"
    assert not re.search("Denmark|Danish|Kosov|Gnjilane", text(page) + html(page))


@pytest.mark.slow
def test_a_run_shows_the_answer_and_every_view_draws() -> None:
    page = run_to_the_end(opened())
    assert "5 replications" in page.subheader[0].value
    assert "people are in limbo on average" in html(page)
    views = page.radio(key=lever("view 0", page))
    assert len(views.options) == 9
    for view in views.options:
        page.radio(key=lever("view 0", page)).set_value(view).run()
        assert not page.exception, view
        assert page.get("html") or page.get("iframe"), view
    assert len(page.get("download_button")) == 4


@pytest.mark.slow
def test_nothing_is_drawn_again_that_has_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: Counter[str] = Counter()

    def counting(name: str, make: Callable[..., str]) -> Callable[..., str]:
        def made(*arguments: Any, **named: Any) -> str:
            what = named.get("question") or getattr(arguments[0], "name", "")
            drawn[f"{name} {what}".strip()] += 1
            return make(*arguments, **named)

        made.__name__ = name
        return made

    for name in ("glance", "answer", "numbers", "figure"):
        monkeypatch.setattr(parts, name, counting(name, getattr(parts, name)))
    page = run_to_the_end(opened(), looking=True)
    assert set(drawn) == {
        "glance", "answer", "numbers", "figure places", "figure occupancy",
    }  # fmt: skip
    assert len(set(drawn.values())) == 1  # each stage was drawn in whole
    drawn.clear()
    page.slider(key=lever("rented_prison.places", page)).set_value(10).run()
    assert not drawn
    page.radio(key=lever("view 0", page)).set_value("Costs").run()
    costs = {f"numbers {OF_COST}": 1, "figure waterfall": 1, "figure costs": 1}
    assert drawn == costs
    page.radio(key=lever("view 0", page)).set_value("Answer").run()
    assert drawn == costs
    run_to_the_end(page)
    assert drawn["glance"] == drawn["figure occupancy"] > 0
    assert {name: drawn[name] for name in costs} == costs


def test_a_moved_lever_changes_the_address_the_files_and_the_answer() -> None:
    page = run_to_the_end(opened())
    before = html(page)
    page.slider(key=lever("rented_prison.places", page)).set_value(10).run()
    assert page.query_params["rented_prison.places"] == "10"
    assert "The setting has changed since this was run" in page.info[0].value
    assert any("small_changed.toml" in code.value for code in page.code)
    run_to_the_end(page)
    assert "A small world, but places: 10" in page.subheader[0].value
    assert html(page) != before
    assert not page.info


def test_no_control_starts_from_what_the_session_was_set_to() -> None:
    # Such a start is told to the browser once, and lost if the visitor clicks before it arrives.
    page = opened(**{"rented_prison.places": "150"})
    page.sidebar.button[0].click().run()
    controls = [*page.slider, *page.selectbox, *page.checkbox, *page.date_input, *page.number_input]
    assert len(controls) > 20
    assert not any(control.proto.set_value for control in controls)


@pytest.mark.slow
def test_draws_answer_five_questions_with_ranges_and_lead_to_what_they_rest_on() -> None:
    page = run_to_the_end(opened(**DRAWN), looking=True)
    assert "6 draws" in page.subheader[0].value
    assert "**Done:** 6 draws of each, and 2 replications for chance alone" in text(page)
    shown = html(page)
    asked = ("What does it cost?", "How many places", "Is anyone held longer?", "How sure", "Who ")
    assert [shown.count(f"<h3>{question}") for question in asked] == [1] * len(asked)
    assert "lowest and highest of 6 draws" in shown
    assert shown.count('class="chance"') >= 2
    page.button(key="short 4").click().run()
    assert not page.exception
    view = page.radio(key=lever("view 1", page))
    assert view.value == "Assumptions"
    assert not view.proto.set_value


def test_a_choice_of_language_changes_words_and_the_address_and_nothing_else() -> None:
    page = opened(**DRAWN, **{"rented_prison.places": "150"})
    page.radio(key="language").set_value("da").run()
    assert not page.exception
    assert page.query_params["language"] == "da"
    assert page.query_params["rented_prison.places"] == "150"
    assert page.query_params["draws"] == "6"
    assert page.slider(key=lever("rented_prison.places", page)).value == 150
    assert "language" not in opened(**DRAWN).query_params


def test_a_choice_of_currency_is_in_the_address() -> None:
    page = opened(currency="own")
    assert page.radio(key=lever("currency", page)).value == "own"
    page.radio(key=lever("currency", page)).set_value("eur").run()
    assert "currency" not in page.query_params


def test_assumptions_can_be_fixed_and_a_lever_that_was_moved_says_that_it_is() -> None:
    page = opened(**DRAWN, **{"removal.willing_share": "0.25"})
    said = "Fixed by you in every draw: Cooperate in their return"
    assert any(said in info.value for info in page.info)
    page.selectbox(key=lever("assumptions", page)).set_value("fixed").run()
    assert page.query_params["assumptions"] == "fixed"
    assert "draws" not in page.query_params
    assert not page.info
    assert any("--assumptions fixed --replications 30" in code.value for code in page.code)


@pytest.mark.slow
def test_a_stop_keeps_what_is_there() -> None:
    page = opened(replications="100")
    page.button(key="run").click().run()
    job = page.session_state["job"]
    while not job.stage.number:
        time.sleep(0.05)
    page.run()
    page.button(key="stop").click().run()
    assert job.stopped
    assert "**Stopped** after" in text(page)
    assert "so far" not in page.subheader[0].value
    assert "people are in limbo on average" in html(page)


def test_levers_go_back_and_another_scenario_has_its_own() -> None:
    page = opened(**{"rented_prison.places": "150"})
    page.sidebar.button[0].click().run()
    assert page.slider(key=lever("rented_prison.places", page)).value == 300
    assert "Moved" not in text(page)
    page.slider(key=lever("rented_prison.places", page)).set_value(10).run()
    page.selectbox(key=lever("scenario", page)).set_value("late_opening").run()
    assert page.slider(key=lever("rented_prison.places", page)).value == 300
    opens = page.date_input(key=lever("rented_prison.opens", page)).value
    assert isinstance(opens, date)
    assert opens.year == 2029


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"rented_prison.places": "-5"}, "is -5, outside 0 to 600"),
        ({"scenario": "nowhere"}, "is 'nowhere'; there are: baseline"),
        ({"seed": "x"}, "write a whole number"),
        ({"no.such": "1"}, "nothing of this name can be moved here"),
    ],
)
def test_what_the_address_has_wrong_is_told(query: dict[str, str], said: str) -> None:
    page = opened(**query)
    assert any(said in warning.value for warning in page.warning)
    assert not page.button(key="run").disabled


def test_nothing_to_compare_is_told_and_cannot_be_run() -> None:
    page = opened(beside="small")
    assert "both are the same world" in page.error[0].value
    assert page.button(key="run").disabled


def test_levers_that_make_no_scenario_are_told_and_cannot_be_run() -> None:
    page = opened(**{"rented_prison.opens": "2037-04-01", "rented_prison.term_years": "1.0"})
    assert not page.error
    page.slider(key=lever("rented_prison.places", page)).set_value(0).run()
    assert not page.error
    assert not page.exception


@pytest.mark.slow
def test_visitors_do_not_see_each_others_work() -> None:
    first, second = opened(), opened(**{"rented_prison.places": "20"})
    run_to_the_end(first)
    second.run()
    assert "job" not in second.session_state
    assert first.slider(key=lever("rented_prison.places", first)).value == 300
    assert second.slider(key=lever("rented_prison.places", second)).value == 20
    run_to_the_end(second)
    assert second.session_state["job"] is not first.session_state["job"]


@pytest.mark.slow
def test_one_person_is_followed_in_both_worlds() -> None:
    page = run_to_the_end(opened())
    page.radio(key=lever("view 0", page)).set_value("One person").run()
    person = page.selectbox(key=lever("person", page)).value
    assert html(page).count(f"Person {person}:") == 2
    page.selectbox(key=lever("person", page)).set_value(-1).run()
    page.run()
    assert html(page).count("Nobody has the number 0 here") == 2
