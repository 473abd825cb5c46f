"""The short table: each outcome shown, with intervals and differences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import TYPE_CHECKING

import numpy as np

from sim.language import mark, tr, trn
from sim.numbers import decimals_for, with_sign
from sim.results.outcomes import OUTCOMES
from sim.show.facts.agreement import reference
from sim.show.facts.data import outcome
from sim.show.facts.ranges import Change, change_of
from sim.show.facts.selected import SELECTED, idle
from sim.show.facts.verdicts import verdict_of
from sim.show.words import MISSING, grouped, points, quoted, told, whole_day
from sim.statistics.intervals import FEWEST, LEVEL, Estimate, estimate
from sim.statistics.pairs import NEGLIGIBLE, Difference, difference, differences
from sim.statistics.ranges import FEWEST as FEWEST_DRAWS
from sim.statistics.ranges import INSIDE, Range, range_of

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

#: Characters of a cell: of a mean with its interval, and of a middle with its range.
CELL, RANGE_CELL = 17, 20
_UNITS = {"share": "%", "EUR million": mark("EUR m")}


@dataclass(frozen=True)
class OutcomeRow:
    """One outcome, for each scenario, and its difference from the reference."""

    name: str
    title: str
    unit: str
    definition: str
    cells: tuple[Estimate | Range, ...]
    """Ranges where scenarios come as draws."""
    differences: tuple[Difference | Change | None, ...]
    """One for each scenario; None for the reference, and if the seeds differ: nothing pairs."""
    negligible: tuple[bool, ...]
    """For each scenario whether its difference is judged, and found too small to matter."""

    @property
    def printed_unit(self) -> str:
        """The unit of the numbers as printed."""
        return tr(_UNITS.get(self.unit, self.unit))

    def cell(self, number: int) -> str:
        """Return what a scenario has as text: mean and half-width, or middle and range.

        An interval that is cut off is told in full.
        """
        return self._text(self.cells[number], sign=False)

    def difference(self, number: int) -> str:
        """Return the difference of a scenario (1 is the second) from the reference as text.

        One that is too small to matter is marked: ≈.
        """
        found = self.differences[number]
        if found is None or not isfinite(_centre(found)):
            return MISSING
        if found.exact:
            return tr("same")
        text = self._text(found, sign=True)
        return f"≈ {text}" if self.negligible[number] and text[0] != "≈" else text

    def _text(self, found: Estimate | Range, *, sign: bool) -> str:
        if isinstance(found, Range):
            return self._range_text(found, sign=sign)
        if not isfinite(found.mean):
            return MISSING
        factor = 100 if self.unit == "share" else 1
        mean, half = factor * found.mean, None if found.half is None else factor * found.half
        decimals = self._decimals(half)
        smallest = 0.5 * 10.0**-decimals
        if sign and abs(mean) < smallest and (half or 0) < smallest:
            return "≈ 0"
        text = grouped(mean, decimals)
        if sign and abs(mean) >= smallest:
            text = with_sign(mean, decimals)
        if half is None:
            return text
        low, high = mean - half, mean + half
        if self.unit == "share" and not sign and (low < 0 or high > self._most):
            return _within(text, max(low, 0.0), min(high, self._most), decimals)
        return f"{text} ± {grouped(half, decimals)}"

    def _range_text(self, found: Range, *, sign: bool) -> str:
        if not isfinite(found.middle):
            return MISSING
        factor = 100 if self.unit == "share" else 1
        ends = [factor * one for one in (found.middle, found.low, found.high)]
        decimals = decimals_for(ends[2] - ends[1] or abs(ends[0]))
        write = with_sign if sign else grouped
        written = [write(end, decimals) for end in ends]
        if written[1] == written[2]:
            return "≈ 0" if sign and found.low < found.high else written[0]
        return tr("{middle} ({low} to {high})", middle=written[0], low=written[1], high=written[2])

    @property
    def _most(self) -> float:
        """The most that a share can be, in per cent: an occupancy may exceed 100."""
        return inf if self.name.endswith("_occupancy") else 100.0

    def _decimals(self, half: float | None) -> int:
        """Return the decimals that fit the size of the row, one more if a half-width vanishes."""
        factor = 100 if self.unit == "share" else 1
        centres = map(_centre, self.cells)
        sizes = [abs(centre) * factor for centre in centres if isfinite(centre)]
        largest = max(sizes, default=0.0)
        decimals = 1 if self.unit in ("share", "days") else 0 if largest >= 100 else 1
        if self.unit == "ratio" or (largest < 1 and largest > 0):
            decimals = 2
        too_small = half is not None and 0 < half < 0.5 * 10.0**-decimals
        return decimals + 1 if too_small else decimals


def _centre(found: Estimate | Range) -> float:
    return found.middle if isinstance(found, Range) else found.mean


def summary(
    replications: Sequence[Replications], names: Iterable[str] | None = None
) -> list[OutcomeRow]:
    """Return the rows of the short table.

    Parameters
    ----------
    replications
        Scenarios; differences are taken from the reference (`sim.show.facts.agreement`).
    names
        Which outcomes; those of `SELECTED` by default. What no scenario has (a rented prison,
        people who stay in the host state) is left out.

    Returns
    -------
    list of OutcomeRow
        Means over replications with the half-width of their 95 % Student-t intervals, or ranges
        over draws; and differences paired by replication or draw: the same people.
    """
    chosen = [name for group in SELECTED.values() for name in group] if names is None else names
    known, first = {o.name: o for o in OUTCOMES}, replications[0].scenario
    measured = set(replications[0].lent("outcomes")["outcome"]) - idle(replications)
    base, verdicts = reference(replications), verdict_of(replications)
    rows = []
    for name in chosen:
        if name not in known or name not in measured:
            continue
        values = [outcome(r, name) for r in replications]
        rows.append(
            OutcomeRow(
                name,
                told(first, known[name].title),
                known[name].unit,
                told(first, known[name].definition),
                tuple(map(range_of if replications[0].drawn else estimate, values)),
                tuple(_paired(replications, values, n, base) for n in range(len(values))),
                tuple(
                    not r.drawn and verdicts.get((r.scenario.name, name)) == NEGLIGIBLE
                    for r in replications
                ),
            )
        )
    return rows


def by_question(
    replications: Sequence[Replications],
) -> tuple[list[tuple[str, list[OutcomeRow]]], list[OutcomeRow]]:
    """Return the rows of the short table by question, and those of all other outcomes."""
    rows = {row.name: row for row in summary(replications, [o.name for o in OUTCOMES])}
    groups = []
    for question, names in SELECTED.items():
        mine = [rows.pop(name) for name in names if name in rows]
        if mine:
            groups.append((question, mine))
    return groups, list(rows.values())


def _paired(
    replications: Sequence[Replications], values: Sequence[np.ndarray], number: int, base: int
) -> Difference | Change | None:
    if number == base or replications[number].seed != replications[base].seed:
        return None
    if replications[base].drawn:
        return change_of(differences(values[number], values[base]))
    return difference(values[number], values[base])


def _within(mean: str, low: float, high: float, decimals: int) -> str:
    """Write a mean with an interval that is cut off at what is possible, as finely as fits."""
    text = f"{mean} ({grouped(low, decimals)}–{grouped(high, decimals)})"
    if len(text) > CELL and decimals:
        return _within(mean, low, high, decimals - 1)
    return text


def legend(replications: Sequence[Replications]) -> str:
    """Say what the numbers are."""
    most, drawn = max(r.number for r in replications), replications[0].drawn
    said = [_period_words(replications)]
    said.append(_draws_words(most) if drawn else _chance_words(most))
    if drawn or most > 1:
        said += [_paired_words(replications), tr("{sign}: does not exist there.", sign=MISSING)]
    return " ".join(filter(None, said))


def _period_words(replications: Sequence[Replications]) -> str:
    first = replications[0]
    time = first.scenario.time
    return tr(
        "Observed: {first} until {last}; seed {seed}.",
        first=whole_day(time.observe_from),
        last=whole_day(time.observe_until),
        seed=first.seed,
    )


def _chance_words(most: int) -> str:
    """Say what the numbers are means of, and what is known of chance."""
    if most == 1:
        return tr("One replication: what chance does to these numbers is not known.")
    if most < FEWEST:
        return trn(
            "Means of {number} replication: too few for an interval (from {fewest} on), so what "
            "chance does to these numbers is not known.",
            "Means of {number} replications: too few for an interval (from {fewest} on), so what "
            "chance does to these numbers is not known.",
            most,
            fewest=FEWEST,
        )
    return trn(
        "Means of {number} replication; ± half of a {level} interval (Student t), in brackets "
        "where it is cut off at 0 or 100 %; it is about chance alone, not about doubt in the "
        "assumptions.",
        "Means of {number} replications; ± half of a {level} interval (Student t), in brackets "
        "where it is cut off at 0 or 100 %; it is about chance alone, not about doubt in the "
        "assumptions.",
        most,
        level=points(LEVEL),
    )


def _draws_words(number: int) -> str:
    """Say what the numbers of draws are."""
    if number < FEWEST_DRAWS:
        return tr(
            "Middle of {draws} draws; in brackets the lowest and the highest. More draws are "
            "needed for a range that can be relied on.",
            draws=grouped(number),
        )
    return tr(
        "Middle of {draws} draws of everything that nobody knows, each with luck of its own; in "
        "brackets the range in which {inside} of draws lie. It is about doubt in the assumptions "
        "and chance together.",
        draws=grouped(number),
        inside=points(INSIDE),
    )


def _paired_words(replications: Sequence[Replications]) -> str:
    """Say what differences are taken from, and that they are paired."""
    if len(replications) == 1:
        return ""
    base = replications[reference(replications)]
    if any(r.seed != base.seed for r in replications):
        return tr("The seeds differ, so differences are not paired and not shown.")
    if base.drawn:
        return tr(
            "Differences are taken from {reference} draw by draw: the same assumptions, people and "
            "luck.",
            reference=quoted(base.scenario.title),
        )
    return tr(
        "Differences are paired (the same people with the same luck) and taken from {reference}; ≈ "
        "marks what is too small to matter.",
        reference=quoted(base.scenario.title),
    )
