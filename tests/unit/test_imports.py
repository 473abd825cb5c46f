"""How modules depend on each other, whenever they are imported: circles where they belong alone."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest

from benchmarks.counts import imported, module_of, reached
from tests.helpers.root import ROOT

TREES = {
    module_of(path.relative_to(ROOT).as_posix()): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "sim").rglob("*.py"))
    if "compiled" not in path.parts
}
#: They name one another: what comes next is another institution.
INSTITUTIONS = {
    f"sim.world.{name}"
    for name in ("departure_centre", "detention", "host", "journey", "outside", "removal",
                 "rented_prison", "transfer")
}  # fmt: skip
#: A scenario changes, writes and shows itself: its methods import what does that when called.
ITSELF = {
    f"sim.scenario.{name}"
    for name in ("consistency", "explain", "files", "plain", "schema", "shown")
}


def circles(goes: Mapping[str, set[str]]) -> list[set[str]]:
    """Return the sets of modules of which each leads to every other."""
    to = {module: reached(module, dict(goes)) for module in goes}
    found = {frozenset(b for b in to[a] if a in to[b]) for a in goes}
    return [set(circle) for circle in found if len(circle) > 1]


def test_only_institutions_and_the_scenario_go_in_a_circle() -> None:
    goes = {module: set(imported(tree, TREES)) - {module} for module, tree in TREES.items()}
    found = sorted(sorted(circle) for circle in circles(goes))
    assert found == [sorted(ITSELF), sorted(INSTITUTIONS)]


@pytest.mark.parametrize(
    ("goes", "found"),
    [({"a": {"b"}, "b": {"c"}, "c": set()}, []), ({"a": {"b"}, "b": {"a"}}, [{"a", "b"}])],
)
def test_a_circle_is_found(goes: dict[str, set[str]], found: list[set[str]]) -> None:
    assert circles(goes) == found
