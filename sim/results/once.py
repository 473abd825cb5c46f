"""Working something out once, however often it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

Of = TypeVar("Of")
With = ParamSpec("With")
Found = TypeVar("Found")


def once(
    work: Callable[Concatenate[Of, With], Found],
) -> Callable[Concatenate[Of, With], Found]:
    """Make a function remember what it finds, in the object that it is asked of.

    The object must never change, nor what is found. What else is given has to be hashable, and is
    given by place.
    """
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def remembering(of: Of, /, *args: With.args, **kwargs: With.kwargs) -> Found:
        found = of.__dict__.setdefault("_found", {})
        key = (name, *args, *kwargs.items())
        if key not in found:
            found[key] = work(of, *args, **kwargs)
        known: Found = found[key]
        return known

    return remembering
