"""The head of the page: what was compared, what agrees, what does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.analysis.validation import AGREES, MISSED, SET

#: Cases of which figures are published, and the section that lays the model beside them.
CASES = (("Gjilan, before the agreement", "hindcast"), ("Norgerhaven", "norgerhaven"),
         ("Tilburg", "tilburg"))  # fmt: skip

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def in_short(said: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Count verdicts over what the sections said."""
    here, there = said["hindcast"]["topics"], said["norgerhaven"]["topics"]
    judged = _count(here, AGREES, SET, MISSED)
    return {
        "figures": judged,
        "norgerhaven": _count(there, AGREES, SET, MISSED),
        "agree": _count(here, AGREES),
        "bounds": sum(
            row["verdict"] == AGREES and row["compare"] != "equal"
            for rows in here.values()
            for row in rows
        ),
        "set": _count(here, SET),
        "missed": _count(here, MISSED),
        "norgerhaven_missed": _count(there, MISSED),
        "ensemble_missed": sum(row["together"] for row in said["calibration"]["roles"]),
        "topics_missed": list(_topics_missed(here)),
        "cases": [_case(name, said[section]["topics"]) for name, section in CASES],
    }


def _case(name: str, topics: Rows) -> dict[str, Any]:
    """Count the figures of a case: those that test it, and those that it was set with."""
    judged = [
        (bool(row["used_to_set"]), row["verdict"] == MISSED)
        for rows in topics.values()
        for row in rows
        if row["verdict"] in (AGREES, SET, MISSED)
    ]
    tests, misses = ([of_set for of_set, missed in judged if missed or every]
                     for every in (True, False))  # fmt: skip
    return {
        "name": name,
        "tests": tests.count(False),
        "missed": misses.count(False),
        "set": tests.count(True),
        "set_missed": misses.count(True),
    }


def _count(topics: Rows, *verdicts: str) -> int:
    return sum(row["verdict"] in verdicts for rows in topics.values() for row in rows)


def _topics_missed(topics: Rows) -> Iterator[tuple[str, int, int]]:
    """Yield each topic with a miss, how many of its figures are missed, and of how many."""
    for topic, rows in topics.items():
        if missed := _count({topic: rows}, MISSED):
            yield topic, missed, len(rows)
