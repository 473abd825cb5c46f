"""Judging a forecast: what came beside what was said, by proper scores.

CRPS is that of the draws as they are: the mean distance of a draw from the figure, less half the
mean distance of two draws. That of a single value is its distance from the figure, so that the
scenario at its own values (`as announced`) is judged in the same unit.

References
----------
Gneiting and Raftery (2007), Journal of the American Statistical Association 102: 359-378.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.forecasting.file import Forecast, Target, read_forecast
from sim.errors import PrisonflowError
from sim.results.published.file import load_figures
from sim.scenario.errors import Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

SCORED, KNOWN, BOUND = "scored", "known then", "a bound"
WAITING, NO_TARGET = "no figure yet", "no target"
STATES = (SCORED, KNOWN, BOUND, WAITING, NO_TARGET)
#: Fewest scored targets of which a histogram of ranks says anything; and its bars.
FEWEST, BARS = 20, 5


@dataclass(frozen=True)
class Came:
    """A figure that came."""

    key: str
    value: float
    source: str
    target: Target | None
    """What was forecast of it, if anything was."""
    bound: bool = False
    """Whether it is a bound, which no score is for."""
    published: date | None = None
    """Day on which it was published, if that is told."""


@dataclass(frozen=True, eq=False)
class Score:
    """A forecast beside what came."""

    forecast: Forecast
    table: pd.DataFrame
    """A row for each target, then for each figure that is none; see `score`."""

    def count(self, state: str) -> int:
        """Count the rows of a state."""
        return int((self.table["state"] == state).sum())

    @property
    def told(self) -> pd.DataFrame:
        """The rows of targets, with a figure or without one."""
        return self.table[self.table["state"] != NO_TARGET]

    @property
    def scored(self) -> pd.DataFrame:
        """The rows that were scored."""
        return self.table[self.table["state"] == SCORED]

    @property
    def coverage(self) -> tuple[float, float]:
        """Shares of the scored figures inside the 50 % and the 90 % range; NaN if there is none."""
        rows = self.scored
        if rows.empty:
            return math.nan, math.nan
        return float(rows["inside_50"].mean()), float(rows["inside_90"].mean())

    @property
    def ranks(self) -> np.ndarray | None:
        """Scored figures by fifth of the draws in which they lie; None if they are too few."""
        rows = self.scored
        if len(rows) < FEWEST:
            return None
        return np.histogram(rows["rank"].to_numpy(float), bins=BARS, range=(0, 1))[0]


def score(forecast: str | Path | Forecast, figures: str | Path) -> Score:
    """Lay a forecast beside what came.

    Parameters
    ----------
    forecast
        A forecast, or its file.
    figures
        A file of published figures (TOML), matched by what they measure; or a table (CSV) with
        the columns key, value and perhaps source and published (a day), matched by key.

    Returns
    -------
    Score
        Its table has the columns key, title, unit, date, state, value, source, median, q05, q25,
        q75, q95, inside_50, inside_90, rank (share of draws below, ties by half), crps,
        interval_50, interval_90 (interval scores), own_values and own_crps (as announced). All
        but rank are in the unit of the row.

    Raises
    ------
    ScenarioError
        If one of the files cannot be used.
    PrisonflowError
        If `scoringrules` is not installed.

    Examples
    --------
    ::

        found = sim.score("forecasts/gjilan-2027-01-15.toml", "came.csv")
        found.coverage, found.scored[["key", "value", "median", "crps"]]
    """
    import pandas as pd

    told = forecast if isinstance(forecast, Forecast) else read_forecast(forecast)
    came = [*_read(told, Path(figures))]
    by_key = {one.target.key: one for one in came if one.target is not None}
    rows = [_row(told, target, by_key.get(target.key)) for target in told.target]
    rows += [
        {"key": one.key, "state": NO_TARGET, "value": one.value, "source": one.source}
        for one in came
        if one.target is None
    ]
    return Score(told, pd.DataFrame(rows, columns=_COLUMNS))


_COLUMNS = [
    "key", "title", "unit", "date", "state", "value", "source", "median", "q05", "q25", "q75",
    "q95", "inside_50", "inside_90", "rank", "crps", "interval_50", "interval_90", "own_values",
    "own_crps",
]  # fmt: skip


def _row(forecast: Forecast, target: Target, came: Came | None) -> dict[str, object]:
    row: dict[str, object] = {
        "key": target.key, "title": target.title, "unit": target.unit, "date": target.last,
        "state": _state(forecast, target, came), "median": target.median, "q05": target.q05,
        "q25": target.q25, "q75": target.q75, "q95": target.q95, "own_values": target.own_values,
    }  # fmt: skip
    if came is not None:
        row |= {"value": came.value, "source": came.source}
        if row["state"] == SCORED:
            row |= scores(target, came.value)
    return row


def _state(forecast: Forecast, target: Target, came: Came | None) -> str:
    if came is None:
        return WAITING
    if (came.published or target.last) <= forecast.made:
        return KNOWN
    return BOUND if came.bound else SCORED


def scores(target: Target, value: float) -> dict[str, float | bool]:
    """Return the scores of one target by the figure that came."""
    try:
        from scoringrules import crps_ensemble, interval_score
    except ImportError:
        raise PrisonflowError(
            "scoring needs the package scoringrules: pip install scoringrules"
        ) from None
    draws = np.array(target.draws)
    below = np.count_nonzero(draws < value) + np.count_nonzero(draws == value) / 2
    crps = crps_ensemble(value, draws, estimator="nrg", backend="numpy")
    inner = interval_score(value, target.q25, target.q75, 0.5, backend="numpy")
    outer = interval_score(value, target.q05, target.q95, 0.1, backend="numpy")
    return {
        "inside_50": target.q25 <= value <= target.q75,
        "inside_90": target.q05 <= value <= target.q95,
        "rank": below / len(draws),
        "crps": float(crps),
        "interval_50": float(inner),
        "interval_90": float(outer),
        "own_crps": abs(value - target.own_values),
    }


def _read(forecast: Forecast, path: Path) -> Iterator[Came]:
    if path.suffix == ".csv":
        yield from _read_table(forecast, path)
        return
    by_measure = {target.measure: target for target in forecast.target}
    seen: set[str] = set()
    for figure in load_figures(path):
        target = by_measure.get(figure.measure)
        if target is not None and target.key in seen:
            message = f"measures the same as an earlier figure, target {target.key}: keep one"
            raise ScenarioError([Problem(str(path), f"figure {figure.key}", message)])
        if target is not None:
            seen.add(target.key)
        source = figure.url or figure.source
        yield Came(figure.key, figure.value, source, target, figure.compare != "equal")


def _read_table(forecast: Forecast, path: Path) -> Iterator[Came]:
    targets = {target.key: target for target in forecast.target}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows, columns = list(reader), reader.fieldnames or ()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        told = f"cannot be read as a table ({error})"
        raise ScenarioError([Problem(str(path), "", told)]) from None
    if not {"key", "value"} <= set(columns):
        told = f"needs the columns key and value; it has: {', '.join(columns) or 'none'}"
        raise ScenarioError([Problem(str(path), "", told)])
    problems, seen = [], set()
    for number, row in enumerate(rows, 2):
        key, where = (row["key"] or "").strip(), f"line {number}"
        try:
            value = float(row["value"] or "")
            day = (row.get("published") or "").strip()
            published = date.fromisoformat(day) if day else None
            if not math.isfinite(value):
                raise ValueError(f"value {value} is no number")
        except ValueError as error:
            told = f"{key}: {error}; value is a number such as 12.5, published a day: 2027-03-01"
            problems.append(Problem(str(path), where, told))
            continue
        if key in seen:
            problems.append(Problem(str(path), where, f"{key} is there twice; keep one"))
        seen.add(key)
        yield Came(
            key, value, (row.get("source") or "").strip(), targets.get(key), False, published
        )
    if problems:
        raise ScenarioError(problems)
