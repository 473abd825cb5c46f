"""The file of a forecast: TOML, a block for each target, written once and never again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import AfterValidator, Field, ValidationError

from sim.errors import PrisonflowError
from sim.results.published.vocabulary import KINDS, Measure
from sim.scenario.base import Section, as_toml_value
from sim.scenario.errors import ScenarioError
from sim.scenario.explain import Form, problems_of
from sim.scenario.files import as_tuples, read_toml

if TYPE_CHECKING:
    import pandas as pd

#: Quantiles that stand in the file, by name.
QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.50, "q75": 0.75, "q95": 0.95}
#: What a reader should know who opens the file.
_HEAD = (
    "A forecast of prisonflow: what the model said on the day `made`. It is judged by",
    "`prisonflow score`, and never made again: a later view is a later forecast.",
)


class ForecastExists(PrisonflowError):
    """A forecast of that case and day is there already."""


class Target(Section):
    """What is said of one figure to come."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    """Short name, by which a table of figures can name it."""
    title: str
    """What it is, for people."""
    unit: str
    """Its unit."""
    measure: Annotated[Measure, Field(discriminator="kind")]
    """What is measured, as in a file of published figures."""
    dates: tuple[date, ...]
    """Days it is about: the days of its measure."""
    own_values: float
    """Median of replications at the scenario's own values: the forecast `as announced`."""
    q05: float
    """Quantiles over assumptions and chance."""
    q25: float
    median: float
    q75: float
    q95: float
    draws: Annotated[tuple[float, ...], Field(min_length=2)]
    """Every draw in which it exists, in the order of the draws."""

    @property
    def last(self) -> date:
        """Day on which it could be known."""
        return max(self.dates)


def _each_once(found: tuple[Target, ...]) -> tuple[Target, ...]:
    keys = [target.key for target in found]
    if twice := [key for key in keys if keys.count(key) > 1]:
        raise ValueError(f"{twice[0]} is there twice; each target needs a key of its own")
    return found


class Forecast(Section):
    """A forecast as it is stored."""

    case: str
    """The case."""
    scenario: str
    """Name of the scenario."""
    made: date
    """Day on which it was made."""
    until: date
    """No target goes beyond it."""
    seed: int
    """Root seed."""
    draws: int
    """Number of draws."""
    scenario_hash: str
    """Hash of the scenario."""
    code_hash: str
    """Hash of the code that decides results."""
    evidence_hash: str
    """Hash of the evidence of the case."""
    versions: dict[str, str]
    """Versions of Python and of packages that can change a result."""
    not_known: tuple[str, ...]
    """Keys of what was drawn from a range, as nobody knows it."""
    no_value: tuple[str, ...] = ()
    """Keys of targets that have no value in most draws, and are left out."""
    target: Annotated[tuple[Target, ...], Field(min_length=1), AfterValidator(_each_once)]
    """What is forecast."""

    @property
    def table(self) -> pd.DataFrame:
        """A row for each target: key, title, unit, date (the last), quantiles, own_values."""
        import pandas as pd

        names = ["key", "title", "unit", *QUANTILES, "own_values"]
        rows = [{name: getattr(one, name) for name in names} for one in self.target]
        found = pd.DataFrame(rows, columns=names)
        found.insert(3, "date", [one.last for one in self.target])
        return found

    def write(self, folder: str | Path) -> Path:
        """Write it into a folder as `<case>-<day>.toml`; a variant has its name behind the case's.

        Raises
        ------
        ForecastExists
            If there is such a file.
        """
        path = file_of(self.case, self.scenario, self.made, Path(folder))
        see_that_it_is_new(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(as_toml(self))
        except FileExistsError:
            see_that_it_is_new(path)
            raise
        return path


FORM = Form(Forecast, KINDS)


def quantiles_of(draws: np.ndarray) -> dict[str, float]:
    """Return the quantiles of a target's draws, by name, at Weibull's positions."""
    found = np.quantile(draws, list(QUANTILES.values()), method="weibull")
    return dict(zip(QUANTILES, map(float, found), strict=True))


def read_forecast(path: str | Path) -> Forecast:
    """Read a forecast.

    Raises
    ------
    ScenarioError
        Listing everything wrong with the file.
    """
    path = Path(path)
    try:
        return Forecast.model_validate(as_tuples(read_toml(path)))
    except ValidationError as error:
        raise ScenarioError(list(problems_of(error, {}, str(path), FORM))) from None


def see_that_it_is_new(path: Path) -> None:
    """Refuse to write where a forecast is.

    Raises
    ------
    ForecastExists
        Saying what to do.
    """
    if path.exists():
        raise ForecastExists(
            f"{path}: is there already, and a forecast is never written over. Score it, or choose "
            f"another folder with --out for a second one of the same day."
        )


def file_of(case: str, scenario: str, made: date, folder: Path) -> Path:
    """Return the file of a forecast: the case and its variant, if it is one, and the day."""
    name = case if scenario in (case, "baseline") else f"{case}-{scenario}"
    return folder / f"{name}-{made}.toml"


def as_toml(forecast: Forecast) -> str:
    """Return a forecast as the text of its file: one fact a line."""
    return "\n".join(_lines(forecast)) + "\n"


def _lines(forecast: Forecast) -> Iterator[str]:
    yield from (f"# {line}" for line in _HEAD)
    yield ""
    told = forecast.model_dump(by_alias=True, exclude_none=True)
    blocks = told.pop("target")
    for key, value in told.items():
        yield f"{key} = {as_toml_value(value)}"
    for block in blocks:
        yield from ("", "[[target]]")
        for key, value in block.items():
            yield f"{key} = {as_toml_value(value)}"
