"""The figures: each a question, drawn from the tables of replications.

A figure comes as a `Drawing`: a matplotlib figure with a title, a caption computed from the data,
a text for those who cannot see it, and the numbers that are drawn. The panels are functions of
their own (`facility`, `queue`, `stack`, `by_stage`, `by_origin`, `ways_out`); they take axes to
draw on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import moved
from sim.language import ENGLISH, language, speaking
from sim.results.files import replace
from sim.show.draw.afterwards import after_sentence, ways_out
from sim.show.draw.drawing import Drawing, Picture, saved
from sim.show.draw.durations import by_origin, by_stage, durations
from sim.show.draw.facilities import facility, occupancy
from sim.show.draw.flow_changes import difference
from sim.show.draw.flows import alluvial, flow
from sim.show.draw.limbo import limbo, survival_of_limbo
from sim.show.draw.money import bars, costs
from sim.show.draw.one_person import one_person
from sim.show.draw.places import places
from sim.show.draw.queues import queue, queues
from sim.show.draw.waits import waits
from sim.show.draw.waterfall import steps_of, waterfall
from sim.show.draw.whereabouts import stack, whereabouts
from sim.show.facts.afterwards import anyone_expelled
from sim.show.facts.costs import can_be_paired
from sim.show.facts.limbo import anyone_in_limbo
from sim.show.facts.one_person import person_shown
from sim.show.facts.places import any_places
from sim.show.facts.waits import queues_of

if TYPE_CHECKING:
    from sim.experiment.replications import Replications

__all__ = [
    "FIGURES", "OLD_NAMES", "Drawing", "Picture", "after_sentence", "alluvial", "bars",
    "begin_drawing", "by_origin", "by_stage", "costs", "difference", "draw_all", "durations",
    "facility", "flow", "limbo", "occupancy", "one_person", "outdated", "places", "queue",
    "queues", "says", "stack", "steps_of", "survival_of_limbo", "waits", "waterfall", "ways_out",
    "whereabouts", "write_figures",
]  # fmt: skip

#: The figures by name, in the order in which they are read: the name is that of the function, of
#: the files, and of what `sim.plots` draws of it.
FIGURES: dict[str, Callable[[Sequence[Replications]], Drawing]] = {
    "occupancy": occupancy,
    "places": places,
    "queues": queues,
    "waits": waits,
    "whereabouts": whereabouts,
    "durations": durations,
    "limbo": limbo,
    "after_sentence": after_sentence,
    "flow": flow,
    "one_person": one_person,
    "costs": costs,
    "waterfall": waterfall,
}
#: When those have something to say that do not always have: the others are left out.
_SAYING: dict[str, Callable[[Sequence[Replications]], bool]] = {
    "places": any_places,
    "waits": lambda replications: bool(queues_of(replications)),
    "limbo": anyone_in_limbo,
    "after_sentence": anyone_expelled,
    "flow": anyone_expelled,
    "waterfall": can_be_paired,
    "one_person": lambda replications: person_shown(replications) is not None,
}
#: What a figure was once called, and its name now.
OLD_NAMES = {"stages": "whereabouts", "exits": "after_sentence"}
_ENDINGS = (".png", ".svg", ".csv")

if not TYPE_CHECKING:  # a checker finds an old name by itself
    __getattr__ = moved(__name__, {old: f"{__name__}.{new}" for old, new in OLD_NAMES.items()})


def draw_all(replications: Sequence[Replications]) -> list[Drawing]:
    """Draw all figures of one or more scenarios that have something to show.

    Raises
    ------
    ValueError
        If there is no scenario.
    """
    if not replications:
        raise ValueError("nothing to draw: give the replications of at least one scenario")
    return [FIGURES[name](replications) for name in _shown(replications)]


def begin_drawing(
    replications: Sequence[Replications], executor: Executor
) -> list[Future[Picture]]:
    """Let other processes draw what `draw_all` draws, each figure by itself."""
    spoken = language()
    return [executor.submit(picture, name, replications, spoken) for name in _shown(replications)]


def picture(name: str, replications: Sequence[Replications], spoken: str = ENGLISH) -> Picture:
    """Draw and save one of the figures in a language."""
    with speaking(spoken):
        return saved(FIGURES[name](replications))


def says(name: str, replications: Sequence[Replications]) -> bool:
    """Tell whether a figure has something to say of some scenarios."""
    return name not in _SAYING or _SAYING[name](replications)


def _shown(replications: Sequence[Replications]) -> list[str]:
    return [name for name in FIGURES if says(name, replications)]


def write_figures(drawings: Sequence[Drawing | Picture], folder: Path) -> list[Path]:
    """Write each figure as PNG and SVG, and its numbers as CSV; the same figures, the same bytes.

    Raises
    ------
    OSError
        If the folder cannot be written to; no file is left half-written.
    """
    paths = []
    for drawing in drawings:
        paths.append(replace(folder / f"{drawing.name}.png", drawing.png()))
        paths.append(replace(folder / f"{drawing.name}.svg", drawing.svg()))
        if (numbers := drawing.csv()) is not None:
            paths.append(replace(folder / f"{drawing.name}.csv", numbers))
    return paths


def outdated(folder: Path, written: Sequence[Path]) -> list[Path]:
    """Return the files of an earlier report's figures that this one has not written anew.

    Parameters
    ----------
    folder
        Where figures are, under the names that they have now or had once.
    written
        The files that were written.
    """
    files = [folder / f"{name}{ending}" for name in (*FIGURES, *OLD_NAMES) for ending in _ENDINGS]
    files += sorted(file for file in folder.glob("tornado_*") if file.suffix in _ENDINGS)
    return [file for file in files if file.is_file() and file not in written]
