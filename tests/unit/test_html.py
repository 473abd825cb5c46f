"""HTML for notebooks is escaped, can be read by a machine, and has words for every picture."""

from xml.etree import ElementTree as etree

import pytest

from sim import html


def test_everything_plain_is_escaped():
    inside = html.folded("<f>", html.paragraph("<script>"))
    text = html.card("<c>", "<d>", html.paragraph("<e>"), inside)
    etree.fromstring(text)
    assert "<script>" not in text
    for letter in "cdef":
        assert f"&lt;{letter}&gt;" in text


def test_a_small_plot_tells_its_ends_and_fits():
    plot = etree.fromstring(html.small_plot([[0, 8, 4], [1, 1, 1]], "People & places"))
    assert plot.get("aria-label") == (
        "People & places: at most 8, 4 at the end; at most 1, 1 at the end"
    )
    assert plot.find("title").text == plot.get("aria-label")
    first, second = plot.findall("path")
    heights = [float(point.split()[1]) for point in first.get("d")[1:].split(" L")]
    assert heights[0] > heights[2] > heights[1] > 0
    assert first.get("stroke-dasharray") != second.get("stroke-dasharray")
    assert plot.get("stroke") == "currentColor"


@pytest.mark.parametrize("lines", [[], [[]], [[0, 0]]])
def test_a_small_plot_of_nothing_is_drawn(lines):
    etree.fromstring(html.small_plot(lines, "Nothing"))
