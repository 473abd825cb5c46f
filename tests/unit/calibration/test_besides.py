"""What varies besides the factors of a calibration, on waves that a formula says."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.calibration import run as calibration
from sim.calibration.file import Task, read_calibration
from sim.calibration.run import Calibrated, Run, calibrate
from sim.experiment.cells import Cell, Finished, Job
from sim.experiment.definition import Experiment
from sim.experiment.ensemble import as_toml, load_ensemble
from sim.experiment.keep import LABELS, PUBLISHED, TABLES
from sim.experiment.provenance import code_hash
from sim.experiment.read import Results
from sim.experiment.run import run_experiment
from sim.experiment.store import Store
from sim.scenario.errors import ScenarioError
from sim.scenario.schema import Scenario
from tests.helpers.calibrations import TEXT, write
from tests.helpers.experiments import Instead, canned, constant, opener

THIRD, BESIDES = "arrivals.third_country_share", "removal.case_work_days"
#: Days, at the 5 % quantile, from which a case is taken to be more work than there is time for.
TOO_LONG = 200.0
#: Up to a hundred times the work with a case.
VARIED = f'besides = [{{ key = "{BESIDES}", low = 0.5, high = 100.0, range_of = "factor" }}]\n'
#: How many judgments there are of third-country nationals, by what a point changes.
Formula = Callable[[Mapping[str, Any]], float]


def by_share(changes: Mapping[str, Any]) -> float:
    """Return 200 judgments times the share of third-country nationals."""
    return 200 * float(changes[THIRD])


def run_by(formula: Formula) -> Run:
    """Return what runs a wave by a formula, with a little noise from replication to replication."""

    def table(cell: Cell, job: Job) -> bytes:
        rows = [
            (number, figure.key) for number in range(cell.replications) for figure in job.figures
        ]
        value = formula(job.changes[cell.point][cell.scenario])
        columns = {
            "scenario": [cell.scenario] * len(rows),
            "point": [cell.point] * len(rows),
            "replication": [number for number, _ in rows],
            "figure": [figure for _, figure in rows],
            "value": [value + number for number, _ in rows],
        }
        kinds = {**LABELS, **TABLES[PUBLISHED].columns}
        schema = pa.schema([(name, pa.type_for_alias(kinds[name])) for name in columns])
        buffer = io.BytesIO()
        pq.write_table(pa.table(columns, schema), buffer)
        return buffer.getvalue()

    def work(job: Job) -> list[Finished]:
        return [
            Finished(cell, {**canned(cell, constant).tables, PUBLISHED: table(cell, job)}, 1.0,
                     code_hash())
            for cell in job.cells
        ]  # fmt: skip

    def run(experiment: Experiment, folder: Path) -> Results:
        run_experiment(experiment, Store(folder), opener(Instead(work)))
        return Results(folder)

    return run


def loads(world: Scenario) -> list[SimpleNamespace]:
    """Return whether a queue has an end, by the work with a case; the true answer takes long."""
    return [
        SimpleNamespace(stable=ends(world.removal.case_work_days.p05)),
        SimpleNamespace(stable=True),
    ]


def ends(days: float) -> bool:
    return days < TOO_LONG


@pytest.fixture(scope="module", autouse=True)
def quick_loads() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration, "offered_load", loads)
        yield


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    folder = tmp_path_factory.mktemp("files")
    return read_calibration(write(folder, TEXT.replace("factors = ", VARIED + "factors = ")))


@pytest.fixture(scope="module")
def done(task: Task, tmp_path_factory: pytest.TempPathFactory) -> tuple[Calibrated, Path]:
    out = tmp_path_factory.mktemp("out")
    return calibrate(task, out, run_by(by_share), "a test"), out


def test_every_point_has_a_draw_of_its_own_in_whichever_wave(
    task: Task, done: tuple[Calibrated, Path]
) -> None:
    found, out = done
    assert [one.besides for one in found.ensemble.sets] == list(range(12, 28))
    assert [one.besides for one in load_ensemble(out / "wave_1.toml").sets] == list(range(12))
    assert found.ensemble.besides == task.besides
    assert load_ensemble(out / "wave_2.toml").besides == task.besides


def test_points_are_simulated_with_what_varies_besides(
    task: Task, done: tuple[Calibrated, Path]
) -> None:
    _, out = done
    results = Results(out / "wave_2")
    design, plan = results.design, results.experiment.plan
    assert design[BESIDES].nunique() == 16
    assert design[BESIDES].between(0.5, 100).all()
    before = task.scenario.removal.case_work_days.model_dump()
    for point in (0, 15):
        changed = plan.changes(point, results.experiment.scenarios[0])
        mine = {key: value for key, value in changed.items() if key.startswith(BESIDES)}
        assert mine
        for key, value in mine.items():
            usual = before[key.rpartition(".")[2]]
            assert value == pytest.approx(usual * design[BESIDES][point])


def test_sets_with_a_queue_that_has_no_end_count_nothing(
    task: Task, done: tuple[Calibrated, Path]
) -> None:
    found, _ = done
    weights = found.matched.weights
    counting = weights >= 1e-3 * weights.max()
    _, values = found.ensemble.points(task.scenario, range(16))
    usual = task.scenario.removal.case_work_days.p05
    has_end = np.array([ends(usual * point[BESIDES]) for point in values])
    assert (has_end & counting).any()
    assert (~has_end & counting).any()
    assert (found.ensemble.weights > 0).tolist() == (has_end & counting).tolist()


def test_what_varies_besides_costs_weight_where_targets_are_missed_by_it(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not searched, but a point that it takes off a target is less plausible."""
    monkeypatch.setattr(calibration, "offered_load", lambda _world: [])
    key = f"{BESIDES}.p05"

    def with_work(changes: Mapping[str, Any]) -> float:
        return by_share(changes) + 0.1 * float(changes[key])

    found = calibrate(task, tmp_path, run_by(with_work), "a test")
    (target,) = found.task.targets
    means = found.measured[-1][:, :, 0].mean(axis=1)
    off = np.abs(means - target.low)
    weights = found.matched.weights
    assert weights.argsort().tolist() == (-off).argsort().tolist()
    assert weights[off.argmin()] > 2 * weights[off.argmax()]


def test_going_on_gives_the_same(task: Task, done: tuple[Calibrated, Path], tmp_path: Path) -> None:
    found, _ = done
    runs = run_by(by_share)

    def stops(experiment: Experiment, folder: Path) -> Results:
        if folder.name == "wave_2":
            raise KeyboardInterrupt
        return runs(experiment, folder)

    with pytest.raises(KeyboardInterrupt):
        calibrate(task, tmp_path, stops, "a test")
    again = calibrate(task, tmp_path, runs, "a test")
    assert as_toml(again.ensemble) == as_toml(found.ensemble)
    assert Results(tmp_path / "wave_1").manifest["runs"][-1]["ran"] == 0


def test_without_it_sets_have_no_numbers(tmp_path: Path) -> None:
    plain = read_calibration(write(tmp_path / "files"))
    assert plain.besides is None
    found = calibrate(plain, tmp_path / "out", run_by(by_share), "a test")
    assert found.ensemble.besides is None
    assert {one.besides for one in found.ensemble.sets} == {None}


def test_mistakes_are_told(tmp_path: Path) -> None:
    text = TEXT.replace("factors = ", 'besides = "everything"\nfactors = ')
    with pytest.raises(ScenarioError, match="besides"):
        read_calibration(write(tmp_path, text))
