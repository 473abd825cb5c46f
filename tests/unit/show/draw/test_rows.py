"""Rows of a panel: names, bars and ranges."""

import pytest

from sim.show.draw.rows import accepted, bar, name_rows, ranked, say, spread
from sim.show.draw.style import own_axes


@pytest.fixture
def ax():
    return own_axes(None)


def test_the_first_row_is_on_top(ax):
    name_rows(ax, ["first", "second"])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]
    bottom, top = ax.get_ylim()
    assert abs(0 - top) < abs(1 - top)
    assert bottom > top


def test_no_rows_leave_an_empty_panel(ax):
    name_rows(ax, [])
    assert ax.get_ylim() == (0.5, -0.5)


def test_a_ranking_has_no_line_at_its_names(ax):
    ranked(ax, ["first"])
    assert not ax.spines["left"].get_visible()


@pytest.mark.parametrize("ends", [(2.0, 5.0), (5.0, 2.0)])
def test_a_bar_runs_from_one_value_to_the_other(ax, ends):
    bar(ax, 1, *ends, "red")
    (drawn,) = ax.patches
    assert sorted([drawn.get_x(), drawn.get_x() + drawn.get_width()]) == [2.0, 5.0]
    assert drawn.get_y() + drawn.get_height() / 2 == pytest.approx(1)


def test_what_was_published_stands_in_what_is_accepted(ax):
    accepted(ax, 0, 1.0, 2.0, 4.0)
    (drawn,), (mark,) = ax.patches, ax.lines
    assert (drawn.get_x(), drawn.get_width()) == (1.0, 3.0)
    assert list(mark.get_xdata()) == [2.0, 2.0]


def test_a_range_is_a_line_with_its_middle(ax):
    spread(ax, 3, 1.0, 2.0, 4.0, "red")
    line, dot = ax.lines
    assert (list(line.get_xdata()), list(dot.get_xdata())) == ([1.0, 4.0], [2.0])
    assert list(dot.get_ydata()) == [3]


def test_words_of_a_row_stand_at_the_right_edge_whatever_the_scale(ax):
    ax.set_xlim(0, 50)
    say(ax, 2, "so many", "red")
    (text,) = ax.texts
    assert (text.get_text(), text.xy) == ("so many", (1.0, 2))
