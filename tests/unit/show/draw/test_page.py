"""The page of a figure: as high as its words and its panels need."""

import pytest

from sim.show.draw.page import page
from sim.show.draw.style import WIDTH, look

LONG = "A message of many words that does not fit into one line. " * 6


@pytest.mark.parametrize("width", [WIDTH, 6.0])
@pytest.mark.parametrize("message", ["Short.", LONG])
def test_what_is_left_between_the_words_is_what_was_asked_for(message, width):
    with look():
        on = page("A question?", message, f"How to read it. {LONG}", 3.0, width)
    wide, tall = on.figure.get_size_inches()
    assert wide == width
    assert tall - on.top - on.bottom == pytest.approx(3.0)


def test_a_longer_message_makes_a_higher_page():
    with look():
        short, long = (page("A question?", text, "A note.", 3.0) for text in ("Short.", LONG))
    assert long.top > short.top
    assert long.bottom == short.bottom


def test_a_panel_is_placed_in_inches_below_the_words():
    with look():
        on = page("A question?", "Short.", "A note.", 3.0)
        box = on.box(2.0, 0.5, 4.0, 1.5).get_position()
    wide, tall = on.figure.get_size_inches()
    assert box.x0 * wide == pytest.approx(2.0)
    assert box.width * wide == pytest.approx(4.0)
    assert box.height * tall == pytest.approx(1.5)
    assert tall - box.y1 * tall == pytest.approx(on.top + 0.5)
