"""The cohort as the processes read it: plain lists, one value per person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sim.people.cohort import Cohort
from sim.people.transfer import SUITABLE
from sim.scenario.dated import Span
from sim.world.alone import documents, first_stays, have_a_case, serving_from, ways_out


@dataclass(frozen=True)
class People:
    """Lists over people, in order of arrival; days count from the scenario's start."""

    person: list[int]
    arrives: list[float]
    origin: list[int]
    children: list[bool]
    first_stay: list[int]
    serves_from: list[float]
    end: list[float]
    leaves: list[float]
    ending: list[int]
    way_out: list[int]
    death: list[float]
    selected: list[float]
    selection_days: list[float]
    unsuitable: list[bool]
    own_wish: list[bool]
    eligible_until: list[float]
    needs_case: list[bool]
    case_opens: list[float]
    case_work_days: list[float]
    document_at: list[float]
    prospect_until: list[float]
    document_delay: list[float]
    travel_luck: list[float]
    willing: list[bool]
    protected: list[bool]
    luck: list[float]
    escort_days: list[float]
    direct: list[bool]
    detained: list[bool]
    detained_abroad: list[bool]
    review_days: list[float]
    detention_limit: list[float]
    removal_days: list[float]
    absconds_after: list[float]
    settled_after: list[float]
    settled_as: list[int]
    waits_outside: list[bool]
    never_reports: list[bool]
    lives_elsewhere: list[bool]
    tagged: list[bool]
    tolerated: list[bool]
    permit_at: list[float]
    stays_in_host: list[bool]
    asks_asylum: list[bool]
    asylum_days: list[float]

    @classmethod
    def of(cls, cohort: Cohort, travel: Sequence[Span]) -> People:
        """Read the columns of a cohort, with the share of departures that can take place."""
        arrived, sentence, after = cohort.arrived, cohort.sentence, cohort.after
        eligibility = cohort.eligibility
        seen, document_at = documents(cohort, travel)
        columns = {
            "person": arrived.person,
            "arrives": sentence.arrives,
            "origin": arrived.origin,
            "children": arrived.children,
            "first_stay": first_stays(cohort),
            "serves_from": serving_from(cohort),
            "end": sentence.end,
            "leaves": sentence.leaves,
            "ending": sentence.ending,
            "way_out": ways_out(cohort, travel),
            "death": sentence.death,
            "willing": sentence.willing,
            "selected": eligibility.selected,
            "selection_days": eligibility.selection_days,
            "unsuitable": (eligibility.unsuitable != SUITABLE) | (eligibility.refused != SUITABLE),
            "own_wish": eligibility.own_wish,
            "eligible_until": eligibility.until,
            "needs_case": have_a_case(cohort),
            "document_at": document_at,
            "prospect_until": seen,
            "detention_limit": _detention_limit(cohort),
        }
        own = {f.name: getattr(after, f.name) for f in fields(cls) if f.name not in columns}
        return cls(**{name: column.tolist() for name, column in {**columns, **own}.items()})


@dataclass(frozen=True)
class Altered:
    """What serving abroad would make of each, as lists over the same people."""

    willing: list[bool]
    document_delay: list[float]
    luck: list[float]
    detention_limit: list[float]
    waits_outside: list[bool]
    never_reports: list[bool]
    lives_elsewhere: list[bool]
    tolerated: list[bool]
    permit_at: list[float]
    absconds_after: list[float]
    settled_after: list[float]
    settled_as: list[int]

    @classmethod
    def of(cls, cohort: Cohort) -> Altered:
        """Read the columns of a cohort that has served abroad, and no others."""
        columns = {
            "willing": cohort.sentence.willing,
            "detention_limit": _detention_limit(cohort),
        }
        own = {f.name: getattr(cohort.after, f.name) for f in fields(cls) if f.name not in columns}
        return cls(**{name: column.tolist() for name, column in {**columns, **own}.items()})


def _detention_limit(cohort: Cohort) -> NDArray[np.float64]:
    # Someone willing keeps a prospect of leaving; what a review can end is the detention.
    limit = cohort.after.detention_limit
    reviewed = np.minimum(limit, cohort.after.review_days)
    return np.where(cohort.sentence.willing, reviewed, limit)
