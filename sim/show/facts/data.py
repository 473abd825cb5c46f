"""From tables of many replications to what a figure draws: means, bands, dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.tables import outcome as outcome
from sim.language import tr, trn
from sim.results.outcomes.queues import BY_QUEUE
from sim.show.facts.memory import remembered
from sim.show.words import grouped, people, points
from sim.statistics.ranges import FEWEST as FEWEST_DRAWS
from sim.statistics.ranges import INSIDE, quantiles

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]
_DAY_0 = np.datetime64("1970-01-01")

#: Share of replications inside the band, and from how many replications on it can be told.
BAND, ENOUGH_FOR_BAND = 0.90, 20
#: Years shown before the observed period begins.
YEARS_BEFORE = 2


class Fan(NamedTuple):
    """A line and the band around it, each of shape (m,)."""

    middle: Floats
    """Mean of replications, median of draws."""
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Series:
    """One quantity over time, over all replications or draws."""

    days: Floats
    """Dates, in days since 1970."""
    dates: NDArray[np.datetime64]
    mean: Floats
    """Mean, also of draws: means of parts add up to the mean of the whole."""
    middle: Floats
    """What is drawn as a line: mean of replications, median of draws."""
    low: Floats
    high: Floats
    highest: float
    """Highest value in any replication."""
    observed: NDArray[np.bool_]
    """Which dates lie in the observed period."""
    chance: Fan | None = None
    """Of draws: what chance alone does, at the scenario's own values."""

    def beside(self, at: int) -> str:
        """Say that a date lies before or after the observed period; nothing if inside."""
        inside = np.flatnonzero(self.observed)
        if not len(inside):
            return tr("outside the observed period")
        if at < inside[0]:
            return tr("before the observed period")
        return tr("after the observed period") if at > inside[-1] else ""

    @property
    def typical(self) -> float:
        """Mean over the observed period (over all dates if none is counted in it)."""
        line = self.middle
        return float(line[self.observed].mean() if self.observed.any() else line.mean())


def day_number(day: date | np.datetime64) -> float:
    """Return a date in days since 1970, as matplotlib counts dates too."""
    return float((np.datetime64(day) - _DAY_0) / np.timedelta64(1, "D"))


def as_date(number: float) -> date:
    """Return the date of a day since 1970."""
    return date(1970, 1, 1) + timedelta(int(number))


def first_shown(scenario: Scenario) -> date:
    """Return the first date on the axes: two years before the observed period."""
    time = scenario.time
    year = time.observe_from.year - YEARS_BEFORE
    day = min(time.observe_from.day, 28) if time.observe_from.month == 2 else time.observe_from.day
    return max(time.start, date(year, time.observe_from.month, day))


#: What the rows of a table over time are about.
_ABOUT = {"occupancy": "facility", "queues": "queue", "census": "stage"}


def over_time(r: Replications, table: str, name: str, column: str = "people") -> Series | None:
    """Return line and band of one facility, queue or stage over time, None if not in the table.

    The band is the middle 90 % of replications on each date, or the range of draws; of too few of
    either, from the lowest to the highest.
    """
    return _series(r, table, column).get(name)


@remembered
def names_of(r: Replications, table: str) -> tuple[str, ...]:
    """Return the facilities, queues or stages that a table over time is about."""
    label = _ABOUT[table]
    blocks = r.blocks(table, [label])
    return tuple(dict.fromkeys(str(n) for block in blocks for n in block[label].unique()))


@remembered
def _series(r: Replications, table: str, column: str) -> dict[str, Series]:
    """Return what `over_time` gives, for all that the table is about."""
    import pandas as pd

    values = pd.concat(_wide(r, table, column), axis=1).sort_index()
    alone = _series(r.chance, table, column) if r.chance is not None else {}
    return {
        str(name): _summed_up(r, mine.droplevel(0), alone.get(str(name)))
        for name, mine in values.groupby(level=0)
    }


@remembered
def difference_over_time(
    r: Replications, base: Replications, table: str, name: str, column: str = "people"
) -> tuple[Floats, Fan] | None:
    """Return by how much one scenario differs from another over time, paired by replication.

    Returns
    -------
    days, line
        Dates in days since 1970, and the band of the differences; None if they do not pair.
    """
    import pandas as pd

    if (r.seed, r.numbers) != (base.seed, base.numbers):
        return None
    parts = [pd.concat(_wide(one, table, column), axis=1) for one in (r, base)]
    if any(name not in part.index.get_level_values(0) for part in parts):
        return None
    ours, theirs = (part.loc[name].sort_index() for part in parts)
    more = (ours - theirs).dropna()
    days = (more.index.to_numpy() - _DAY_0) / np.timedelta64(1, "D")
    return days, fan(r, np.ascontiguousarray(more.to_numpy(float)))


def _wide(r: Replications, table: str, column: str) -> Iterator[pd.DataFrame]:
    """Yield the values of some replications, one column each, by name and date."""
    label, first = _ABOUT[table], np.datetime64(first_shown(r.scenario))
    for block in r.blocks(table, ["replication", "date", label, column]):
        shown = block[block["date"] >= first].astype({label: object})
        yield shown.pivot(index=[label, "date"], columns="replication", values=column)


def fan(r: Replications, values: Floats) -> Fan:
    """Return line and band of replications, or of draws.

    Parameters
    ----------
    r
        The replications.
    values
        A column for each of them, shape (m, n).
    """
    if r.drawn:
        low, middle, high = quantiles(values, axis=1)
        return Fan(middle, low, high)
    tail = (1 - BAND) / 2 if values.shape[1] >= ENOUGH_FOR_BAND else 0.0
    low, high = np.quantile(values, [tail, 1 - tail], axis=1)
    return Fan(values.mean(axis=1), low, high)


def _summed_up(r: Replications, wide: pd.DataFrame, alone: Series | None) -> Series:
    values = np.ascontiguousarray(wide.to_numpy(float))
    line, dates = fan(r, values), wide.index.to_numpy()
    time = r.scenario.time
    beside = alone is not None and np.array_equal(alone.dates, dates)
    return Series(
        days=(dates - _DAY_0) / np.timedelta64(1, "D"),
        dates=dates,
        mean=values.mean(axis=1),
        **line._asdict(),
        highest=float(values.max()),
        observed=(dates >= np.datetime64(time.observe_from))
        & (dates < np.datetime64(time.observe_until)),
        chance=Fan(alone.middle, alone.low, alone.high) if alone is not None and beside else None,
    )


def runs_words(replications: Sequence[Replications]) -> str:
    """Say how many replications or draws there are: the most of any scenario."""
    number = max(r.number for r in replications)
    if any(r.drawn for r in replications):
        return trn("{number} draw", "{number} draws", number)
    return trn("{number} replication", "{number} replications", number)


def ranged(replications: Sequence[Replications], middle: float, low: float, high: float) -> str:
    """Return a number of people as text, with its range where scenarios come as draws."""
    text, ends = people(middle), [_end(low), _end(high)]
    if not any(r.drawn for r in replications) or ends[0] == ends[1]:
        return text
    return tr("{middle} ({low} to {high})", middle=text, low=ends[0], high=ends[1])


def _end(number: float) -> str:
    """Return an end of a range, as finely as is worth reading; what is next to nothing is 0."""
    decimals = 0 if round(abs(number), 1) >= 10 or round(number, 1) == 0 else 1
    return grouped(number, decimals)


def band_words(
    replications: Sequence[Replications], banded: bool = True, narrow: bool = True
) -> str:
    """Say what line and band are, and what they are not.

    Parameters
    ----------
    replications
        The scenarios.
    banded, narrow
        Whether bands are drawn, and of draws the one of chance alone too.
    """
    if any(r.drawn for r in replications):
        return _fan_words(replications, banded, narrow)
    number = min(r.number for r in replications)
    if max(r.number for r in replications) == 1:
        return tr("Line: one replication; what chance does to it is not shown.")
    said = [_line_words(replications, number)]
    if not banded:
        said.append(tr("The spread between replications is left out for legibility."))
    elif number >= ENOUGH_FOR_BAND:
        said.append(
            tr(
                "Band: the middle {share} of them (chance only, not doubt about the assumptions).",
                share=points(BAND),
            )
        )
    else:
        said.append(
            tr(
                "Band: from the lowest to the highest of them (chance only, not doubt about the "
                "assumptions)."
            )
        )
    return " ".join(said)


def _line_words(replications: Sequence[Replications], number: int) -> str:
    if len({r.number for r in replications}) > 1:
        return tr("Line: mean of all replications.")
    return trn(
        "Line: mean of {number} replication.", "Line: mean of {number} replications.", number
    )


def _fan_words(replications: Sequence[Replications], banded: bool, narrow: bool) -> str:
    """Say what line and bands of draws are."""
    number = min(r.number for r in replications)
    if number == 1:
        return tr("Line: one draw; how far others lie from it is not shown.")
    draws = grouped(number)
    if not banded:
        return tr("Line: the middle of {draws} draws; their range is left out for legibility.",
                  draws=draws)  # fmt: skip
    if number < FEWEST_DRAWS:
        wide = tr("Line: the middle of {draws} draws; band: from the lowest to the highest of "
                  "them, over assumptions and chance.", draws=draws)  # fmt: skip
    else:
        wide = tr("Line: the middle of {draws} draws; band: {inside} of 100 draws lie in it, "
                  "over assumptions and chance.", draws=draws,
                  inside=grouped(100 * INSIDE))  # fmt: skip
    if not narrow or all(r.chance is None or r.chance.number == 1 for r in replications):
        return wide
    alone = tr("Narrow band: chance alone, all assumptions as the scenario has them, which need "
                "not be in the middle.")  # fmt: skip
    return f"{wide} {alone}"


def typical_outcome(r: Replications, name: str) -> float:
    """Return the mean of an outcome over replications, or the middle of draws, that have it."""
    values = outcome(r, name)
    if not np.isfinite(values).any():
        return float("nan")
    return float(np.nanmedian(values) if r.drawn else np.nanmean(values))


def mean_length(r: Replications, queue: str) -> float:
    """Return the mean length of a queue, or of limbo, over all days of the observed period."""
    return typical_outcome(r, BY_QUEUE[queue][0].name if queue in BY_QUEUE else queue)


# ---------------------------------------------------------------------- the rented prison's term


@dataclass(frozen=True)
class Term:
    """First day in service and first day out of it: earliest and latest over replications."""

    opens: tuple[date, date]
    closes: tuple[date, date] | None
    """None if it is still open at the end of the simulation."""


@remembered
def service(r: Replications) -> tuple[Floats, Floats]:
    """Return days since the start on which the rented prison opens and closes, where it does."""
    observed = r.scenario.day(r.scenario.time.observe_from)
    opens, closes = (outcome(r, f"rented_prison_{what}_days") for what in ("opens", "closes"))
    there = np.isfinite(opens)
    return observed + opens[there], observed + closes[there]


def term(r: Replications) -> Term | None:
    """Return the term of the rented prison, None if it is never in service."""
    scenario = r.scenario
    opens, closes = (days[days < scenario.horizon] for days in service(r))
    if not len(opens):
        return None

    def ends(days: Floats) -> tuple[date, date]:
        start = scenario.time.start
        return start + timedelta(ceil(min(days))), start + timedelta(ceil(max(days)))

    return Term(ends(opens), ends(closes) if len(closes) else None)


def same_line(a: Floats, b: Floats, height: float) -> bool:
    """Tell whether two lines could not be told apart in a panel of this height."""
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= 0.006 * height))


def alike(lines: Sequence[Floats], height: float) -> list[list[int]]:
    """Group lines that could not be told apart; each group in the order given."""
    groups: list[list[int]] = []
    for number, line in enumerate(lines):
        for group in groups:
            if same_line(lines[group[0]], line, height):
                group.append(number)
                break
        else:
            groups.append([number])
    return groups


def edge_words(replications: Sequence[Replications]) -> str:
    """Warn of a fall towards the horizon that comes from the model's edge, if there is one.

    People come into the tables when they are arrested. Where those judged after the horizon are
    not simulated, remand empties before it.
    """
    for r in replications:
        remand = over_time(r, "census", "remand")
        if remand is None or len(remand.mean) < 30:
            continue
        if remand.mean[-1] < 0.8 * remand.mean[-26:-14].mean():
            year = (r.scenario.time.end - timedelta(1)).year
            return tr(
                "The fall in remand in the last months of {year} is an edge of the simulation: "
                "people judged later are not in it.",
                year=year,
            )
    return ""
