"""A comparison says what the command says, and can be asked for more."""

from __future__ import annotations

from xml.etree import ElementTree as etree

import pandas as pd
import pytest

import sim
from sim.analysis.paired import NoComparison, UnknownOutcome
from sim.experiment.replicate import of_runs
from sim.scenario.files import load
from sim.show.answer import sentences
from sim.show.comparison import Comparison
from sim.show.facts.table import summary
from sim.show.terminal import as_text
from tests.helpers.experiments import write
from tests.unit.show.conftest import with_scenario


@pytest.fixture(scope="module")
def comparison(both) -> Comparison:
    return Comparison(both)


@pytest.mark.slow
def test_it_is_what_an_experiment_stores_as_the_command_does(tmp_path):
    write(tmp_path, "[replications]\nnumber = 1\n")
    worlds = [load(tmp_path / "small.toml"), tmp_path / "without.toml"]
    ours = sim.compare(*worlds, assumptions="fixed", replications=5, seed=5, progress=False)
    defined = sim.define("compare", worlds, 5, seed=5, tables=["report"])
    stored = sim.run_experiment(defined, tmp_path / "stored", progress=False)
    theirs = Comparison(stored.replications())
    assert str(ours) == str(theirs)
    pd.testing.assert_frame_equal(ours.differences(), theirs.differences())
    assert ours.answer.splitlines() == sentences(theirs.replications)


@pytest.mark.slow
def test_workers_change_nothing(tmp_path):
    write(tmp_path, "[replications]\nnumber = 1\n")
    one, two = (
        sim.compare(
            tmp_path / "small.toml", assumptions="fixed", replications=2, workers=n, progress=False
        )
        for n in (1, 2)
    )
    pd.testing.assert_frame_equal(one.outcomes, two.outcomes)
    with pytest.raises(ValueError, match="workers is 0"):
        sim.compare("baseline", workers=0)


def test_differences_are_those_shown_and_from_the_world_without(comparison):
    assert comparison.reference.name == "no_agreement"
    found = comparison.differences().set_index("outcome")
    values = comparison.outcomes.pivot_table("value", ["outcome", "replication"], "scenario")
    by_hand = (values["baseline"] - values["no_agreement"]).groupby("outcome").mean()
    assert found.loc["limbo", "mean"] == pytest.approx(by_hand["limbo"])
    assert set(found.index) == {row.name for row in summary(comparison.replications)}
    with pytest.raises(UnknownOutcome, match="limbic"):
        comparison.differences(["limbic"])


def test_it_is_a_collection_of_scenarios_with_tables(comparison, baseline):
    assert comparison["baseline"] is baseline
    assert [r.scenario for r in comparison] == list(comparison.scenarios)
    assert comparison._ipython_key_completions_() == ["baseline", "no_agreement"]
    table = comparison.table("queues")
    assert list(table.columns[:2]) == ["scenario", "replication"]
    assert len(table) == sum(len(r.tables["queues"]) for r in comparison)
    assert not comparison.means().empty
    with pytest.raises(KeyError, match="there are: baseline, no_agreement"):
        comparison["basline"]
    with pytest.raises(KeyError, match="there are: outcomes"):
        comparison.table("qeues")


def test_what_cannot_be_compared_is_told(comparison, baseline):
    with pytest.raises(NoComparison, match="at least one scenario"):
        sim.compare()
    with pytest.raises(NoComparison, match="baseline: given twice"):
        sim.compare("baseline", "baseline")
    shorter = {"name": "shorter", "time.observe_until": baseline.scenario.time.end}
    with pytest.raises(NoComparison, match="different periods"):
        Comparison([baseline, with_scenario(baseline, shorter)])


def test_it_shows_itself_with_the_answer_and_every_number(comparison):
    page = etree.fromstring(comparison._repr_html_())
    paragraphs = {"".join(p.itertext()) for p in page.iter("p")}
    assert set(comparison.answer.splitlines()) <= paragraphs
    cells = {"".join(cell.itertext()) for cell in page.iter("td")}
    for row in summary(comparison.replications):
        assert {row.cell(0), row.cell(1), row.difference(0)} <= cells
    assert str(comparison) == as_text(comparison.replications)
    assert "\n" not in repr(comparison)


def test_the_report_is_about_these_replications(comparison, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.show.documents.draw_all", lambda replications: [])
    monkeypatch.setattr("sim.show.brief.printed", lambda *_: [])
    earlier = tmp_path / "report" / "figures" / "exits.png"
    earlier.parent.mkdir(parents=True)
    earlier.touch()
    stale = tmp_path / "report" / "report.pdf"
    stale.touch()
    page = comparison.report(tmp_path / "report")
    assert not earlier.exists()
    assert not stale.exists()
    assert comparison.brief(tmp_path / "brief") == tmp_path / "brief" / "brief.html"
    assert page == tmp_path / "report" / "report.html"
    assert sentences(comparison.replications)[0] in page.read_text(encoding="utf-8").replace(
        "&#39;", "'"
    ).replace("\u00a0", " ")


def test_runs_are_replications_of_their_scenario(baseline):
    runs = [sim.run(baseline.scenario, seed=baseline.seed, replication=n) for n in (1, 0)]
    together = of_runs(runs)
    assert together.numbers == range(2)
    for name, table in together.tables.items():
        whole = baseline.tables[name]
        expected = whole[whole["replication"] < 2].reset_index(drop=True)
        pd.testing.assert_frame_equal(table, expected, check_categorical=False)
    assert of_runs(runs[:1]).numbers == range(1, 2)
    with pytest.raises(ValueError, match="without a gap"):
        of_runs([runs[0], runs[0]])
    with pytest.raises(ValueError, match="several scenarios or seeds"):
        of_runs([runs[0], sim.run(baseline.scenario, seed=9)])
