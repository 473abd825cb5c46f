"""Whatever is written in files, settings and calls: an answer that makes sense, or a sentence."""

from __future__ import annotations

import math
import tempfile
import tomllib
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w
from hypothesis import example, given
from hypothesis import strategies as st

from sim.errors import PrisonflowError
from sim.experiment.definition import read_experiment
from sim.people.chance import Chance
from sim.scenario.base import as_toml_value
from sim.scenario.errors import ScenarioError
from sim.scenario.files import as_lists, as_toml, changed, load, parse_setting
from sim.scenario.schema import Scenario

BASELINE = load("baseline")
KEYS = [key for key, _ in BASELINE.leaves()]
#: Sections, steps and tables, too: every beginning of a key.
PARTS = sorted({".".join(key.split(".")[:n]) for key in KEYS for n in range(1, key.count(".") + 2)})
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))

scalars = st.one_of(
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.integers(-2, 3),
    st.floats(),
    st.floats(0, 1),
    st.text(max_size=8),
    st.sampled_from(["host", "limbo", "eu_eea", "constant", "gnjilane", "", "all", "con"]),
    DAYS,
    st.datetimes(),
    st.times(),
)
steps = st.fixed_dictionaries(
    {}, optional={"from": st.one_of(DAYS, scalars), "until": st.one_of(DAYS, scalars),
                  "value": scalars, "reason": scalars, "regime": scalars}
)  # fmt: skip
values = st.recursive(
    st.one_of(scalars, steps, st.lists(steps, max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.sampled_from(["extends", "kind", "value", "low", "start", "end"]),
                      st.text(max_size=5)),
            inner, max_size=3,
        ),
    ),
    max_leaves=5,
)  # fmt: skip
keys = st.one_of(
    st.sampled_from(KEYS), st.sampled_from(PARTS), st.text(max_size=12),
    st.builds(lambda key, end: f"{key}.{end}", st.sampled_from(PARTS), st.text(max_size=6)),
)  # fmt: skip


def is_sound(scenario: Scenario) -> None:
    """See that a scenario that was accepted is the same after it is written and read."""
    again = Scenario.model_validate(_tuples(tomllib.loads(as_toml(scenario))))
    assert again.model_dump() == scenario.model_dump()
    assert scenario.time.start < scenario.time.end
    for _, value in scenario.leaves():
        assert not isinstance(value, float) or math.isfinite(value)


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tuples(inner) for key, inner in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def refused_or_sound(call: Callable[[], Scenario]) -> None:
    try:
        found = call()
    except ScenarioError as error:
        problems = error.problems
    else:
        is_sound(found)
        return
    assert problems
    assert all(problem.message for problem in problems)


@given(st.dictionaries(keys, values, min_size=1, max_size=2))
def test_changes_are_refused_or_make_a_sound_scenario(changes: dict[str, Any]) -> None:
    refused_or_sound(lambda: changed(BASELINE, changes))
    refused_or_sound(lambda: load("baseline", changes))


@given(st.dictionaries(keys, values, min_size=1, max_size=2), st.one_of(DAYS, scalars))
def test_changes_from_a_day_on_are_refused_or_make_a_sound_scenario(
    changes: dict[str, Any], on: Any
) -> None:
    refused_or_sound(lambda: changed(BASELINE, changes, on))


@given(keys, st.text(max_size=30))
@example("title", "1\nname = 'x'")
@example("rented_prison.places", "[" * 3000)
@example("rented_prison.places", "9" * 5000)
def test_settings_are_refused_or_make_a_sound_scenario(key: str, text: str) -> None:
    def read() -> Scenario:
        return load("baseline", dict([parse_setting(f"{key}={text}")]))

    refused_or_sound(read)


def written(content: dict[str, Any], folder: Path, name: str) -> Path | None:
    """Write plain data as a file; None for what TOML cannot say."""
    try:
        text = tomli_w.dumps(as_lists(content))
        (folder / name).write_text(text, encoding="utf-8")
    except (TypeError, ValueError):
        return None
    return folder / name


nested = st.dictionaries(st.one_of(st.sampled_from(sorted(Scenario.model_fields)), st.text()),
                         st.one_of(values, st.dictionaries(st.sampled_from(
                             sorted({k.split(".")[1].split("[")[0] for k in KEYS if "." in k})),
                             values, max_size=3)), max_size=3)  # fmt: skip


@given(nested, nested)
def test_files_over_files_are_refused_or_make_a_sound_scenario(
    below: dict[str, Any], above: dict[str, Any]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = written({**below, "extends": "baseline"}, folder, "below.toml")
        file = written({**above, "extends": "below.toml"}, folder, "above.toml")
        if base is not None and file is not None:
            refused_or_sound(lambda: load(base))
            refused_or_sound(lambda: load(file))


@given(st.binary(max_size=40))
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe")
@example(b"\x00")
def test_any_bytes_are_refused_or_make_a_sound_scenario(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "mine.toml"
        file.write_bytes(content)
        refused_or_sound(lambda: load(file))
        file.write_bytes(b'extends = "baseline"\n' + content)
        refused_or_sound(lambda: load(file))


POINT = {"name": "one", "changes": {"rented_prison.places": 150}}
DESIGNS = st.one_of(
    values,
    st.fixed_dictionaries(
        {"kind": st.just("points"), "points": st.lists(st.fixed_dictionaries(
            {"name": st.text(max_size=3), "changes": st.dictionaries(keys, values, max_size=2)},
        ), max_size=3)}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("grid"),
         "values": st.dictionaries(keys, st.lists(values, max_size=3), max_size=2)}
    ),
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["latin_hypercube", "one_at_a_time"]),
         "samples": st.one_of(st.integers(-1, 4), scalars),
         "factors": st.lists(st.one_of(keys, values, st.fixed_dictionaries(
             {"key": keys, "low": scalars, "high": scalars})), max_size=2)}
    ),
)  # fmt: skip


def among(values: list[Any]) -> dict[str, Any]:
    factor = {"key": "transfer.priority.rule", "among": values}
    return {"design": {"kind": "latin_hypercube", "samples": 2, "factors": [factor]}}


EXPERIMENT = {
    "name": "mine", "title": "Mine", "scenarios": ["baseline"], "replications": {"number": 1},
}  # fmt: skip


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "name": scalars, "title": scalars, "scenarios": values, "seed": scalars,
            "tables": values, "figures": scalars, "changes": st.dictionaries(keys, values),
            "replications": st.one_of(values, st.fixed_dictionaries(
                {"number": scalars}, optional={"per_cell": scalars, "until": values})),
            "design": DESIGNS,
        },
    )
)  # fmt: skip
@example({"seed": True})
@example({"seed": 1.0})
@example({"replications": {"number": 2.0}})
@example({"design": {"kind": "points", "points": [POINT, POINT]}})
@example(among([{"a": 1}, {"b": 2}]))
@example(among([[1], [2]]))
@example(among(["a", "a"]))
def test_experiment_files_are_refused_or_can_be_stored(content: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        file = written({**EXPERIMENT, **content}, Path(name), "mine.toml")
        if file is None:
            return
        try:
            found = read_experiment(file)
        except PrisonflowError:
            return
        assert type(found.definition.seed) is int
        table = found.plan.table()
        table.to_parquet(Path(name) / "design.parquet")
        assert len(table) == len(found.plan) > 0
        assert len(set(found.plan.names)) == len(table)


@given(st.one_of(scalars, st.none(), st.builds(np.float64, st.floats()), st.builds(np.bool_)))
def test_a_seed_is_a_whole_number_or_refused(seed: Any) -> None:
    try:
        found = Chance(seed)
    except PrisonflowError:
        assert not (type(seed) is int and 0 <= seed < 2**63)
    else:
        assert type(seed) is int
        assert found.seed == seed


text = st.text(st.characters(exclude_categories=["Cs"]))
single = st.one_of(
    st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), text, DAYS,
    st.datetimes(),
)  # fmt: skip
listed = st.one_of(single, st.lists(single, max_size=3))
plain = st.one_of(listed, st.dictionaries(text, listed, max_size=3))


@given(plain)
@example(0.4234567)
@example(1234567.0)
@example('Say "Hi" \\ there')
@example("\x7f\x00\u2028")
@example(1e-7)
@example({"a b": [1, "x"]})
def test_a_value_written_as_toml_is_read_as_the_same_value(value: Any) -> None:
    assert tomllib.loads(f"value = {as_toml_value(value)}")["value"] == value


@pytest.mark.parametrize("value", [datetime(2030, 1, 1), time(1), b"x", object(), {1, 2}])
def test_values_of_odd_kinds_are_refused(value: Any) -> None:
    for key in ("rented_prison.opens", "rented_prison.places", "title", "transfer.halts"):
        with pytest.raises(ScenarioError):
            BASELINE.change({key: value})
