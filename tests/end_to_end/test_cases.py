"""Commands on every other shipped case; a case from nothing, on the installed package."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from sim.scenario.cases import cases
from tests.helpers.command import prisonflow
from tests.helpers.misuse import few_figures
from tests.helpers.root import ROOT

OTHERS = [name for name in cases() if name != "gjilan"]
FEW = ("--draws", 2, "--replications", 1, "--workers", 1)
#: What nothing of another case may name: words, places and sources of the first.
OF_GJILAN = re.compile(
    r"Denmark|Danish|Danmark|dansk|Kosov|Gjil|Gnjil|Ellebæk|Kærshov|Vranidoll|\bDKK\b|Voxeurop"
)
#: Pictures, in which any letters may stand by chance.
PICTURES = re.compile(r'(src|href)="data:[^"]*"')


def said(*arguments: object, code: int = 0) -> str:
    done = prisonflow(*arguments)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("case", OTHERS)
def test_commands_work_on_a_shipped_case_and_name_no_other(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    few_figures(monkeypatch)
    told = [said("check", case), said("describe", case), said("outcomes", case)]
    told.append(said("trace", case))
    told.append(said("compare", case, f"{case}/no_agreement", *FEW, "--out", "out")
                if cases()[case].variants
                else said("run", case, *FEW, "--out", "out"))  # fmt: skip
    told += [(tmp_path / "out" / f"{page}.html").read_text("utf-8") for page in ("report", "brief")]
    if case != "norgerhaven":  # Its sources say where a Danish number stands in.
        for text in told:
            assert not OF_GJILAN.search(PICTURES.sub("", text))
    known = cases()[case].published.is_file()
    found = said("validate", case, "--replications", 1, "--out", "v", code=0 if known else 2)
    assert ("Sources" in found) == known


# ---------------------------------------------------------------- outside the checkout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, installed into a folder of its own."""
    built, site = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("site")
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(built), str(ROOT))
    pip("install", "--target", str(site), *map(str, built.glob("*.whl")))
    return site


def pip(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", *arguments, "--quiet", "--no-deps"],
        capture_output=True,
        text=True,
        env=os.environ | {"PRISONFLOW_COMPILE": "0"},
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def run(site: Path, folder: Path, command: Sequence[object], code: int = 0) -> str:
    """Run Python outside the checkout, on the installed package."""
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=folder, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(site)}, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


CELL = """
import sim
assert "{site}" in sim.__file__, sim.__file__
both = sim.compare("narva", "narva/variants/narva_none.toml", draws=2, replications=1)
print(both.scenarios[0].home)
"""


@pytest.mark.slow
def test_a_case_from_nothing_on_the_installed_package(installed: Path, tmp_path: Path) -> None:
    def command(*arguments: object, code: int = 0) -> str:
        return run(installed, tmp_path, ["-m", "sim", *arguments], code)

    states = ("--sending", "Sweden", "--adjective", "Swedish", "--host", "Estonia")
    command("new-case", "narva", *states)
    assert "Still another country's" in command("check", "narva")
    none = "narva/variants/narva_none.toml"
    told = command("run", "narva", none, *FEW, "--out", "out")
    told += "".join(
        (tmp_path / "out" / f"{p}.html").read_text("utf-8") for p in ("report", "brief")
    )
    assert not OF_GJILAN.search(PICTURES.sub("", told))
    assert "there is no such file" in command("validate", "narva", code=2)
    experiment = (
        'name = "of_narva"\ntitle = "Narva"\nscenarios = ["narva/scenario.toml"]\n'
        "[replications]\nnumber = 2\n[design]\nkind = 'one_at_a_time'\nfactors = "
        "[{ key = 'rented_prison.places', low = 100, high = 300 }]\n"
    )
    (tmp_path / "of_narva.toml").write_text(experiment, encoding="utf-8")
    command("experiment", "run", "of_narva.toml", "--out", "ex")
    # The folder may change: what was run is kept with its case.
    (tmp_path / "narva").rename(tmp_path / "elsewhere")
    asked = ("--outcome", "limbo", "--outcome", "rented_prison_people")
    assert "People in the rented prison" in command("sensitivity", "ex", *asked)
    (tmp_path / "elsewhere").rename(tmp_path / "narva")
    cell = run(installed, tmp_path, ["-c", CELL.format(site=installed)])
    assert str(tmp_path / "narva") in cell
