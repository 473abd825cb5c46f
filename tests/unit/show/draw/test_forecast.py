"""The figure of a forecast: a panel for each series, and what came by its place in the ranges."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sim.analysis.forecasting.judge import score
from sim.show.draw.forecast import draw
from tests.helpers.forecasts import made_of, target, without_numba

__all__ = ["without_numba"]

DRAWS = [float(n) for n in range(1, 100)]
TOLD = made_of(
    *(target(f"rented_prison_2028_{n:02}", DRAWS, date(2028, n, 1)) for n in range(1, 7)),
    target("flights_2028", DRAWS, date(2029, 1, 1)),
    target("mine", DRAWS),
)


def test_each_series_has_a_panel() -> None:
    drawn = draw(TOLD)
    titles = [ax.get_title(loc="left") for ax in drawn.figure.axes]
    assert titles == ["People in the rented prison (people)", "Flights, by year (people)",
                      "Target mine (people)"]  # fmt: skip
    ticks = [label.get_text() for label in drawn.figure.axes[1].get_xticklabels()]
    assert ticks == ["2028"]
    assert drawn.alt.startswith("3 panels over time")
    assert "8 targets until 1 January 2029." in drawn.alt
    assert drawn.data is not None
    assert len(drawn.data) == 8
    assert "what came" not in drawn.note


def test_what_came_is_marked_by_its_place(tmp_path: Path) -> None:
    came = tmp_path / "came.csv"
    came.write_text("key,value\nrented_prison_2028_02,50\nrented_prison_2028_03,200\n")
    drawn = draw(TOLD, score(TOLD, came))
    marks = [line.get_marker() for line in drawn.figure.axes[0].lines]
    assert marks[-2:] == ["o", "D"]
    assert "2 figures that came were scored." in drawn.alt
    assert "what came" in drawn.note
