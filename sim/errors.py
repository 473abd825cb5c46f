"""The common base of the project's own errors, and the whole numbers that callers give."""

from __future__ import annotations

import operator
from typing import Any


class PrisonflowError(Exception):
    """Something that the person who asked can mend: the message says what, and where."""


class NotAWholeNumber(PrisonflowError, ValueError):
    """A seed, a count or another whole number that is none, or is too small."""


def whole_number(value: Any, name: str, least: int = 0) -> int:
    """Return a seed or a count as an `int`.

    What is no whole number is refused, also 1.0 and True: a seed is part of the name of all luck,
    and one that looks like another must not stand for other people.

    Parameters
    ----------
    value
        What was given: an `int`, or an integer of numpy's.
    name
        What it is, for the message.
    least
        Smallest value allowed.

    Raises
    ------
    NotAWholeNumber
        If it is anything else, or less.
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise NotAWholeNumber(f"{name} is {value!r}: give a whole number{_like(value)}") from None
    if number < least:
        raise NotAWholeNumber(f"{name} is {number}: give at least {least}")
    return number


def _like(value: Any) -> str:
    """Show how a number that is whole but for its type is written."""
    try:
        whole = float(value) == int(value) and not isinstance(value, bool)
    except (TypeError, ValueError, OverflowError):
        return ""
    return f", such as {int(value)}" if whole else ""
