"""What every error of the project has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn


class PrisonflowError(ValueError):
    """Something a user asked for makes no sense or cannot be done; the message says what to do.

    Every error that the project raises on purpose about input, files or data is one of these, so
    that a single `except` tells them from faults of the program.
    """


def moved(package: str, names: Mapping[str, str]) -> Callable[[str], NoReturn]:
    """Return the `__getattr__` of a package that tells where a name is now.

    Parameters
    ----------
    package
        Name of the package.
    names
        What to write instead, by the name that is no longer there.
    """

    def told(name: str) -> NoReturn:
        if name in names:  # an ImportError, since `from ... import` drops the words of others
            raise ImportError(f"there is no {package}.{name} any more: use {names[name]}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return told
