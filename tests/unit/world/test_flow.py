"""The flow is one table: each stage has its row, and nothing else keeps a table of stages."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import docs.make_flow
from sim.people.chance import Chance
from sim.people.cohort import draw_cohort
from sim.results.outcomes.queues import BY_QUEUE
from sim.results.waits import WAITS
from sim.scenario.files import load
from sim.scenario.schema import Scenario
from sim.show.app import months
from sim.show.draw import whereabouts as drawn_whereabouts
from sim.show.facts import afterwards, costs, flows, stays, whereabouts
from sim.world import flow
from sim.world.alone import first_stays
from sim.world.diagram import INSTITUTIONS, mermaid
from sim.world.flow import BANDS, CASE_STAGES, EXITS, QUEUES, STAYS
from sim.world.simulate import simulate
from sim.world.stages import CaseStage, Exit, Stay
from sim.world.world import FIRST_EXIT
from tests.helpers.worlds import END, START, cooperation, small

SIM = Path(flow.__file__).parents[1]
STRESS = {"stress_test": True, "staying.stays_share": 0.6, "removal.direct_share": 0.6}
#: Nobody goes willingly, and who can stays abroad for removal.
ESCORTED = {
    "removal.willing_share": 0.0,
    "removal.direct_share": 1.0,
    "detention.in_rented_prison_share": 1.0,
    "transfer.least_remaining_days": 10.0,
    "transfer.seats": 20,
    "rented_prison.places": 60,
    "rented_prison.return_before_end_days": 5.0,
    **cooperation(START, END, protected_share=0.0),
}


def test_every_stay_stage_and_exit_has_a_row() -> None:
    assert set(STAYS) == set(Stay)
    assert set(CASE_STAGES) == set(CaseStage)
    assert set(EXITS) == set(Exit)
    assert max(Stay) < FIRST_EXIT


def test_texts_leave_room_for_names_that_every_scenario_has() -> None:
    baseline = load("baseline")
    for row in STAYS.values():
        for text in (row.stage, row.place, row.title, row.story, row.let_out):
            assert "{" not in baseline.told(text)
    for way in EXITS.values():
        assert "{" not in baseline.told(way.title + way.story + way.leaves)


def test_stays_that_share_a_stage_share_its_title() -> None:
    for row in STAYS.values():
        assert flow.STAGE_TITLES[row.role] == (row.stage_title or row.title)


def test_every_held_stay_is_in_a_group_and_no_other() -> None:
    assert all(row.held == bool(row.group) for row in STAYS.values())


def test_days_are_priced_once() -> None:
    """Held in the sending state, or abroad in its place: one item each."""
    for row in STAYS.values():
        assert not (row.price and row.price_at_home)
        if row.place in ("home_prisons", "{rented}"):
            assert row.price or row.price_at_home
    assert set(flow.SAVED) <= set(flow.PRICED) <= set(costs.ITEMS)


def test_every_queue_has_one_row_and_its_words() -> None:
    names = [*flow.STAY_QUEUES.values(), *flow.CASE_QUEUES.values()]
    assert sorted(names) == sorted(QUEUES)
    for table in (WAITS, BY_QUEUE):
        assert set(table) == set(QUEUES)


def test_a_stay_away_keeps_what_it_is_away_from() -> None:
    for stay, away in flow.AWAY.items():
        for other in away:
            assert STAYS[other].rented_place == STAYS[stay].rented_place
    assert set(flow.PRESENT) < set(flow.RENTED)


# ---------------------------------------------------------------- pictures


def once(bands: list[str]) -> None:
    assert Counter(bands) == Counter(dict.fromkeys(BANDS, 1))


def test_every_band_is_in_one_layer_and_one_card() -> None:
    once([band for bands in whereabouts.LAYERS for band in bands])
    shown = {bands[0] for bands in whereabouts.LAYERS} | {whereabouts.ELSEWHERE}
    assert set(drawn_whereabouts._COLOURS) == shown
    once(list(months._PLACES))


def test_ribbons_know_every_end() -> None:
    known = {row.band for row in STAYS.values() if row.phase.name in ("AFTER", "STAYING")}
    known |= {row.band for row in EXITS.values()} - {"other"}
    assert set(flows._BANDS) == known


def test_every_exit_has_a_layer_and_every_stage_a_line() -> None:
    assert sorted(afterwards.WAYS) == sorted(e.name.lower() for e in Exit)
    lines = Counter(name for name in stays.STAGES if name is not None)
    idle = [stage.name.lower() for stage, row in CASE_STAGES.items() if row.idle]
    assert lines == Counter([*dict.fromkeys(row.role for row in STAYS.values()), *idle, "limbo"])


# ---------------------------------------------------------------- what follows what


def tracks(flat: list[float]) -> dict[int, list[int]]:
    """Return the codes that the log has of each person, in the order of their days."""
    entries = sorted(zip(flat[::3], flat[2::3], range(len(flat)), flat[1::3], strict=False))
    found: dict[int, list[int]] = {}
    for who, _, _, code in entries:
        found.setdefault(int(who), []).append(int(code))
    return found


def steps(scenario: Scenario) -> Iterator[tuple[Stay, Stay | Exit]]:
    for codes in tracks(simulate(scenario, seed=1, replication=0).log.stays).values():
        for here, there in pairwise(codes):
            left = there >= FIRST_EXIT
            yield Stay(here), Exit(there - FIRST_EXIT) if left else Stay(there)


@pytest.fixture(scope="module")
def worlds() -> tuple[Scenario, ...]:
    return small(), small().change(STRESS), small().change(ESCORTED)


def test_people_take_the_steps_of_the_table_and_no_others(worlds: tuple[Scenario, ...]) -> None:
    taken = {step for world in worlds for step in steps(world)}
    for here, there in taken:
        allowed = STAYS[here].then if isinstance(there, Stay) else STAYS[here].exits
        assert there in allowed, (here, there)
    assert {stay for step in taken for stay in step if isinstance(stay, Stay)} == set(Stay)


def test_cases_take_the_steps_of_the_table_and_no_others(worlds: tuple[Scenario, ...]) -> None:
    taken = set()
    for world in worlds:
        for codes in tracks(simulate(world, seed=1, replication=0).log.cases).values():
            taken |= {(CaseStage(a), CaseStage(b)) for a, b in pairwise(codes)}
    assert {stage for step in taken for stage in step} == set(CaseStage)
    for here, there in taken:
        assert there in CASE_STAGES[here].then, (here, there)


def test_an_institution_logs_the_stays_that_name_it() -> None:
    """But for the first stay, which everyone's columns say."""
    first = {Stay(stay) for stay in first_stays(draw_cohort(small(), Chance(1, 0)))}
    assert first == {Stay.REMAND, Stay.AT_LIBERTY}
    for stay, row in STAYS.items():
        text = (SIM / "world" / f"{row.institution}.py").read_text("utf-8")
        assert re.search(rf"w\.enter\(i, .*\b{stay.name}\b", text) or stay in first


# ---------------------------------------------------------------- the diagram


def test_the_diagram_in_the_docs_is_the_one_that_the_table_makes() -> None:
    text = docs.make_flow.MODEL.read_text("utf-8")
    assert docs.make_flow.with_diagram(text) == text


def test_the_diagram_shows_every_stay_and_every_exit_but_death() -> None:
    drawn = mermaid(lambda text: text)
    for stay in Stay:
        assert f"{stay.name.lower()}[" in drawn
    for exit, row in EXITS.items():
        assert (row.leaves in drawn) == (exit != Exit.DIED)
    several = Counter(row.institution for row in STAYS.values())
    assert set(INSTITUTIONS) == {name for name, number in several.items() if number > 1}


# ---------------------------------------------------------------- one table, and no other

#: The files that a stage of its own touches, as CONTRIBUTING says, in order.
PATH = (
    "scenario/removal.py",
    "scenario/names.py",
    "world/stages.py",
    "world/flow.py",
    "world/outside.py",
    "world/departure_centre.py",
)
#: Where many stages are listed: their codes, their rows, and the names that no place may take.
TABLES = {"world/stages.py", "world/flow.py", "scenario/names.py"}
#: Ways out have colours of their own in one picture.
OF_EXITS = {"scenario/names.py", "world/flow.py", "show/facts/afterwards.py"}
#: A question about some stages lists so many at most; more are a table.
FEW = 4
_ENUMS = {"Stay", "CaseStage", "Exit"}


def _named(node: ast.AST) -> Iterator[str]:
    """Yield the names that a piece of code may give to stages: members, codes and texts."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            yield from (part.attr.lower(),) if part.value.id in _ENUMS else ()
        elif isinstance(part, ast.Name) and part.id.isupper():
            yield part.id.lower()
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _files(names: set[str], least: int = 1) -> Iterator[tuple[str, ast.Module]]:
    """Yield the files whose text has at least some of the names, and what they parse to."""
    for file in sorted(SIM.rglob("*.py")):
        text = file.read_text("utf-8")
        if sum(name in text.lower() for name in names) >= least:
            yield file.relative_to(SIM).as_posix(), ast.parse(text)


def _listing(names: set[str]) -> set[str]:
    """Return the files with a collection that lists more than a few of some names."""
    found = set()
    for file, tree in _files(names, FEW + 1):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Dict | ast.Set | ast.List | ast.Tuple):
                continue
            listed = node.keys if isinstance(node, ast.Dict) else node.elts
            if len({n for part in listed if part for n in _named(part)} & names) > FEW:
                found.add(file)
    return found


def test_no_other_file_keeps_a_table_of_stages() -> None:
    stays = {stay.name.lower() for stay in Stay} | {row.role for row in STAYS.values()}
    assert _listing(stays) == TABLES
    assert _listing({exit.name.lower() for exit in Exit}) == OF_EXITS


def test_the_stage_of_the_example_is_named_along_the_path_and_in_its_own_outcome() -> None:
    """The example of CONTRIBUTING: `waiting_outside`, which nothing else needs to know."""
    example = Stay.WAITING_OUTSIDE.name.lower()
    naming = {file for file, tree in _files({example}) if example in set(_named(tree))}
    assert naming == {
        "scenario/names.py",
        "world/stages.py",
        "world/flow.py",
        "world/outside.py",
        "results/outcomes/afterwards.py",
    }


def test_the_path_to_a_stage_is_short_and_stands_in_contributing() -> None:
    assert len(PATH) <= 6
    assert len({file.split("/")[0] for file in PATH}) <= 4
    text = (SIM.parent / "CONTRIBUTING.md").read_text("utf-8")
    section = text.split("## Add a stage\n")[1].split("\n## ")[0]
    assert tuple(re.findall(r"^\d\. `sim/(.*)`:", section, re.MULTILINE)) == PATH
    assert all((SIM / file).is_file() for file in PATH)
