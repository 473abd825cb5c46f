"""The short answer of a run: a few sentences and one table, in plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.results.outcomes import OUTCOMES
from sim.show import words
from sim.show.data import Floats, mean_outcome, outcome

if TYPE_CHECKING:
    from sim.experiment.replicate import Replications

#: Outcomes of the table, in its order; the report shows all.
SHOWN = (
    "rented_prison_people",
    "rented_prison_fill",
    "transfer_queue",
    "transfer_wait_days",
    "document_queue",
    "document_wait_days",
    "danish_occupancy",
    "prisoners_per_officer",
    "detained",
    "departure_centre_people",
    "limbo",
    "held_after_sentence_days",
    "removed_1y",
    "absconded_1y",
    "agreement_cost",
    "agreement_cost_per_used_day",
)
QUEUES = ("transfer_queue", "document_queue", "case_worker_queue")
COLUMN = 22
#: A difference that is not exactly zero, but too small to write.
NEARLY = "≈ 0"


@dataclass(frozen=True)
class Estimate:
    """A mean over replications with the half-width of its 95 % confidence interval."""

    mean: float
    """NaN if no replication has a value."""
    half: float
    """NaN with fewer than two replications."""
    constant: bool
    """Whether every replication has the same value."""


@dataclass(frozen=True)
class Row:
    """One outcome: an estimate for each scenario, and paired differences from the first."""

    name: str
    title: str
    unit: str
    definition: str
    values: tuple[Estimate, ...]
    differences: tuple[Estimate, ...]


def estimate(values: Floats) -> Estimate:
    """Estimate a mean from one value per replication, by Student's t.

    Parameters
    ----------
    values
        One value per replication; NaN where a replication has none.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return Estimate(np.nan, np.nan, False)
    constant = bool(np.all(known == known[0]))
    if len(known) < 2:
        return Estimate(float(known.mean()), np.nan, constant)
    from scipy.special import stdtrit

    half = stdtrit(len(known) - 1, 0.975) * known.std(ddof=1) / np.sqrt(len(known))
    return Estimate(float(known.mean()), float(half), constant)


def summary(replications: Sequence[Replications], names: Sequence[str] = SHOWN) -> list[Row]:
    """Return the rows of the table.

    Parameters
    ----------
    replications
        Scenarios; with the same seed, the first is compared with each of the others replication
        by replication.
    names
        Outcomes, by name.
    """
    first = replications[0]
    rows = []
    for about in OUTCOMES:
        if about.name not in names:
            continue
        columns = [outcome(r, about.name) for r in replications]
        paired = [
            estimate(_difference(columns[0], column))
            for r, column in zip(replications[1:], columns[1:], strict=True)
            if r.seed == first.seed
        ]
        rows.append(
            Row(
                about.name, about.title, about.unit, about.definition,
                tuple(map(estimate, columns)), tuple(paired),
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: names.index(row.name))


def _difference(first: Floats, other: Floats) -> Floats:
    size = min(len(first), len(other))
    return other[:size] - first[:size]


def shown(value: Estimate, unit: str, *, signed: bool = False) -> str:
    """Write an estimate as `210 ± 3`; shares in per cent, missing as a dash."""
    if not np.isfinite(value.mean):
        return words.MISSING
    if signed and value.constant and value.mean == 0:
        return "0"
    factor = 100 if unit == "share" else 1
    mean, half = factor * value.mean, factor * value.half
    places = _places(mean, half)
    if signed and round(mean, places) == 0 and not round(half, places) > 0:
        return NEARLY
    text = f"{mean:{'+' if signed else ''},.{places}f}".replace("-", "\u2212")
    if np.isfinite(half) and half > 0:
        text += f" ± {half:,.{places}f}"
    return text + ((" pts" if signed else " %") if unit == "share" else "")


def _places(mean: float, half: float) -> int:
    """Decimals that the half-width (or without one, the size) makes worth writing."""
    size = half if np.isfinite(half) and half > 0 else abs(mean) / 100
    return int(np.clip(np.ceil(-np.log10(size)) if size > 0 else 0, 0, 2))


def as_text(replications: Sequence[Replications]) -> str:
    """Write the answer as plain text: sentences, then the table."""
    rows = summary(replications)
    lines = [textwrap.fill(sentence, 98) for sentence in sentences(replications)]
    titles = [r.scenario.title for r in replications]
    compared = len(rows[0].differences)
    heads = [*titles, *(["difference"] if compared == 1 else [f"{t}: diff." for t in titles[1:]])]
    heads = heads[: len(titles) + compared]
    width = max(len(label(row)) for row in rows) + 1
    wrapped = [textwrap.wrap(head, COLUMN - 2) for head in heads]
    depth = max(map(len, wrapped))
    for level in range(depth):
        cells = [w[level - depth + len(w)] if level >= depth - len(w) else "" for w in wrapped]
        lines.append(" " * width + "".join(f"{cell:>{COLUMN}}" for cell in cells))
    lines.insert(len(lines) - depth, "")
    for row in rows:
        cells = [shown(value, row.unit) for value in row.values]
        cells += [shown(value, row.unit, signed=True) for value in row.differences]
        lines.append(f"{label(row):<{width}}" + "".join(f"{cell:>{COLUMN}}" for cell in cells))
    return "\n".join([*lines, "", textwrap.fill(reading(replications), 98)])


def label(row: Row) -> str:
    """Return the title of a row, with its unit where that is not plain from the cells."""
    return row.title if row.unit in ("share", "persons", "ratio") else f"{row.title}, {row.unit}"


def reading(replications: Sequence[Replications]) -> str:
    """Say which period the numbers speak of, and what the intervals are."""
    first = replications[0]
    time = first.scenario.time
    period = f"{time.observe_from:%-d %B %Y} until {time.observe_until:%-d %B %Y}"
    if first.number == 1:
        return f"Observed period: {period}. One replication: what chance does to it is not shown."
    return (
        f"Observed period: {period}. Means over {first.number} replications, ± half of the 95 % "
        "confidence interval: chance alone. What nobody knows (the ranges of the assumptions) is "
        "not in it. Differences are paired (the same people, the same luck); pts: percentage "
        "points."
    )


def sentences(replications: Sequence[Replications]) -> list[str]:
    """Say in a few sentences where the queues are and how long people are held."""
    first = replications[0]
    said = [_queue_sentence(first), _held_sentence(first)]
    said += [_change_sentence(first, other) for other in replications[1:]]
    return [sentence for sentence in said if sentence]


def _queue_sentence(r: Replications) -> str:
    lengths = {name: mean_outcome(r, name) for name in QUEUES}
    titles = {about.name: about.title for about in OUTCOMES}
    order = sorted(lengths, key=lambda name: -lengths[name])
    parts = [f"{words.lower_first(titles[n])} ({words.people(lengths[n])})" for n in order]
    text = (
        f"Queues in {words.quoted(r.scenario.title)}, people on average: {words.listed(parts)}; "
        f"in limbo are {words.people(mean_outcome(r, 'limbo'))}."
    )
    fill = mean_outcome(r, "rented_prison_fill")
    if np.isfinite(fill):
        text += (
            f" {r.scenario.rented_prison.title} holds "
            f"{words.people(mean_outcome(r, 'rented_prison_people'))} people, "
            f"{words.percent(fill)} of its places."
        )
    return text


def _held_sentence(r: Replications) -> str:
    table = r.tables["durations"].groupby("stage", sort=False)["median_days"].mean()
    titles = words.stage_titles(r.scenario)
    parts = []
    for stage in ("rented_prison", "pre_removal_detention", "departure_centre", "limbo"):
        days = table.get(words.stage_key(r.scenario, stage), np.nan)
        if np.isfinite(days):
            parts.append(f"{titles[stage]} {words.span(float(days))}")
    held = mean_outcome(r, "held_after_sentence_days")
    after = (
        f" In the two years after the sentence third-country nationals are held for "
        f"{words.span(held)} on average."
        if np.isfinite(held)
        else ""
    )
    return f"Half of all stays are over after: {words.listed(parts)}.{after}" if parts else ""


def _change_sentence(first: Replications, other: Replications) -> str:
    """Say what differs between two scenarios, what does not, and what cannot be told."""
    rows = [row for row in summary([first, other]) if row.differences]
    if not rows:
        return ""
    known = [row for row in rows if np.isfinite(row.differences[0].mean)]
    nearly = [row for row in known if shown(row.differences[0], row.unit, signed=True) == NEARLY]
    differs = [row for row in known if row not in nearly and _told(row.differences[0])]
    same = [row for row in known if shown(row.differences[0], row.unit, signed=True) == "0"]
    unclear = [row for row in known if row not in (*differs, *same, *nearly)]
    parts = []
    if differs:
        each = [
            f"{words.lower_first(row.title)} {shown(row.differences[0], row.unit, signed=True)}"
            for row in differs
        ]
        parts.append(f"different: {words.listed(each)}")
    for what, group in (
        ("exactly the same", same),
        ("the same but for a trace", nearly),
        ("no difference can be told", unclear),
    ):
        if group:
            titles = [words.lower_first(row.title) for row in group]
            parts.append(f"{what}: {words.listed(titles)}")
    names = f"{words.quoted(other.scenario.title)} against {words.quoted(first.scenario.title)}"
    return f"{names}; {'; '.join(parts)}."


def _told(difference: Estimate) -> bool:
    """Tell whether a difference stands out from chance."""
    if difference.constant:
        return difference.mean != 0
    return bool(abs(difference.mean) > difference.half)
