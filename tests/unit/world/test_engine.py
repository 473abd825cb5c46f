"""Which engine runs, and when the compiled one is left out."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import sim
from sim.world import engine
from sim.world.engine import NotCompiled, described, engine_for, fingerprint, why_not_compiled


@pytest.fixture(autouse=True)
def afresh(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(engine.VARIABLE, raising=False)
    why_not_compiled.cache_clear()
    yield
    why_not_compiled.cache_clear()


def built_from(monkeypatch: pytest.MonkeyPatch, found: str | None) -> None:
    """Let there be an engine compiled from files of this hash, or none."""

    def module(_: str) -> SimpleNamespace:
        if found is None:
            raise ImportError
        return SimpleNamespace(FINGERPRINT=found)

    monkeypatch.setattr(engine, "import_module", module)


def test_without_a_compiler_simpy_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    built_from(monkeypatch, None)
    assert engine_for() == "simpy"
    assert described() == "SimPy (not compiled: it was not built when the package was installed)"
    with pytest.raises(NotCompiled, match="not built"):
        engine_for("compiled")


def test_what_was_compiled_from_other_files_is_left_out_and_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built_from(monkeypatch, "of yesterday")
    assert engine_for() == "simpy"
    assert "built from other source files: install the package again" in described()


def test_the_compiled_engine_is_used_where_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    built_from(monkeypatch, fingerprint())
    assert engine_for() == engine_for("compiled") == described() == "compiled"
    assert engine_for("simpy") == "simpy"


def test_a_change_of_any_file_that_is_compiled_changes_the_hash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, real = fingerprint(), engine.get_data
    for file in engine.TEXT.values():
        with monkeypatch.context() as patch:
            patch.setattr(
                engine,
                "get_data",
                lambda package, name, f=file: real(package, name) + b"#" * (name == f"{f}.py"),
            )
            assert fingerprint() != before


def test_the_environment_can_name_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    built_from(monkeypatch, fingerprint())
    monkeypatch.setenv(engine.VARIABLE, "simpy")
    assert engine_for() == "simpy"
    assert described() == "SimPy (as asked for)"
    assert engine_for("compiled") == "compiled"


def test_an_engine_nobody_knows() -> None:
    with pytest.raises(ValueError, match="expected 'simpy' or 'compiled'"):
        sim.run("baseline", engine="steam")  # type: ignore[arg-type]
