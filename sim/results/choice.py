"""Words that a function knows: an unknown one is refused with the nearest, and all there are."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from sim.scenario.renamed import new_name


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
    """Ask whether the nearest of the words known was meant; empty if none is near.

    Of a word of old the nearest is what it is called now.
    """
    if not isinstance(value, str):
        return ""
    there = list(known)
    if now := new_name(value, there):
        return f"did you mean {now!r}, as it is called now? "
    near = get_close_matches(value, there, n=1)
    return f"did you mean {near[0]!r}? " if near else ""
