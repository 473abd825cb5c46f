"""Scenarios compared, as one object to ask: what changes, by how much, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim import html
from sim.analysis.comparable import incomparable
from sim.analysis.estimates import means
from sim.analysis.paired import NoComparison, paired
from sim.analysis.tables import outcome_table
from sim.experiment.replicate import ALONE, BESIDES, DRAWS, replicate_all, told_apart
from sim.experiment.replications import Replications
from sim.language import ENGLISH, speaking, tr
from sim.results.choice import nearest
from sim.scenario.given import expect, scenario_from
from sim.scenario.schema import Scenario
from sim.show import words
from sim.show.answer import sentences
from sim.show.facts.agreement import others, reference
from sim.show.facts.data import over_time
from sim.show.facts.queues import queues_of
from sim.show.facts.ranges import range_table
from sim.show.facts.selected import shown
from sim.show.facts.table import by_question, legend
from sim.show.sure import HowSure
from sim.show.terminal import as_text
from sim.statistics.intervals import LEVEL
from sim.table import Table
from sim.whole import whole_number

if TYPE_CHECKING:
    import pandas as pd

#: Queues of which a small plot is shown, the longest first; limbo comes besides.
_PLOTTED = 3


def compare(
    *scenarios: Scenario | str | Path,
    assumptions: Literal["ensemble", "fixed"] = "ensemble",
    draws: int | None = None,
    replications: int | None = None,
    seed: int = 1,
    workers: int = 1,
    progress: bool = True,
) -> Comparison:
    """Run scenarios about the same people with the same luck, and compare them.

    The numbers are those of `prisonflow compare`; nothing is written.

    Parameters
    ----------
    *scenarios
        Scenarios, or names or files of them. Differences are taken from the first without a rented
        prison if others have one, else from the first.
    assumptions
        `"ensemble"`: draws of everything that nobody knows, the same in every scenario, so that
        all that is told has a range over assumptions and chance. `"fixed"`: the values of the
        scenarios, so that results differ by chance alone.
    draws
        Draws of each scenario, with the ensemble; 60 by default.
    replications
        Replications of each at its own values, which show what chance does: 20 by default beside
        draws, 30 with fixed assumptions.
    seed
        Root seed.
    workers
        Processes on this machine.
    progress
        Whether to show a bar while it lasts.

    Raises
    ------
    ScenarioError
        If a scenario cannot be read.
    NoComparison
        If there is none, or they cannot be compared: `sim.analysis.comparable`.
    ValueError
        If there is less than one draw, replication or worker, another word for the assumptions, or
        draws are asked for with fixed assumptions.
    """
    if assumptions not in ("ensemble", "fixed"):
        raise ValueError(f"assumptions: is {assumptions!r}; there are 'ensemble' and 'fixed'")
    fixed = assumptions == "fixed"
    if fixed and draws is not None:
        raise ValueError("draws: there are none with assumptions='fixed'; give replications")
    worlds = [scenario_from(one) for one in scenarios]
    if told := incomparable(worlds):
        raise NoComparison(told)
    drawn = 0 if fixed else whole_number("draws", DRAWS if draws is None else draws, 1)
    if replications is None:
        replications = ALONE if fixed else BESIDES
    return Comparison(
        replicate_all(worlds, replications, seed, workers, draws=drawn, progress=progress)
    )


class Comparison:
    """Scenarios compared; `print` it for the answer, or look at it in a notebook.

    Parameters
    ----------
    replications
        Replications of each scenario, such as `Results.replications` gives.

    Raises
    ------
    NoComparison
        If there is none, or they cannot be compared: `sim.analysis.comparable`.
    """

    def __init__(self, replications: Sequence[Replications]) -> None:
        for one in replications:
            expect(one, Replications, "replications, as Results.replications() has them")
        if told := incomparable([r.scenario for r in replications], [r.seed for r in replications]):
            raise NoComparison(told)
        self.replications = tuple(told_apart(replications))

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios, in the order given."""
        return tuple(r.scenario for r in self.replications)

    @property
    def reference(self) -> Scenario:
        """The scenario from which differences are taken."""
        return self.replications[reference(self.replications)].scenario

    @property
    def answer(self) -> str:
        """The answer in a few sentences, the first scenario's queues and stays, and differences."""
        return "\n".join(sentences(self.replications))

    @property
    def drawn(self) -> bool:
        """Whether what is compared are draws of everything that nobody knows."""
        return self.replications[0].drawn

    @property
    def chance(self) -> Comparison:
        """The comparison at the scenarios' own values, where results differ by chance alone.

        Raises
        ------
        NoComparison
            If draws were run without replications.
        """
        if not self.drawn:
            return self
        alone = [r.chance for r in self.replications if r.chance is not None]
        if len(alone) < len(self.replications):
            raise NoComparison("there are no replications at the scenarios' own values")
        return Comparison(alone)

    @property
    def outcomes(self) -> pd.DataFrame:
        """One row for each outcome of each replication or draw.

        Columns: scenario, point (0), replication, seed, outcome, value (missing where the outcome
        does not exist).
        """
        return self._outcomes.copy()

    @cached_property
    def _outcomes(self) -> pd.DataFrame:
        return outcome_table(self.replications)

    def means(self, level: float = LEVEL) -> pd.DataFrame:
        """Return the mean of every outcome with its interval: `sim.analysis.estimates.means`.

        Over replications: what chance does at the scenarios' own values. See `ranges` for draws.
        """
        return means(self.chance._outcomes, level)

    def ranges(self, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the range over assumptions and chance of every outcome, and of its difference.

        Parameters
        ----------
        outcomes
            Which outcomes; all by default.

        Returns
        -------
        DataFrame
            One row for each scenario, outcome and quantity ("value", or "difference" from the
            reference, draw by draw). Columns: scenario, outcome, unit, quantity, middle, low,
            high, chance_low, chance_high (the same of replications), draws.

        Raises
        ------
        NoComparison
            If these are no draws: assumptions were fixed.
        """
        if not self.drawn:
            raise NoComparison(
                "assumptions were fixed, so nothing is known of their range: compare with "
                "assumptions='ensemble'"
            )
        return range_table(self.replications, outcomes)

    def differences(
        self, outcomes: Sequence[str] | None = None, level: float = LEVEL
    ) -> pd.DataFrame:
        """Return paired differences from the reference, with intervals and verdicts.

        Over replications: what can be told from chance at the scenarios' own values. See `ranges`
        for draws.

        Parameters
        ----------
        outcomes
            Which outcomes; by default those that are shown, as Holm's rule is over all rows.
        level
            Share of intervals that cover the true mean difference.

        Returns
        -------
        DataFrame
            As `sim.analysis.paired.paired` gives it.

        Raises
        ------
        UnknownOutcome
            If there is no such outcome.
        NoComparison
            If there is one scenario only, or seeds differ.
        """
        chosen = shown(self.replications) if outcomes is None else outcomes
        return paired(self.chance._outcomes, self.reference.name, outcomes=chosen, level=level)

    @property
    def tables(self) -> list[str]:
        """Names of the tables that were kept of every replication."""
        return list(self.replications[0].tables)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of all scenarios; its first columns are scenario and replication.

        Raises
        ------
        KeyError
            If there is no such table.
        """
        import pandas as pd

        if name not in self.tables:
            near = nearest(name, self.tables)
            raise KeyError(f"no table {name!r}; {near}there are: {', '.join(self.tables)}")
        parts = {r.scenario.name: r.lent(name) for r in self.replications}
        table = pd.concat(parts, names=["scenario"]).reset_index("scenario").reset_index(drop=True)
        return table.astype(dict.fromkeys(table.select_dtypes("category"), object))

    def how_sure(self) -> HowSure:
        """Return how sure the answer is: print it, or look at it in a notebook.

        Each headline with its range over assumptions and chance, beside chance alone; the
        assumptions that it follows, with what it would be at either end of them; what is disputed;
        and the score against published figures.
        """
        return HowSure(self.replications)

    def report(self, folder: str | Path, language: str = ENGLISH, *, pdf: bool = False) -> Path:
        """Write the report, its figures and the brief besides, and return the report's file.

        What an earlier report has left in the folder does not stay beside the new one.

        Parameters
        ----------
        folder
            Where to write.
        language
            Code of the language it is written in, such as `da`.
        pdf
            Write brief and report as PDF, too.

        Raises
        ------
        NoPdf
            If PDF is asked for, and WeasyPrint or Pango is missing (`sim.show.pdf`).
        OSError
            If the folder cannot be written to.
        PrisonflowError
            If there is no such language.
        """
        from sim.show.documents import outdated, write_all

        with speaking(language):
            paths = write_all(self.replications, Path(folder), pdf=pdf)
        for leftover in outdated(Path(folder), paths):
            leftover.unlink()
        return paths[-1]

    def brief(self, folder: str | Path, language: str = ENGLISH, *, pdf: bool = False) -> Path:
        """Write the brief, two pages to hand on, and return its file.

        Parameters
        ----------
        folder
            Where to write `brief.html`.
        language
            Code of the language it is written in, such as `da`.
        pdf
            Write `brief.pdf`, too, and return that.

        Raises
        ------
        NoPdf
            If PDF is asked for, and WeasyPrint or Pango is missing: then only HTML is written.
        OSError
            If the folder cannot be written to.
        """
        from sim.show.brief import write_brief

        with speaking(language):
            return write_brief(self.replications, Path(folder), pdf=pdf)[-1]

    def __getitem__(self, name: str) -> Replications:
        for r in self.replications:
            if r.scenario.name == name:
                return r
        near = nearest(name, self._names())
        raise KeyError(f"no scenario {name!r}; {near}there are: {', '.join(self._names())}")

    def __iter__(self) -> Iterator[Replications]:
        return iter(self.replications)

    def __len__(self) -> int:
        return len(self.replications)

    def _names(self) -> list[str]:
        return [scenario.name for scenario in self.scenarios]

    _ipython_key_completions_ = _names

    def __str__(self) -> str:
        return as_text(self.replications)

    def __repr__(self) -> str:
        number, seeds = (sorted({getattr(r, what) for r in self}) for what in ("number", "seed"))
        return (
            f"<Comparison of {words.listed(self._names())}: "
            f"{words.listed([words.grouped(n) for n in number])} "
            f"{'draws' if self.drawn else 'replications'} each, "
            f"seed {words.listed([str(seed) for seed in seeds])}; print it>"
        )

    def _repr_html_(self) -> str:
        several = len(self) > 1
        return html.card(
            "; ".join(map(words.title_of, self.scenarios)),
            tr("differences from {reference}", reference=words.quoted(self.reference.title))
            if several
            else "",
            *(html.paragraph(sentence) for sentence in sentences(self.replications)),
            html.folded(tr("All numbers"), *_numbers(self.replications)),
            _over_time(self.replications),
            html.paragraph(legend(self.replications)),
        )


def _numbers(replications: Sequence[Replications]) -> Iterator[str]:
    """Return a table of outcomes for each question: means, and differences from the reference."""
    compared = others(replications)
    titles = [words.title_of(r.scenario) for r in replications]
    differences = (tr("{scenario}: difference", scenario=titles[n]) for n in compared)
    heads = [tr("outcome"), *titles, *differences]
    for question, rows in by_question(replications)[0]:
        told = [
            (
                f"{row.title}, {row.printed_unit}",
                *(row.cell(n) for n in range(len(titles))),
                *(row.difference(n) for n in compared),
            )
            for row in rows
        ]
        yield Table.of(heads, told, tr(question)).html()


def _over_time(replications: Sequence[Replications]) -> str:
    """Return a small plot of the longest queues and limbo for each scenario, on one scale."""
    found = sorted((q for r in replications for q in queues_of(r)), key=lambda q: -q.mean)
    names = list(dict.fromkeys(queue.name for queue in found))[:_PLOTTED]
    rows = []
    for name in [*names, "limbo"]:
        series = [over_time(r, "queues", name) for r in replications]
        means = [s.middle[s.observed] for s in series if s is not None and s.observed.any()]
        top = max((float(np.max(mean)) for mean in means), default=0.0)
        title = words.queue_titles()[name]
        rows.append((title, *(html.small_plot([mean], title, top=top) for mean in means)))
    heads = (tr("people over time"), *(words.title_of(r.scenario) for r in replications))
    return Table.of(heads, [row for row in rows if len(row) == len(heads)]).html()
