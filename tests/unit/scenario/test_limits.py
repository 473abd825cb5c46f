"""Numbers that cannot be are refused by the schema, alone or with one another."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.files import load
from sim.scenario.schema import Scenario

TOGETHER: dict[str, dict[str, Any]] = {
    "beds_given_up 3000 is more than the 2560 places": {"host.beds_given_up": 3000},
    "beds_given_up 300 is more than the 200 places": {
        "host.capacity_claims.correctional_service.places": 200
    },
    "displaced_inmates 2000 is more than the population, which falls to 1396": {
        "host.displaced_inmates": 2000
    },
    "preventive_custody_share and life_share sum to 1.2, more than 1": {
        "sentencing.special.preventive_custody_share": 0.6,
        "sentencing.special.life_share": 0.6,
    },
    "first_intake_places 400 is more than places 300": {"rented_prison.first_intake_places": 400},
    "lies outside the simulated period": {"rented_prison.opens": date(2050, 1, 1)},
    "should lie between 1900 and 2200": {"time.start": date(1500, 1, 1)},
    "arrivals a year of 2,037 by the end": {
        "arrivals.growth_per_year": 0.2,
        "arrivals.grows_from_year": 2009,
    },
    "more than 1,000,000 times p05": {"removal.case_work_days.p05": 1e-9},
}


@pytest.mark.parametrize(("told", "changes"), TOGETHER.items())
def test_values_that_cannot_be_together_are_refused(
    baseline: Scenario, told: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(ScenarioError, match=told):
        baseline.change(changes)


@pytest.mark.slow
def test_no_number_of_the_baseline_can_be_anything(baseline: Scenario) -> None:
    """Every number has both a lower and an upper end, and refuses what is no finite number."""
    numbers = [
        key for key, value in baseline.leaves()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]  # fmt: skip
    assert len(numbers) > 150
    open_ended = []
    for key in numbers:
        for value in (-1e12, 1e12, float("nan"), float("inf"), "many", True, None):
            try:
                baseline.change({key: value})
            except ScenarioError:
                continue
            open_ended.append((key, value))
    assert open_ended == []


@pytest.mark.parametrize("key", ["rented_prison.places", "transfer.seats", "removal.case_workers"])
def test_a_whole_number_with_a_point_is_told_how_to_write_it(baseline: Scenario, key: str) -> None:
    with pytest.raises(ScenarioError, match=r"is 200\.0: should be a whole number.*write 200$"):
        baseline.change({key: 200.0})
    with pytest.raises(ScenarioError, match=r"is 200\.5: should be a whole number$"):
        baseline.change({key: 200.5})


# ---------------------------------------------------------------- bytes that are no TOML

EXTENDS = 'extends = "baseline"\n[rented_prison]\nplaces = 200\n'
READ = {
    "plain": EXTENDS.encode(),
    "a byte-order mark": EXTENDS.encode("utf-8-sig"),
    "lines of Windows": EXTENDS.replace("\n", "\r\n").encode(),
    "both": EXTENDS.replace("\n", "\r\n").encode("utf-8-sig"),
}
NOT_READ = {
    "UTF-16: save it as UTF-8": EXTENDS.encode("utf-16"),
    "zero bytes.*save it as UTF-8": EXTENDS.encode("utf-16-le"),
    "byte 14 is none; save the file as UTF-8": b'# 1234567890 \xe6\n',
    "not valid TOML": b"\x00\x01\x02",
    "too deep inside one another": b"a = " + b"[" * 5000 + b"]" * 5000,
    "no such file": None,
    "digits": b"[rented_prison]\nplaces = " + b"9" * 5000,
}  # fmt: skip


@pytest.mark.parametrize("content", READ.values(), ids=READ)
def test_text_as_editors_save_it_is_read(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    assert load(file).rented_prison.places == 200


@pytest.mark.parametrize(("told", "content"), NOT_READ.items())
def test_what_is_no_text_is_told_with_file_and_cause(
    tmp_path: Path, told: str, content: bytes | None
) -> None:
    file = tmp_path / "mine.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ScenarioError, match=rf"mine\.toml: .*{told}"):
        load(file)


@pytest.mark.parametrize("source", ["", ".", "a\0b", "a\0b.toml", "x" * 300, "x" * 300 + ".toml",
                                    None, 5, ["baseline"], 1.5])  # fmt: skip
def test_what_names_no_file_is_refused(source: Any) -> None:
    with pytest.raises(ScenarioError):
        load(source)


# ---------------------------------------------------------------- files laid over one another

STEP = "from = 2008-01-01, until = 2040-01-01"
WRONG = {
    "a time of day": "[time]\nend = 2039-01-01T00:00:00",
    "a calendar that is a number": "time = 5",
    "a calendar that is a list": "time = [1]",
    "a start in quotes": '[time]\nstart = "2008-01-01"',
    "steps in quotes": '[removal]\ncase_workers = [{ from = "2008-01-01", until = "2040-01-01", '
    "value = 3 }]",
    "a step without until": "[removal]\ncase_workers = [{ from = 2008-01-01, value = 3 }]",
    "a step without from": "[removal]\ncase_workers = [{ until = 2040-01-01, value = 3 }]",
    "a step with a time": "[removal]\ncase_workers = [{ from = 2008-01-01T01:00:00, "
    "until = 2040-01-01, value = 3 }]",
    "a step that is a number": "[removal]\ncase_workers = [5]",
    "steps that are a table": f"[removal]\ncase_workers = {{ {STEP}, value = 3 }}",
    "a section that is a number": "removal = 5",
    "a section that is a list": "removal = [{ a = 1 }]",
    "a section that is a text": 'removal = "fast"',
    "a group that is a number": "[origins]\nsyria = 5",
    "a distribution that is a number": "[removal]\nescort_days = 5",
    "a distribution of no kind": '[removal]\nescort_days = { kind = "normal", mean = 3 }',
    "a halt that is a text": '[transfer]\nhalts = "never"',
    "a table that extends another": '[removal]\nextends = "baseline"',
    "an unknown table": "[unknown]\na = 1",
}


@pytest.mark.parametrize("shorter", [False, True])
@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_wrong_types_are_told_with_file_and_key_wherever_they_stand(
    tmp_path: Path, text: str, shorter: bool
) -> None:
    (tmp_path / "below.toml").write_text(f'extends = "baseline"\n{text}', encoding="utf-8")
    above = "\n[time]\nend = 2039-01-01\n[rented_prison]\nplaces = 200" if shorter else ""
    (tmp_path / "above.toml").write_text(f'extends = "below.toml"{above}', encoding="utf-8")
    fixed = shorter and text == WRONG["a time of day"]  # the end is stated anew
    for name in ("below", "above"):
        if name == "above" and fixed:
            assert load(tmp_path / "above.toml").time.end == date(2039, 1, 1)
            continue
        with pytest.raises(ScenarioError) as caught:
            load(tmp_path / f"{name}.toml")
        key = text.split("\n")[0].strip("[]").split(" ")[0].split(".")[0]
        assert all(problem.message for problem in caught.value.problems)
        # Over a calendar that is none, an end alone is not enough: what is told is what lacks.
        restated = key == "time" and shorter and name == "above"
        assert any(
            problem.key.startswith(key) and ("below.toml" in problem.file or restated)
            for problem in caught.value.problems
        ), str(caught.value)
