"""What is kept of a run for questions about durations, so that runs need not stay in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.tables import Floats
from sim.errors import PrisonflowError
from sim.results import choice
from sim.results.run import By, Run
from sim.scenario.given import expect
from sim.statistics.curves import Curve
from sim.statistics.survival import EmptySample, aalen_johansen, kaplan_meier
from sim.world.stages import Exit

#: Days after the sentence at which shares are told: monthly for five years.
MONTHS: tuple[float, ...] = tuple(365.25 / 12 * month for month in range(61))


class MixedRuns(PrisonflowError):
    """Runs that do not belong in one table: one twice, or grouped in different ways."""


@dataclass(frozen=True, eq=False)
class Extract:
    """What one replication says about durations; small, and picklable."""

    scenario: str
    seed: int
    replication: int
    by: By | None
    days: Floats
    """Days after the sentence at which `shares` are told, shape (n,)."""
    curves: dict[tuple[str, str], Curve]
    """By stage and group, for those in which anyone's stay begins in the observed period."""
    shares: dict[str, Floats]
    """By group: share that has left by each exit, columns as in `Exit`, shape (n, k); NaN beyond
    what was followed. Only groups in which anyone was released in the observed period."""
    groups: tuple[str, ...]
    stages: tuple[str, ...]


def extract(
    run: Run,
    by: By | None = None,
    *,
    stages: Sequence[str] | None = None,
    days: Sequence[float] = MONTHS,
) -> Extract:
    """Extract from a run what the tables here are made of.

    Parameters
    ----------
    run
        One replication.
    by
        Also split by origin, group or sex.
    stages
        Which stages, queues of the case, and limbo, by the names that the scenario gives them or by
        their roles (`rented_prison`); all by default.
    days
        Days after the sentence at which shares are told.

    Raises
    ------
    ValueError
        If `by` is none of origin, group, sex, or a stage is unknown.
    """
    at = np.asarray(days, float)
    groups = list(run.groups(by))
    found = dict(run.stages())
    names = tuple(found if stages is None else stages)
    found |= {role: found[name] for name, role in run.stage_roles.items()}
    for name in names:
        choice.chosen("stages", name, found)
    curves: dict[tuple[str, str], Curve] = {}
    for name in names:
        mine = found[name][run.observed(found[name].start)]
        index, length = mine.index, mine.days(run.scenario.horizon)
        ended = ~np.isnan(mine.end)
        for label, members in groups:
            own = members[index]
            if own.any():
                curve = kaplan_meier(length[own], ended[own])
                curves[name, label] = Curve.of(curve, int(own.sum()))
    return Extract(
        run.scenario.name,
        run.seed,
        run.replication,
        by,
        at,
        curves,
        dict(_shares(run, groups, at)),
        tuple(label for label, _ in groups),
        names,
    )


def _shares(
    run: Run, groups: Sequence[tuple[str, np.ndarray]], at: Floats
) -> Iterator[tuple[str, Floats]]:
    index, length, cause = run.after_release()
    for label, members in groups:
        mine = members[index]
        try:
            curve = aalen_johansen(length[mine], cause[mine], list(Exit))
        except EmptySample:
            continue
        unknown = (at > curve.last_time) & (curve.survival[-1] > 0)
        yield label, np.where(unknown[:, np.newaxis], np.nan, curve.at(at))


def by_scenario(
    runs: Iterable[Run | Extract],
    by: By | None,
    stages: Sequence[str] | None,
    days: Floats | None,
) -> dict[str, list[Extract]]:
    """Extract what is needed of each run, by scenario, and check that it belongs together.

    Parameters
    ----------
    runs
        Runs, or what was extracted from them.
    by, stages
        As in `extract`.
    days
        Days after the sentence at which shares are wanted; None if none are.

    Raises
    ------
    MixedRuns
        If a replication comes twice, or what was extracted does not hold what is asked for.
    """
    found: dict[str, list[Extract]] = {}
    seen: set[tuple[str, int, int]] = set()
    expect(runs, (Sequence, Iterator), "runs, in a list")
    for run in runs:
        expect(run, (Run, Extract), "runs, or what was extracted from them")
        # Where curves are asked for, no shares are, and the other way round.
        at = np.empty(0) if days is None else days
        one = extract(run, by, stages=stages, days=list(at)) if isinstance(run, Run) else run
        key = one.scenario, one.seed, one.replication
        if key in seen:
            raise MixedRuns(f"replication {key[2]} of {key[0]} with seed {key[1]} comes twice")
        if one.by != by:
            raise MixedRuns(f"replication {key[2]} of {key[0]} was told by {one.by}, not by {by}")
        lacking = [name for name in stages or () if name not in one.stages]
        if lacking:
            raise MixedRuns(f"replication {key[2]} of {key[0]} was told without {lacking[0]}")
        if days is not None and not np.array_equal(one.days, days):
            raise MixedRuns(f"replication {key[2]} of {key[0]} was told at other days")
        seen.add(key)
        found.setdefault(one.scenario, []).append(one)
    return found
