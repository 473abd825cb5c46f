"""Fits of data are distributions that a scenario takes, or a clear error."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import sim
from sim.analysis.fitting import UnfitError, fit
from sim.language import speaking
from sim.show.draw.fit import fit as drawn

DAYS = stats.gamma(2, scale=30).ppf((np.arange(80) + 0.5) / 80)


@pytest.fixture(scope="module")
def found() -> sim.Fits:
    return fit(DAYS)


def test_every_line_loads_as_what_was_fitted(found: sim.Fits, tmp_path: Path) -> None:
    for one in found.families:
        file = tmp_path / f"{one.fit.family}.toml"
        line = one.toml("removal.escort_days")
        file.write_text(f'extends = "baseline"\n{line}\n', encoding="utf-8")
        removal = sim.load(file).removal
        assert removal is not None
        assert removal.escort_days == one.declared
        assert one.declared.at(0.5) == pytest.approx(one.fit.quantile(0.5), rel=2e-3)


def test_the_table_ranks_and_the_best_is_first(found: sim.Fits) -> None:
    assert found.best.fit.family == "gamma"
    assert found.table["aic"].is_monotonic_increasing
    assert found.table["mean"].iloc[0] == pytest.approx(60, rel=0.02)
    assert tomllib.loads(found.table["toml"].iloc[0])["days"]["kind"] == "gamma"
    assert str(found).splitlines()[0] == "80 durations were read."
    assert "Left out: two exponentials, which are no better than one here." in str(found)
    with speaking("da"):
        assert "80 varigheder blev læst." in str(found)


def test_a_column_and_what_had_not_ended_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "stays.csv"
    rows = [f"{min(day, 90):.3f},{'yes' if day > 90 else 'no'}" for day in DAYS]
    file.write_text("\n".join(["days,inside", *rows]), encoding="utf-8")
    read = sim.fit(file, column="days", censored="inside")
    assert read.ended.sum() == (DAYS <= 90).sum()
    same = sim.fit(np.minimum(DAYS, 90), censored=DAYS > 90)
    assert read.best.fit.aic == pytest.approx(same.best.fit.aic, abs=0.1)
    assert "they count as lasting longer" in read.about


@pytest.mark.parametrize(
    ("data", "censored", "told"),
    [
        ([3.0] * 9, None, "all durations are 3: nothing to fit; declare"),
        ([1.0, 2.0, 3.0], None, "only 3 durations have ended: at least 5"),
        (np.arange(1.0, 10), [True] * 9, "only 0 durations have ended"),
        (np.arange(0.0, 10), None, "1 of 10 durations are 0"),
        ([1.0, 2, 3, 4, 5, -6], None, "finite numbers of at least 0"),
        ([1.0, 2, 3, 4, 5, np.nan], None, "finite numbers of at least 0"),
        (np.arange(1.0, 10), [True], "9 durations, but 1 answers"),
        ("stays.csv", None, "say which column"),
    ],
)
def test_data_that_say_too_little_are_refused(data, censored, told) -> None:
    with pytest.raises(UnfitError, match=told):
        fit(data, censored=censored)


def test_the_figure_tells_data_from_fits_without_colour(found: sim.Fits) -> None:
    drawing = drawn(found, "days")
    (axes,) = [ax for ax in drawing.figure.axes if ax.lines]
    dashes = [str(line._unscaled_dash_pattern) for line in axes.lines]  # type: ignore[attr-defined]
    assert len(set(dashes)) == len(dashes) == len(found.families) + 1
    written = [text.get_text() for text in axes.texts]
    assert "at risk" in written
    assert "80" in written
    assert drawing.message.startswith("Gamma has the least AIC")
    assert drawing.data is not None
    assert drawing.data["gamma"].iloc[0] == 1
