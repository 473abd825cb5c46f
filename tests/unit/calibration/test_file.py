"""The file of a calibration and its waves on small worlds: mistakes, held-out figures, going on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calibration.baseline import calibrated_values, ground
from sim.calibration.file import Task, read_calibration
from sim.calibration.run import Calibrated, calibrate
from sim.calibration.told import HELD_OUT, TARGET, foretold_table, spreads, unknowns_table
from sim.experiment.definition import Experiment, read_experiment
from sim.experiment.ensemble import as_toml, load_ensemble, shipped_ensembles
from sim.experiment.read import Results
from sim.scenario.errors import ScenarioError
from sim.scenario.evidence import evidence_for
from sim.scenario.files import load
from sim.show.draw.calibration import draw_foretold, draw_unknowns
from sim.show.words.calibration import as_markdown, as_text
from tests.helpers.calibrations import TEXT, write
from tests.helpers.experiments import all_in


def run(experiment: Experiment, folder: Path) -> Results:
    return sim.run_experiment(experiment, folder, progress=False)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Calibrated, Path]:
    folder = tmp_path_factory.mktemp("calibration")
    task = read_calibration(write(folder / "files"))
    return calibrate(task, folder / "out", run, "a test"), folder / "out"


@pytest.mark.slow
def test_the_ensemble_follows_the_target_and_leaves_what_it_has_no_say_in(
    done: tuple[Calibrated, Path],
) -> None:
    found, _ = done
    assert found.ensemble.weights.sum() == pytest.approx(1)
    third, idle = spreads(found.ensemble, found.task.world)
    # 40 judgments a year, of which 80 of 200 of third-country nationals: a share of 0.4.
    assert third.low < 0.4 < third.high
    assert third.narrowed > 0.3
    assert idle.verdict == "stays as wide"
    table = foretold_table(found).set_index("figure")
    assert table["role"].to_dict() == {"third_country": TARGET, "third_country_later": HELD_OUT}
    row = table.loc["third_country"]
    assert row["low"] <= 80 <= row["high"]
    assert row["high"] - row["low"] < row["before_high"] - row["before_low"]


def test_held_out_figures_have_no_say(done: tuple[Calibrated, Path], tmp_path: Path) -> None:
    found, out = done
    other = read_calibration(write(tmp_path, held_out=2))
    again = calibrate(other, out, run, "a test")  # the same waves: nothing is simulated again
    np.testing.assert_array_equal(again.ensemble.weights, found.ensemble.weights)
    assert foretold_table(found)["verdict"].tolist() == ["agrees", "agrees"]
    assert foretold_table(again)["verdict"].tolist() == ["agrees", "MISSED"]


@pytest.mark.slow
def test_what_was_stopped_goes_on_to_the_same_bytes(
    done: tuple[Calibrated, Path], tmp_path: Path
) -> None:
    found, out = done

    def stops_in_the_second(experiment: Experiment, folder: Path) -> Results:
        if folder.name == "wave_2":
            raise KeyboardInterrupt
        return run(experiment, folder)

    task = found.task
    with pytest.raises(KeyboardInterrupt):
        calibrate(task, tmp_path, stops_in_the_second, "a test")
    ran: list[str] = []

    def noted(experiment: Experiment, folder: Path) -> Results:
        ran.append(folder.name)
        return run(experiment, folder)

    again = calibrate(task, tmp_path, noted, "a test")
    assert as_toml(again.ensemble) == as_toml(found.ensemble)
    mine, theirs = (
        {name: data for name, data in all_in(folder).items() if "/tables/" in name}
        for folder in (tmp_path, out)
    )
    assert mine == theirs
    before = Results(tmp_path / "wave_1").manifest["runs"][-1]["ran"]
    assert (ran, before) == (["wave_1", "wave_2"], 0)


def test_the_same_people_are_simulated_at_every_point(done: tuple[Calibrated, Path]) -> None:
    """The factor without an effect changes nothing: chance is common to all points."""
    found, out = done
    table = Results(out / "wave_2").table("published", point=0)
    definition = read_experiment(out / "wave_2" / "experiment.toml")
    world = found.task.world.change(definition.plan.changes(0, found.task.world))
    alone = sim.run(world.change({"staying.asylum_share": 0.123}), found.task.definition.seed, 1)
    from sim.results.published.measure import published

    expected = published(alone, found.task.figures)["value"].tolist()
    assert table[table["replication"] == 1]["value"].tolist() == expected


def test_what_is_told_names_every_unknown_and_figure(done: tuple[Calibrated, Path]) -> None:
    found, _ = done
    unknowns, foretold = unknowns_table(found), foretold_table(found)
    for text in (as_text(found, unknowns, foretold), as_markdown(found, unknowns, foretold)):
        for name in ("arrivals.third_country_share", "staying.asylum_share", "stays as wide"):
            assert name in text
        assert text.count("Courts: ") == 2
    for drawing in (draw_unknowns(found, unknowns), draw_foretold(found, foretold)):
        assert drawing.png().startswith(b"\x89PNG")


def test_an_experiment_draws_from_what_was_found(
    done: tuple[Calibrated, Path], tmp_path: Path
) -> None:
    found, _ = done
    write(tmp_path)
    (tmp_path / "mine.toml").write_text(as_toml(found.ensemble), encoding="utf-8")
    (tmp_path / "x.toml").write_text(
        'name = "x"\ntitle = "X"\nscenarios = ["small.toml"]\n[replications]\nnumber = 1\n'
        '[design]\nkind = "ensemble"\nfile = "mine.toml"\nsamples = 40\n',
        encoding="utf-8",
    )
    experiment = read_experiment(tmp_path / "x.toml")
    counts = pd.Series(experiment.plan.names).value_counts()
    for number, weight in enumerate(found.ensemble.weights):
        assert abs(counts.get(f"set {number}", 0) - 40 * weight) < 1.5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TEXT.replace('figure = "third_country"', 'figure = "third_contry"'),
         "target: no figure has the key 'third_contry'; did you mean 'third_country'?"),
        (TEXT.replace('["third_country_later"]', '["later"]'), "held_out: no figure has the key"),
        (TEXT.replace('["third_country_later"]', '["third_country"]'),
         "figure 'third_country' is named twice: it can be one target, or held out, not both"),
        (TEXT.replace("staying.asylum_share", "staying.asylum_shar"),
         "factors.staying.asylum_shar: unknown key; did you mean 'asylum_share'?"),
        (TEXT.replace('"staying.asylum_share"', '"rented_prison.opens"'),
         "factors.rented_prison.opens: only a factor between two numbers can be calibrated"),
        (TEXT.replace('figure = "third_country"', 'figure = "too_early"'),
         "does not simulate the days of too_early"),
        (TEXT.replace("[12, 16]", "[12, 9]"), "points[2]: is 9: should be at least 10"),
        (TEXT.replace("[12, 16]", "[12]"), "points: give those of two waves at least"),
        (TEXT + "discrepancy = 3\n", "why: say what the discrepancy stands for"),
        (TEXT.replace("points", "replications = 1\npoints"),
         "replications: is 1: should be at least 2"),
        (TEXT.replace("points", "cut_off = 2\npoints"),
         "cut_off: unknown key; did you mean 'cutoff'?"),
    ],
)  # fmt: skip
def test_mistakes_are_told(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_calibration(write(tmp_path, text))
    assert told in str(caught.value)


def test_too_few_points_are_told(tmp_path: Path) -> None:
    keys = [f"origins.{name}.protected_share" for name in list(load("baseline").origins)[1:13]]
    text = TEXT.replace('["arrivals.third_country_share", "staying.asylum_share"]', repr(keys))
    with pytest.raises(ScenarioError, match="12 points tell nothing about 12 factors"):
        read_calibration(write(tmp_path, text))


# ---------------------------------------------------------------- what comes with the model


@pytest.fixture(scope="module")
def shipped() -> Task:
    return read_calibration()


def test_the_shipped_calibration_is_the_one_the_shipped_ensemble_was_made_by(shipped: Task) -> None:
    ensemble = load_ensemble(shipped_ensembles()["gjilan"])
    assert ensemble.factors == shipped.definition.factors
    assert len(ensemble.sets) == shipped.definition.points[-1]
    assert ensemble.made["seed"] == shipped.definition.seed
    assert set(ensemble.made["targets"]) <= {target.name for target in shipped.targets}
    for factor, values in zip(shipped.factors, ensemble.values.T, strict=True):
        assert ((values >= factor.low) & (values <= factor.high)).all()


def test_values_say_whether_they_are_published_assumed_or_informed() -> None:
    base = load("baseline")
    evidence = evidence_for(base)
    kinds: dict[str, Any] = {record.status: ground(record) for record in evidence.record}
    assert kinds == {"found": "published", "article": "published", "derived": "published",
                     "recalled": "assumed", "assumption": "assumed"}  # fmt: skip
    told = calibrated_values(base)
    assert "arrivals.third_country_share" in told
    assert all("not moved" in words for words in told.values())
    elsewhere = base.change({"arrivals.third_country_share": 0.3})
    assert "arrivals.third_country_share" not in calibrated_values(elsewhere)
    assert calibrated_values(load("norgerhaven")) == {}
