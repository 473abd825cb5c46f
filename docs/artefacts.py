"""Everything derived that is in git: make anew what is stale, and keep the hash of what made it.

    python -m docs.artefacts                # whatever is stale, in order; `make artefacts`
    python -m docs.artefacts validation     # one by name, stale or not; `make validation`
    python -m docs.artefacts --list         # what is stale, and the command that mends it

The hashes are in `artefacts.toml`. What decides an artefact is the code that is imported for it
without comments and docstrings, and the files it reads. The **model** counts by what it gives: a
fingerprint of every stay and exit in all scenarios, taken when the regression results are stored.
So a model that is written otherwise and gives the same makes nothing stale but those, in seconds; a
model that gives something else makes everything stale; words of a report make that report stale.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from docs.made_of import ROOT, closure, hash_of

STORED = ROOT / "docs" / "artefacts.toml"
#: The module that stores the regression results; what it imports is the model.
MODEL = "tests.regression.update"
#: What it imports by name only when an engine is chosen.
ENGINE = ("sim.world.journey", "sim.world.transfer", "sim.world.clock", "sim.world.scheduler")
#: Key of the model's fingerprint beside the hashes.
RESULTS = "results of the model"


@dataclass(frozen=True)
class Artefact:
    """Files in git that a command makes."""

    name: str
    target: str
    """Of make: the command that makes it."""
    files: tuple[str, ...]
    """What is made, as patterns."""
    modules: tuple[str, ...]
    """What is imported for it."""
    reads: tuple[str, ...] = ()
    """Files that it shows or runs, as patterns: every letter counts."""
    values: tuple[str, ...] = ()
    """Configs that it takes values from, as patterns: words do not count."""
    command: tuple[str, ...] = ()
    """Arguments of Python, or none if it is made together with the next."""
    numbers_only: bool = False
    """Whether it shows no titles or units, so that of the model nothing but its results counts."""

    def hash(self, results: str) -> str:
        """Return the hash of all that decides it, given the fingerprint of the model."""
        code = [*self.code(), *matching(self.reads)]
        return hash_of(code, matching(self.values), *([] if self.is_model else [results]))

    @property
    def is_model(self) -> bool:
        """Whether it is what the model gives."""
        return MODEL in self.modules

    def code(self) -> frozenset[Path]:
        """Return the files of code that decide it, besides what the model gives."""
        code = closure(*self.modules)
        if self.is_model:
            return code
        return code - {
            file for file in closure(MODEL, *ENGINE) if self.numbers_only or _speechless(file)
        }


def _speechless(file: Path) -> bool:
    """Tell whether a file of the model has no titles and units that a reader sees."""
    name = file.relative_to(ROOT).as_posix()
    return name.startswith(("sim/people/", "sim/world/", "sim/statistics/")) and not name.endswith(
        ("/stages.py", "/flow.py")
    )


def matching(patterns: Sequence[str]) -> list[Path]:
    """Return the files that patterns name, in order."""
    return sorted(file for pattern in patterns for file in ROOT.glob(pattern))


WORLDS = ("configs/c*/*/*.toml", "configs/cases/*/variants/*.toml")
#: What decides the scenarios: of evidence and figures, nothing.
SCENARIOS = (
    "configs/countries/*/country.toml",
    "configs/cases/*/scenario.toml",
    "configs/cases/*/variants/*.toml",
)
_GJILAN = "configs/cases/gjilan"
#: The case about Gjilan and its evidence.
ABOUT_GJILAN = (
    "configs/countries/denmark/*.toml",
    f"{_GJILAN}/scenario.toml",
    f"{_GJILAN}/evidence.toml",
)
NOTEBOOKS = [file.stem for file in matching(["notebooks/[0-9]*.py"])]
#: In the order in which they are made: each before what reads it.
ARTEFACTS = (
    Artefact(
        "regression", "regression", ("tests/regression/stored.csv",), (MODEL, *ENGINE),
        values=SCENARIOS,
        command=("tests/regression/update.py",),
    ),
    Artefact(
        "ensemble", "calibration", (f"{_GJILAN}/ensemble.toml",),
        ("sim.calibration.run", "sim.calibration.file"),
        values=(*ABOUT_GJILAN, f"{_GJILAN}/calibration.toml", f"{_GJILAN}/published.toml"),
        numbers_only=True,
    ),
    Artefact(
        "calibration", "calibration",
        ("docs/calibration/baseline.md", "docs/calibration/figures/*.png"),
        ("docs.make_calibration", "sim.calibration.run", "sim.show.draw.calibration",
         "sim.show.words.calibration", "sim.show.figures"),
        reads=(f"{_GJILAN}/ensemble.toml",),
        command=("-m", "docs.make_calibration"),
    ),
    Artefact(
        "doubt", "doubt",
        (f"{_GJILAN}/doubt/scenarios/*.toml", f"{_GJILAN}/doubt/alternatives/*.toml"),
        ("docs.make_doubt",),
        values=(*ABOUT_GJILAN, f"{_GJILAN}/variants/*.toml", f"{_GJILAN}/ensemble.toml"),
        command=("-m", "docs.make_doubt"), numbers_only=True,
    ),
    Artefact(
        "validation", "validation",
        ("docs/validation.md", "docs/validation/*.png", f"{_GJILAN}/doubt/score.toml"),
        ("docs.make_validation",),
        reads=("docs/validation.md.j2", *WORLDS),
        command=("-m", "docs.make_validation"),
    ),
    *(
        Artefact(
            f"notebook {name}", "notebooks", (f"notebooks/{name}.ipynb",),
            ("notebooks.store", "sim.show.plots", "sim.show.comparison", "sim.experiment.define",
             "sim.experiment.read", "sim.analysis.sensitivity"),
            reads=(f"notebooks/{name}.py", "notebooks/jupytext.toml"), values=WORLDS,
            command=("notebooks/store.py", name),
        )
        for name in NOTEBOOKS
    ),
    Artefact(
        "picture", "picture", ("docs/occupancy.png",),
        ("docs.make_picture", "sim.show.draw.facilities"),
        values=(*ABOUT_GJILAN[:2], f"{_GJILAN}/variants/no_agreement.toml"),
        command=("-m", "docs.make_picture"),
    ),
    Artefact(
        "screenshot", "screenshot", ("docs/page.png",),
        ("docs.make_screenshot", "sim.show.app.page"),
        reads=("sim/show/templates/*.j2", "configs/cases/*/doubt/**/*.toml"), values=WORLDS,
        command=("-m", "docs.make_screenshot"),
    ),
)  # fmt: skip


def stored() -> dict[str, str]:
    """Return the hashes of what made the artefacts, by name, and the model's fingerprint."""
    if not STORED.exists():
        return {}
    return dict(tomllib.loads(STORED.read_text(encoding="utf-8"))["made_of"])


def stale(known: Mapping[str, str] | None = None) -> Iterator[Artefact]:
    """Yield the artefacts that something else than today's code and files has made, or that miss.

    Parameters
    ----------
    known
        Hashes; those stored by default.
    """
    known = stored() if known is None else known
    yield from (artefact for artefact in ARTEFACTS if is_stale(artefact, known))


def is_stale(artefact: Artefact, known: Mapping[str, str]) -> bool:
    """Tell whether what decides an artefact is not what made it, or the artefact is missing."""
    now = artefact.hash(known.get(RESULTS, ""))
    return known.get(artefact.name) != now or not matching(artefact.files)


def fingerprint() -> str:
    """Return a hash of every stay and exit in all shipped scenarios, with fewer judgments."""
    from sim.scenario.files import shipped
    from tests.regression.update import thinned

    found = hashlib.sha256((ROOT / "tests" / "regression" / "stored.csv").read_bytes())
    for file in shipped():
        run = thinned(file)
        for table in (run.spells, run.exits):
            found.update(table.to_csv().encode())
    return found.hexdigest()[:16]


def make(artefact: Artefact) -> None:
    """Make an artefact, and store the hash of what made it; CalledProcessError if it fails."""
    if artefact.command:
        print(f"== {artefact.name}", flush=True)
        subprocess.run([sys.executable, *artefact.command], cwd=ROOT, check=True)
    known = stored()
    if artefact.is_model:
        known[RESULTS] = fingerprint()
    known[artefact.name] = artefact.hash(known.get(RESULTS, ""))
    write(known)


def write(known: Mapping[str, str]) -> None:
    """Store hashes in the order in which artefacts are made."""
    order = [RESULTS, *(artefact.name for artefact in ARTEFACTS)]
    head = (
        "# Hashes of what made everything derived that is in git: written by docs/artefacts.py.\n\n"
    )
    text = tomli_w.dumps({"made_of": {name: known[name] for name in order if name in known}})
    STORED.write_text(head + text, encoding="utf-8")


def made_together(artefact: Artefact) -> list[Artefact]:
    """Return the artefacts of one command: the one that is made, then those beside it."""
    together = [one for one in ARTEFACTS if one.target == artefact.target]
    if artefact.command and all(one.command for one in together):
        return [artefact]
    return sorted(together, key=lambda one: not one.command)


def main(arguments: Sequence[str]) -> int:
    """Make what is named by targets, else what is stale; or list what is stale."""
    if arguments == ["--list"]:
        found = list(stale())
        for artefact in found:
            print(f"{artefact.name}: make {artefact.target}")
        return 1 if found else 0
    if unknown := set(arguments) - {artefact.target for artefact in ARTEFACTS}:
        print(f"There is nothing to make by the name of {', '.join(sorted(unknown))}.")
        return 2
    done: set[str] = set()
    for artefact in ARTEFACTS:
        # Told anew each time: what is made first may make the next stale.
        wanted = artefact.target in arguments if arguments else is_stale(artefact, stored())
        if wanted and artefact.name not in done:
            for one in made_together(artefact):
                make(one)
                done.add(one.name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
