"""The brief says what changes and how sure that is, whence it comes, on no more than two pages."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from sim.scenario.evidence import evidence_for
from sim.show import brief, pdf
from sim.show.brief import PAGES, SIZES, brief_of, write_brief
from sim.show.facts.assumptions import assumptions
from sim.show.facts.headlines import headlines, pair
from sim.show.facts.sources import TOLD, behind, sources
from sim.show.facts.table import summary
from tests.helpers.html import Page
from tests.unit.show.conftest import renamed

MADE = date(2026, 3, 1)
possible = pytest.mark.skipif(bool(pdf.missing()), reason=f"no PDF here: {pdf.missing()}")


@pytest.fixture(scope="module")
def drawn(both):
    """Both scenarios as if their replications were draws, with chance besides."""
    return [dataclasses.replace(r, drawn=True, chance=r) for r in both]


@pytest.fixture(scope="module")
def whole(drawn):
    return brief_of(drawn, command="prisonflow compare a b", made=MADE)


@pytest.fixture
def undrawn(monkeypatch):
    """Let briefs be made without figures."""
    monkeypatch.setattr(brief, "printed", lambda *_: [])


@pytest.fixture(scope="module")
def parsed(whole):
    return Page(whole.html())


# ---------------------------------------------------------------------- what it says


def test_it_says_what_changes_with_its_range(drawn, parsed):
    rows = summary(drawn, ["total_cost", "places_freed_gross", "limbo"])
    told = {one.title: one for one in headlines(drawn)}
    for row in rows:
        assert told[row.title].difference == row.difference(0)
        assert row.difference(0) in parsed.text
        assert row.title in parsed.text
    assert len(rows) == 3


def test_chance_alone_is_that_of_the_replications_beside_the_draws(drawn):
    widened = [dataclasses.replace(r, chance=None) for r in drawn]
    assert all(row.chance == row.difference for row in headlines(drawn))
    assert all(row.chance == "" for row in headlines(widened))


def test_it_says_when_and_from_what_it_was_made(parsed):
    assert "1 March 2026" in parsed.text
    assert "prisonflow compare a b" in parsed.text
    assert "prisonflow 0." in parsed.text


def test_it_loads_nothing_and_links_to_its_annex_and_sources(whole, parsed):
    assert not {"script", "link", "iframe"} & {tag for tag, _ in parsed.tags}
    images = [a for tag, a in parsed.tags if tag == "img"]
    assert len(images) == 3
    assert all(a["src"].startswith("data:image/svg+xml") and len(a["alt"]) > 40 for a in images)
    links = {a["href"] for tag, a in parsed.tags if tag == "a"}
    assert "report.html" in links
    assert {one.address for one in whole.content["behind"]} < links
    assert dict(parsed.tags)["html"]["lang"] == "en"
    assert set(parsed.open) <= {"meta", "img"}


def test_what_has_not_opened_has_not_been_observed(drawn, undrawn):
    words = "nothing of it has been observed"
    assert any(words in said for said in brief_of(drawn, made=MADE).content["unknowable"])
    late = date(2030, 1, 1)
    assert not any(words in said for said in brief_of(drawn, made=late).content["unknowable"])


def test_fixed_assumptions_are_said_to_hold_no_doubt(both, parsed, undrawn):
    fixed = Page(brief_of(both, made=MADE).html())
    assert "Doubt about the assumptions is in no number here." in fixed.text
    assert "Chance alone" not in fixed.text
    assert "Chance alone" in parsed.text


def test_it_is_about_one_scenario_and_what_it_is_compared_with(both, undrawn):
    third = renamed(both[0], "third", "Third")
    assert pair(both) == both
    assert pair(both[::-1]) == both
    assert pair([third, *both]) == [third, both[1]]
    assert pair(both[:1]) == both[:1]
    alone = Page(brief_of(both[:1], made=MADE).html())
    assert "What happens" in alone.text
    assert "Difference" not in alone.text
    three = Page(brief_of([third, *both], made=MADE).html())
    assert "1 more scenario is compared in the annex" in three.text


# ---------------------------------------------------------------------- sources


def test_sources_are_all_addresses_of_the_evidence_once(both):
    sections = assumptions(both[0].scenario, evidence_for(both[0].scenario))
    found = sources(sections)
    rows = [row for rows in sections.values() for row in rows if row.url]
    assert {one.address for one in found} == {row.url for row in rows}
    assert len(found) == len({one.address for one in found}) > 30
    rent = next(row for row in rows if row.key == "costs.rent.million_per_year")
    assert rent.key in next(one.keys for one in found if one.address == rent.url)


def test_numbers_told_are_read_at_the_address_beside_them(both):
    world = both[0].scenario
    sections = assumptions(world, evidence_for(world))
    keys = {row.key.partition(" ")[0] for rows in sections.values() for row in rows}
    by_the_month = {"costs.rent.prisoner_per_month", "costs.rent.place_per_month"}
    assert set(TOLD) - by_the_month <= keys
    told = {number: one.address for one in behind(world, sections) for number in one.numbers}
    row = next(r for rows in sections.values() for r in rows if r.key == "rented_prison.places")
    assert told["Rented places: 300 places"] == row.url


# ---------------------------------------------------------------------- pages


@pytest.fixture
def sizes(monkeypatch):
    """The numbers of pages in each size that is tried."""
    tried = []

    def laid_out(html):
        document = pdf.laid_out(html)
        tried.append(len(document.pages))
        return document

    monkeypatch.setattr(brief, "laid_out", laid_out)
    return tried


@possible
def test_it_has_two_pages_in_letters_that_can_be_read(whole, sizes):
    assert whole.pdf().startswith(b"%PDF-")
    assert sizes[-1] == PAGES
    assert SIZES[len(sizes) - 1] >= 8


@possible
def test_longer_words_are_set_smaller_and_never_take_a_third_page(whole, sizes):
    long = "Words that go on and on, as nobody who wrote a summary can have meant them to. " * 6
    content = whole.content | {"sentences": [long] * 14, "figures": []}
    dataclasses.replace(whole, content=content).pdf()
    assert len(sizes) > 1
    assert sizes[0] > PAGES >= sizes[-1]


def test_html_is_written_where_there_is_no_pdf(both, whole, tmp_path, monkeypatch):
    def absent(html):
        raise pdf.NoPdf("PDF needs WeasyPrint")

    monkeypatch.setattr(brief, "brief_of", lambda *_: whole)
    monkeypatch.setattr(brief, "laid_out", absent)
    with pytest.raises(pdf.NoPdf):
        write_brief(both, tmp_path, pdf=True)
    assert [path.name for path in tmp_path.iterdir()] == ["brief.html"]
    assert write_brief(both, tmp_path) == [tmp_path / "brief.html"]
