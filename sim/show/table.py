"""The short answer on the terminal: sentences, and a table with intervals and differences."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import TYPE_CHECKING

import numpy as np

from sim.results.outcomes import OUTCOMES
from sim.show.agreement import others, reference, term_words
from sim.show.data import outcome
from sim.show.selected import OF_COST, SELECTED, idle
from sim.show.verdicts import verdict_of
from sim.show.words import MINUS, MISSING, NO_BREAK, counted, quoted
from sim.statistics.intervals import FEWEST, LEVEL, Estimate, estimate
from sim.statistics.pairs import NEGLIGIBLE, Difference, difference

if TYPE_CHECKING:
    from sim.experiment.replicate import Replications

#: Width of the terminal that the table of two scenarios fits.
WIDTH = 100
_TITLE, _CELL, _BESIDE = 43, 17, 2
_UNITS = {"share": "%", "EUR million": "EUR m"}


@dataclass(frozen=True)
class Row:
    """One outcome, for each scenario, and its difference from the reference."""

    name: str
    title: str
    unit: str
    definition: str
    cells: tuple[Estimate, ...]
    differences: tuple[Difference | None, ...]
    """One for each scenario; None for the reference, and if the seeds differ: nothing pairs."""
    negligible: tuple[bool, ...]
    """For each scenario whether its difference is judged, and found too small to matter."""

    @property
    def printed_unit(self) -> str:
        """The unit of the numbers as printed."""
        return _UNITS.get(self.unit, self.unit)

    def cell(self, number: int) -> str:
        """Return mean and half-width of a scenario as text; an interval that is cut off in full."""
        return self._text(self.cells[number], signed=False)

    def difference(self, number: int) -> str:
        """Return the difference of a scenario (1 is the second) from the reference as text.

        One that is too small to matter is marked: ≈.
        """
        found = self.differences[number]
        if found is None or not isfinite(found.mean):
            return MISSING
        if found.exact:
            return "same"
        text = self._text(found, signed=True)
        return f"≈ {text}" if self.negligible[number] and text[0] != "≈" else text

    def _text(self, found: Estimate, *, signed: bool) -> str:
        if not isfinite(found.mean):
            return MISSING
        factor = 100 if self.unit == "share" else 1
        mean, half = factor * found.mean, None if found.half is None else factor * found.half
        decimals = self._decimals(half)
        smallest = 0.5 * 10.0**-decimals
        if signed and abs(mean) < smallest and (half or 0) < smallest:
            return "≈ 0"
        text = f"{abs(mean):,.{decimals}f}"
        if abs(mean) >= smallest:
            text = f"{MINUS if mean < 0 else '+' if signed else ''}{text}"
        if half is None:
            return text
        low, high = mean - half, mean + half
        if self.unit == "share" and not signed and (low < 0 or high > self._most):
            return _within(text, max(low, 0.0), min(high, self._most), decimals)
        return f"{text} ± {half:,.{decimals}f}"

    @property
    def _most(self) -> float:
        """The most that a share can be, in per cent: an occupancy may exceed 100."""
        return inf if self.name.endswith("_occupancy") else 100.0

    def _decimals(self, half: float | None) -> int:
        """Return the decimals that fit the size of the row, one more if a half-width vanishes."""
        factor = 100 if self.unit == "share" else 1
        sizes = [abs(cell.mean) * factor for cell in self.cells if isfinite(cell.mean)]
        largest = max(sizes, default=0.0)
        decimals = 1 if self.unit in ("share", "days") else 0 if largest >= 100 else 1
        if self.unit == "ratio" or (largest < 1 and largest > 0):
            decimals = 2
        too_small = half is not None and 0 < half < 0.5 * 10.0**-decimals
        return decimals + 1 if too_small else decimals


def summary(replications: Sequence[Replications], names: Iterable[str] | None = None) -> list[Row]:
    """Return the rows of the short table.

    Parameters
    ----------
    replications
        Scenarios; differences are taken from the reference (`sim.show.agreement`).
    names
        Which outcomes; those of `SELECTED` by default. What no scenario has (a rented prison,
        people who stay in the host state) is left out.

    Returns
    -------
    list of Row
        Means over replications with the half-width of their 95 % Student-t intervals, and
        differences paired by replication: the same seed means the same people.
    """
    chosen = [name for group in SELECTED.values() for name in group] if names is None else names
    known, told = {o.name: o for o in OUTCOMES}, replications[0].scenario.told
    measured = set(replications[0].lent("outcomes")["outcome"]) - idle(replications)
    base, verdicts = reference(replications), verdict_of(replications)
    rows = []
    for name in chosen:
        if name not in known or name not in measured:
            continue
        values = [outcome(r, name) for r in replications]
        rows.append(
            Row(
                name,
                told(known[name].title),
                known[name].unit,
                told(known[name].definition),
                tuple(map(estimate, values)),
                tuple(_paired(replications, values, n, base) for n in range(len(values))),
                tuple(verdicts.get((r.scenario.name, name)) == NEGLIGIBLE for r in replications),
            )
        )
    return rows


def by_question(
    replications: Sequence[Replications],
) -> tuple[list[tuple[str, list[Row]]], list[Row]]:
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
) -> Difference | None:
    if number == base or replications[number].seed != replications[base].seed:
        return None
    return difference(values[number], values[base])


def _within(mean: str, low: float, high: float, decimals: int) -> str:
    """Write a mean with an interval that is cut off at what is possible, as finely as fits."""
    text = f"{mean} ({low:,.{decimals}f}–{high:,.{decimals}f})"
    if len(text) > _CELL and decimals:
        return _within(mean, low, high, decimals - 1)
    return text


def as_text(replications: Sequence[Replications]) -> str:
    """Return the answer in sentences and the short table, for a terminal.

    Two scenarios stand side by side with their difference within 100 columns; of more, each
    further one is a pair of columns, in blocks of two.
    """
    from sim.show.answer import sentences

    lines = []
    for sentence in sentences(replications):
        lines += _wrapped(sentence)
    rows = {row.name: row for row in summary(replications)}
    for columns in _blocks(replications):
        lines += ["", *_block(replications, rows, columns)]
    return "\n".join([*lines, "", *_wrapped(legend(replications))])


def _wrapped(text: str) -> list[str]:
    """Wrap a text so that no number loses its sign or its unit."""
    tied = text.replace(" %", f"{NO_BREAK}%").replace(" ± ", f"{NO_BREAK}±{NO_BREAK}")
    return [line.replace(NO_BREAK, " ") for line in textwrap.wrap(tied, WIDTH)]


#: A column of the table: the number of a scenario, and whether it is its difference.
_Column = tuple[int, bool]


def _blocks(replications: Sequence[Replications]) -> list[list[_Column]]:
    """Share columns out over blocks that fit the width; of many, the reference comes first."""
    if len(replications) <= 2:
        plain = [(n, False) for n in range(len(replications))]
        return [plain + [(n, True) for n in others(replications)]]
    columns = [(reference(replications), False)]
    for n in others(replications):
        columns += [(n, False), (n, True)]
    blocks = [columns[:3]]
    rest = columns[3:]
    return [*blocks, *(rest[n : n + 2] for n in range(0, len(rest), 2))]


def _block(
    replications: Sequence[Replications], rows: dict[str, Row], columns: Sequence[_Column]
) -> list[str]:
    heads = [_head(replications, column) for column in columns]
    tall = max(map(len, heads))
    heads = [[""] * (tall - len(head)) + head for head in heads]
    lines = [_line("", [head[n] for head in heads]) for n in range(tall)]
    wide = _TITLE + len(columns) * (_CELL + _BESIDE)
    for question, names in SELECTED.items():
        mine = [rows[name] for name in names if name in rows]
        if mine:
            lines += ["-" * wide, question]
            if question == OF_COST and (note := term_words(replications)):
                lines += [f"  {line}" for line in textwrap.wrap(note, min(wide, WIDTH) - 2)]
        for row in mine:
            texts = [row.difference(n) if diff else row.cell(n) for n, diff in columns]
            first, *more = textwrap.wrap(f"{row.title}, {row.printed_unit}", _TITLE - 2)
            lines.append(_line(f"  {first}", texts))
            lines += [f"    {rest}" for rest in more]
    return lines


def _head(replications: Sequence[Replications], column: _Column) -> list[str]:
    number, difference = column
    text = replications[number].scenario.title
    if difference and len(replications) > 2:
        text = f"difference from {replications[reference(replications)].scenario.title}"
    elif difference:
        text = "difference: the "
        text += "second minus the first" if number else "first minus the second"
    return textwrap.wrap(text, _CELL, max_lines=4, placeholder=" …")


def _line(title: str, cells: Sequence[str]) -> str:
    beside = " " * _BESIDE
    return (f"{title:<{_TITLE}}" + "".join(f"{beside}{c:>{_CELL}}" for c in cells)).rstrip()


def legend(replications: Sequence[Replications]) -> str:
    """Say what the numbers are."""
    first = replications[0]
    time = first.scenario.time
    text = f"Observed: {time.observe_from} until {time.observe_until}; seed {first.seed}. "
    most = max(r.number for r in replications)
    if most == 1:
        return text + "One replication: what chance does to these numbers is not known."
    if most < FEWEST:
        return text + (
            f"Means of {counted(most, 'replication')}: too few for an interval (from "
            f"{FEWEST} on), so what chance does to these numbers is not known. "
            f"{_paired_words(replications)}{MISSING}: does not exist there."
        )
    text += (
        f"Means of {counted(most, 'replication')}; ± half of a {LEVEL:.0%} interval".replace(
            "%", " %"
        )
        + " (Student t), in brackets where it is cut off at 0 or 100 %; it is about chance "
        "alone, not about doubt in the assumptions. "
    )
    return text + f"{_paired_words(replications)}{MISSING}: does not exist there."


def _paired_words(replications: Sequence[Replications]) -> str:
    """Say what differences are taken from, and that they are paired."""
    if len(replications) == 1:
        return ""
    base = replications[reference(replications)]
    if any(r.seed != base.seed for r in replications):
        return "The seeds differ, so differences are not paired and not shown. "
    return (
        f"Differences are paired (the same people with the same luck) and taken from "
        f"{quoted(base.scenario.title)}; ≈ marks what is too small to matter. "
    )
