"""One table: the same cells in a terminal, as Markdown and as HTML."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as etree

import pytest

from sim.numbers import MISSING, points
from sim.table import WIDTH, Column, Heading, Row, Table, written

COLUMNS = (
    Column("what", most=16),
    Column("share,\nper cent", number=True, write=points),
    Column("verdict"),
)
TABLE = Table(
    COLUMNS,
    [
        Heading("Prisons", "As they are."),
        Row(("places in use by anybody", 0.5, "fine"), ["It is what a prison is for."]),
        Heading("Costs"),
        Row(("rent", 1, "")),
    ],
    "Told",
)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234, "1,234"), (0.25, "0.25"), (None, MISSING), (float("nan"), MISSING), (True, "yes"),
     (date(2030, 1, 2), "2030-01-02"), ("a | b", "a | b")],
)  # fmt: skip
def test_a_value_is_written_as_its_kind_is(value: object, text: str) -> None:
    assert written(value) == text


def test_the_text_is_aligned_and_goes_on_below() -> None:
    assert TABLE.text(ruled=True) == [
        "Told",
        "                   share,",
        "what             per cent  verdict",
        "----------------------------------",
        "Prisons",
        "  As they are.",
        "  places in use      50 %  fine",
        "    by anybody",
        "      It is what a prison is for.",
        "----------------------------------",
        "Costs",
        "  rent              100 %",
    ]


def test_a_text_without_heads_or_headings_begins_at_the_left() -> None:
    table = Table.of(("a", "n"), [("one", 1), ("ten", 10)])
    assert table.text(heads=False) == ["one   1", "ten  10"]
    assert table.text() == ["a     n", "one   1", "ten  10"]


def test_lines_within_a_cell_and_long_ones_are_kept_apart() -> None:
    table = Table((Column(""), Column("", most=12)), [Row(("one", "title\nwords that are long"))])
    assert table.text(heads=False) == ["one  title", "     words that", "     are long"]
    note = Table(COLUMNS, [Row(("a", 0, ""), ["word " * 50])]).text()
    assert 80 < max(map(len, note)) <= WIDTH


def test_markdown_has_the_same_cells() -> None:
    assert TABLE.markdown() == [
        "| what | share, per cent | verdict |",
        "|---|---|---|",
        "| **Prisons** | | |",
        "| places in use by anybody<br>It is what a prison is for. | 50 % | fine |",
        "| **Costs** | | |",
        "| rent | 100 % | |",
    ]


def test_markdown_keeps_a_bar_within_its_cell() -> None:
    assert Table.of(("a",), [("x|y",)]).markdown()[-1] == r"| x\|y |"


def test_html_is_read_by_a_machine() -> None:
    page = etree.fromstring(TABLE.html())
    assert page.findtext("caption") == "Told"
    assert [cell.text for cell in page.iter("td")] == ["50 %", "fine", "100 %", None]
    scopes = [cell.get("scope") for cell in page.iter("th")]
    assert scopes == ["col"] * 3 + ["rowgroup", "row", "rowgroup", "row"]
    assert [cell.get("style") for cell in page.iter("td")][:2] == [
        "text-align:right", "text-align:left",
    ]  # fmt: skip
    assert "It is what a prison is for." in "".join(page.itertext())


def test_html_is_escaped() -> None:
    heading, row = Heading("<h>", "<n>"), Row(("<b>", "<script>"), ["<p>"])
    text = Table((Column("<a>"), Column("&")), [heading, row], "<i>").html()
    etree.fromstring(text)
    assert "<script>" not in text
    for letter in "abhinp":
        assert f"&lt;{letter}&gt;" in text


def test_a_row_has_a_value_for_each_column() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Table.of(("a", "b"), [("x",)]).text()
