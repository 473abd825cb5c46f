"""Words that a function knows: an unknown one is refused with the nearest, and all there are."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def chosen(argument: str, value: object, known: Iterable[str]) -> str:
    """Return a word that is one of those known.

    Parameters
    ----------
    argument
        What the word was given as.
    value
        What was given.
    known
        The words there are.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    there = list(known)
    if isinstance(value, str) and value in there:
        return value
    hint = nearest(value, there)
    hint = f"{hint}Otherwise " if hint else ""
    *others, last = there
    listed = f"{', '.join(others)} or {last}" if others else last
    raise ValueError(f"{argument} is {value!r}: {hint}choose {listed}")


def nearest(value: object, known: Iterable[str]) -> str:
    """Ask whether the nearest of the words known was meant; empty if none is near."""
    near = get_close_matches(value, list(known), n=1) if isinstance(value, str) else []
    return f"did you mean {near[0]!r}? " if near else ""
