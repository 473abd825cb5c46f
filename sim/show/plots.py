"""Plots for notebooks: functions that take a run, runs, a comparison or results; they return axes.

    from sim import plots

    plots.queue(run, "travel_document")         # one run
    plots.survival(runs, "limbo")               # many, as sim.runs makes them
    plots.occupancy(comparison)                 # all scenarios of a comparison
    plots.differences(comparison)
    plots.influence(results, "limbo")           # an experiment

Each draws on the `ax` it is given, or on a new figure of pyplot, which a notebook shows. They are
the panels of the report's figures (`sim.show.figures`), and some that only a notebook needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sim.analysis.durations import survival_curves
from sim.analysis.many.runs import Runs
from sim.errors import moved
from sim.experiment.lives import life_of as kept_life
from sim.experiment.read import Results
from sim.experiment.replicate import of_runs, told_apart
from sim.experiment.replications import Replications
from sim.people.arrivals import GROUPS
from sim.results.choice import nearest
from sim.results.run import By, Run
from sim.scenario.given import expect
from sim.show import words
from sim.show.comparison import Comparison
from sim.show.draw import (
    afterwards,
    effects,
    facilities,
    flow_changes,
    flows,
    lifelines,
    money,
    queues,
    still_inside,
)
from sim.show.draw import durations as stays
from sim.show.draw import limbo as in_limbo
from sim.show.draw import one_person as twice
from sim.show.draw import places as filled_places
from sim.show.draw import waits as hundreds
from sim.show.draw import whereabouts as where
from sim.show.draw.notebook import drawn, key, with_key
from sim.show.draw.waterfall import gathered, steps_of
from sim.show.facts import effects as what_changes
from sim.show.facts.afterwards import MAIN, anyone_expelled, curves
from sim.show.facts.agreement import others, pair_of, reference
from sim.show.facts.costs import can_be_paired, steps
from sim.show.facts.flow_changes import pairs_of
from sim.show.facts.lengths import lengths
from sim.show.facts.lifelines import life_of, side_by_side
from sim.show.facts.limbo import anyone_in_limbo
from sim.show.facts.one_person import lives_of, person_shown
from sim.show.facts.places import balance
from sim.show.facts.queues import names_of
from sim.show.facts.stays import COMPARED, origins_of
from sim.show.figures import OLD_NAMES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.scenario.schema import Scenario

__all__ = [
    "after_sentence",
    "costs",
    "differences",
    "durations",
    "durations_by_origin",
    "flow",
    "flow_change",
    "influence",
    "limbo",
    "occupancy",
    "one_person",
    "places",
    "queue",
    "response",
    "story",
    "survival",
    "waits",
    "waterfall",
    "whereabouts",
]

if not TYPE_CHECKING:  # a checker finds an old name by itself
    __getattr__ = moved("sim.plots", {old: f"sim.plots.{new}" for old, new in OLD_NAMES.items()})

_WORLDS = "a run, runs, a comparison or results, or several of the first two"
_RESULTS = "the results of an experiment, as sim.open_experiment(folder) has them"

#: What can be drawn: one run, many runs, a comparison, results, or several of the first two; single
#: runs that share scenario and seed are replications.
One = Run | Runs | Replications
Whole = Comparison | Results
World = One | Whole | Sequence[Run]
Worlds = One | Whole | Sequence[Run] | Sequence[Runs] | Sequence[Replications]


# ---------------------------------------------------------------------- scenarios beside each other


def occupancy(worlds: Worlds, facility: str = "rented_prison", ax: Axes | None = None) -> Axes:
    """Draw people and places of a facility over time.

    Parameters
    ----------
    worlds
        A run, `sim.runs(...)`, a comparison, results, or several of the first two in a list.
    facility
        `home_prisons`, `rented_prison`, `detention`, `departure_centre`, `host_detention`,
        `host_prisons`, or the name that a scenario gives to one of them.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If there is no such facility.
    """
    shown = _replications(worlds)
    keys = {words.facility_key(r.scenario, role): role for r in shown for role in words.FACILITIES}
    known = {role: role for role in words.FACILITIES} | keys
    role = known[_known(facility, "facility", known)]

    def panel(ax: Axes) -> Axes:
        return facilities.facility(shown, role, ax)

    return with_key(shown, drawn(panel, ax))


def queue(worlds: Worlds, name: str, ax: Axes | None = None) -> Axes:
    """Draw the number of people in a queue, or in limbo, over time.

    Parameters
    ----------
    worlds
        A run, `sim.runs(...)`, a comparison, results, or several of the first two in a list.
    name
        `flight_and_place`, `travel_document`, `limbo` or any other of `Run.queues`.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If there is no such queue.
    """
    shown = _replications(worlds)
    name = _known(name, "queue", names_of(shown))

    def panel(ax: Axes) -> Axes:
        return queues.queue(shown, name, ax)

    return with_key(shown, drawn(panel, ax))


def waits(worlds: Worlds, ax: Axes | None = None) -> Axes:
    """Draw of 100 people who begin to wait in each queue how many have what they wait for, when.

    Parameters
    ----------
    worlds
        A run, `sim.runs(...)`, a comparison, results, or several of the first two in a list.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If hardly anyone begins to wait.
    """
    blocks = hundreds.blocks_of(_replications(worlds))
    if not blocks:
        raise ValueError("hardly anyone begins to wait in the observed period")

    def panel(ax: Axes) -> Axes:
        return hundreds.hundreds(blocks, ax)

    tall = hundreds.height(blocks) + 0.2
    return drawn(panel, ax, height=tall, width=6, top=0.1, bottom=0.1, left=0.2)


def limbo(worlds: Worlds, ax: Axes | None = None) -> Axes:
    """Draw the share of people still in limbo, years after they entered it, and how many they are.

    Parameters
    ----------
    worlds
        A run, `sim.runs(...)`, a comparison, results, or several of the first two in a list.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If hardly anyone enters limbo.
    """
    shown = _replications(worlds)
    if not anyone_in_limbo(shown):
        raise ValueError("hardly anyone enters limbo in the observed period")

    def panel(ax: Axes) -> Axes:
        return in_limbo.survival_of_limbo(shown, ax)

    below = in_limbo.below(shown)
    return drawn(panel, ax, height=3.2 + below, width=6.4, bottom=below, right=0.3)


def flow_change(worlds: Worlds, ax: Axes | None = None) -> Axes:
    """Draw what differs between two scenarios in where people go from the end of their sentence.

    Parameters
    ----------
    worlds
        A comparison, or runs or replications of two scenarios; of more, the one that differs most
        from the reference.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If there is one scenario only, or nobody's sentence ends.
    """
    shown = _replications(worlds)
    if len(shown) < 2:
        raise ValueError("this shows what differs: give two scenarios")
    if not anyone_expelled(shown):
        raise ValueError("nobody's sentence ends in the observed period")
    base, other = pairs_of(shown)[0]

    def panel(ax: Axes) -> Axes:
        return flow_changes.difference(base, other, ax)

    return drawn(panel, ax, height=4.8, width=6.4, left=0.2)


def one_person(
    worlds: Comparison | Results | Runs | Sequence[Run],
    person: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one person's way through the system in two worlds, stage by stage.

    Parameters
    ----------
    worlds
        A comparison, results or runs of several scenarios, or a run of each, of the same seed and
        replication.
    person
        The person's number; of a comparison, someone whose fate changes by default.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    KeyError
        If a world has no such person, or their life was not kept.
    ValueError
        If runs are given and no person, or nobody's life was kept.
    """
    if isinstance(worlds, Runs | Results):
        worlds = _comparison(worlds)
    expect(worlds, (Comparison, Sequence), "a comparison, or a run of each scenario")
    for one in () if isinstance(worlds, Comparison) else worlds:
        expect(one, Run, "a comparison, or a run of each scenario")
    if isinstance(worlds, Comparison):
        shown = list(worlds)
        chosen = person if person is not None else person_shown(shown)
        if chosen is None:
            raise ValueError("nobody's life was kept; give runs, and a person's number")
        found, pair = lives_of(shown, chosen), [shown[n] for n in pair_of(shown)]
        titles = [words.title_of(r.scenario) for r in pair]
    else:
        if person is None:
            raise ValueError("which person? Run.examples of a run names some")
        found = side_by_side([life_of(run, person) for run in worlds])
        titles = [words.title_of(run.scenario) for run in worlds]

    def panel(ax: Axes) -> Axes:
        return twice.life_twice(found, titles, ax)

    tall = twice.ROW * (len(found.rows) + 1)
    return drawn(panel, ax, height=tall + 1.1, width=7, left=twice.LEFT, top=0.75, bottom=0.35)


def durations(worlds: Worlds, ax: Axes | None = None) -> Axes:
    """Draw how long stays and waits last, stage by stage: median and middle half.

    Parameters
    ----------
    worlds
        A run, `sim.runs(...)`, a comparison, results, or several of the first two in a list.
    ax
        Where to draw; a new figure by default.
    """
    shown = _replications(worlds)[:COMPARED]
    rows, tall = stays.rows_of(shown)

    def panel(ax: Axes) -> Axes:
        return stays.by_stage(shown, ax)

    ax = drawn(panel, ax, height=tall + 1.0, width=9, left=2.6, right=1.5)
    if len(shown) > 1:
        alike = any(number is None for row in rows for _, number, _ in row.whiskers)
        key(ax, [words.title_of(r.scenario) for r in shown], lines=False, alike=alike)
    return ax


def costs(worlds: Worlds, ax: Axes | None = None) -> Axes:
    """Draw what each scenario costs in the observed period, item by item.

    Parameters
    ----------
    worlds
        A run, `sim.runs(...)`, a comparison, results, or several of the first two in a list.
    ax
        Where to draw; a new figure by default.
    """
    shown = _replications(worlds)

    def panel(ax: Axes) -> Axes:
        return money.bars(shown, ax)

    return drawn(panel, ax, height=1.0 + 0.8 * len(shown), width=10, left=2.0)


def waterfall(worlds: Worlds, ax: Axes | None = None) -> Axes:
    """Draw what a world costs more than the reference, item by item.

    Parameters
    ----------
    worlds
        A comparison, or replications of two scenarios or more: of the others than the reference
        the first is drawn.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If there is only one world, if none has prices, or if they are about other people.
    """
    shown = _replications(worlds)
    if not can_be_paired(shown):
        raise ValueError(
            "nothing to hold against each other: give two or more worlds with prices, replicated "
            "with the same seed and as often"
        )
    base, other = shown[reference(shown)], shown[others(shown)[0]]
    rows = len(gathered(steps(base, other))) + 2

    def panel(ax: Axes) -> Axes:
        return steps_of(base, other, ax)

    return drawn(panel, ax, height=0.9 + 0.34 * rows, width=6.4, left=1.7, right=1.3)


def differences(
    comparison: Comparison | Results | Runs,
    outcomes: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw paired differences from the reference, with their intervals.

    Parameters
    ----------
    comparison
        Scenarios compared; or results, or runs, of several.
    outcomes
        Names of outcomes; a few of general interest by default.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    UnknownOutcome
        If there is no such outcome.
    ValueError
        If there is nothing to compare.
    """
    if isinstance(comparison, Runs | Results):
        comparison = _comparison(comparison)
    expect(comparison, Comparison, "a comparison, as sim.compare(...) makes it")
    rows = what_changes.difference_rows(comparison, outcomes)

    def panel(ax: Axes) -> Axes:
        return effects.differences(rows, comparison, ax)

    tall = 0.9 + 0.42 * len(rows)
    return drawn(panel, ax, height=tall, width=9, left=3.0, right=2.3, bottom=0.6)


# ---------------------------------------------------------------------- one scenario


def whereabouts(world: World, ax: Axes | None = None) -> Axes:
    """Draw where the people of one scenario are over time, as a stack of stages.

    Parameters
    ----------
    world
        A run, runs or results of one scenario, or replications such as `comparison["baseline"]`.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If there are several scenarios.
    """
    r = _single(world)
    return drawn(lambda ax: where.stack(r, ax), ax, height=4.4, width=8.6, right=2.0)


def places(world: World, facility: str = "rented_prison", ax: Axes | None = None) -> Axes:
    """Draw filled and empty places over time.

    Parameters
    ----------
    world
        A run, runs or results of one scenario, or replications such as `comparison["baseline"]`.
    facility
        `rented_prison` or `home_prisons`.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If there are several scenarios, no such facility, or it has no places.
    """
    r = _single(world)
    role = _known(facility, "facility with places to fill", ("rented_prison", "home_prisons"))
    if balance(r, role) is None:
        title = words.facility_title(r.scenario, role)
        raise ValueError(f"{title} has no places in {words.quoted(r.scenario.title)}")

    def panel(ax: Axes) -> Axes:
        if role == "rented_prison":
            return filled_places.filled(r, ax)
        return filled_places.left(r, ax)

    return drawn(panel, ax)


def after_sentence(world: World, group: str = MAIN, ax: Axes | None = None) -> Axes:
    """Draw what becomes of people in the five years after their sentence.

    Parameters
    ----------
    world
        A run, runs or results of one scenario, or replications such as `comparison["baseline"]`.
    group
        `third_country`, `eu_eea` or `dual_national`.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If there are several scenarios, no such group, or nobody of it is released.
    """
    r = _single(world)
    group = _known(group, "group", GROUPS)
    if not len(curves(r, group)[0]):
        raise ValueError(f"nobody of the group {group} is released in the observed period")

    def panel(ax: Axes) -> Axes:
        afterwards.ways_out(r, group, ax)
        ax.set_title(words.group_title(r.scenario, group))
        ax.set_xlabel("years after the end of the sentence")
        ax.set_ylabel("share of people")
        return ax

    return drawn(panel, ax, height=4.2, width=8, left=0.8, right=2.0)


def flow(world: World, ax: Axes | None = None) -> Axes:
    """Draw where people go from the end of their sentence, as ribbons as wide as they are many.

    Parameters
    ----------
    world
        A run, runs or results of one scenario, or replications such as `comparison["baseline"]`.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If there are several scenarios.
    """
    r = _single(world)
    return drawn(lambda ax: flows.alluvial(r, ax), ax, height=4.6, width=9, left=0.2)


def durations_by_origin(world: World, stage: str = "limbo", ax: Axes | None = None) -> Axes:
    """Draw how long one stage lasts for each group of countries of origin.

    Parameters
    ----------
    world
        A run, runs or results of one scenario, or replications such as `comparison["baseline"]`.
    stage
        `limbo`, `travel_document`, `pre_removal_detention`, `departure_centre` or another stage.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If there are several scenarios, or no such stage.
    """
    r = _single(world)
    roles = {role: role for role in words.stage_titles(r.scenario)}
    roles |= {words.stage_key(r.scenario, role): role for role in roles}
    stage = roles[_known(stage, "stage", roles)]
    there = lengths(r, "origin")
    rows = [name for name in origins_of(r, stage) if name[0] == "=" or (stage, name) in there]

    def panel(ax: Axes) -> Axes:
        return stays.by_origin(r, stage, ax, rows)

    return drawn(panel, ax, height=1.0 + 0.21 * len(rows), width=8, left=2.9, right=1.1)


def survival(
    runs: Run | Runs | Whole | Iterable[Run], stages: str | Sequence[str], by: By | None = None,
    ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw the share of people still in a stage, some time after they entered it.

    Parameters
    ----------
    runs
        One run, or several replications of one scenario or more: then with intervals. Runs, or
        results that keep spells and people; of a comparison, which keeps none, nothing can be told.
    stages
        A stage, a queue of the removal case or `limbo`; or several.
    by
        Also split by origin, group or sex.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    KeyError
        If what is given keeps no spells.
    ValueError
        If nobody begins such a stay in the observed period.
    """
    wanted = [stages] if isinstance(stages, str) else list(stages)
    if isinstance(runs, Runs | Comparison | Results):
        scenario, table = _survival_of(runs, wanted, by)
    else:
        expect(runs, (Run, Sequence, Iterator), "a run, or several")
        several = [runs] if isinstance(runs, Run) else list(runs)
        for one in several:
            expect(one, Run, "a run, or several")
        if not several:
            raise ValueError("nothing to draw: give a run")
        scenario = several[0].scenario
        table = survival_curves(several, still_inside.DAYS, by, stages=wanted)
    if table.empty:
        raise ValueError(f"nobody begins a stay in {words.listed(wanted)} in the observed period")
    titles = words.titles_in_tables(scenario)
    return drawn(lambda ax: still_inside.curves(table, titles, ax), ax, right=0.4)


def _survival_of(
    runs: Runs | Whole, stages: Sequence[str], by: By | None
) -> tuple[Scenario, pd.DataFrame]:
    """Return the curves of many runs, as `survival_curves` has them of single ones."""
    whole = runs if isinstance(runs, Runs) else Runs(_replications(runs))
    if "spells" not in whole.tables:
        names = ", ".join(f'"{r.scenario.name}"' for r in whole.replications)
        raise KeyError(
            f"survival is told from spells, which these do not keep: give sim.runs([{names}], ...)"
        )
    table = whole.survival(stages, still_inside.DAYS, by).drop(columns=["role", "at_risk"])
    return whole.scenarios[0], table.rename(columns={"runs": "replications"})


def story(run: World, person: int, ax: Axes | None = None) -> Axes:
    """Draw one person's way through the system, stay by stay.

    Parameters
    ----------
    run
        The run; or runs, results or replications of one scenario, of which the first is meant.
    person
        The person's number; `Run.examples` names some.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    KeyError
        If the run has no such person, or of results their life was not kept.
    """
    if isinstance(run, Runs):
        run = run[run.replications[0].first]
    life = life_of(run if isinstance(run, Run) else kept_life(_single(run), person), person)

    def panel(ax: Axes) -> Axes:
        return lifelines.life(life, ax)

    return drawn(panel, ax, height=1.3 + 0.3 * len(life.rows), width=9, left=2.7, top=0.6)


# ---------------------------------------------------------------------- experiments


def response(
    results: Results, factor: str, outcome: str, *, by: str | None = None,
    reference: str | None = None, ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw an outcome against something that varies between the points of an experiment.

    Parameters
    ----------
    results
        An experiment.
    factor
        A column of its design, drawn along the horizontal axis.
    outcome
        Name of the outcome.
    by
        Another column of the design: a line for each of its values.
    reference
        Scenario from which paired differences are taken; values by default.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If there is no such column, outcome or reference.
    """
    expect(results, Results, _RESULTS)
    factors = what_changes.factors_of(results)
    for column in filter(None, (factor, by)):
        _known(column, "factor", factors)
    _known(outcome, "outcome", what_changes.NAMES)

    def panel(ax: Axes) -> Axes:
        return effects.response(results, factor, outcome, by, reference, ax)

    return drawn(panel, ax, width=7.6, right=0.3)


def influence(
    results: Results, outcome: str, *, reference: str | None = None, scenario: str | None = None,
    most: int = 12, ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw what an outcome follows most, of all that varies in an experiment.

    For a design that moves one factor at a time: the outcome at both ends of each factor. For a
    sample: rank correlations, hollow where the sample is too small to tell them from chance.

    Parameters
    ----------
    results
        An experiment with a one-at-a-time design, a Latin hypercube or a Sobol' sample.
    outcome
        Name of the outcome.
    reference
        Scenario from which paired differences are taken; values by default.
    scenario
        Which scenario; the first (other than the reference) by default.
    most
        Factors drawn, those that move the outcome most.
    ax
        Where to draw; a new figure by default.

    Raises
    ------
    ValueError
        If there is no such outcome, scenario or reference, or nothing can be ranked.
    """
    expect(results, Results, _RESULTS)
    _known(outcome, "outcome", what_changes.NAMES)
    bars = what_changes.bars_of(results, outcome, reference, scenario)[:most]

    def panel(ax: Axes) -> Axes:
        return effects.influence(results, outcome, bars, ax)

    return drawn(panel, ax, height=1.1 + 0.3 * len(bars), width=9, left=3.2, right=0.9)


# ---------------------------------------------------------------------- what they stand on

#: Runs that have been drawn and are still in use: the first of each scenario, with all of them.
_of_runs: WeakKeyDictionary[Run, dict[tuple[int, ...], Replications]] = WeakKeyDictionary()


def _replications(worlds: Worlds) -> list[Replications]:
    """Return what is to be drawn as replications, those of one scenario together."""
    if isinstance(worlds, Comparison):
        return list(worlds)
    if isinstance(worlds, Results):
        return worlds.replications()
    expect(worlds, (Run, Runs, Replications, Sequence), _WORLDS)
    given: list[Run | Runs | Replications] = (
        [worlds] if isinstance(worlds, Run | Runs | Replications) else [*worlds]
    )
    several: list[Run | Replications] = []
    for one in given:
        expect(one, (Run, Runs, Replications), _WORLDS)
        several += one.replications if isinstance(one, Runs) else [one]
    if not several:
        raise ValueError("nothing to draw: give a run, or replications of a scenario")
    runs: dict[tuple[str, str, int], list[Run]] = {}
    for one in several:
        if isinstance(one, Run):
            runs.setdefault((one.scenario.name, one.scenario.hash, one.seed), []).append(one)
    ready = [one for one in several if isinstance(one, Replications)]
    return told_apart([*ready, *map(_together, runs.values())])


def _comparison(runs: Runs | Results) -> Comparison:
    """Return the scenarios of runs or results as compared; NoComparison if they cannot be."""
    return Comparison(_replications(runs))


def _together(runs: Sequence[Run]) -> Replications:
    """Return runs of one scenario as replications; what is drawn twice is worked out once."""
    known = _of_runs.setdefault(runs[0], {})
    key = tuple(run.replication for run in runs)
    if key not in known:
        known[key] = of_runs(runs)
    return known[key]


def _single(world: World) -> Replications:
    """Return the one scenario that there is."""
    first, *more = _replications(world)
    if more:
        names = ", ".join(r.scenario.name for r in (first, *more))
        raise ValueError(f"this shows one scenario; choose one of {names}: comparison[name]")
    return first


def _known(name: str, what: str, known: Iterable[str]) -> str:
    """Return a name that is known; ValueError names the nearest, and the others."""
    there = list(known)
    if name in there:
        return name
    hint = nearest(name, there)
    raise ValueError(f"no {what} is called {name!r}; {hint}There are: {', '.join(there)}")
