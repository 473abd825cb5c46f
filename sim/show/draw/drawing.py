"""What a figure is once drawn: with its words, and as it is saved."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.show.draw.letters import see_that_drawable
from sim.show.draw.style import DPI, NARROW, look

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure with its words."""

    name: str
    """Stem of its files."""
    title: str
    """The question it answers."""
    figure: Figure
    form: str
    """What it is made of, in a sentence, for those who cannot see it."""
    message: str
    """What one sees, in the one sentence that stands in the figure, computed from the data."""
    note: str
    """How to read it, as it stands below the figure: what line and band are, and of whom."""
    caption: str = ""
    """What there is to say besides."""
    numbers: Callable[[], pd.DataFrame] | None = field(default=None, repr=False)
    """Lays out the numbers that are drawn; only files need them, not the page or a notebook."""

    @cached_property
    def data(self) -> pd.DataFrame | None:
        """The numbers that are drawn, None where the figure has none of its own."""
        return self.numbers() if self.numbers is not None else None

    @property
    def alt(self) -> str:
        """The alternative text: what it is made of, and what one sees."""
        return f"{self.form} {self.message}"

    @property
    def words(self) -> str:
        """All that is said of it, each thing once."""
        return " ".join(filter(None, (self.message, self.caption, self.note)))

    def png(self) -> bytes:
        """Return the figure as PNG; the same figure gives the same bytes."""
        words = {"Title": self.title, "Description": self.words, "Software": None}
        return self._saved("png", {"dpi": DPI, "metadata": words})

    def csv(self) -> str | None:
        """Return the numbers that are drawn as CSV, None where the figure has none of its own."""
        return self._csv

    @cached_property
    def _csv(self) -> str | None:
        return self.data.to_csv(index=False) if self.data is not None else None

    def svg(self) -> bytes:
        """Return the figure as SVG; the same figure gives the same bytes."""
        return self._svg

    @cached_property
    def _svg(self) -> bytes:
        words = {"Title": self.title, "Description": self.words, "Date": None,
                 "Creator": "prisonflow"}  # fmt: skip
        return self._saved("svg", {"metadata": words})

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height."""
        wide, tall = self.figure.get_size_inches()
        return float(wide), float(tall)

    @property
    def narrow(self) -> bool:
        """Whether a phone shows it whole."""
        return self.inches[0] <= NARROW

    def _saved(self, kind: str, options: dict[str, Any]) -> bytes:
        buffer = io.BytesIO()
        with look():
            see_that_drawable(self.figure)
            self.figure.savefig(buffer, format=kind, **options)
        return buffer.getvalue()

    def _repr_png_(self) -> bytes:
        return self.png()


@dataclass(frozen=True, eq=False)
class Picture:
    """A drawing as it is saved, such as another process has drawn it: words as there."""

    name: str
    title: str
    message: str
    caption: str
    alt: str
    inches: tuple[float, float]
    _png: bytes
    _svg: bytes
    _csv: str | None

    @property
    def narrow(self) -> bool:
        """Whether a phone shows it whole."""
        return self.inches[0] <= NARROW

    def png(self) -> bytes:
        """Return the figure as PNG."""
        return self._png

    def svg(self) -> bytes:
        """Return the figure as SVG."""
        return self._svg

    def csv(self) -> str | None:
        """Return the numbers that are drawn as CSV, None where the figure has none of its own."""
        return self._csv


def saved(drawing: Drawing) -> Picture:
    """Return a drawing as it is saved."""
    words = drawing.name, drawing.title, drawing.message, drawing.caption, drawing.alt
    return Picture(*words, drawing.inches, drawing.png(), drawing.svg(), drawing.csv())
