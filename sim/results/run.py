"""One run, told in tidy tables with calendar dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from sim.numbers import grouped
from sim.results import costs, lengths, over_time, persons, reasons
from sim.results.basis import Basis
from sim.results.count import Every
from sim.results.groups import By as By
from sim.results.groups import BySpell

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.story import Story


class Run(Basis):
    """What happened in one replication.

    Tables are tidy: one row is one observation. Each time one is asked for, it is a copy of its
    own: whatever is done to it, nothing else changes.

    Stages and places have the names that the scenario gives them (`gnjilane`). Beside each stands
    its role, the name that it has in every scenario (`rented_prison`), so that
    `run.spells.query("role == 'rented_prison'")` finds the same in all.
    """

    # ------------------------------------------------------------------ single people

    @property
    def people(self) -> pd.DataFrame:
        """One row for each person.

        Columns: person, group, origin, sex, age_years, children_in_sending_state, judgment, final,
        sentence_days, fraction_to_serve, sentence_end, ending, willing, protected,
        eligible_from, document_requested, document_issued (dates; missing where there is none).
        """
        return self._people.copy()

    @cached_property
    def _people(self) -> pd.DataFrame:
        return persons.people_table(self)

    @property
    def spells(self) -> pd.DataFrame:
        """One row for each spell of each person.

        Columns: person, track (stay, case or condition), stage, role (of the stage), place,
        place_role, start, end (missing if the horizon came first), days (up to the horizon), ended,
        held, days_after_sentence.
        """
        return self._spells.copy()

    @cached_property
    def _spells(self) -> pd.DataFrame:
        return persons.spell_table(self)

    @property
    def exits(self) -> pd.DataFrame:
        """One row for each person who left.

        Columns: person, exit, date, from_stage, from_role (of that stage), from_place,
        from_place_role, days_after_sentence, escorted.
        """
        return self._exits.copy()

    @cached_property
    def _exits(self) -> pd.DataFrame:
        return persons.exit_table(self)

    def examples(self, number: int = 5) -> pd.DataFrame:
        """Name some people worth following, each for another reason; see `story`.

        Returns
        -------
        DataFrame
            Columns: person, reason.
        """
        import pandas as pd

        from sim.results.story import examples

        found = examples(self, number)
        return pd.DataFrame({"person": list(found), "reason": list(found.values())})

    def story(self, person: int) -> Story:
        """Tell one person's story, dated, in words.

        Parameters
        ----------
        person
            The person's number, as in the tables.

        Raises
        ------
        KeyError
            If the run has no such person.
        """
        from sim.results.story import story

        return story(self, person)

    # ------------------------------------------------------------------ over time

    def census(
        self,
        by: Literal["stage", "place"] = "stage",
        every: Every = "month",
        *,
        whole: bool = False,
    ) -> pd.DataFrame:
        """Count people by stage or place over time.

        Parameters
        ----------
        by
            `stage` (where people are in the flow) or `place` (which facility).
        every
            day, week, month, quarter or year.
        whole
            Count over the whole simulation instead of the observed period.

        Returns
        -------
        DataFrame
            Columns: date, `by`, role (of the stage or place), people.

        Raises
        ------
        ValueError
            If `by` or `every` is none of those above.
        """
        return over_time.census(self, by, every, whole=whole)

    def queues(self, every: Every = "month", *, whole: bool = False) -> pd.DataFrame:
        """Count people in each queue over time, and those in limbo.

        Parameters
        ----------
        every, whole
            As in `census`.

        Returns
        -------
        DataFrame
            Columns: date, queue, people.

        Raises
        ------
        ValueError
            If `every` is unknown.
        """
        return over_time.queues(self, every, whole=whole)

    def occupancy(self, every: Every = "month", *, whole: bool = False) -> pd.DataFrame:
        """Count people in each facility against its places over time.

        Prisons of the sending state include the declared other prisoners; the host state's are its
        declared population against the capacity the scenario claims.

        Parameters
        ----------
        every, whole
            As in `census`.

        Returns
        -------
        DataFrame
            Columns: date, facility, role (of the facility), people, places, occupancy (people /
            places; missing where there are no places).

        Raises
        ------
        ValueError
            If `every` is unknown.
        """
        return over_time.occupancy(self, every, whole=whole)

    def transfers(self, every: Every = "month", *, whole: bool = False) -> pd.DataFrame:
        """Count transfers to the rented prison, and what goes with them, period by period.

        The first period begins with the observed period (`count.periods`), so that the sum of each
        column is its number in the whole of it.

        Parameters
        ----------
        every, whole
            As in `census`.

        Returns
        -------
        DataFrame
            Columns: date (first day of the period), flights (that take anyone out), rotations
            (flights that take anyone out or back: those that are paid), transfers, own_wish (those
            of them who applied), returns (people who leave the rented prison).

        Raises
        ------
        ValueError
            If `every` is unknown.
        """
        return over_time.transfers(self, every, whole=whole)

    def staffing(self, every: Every = "month", *, whole: bool = False) -> pd.DataFrame:
        """Prisoners per prison officer in the sending state over time.

        Parameters
        ----------
        every, whole
            As in `census`.

        Returns
        -------
        DataFrame
            Columns: date, prisoners, officers, prisoners_per_officer (missing where there are no
            officers).

        Raises
        ------
        ValueError
            If `every` is unknown.
        """
        return over_time.staffing(self, every, whole=whole)

    # ------------------------------------------------------------------ durations and costs

    def durations(self, by: BySpell | Sequence[BySpell] | None = None) -> pd.DataFrame:
        """How long stays last that begin in the observed period, by stage and group.

        A stay in the rented prison includes trips home, one in the departure centre prison
        sentences for breaches (which are stages of their own besides). Those still inside at the
        horizon are censored, not dropped (Kaplan-Meier).

        Parameters
        ----------
        by
            Also split by origin, group, sex or year (in which the stay begins), or by several of
            them: `["origin", "year"]`.

        Returns
        -------
        DataFrame
            Columns: stage, role (of the stage), each of `by`, spells, still_inside,
            lower_quartile_days, median_days, upper_quartile_days (missing if so many have not
            left), mean_days (restricted to `limit_days`; missing if the run is too short to follow
            anyone that long), limit_days. No rows if no stay begins in the observed period.

        Raises
        ------
        ValueError
            If `by` names an unknown column, or one twice.
        """
        return lengths.durations(self, by)

    def waits(self, by: By | None = None) -> pd.DataFrame:
        """How long it takes to get what people wait for, of those who ask in the observed period.

        From the asking to the getting: for a travel document from the request on, be there a
        prospect of it or not; for a case worker, an escort or a detention place if none is free.
        Ending otherwise competes, and is no success (Aalen-Johansen).

        Parameters
        ----------
        by
            Also split by origin, group or sex.

        Returns
        -------
        DataFrame
            Columns: queue, `by`, requests, got, ended_otherwise, still_waiting (at the horizon),
            median_days (until half of all who ask have got it; missing if half never do).

        Raises
        ------
        ValueError
            If `by` is none of origin, group, sex.
        """
        from sim.results.waits import wait_table

        return wait_table(self, by)

    def not_transferred(self) -> pd.DataFrame:
        """Count people who are not transferred, by the reason that the scenario names.

        Concerns those whom the law excludes though the dated rules allow their transfer by the end
        of the observed period, and those assessed by then whom the selection finds unsuitable or
        the host state refuses.

        Returns
        -------
        DataFrame
            Columns: decided_by (law, selection or host), reason, people.
        """
        return reasons.not_transferred(self)

    def after_sentence(
        self, by: BySpell | Sequence[BySpell] | None = None, years: float = 5
    ) -> pd.DataFrame:
        """What happens after the sentence: cumulative share by exit (Aalen-Johansen).

        Concerns people expelled whose sentence ends by release in the observed period; those
        who have not left by the horizon are censored.

        Parameters
        ----------
        by
            Also split by origin, group, sex or year (in which the sentence ends), or by several of
            them.
        years
            Years after the sentence that are looked at, month by month.

        Returns
        -------
        DataFrame
            Columns: days_after_sentence, each of `by`, exit, share (missing beyond the last day on
            which anyone is followed, unless everyone has left by then).

        Raises
        ------
        EmptySample
            If nobody's sentence ends so in the observed period.
        ValueError
            If `by` names an unknown column, or one twice.
        """
        return lengths.shares_after(self, by, years)

    def departed(self, until: date) -> pd.DataFrame:
        """Share of each year's judgments with a registered departure by a date.

        Returns
        -------
        DataFrame
            Columns: year, judged, departed, share.

        Raises
        ------
        ValueError
            If the date is after the end of the simulation.
        """
        return lengths.departed(self, until)

    def costs(self) -> pd.DataFrame:
        """Costs by calendar year of the observed period; see `sim.results.costs`.

        Returns
        -------
        DataFrame
            Columns: year, item, quantity, unit, currency, million (of it), eur_million,
            present_eur_million.
        """
        return self._costs.copy()

    @cached_property
    def _costs(self) -> pd.DataFrame:
        return costs.costs(self)

    def __repr__(self) -> str:
        exits = len(self.records.exits.day)
        return (
            f"<Run of {self.scenario.name}, seed {self.seed}, replication {self.replication}: "
            f"{grouped(self.cohort.size)} people, {grouped(len(self.records.stays.start))} stays, "
            f"{grouped(exits)} exits>"
        )

    def _repr_html_(self) -> str:
        from sim.results.shown import as_html

        return as_html(self)
