"""Cases as folders: found, new, borrowed from, installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.cli import main
from sim.scenario import cases as folders
from sim.scenario.cases import cases, countries
from sim.scenario.errors import ScenarioError
from sim.scenario.evidence import evidence_for, evidence_of_case, without_record
from sim.scenario.files import (
    base_of,
    base_of_case,
    called,
    load,
    named,
    read_chain,
    shipped,
    walk_shipped,
)
from sim.scenario.new_case import new_case
from sim.scenario.schema import Scenario

STATES = ("Sweden", "Swedish", "Estonia")


def write(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def narva(tmp_path: Path) -> Path:
    """A new case, as `prisonflow new-case` writes it."""
    return write(tmp_path / "narva", dict(new_case("narva", *STATES, removal=False, base="gjilan")))


# ---------------------------------------------------------------- what is shipped


def test_every_shipped_scenario_has_a_name_of_its_own_and_is_loaded_by_it() -> None:
    names = [called(scenario) for scenario in walk_shipped()]
    assert len({*names}) == len(names) == len(shipped())
    assert all(load(name).name == scenario.name
               for name, scenario in zip(names, walk_shipped(), strict=True))  # fmt: skip
    assert {"gjilan", "gjilan/no_agreement", "norgerhaven"} <= named().keys()
    assert load("gjilan") == load("baseline")


@pytest.mark.parametrize("file", shipped(), ids=lambda file: "/".join(file.parts[-3:]))
def test_no_shipped_case_borrows_from_another_country(file: Path) -> None:
    chain, scenario = read_chain(file), load(file)
    assert chain.borrowed == {}
    assert scenario.home == chain.home
    assert base_of_case(scenario).home == scenario.home


def test_a_country_alone_is_no_scenario() -> None:
    assert {"denmark", "norway"} <= countries().keys()
    for file in countries().values():
        with pytest.raises(ScenarioError, match=r"is a country's file: give that of an arrang"):
            load(file)
    assert base_of("baseline") is None, "a country is no scenario to differ from"


# ---------------------------------------------------------------- a new one


def test_a_new_case_runs_and_all_but_its_names_is_borrowed(narva: Path) -> None:
    scenario = load(narva)
    assert (scenario.name, scenario.case, scenario.home) == ("narva", "narva", narva.resolve())
    assert scenario.countries.sending == "Sweden"
    whose = {lender.named for lender in read_chain(narva / "scenario.toml").borrowed.values()}
    assert whose == {"Denmark", "Denmark and Kosovo"}
    assert evidence_of_case(scenario).record == ()
    told = evidence_for(scenario)
    assert {told.of(key).status for key in without_record(scenario, evidence_of_case(scenario))
            if told.of(key)} == {"borrowed"}  # fmt: skip
    none = load(narva / "variants" / "narva_none.toml")
    assert (none.case, none.home) == (scenario.case, scenario.home)
    assert base_of_case(none) == scenario
    assert not none.rented_prison.in_use


def test_a_new_case_with_removal_keeps_what_comes_after_the_sentence(tmp_path: Path) -> None:
    texts = dict(new_case("mine", *STATES, removal=True, base="gjilan"))
    scenario = load(write(tmp_path / "mine", texts))
    assert scenario.detention is not None
    assert scenario.detention.title == "Detention centre"
    assert scenario.departure_centre is not None
    assert scenario.host is None


@pytest.mark.parametrize("name", ["Tartu", "narva 2", "2narva", ""])
def test_what_is_no_name_of_a_case_is_refused(name: str) -> None:
    with pytest.raises(ScenarioError, match="is no name for a case"):
        new_case(name, *STATES, removal=False, base="gjilan")


def test_prisons_and_places_of_another_country_make_no_sense(tmp_path: Path) -> None:
    text = (
        'extends = "gjilan"\nname = "mine"\n[countries]\nsending = "Sweden"\n'
        'sending_adjective = "Swedish"\nhost = "Estonia"\n'
    )
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path / "mine", {"scenario.toml": text}))
    assert {problem.key for problem in caught.value.problems} == {
        "host", "staying", "rented_prison.key", "rented_prison.title", "detention.key",
        "detention.title", "departure_centre.key", "departure_centre.title",
    }  # fmt: skip
    assert "is about Kosovo, but people are sent to Estonia" in str(caught.value)


# ---------------------------------------------------------------- evidence


def test_a_changed_number_has_a_range_but_no_source(baseline: Scenario) -> None:
    mine = baseline.change({"rented_prison.places": 200})
    known, told = (evidence_for(one).of("rented_prison.places") for one in (baseline, mine))
    assert known is not None
    assert told is not None
    assert (told.status, told.source, told.url, told.contested) == ("own", "", "", "")
    assert (told.low, told.high, told.role) == (known.low, known.high, known.role)
    others = evidence_for(mine).of("rented_prison.term_years")
    assert others == evidence_for(baseline).of("rented_prison.term_years")


@pytest.mark.parametrize(
    "change", [{"case": "other"}, {"countries.host": "Estonia"}, {"countries.sending": "Sweden"}]
)
def test_evidence_is_not_of_another_case(baseline: Scenario, change: dict[str, str]) -> None:
    mine = baseline.change(change)
    assert evidence_for(mine).of("rented_prison.places") is None
    assert without_record(mine, evidence_for(mine))


def test_a_record_may_be_about_the_number_of_a_variant() -> None:
    key = "arrivals.additional.reform_2026.per_year[2026-05-01].value"
    reform = load("reform_2026")
    known = evidence_for(reform).of(key)
    assert known is not None
    assert known.status != "own"
    other = evidence_for(reform.change({key.removesuffix(".value"): 7.0})).of(key)
    assert other is not None
    assert other.status == "own"


def test_evidence_follows_its_file(narva: Path) -> None:
    record = (
        '[[record]]\nkey = "rented_prison.places"\nstatus = "found"\nrole = "lever"\n'
        'source = "The agreement."\nconfidence = "high"\n'
    )
    assert evidence_of_case(load(narva)).of("rented_prison.places") is None
    write(narva, {"evidence.toml": record})
    found = evidence_of_case(load(narva)).of("rented_prison.places")
    assert found is not None
    assert found.source == "The agreement."


def test_two_arrangements_of_one_country_share_its_evidence(tmp_path: Path) -> None:
    text = load("baseline").as_toml().replace('case = "gjilan"\n', "")
    elsewhere = 'extends = "denmark"\n' + text.replace('host = "Kosovo"', 'host = "Estonia"')
    mine = load(write(tmp_path / "elsewhere", {"scenario.toml": elsewhere}))
    assert mine.case == "elsewhere"
    officers = "home_prisons.officers[2008-01-01].value"
    assert evidence_for(mine).of(officers) == evidence_for(load("baseline")).of(officers)
    assert evidence_for(mine).of("rented_prison.places") is None


# ---------------------------------------------------------------- installed


@pytest.fixture
def installed(narva: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The case as a package that offers it by an entry point."""
    package = tmp_path / "site" / "prisonflow_narva"
    package.parent.mkdir()
    narva.rename(package)
    (package / "__init__.py").write_text("raise RuntimeError('nothing of it is run')\n")
    write(package.parent / "prisonflow_narva-1.0.dist-info", {
        "METADATA": "Metadata-Version: 2.1\nName: prisonflow-narva\nVersion: 1.0\n",
        "entry_points.txt": "[prisonflow.cases]\nnarva = prisonflow_narva\n",
    })  # fmt: skip
    monkeypatch.syspath_prepend(str(package.parent))
    folders.installed_cases.cache_clear()
    yield package
    sys.modules.pop("prisonflow_narva", None)
    monkeypatch.undo()
    folders.installed_cases.cache_clear()


def test_a_case_that_is_installed_is_found_by_its_name(installed: Path) -> None:
    assert cases()["narva"].folder == installed
    scenario = load("narva")
    assert (scenario.name, scenario.home) == ("narva", installed)
    assert called(scenario) == "narva"
    assert load("narva/narva_none").case == scenario.case


# ---------------------------------------------------------------- the command line


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    return int(ended.value.code or 0), told.out + told.err


def test_new_case_and_check_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "narva"
    states = ("--sending", "Sweden", "--adjective", "Swedish", "--host", "Estonia")
    code, out = said(capsys, "new-case", folder, *states)
    assert code == 0
    assert f"next: prisonflow check {folder}" in out
    code, out = said(capsys, "check", folder)
    assert code == 0
    assert "[sentencing.remand]  11 values of Denmark" in out
    assert "no number has a plausible range" in out
    assert "there are no published figures (published.toml)" in out
    code, out = said(capsys, "new-case", folder)
    assert code == 2
    assert "is there already" in out
    assert said(capsys, "validate", folder)[0] == 2


def test_check_of_a_shipped_case_misses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "check", "baseline")
    assert code == 0
    assert "Every number has its evidence, and there are published figures to judge it by." in out
