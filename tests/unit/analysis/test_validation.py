"""The verdict, worked out by hand, and the table it stands in."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from sim.analysis.validation import (
    AGREES,
    MISSED,
    NO_VALUE,
    NOT_COVERED,
    SET,
    Validation,
    validate,
    validation_table,
    verdict_on,
)
from sim.results.published.vocabulary import Figure
from sim.scenario.schema import Scenario
from sim.show.draw.validation import draw
from sim.show.words.validation import as_text, summary
from tests.helpers.worlds import small


def figure(key: str = "one", at: date = date(2027, 1, 1), **about: object) -> Figure:
    given = {
        "topic": "Some", "title": f"Figure {key}", "value": 10.0, "unit": "people",
        "tolerance_why": "a test", "used_to_set": False, "status": "found", "source": "A test.",
        "confidence": "high", "measure": {"kind": "prisoners", "at": at},
    }  # fmt: skip
    return Figure.model_validate({**given, "key": key, **about})


#: Its 5th and 95th percentile are 20.95 and 29.05.
SAMPLE = np.linspace(20.5, 29.5, 91)


@pytest.mark.parametrize(
    ("about", "verdict"),
    [
        ({"value": 25.0}, AGREES),
        ({"value": 25.0, "used_to_set": True}, SET),
        ({"value": 20.9}, MISSED),
        ({"value": 20.9, "used_to_set": True}, MISSED),
        ({"value": 20.9, "tolerance": 0.2}, AGREES),
        ({"value": 20.5, "high": 20.9, "tolerance": 0.2}, AGREES),
        ({"value": 20.5, "high": 20.7, "tolerance": 0.2}, MISSED),
        ({"value": 29.3}, MISSED),
        ({"value": 29.3, "low": 28.0}, AGREES),
        # An upper bound: everything below is accepted, chance and tolerance included.
        ({"value": 1000.0, "compare": "at_most"}, AGREES),
        ({"value": 21.1, "compare": "at_most"}, AGREES),
        ({"value": 20.7, "compare": "at_most"}, MISSED),
        ({"value": 20.7, "compare": "at_most", "tolerance": 0.5}, AGREES),
        ({"value": 1.0, "compare": "at_least"}, AGREES),
        ({"value": 29.3, "compare": "at_least"}, MISSED),
    ],
)
def test_the_verdict(about: dict[str, object], verdict: str) -> None:
    assert np.quantile(SAMPLE, [0.05, 0.95]) == pytest.approx([20.95, 29.05])
    assert verdict_on(figure(**about), SAMPLE) == verdict


FIGURES = (
    figure("zebra", value=25.0, used_to_set=True),
    figure("ape", value=5.0, used_to_set=True),
    figure("early", at=date(2001, 1, 1)),
    figure("nobody"),
    figure("cow", value=25.0, topic="Other"),
)


def values(scenario: Scenario, **samples: list[float]) -> pd.DataFrame:
    rows = [
        (scenario.name, number, key, value)
        for key, sample in samples.items()
        for number, value in enumerate(sample)
    ]
    return pd.DataFrame(rows, columns=["scenario", "replication", "figure", "value"])


@pytest.fixture(scope="module")
def found() -> Validation:
    """Two replications, by hand."""
    nan = np.nan
    measured = values(small(), ape=[20, 30], zebra=[24, nan], cow=[20, 30], early=[nan, nan],
                      nobody=[nan, nan])  # fmt: skip
    table = validation_table(FIGURES, [small()], measured)
    return Validation(FIGURES, (small(),), 2, measured, table)


def test_the_table_keeps_the_order_of_the_file_and_every_miss(found: Validation) -> None:
    assert list(found.table["figure"]) == ["zebra", "ape", "early", "nobody", "cow"]
    assert list(found.table["verdict"]) == [MISSED, MISSED, NOT_COVERED, NO_VALUE, AGREES]
    ape = found.table.set_index("figure").loc["ape"]
    assert (ape["model"], ape["replications"]) == (25, 2)
    assert [ape["model_low"], ape["model_high"]] == pytest.approx([20.5, 29.5])
    assert found.table["replications"].tolist() == [1, 2, 0, 0, 2]
    assert found.count(MISSED, small().name) == 2


def test_the_text_says_every_figure_and_what_is_missed(found: Validation) -> None:
    text = as_text(found)
    for one in FIGURES:
        assert text.count(one.title) == 1
    assert text.count(" MISSED ") == 2
    assert "does not cover 1 figure" in text
    told = summary(found, small().name)
    assert told == (
        "Not used to set the scenario: 0 of 1 figure missed. "
        "Used to set it: 2 of 2 figures missed. Others: 1 not covered, 1 no value."
    )


def test_the_drawing_is_of_what_has_a_verdict(found: Validation) -> None:
    drawing = draw(found, small())
    labels = [text.get_text() for ax in drawing.figure.axes for text in ax.get_yticklabels()]
    assert labels == ["Figure zebra", "Figure ape", "Figure cow"]
    assert drawing.png().startswith(b"\x89PNG")


def test_a_scenario_that_covers_nothing_cannot_be_drawn() -> None:
    early = (FIGURES[2],)
    none = values(small(), early=[np.nan])
    table = validation_table(early, [small()], none)
    with pytest.raises(ValueError, match="covers none"):
        draw(Validation(early, (small(),), 1, none, table), small())


def test_validate_runs_what_is_asked(tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[figure]]\nkey = "judged"\ntopic = "Courts"\ntitle = "Judged"\nvalue = 80\n'
        'unit = "people"\ntolerance = 30\ntolerance_why = "chance"\nused_to_set = true\n'
        'status = "derived"\nsource = "The scenario."\nconfidence = "high"\n'
        'measure = { kind = "judgments", from = 2026-01-01, until = 2027-01-01 }\n',
        encoding="utf-8",
    )
    found = validate(small(), figures=file, replications=2, seed=3, out=tmp_path / "out")
    assert found.values["value"].between(50, 110).all()
    assert found.table["verdict"].tolist() == [SET]
    fewer = validate(small(), figures=file, replications=1, seed=3, out=tmp_path / "out")
    assert fewer.table["replications"].tolist() == [1]
    kept_nowhere = validate([small()], figures=file, replications=2, seed=3)
    pd.testing.assert_frame_equal(kept_nowhere.table, found.table)
