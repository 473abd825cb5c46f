"""The three figures of a brief, as wide as its page prints them: their words stand beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.language import tr
from sim.show import words
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.facilities import facility, lines_of
from sim.show.draw.money import bars
from sim.show.draw.tornado import bars as bars_of
from sim.show.draw.tornado import message_of
from sim.show.draw.waterfall import gathered, steps_of
from sim.show.draw.whereabouts import stack
from sim.show.facts.costs import steps
from sim.show.facts.data import band_words

if TYPE_CHECKING:
    from sim.analysis.doubt import Headline
    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario

#: Inches: width of the page between its margins, and height of a panel.
WIDE, TALL = 7.1, 1.5
#: Facilities of which there is a panel.
_ROLES = ("rented_prison", "home_prisons")
#: Assumptions drawn on which something hangs.
_MOST = 4


def printed(compared: Sequence[Replications], hanging: Sequence[Headline]) -> list[Drawing]:
    """Draw the figures of a brief.

    Parameters
    ----------
    compared
        The scenario that the brief is about, and the one it is compared with, if any.
    hanging
        What hangs on assumptions, the most important first; where nothing is known of that, it is
        drawn where the people are. How full prisons are is left out where nobody is in any.
    """
    world = compared[0].scenario
    last = _what_it_hangs_on(hanging[0], world) if hanging else _where(compared)
    roles = [role for role in _ROLES if lines_of(compared, role)]
    full = [_how_full(compared, roles)] if roles else []
    return [*full, _what_it_costs(compared), last]


def _how_full(compared: Sequence[Replications], roles: Sequence[str]) -> Drawing:
    with style.look():
        figure = style.new_figure(TALL + 0.52, WIDE)
        axes = style.grid(figure, [len(roles)], 0.26, 0.26, left=0.62, right=0.2, gap=0.72)
        for ax, role in zip(axes, roles, strict=True):
            facility(compared, role, ax)
    return Drawing(
        "brief_occupancy",
        tr("How full are the prisons?"),
        figure,
        tr("A panel over time for each prison, with people as lines and places as steps."),
        "",
        f"{band_words(compared)} {tr('Thin steps: places.')}",
    )


def _what_it_costs(compared: Sequence[Replications]) -> Drawing:
    if len(compared) == 1:
        return _bars(compared)
    other, base = compared
    rows = len(gathered(steps(base, other))) + 2
    with style.look():
        figure = style.new_figure(0.25 * rows + 0.5, WIDE)
        ax = style.grid(figure, [1], 0.08, 0.46, left=1.75, right=1.3)[0]
        steps_of(base, other, ax)
    return Drawing(
        "brief_waterfall",
        tr("What makes the difference in cost?"),
        figure,
        tr("For each item of cost a bar that begins where the one above it ended."),
        "",
        tr("Hatched: costs less. Lines: range of each step."),
    )


def _bars(compared: Sequence[Replications]) -> Drawing:
    with style.look():
        figure = style.new_figure(1.2, WIDE)
        bars(compared, style.grid(figure, [1], 0.2, 0.46, left=1.5, right=0.4)[0])
    form = tr("A bar made of items of cost.")
    return Drawing("brief_costs", tr("What does it cost?"), figure, form, "", "")


def _what_it_hangs_on(one: Headline, world: Scenario) -> Drawing:
    follows = one.follows[:_MOST]
    with style.look():
        figure = style.new_figure(0.44 * (2 + len(follows)) + 0.46, WIDE)
        bars_of(one, follows, world, style.grid(figure, [1], 0.04, 0.42, left=0.1, right=0.1)[0])
    return Drawing(
        "brief_tornado",
        tr("What does it hang on?"),
        figure,
        tr("A bar for the range of all draws, one for chance alone, and one for each assumption."),
        message_of(one, follows, world),
        "",
    )


def _where(compared: Sequence[Replications]) -> Drawing:
    with style.look():
        figure = style.new_figure(TALL + 0.57, WIDE)
        axes = style.grid(figure, [len(compared)], 0.26, 0.31, left=0.62, right=1.6, gap=2.22)
        for ax, r in zip(axes, compared, strict=True):
            stack(r, ax)
            ax.set_title(words.quoted(words.title_of(r.scenario)), size=style.SMALL)
    return Drawing(
        "brief_whereabouts",
        tr("Where are the people?"),
        figure,
        tr("Stacked areas over time, one panel for each scenario."),
        "",
        tr("Means; the number beside each name is the average of the observed period."),
    )
