"""Titles are plain text: in figures, HTML, tables, on the page and on a terminal."""

from __future__ import annotations

import re
import shlex
import warnings
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from matplotlib import pyplot

import sim
from sim.experiment.replications import Replications
from sim.scenario.errors import ScenarioError
from sim.scenario.files import parse_setting
from sim.scenario.schema import Scenario
from sim.show import plots
from sim.show.app.months import html as months_html
from sim.show.app.months import months_of
from sim.show.app.parts import glance, numbers, plain
from sim.show.comparison import Comparison
from sim.show.documents import write_all
from sim.show.draw import letters
from sim.show.draw.drawing import Drawing
from sim.show.figures import draw_all
from sim.show.report import reproduce
from sim.show.terminal import as_text
from tests.helpers.command import FIXED
from tests.helpers.misuse import TINY, WITHOUT, call, few_figures
from tests.helpers.runs import replicate

SIGNS = (
    r"""_Rent $15m (5 % off) vs $20m ^2_i \alpha {x} {{y}} <blink>&amp; | `c` "q" 'a' *s* [l](u)"""
)
CASES = {
    "signs": SIGNS,
    "page": "</script><script>alert(1)</script> one | line \\ #1",
    "scripts": "北京监狱 가나다 かな سجن जेल ⏳ 🏛",
    "sign": "$",
}
OTHERS = ["_", "\\", 'Say "Hi" \\ there', "it's", "–"]


def planted(world: Scenario, text: str) -> Scenario:
    """Put a text into every field of a scenario that takes any."""
    changes = {}
    for key, value in world.leaves():
        if isinstance(value, str):
            try:
                world.change({key: text})
            except ScenarioError:
                continue  # a name or a choice
            changes[key] = text
    assert len(changes) > 20
    return world.change(changes)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "tiny.toml").write_text(TINY, encoding="utf-8")
    (folder / "without.toml").write_text(WITHOUT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=CASES)
def both(request: pytest.FixtureRequest, files: Path) -> tuple[str, list[Replications]]:
    text = CASES[request.param]
    worlds = [planted(sim.load(files / f"{name}.toml"), text) for name in ("tiny", "without")]
    return text, [replicate(world, 1) for world in worlds]


@pytest.fixture(scope="module")
def drawings(both: tuple[str, list[Replications]]) -> list[Drawing]:
    """All figures of both; a warning is an error, as in every test."""
    return draw_all(both[1])


class Words(HTMLParser):
    """The text of a page, without its marks."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def words_of(page: str) -> tuple[str, set[str]]:
    parser = Words()
    parser.feed(page)
    return " ".join(" ".join(parser.words).split()), parser.tags


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.slow
def test_figures_and_report_take_any_text(both, drawings, tmp_path):
    text, done = both
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_all(done, tmp_path, drawings=drawings)
        for plot in (plots.occupancy, plots.durations, plots.costs):
            plot(done)
        plots.whereabouts(done[0])
        plots.flow(done[0])
        plots.durations_by_origin(done[0])
    pyplot.close("all")
    found, tags = words_of((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert flat(text).replace(" %", "\u00a0%") in found.replace(" %", "\u00a0%")
    assert not {"blink", "script"} & tags


def test_the_page_takes_any_text(both):
    text, done = both
    for page in (glance(done), numbers(done)):
        assert not {"blink", "script"} & words_of(page)[1]
    page = months_html(months_of(done))
    assert "alert(1)</script>" not in page
    assert re.sub(r"\\(.)", r"\1", plain(text)) == flat(text)
    assert not re.search(r"(?<!\\)[$`*_<\[|]", plain(text).replace("\\\\", ""))


def test_the_terminal_and_a_notebook_take_any_text(both):
    text, done = both
    assert flat(text)[:12] in flat(as_text(done))
    assert not {"blink", "script"} & words_of(Comparison(done)._repr_html_())[1]


@pytest.mark.slow
def test_a_sign_that_no_font_has_is_said_in_the_figure(both, drawings):
    text, _ = both
    for drawing in drawings:
        drawing.svg()
    signs = letters.drawable(text)
    shown = {t.get_text() for d in drawings for t in d.figure.texts}
    assert (letters._NOTE in shown) == (signs != text)
    assert letters.drawable("Kærshovedgård – ≤ 5 %, Gjilan") == "Kærshovedgård – ≤ 5 %, Gjilan"


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_run_and_report_on_files_with_such_titles(name, files, tmp_path, monkeypatch):
    text = CASES[name]
    if name not in ("signs", "scripts"):  # what these have, figures of one world show, too
        few_figures(monkeypatch)
    world = planted(sim.load(files / "tiny.toml"), text)
    file = tmp_path / "own.toml"
    file.write_text(world.as_toml(), encoding="utf-8")
    assert sim.load(file).title == text
    out = tmp_path / "out"
    said = call("run", file, *FIXED, "--replications", 1, "--out", out)
    assert said.code == 0, said.err
    assert call("check", file).code == call("describe", file).code == 0
    assert len(pd.read_csv(out / "tables" / "census.csv"))


# ---------------------------------------------------------------- the command in a report

NUMBERS = {
    "costs.centre_resident_per_year.amount": 1234567.0,
    "removal.willing_share": 0.4234567,
    "transfer.rotations_per_week": 1 / 3,
    "removal.direct_share": 1e-7,
    "costs.rent.million_per_year": 123456789.123,
}


@pytest.mark.parametrize("title", [*CASES.values(), *OTHERS])
def test_the_command_makes_the_same_scenario_to_the_last_digit(title):
    world = sim.load("baseline")
    known = {key: value for key, value in NUMBERS.items() if key in dict(world.leaves())}
    assert len(known) > 2
    changed = world.change({**known, "title": title})
    command, remarks = reproduce([Replications(changed, 1, 3, {})])
    assert remarks == []
    words = shlex.split(command)
    settings = [words[n + 1] for n, word in enumerate(words) if word == "--set"]
    again = sim.load(words[2], dict(map(parse_setting, settings)))
    assert (again.hash, again.title) == (changed.hash, title)


def test_what_the_command_cannot_say_is_listed():
    world = sim.load("baseline", {"arrivals.judgments_per_year": 150, "removal.willing_share": 0.3})
    command, remarks = reproduce([Replications(world, 1, 3, {})])
    assert "--set" not in command
    assert world.hash in remarks[0]
    assert "removal.willing_share=0.3" in remarks[0]
    several = [sim.load("baseline", {"rented_prison.places": 200}), sim.load("no_agreement")]
    _, remarks = reproduce([Replications(one, 1, 3, {}) for one in several])
    assert ["rented_prison.places=200" in remark for remark in remarks] == [True]


@pytest.mark.slow
def test_run_tells_the_command_that_was_typed(files, tmp_path, monkeypatch):
    few_figures(monkeypatch)
    out = tmp_path / "an out"
    setting = "removal.willing_share=0.4234567"
    typed = ["run", files / "tiny.toml", "--set", setting, *FIXED, "--replications", 1, "--seed", 7,
             "--out", out]  # fmt: skip
    assert call(*typed, "--workers", 1).code == 0
    found, _ = words_of((out / "report.html").read_text(encoding="utf-8"))
    assert shlex.join(["prisonflow", *map(str, typed)]) in found
