"""What has been worked out of replications is remembered as long as these are in use."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary, ref

from sim.experiment.replications import Replications
from sim.language import language

P = ParamSpec("P")
T = TypeVar("T")


def remembered(
    work: Callable[Concatenate[Replications, P], T],
) -> Callable[Concatenate[Replications, P], T]:
    """Let a function of replications do its work once for the same arguments.

    Tables are read from a disk, and most of what is shown is asked for several times. What comes
    back belongs to all who ask: it must not be changed.
    """
    known: WeakKeyDictionary[Replications, dict[object, T]] = WeakKeyDictionary()

    @wraps(work)
    def once(r: Replications, /, *arguments: P.args, **named: P.kwargs) -> T:
        mine = known.setdefault(r, {})
        # Others are named without being held: two that name each other would never be let go.
        given = tuple(ref(x) if isinstance(x, Replications) else x for x in arguments)
        key = (language(), given, *named.items())  # facts may come with words
        if key not in mine:
            mine[key] = work(r, *arguments, **named)
        return mine[key]

    return cast(Callable[Concatenate[Replications, P], T], once)
