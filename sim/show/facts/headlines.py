"""The main numbers of a comparison, and how sure they are: what a brief says on its first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.language import tr, trn
from sim.numbers import percent, whole_day
from sim.show.facts.agreement import pair_of, reference
from sim.show.facts.ranges import (
    Change,
    chance_difference_range,
    chance_range,
    difference_range,
    outcome_range,
)
from sim.show.facts.table import OutcomeRow, summary
from sim.statistics.ranges import FEWEST, Range

if TYPE_CHECKING:
    from datetime import date

    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario
    from sim.show.facts.assumptions import Assumption

#: The outcomes that a brief tells, in the order in which they are read.
HEADLINES = (
    "total_cost",
    "agreement_cost",
    "places_freed_gross",
    "places_freed_net",
    "home_occupancy",
    "held_after_sentence_days",
    "removed_1y",
    "limbo",
)
#: Of these, the ones whose range is held against that of chance.
_WEIGHED = ("total_cost", "places_freed_net")


@dataclass(frozen=True)
class Headline:
    """One of the main numbers, as it is printed."""

    title: str
    unit: str
    cells: tuple[str, ...]
    """What each scenario has."""
    difference: str
    """What changes; empty if nothing is compared."""
    chance: str
    """The same if assumptions were known and only chance were left; empty if that is not known."""


def pair(replications: Sequence[Replications]) -> list[Replications]:
    """Return what a brief is about: a scenario, and the one with which it is compared, if any."""
    first, *beside = pair_of(replications)
    if beside == [reference(replications)] or not beside:
        return [replications[n] for n in (first, *beside)]
    return [replications[n] for n in (*beside, first)]  # the reference was given first


def headlines(compared: Sequence[Replications]) -> list[Headline]:
    """Return the main numbers of one scenario, or of one and what it is compared with.

    Parameters
    ----------
    compared
        What `pair` gives.
    """
    found = []
    for row in summary(compared, HEADLINES):
        cells = tuple(row.cell(n) for n in range(len(compared)))
        change = row.difference(0) if len(compared) > 1 else ""
        found.append(
            Headline(row.title, row.printed_unit, cells, change, _by_chance(row, compared))
        )
    return found


def _by_chance(row: OutcomeRow, compared: Sequence[Replications]) -> str:
    """Return the number again, of the replications in which nothing but chance differs."""
    if any(r.chance is None for r in compared):
        return ""
    _, alone = _ranges(row.name, compared)
    if isinstance(alone, Change):
        return replace(row, differences=(alone, None)).difference(0)
    return replace(row, cells=(alone,)).cell(0)


def _ranges(name: str, compared: Sequence[Replications]) -> tuple[Range, Range]:
    """Return the range of a number, or of what changes in it, and the same by chance alone."""
    if len(compared) == 1:
        return outcome_range(compared[0], name), chance_range(compared[0], name)
    other, base = compared
    return difference_range(base, other, name), chance_difference_range(base, other, name)


def how_sure(compared: Sequence[Replications]) -> list[str]:
    """Say what the ranges hold, and what part of them chance alone would make."""
    first = compared[0]
    if not first.drawn:
        return [tr("Doubt about the assumptions is in no number here.")]
    said = [
        tr("A draw is one set of assumptions that the evidence allows, with chance of its own."),
        tr("The draws are the same in both scenarios, so that a difference is due to the scenario.")
        if len(compared) > 1
        else "",
    ]
    said += [_part_of_chance(row, compared) for row in summary(compared, _WEIGHED)]
    return [sentence for sentence in said if sentence]


def _part_of_chance(row: OutcomeRow, compared: Sequence[Replications]) -> str:
    """Say how wide the range would be if the assumptions were known."""
    if any(r.chance is None or r.chance.number < FEWEST for r in compared):
        return ""
    whole, alone = _ranges(row.name, compared)
    if not whole.high > whole.low:
        return ""
    return tr(
        "If the assumptions were known, chance alone would leave {share} of the width of the range "
        "of “{number}”.",
        share=percent((alone.high - alone.low) / (whole.high - whole.low)),
        number=row.title,
    )


def unknowable(world: Scenario, rows: Sequence[Assumption], made: date) -> list[str]:
    """Say what no draw can answer: what nobody has read, what is contested, what has not been."""
    assumed = sum(row.status in ("assumption", "no record") for row in rows)
    contested = sum(bool(row.contested) for row in rows)
    said = [
        tr(
            "Of {all} entries of evidence, {assumed} are assumptions without a source.",
            all=len(rows), assumed=assumed,
        )
    ]  # fmt: skip
    if contested:
        said.append(
            trn(
                "{number} entry is contested: the annex says by whom.",
                "{number} entries are contested: the annex says by whom.",
                contested,
            )
        )
    opens = world.rented_prison.opens
    if world.rented_prison.in_use and opens > made:
        said.append(
            tr(
                "{prison} opens on {day} at the earliest, so that nothing of it has been observed.",
                prison=world.rented_prison.title, day=whole_day(opens),
            )
        )  # fmt: skip
    said.append(tr("Whether laws or states act otherwise than today is in no number."))
    return said
