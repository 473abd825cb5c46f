"""Everything that can be wrong with a scenario file is told in words its writer understands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.files import find, load
from sim.scenario.schema import Scenario

Complaints = Callable[..., list[str]]
Diff = Callable[..., Path]

STEP = "{ from = 2008-01-01, until = 2040-01-01, value = 30 }"
KINDS = (
    "constant, uniform, exponential, bounded_exponential, lognormal, gamma, weibull, triangular, "
    "empirical, mixture"
)
DAY = "should be a date such as 2027-04-01, without quotes and without a time"
AT_LEAST = "should be at least 0"

KEYS = {
    "[rented_prison]\nplases = 3": ("rented_prison.plases: unknown key; did you mean 'places'?"),
    "[rented_prisn]\nplaces = 3": "rented_prisn: unknown key; did you mean 'rented_prison'?",
    "[costs]\ninflation = 0.3": (
        "costs.inflation: unknown key; known here: aid_million_per_year, "
        "centre_resident_per_year, currencies_per_eur, currency, detention_per_day, "
        "discount_rate_share, discount_to_year, home_saved_share, "
        "host_prisoner_per_day, price_growth_share, price_year, prison_per_day, "
        "remand_per_day, rent, rotation_million, set_up_million, "
        "visits_million_per_year"
    ),
    "[costs]\nrotation_million = 0.3": (
        "costs.rotation_million: is 0.3: should be a table such as "
        "{ amount = 0.6, price_year = 2025 }"
    ),
    "willing_share = 0.4": "willing_share: unknown key; there is 'removal.willing_share'",
    "[time]\nzzz = 3": (
        "time.zzz: unknown key; known here: end, observe_from, observe_until, start"
    ),
    "[origins.iran]\nprotectd_share = 0.1": (
        "origins.iran.protectd_share: unknown key; did you mean 'protected_share'?"
    ),
    "[sentencing.bands]\nup_to_3_month_days = 4": (
        "sentencing.bands.up_to_3_month_days: unknown key; did you mean 'up_to_3_months_days'?"
    ),
    f"[home_prisons]\nplaces = [{STEP.replace('value', 'valu')}]": (
        "home_prisons.places[1].value: is missing",
        "home_prisons.places[1].valu: unknown key; did you mean 'value'?",
    ),
    "[rented_prison]\nopening_delay_days = { kind = 'uniform', low = 1, mean = 2, high = 5 }": (
        "rented_prison.opening_delay_days.mean: unknown key; kind 'uniform' has low, high"
    ),
}

TYPES = {
    "[rented_prison]\nplaces = 'many'": (
        'rented_prison.places: is "many": should be a whole number'
    ),
    "[rented_prison]\nplaces = 3.5": "rented_prison.places: is 3.5: should be a whole number",
    "[rented_prison]\nplaces = true": "rented_prison.places: is true: should be a whole number",
    "[rented_prison]\nplaces = 2027-04-01": (
        "rented_prison.places: is 2027-04-01: should be a whole number"
    ),
    "[removal]\nwilling_share = '0.5'": 'removal.willing_share: is "0.5": should be a number',
    "[removal]\nwilling_share = nan": "removal.willing_share: is nan: should be a finite number",
    "[rented_prison]\nin_use = 1": "rented_prison.in_use: is 1: should be true or false",
    "title = 3": "title: is 3: should be text in quotes",
    "name = 'My World'": (
        'name: is "My World": should be small letters, digits and underscores, '
        "beginning with a letter"
    ),
    "[detention]\nkey = 'B1'": (
        'detention.key: is "B1": should be small letters and underscores, beginning with a letter'
    ),
    "rented_prison = 3": "rented_prison: is 3: should be a table",
    "[[rented_prison]]\nplaces = 3": "rented_prison: is [{ places = 3 }]: should be a table",
    "[rented_prison]\nopens = '2028-01-01'": f'rented_prison.opens: is "2028-01-01": {DAY}',
    "[rented_prison]\nopens = 2028-01-01T10:00:00": (
        f"rented_prison.opens: is 2028-01-01T10:00:00: {DAY}"
    ),
    "[home_prisons]\nplaces = '7'": (
        f'home_prisons.places: is "7": should be a list of dated steps, such as [{STEP}]'
    ),
    "[home_prisons]\nplaces = [7]": (
        f"home_prisons.places[1]: is 7: should be a table, such as {STEP}"
    ),
    "[origins.iran]\ncooperation = 1": (
        "origins.iran.cooperation: is 1: should be a list of dated steps, such as "
        "[{ from = 2008-01-01, until = 2040-01-01, ... }]"
    ),
    "[rented_prison]\nopening_delay_days = 5": (
        "rented_prison.opening_delay_days: is 5: should be a table that says its kind, "
        'such as { kind = "constant", value = 30 }'
    ),
    "[rented_prison]\nopening_delay_days = { kind = 'normal', value = 3 }": (
        f'rented_prison.opening_delay_days.kind: is "normal": should be one of {KINDS}'
    ),
    "[rented_prison]\nopening_delay_days = { kind = 'uniform', low = 3 }": (
        "rented_prison.opening_delay_days.high: is missing"
    ),
    "[[transfer.priority]]\nfrom = 2008-01-01\nuntil = 2040-01-01\nrule = 'oldest'": (
        "transfer.priority[1].rule: is \"oldest\": should be 'no_children_first', "
        "'own_wish_first', 'longest_remaining_first' or 'first_come'"
    ),
}

VALUES = {
    "[rented_prison]\ndrain_days = -3": f"rented_prison.drain_days: is -3: {AT_LEAST}",
    "[home_prisons]\nplaces = -1": f"home_prisons.places[1].value: is -1: {AT_LEAST}",
    "[rented_prison]\nopening_delay_days = { value = -1 }": (
        f"rented_prison.opening_delay_days.value: is -1: {AT_LEAST}"
    ),
    "[rented_prison]\nterm_years = 0": "rented_prison.term_years: is 0: should be more than 0",
    "[removal]\nwilling_share = 1.5": "removal.willing_share: is 1.5: should be at most 1",
    "[rented_prison]\nopening_delay_days = { kind = 'uniform', low = 5, high = 5 }": (
        "rented_prison.opening_delay_days: low 5 must be below high 5"
    ),
    "[rented_prison]\nopening_delay_days = { kind = 'triangular', low = 3, mode = 2, high = 4 }": (
        "rented_prison.opening_delay_days: needs low <= mode <= high and low < high, not 3, 2, 4"
    ),
    "[removal]\ncase_work_days = { p05 = 30, p95 = 25 }": (
        "removal.case_work_days: p05 30 must be below p95 25"
    ),
    "[sentencing.bands]\n"
    "over_2_years_days = { kind = 'bounded_exponential', low = 730, high = 5844, mean = 731 }": (
        "sentencing.bands.over_2_years_days: mean 731 must lie inside low 730 and high 5844, "
        "at least 51.14 from either end"
    ),
    "[rented_prison]\nplaces = 300\nfirst_intake_places = 400": (
        "rented_prison: first_intake_places 400 is more than places 300"
    ),
    "[rented_prison]\ndrain_days = 120\nterm_years = 0.25": (
        "rented_prison: drain_days 120 leaves nothing of a term of 0.25 years"
    ),
    "[staying]\nstays_share = 0.2": (
        "staying.stays_share: above zero in a scenario that is not marked stress_test = true; "
        "the treaty rules it out"
    ),
    "[host]\ncapacity_claim = 'mine'": (
        "host: capacity_claim 'mine' is none of: correctional_service, rehabilitation_centre"
    ),
    "[detention]\nkey = 'gnjilane'": (
        "detention.key: 'gnjilane' is taken by rented_prison.key; "
        "every place needs a name of its own"
    ),
}

SHARES = {
    "[sentencing.eu_eea]\nup_to_3_months_share = 0.1\nfrom_3_to_12_months_share = 0.2\n"
    "from_1_to_2_years_share = 0.3\nover_2_years_share = 0.5": (
        "sentencing.eu_eea: the four shares sum to 1.1, not to 1"
    ),
    "[[sentencing.parole]]\nfrom = 2008-01-01\nuntil = 2040-01-01\n"
    "half_share = 0.5\ntwo_thirds_share = 0.5\nfull_share = 0.5": (
        "sentencing.parole[1]: half_share, two_thirds_share and full_share sum to 1.5, not to 1"
    ),
}


def _places(*steps: tuple[str, str]) -> str:
    listed = ", ".join(f"{{ from = {a}, until = {b}, value = 1 }}" for a, b in steps)
    return f"[home_prisons]\nplaces = [{listed}]"


STEPS = {
    _places(("2008-01-01", "2030-01-01"), ("2029-01-01", "2040-01-01")): (
        "home_prisons.places: the step from 2029-01-01 overlaps the one listed before it "
        "(2008-01-01 until 2030-01-01): list steps in order of time"
    ),
    _places(("2020-01-01", "2040-01-01"), ("2008-01-01", "2020-01-01")): (
        "home_prisons.places: the step from 2008-01-01 comes before the one listed before it "
        "(2020-01-01 until 2040-01-01): list steps in order of time"
    ),
    _places(("2008-01-01", "2019-01-01"), ("2020-01-01", "2040-01-01")): (
        "home_prisons.places: no value from 2019-01-01 until 2020-01-01: close the gap"
    ),
    _places(("2008-01-01", "2007-01-01")): (
        "home_prisons.places[1]: begins on 2008-01-01 but ends on 2007-01-01: from < until"
    ),
    _places(): "home_prisons.places: no steps: at least one is needed",
    _places(("2009-01-01", "2040-01-01")): (
        "home_prisons.places: covers 2009-01-01 until 2040-01-01, but the simulation runs "
        "from 2008-01-01 until 2040-01-01"
    ),
    _places(("2008-01-01", "2040-01-01"), ("2040-01-01", "2041-01-01")): (
        "home_prisons.places: the step from 2040-01-01 until 2041-01-01 lies outside the "
        "simulated period (2008-01-01 until 2040-01-01)"
    ),
    "[[transfer.halts]]\nfrom = 2050-01-01\nuntil = 2051-01-01\nreason = 'x'": (
        "transfer.halts: the step from 2050-01-01 until 2051-01-01 lies outside the "
        "simulated period (2008-01-01 until 2040-01-01)"
    ),
    "[rented_prison]\nopens = 2040-01-01": (
        "rented_prison.opens: 2040-01-01 lies outside the simulated period "
        "(2008-01-01 until 2040-01-01)"
    ),
    "[time]\nobserve_from = 2030-01-01\nobserve_until = 2029-01-01": (
        "time: needs start <= observe_from < observe_until <= end, "
        "not 2008-01-01, 2030-01-01, 2029-01-01, 2040-01-01"
    ),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [pair for group in (KEYS, TYPES, VALUES, SHARES, STEPS) for pair in group.items()],
)
def test_a_wrong_file_is_told_what_is_wrong(
    complaints: Complaints, text: str, expected: str | tuple[str, ...]
) -> None:
    lines = (expected,) if isinstance(expected, str) else expected
    assert complaints(text) == [f"mine.toml: {line}" for line in lines]


def test_a_longer_horizon_names_once_all_steps_that_are_too_short(complaints: Complaints) -> None:
    (only,) = complaints("[time]\nend = 2041-01-01")
    assert only.startswith("mine.toml: time: the steps of ")
    assert (
        " keys cover 2008-01-01 until 2040-01-01, but the simulation runs from 2008-01-01 until "
        "2041-01-01: arrivals.judgments_per_year, sentencing.parole, " in only
    )


def test_shares_of_origins_are_summed_over_the_third_countries(
    complaints: Complaints, baseline: Scenario
) -> None:
    total = 1 - baseline.origins["iran"].inflow_share + 0.5
    assert complaints("[origins.iran]\ninflow_share = 0.5") == [
        f"mine.toml: origins: the inflow_share of third-country groups sums to {total:.6g}, not 1"
    ]


def test_a_new_distribution_must_say_its_kind(complaints: Complaints) -> None:
    assert (
        f"mine.toml: origins.mars.document_delay_days.kind: is missing: should be one of {KINDS}"
    ) in complaints("[origins.mars]\ndocument_delay_days = { mean = 3 }")


def test_the_origins_need_eu_citizens_and_somebody_else(complaints: Complaints) -> None:
    text = load("baseline").as_toml()
    assert complaints(
        text.replace("[origins.eu_eea]", "[origins.europe]")
        .replace("[[origins.eu_eea.", "[[origins.europe.")
        .replace("[origins.eu_eea.", "[origins.europe."),
        extends=False,
    ) == [
        "mine.toml: origins: the group 'eu_eea' is missing",
        "mine.toml: origins: the inflow_share of third-country groups sums to 2, not 1",
    ]
    nobody = re.sub(r"inflow_share = \S+", "inflow_share = 0.0", text)
    assert complaints(nobody, extends=False) == [
        "mine.toml: origins: no third-country group has an inflow_share above zero"
    ]


def test_several_errors_are_told_at_once(complaints: Complaints) -> None:
    said = complaints(
        "[rented_prison]\nplases = 3\ndrain_days = -3\n[removal]\nwilling_share = 1.5\n"
        "[[sentencing.parole]]\nfrom = 2008-01-01\nuntil = 2040-01-01\n"
        "half_share = 0.5\ntwo_thirds_share = 0.5\nfull_share = 0.5"
    )
    assert sorted(said) == [
        "mine.toml: removal.willing_share: is 1.5: should be at most 1",
        "mine.toml: rented_prison.drain_days: is -3: should be at least 0",
        "mine.toml: rented_prison.plases: unknown key; did you mean 'places'?",
        "mine.toml: sentencing.parole[1]: half_share, two_thirds_share and full_share sum to "
        "1.5, not to 1",
    ]


def test_several_errors_between_sections_are_told_at_once(complaints: Complaints) -> None:
    said = complaints("[staying]\nstays_share = 0.1\n[rented_prison]\nopens = 1999-01-01")
    assert len(said) == 2


def test_errors_are_told_of_the_file_that_holds_the_key(diff: Diff, tmp_path: Path) -> None:
    diff("[removal]\nwilling_share = 2\nslow_share = 3\n", name="below.toml")
    above = diff("extends = 'below.toml'\n[removal]\nslow_share = -1", "above.toml", extends=False)
    with pytest.raises(ScenarioError) as caught:
        load(above)
    assert caught.value.problems == (
        Problem(str(tmp_path / "below.toml"), "removal.willing_share", "is 2: should be at most 1"),
        Problem(str(above), "removal.slow_share", "is -1: should be at least 0"),
    )


def test_a_list_only_of_changes_needs_a_file_to_extend(complaints: Complaints) -> None:
    (only,) = complaints("name = 'mine'\ntitle = 'Mine'", extends=False)
    assert only == (
        "mine.toml: has no summary, case, countries, time, arrivals, sentencing, home_prisons, "
        "transfer, rented_prison, costs, origins; a "
        'file that lists only what it changes begins with extends = "baseline"'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "extends = 'nowhere.toml'",
            "mine.toml: extends: there is no file nowhere.toml, and no shipped scenario "
            "or country 'nowhere.toml'",
        ),
        ("extends = 3", "mine.toml: extends: is 3: write the file's name as text"),
        (
            "extends = 'mine.toml'",
            "mine.toml: extends: goes round in a circle: mine.toml -> mine.toml",
        ),
        (
            "title =",
            "mine.toml: not valid TOML: Invalid value (at end of document)",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    complaints: Complaints, text: str, expected: str
) -> None:
    assert complaints(text, extends=False) == [expected]


def test_a_circle_of_two_files_is_shown(diff: Diff) -> None:
    diff("extends = 'b.toml'", "a.toml", extends=False)
    path = diff("extends = 'a.toml'", "b.toml", extends=False)
    with pytest.raises(
        ScenarioError, match=r"extends: goes round in a circle: b.toml -> a.toml -> b.toml$"
    ):
        load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.toml"
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert str(caught.value) == f"{path}: no such file"


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(ScenarioError) as caught:
        load("nowhere")
    said = str(caught.value)
    assert said.startswith(
        "nowhere: no such file, no folder with a scenario.toml, and no shipped scenario of that "
        "name; there are: baseline, "
    )
    assert "no_agreement" in said


def test_a_folder_is_not_a_scenario(tmp_path: Path) -> None:
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    with pytest.raises(ScenarioError, match=r"folder\.toml: is a folder: give a file$"):
        load(folder)


def test_a_text_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('title = "Kærshovedgård"'.encode("latin-1"))
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: not a text in UTF-8: ")


def test_the_baseline_itself_has_nothing_wrong() -> None:
    assert load(find("baseline")).name == "baseline"
