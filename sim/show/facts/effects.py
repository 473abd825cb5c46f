"""What changes an outcome: another scenario, a factor of a design, the factors it follows most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.paired import UnknownOutcome
from sim.analysis.sensitivity.ignorance import influence as ranked
from sim.analysis.sensitivity.ignorance import point_means
from sim.analysis.sensitivity.layout import SAMPLES
from sim.language import tr
from sim.numbers import setting
from sim.results.choice import nearest
from sim.results.outcomes import OUTCOMES
from sim.show.facts.agreement import others
from sim.show.facts.table import summary
from sim.show.words import outcome_titles
from sim.show.words.findings import scale
from sim.statistics.pairs import LESS, MORE

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.read import Results
    from sim.show.comparison import Comparison


#: Names of all outcomes.
NAMES = tuple(outcome.name for outcome in OUTCOMES)


#: Outcomes of general interest, that exist with and without an agreement.
GENERAL = (
    "home_occupancy",
    "document_queue",
    "case_worker_queue",
    "detained",
    "held_after_sentence_days",
    "limbo",
    "departure_centre_people",
    "breach_imprisoned",
    "removed_1y",
    "absconded_1y",
    "total_cost",
)


ONE_AT_A_TIME = "one_at_a_time"


@dataclass(frozen=True)
class Effect:
    """How one scenario changes one outcome, relative to the reference."""

    scenario: int
    """Place of the scenario in the comparison."""
    mean: float
    """Difference as a share of the reference's mean."""
    half: float | None
    """Half-width of its interval; None if there are too few replications."""
    told: bool
    """Whether it can be told from chance, by Holm's rule, and matters."""
    text: str
    """The difference in the outcome's own unit."""


@dataclass(frozen=True)
class EffectRow:
    """One outcome, and how each scenario changes it."""

    title: str
    effects: tuple[Effect, ...]


def difference_rows(comparison: Comparison, names: Sequence[str] | None) -> list[EffectRow]:
    """Return what is drawn of each outcome; outcomes of which the reference has none are left out.

    Raises
    ------
    UnknownOutcome
        If there is no such outcome.
    ValueError
        If there is nothing to draw.
    """
    if len(comparison) < 2:
        raise ValueError("one scenario has no differences: compare two or more")
    unknown = [name for name in names or () if name not in NAMES]
    if unknown:
        hint = nearest(unknown[0], NAMES)
        raise UnknownOutcome(
            f"no outcome is called {unknown[0]!r}; {hint}there are: {', '.join(NAMES)}"
        )
    chosen = [*(GENERAL if names is None else names)]
    told: list[Any] = list(comparison.differences(chosen).itertuples())
    found = {(one.scenario, one.outcome): one for one in told}
    rows = []
    for row in summary(comparison.replications, chosen):
        effects = []
        for n in others(comparison.replications):
            one = found[comparison.scenarios[n].name, row.name]
            if np.isfinite(one.mean) and one.reference_mean:
                size = abs(one.reference_mean)
                half = one.half_width / size if np.isfinite(one.half_width) else None
                judged = one.verdict in (MORE, LESS)
                text = row.difference(n)
                unit = tr("points") if row.unit == "share" else row.printed_unit
                text += f" {unit}" if one.mean and text[0] != "≈" else ""
                effects.append(Effect(n, one.mean / size, half, judged, text))
        if effects:
            rows.append(EffectRow(row.title, tuple(effects)))
    if not rows:
        raise ValueError("none of these outcomes exists in the scenarios compared")
    return rows


def factors_of(results: Results) -> list[str]:
    """Return the names of what varies between the points of an experiment."""
    return [str(column) for column in results.design if column not in ("point", "name")]


def outcome_title(results: Results, outcome: str) -> str:
    """Return the title of an outcome, in the words of the first scenario."""
    return outcome_titles(results.experiment.scenarios[0])[outcome]


def values_of(results: Results, outcome: str, reference: str | None) -> pd.DataFrame:
    """Return scenario, point, replication and value, or difference, of an outcome."""
    if reference is None:
        table = results.outcomes
        return table[table["outcome"] == outcome]
    found = results.differences(reference, outcome)
    return found.assign(value=found["difference"])


def responses_of(
    results: Results, factor: str, outcome: str, by: str | None, reference: str | None
) -> list[Response]:
    """Return an outcome against a factor, a line for each scenario and value of another factor."""
    table = values_of(results, outcome, reference)
    table = table.assign(value=scale(outcome) * table["value"].astype(float)).merge(
        results.design, on="point"
    )
    several = table["scenario"].nunique() > 1
    keys = ["scenario", by] if by else ["scenario"]
    found = []
    for key, rows in table.groupby(keys, sort=False):
        scenario, *value = key
        parts = [str(scenario)] if several or by is None else []
        name = ", ".join([*parts, *map(setting, value)])
        found.append(Response(name, rows[[factor, "value"]], rows.groupby(factor)["value"].mean()))
    return found


@dataclass(frozen=True, eq=False)
class Response:
    """An outcome against a factor, as printed: one line."""

    name: str
    each: pd.DataFrame
    """The factor, and `value` of one replication."""
    means: pd.Series[float]
    """Over replications, by the factor."""


@dataclass(frozen=True)
class Swing:
    """An outcome at the ends of one factor, the others left as they are."""

    factor: str
    ends: tuple[str, str]
    """The factor's low and high value."""
    base: float
    values: tuple[float, float]
    """Mean of the outcome at its low and high value."""
    each: tuple[tuple[float, ...], tuple[float, ...]]
    """The base and the change against it, replication by replication, at both."""


@dataclass(frozen=True)
class Correlation:
    """Rank correlation of a factor and an outcome over a sample."""

    factor: str
    size: float
    told: bool


def bars_of(
    results: Results, outcome: str, reference: str | None, scenario: str | None
) -> list[Swing] | list[Correlation]:
    """Return what moves an outcome, the strongest first.

    Raises
    ------
    ValueError
        If the design cannot tell, or there is no such scenario.
    """
    kind = results.manifest["definition"]["design"]["kind"]
    table = values_of(results, outcome, reference)
    there = list(dict.fromkeys(table["scenario"]))
    chosen = there[0] if scenario is None else scenario
    if chosen not in there:
        raise ValueError(f"no scenario is called {chosen!r}; there are: {', '.join(there)}")
    if kind == ONE_AT_A_TIME:
        mine = table[table["scenario"] == chosen]
        swings = list(_swings(mine, results.design, factors_of(results)))
        return sorted(swings, key=lambda s: -abs(s.values[1] - s.values[0]))
    if kind not in SAMPLES:
        raise ValueError(
            f"a design of kind {kind} does not tell what an outcome follows: choose "
            f"{', '.join([ONE_AT_A_TIME, *SAMPLES])}"
        )
    whole = results.outcomes
    found = ranked(whole[whole["outcome"] == outcome], results.design, [outcome], reference)
    rows: list[Any] = list(found[found["scenario"] == chosen].itertuples())
    if not rows:
        raise ValueError(f"{outcome} varies at too few points for its factors to be ranked")
    return [Correlation(row.factor, row.influence, bool(row.told)) for row in rows]


def _swings(table: pd.DataFrame, design: pd.DataFrame, factors: Sequence[str]) -> Iterator[Swing]:
    """Yield the swing of each factor that has a low and a high end."""
    means = point_means(table).set_index("point")["value"]
    wide = table.astype({"value": float}).pivot(
        index="replication", columns="point", values="value"
    )
    base = int(design.loc[design[list(factors)].isna().all(axis=1), "point"].iloc[0])
    for factor in factors:
        moved = design[design[factor].notna()].sort_values(factor)
        low, high = int(moved["point"].iloc[0]), int(moved["point"].iloc[-1])
        shifted = [
            tuple(float(means[base] + change) for change in (wide[point] - wide[base]).dropna())
            for point in (low, high)
        ]
        yield Swing(
            factor,
            (setting(moved[factor].iloc[0]), setting(moved[factor].iloc[-1])),
            float(means[base]),
            (float(means[low]), float(means[high])),
            (shifted[0], shifted[1]),
        )
