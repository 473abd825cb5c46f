"""Everything derived that is in git was made by what is in git now."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs import artefacts
from docs.artefacts import ARTEFACTS, RESULTS, ROOT, Artefact, is_stale, matching, stale, stored

BY_NAME = {artefact.name: artefact for artefact in ARTEFACTS}


@pytest.mark.parametrize("artefact", ARTEFACTS, ids=BY_NAME)
def test_it_was_made_by_what_is_here_now(artefact: Artefact) -> None:
    if artefact.name not in stored():
        pytest.skip(f"made before hashes were kept: `make {artefact.target}` keeps one")
    assert not is_stale(artefact, stored()), (
        f"{artefact.name} is stale: `make {artefact.target}` makes it again, `make artefacts` "
        "whatever is stale"
    )


def test_every_artefact_can_be_made_by_a_command_of_its_own() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for artefact in ARTEFACTS:
        assert f"\n{artefact.target}: " in makefile
        assert any(one.command for one in artefacts.made_together(artefact))
        assert matching(artefact.files), artefact.files
        for patterns in (artefact.reads, artefact.values):
            assert all(matching([pattern]) for pattern in patterns), patterns


def test_every_picture_notebook_and_ensemble_is_an_artefact() -> None:
    known = {file for artefact in ARTEFACTS for file in matching(artefact.files)}
    there = matching(["docs/**/*.png", "notebooks/*.ipynb", "configs/cases/*/ensemble.toml"])
    assert set(there) <= known


def fresh() -> dict[str, str]:
    """Hashes as if everything had just been made."""
    return {RESULTS: "now"} | {artefact.name: artefact.hash("now") for artefact in ARTEFACTS}


def test_a_model_that_gives_something_else_makes_all_but_its_own_results_stale() -> None:
    assert not list(stale(fresh()))
    others = [artefact.name for artefact in stale(fresh() | {RESULTS: "other"})]
    assert others == [artefact.name for artefact in ARTEFACTS if artefact.name != "regression"]


@pytest.mark.parametrize(
    ("file", "made_stale"),
    [
        ("sim/world/places.py", {"regression"}),
        ("sim/results/outcomes/queues.py", {"regression", "calibration", "validation", "pictures"}),
        ("sim/calibration/match.py", {"ensemble", "calibration", "validation", "pictures"}),
        ("sim/show/draw/calibration.py", {"calibration"}),
        ("sim/show/draw/facilities.py", {"calibration", "pictures"}),
        ("docs/validating/hindcast.py", {"validation"}),
        ("sim/cli/experiments.py", set()),
    ],
)
def test_other_code_makes_stale_what_it_is_imported_for(file: str, made_stale: set[str]) -> None:
    """The pictures are those of the README; notebooks go with them."""
    found = {artefact.name for artefact in ARTEFACTS if ROOT / file in artefact.code()}
    found = {name for name in found if not name.startswith("notebook")}
    named = {"pictures" if name in ("picture", "screenshot") else name for name in found}
    assert named == made_stale


@pytest.mark.slow
def test_making_runs_the_command_and_keeps_the_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(artefacts, "STORED", tmp_path / "artefacts.toml")
    monkeypatch.setattr(artefacts, "fingerprint", lambda: "now")
    monkeypatch.setattr(artefacts.subprocess, "run", lambda command, **_: ran.append(command[1:]))
    assert artefacts.main(["--list"]) == 1
    assert artefacts.main(["regression"]) == 0
    assert [list(BY_NAME["regression"].command)] == ran
    assert artefacts.main([]) == 0
    assert stored() == fresh()
    assert [tuple(command) for command in ran] == [
        artefact.command for artefact in ARTEFACTS if artefact.command
    ]
    assert artefacts.main(["--list"]) == 0
    ran.clear()
    assert artefacts.main([]) == 0
    assert not ran
    assert artefacts.main(["calibration"]) == 0
    assert [tuple(command) for command in ran] == [BY_NAME["calibration"].command]
    assert artefacts.main(["nothing"]) == 2
