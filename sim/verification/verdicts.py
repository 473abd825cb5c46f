"""Running the checks on a scenario, and what they found as one object."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim import html
from sim.numbers import MISSING, counted, grouped, plain
from sim.scenario.given import scenario_from
from sim.scenario.schema import Scenario
from sim.table import WIDTH, Column, Heading, Row, Table
from sim.verification.check import (
    CHECKS,
    DOES_NOT_APPLY,
    FAILS,
    FALSE_ALARM,
    GROUPS,
    HOLDS,
    Check,
    DoesNotApply,
)
from sim.verification.told import Told
from sim.whole import whole_number
from sim.world.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = (
    Column("check", width=54, most=54),
    Column("checked", number=True),
    Column("worst", number=True, width=15),
    Column("allowed", number=True),
    Column("verdict"),
)


@dataclass(frozen=True)
class Verdict:
    """What one check found in one scenario."""

    scenario: str
    group: str
    check: str
    title: str
    meaning: str
    checked: int
    """How many things were checked."""
    worst: float | None
    """Largest deviation found, in `unit`; None where the check does not apply or broke off."""
    tolerance: float | None
    unit: str
    verdict: str
    """holds, FAILS or does not apply."""
    why: str
    """Where the largest deviation is, or why the check does not apply."""


@dataclass(frozen=True, repr=False)
class Verification:
    """What all checks found in a scenario.

    Truthful as a condition: ``if not verification: ...`` when a check fails.
    """

    scenario: Scenario
    seed: int
    replications: int
    verdicts: tuple[Verdict, ...]

    @property
    def holds(self) -> bool:
        """Whether no check fails."""
        return not self.failures

    @property
    def failures(self) -> tuple[Verdict, ...]:
        """The checks that fail."""
        return tuple(v for v in self.verdicts if v.verdict == FAILS)

    @property
    def table(self) -> pd.DataFrame:
        """One row for each check.

        Columns: scenario, group, check, title, meaning, checked, worst, tolerance, unit, verdict,
        why; `worst` and `tolerance` are missing where the check does not apply.
        """
        import pandas as pd

        return pd.DataFrame([asdict(verdict) for verdict in self.verdicts])

    def __bool__(self) -> bool:
        return self.holds

    def __repr__(self) -> str:
        lines = self._by_group().text(ruled=True)
        return "\n".join([self._head(), "", *lines, "", *textwrap.wrap(self.summary, WIDTH)])

    def _repr_html_(self) -> str:
        return html.card(self._head(), "", self._by_group().html(), html.paragraph(self.summary))

    def _head(self) -> str:
        number = counted(self.replications, "replication")
        scenario = self.scenario
        return f"{scenario.name}: {scenario.title} ({scenario.hash}), {number}, seed {self.seed}"

    def _by_group(self) -> Table:
        """Return the checks below the titles of their groups."""
        rows: list[Row | Heading] = []
        for group, title in GROUPS.items():
            mine = [_row(verdict) for verdict in self.verdicts if verdict.group == group]
            rows += [Heading(title), *mine] if mine else []
        return Table(_COLUMNS, rows)

    @property
    def summary(self) -> str:
        """Say in words how many checks hold, fail and do not apply, and how to read them."""
        count = {
            kind: sum(v.verdict == kind for v in self.verdicts)
            for kind in (HOLDS, FAILS, DOES_NOT_APPLY)
        }
        text = (
            f"{len(self.verdicts)} checks: {count[HOLDS]} hold, {count[FAILS]} fail, "
            f"{count[DOES_NOT_APPLY]} do not apply to this scenario."
        )
        if any(verdict.unit == "standard errors" for verdict in self.verdicts):
            text += (
                " What is told in standard errors is a test of chance: all of them together find "
                f"fault with a correct model in at most 1 of {grouped(1 / FALSE_ALARM)} "
                "verifications."
            )
        return text


def verify(
    scenario: Scenario | str | Path,
    replications: int = 3,
    seed: int = 1,
    progress: Callable[[str], object] | None = None,
) -> Verification:
    """Check that nothing is broken in a scenario: conservation, Little's law, limits, theory.

    Parameters
    ----------
    scenario
        A scenario, or the name or file of one.
    replications
        How many are simulated and checked.
    seed
        Root seed.
    progress
        Called with the name of what comes next, before each replication and each check.

    Returns
    -------
    Verification
        What every check found; prints as a table, `table` is the same as a DataFrame, `holds` tells
        whether none fails.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read.
    PrisonflowError
        If there is less than one replication, or a number is not whole.
    """
    world = scenario_from(scenario)
    replications, seed = whole_number("replications", replications, 1), whole_number("seed", seed)
    say = progress or (lambda _: None)
    told = []
    for number in range(replications):
        say(f"replication {number}")
        told.append(Told(simulate(world, seed, number)))
    groups = list(GROUPS)
    verdicts = []
    for check in sorted(CHECKS, key=lambda check: groups.index(check.group)):
        say(check.title)
        verdicts.append(judge(check, told))
    return Verification(world, seed, replications, tuple(verdicts))


def judge(check: Check, told: Sequence[Told]) -> Verdict:
    """Apply a check to runs of one scenario."""

    def verdict(
        result: str, why: str, checked: int = 0, worst: float | None = None,
        tolerance: float | None = None,
    ) -> Verdict:  # fmt: skip
        return Verdict(
            told[0].scenario.name, check.group, check.name, check.title, check.meaning, checked,
            worst, tolerance, check.unit, result, why,
        )  # fmt: skip

    try:
        found = check.find(told)
    except DoesNotApply as reason:
        return verdict(DOES_NOT_APPLY, str(reason))
    except Exception as error:
        # Records so broken that a check cannot read them are what it is there to find.
        return verdict(FAILS, f"cannot be worked out: {type(error).__name__}: {error}")
    if not found.checked:
        return verdict(DOES_NOT_APPLY, check.otherwise)
    result = HOLDS if found.holds else FAILS
    return verdict(result, found.where, found.checked, found.worst, found.tolerance)


def _row(verdict: Verdict) -> Row:
    """Return a check as it stands in the table: its numbers, what it means, and where it fails."""
    notes = [verdict.meaning]
    if verdict.verdict == DOES_NOT_APPLY:
        notes.append(f"Does not apply: {verdict.why}.")
    elif verdict.verdict == FAILS:
        notes.append(f"FAILS: {verdict.why}")
    return Row((verdict.title, *_cells(verdict)), notes)


def _cells(verdict: Verdict) -> tuple[str, str, str, str]:
    if verdict.worst is None or verdict.tolerance is None:
        return "", "", "", verdict.verdict if verdict.verdict == FAILS else MISSING
    unit = {"standard errors": "s.e."}.get(verdict.unit, verdict.unit)
    allowed = plain(verdict.tolerance, 3)
    return grouped(verdict.checked), f"{plain(verdict.worst, 3)} {unit}", allowed, verdict.verdict
