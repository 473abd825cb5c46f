"""How sure the answer is for the shipped scenarios: results made beforehand, there at once.

    from sim.analysis.shipped_doubt import shipped_doubt

    known = shipped_doubt("baseline")                       # some ms; nothing is run
    known and known.of("total_cost")                        # range, chance alone, what it follows

`python -m docs.make_doubt` writes a file for each scenario into the folder `doubt` of its
case. They are about the scenarios as shipped: `departures` tells where a scenario is another one.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.doubt import Doubt, Follows, Headline
from sim.experiment.ensemble import ensemble_of_case, rounded
from sim.experiment.provenance import evidence_hash
from sim.scenario.base import as_toml_value
from sim.scenario.cases import Case
from sim.scenario.files import as_shipped, base_of_case, changed, difference, load
from sim.scenario.toml import is_file
from sim.statistics.ranges import Range

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

#: Assumptions kept for each headline, the largest swings.
MOST = 12


def doubt_file(case: Case, name: str, kind: str = "scenarios") -> Path:
    """Return the file of a scenario of a case, or of one of its `alternatives`, there or not."""
    return case.doubt / kind / f"{name}.toml"


def shipped_doubt(name: str) -> Doubt | None:
    """Return how sure the answer is for a shipped scenario, None if that was not made.

    Parameters
    ----------
    name
        Of a shipped scenario, as it is: `departures` tells whether yours is another one.

    Returns
    -------
    Doubt
        About what the scenario changes, compared with the world without the agreement.
    """
    scenario = load(name)
    return None if scenario.home is None else _known(Case(scenario.home), scenario.name)


def alternative_doubt(name: str, scenario: Scenario) -> Doubt | None:
    """Return how sure the answer is in an alternative world of a scenario's case."""
    return None if scenario.home is None else _known(Case(scenario.home), name, "alternatives")


def nearest_doubt(scenario: Scenario) -> Doubt | None:
    """Return what is shipped about a scenario of its name, else about the base of its case."""
    if scenario.home is None:
        return None
    case = Case(scenario.home)
    return _known(case, scenario.name) or _known(case, base_of_case(scenario).name)


def _known(case: Case, name: str, kind: str = "scenarios") -> Doubt | None:
    file = doubt_file(case, name, kind)
    return read_doubt(file) if is_file(file) else None


@dataclass(frozen=True)
class Departures:
    """Where a setting has left the results that were made beforehand."""

    settings: tuple[tuple[str, Any, Any], ...]
    """Key, value as shipped, and value in the scenario."""
    reference: str | None
    """Name of what it was compared with, if that is another world than the reference given."""
    stale: bool
    """Whether scenario, ensemble or evidence as shipped are others than those that made them."""

    def __bool__(self) -> bool:
        return bool(self.settings or self.reference or self.stale)


def departures(doubt: Doubt, scenario: Scenario, reference: Scenario | None = None) -> Departures:
    """Tell where a scenario, or what it is compared with, is another than a doubt is about.

    Parameters
    ----------
    doubt
        One that is shipped.
    scenario, reference
        The scenario, and what it is compared with, if there is anything.
    """
    mine = as_shipped(changed(scenario, {"name": doubt.scenario})) or scenario
    settings = () if mine.hash == scenario.hash else tuple(difference(mine, scenario))
    other = reference is not None and reference.hash != doubt.made["reference"]
    stale = dict(doubt.made) != hashes(mine, doubt.made["reference"])
    return Departures(settings, doubt.reference if other else None, stale)


def hashes(scenario: Scenario, reference: str) -> dict[str, str]:
    """Return the hashes of what makes a doubt.

    Parameters
    ----------
    scenario
        The scenario, of a case that has an ensemble or none.
    reference
        Hash of what it is compared with.
    """
    ensemble = ensemble_of_case(scenario)
    return {
        "scenario": scenario.hash,
        "reference": reference,
        "ensemble": "" if ensemble is None else _hash_of(ensemble),
        "evidence": evidence_hash(scenario),
    }


@lru_cache(maxsize=8)
def _hash_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


# ---------------------------------------------------------------------- the file


@lru_cache(maxsize=64)
def read_doubt(file: Path) -> Doubt:
    """Read a file that `as_toml` wrote."""
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    headlines = tuple(map(_headline, found.pop("headline")))
    return Doubt(**{"reference": None} | found, headlines=headlines)


def _headline(told: Mapping[str, Any]) -> Headline:
    chance = told.get("chance")
    return Headline(
        told["outcome"], told["difference"], _range(told["range"]), told["one_way"],
        None if chance is None else _range(chance),
        tuple(Follows(**one) for one in told["follows"]), told["explained"],
    )  # fmt: skip


def _range(told: Mapping[str, Any]) -> Range:
    return Range(told["middle"], told["low"], told["high"], told["number"])


def as_toml(doubt: Doubt, comment: str) -> str:
    """Return a doubt as the text of a file; one assumption a line, six significant digits."""
    lines = [f"# {line}" for line in comment.splitlines()]
    told = {key: value for key, value in asdict(doubt).items() if value is not None}
    headlines, made = told.pop("headlines"), told.pop("made")
    lines += ["", *(f"{key} = {_written(value)}" for key, value in told.items())]
    lines.append(f"made = {_written(made)}")
    for headline in headlines:
        follows = headline.pop("follows")[:MOST]
        lines += ["", "[[headline]]"]
        lines += [f"{key} = {_written(v)}" for key, v in headline.items() if v is not None]
        lines += ["follows = [", *(f"  {_written(one)}," for one in follows), "]"]
    return "\n".join(lines) + "\n"


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_written(one)}' for key, one in value.items())} }}"
    return as_toml_value(rounded(value) if isinstance(value, float) else value)
