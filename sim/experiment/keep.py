"""What can be kept of a replication: tables by name, what their rows are, and their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.results import lives
from sim.results.fates import fate_table
from sim.results.waits import after_joining

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.published.vocabulary import Figure
    from sim.results.run import Run

#: The table of published figures, as the model has them.
PUBLISHED = "published"
#: The table that says where a queue has no end.
LOADS = "loads"
#: What is kept of every replication, whatever an experiment asks for; outcomes come first.
ALWAYS = ("outcomes", LOADS)


@dataclass(frozen=True)
class Kept:
    """A table that can be kept of each replication."""

    made: Callable[[Run, Sequence[Figure]], pd.DataFrame]
    row: str
    """What one row is."""
    columns: Mapping[str, str]
    """Type of every column, in the words of Arrow: the same in every cell, also an empty one."""
    of_first: bool = False
    """Whether it is kept of replication 0 alone."""

    def of(self, run: Run, figures: Sequence[Figure] = ()) -> pd.DataFrame:
        """Return the table of a replication; the figures are those that `published` measures."""
        return self.made(run, figures)


#: What comes first in every table: which replication of what a row belongs to.
LABELS = {"scenario": "string", "point": "int32", "replication": "int32"}

_MOMENT = "timestamp[ms]"
_DURATION = {
    "spells": "int64",
    "still_inside": "int64",
    "lower_quartile_days": "double",
    "median_days": "double",
    "upper_quartile_days": "double",
    "mean_days": "double",
    "limit_days": "double",
}
_WAIT = {
    "requests": "int64",
    "got": "int64",
    "ended_otherwise": "int64",
    "still_waiting": "int64",
    "median_days": "double",
}
_COLUMNS: dict[str, dict[str, str]] = {
    "outcomes": {"outcome": "string", "value": "double", "unit": "string"},
    LOADS: {"hands": "string", "year": "int64", "share": "double", "stable": "bool"},
    "census": {"date": _MOMENT, "stage": "string", "role": "string", "people": "double"},
    "occupancy": {
        "date": _MOMENT,
        "facility": "string",
        "role": "string",
        "people": "double",
        "places": "double",
        "occupancy": "double",
    },
    "queues": {"date": _MOMENT, "queue": "string", "people": "double"},
    "durations": {"stage": "string", "role": "string"} | _DURATION,
    "durations_by_origin": {"stage": "string", "role": "string", "origin": "string"} | _DURATION,
    "waits": {"queue": "string"} | _WAIT,
    "waits_by_origin": {"queue": "string", "origin": "string"} | _WAIT,
    "after_joining": {
        "queue": "string",
        "days_after_joining": "double",
        "at_risk": "int64",
        "waiting": "double",
        "got": "double",
        "ended_otherwise": "double",
    },
    "after_sentence": {
        "days_after_sentence": "double",
        "group": "string",
        "exit": "string",
        "share": "double",
    },
    "costs": {
        "year": "int64",
        "item": "string",
        "quantity": "double",
        "unit": "string",
        "currency": "string",
        "million": "double",
        "eur_million": "double",
        "present_eur_million": "double",
    },
    "lives": lives.LIVES,
    "steps": lives.STEPS,
    "fates": {
        "person": "int64",
        "group": "string",
        "origin": "string",
        "looked_at_days": "float",
        "rented_prison_days": "float",
        "next": "string",
        "fate": "string",
        "in_limbo": "bool",
        "limbo_days": "float",
        "held_after_days": "float",
        "held_days": "float",
        "sentence_to_serve_days": "float",
    },
    "spells": {
        "person": "int64",
        "track": "string",
        "stage": "string",
        "role": "string",
        "place": "string",
        "place_role": "string",
        "start": _MOMENT,
        "end": _MOMENT,
        "days": "double",
        "ended": "bool",
        "held": "bool",
        "days_after_sentence": "double",
    },
    "people": {
        "person": "int64",
        "group": "string",
        "origin": "string",
        "sex": "string",
        "age_years": "double",
        "children_in_sending_state": "bool",
        "judgment": _MOMENT,
        "final": _MOMENT,
        "sentence_days": "double",
        "fraction_to_serve": "double",
        "sentence_end": _MOMENT,
        "ending": "string",
        "willing": "bool",
        "protected": "bool",
        "eligible_from": _MOMENT,
        "document_requested": _MOMENT,
        "document_issued": _MOMENT,
    },
    PUBLISHED: {"figure": "string", "value": "double"},
    "exits": {
        "person": "int64",
        "exit": "string",
        "date": _MOMENT,
        "from_stage": "string",
        "from_role": "string",
        "from_place": "string",
        "from_place_role": "string",
        "days_after_sentence": "double",
        "escorted": "bool",
    },
}


def _published(run: Run, figures: Sequence[Figure]) -> pd.DataFrame:
    from sim.results.published.measure import published

    return published(run, figures)


def _outcomes(run: Run) -> pd.DataFrame:
    import pandas as pd

    from sim.results.outcomes import OUTCOMES, outcomes_of

    values = outcomes_of(run)
    return pd.DataFrame(
        {
            "outcome": [outcome.name for outcome in OUTCOMES],
            "value": pd.array([values[o.name] for o in OUTCOMES], dtype="Float64"),
            "unit": [outcome.unit for outcome in OUTCOMES],
        }
    )


def _loads(run: Run) -> pd.DataFrame:
    import pandas as pd

    from sim.world.load import offered_load

    loads = offered_load(run.scenario)
    return pd.DataFrame(
        {
            "hands": [load.hands for load in loads],
            "year": [load.year for load in loads],
            "share": [load.share for load in loads],
            "stable": [load.stable for load in loads],
        }
    )


def _after_sentence(run: Run) -> pd.DataFrame:
    import pandas as pd

    from sim.statistics.survival import EmptySample

    try:
        return run.after_sentence(by="group")
    except EmptySample:
        columns = {"days_after_sentence": float, "group": str, "exit": str, "share": float}
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


_MADE: dict[str, tuple[Callable[[Run], pd.DataFrame], str]] = {
    "outcomes": (_outcomes, "one outcome of one replication; missing where it does not exist"),
    LOADS: (
        _loads,
        "how much of their time some hands are asked for in the busiest year, by the scenario",
    ),
    "census": (
        lambda run: run.census(whole=True),
        "people in one stage on the first of a month",
    ),
    "occupancy": (
        lambda run: run.occupancy(whole=True),
        "one facility on the first of a month",
    ),
    "queues": (lambda run: run.queues(whole=True), "one queue on the first of a month"),
    "durations": (lambda run: run.durations(), "how long one stage lasts"),
    "durations_by_origin": (
        lambda run: run.durations(by="origin"),
        "how long one stage lasts for one origin",
    ),
    "waits": (lambda run: run.waits(), "how long it takes to get what one queue is for"),
    "waits_by_origin": (
        lambda run: run.waits(by="origin"),
        "how long it takes people of one origin to get what one queue is for",
    ),
    "after_joining": (
        after_joining,
        "what became of those who joined one queue, or limbo, some days later",
    ),
    "after_sentence": (
        _after_sentence,
        "cumulative share that left by one exit, some days after the sentence",
    ),
    "costs": (lambda run: run.costs(), "one item of cost in one calendar year"),
    "fates": (
        fate_table,
        "a third-country national two years after a sentence that ended in the period",
    ),
    "spells": (lambda run: run.spells, "one spell of one person"),
    "people": (lambda run: run.people, "one person"),
    "exits": (lambda run: run.exits, "the exit of one person"),
}


def _plain(of: Callable[[Run], pd.DataFrame]) -> Callable[[Run, Sequence[Figure]], pd.DataFrame]:
    return lambda run, _figures: of(run)


#: What stories are told from: of one replication, as it is long.
_OF_FIRST: dict[str, tuple[Callable[[Run], pd.DataFrame], str]] = {
    "lives": (lives.lives, "one person whose story can be told, as drawn (replication 0)"),
    "steps": (lives.steps, "one step in the life of such a person (replication 0)"),
}

#: Tables by name; `outcomes` comes first.
TABLES = {
    name: Kept(_plain(of), row, LABELS | _COLUMNS[name], name in _OF_FIRST)
    for name, (of, row) in (_MADE | _OF_FIRST).items()
} | {
    PUBLISHED: Kept(
        _published,
        "one published figure as the model has it; missing where the run does not simulate it",
        LABELS | _COLUMNS[PUBLISHED],
    )
}

#: Where to find what was a table once.
MOVED = {
    "term": "when the rented prison is open is said by the outcomes rented_prison_opens_days and "
    "rented_prison_closes_days"
}

#: Tables that figures and the report are made of.
KEPT = (
    "outcomes",
    "census",
    "occupancy",
    "queues",
    "durations",
    "durations_by_origin",
    "waits",
    "waits_by_origin",
    "after_joining",
    "after_sentence",
    "costs",
    "fates",
    "lives",
    "steps",
)
