"""prisonflow calibrate, as typed: an ensemble and a report, going on, and mistakes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.experiment.ensemble import load_ensemble
from tests.helpers.calibrations import TEXT, write
from tests.helpers.command import prisonflow


def test_an_ensemble_and_a_report_are_written_and_the_same_command_goes_on(tmp_path: Path) -> None:
    file, out = write(tmp_path / "files"), tmp_path / "out"
    first = prisonflow("calibrate", file, "--workers", 1, "--out", out)
    assert first.returncode == 0, first.stderr
    ensemble = (out / "ensemble.toml").read_bytes()
    assert len(load_ensemble(out / "ensemble.toml").sets) == 16
    assert "arrivals.third_country_share" in first.stdout
    unknowns = pd.read_csv(out / "tables" / "unknowns.csv")
    assert unknowns["factor"].tolist() == ["arrivals.third_country_share", "staying.asylum_share"]
    assert pd.read_parquet(out / "tables" / "foretold.parquet")["role"].tolist() == [
        "target", "held out",
    ]  # fmt: skip
    for picture in ("unknowns", "foretold"):
        name = f"figures/calibration_{picture}.png"
        assert (out / name).is_file()
        assert f"({name})" in (out / "calibration.md").read_text(encoding="utf-8")
    again = prisonflow("calibrate", file, "--workers", 1, "--out", out)
    assert again.stdout.count("0 cells run") == 2
    assert (out / "ensemble.toml").read_bytes() == ensemble


def test_mistakes_leave_no_trace(tmp_path: Path) -> None:
    file = write(tmp_path / "files", TEXT.replace("[12, 16]", "[12]"))
    out = tmp_path / "out"
    bad = prisonflow("calibrate", file, "--out", out)
    assert bad.returncode == 2
    assert "points: give those of two waves at least" in bad.stderr
    assert "Traceback" not in bad.stderr
    assert not out.exists()
    out.mkdir()
    (out / "ensemble.toml").write_text("mine", encoding="utf-8")
    refused = prisonflow("calibrate", write(tmp_path / "files"), "--out", out)
    assert refused.returncode == 2
    assert "holds ensemble.toml of something else" in refused.stderr
    assert [path.name for path in out.iterdir()] == ["ensemble.toml"]
