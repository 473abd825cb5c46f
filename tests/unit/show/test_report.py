"""The report is one whole file that needs nothing else, and says what it rests on."""

from __future__ import annotations

import pytest

from sim.scenario.evidence import Evidence, evidence_for, load_evidence
from sim.scenario.files import load
from sim.show import brief, documents, report
from sim.show.documents import write_all
from sim.show.facts.assumptions import assumptions, changes, tally
from sim.show.facts.table import summary
from sim.show.figures import FIGURES
from sim.show.report import html, reproduce, tied, write_report
from sim.show.sure import HowSure
from tests.helpers.html import Page
from tests.unit.show.conftest import renamed


@pytest.fixture(scope="module")
def page(both, drawings):
    return html(both, list(drawings.values()))


@pytest.fixture(scope="module")
def parsed(page):
    return Page(page)


# ---------------------------------------------------------------------- one file, whole


def test_page_loads_nothing(page, parsed):
    loading = {"script", "iframe", "object", "embed", "link", "video", "audio", "source", "base"}
    assert not loading & {tag for tag, _ in parsed.tags}
    for tag, attributes in parsed.tags:
        for name in ("src", "srcset", "poster", "background", "data"):
            assert attributes.get(name, "data:").startswith("data:"), tag
        assert not any(name.startswith("on") for name in attributes)
        assert tag == "a" or "href" not in attributes
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_every_image_has_alternative_text(both, parsed):
    images = [attributes for tag, attributes in parsed.tags if tag == "img"]
    assert len(images) == len(FIGURES) + len(HowSure(both).drawn)
    assert all(len(image["alt"]) > 40 for image in images)


def test_page_is_well_formed(page, parsed):
    assert set(parsed.open) <= {"meta", "img", "br"}
    assert page.startswith("<!DOCTYPE html>")
    assert dict(parsed.tags)["html"]["lang"] == "en"


def test_page_shows_answer_table_and_definitions(both, parsed):
    for row in summary(both):
        assert row.title in parsed.text
        assert row.definition in parsed.text
        assert tied(row.cell(0)) in parsed.text
        assert tied(row.difference(0)) in parsed.text


def test_page_shows_captions(drawings, parsed):
    for drawing in drawings.values():
        assert tied(drawing.caption) in parsed.text
        assert f"figures/{drawing.name}.csv" in [
            a.get("href") for tag, a in parsed.tags if tag == "a"
        ]


def test_titles_are_escaped(both, drawings):
    strange = [renamed(both[0], "strange", "<b>R&D</b>"), both[1]]
    assert "<b>R&D" not in html(strange, list(drawings.values()))


def test_title_names_the_only_other_scenario(both):
    titles = [r.scenario.title for r in both]
    assert f"<title>prisonflow: {titles[0]} and {titles[1]}</title>" in html(both, [])
    three = html([*both, renamed(both[0], "third", "Third")], [])
    assert f"<title>prisonflow: {titles[0]} and 2 more</title>" in three


def test_table_of_numbers_is_stacked_on_a_phone(both, page):
    narrow = page.partition("@media (max-width: 40rem)")[2].partition("@media print")[0]
    assert ".numbers td { display: block" in narrow.replace(
        ", .numbers th, .numbers td", " .numbers td"
    )
    assert "content: attr(data-label)" in narrow
    section = page.partition('id="numbers"')[2].partition("</section>")[0]
    cells = [a for tag, a in Page(section).tags if tag == "td" and a.get("role") == "cell"]
    labels = {a["data-label"] for a in cells}
    with_, without = (r.scenario.title for r in both)
    assert labels == {with_, without, f"“{with_}” minus “{without}”"}


def test_wide_tables_of_evidence_say_that_they_move(page):
    tables = page.count('<table class="evidence">')
    evidence = page.partition('id="evidence"')[2].partition('id="method"')[0]
    assert evidence.count('class="hint"') == tables


def test_negative_numbers_have_a_true_minus_sign(page):
    import re

    numbers = page.partition('id="answer"')[2].partition('id="figures"')[0]
    assert re.search("\u2212[0-9]", numbers)
    assert not re.search("[ >(]-[0-9]", numbers)


def test_same_replications_give_the_same_page(both, drawings, page):
    assert html(both, list(drawings.values())) == page


def test_all_files_are_written(both, drawings, tmp_path, monkeypatch):
    drawings = {name: drawings[name] for name in ("queues", "whereabouts")}
    monkeypatch.setattr(documents, "draw_all", lambda _: list(drawings.values()))
    monkeypatch.setattr(brief, "printed", lambda *_: [])
    paths = write_all(both, tmp_path / "out")
    names = [*drawings, *(drawing.name for drawing in HowSure(both).drawn)]
    assert all(path.stat().st_size for path in paths)
    assert {path.relative_to(tmp_path / "out").as_posix() for path in paths} == {
        "brief.html",
        "report.html",
        *(f"figures/{name}.{kind}" for name in names for kind in ("png", "svg", "csv")),
    }
    there = {path for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert there == set(paths)


def test_unwritable_folder_is_a_clear_error(both, drawings, tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "draw_all", lambda _: list(drawings.values()))
    monkeypatch.setattr(brief, "printed", lambda *_: [])
    (tmp_path / "taken").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(OSError, match="taken"):
        write_all(both, tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_failure_while_writing_leaves_the_old_report(both, drawings, tmp_path, monkeypatch):
    (tmp_path / "report.html").write_text("old", encoding="utf-8")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_report(both, tmp_path, list(drawings.values()))
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "old"


# ---------------------------------------------------------------------- what it rests on


def test_every_number_and_its_source_are_shown(both, parsed):
    sections = assumptions(both[0].scenario, evidence_for(both[0].scenario))
    rows = [row for rows in sections.values() for row in rows]
    assert all(row.status != "no record" for row in rows)
    for row in rows:
        assert row.key in parsed.text
        assert row.source in parsed.text
    assert any(row.key == "rented_prison.places" and row.values == "300" for row in rows)
    assert tally(sections) in parsed.text


def test_contested_facts_are_shown_as_contested(parsed):
    contested = [record for record in load_evidence().record if record.key.startswith("host")]
    shown = [record.contested for record in contested if record.contested]
    assert shown
    assert all(text in parsed.text for text in shown)
    assert "Contested" in parsed.text


def test_number_without_record_is_said_to_have_none():
    scenario = load("baseline")
    records = [r for r in load_evidence().record if r.key != "rented_prison.places"]
    rows = assumptions(scenario, Evidence(record=tuple(records)))["The rented prison"]
    assert [row.status for row in rows if row.key == "rented_prison.places"] == ["no record"]
    assert [row.values for row in rows if row.key == "rented_prison.places"] == ["300"]


def test_unreadable_evidence_is_said(both, drawings, monkeypatch):
    monkeypatch.setattr(
        report, "evidence_or_reason", lambda _: (None, "evidence.toml: no such file")
    )
    text = Page(html(both, list(drawings.values()))).text
    assert "The evidence cannot be read: evidence.toml: no such file" in text
    assert "no record" in text


def test_what_a_scenario_changes_is_listed(both, parsed):
    rows, more = changes(both, evidence_for(both[0].scenario))[both[1].scenario.title]
    assert [(row.key, row.before, row.after) for row in rows] == [
        ("rented_prison.in_use", "yes", "no")
    ]
    assert more == 0
    assert "rented_prison.in_use" in parsed.text


# ---------------------------------------------------------------------- how to make it again


def test_settings_are_part_of_the_command(both, parsed):
    command, remarks = reproduce(both)
    assert "prisonflow run baseline no_agreement" in command
    assert "--replications 5 --seed 3" in command
    assert command in parsed.text
    if "--set" not in command:  # a step that replaces many has no short form
        assert remarks


def test_shipped_scenarios_need_no_settings(both):
    import dataclasses

    plain = [dataclasses.replace(r, scenario=load(r.scenario.name)) for r in both]
    command, remarks = reproduce(plain)
    assert "--set" not in command
    assert not remarks
    assert command.endswith("--out outputs")


def test_changed_value_becomes_a_setting(both):
    import dataclasses

    worlds = [load(r.scenario.name, {"rented_prison.places": 200}) for r in both]
    command, _ = reproduce([dataclasses.replace(both[0], scenario=w) for w in worlds])
    assert "--set rented_prison.places=200" in command


def test_own_scenario_is_named_with_its_hash(both):
    own = renamed(both[0], "mine", "My own")
    _, remarks = reproduce([own])
    assert "My own" in remarks[0]
    assert own.scenario.hash in remarks[0]


def test_hashes_and_versions_are_shown(both, parsed):
    for r in both:
        assert r.scenario.hash in parsed.text
    assert "simpy" in parsed.text
