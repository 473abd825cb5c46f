"""Every number has a record, and every record is usable: sourced, ranged, in date order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.evidence import (
    Evidence,
    Record,
    evidence_for,
    files_of_evidence,
    load_evidence,
    numbers,
    without_record,
)
from sim.scenario.files import configs_dir, load, shipped, walk_shipped
from sim.scenario.schema import Scenario

FILES = sorted(configs_dir().glob("c*/*/evidence.toml"))
ABOUT_GJILAN = [file for file in FILES if file.parent.name in ("gjilan", "denmark")]
RECORDS = tuple(record for file in ABOUT_GJILAN for record in load_evidence(file).record)
OF_OTHERS = [r for f in FILES if f not in ABOUT_GJILAN for r in load_evidence(f).record]
#: Shares that sum to one: their ranges cannot be tried one at a time.
SUM_TO_ONE = (
    "sentencing.eu_eea.",
    "sentencing.third_country.",
    "sentencing.parole",
    "inflow_share",
)


def _name(record: Record) -> str:
    return f"{record.key}@{record.from_}" if record.from_ else record.key


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_every_number_has_a_record(path: Path) -> None:
    scenario = load(path)
    assert without_record(scenario, evidence_for(scenario)) == []


def test_a_number_without_a_record_is_reported(baseline: Scenario) -> None:
    fewer = Evidence(record=tuple(r for r in RECORDS if r.key != "costs.currencies_per_eur.DKK"))
    assert without_record(baseline, fewer) == ["costs.currencies_per_eur.DKK"]


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_ranges_contain_the_values(path: Path) -> None:
    scenario = load(path)
    for key, value in numbers(scenario):
        record = evidence_for(scenario).of(key)
        assert record is not None
        if record.low is None or record.high is None:
            continue
        stated: Any = value if record.range_of == "value" else 1.0
        assert record.low <= stated <= record.high, key


def _ends(scenario: Scenario) -> list[tuple[str, Any]]:
    """Return every number moved to the low and to the high end of its range."""
    moved = []
    for key, value in numbers(scenario):
        record = evidence_for(scenario).of(key)
        parameter = record is not None and record.range_of == "factor" and "_days." in key
        if record is None or record.role == "fact" or record.low is None or parameter:
            continue
        if any(part in key for part in SUM_TO_ONE):
            continue
        for end in (record.low, record.high):
            new: Any = value * end if record.range_of == "factor" else end
            moved.append((key, round(new) if isinstance(value, int) else new))
    return moved


def test_both_ends_of_every_range_are_worlds_that_can_be_simulated(baseline: Scenario) -> None:
    ends = _ends(baseline)
    assert len(ends) > 200
    for key, value in ends:
        baseline.change({key: value})


def test_a_range_for_a_distribution_multiplies_all_of_its_parameters(baseline: Scenario) -> None:
    tried = 0
    for record in RECORDS:
        if record.range_of != "factor" or not record.key.endswith("_days"):
            continue
        for end in (record.low, record.high):
            stretched = {
                key: value * end for key, value in numbers(baseline) if key.startswith(record.key)
            }
            assert stretched, record.key
            baseline.change(stretched)
            tried += 1
    assert tried > 40


def test_no_two_records_speak_for_the_same_thing() -> None:
    named = [_name(record) for record in RECORDS]
    assert sorted(set(named)) == sorted(named)


def test_records_by_date_neither_overlap_nor_leave_gaps() -> None:
    dated = defaultdict(list)
    for record in RECORDS:
        if record.from_ is not None:
            dated[record.key].append((record.from_, record.until or date.max))
    assert "home_prisons.officers" in dated
    for key, periods in dated.items():
        for (_, until), (later, _) in pairwise(periods):
            assert until == later, key


def test_every_record_speaks_for_something_in_a_shipped_scenario() -> None:
    def unspoken(records: tuple[Record, ...], keys: set[str]) -> set[str]:
        found = map(Evidence(record=records).of, keys)
        return {_name(r) for r in records} - {_name(r) for r in found if r is not None}

    for file in FILES:
        mine = [s for s in walk_shipped() if file.resolve() in files_of_evidence(s)]
        keys = {key for scenario in mine for key, _ in scenario.leaves()}
        assert unspoken(load_evidence(file).record, keys) == set(), file


@pytest.mark.parametrize("record", [*RECORDS, *OF_OTHERS], ids=_name)
def test_a_record_says_enough_to_be_judged(record: Record) -> None:
    assert len(record.source) >= 8
    assert record.source.endswith(".")
    assert record.url == "" or record.url.startswith(("https://", "http://"))
    if record.status in ("assumption", "recalled"):
        assert record.confidence != "high" or record.role == "fact"
    if record.role == "uncertainty" and record.key.rpartition(".")[2] not in (
        "regime",
        "capacity_claim",
    ):
        assert record.low is not None


@pytest.mark.parametrize(
    "key",
    [
        "host.capacity_claims.correctional_service.places",
        "host.capacity_claims.rehabilitation_centre.places",
        "removal.direct_share",
        "transfer.eligibility[2008-01-01].groups",
        "costs.aid_million_per_year.amount",
    ],
)
def test_disputed_numbers_say_who_disputes_them(key: str, baseline: Scenario) -> None:
    record = evidence_for(baseline).of(key)
    assert record is not None
    assert record.contested


def test_the_most_specific_record_speaks() -> None:
    def record(key: str, **more: Any) -> Record:
        given = {"status": "found", "role": "fact", "source": "a book.", "confidence": "high"}
        return Record.model_validate({"key": key, **given, **more})

    general = record("origins.*.inflow_share")
    named = record("origins.iran.inflow_share")
    whole = record("home_prisons")
    early = record("home_prisons.places", **{"from": date(2008, 1, 1), "until": date(2020, 1, 1)})
    late = record("home_prisons.places", **{"from": date(2020, 1, 1)})
    evidence = Evidence(record=(general, named, whole, early, late))
    assert evidence.of("origins.iran.inflow_share") is named
    assert evidence.of("origins.iraq.inflow_share") is general
    assert evidence.of("home_prisons.places[2019-12-31].value") is early
    assert evidence.of("home_prisons.places[2020-01-01].value") is late
    assert evidence.of("home_prisons.places[2007-01-01].value") is whole
    assert evidence.of("home_prisons.officers[2020-01-01].value") is whole
    assert evidence.of("home_prisons_too") is None
    assert evidence.of("costs.currencies_per_eur.DKK") is None


RECORD = """
[[record]]
key = "costs.currencies_per_eur.DKK"
status = "{status}"
role = "{role}"
source = "a book."
confidence = "low"
{more}
"""


@pytest.fixture
def evidence_file(tmp_path: Path) -> Callable[..., Path]:
    def write(more: str = "", status: str = "assumption", role: str = "uncertainty") -> Path:
        path = tmp_path / "evidence.toml"
        path.write_text(RECORD.format(status=status, role=role, more=more), encoding="utf-8")
        return path

    return write


def test_an_evidence_file_of_ones_own_can_be_read(evidence_file: Callable[..., Path]) -> None:
    evidence = load_evidence(evidence_file("low = 7\nhigh = 8"))
    record = evidence.of("costs.currencies_per_eur.DKK")
    assert record is not None
    assert (record.low, record.high) == (7.0, 8.0)


@pytest.mark.parametrize(
    ("more", "status", "message"),
    [
        ("", "assumption", "status assumption with role uncertainty needs a range (low, high)"),
        ("low = 1", "assumption", "give both low and high, or neither"),
        ("low = 2\nhigh = 1", "assumption", "low 2.0 is above high 1.0"),
        ("low = 2\nhigh = 2027-01-01", "found", "low and high: give two numbers, or two dates"),
        ("until = 2027-01-01", "found", "until says nothing without from"),
    ],
)
def test_an_incomplete_record_is_named(
    evidence_file: Callable[..., Path], more: str, status: str, message: str
) -> None:
    path = evidence_file(more, status)
    with pytest.raises(ScenarioError) as caught:
        load_evidence(path)
    assert str(caught.value) == f"{path}: record 1 (costs.currencies_per_eur.DKK): {message}"


def test_a_broken_evidence_file_is_named(evidence_file: Callable[..., Path]) -> None:
    path = evidence_file("low = 7\nhigh = ")
    with pytest.raises(ScenarioError, match=r"evidence\.toml: not valid TOML: "):
        load_evidence(path)
    path.write_bytes(b'key = "\xff"')
    with pytest.raises(ScenarioError, match=r"evidence\.toml: not a text in UTF-8: byte 8"):
        load_evidence(path)
    path.unlink()
    with pytest.raises(ScenarioError, match=r"evidence\.toml: no such file"):
        load_evidence(path)


def test_an_unknown_field_and_status_of_a_record_are_named(
    evidence_file: Callable[..., Path],
) -> None:
    path = evidence_file("confidense = 'low'\nlow = 7\nhigh = 8", status="guess")
    with pytest.raises(ScenarioError) as caught:
        load_evidence(path)
    keys = [problem.key for problem in caught.value.problems]
    assert keys == [
        "record 1 (costs.currencies_per_eur.DKK).status",
        "record 1 (costs.currencies_per_eur.DKK).confidense",
    ]
