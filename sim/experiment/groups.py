"""Groups of factors that a design moves as one, so that many can be screened at a small price."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from sim.scenario.explain import renamed


def factors_by_group(
    names: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Return factors by group, in order of first appearance; one in no group is its own.

    Parameters
    ----------
    names
        Names of the factors.
    groups
        Names by group, in which `*` stands for any number of any signs.
    """
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(next(iter(_groups_of(name, groups)), name), []).append(name)
    return found


def group_problems(
    names: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield key and words of what is wrong with groups of factors."""
    for group, patterns in groups.items():
        for pattern in patterns:
            if not any(_fits(name, pattern) for name in names):
                now, near = renamed(pattern), get_close_matches(pattern, names, 1)
                meant = f"; did you mean {near[0]!r}?" if near else ""
                meant = f"; it is {now!r} now" if now else meant
                yield f"groups.{group}", f"no factor is called {pattern!r}{meant}"
        if group in names and group not in _groups_of(group, groups):
            yield f"groups.{group}", "a factor outside the group has the same name"
    for name in names:
        if len(mine := _groups_of(name, groups)) > 1:
            yield f"groups.{mine[1]}", f"{name} is in the group {mine[0]!r} already"


def _groups_of(name: str, groups: Mapping[str, Sequence[str]]) -> list[str]:
    return [
        group
        for group, patterns in groups.items()
        if any(_fits(name, pattern) for pattern in patterns)
    ]


def _fits(name: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) is not None
