"""Languages: the English text is the message, and a catalogue holds its twin in another language.

    from sim.language import speaking, tr, trn

    with speaking("da"):
        tr("Waiting list")                                      # "Venteliste"
        trn("{number} place is free", "{number} places are free", 3)

A message is a whole sentence, or a name that stands alone, with named places for what changes. What
has no twin is shown in English. Only what people read changes: files and tables never do.

The catalogues are `locale/<language>/LC_MESSAGES/prisonflow.po`, read when a language is first
spoken; `python -m docs.make_messages` brings them up to date.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import PrisonflowError

if TYPE_CHECKING:
    from datetime import date

ENGLISH = "en"
CATALOGUES = Path(__file__).parent / "locale"
#: A variable of the context: two visitors of the page, each in a thread, never mix.
_current: ContextVar[str] = ContextVar("language", default=ENGLISH)


def languages() -> dict[str, str]:
    """Return the languages there are: the name of each in itself, by its code."""
    from babel import Locale

    codes = [ENGLISH, *sorted(path.parts[-3] for path in CATALOGUES.glob("*/*/prisonflow.po"))]
    return {code: str(Locale.parse(code).get_display_name()).capitalize() for code in codes}


def language() -> str:
    """Return the code of the language spoken now, such as `da`."""
    return _current.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language inside this block.

    Parameters
    ----------
    code
        Code of the language, such as `da`.

    Raises
    ------
    PrisonflowError
        If there is no such language; the message names those there are.
    """
    if code != ENGLISH and code not in (known := languages()):
        there = ", ".join(f"{one} ({name})" for one, name in known.items())
        raise PrisonflowError(f"language {code!r}: there is no such one; choose one of {there}")
    before = _current.set(code)
    try:
        yield
    finally:
        _current.reset(before)


def tr(message: str, /, **values: object) -> str:
    """Return a message in the language spoken now, with values put into its `{places}`.

    Without values nothing is put in: a title that leaves room for names keeps it.
    """
    catalogue = _catalogue(language())
    text = catalogue.gettext(message) if catalogue and message else message
    return text.format(**values) if values else text


def trn(one: str, many: str, number: float, /, **values: object) -> str:
    """Return the message for one or for many in the language spoken now.

    Parameters
    ----------
    one, many
        The message about one thing and about any other number of them.
    number
        How many. Written as whole at `{number}`, unless `values` say how it is written.
    values
        What is put into the other `{places}`.
    """
    if catalogue := _catalogue(language()):
        # A part of a thing is told like several: gettext counts in whole numbers alone.
        whole = int(number) if number == int(number) else 2
        text = catalogue.ngettext(one, many, whole)
    else:
        text = one if number == 1 else many
    return text.format(**{"number": figure(f"{number:,.0f}"), **values})


def mark(message: str) -> str:
    """Mark a text of the program's data as a message; `tr` translates it where it is shown."""
    return message


# ------------------------------------------------------------------------ numbers and dates


def figure(english: str) -> str:
    """Return a number as the language writes it, from `1,234.5`: in Danish `1.234,5`."""
    return english.translate(_signs(language())) if language() != ENGLISH else english


def dated(day: date, english: str, pattern: str) -> str:
    """Return a date as the language writes it.

    Parameters
    ----------
    day
        The date.
    english
        The date as English writes it.
    pattern
        Its parts in the signs of Unicode (CLDR), such as `yMMMM`; the language orders them.
    """
    if language() == ENGLISH:
        return english
    from babel.dates import format_skeleton

    return str(format_skeleton(pattern, day, locale=language()))


@cache
def _signs(code: str) -> dict[int, str]:
    """Return what stands in the place of comma and point."""
    from babel import Locale

    signs = Locale.parse(code).number_symbols["latn"]
    return str.maketrans({",": signs["group"], ".": signs["decimal"]})


@cache
def _catalogue(code: str) -> gettext.GNUTranslations | None:
    """Return the messages of a language, compiled in memory: no file of them can be stale."""
    if code == ENGLISH:
        return None
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (CATALOGUES / code / "LC_MESSAGES" / "prisonflow.po").open("rb") as file:
        messages = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
