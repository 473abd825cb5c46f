"""Letters: that any text can be drawn, whatever is in it and whatever fonts this machine has.

Text is text: dollar signs and backslashes mean nothing in a figure. Scripts that our own font lacks
are drawn with the first font of a list that is installed. A sign that none has is drawn as a
question mark, and the figure says so.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

#: Our own font, which comes with matplotlib.
FONT = "DejaVu Sans"
#: Fonts with other scripts, as systems and distributions bring them.
_OTHERS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Source Han Sans SC",
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Microsoft YaHei", "SimHei",
    "Yu Gothic", "Malgun Gothic", "PingFang SC", "Hiragino Sans GB", "Hiragino Sans",
    "Apple SD Gothic Neo", "Arial Unicode MS", "Noto Sans Devanagari", "Noto Sans Bengali",
    "Noto Sans Tamil", "Noto Sans Thai", "Noto Sans Ethiopic", "Noto Sans Khmer", "Nirmala UI",
    "Leelawadee UI", "Noto Emoji", "Noto Sans Symbols 2", "Unifont",
)  # fmt: skip
_UNKNOWN = "?"
_NOTE = f"{_UNKNOWN}: a sign that no font of this machine has"


@cache
def families() -> list[str]:
    """Return our own font, and those installed that have what it lacks."""
    from matplotlib.font_manager import fontManager

    there = set(fontManager.get_font_names())
    return [FONT, *(name for name in _OTHERS if name in there)]


@cache
def _signs() -> frozenset[int]:
    """Return the signs that can be drawn, as code points."""
    from matplotlib.font_manager import findfont, get_font

    return frozenset().union(*(get_font(findfont(name)).get_charmap() for name in families()))


def drawable(text: str) -> str:
    """Return a text with a question mark for each sign that cannot be drawn."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c == "\n" or ord(c) in _signs() else _UNKNOWN for c in text)


def in_key(title: str) -> str:
    """Return a title as a key takes it: one that begins with `_` would be left out."""
    return f" {title}" if title.startswith("_") else title


def see_that_drawable(figure: Figure) -> None:
    """Let a figure draw no sign that no font has, and say so if there was one."""
    from matplotlib.text import Text

    found = False
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if (shown := drawable(text.get_text())) != text.get_text():
            text.set_text(shown)
            found = True
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            _see_to_ticks(axis)
    if found:
        figure.text(0.995, 0.004, _NOTE, ha="right", va="bottom", size=6, color="#5f5f5f")


def _see_to_ticks(axis: Axis) -> None:
    """Let ticks, which are written anew with each drawing, have words that can be drawn."""
    from matplotlib.ticker import FixedFormatter, FuncFormatter

    words = axis.get_major_formatter()
    if isinstance(words, FixedFormatter | FuncFormatter):
        axis.set_major_formatter(FuncFormatter(lambda at, place: drawable(words(at, place))))
