"""Whatever a file holds, what is wrong with it is told: nothing is used before it is checked."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.scenario.errors import ScenarioError
from sim.scenario.files import load, parse_setting
from sim.scenario.schema import Scenario

Diff = Callable[..., Path]

#: Pieces of TOML that are valid by themselves, and nonsense at most places.
VALUES = (
    "2039-01-01T00:00:00", "2039-01-01T00:00:00Z", "12:30:00", "'2039-01-01'", "2039-01-01", "0",
    "-1", "1e300", "nan", "inf", "true", "''", "'x'", "[]", "[[]]", "[1, 'a']", "{}",
    "{ extends = false }", "[{ from = 2010-01-01 }]", "[{ until = 2010-01-01, value = 3 }]",
    "[{ from = '2008-01-01', until = '2040-01-01', value = 3 }]", "{ kind = 3 }",
    "[{ from = 2008-01-01, until = 2040-01-01T01:00:00, value = 3 }]",
)  # fmt: skip
KEYS = (
    "time", "time.start", "time.end", "time.observe_until", "home_prisons.places",
    "home_prisons", "removal.case_workers", "removal.case_work_days", "origins",
    "origins.iran.cooperation", "transfer.halts", "transfer.eligibility", "name", "title",
    "host.capacity_claims", "arrivals.additional", "arrivals.judgments_per_year", "extends",
    "rented_prison.key", "costs", "home_prisons.places@2030-01-01",
)  # fmt: skip


def line(key: str, value: str) -> str:
    return ".".join(f'"{part}"' for part in key.split(".")) + f" = {value}"


@pytest.mark.parametrize("value", VALUES[:4])
def test_a_time_of_day_is_told(diff: Diff, value: str) -> None:
    with pytest.raises(ScenarioError, match=r"time\.end: is .*: should be a date such as"):
        load(diff(f"[time]\nend = {value}"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(VALUES)), min_size=1, max_size=3),
    st.booleans(),
)
def test_no_file_is_too_strange(diff: Diff, pairs: list[tuple[str, str]], below: bool) -> None:
    text = "\n".join(line(key, value) for key, value in dict(pairs).items())
    path = diff(text, "base.toml", extends="extends" not in dict(pairs))
    if below:  # what is wrong is in a file that another extends
        path = diff("extends = 'base.toml'\n[time]\nend = 2035-01-01", extends=False)
    with suppress(ScenarioError):
        assert isinstance(load(path), Scenario)


@given(st.sampled_from(KEYS), st.one_of(st.sampled_from(VALUES), st.text(max_size=8)))
def test_no_setting_is_too_strange(key: str, value: str) -> None:
    if key == "extends":
        return
    with suppress(ScenarioError):
        assert isinstance(load("baseline", dict([parse_setting(f"{key}={value}")])), Scenario)


def test_a_byte_order_mark_is_read_over(diff: Diff) -> None:
    path = diff("[rented_prison]\nplaces = 120")
    path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    assert load(path).rented_prison.places == 120


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("title = 'x'".encode("utf-16"), "save it as UTF-8"),
        (b"title = 'a\0b'", "not valid TOML"),
        (b"a = " + b"[" * 5000, "too deep"),
    ],
)
def test_another_encoding_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "strange.toml"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match=told):
        load(path)
