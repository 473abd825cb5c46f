"""Names and texts that a scenario chooses: what they may be, and which are taken already.

Names become files, folders, columns and values of columns: they are short, plain on every system,
and never what tables use for something else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

#: What tables call stages, places, queues, cases, exits, facilities and conditions; a test holds
#: this against the tables. A place or group of a scenario's own must not be called like one.
TABLE_NAMES = frozenset({
    # stages
    "remand", "at_liberty", "home_prison", "selection", "waiting_list", "temporary_return",
    "return_queue", "pre_removal_detention", "detention_queue", "waiting_outside",
    "living_elsewhere",
    "departure_centre", "breach_imprisonment", "at_large", "host_asylum", "host_at_large",
    "host_detention", "limbo",
    # places and facilities
    "home_prisons", "host", "host_prisons",
    # stages of a case, and queues
    "case_worker_queue", "identification", "travel_document", "stalled", "escort_queue",
    "ready", "flight_and_place", "return_flight", "detention_place", "case_worker", "escort",
    # exits
    "removed", "removed_from_host", "removed_from_short_sentence", "transferred_to_serve",
    "left_voluntarily", "left_unregistered", "absconded", "permit", "died", "released",
    "onward_travel", "order_lifted",
    # tracks, roles of places, and stays by name
    "stay", "case", "condition", "rented_prison", "detention", "detention_abroad",
    # groups of people
    "third_country", "dual_national", "not_expelled", "woman", "man",
    # what is said of everything together, or of nothing
    "all", "other", "none", "total",
})  # fmt: skip
#: A group of countries may well be called the others.
ORIGIN_NAMES = TABLE_NAMES - {"other"}
#: Streams of chance that are there in every scenario.
STREAMS = frozenset(("published", "world", "recurring"))
#: Words that mean every scenario.
_SCENARIOS = frozenset(("all",))
#: Names that Windows keeps for devices.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)
MOST_LETTERS = 60
MOST_TITLE = 200


def _no_device(name: str) -> str:
    if name in _DEVICES:
        raise ValueError(f"{name!r} is the name of a device on Windows: choose another")
    return name


def _no_word_for_all(name: str) -> str:
    if name in _SCENARIOS:
        raise ValueError(f"{name!r} means every scenario: choose another name")
    return name


def not_taken(name: str) -> str:
    """Check that tables do not use a name for something else.

    Raises
    ------
    ValueError
        If they do.
    """
    if name in TABLE_NAMES:
        raise ValueError(f"{name!r} is what tables call something else: choose another name")
    return name


def _one_line(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty: say in a few words what it is")
    odd = [one for one in text if not (one.isprintable() or one.isspace()) or one in "\n\r\t\v\f"]
    if odd:
        raise ValueError(f"holds {odd[0]!r}: should be one line of text")
    return text


Name = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=MOST_LETTERS),
    AfterValidator(_no_device),
]
ScenarioName = Annotated[Name, AfterValidator(_no_word_for_all)]
PlaceName = Annotated[
    str, Field(pattern=r"^[a-z][a-z_]*$", max_length=MOST_LETTERS), AfterValidator(not_taken)
]
Title = Annotated[str, Field(max_length=MOST_TITLE), AfterValidator(_one_line)]

T = TypeVar("T")


def named(entries: dict[str, T], taken: Iterable[str] = ()) -> dict[str, T]:
    """Check the names of entries that a scenario names itself.

    Raises
    ------
    ValueError
        If one is not plain, too long, or taken.
    """
    for name in entries:
        plain = name.isascii() and name.islower() and name.isidentifier() and name[0] != "_"
        if not plain or len(name) > MOST_LETTERS:
            raise ValueError(
                f"{name!r} is no name: take small letters, digits and underscores, a letter "
                f"first, at most {MOST_LETTERS} of them"
            )
        if name in taken:
            raise ValueError(f"{name!r} is what tables call something else: choose another name")
    return entries
