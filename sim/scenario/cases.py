"""Cases: an arrangement about a rented prison as a folder, shipped, installed, or anywhere on disk.

    tartu/
      scenario.toml      the arrangement, perhaps on top of a country's file; the case has its name
      variants/*.toml    what if: files that extend "../scenario.toml"
      evidence.toml      where the numbers of the arrangement come from
      published.toml     what was counted, to be laid beside the model
      calibration.toml, ensemble.toml, data/...

A package offers its case by an entry point of the group `prisonflow.cases`: its name is that of the
case, its value the package in whose folder `scenario.toml` lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from sim.scenario.toml import is_file

#: Entry points by which an installed package offers a case.
GROUP = "prisonflow.cases"
#: The case whose scenarios are found by their names alone.
FIRST = "gjilan"
ARRANGEMENT, COUNTRY, EVIDENCE = "scenario.toml", "country.toml", "evidence.toml"


@dataclass(frozen=True)
class Case:
    """The folder of a case."""

    folder: Path

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @property
    def scenario(self) -> Path:
        """The arrangement itself."""
        return self.folder / ARRANGEMENT

    @property
    def variants(self) -> list[Path]:
        """Files of the variants, by name."""
        return sorted((self.folder / "variants").glob("*.toml"))

    @property
    def files(self) -> list[Path]:
        """Files of all its scenarios, the arrangement first."""
        return [self.scenario, *self.variants]

    @property
    def evidence(self) -> Path:
        """Where its numbers come from, there or not."""
        return self.folder / EVIDENCE

    @property
    def published(self) -> Path:
        """What was published about it, there or not."""
        return self.folder / "published.toml"

    @property
    def calibration(self) -> Path:
        """How it is calibrated, there or not."""
        return self.folder / "calibration.toml"

    @property
    def ensemble(self) -> Path:
        """The parameter sets of its calibration, there or not."""
        return self.folder / "ensemble.toml"

    @property
    def doubt(self) -> Path:
        """Folder of what was made beforehand about how sure its answers are, there or not."""
        return self.folder / "doubt"


def configs_dir() -> Path:
    """Return the folder of what is shipped: the repository's, or the installed copy."""
    package = Path(__file__).resolve().parents[1]
    beside = package.parent / "configs"
    return beside if (beside / "cases").is_dir() else package / "configs"


def shipped_cases() -> list[Case]:
    """Return the cases that come with the model, the one about Gjilan first."""
    files = (configs_dir() / "cases").glob(f"*/{ARRANGEMENT}")
    cases = [Case(file.parent) for file in files]
    return sorted(cases, key=lambda case: (case.name != FIRST, case.name))


@lru_cache(maxsize=1)
def installed_cases() -> Mapping[str, Case]:
    """Return the cases that installed packages offer, by name; nothing of them is run."""
    found = {}
    for point in entry_points(group=GROUP):
        spec = find_spec(point.module)
        for place in () if spec is None else spec.submodule_search_locations or ():
            if is_file(Path(place) / ARRANGEMENT):
                found[point.name] = Case(Path(place))
    return found


def cases() -> Mapping[str, Case]:
    """Return the cases that can be named, shipped and installed; a shipped one keeps its name."""
    shipped = {case.name: case for case in shipped_cases()}
    return {**shipped, **{n: case for n, case in installed_cases().items() if n not in shipped}}


def countries() -> Mapping[str, Path]:
    """Return the files of the shipped countries, by name."""
    files = sorted((configs_dir() / "countries").glob(f"*/{COUNTRY}"))
    return {file.parent.name: file for file in files}


def case_of(file: Path) -> Case | None:
    """Return the case whose arrangement or variant a file is, or None."""
    folder = file.parent.parent
    if file.name == ARRANGEMENT:
        return Case(file.parent.resolve())
    if file.parent.name == "variants" and is_file(folder / ARRANGEMENT):
        return Case(folder.resolve())
    return None
