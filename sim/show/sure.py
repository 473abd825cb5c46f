"""How sure is this? One view of it, for page, report and notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sim import html
from sim.language import tr
from sim.show.draw.drawing import Drawing
from sim.show.draw.tornado import tornado
from sim.show.facts.sureness import Sureness, disputed, score, shipped_sureness, sureness
from sim.show.words.names import quoted
from sim.show.words.sureness import (
    about_words,
    answer_words,
    between,
    departures_words,
    explained_words,
    follows_words,
    headline_title,
    headline_unit,
    made_before_words,
    matters,
    middle,
    nobody_knows,
    score_words,
    scored_words,
    sentence,
)
from sim.table import Table

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario

#: Assumptions written out for each headline, and scenarios that have figures.
_NAMED, _DRAWN = 5, 3


@dataclass(frozen=True)
class Row:
    """A headline as it is written."""

    title: str
    unit: str
    middle: str
    range: str
    chance: str
    sentence: str
    follows: tuple[str, ...]
    """Each assumption that it follows, in a sentence; the strongest first."""
    explained: str


@dataclass(frozen=True)
class View:
    """How sure the answer is for one scenario, in words and figures."""

    found: Sureness

    @property
    def scenario(self) -> Scenario:
        """The scenario that it is about."""
        return self.found.scenario

    @cached_property
    def rows(self) -> list[Row]:
        """The headlines."""
        return [
            Row(
                headline_title(one, self.scenario),
                headline_unit(one),
                middle(one) if matters(one) else tr("≈ 0"),
                between(one, one.range) if matters(one) else "",
                between(one, one.chance) if matters(one) and one.chance is not None else "",
                sentence(one),
                tuple(follows_words(one, most, self.scenario) for most in one.follows[:_NAMED]),
                explained_words(one),
            )
            for one in self.found.headlines
        ]

    @property
    def notes(self) -> list[str]:
        """What the numbers are of."""
        before = self.found.before
        said = [] if before is None else [made_before_words(before)]
        said.append(about_words(self.found.ranges))
        if self.found.follows is not self.found.ranges and self.found.departures is not None:
            said.append(
                tr("What they hang on was made beforehand, for the same worlds, of more draws.")
            )
        return said

    @property
    def warnings(self) -> list[str]:
        """Where a setting has left what was made beforehand; nothing if nowhere."""
        left = self.found.departures
        return [] if left is None else departures_words(left)

    @cached_property
    def drawings(self) -> dict[str, Drawing]:
        """A figure for each headline that hangs on something, by outcome."""
        return {one.outcome: tornado(one, one.follows, self.scenario) for one in self.found.hanging}


@dataclass(frozen=True)
class Disputed:
    """A question that no draw decides, as it is written."""

    title: str
    words: str
    headlines: tuple[str, ...]
    answers: tuple[tuple[str, tuple[str, ...]], ...]
    """Each answer, with what the headlines are in it."""


class HowSure:
    """How sure an answer is: print it, or look at it in a notebook.

    Parameters
    ----------
    replications
        What is compared; or one scenario.
    """

    def __init__(self, replications: Sequence[Replications]) -> None:
        self.scenario = replications[0].scenario
        self.views = [View(found) for found in sureness(replications)]

    @classmethod
    def before(cls, scenario: Scenario, reference: Scenario | None = None) -> HowSure:
        """Return what is known of a scenario before anything is run, of results that are shipped.

        Parameters
        ----------
        scenario
            Any; where it is another than the shipped one, the view says in what.
        reference
            What it is to be compared with.
        """
        found, known = cls.__new__(cls), shipped_sureness(scenario, reference)
        found.scenario, found.views = scenario, [] if known is None else [View(known)]
        return found

    @property
    def figures(self) -> dict[str, Drawing]:
        """The tornadoes of the first scenario, by outcome."""
        return self.views[0].drawings if self.views else {}

    @property
    def drawn(self) -> list[Drawing]:
        """All figures of the first few scenarios."""
        return [figure for view in self.views[:_DRAWN] for figure in view.drawings.values()]

    @property
    def disputed(self) -> list[Disputed]:
        """Questions that no draw decides, with all their answers."""
        names = self.scenario.names
        return [
            Disputed(
                tr(question.title).format_map(names),
                tr(question.words).format_map(names),
                tuple(headline_title(one, self.scenario) for one in answers[0].headlines),
                tuple(
                    (tr(answer.title), tuple(map(answer_words, answer.headlines)))
                    for answer in answers
                ),
            )
            for question, answers in disputed(self.scenario)
        ]

    @property
    def score(self) -> tuple[str, list[str]]:
        """How many published figures are met, and each that is missed; empty if not known."""
        figures, missed = score(self.scenario)
        if not figures:
            return "", []
        said = score_words(len(figures) - len(missed), len(figures))
        return said, [scored_words(figure) for figure in missed]

    @property
    def nobody_knows(self) -> list[tuple[str, str]]:
        """What can only be learnt later: title and words; nothing of another case."""
        return nobody_knows(self.scenario) if self.disputed else []

    def table(self) -> pd.DataFrame:
        """Return what every headline follows.

        Returns
        -------
        DataFrame
            Columns: scenario, outcome, difference, middle, low, high, chance_low, chance_high,
            factor, factor_low, factor_high, at_low, at_high, half_width. One row for each
            assumption that a headline follows; one without, where it follows none.
        """
        import pandas as pd

        rows = []
        for view in self.views:
            for one in view.found.headlines:
                chance = (None, None) if one.chance is None else (one.chance.low, one.chance.high)
                said = (view.scenario.name, one.outcome, one.difference, one.range.middle,
                        one.range.low, one.range.high, *chance)  # fmt: skip
                each: list[tuple[object, ...]] = [
                    (f.factor, f.low, f.high, f.at_low, f.at_high, f.half_width)
                    for f in one.follows
                ]
                rows += [(*said, *follows) for follows in each or [(None,) * 6]]
        columns = ["scenario", "outcome", "difference", "middle", "low", "high", "chance_low",
                   "chance_high", "factor", "factor_low", "factor_high", "at_low", "at_high",
                   "half_width"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def __str__(self) -> str:
        lines = []
        for view in self.views:
            lines.append(quoted(view.scenario.title))
            for row in view.rows:
                lines.append(f"  {row.title}: {row.sentence}")
                lines += [f"    {text}" for text in row.follows]
            lines += [f"  {note}" for note in (*view.notes, *view.warnings)]
        return "\n".join(lines) or tr("Nothing is known of how sure this is.")

    def __repr__(self) -> str:
        return f"<HowSure of {', '.join(view.scenario.name for view in self.views)}; print it>"

    def _repr_html_(self) -> str:
        if not self.views:
            return html.paragraph(str(self))
        met, missed = self.score
        later = [html.paragraph(f"{title}. {words}") for title, words in self.nobody_knows]
        return "".join(
            [
                *map(_card, self.views),
                *map(_question, self.disputed),
                *([html.folded(met, *map(html.paragraph, missed))] if met else []),
                *([html.folded(tr("What nobody can know yet"), *later)] if later else []),
            ]
        )


def _card(view: View) -> str:
    """Return a view for a notebook."""
    heads = ("", tr("middle"), tr("assumptions and chance"), tr("chance alone"))
    rows = [(row.title, row.middle, row.range, row.chance) for row in view.rows]
    hangs = [html.paragraph(f"{row.title}. {text}") for row in view.rows for text in row.follows]
    return html.card(
        tr("How sure is this? {scenario}", scenario=view.scenario.title),
        " ".join([*view.warnings, *view.notes]),
        Table.of(heads, rows).html(),
        *([html.folded(tr("What it hangs on"), *hangs)] if hangs else []),
    )


def _question(one: Disputed) -> str:
    rows = [(answer, *said) for answer, said in one.answers]
    table = Table.of(("", *one.headlines), rows, numbers=False).html()
    return html.folded(one.title, html.paragraph(one.words), table)
