"""What a scenario takes over from a file that is about another country, and what of it is nonsense.

A file is about the sending and the host state that it names, or that the files below it do. What
stands in a country's file is about the sending state alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.scenario.cases import COUNTRY
from sim.scenario.errors import Problem

#: The days of steps in a dotted key.
DAYS = re.compile(r"\[[^\]]*\]|@[\d-]*$")
#: Sections that are about the host state, whoever sends people there.
OF_HOST = ("host", "staying")
#: Names of places: those of another country are nobody's elsewhere.
NAMES = (
    "rented_prison.key", "rented_prison.title", "detention.key", "detention.title",
    "departure_centre.key", "departure_centre.title",
)  # fmt: skip


@dataclass(frozen=True)
class Lender:
    """The states that a file is about."""

    sending: str
    host: str

    @property
    def named(self) -> str:
        """Its name for people."""
        return f"{self.sending} and {self.host}" if self.host else self.sending


def lenders(
    files: Sequence[Path], told: Mapping[Path, Mapping[str, Any]]
) -> tuple[Lender, dict[str, Lender]]:
    """Return the states that a scenario is about, and those of each file that is about others.

    Parameters
    ----------
    files
        A file and those it extends, in order.
    told
        What each file says of `countries`.
    """
    of_file: dict[str, Lender] = {}
    sending = host = ""
    for file in reversed(files):
        names = told[file]
        sending, host = str(names.get("sending", sending)), str(names.get("host", host))
        of_file[str(file)] = Lender(sending, "" if file.name == COUNTRY else host)
    mine = Lender(sending, host)
    others = {
        file: lender
        for file, lender in of_file.items()
        if lender.sending != mine.sending or (lender.host and lender.host != mine.host)
    }
    return mine, others


def borrowed(origin: Mapping[str, str], others: Mapping[str, Lender]) -> dict[str, Lender]:
    """Return the keys that have their values from a file about another country, and whose it is."""
    return {key: others[file] for key, file in origin.items() if file in others}


def is_at_or_below(key: str, above: str) -> bool:
    """Tell whether a value lies at a key or below it, whatever the days of its steps."""
    plain = DAYS.sub("", key)
    return plain == above or plain.startswith(f"{above}.")


def kept(taken: Mapping[str, str], given: Iterable[str]) -> dict[str, str]:
    """Return what is still borrowed once some keys have values of their own."""
    own = list(given)
    return {
        key: whose
        for key, whose in taken.items()
        if not any(is_at_or_below(key, one) for one in own)
    }


def senseless(mine: Lender, taken: Mapping[str, Lender], file: str) -> Iterator[Problem]:
    """Yield what makes no sense here: another host's prisons, and names of places elsewhere."""
    for section in OF_HOST:
        found = [who for key, who in taken.items() if key.split(".")[0] == section]
        whose = next((who for who in found if who.host != mine.host), None)
        if whose is not None:
            message = (
                f"is about {whose.host}, but people are sent to {mine.host}: write one of your "
                f"own, or {section} = false"
            )
            yield Problem(file, section, message)
    for key in NAMES:
        if key in taken and (taken[key].sending != mine.sending or key.startswith("rented")):
            section = key.split(".")[0]
            drop = "" if section == "rented_prison" else f", or {section} = false"
            message = f"is the name of a place of {taken[key].named}: give the name of yours{drop}"
            yield Problem(file, key, message)
