"""Tables handed out: whatever is done to one, nothing that is asked for later changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.durations import durations
from sim.analysis.fates import fates
from sim.experiment.call import run_experiment
from sim.experiment.replicate import of_runs, replicate_all
from sim.experiment.replications import Replications
from sim.results.outcomes import outcomes_of
from sim.results.run import Run
from sim.show.comparison import Comparison
from sim.show.report import write_report
from tests.helpers.experiments import read
from tests.helpers.worlds import small

WORLD = small()
WITHOUT = WORLD.change({"name": "without", "title": "Without", "rented_prison.in_use": False})


def spoil(table: pd.DataFrame) -> None:
    """Do to a table, in place, everything that one does to tables."""
    columns = list(table.columns)
    for column in columns:
        kind = table[column].dtype
        if pd.api.types.is_bool_dtype(kind):
            table.loc[:, column] = ~table[column]
        elif pd.api.types.is_numeric_dtype(kind):
            table.loc[:, column] = table[column] * 0
            table[column] = table[column].fillna(0)
        elif isinstance(kind, pd.CategoricalDtype):
            table[column] = table[column].cat.rename_categories(lambda name: f"{name}!")
    table.sort_values(columns[0], ascending=False, inplace=True)
    table.reset_index(drop=True, inplace=True)
    table.fillna(dict.fromkeys(table.select_dtypes("number"), 0), inplace=True)
    table.rename(columns={columns[0]: "spoilt"}, inplace=True)
    table.insert(0, "added", 1)
    table.drop(index=table.index[: len(table) // 2], inplace=True)
    for column in table.select_dtypes("number"):
        values = table[column].to_numpy()
        if values.flags.writeable:
            values[:] = 1


#: Tables of a run by what asks for them.
OF_RUN: dict[str, Callable[[Run], pd.DataFrame]] = {
    "people": lambda run: run.people,
    "spells": lambda run: run.spells,
    "exits": lambda run: run.exits,
    "census": lambda run: run.census(),
    "census by place": lambda run: run.census("place", "year", whole=True),
    "queues": lambda run: run.queues(),
    "occupancy": lambda run: run.occupancy(),
    "transfers": lambda run: run.transfers(),
    "staffing": lambda run: run.staffing(),
    "durations": lambda run: run.durations(),
    "durations by origin": lambda run: run.durations("origin"),
    "after_sentence": lambda run: run.after_sentence("group"),
    "costs": lambda run: run.costs(),
    "departed": lambda run: run.departed(run.scenario.time.end),
    "examples": lambda run: run.examples(),
    "fates": lambda run: fates(sim.run(WITHOUT), run).people,
}  # fmt: skip


@pytest.fixture(scope="module")
def untouched() -> dict[str, pd.DataFrame]:
    run = sim.run(WORLD)
    return {name: table(run) for name, table in OF_RUN.items()}


def test_no_table_of_a_run_can_change_another(untouched: dict[str, pd.DataFrame]) -> None:
    run, expected = sim.run(WORLD), outcomes_of(sim.run(WORLD))
    people = run.people["person"].tolist()
    stories = [str(run.story(person)) for person in people[:3]]
    for table in OF_RUN.values():
        spoil(table(run))
    for name, table in OF_RUN.items():
        pd.testing.assert_frame_equal(table(run), untouched[name])
    assert outcomes_of(run) == expected
    assert [str(run.story(person)) for person in people[:3]] == stories
    assert run._repr_html_() == sim.run(WORLD)._repr_html_()
    pd.testing.assert_frame_equal(durations([run]), durations([sim.run(WORLD)]))


def test_columns_behind_the_tables_cannot_be_written_to() -> None:
    run = sim.run(WORLD)
    stays = run.records.stays
    for column in (stays.start, stays.end, stays.code, run.records.exits.day, run.flights,
                   run.flights_out, run.observed_days, run.stays_abroad.start):  # fmt: skip
        with pytest.raises(ValueError, match="read-only"):
            column[:] = 0


def test_tables_of_fates_are_copies() -> None:
    found = fates(sim.run(WITHOUT), sim.run(WORLD))
    cross, changes, told = found.cross_table(), found.changes(), repr(found)
    for table in (found.people, found.cross_table(), found.changes()):
        spoil(table)
    pd.testing.assert_frame_equal(found.cross_table(), cross)
    pd.testing.assert_frame_equal(found.changes(), changes)
    assert repr(found) == told


def of_comparison(told: Comparison) -> Iterator[pd.DataFrame]:
    """Yield every table that a comparison hands out."""
    yield told.outcomes
    yield told.means()
    yield told.differences()
    for name in told.tables:
        yield told.table(name)
        for r in told:
            yield r.tables[name]
    yield from (table for r in told for table in r.tables.values())


@pytest.mark.slow
def test_no_table_of_a_comparison_can_change_another(tmp_path: Path) -> None:
    replications = replicate_all([WORLD, WITHOUT], 2, progress=False)
    told, other = Comparison(replications), Comparison(_again(replications))
    for table in of_comparison(told):
        spoil(table)
    for mine, expected in zip(of_comparison(told), of_comparison(other), strict=True):
        pd.testing.assert_frame_equal(mine, expected)
    assert str(told) == str(other)
    assert told._repr_html_() == other._repr_html_()
    written = [
        write_report(r, tmp_path / name, [])[-1].read_text(encoding="utf-8")
        for name, r in (("mine", replications), ("other", other.replications))
    ]
    assert written[0] == written[1]


def _again(replications: list[Replications]) -> list[Replications]:
    """Return the same replications with tables of their own."""
    return [
        Replications(r.scenario, r.seed, r.number, {name: r.tables[name] for name in r.tables})
        for r in replications
    ]


def test_no_table_of_replications_can_change_their_run() -> None:
    run = sim.run(WORLD)
    for table in of_runs([run]).tables.values():
        spoil(table)
    expected = sim.run(WORLD)
    pd.testing.assert_frame_equal(run.spells, expected.spells)
    pd.testing.assert_frame_equal(run.costs(), expected.costs())


def test_no_table_of_an_experiment_can_change_another(tmp_path: Path) -> None:
    grid = (
        'tables = ["queues", "costs"]\n[design]\nkind = "grid"\n'
        'values = { "rented_prison.places" = [150, 200] }\n[replications]\nnumber = 2\n'
    )
    results = run_experiment(read(tmp_path, grid), tmp_path / "out", progress=False)

    def tables() -> dict[str, Any]:
        at = results.replications(1)
        return {
            "design": results.design,
            "outcomes": results.outcomes,
            "queues": results.table("queues"),
            "differences": results.differences("without"),
            **{f"{name} {n}": r.tables[name] for n, r in enumerate(at) for name in r.tables},
        }

    expected = tables()
    for table in tables().values():
        spoil(table)
    for name, table in tables().items():
        pd.testing.assert_frame_equal(table, expected[name])
    assert results._repr_html_() == type(results)(tmp_path / "out")._repr_html_()


def test_spoiling_spoils() -> None:
    """The test's own tool does what the tests above are about."""
    table = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": ["x", "y", "z"]})
    before = table.copy()
    spoil(table)
    assert not table.equals(before)
    assert len(table) < len(before)
