"""The file of a tiny calibration, with its scenario and its published figures."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.experiments import small_world

FIGURE = """[[figure]]
key = "{key}"
topic = "Courts"
title = "{key}"
value = {value}
unit = "people"
tolerance = 4
tolerance_why = "a test"
used_to_set = false
status = "derived"
source = "A test."
confidence = "high"
measure = {{ kind = "{kind}", from = {year}-01-01, until = {until}-01-01{more} }}
"""
HEAD = """name = "tiny"
title = "A tiny calibration"
scenario = "small.toml"
figures = "figures.toml"
points = [12, 16]
factors = ["arrivals.third_country_share", "staying.asylum_share"]
"""
TARGET_TEXT = '[[target]]\nfigure = "third_country"\n'
TEXT = HEAD + 'held_out = ["third_country_later"]\n' + TARGET_TEXT


def write(folder: Path, text: str = TEXT, held_out: float = 16) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "small.toml").write_text(small_world("small"), encoding="utf-8")
    group = ', group = "third_country"'
    figures = [
        FIGURE.format(key="third_country", value=80, kind="judgments", year=2008, until=2013,
                      more=group),
        FIGURE.format(key="third_country_later", value=held_out, kind="judgments", year=2010,
                      until=2011, more=group),
        FIGURE.format(key="too_early", value=1, kind="judgments", year=1990, until=1991, more=""),
    ]  # fmt: skip
    (folder / "figures.toml").write_text("\n".join(figures), encoding="utf-8")
    file = folder / "tiny_calibration.toml"
    file.write_text(text, encoding="utf-8")
    return file
