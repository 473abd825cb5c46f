"""The cohort as the processes read it: plain lists, one value per person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.people.arrivals import THIRD_COUNTRY
from sim.people.cohort import Cohort
from sim.people.sentence import RELEASED
from sim.people.transfer import SUITABLE


@dataclass(frozen=True, slots=True)
class People:
    """Lists over people, in order of arrival; days count from the scenario's start."""

    person: list[int]
    arrives: list[float]
    origin: list[int]
    children: list[bool]
    expelled: list[bool]
    remanded: list[bool]
    custody: list[float]
    final: list[float]
    end: list[float]
    leaves: list[float]
    ending: list[int]
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
    document_delay: list[float]
    willing: list[bool]
    protected: list[bool]
    luck: list[float]
    escort_days: list[float]
    unregistered: list[bool]
    direct: list[bool]
    detained: list[bool]
    detained_abroad: list[bool]
    review_days: list[float]
    detention_limit: list[float]
    absconds_after: list[float]
    settled_after: list[float]
    settled_by_permit: list[bool]
    waits_outside: list[bool]
    never_reports: list[bool]
    leaver: list[bool]
    stays_in_kosovo: list[bool]
    asks_asylum: list[bool]
    asylum_days: list[float]

    @classmethod
    def of(cls, cohort: Cohort) -> People:
        """Read the columns of a cohort."""
        arrived, sentence, after = cohort.arrived, cohort.sentence, cohort.after
        eligibility = cohort.eligibility
        third = arrived.group == THIRD_COUNTRY
        known = after.case_opens + after.document_delay
        # Someone willing keeps a prospect of leaving; what a review can end is the detention.
        limit = after.detention_limit
        limit = np.where(sentence.willing, np.minimum(limit, after.review_days), limit)
        columns = {
            "person": arrived.person,
            "arrives": sentence.arrives,
            "origin": arrived.origin,
            "children": arrived.children,
            "expelled": arrived.expelled,
            "remanded": sentence.remanded,
            "custody": sentence.custody,
            "final": sentence.final,
            "end": sentence.end,
            "leaves": sentence.leaves,
            "ending": sentence.ending,
            "death": sentence.death,
            "willing": sentence.willing,
            "selected": eligibility.selected,
            "selection_days": eligibility.selection_days,
            "unsuitable": eligibility.unsuitable != SUITABLE,
            "own_wish": eligibility.own_wish,
            "eligible_until": eligibility.until,
            "needs_case": third & (sentence.ending == RELEASED),
            "document_at": np.where(third, np.inf, known),
            "detention_limit": limit,
        }
        own = {name: getattr(after, name) for name in cls.__slots__ if name not in columns}
        return cls(**{name: column.tolist() for name, column in {**columns, **own}.items()})
