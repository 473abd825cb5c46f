"""Which declared distribution describes durations that were observed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from sim.errors import PrisonflowError
from sim.language import tr, trn
from sim.numbers import grouped, plain, significant
from sim.scenario.base import as_toml_value
from sim.scenario.columns import read_column, read_flags
from sim.scenario.distributions import Distribution
from sim.statistics.arrays import Flags, Floats
from sim.statistics.fits import FamilyFit, fits
from sim.statistics.survival import SurvivalCurve, kaplan_meier
from sim.table import Table

if TYPE_CHECKING:
    import pandas as pd

#: Fewer durations that have ended say next to nothing of a distribution.
LEAST = 5
#: Two exponentials that make the data hardly more likely than one are one.
_BETTER = 0.1


class UnfitError(PrisonflowError):
    """Data to which no distribution can be fitted."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A family fitted to data, as a scenario declares it."""

    fit: FamilyFit
    """Parameters and likelihood."""
    declared: Distribution
    """The distribution, its parameters to four digits."""
    content: dict[str, Any]
    """The same as plain data of a scenario: what `Scenario.change` takes."""

    def toml(self, key: str = "days") -> str:
        """Return the line of a scenario file that declares it."""
        return f"{key} = {as_toml_value(self.content)}"


@dataclass(frozen=True, eq=False)
class Fits:
    """Distributions fitted to data, the best by AIC first."""

    duration: Floats
    """How long each lasted, or has lasted so far."""
    ended: Flags
    """Whether it has ended."""
    families: Sequence[Fitted]
    """What was fitted, the best first."""
    left_out: Sequence[str] = ()
    """Families that no scenario can declare so, or that are no more than a simpler one here."""

    @property
    def best(self) -> Fitted:
        """The family with the least AIC."""
        return self.families[0]

    @cached_property
    def curve(self) -> SurvivalCurve:
        """The Kaplan-Meier curve of the data."""
        return kaplan_meier(self.duration, self.ended)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row for each family: `family`, `aic`, `ks`, `mean`, `p05`, `p95`, `toml`."""
        import pandas as pd

        rows = [
            {
                "family": one.fit.family,
                "aic": one.fit.aic,
                "ks": one.fit.ks,
                "mean": one.declared.mean,
                "p05": one.fit.quantile(0.05),
                "p95": one.fit.quantile(0.95),
                "toml": one.toml(),
            }
            for one in self.families
        ]
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        return "\n".join([self.about, "", *self._ranked().text(), *self._without()])

    def _without(self) -> Iterator[str]:
        for family in self.left_out:
            title = title_of(family)
            if family == "two_exponentials":
                yield tr("Left out: {family}, which are no better than one here.", family=title)
            else:
                yield tr("Left out: {family}, too wide or too narrow to declare.", family=title)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return str(self._ranked().html())

    @property
    def about(self) -> str:
        """What the data are, in a sentence or two."""
        number = len(self.duration)
        said = [trn("{number} duration was read.", "{number} durations were read.", number)]
        if going := int((~self.ended).sum()):
            said.append(
                trn(
                    "{number} of them had not ended: it counts as lasting longer.",
                    "{number} of them had not ended: they count as lasting longer.",
                    going,
                )
            )
        return " ".join(said)

    def _ranked(self) -> Table:
        least = self.best.fit.aic
        rows = [
            (
                title_of(one.fit.family),
                grouped(one.fit.aic, 1),
                grouped(one.fit.aic - least, 1),
                grouped(one.fit.ks, 3),
                significant(one.declared.mean),
            )
            for one in self.families
        ]
        heads = (tr("family"), tr("AIC"), tr("above the least"), tr("KS distance"), tr("mean"))
        return Table.of(heads, rows)


def title_of(family: str) -> str:
    """Return what readers call a family."""
    titles = {
        "exponential": tr("exponential"),
        "lognormal": tr("lognormal"),
        "gamma": tr("gamma"),
        "weibull": tr("Weibull"),
        "two_exponentials": tr("two exponentials"),
    }
    return titles[family]


def fit(
    data: str | Path | Sequence[float] | Floats,
    column: str | None = None,
    censored: str | Sequence[bool] | Flags | None = None,
) -> Fits:
    """Fit the distributions that a scenario can declare to durations.

    Exponential, lognormal, gamma, Weibull and a mixture of two exponentials are fitted by maximum
    likelihood.

    Parameters
    ----------
    data
        A CSV file, or the durations themselves, above 0 and in the unit of the scenario's key.
    column
        The column of the file.
    censored
        A column of the file, or one answer for each duration: whether it had not ended yet.

    Raises
    ------
    ScenarioError
        If there is no such file or column, or it holds what is no duration.
    UnfitError
        If the data say too little: few have ended, all are equal, or some are 0.
    """
    if isinstance(data, str | Path):
        if column is None:
            raise UnfitError(f'{data}: say which column: column="days"')
        values = read_column(Path(data), column)
        flags: Any = [False] * len(values)
        if isinstance(censored, str):
            flags = read_flags(Path(data), censored)
    else:
        values, flags = list(data), [False] * len(data) if censored is None else censored
    duration, ended = np.array(values, np.float64), ~np.array(flags, bool)
    _see_that_usable(duration, ended)
    found = fits(duration, ended)
    families = list(_declared(found))
    there = {one.fit.family for one in families}
    left_out = [one.family for one in found if one.family not in there]
    return Fits(duration, ended, families, left_out)


def _see_that_usable(duration: Floats, ended: Flags) -> None:
    if duration.ndim != 1 or duration.shape != ended.shape:
        raise UnfitError(
            f"has {duration.size} durations, but {ended.size} answers to whether they are censored"
        )
    if not np.all(np.isfinite(duration) & (duration >= 0)):
        raise UnfitError("durations must be finite numbers of at least 0")
    if (there := int(ended.sum())) < LEAST:
        raise UnfitError(f"only {there} durations have ended: at least {LEAST} are needed to fit")
    if zero := int((duration == 0).sum()):
        raise UnfitError(
            f"{zero} of {len(duration)} durations are 0, which no family allows: give half a day "
            "where less than a day was counted as 0, or leave those out and say so"
        )
    if np.all(duration == duration[0]):
        raise UnfitError(
            f"all durations are {plain(duration[0])}: nothing to fit; declare "
            f'{{ kind = "constant", value = {as_toml_value(float(duration[0]))} }}'
        )


def _declared(found: Sequence[FamilyFit]) -> Iterator[Fitted]:
    """Yield fits as scenarios declare them, without those that are no use."""
    adapter: TypeAdapter[Distribution] = TypeAdapter(Distribution)
    alone = next(one.log_likelihood for one in found if one.family == "exponential")
    for one in found:
        if one.family == "two_exponentials" and one.log_likelihood < alone + _BETTER:
            continue
        content = _content(one)
        try:
            yield Fitted(one, adapter.validate_python(content), content)
        except ValidationError:
            continue


def _content(one: FamilyFit) -> dict[str, Any]:
    if one.family == "exponential":
        return {"kind": "exponential", "mean": _short(one.parameters[0])}
    if one.family == "two_exponentials":
        share, *means = one.parameters
        short, long = sorted(zip((share, 1 - share), means, strict=True), key=lambda part: part[1])
        parts = {
            name: {"weight": _short(weight), "of": {"kind": "exponential", "mean": _short(mean)}}
            for name, (weight, mean) in (("short", short), ("long", long))
        }
        return {"kind": "mixture", "parts": parts}
    ends = {"p05": _short(one.quantile(0.05)), "p95": _short(one.quantile(0.95))}
    return {"kind": one.family, **ends}


def _short(number: float) -> float:
    """Round to four digits, beyond which no such data tell anything."""
    return float(f"{number:.4g}")
