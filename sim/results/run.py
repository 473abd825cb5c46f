"""One run, told in tidy tables with calendar dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.people.arrivals import GROUPS
from sim.people.cohort import Cohort
from sim.people.sentence import ENDINGS, RELEASED
from sim.results import choice, costs, count
from sim.results.count import Every
from sim.results.groups import PEOPLE_BY, BySpell, columns_of, grouped, person_codes
from sim.results.groups import By as By
from sim.results.records import Floats, Integers, Records, Spells, records_of
from sim.scenario.schema import Scenario
from sim.statistics.survival import CENSORED, EmptySample, aalen_johansen, kaplan_meier
from sim.world.flow import (
    AWAY,
    CASE_QUEUES,
    CASE_STAGES,
    DEPARTURES,
    QUEUES,
    REMOVALS,
    RENTED,
    STAY_QUEUES,
    STAYS,
)
from sim.world.rows import ROLES, About
from sim.world.simulate import Replication
from sim.world.stages import CaseStage, Exit, Stay

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.story import Story
    from sim.scenario.removal import Kosovo

#: Days beyond which mean durations are not followed; longer stays count as this long.
MEAN_LIMIT_DAYS = 5 * 365.25


class Run:
    """What happened in one replication.

    Tables are tidy: one row is one observation. Each time one is asked for, it is a copy of its
    own: whatever is done to it, nothing else changes.

    Stages and places have the names that the scenario gives them (`gnjilane`). Beside each stands
    its role, the name that it has in every scenario (`rented_prison`), so that
    `run.spells.query("role == 'rented_prison'")` finds the same in all.
    """

    scenario: Scenario
    seed: int
    replication: int
    cohort: Cohort
    records: Records

    def __init__(self, replication: Replication) -> None:
        self._set(
            replication.scenario, replication.seed, replication.number, replication.cohort,
            records_of(replication),
        )  # fmt: skip

    @classmethod
    def of(
        cls, scenario: Scenario, seed: int, replication: int, cohort: Cohort, records: Records
    ) -> Run:
        """Return the run of people whose records are there already."""
        run = cls.__new__(cls)
        run._set(scenario, seed, replication, cohort, records)
        return run

    def _set(
        self, scenario: Scenario, seed: int, replication: int, cohort: Cohort, records: Records
    ) -> None:
        self.scenario, self.seed, self.replication = scenario, seed, replication
        self.cohort = cohort
        self.records: Records = records

    # ------------------------------------------------------------------ tables

    @property
    def people(self) -> pd.DataFrame:
        """One row for each person.

        Columns: person, group, origin, sex, age_years, children_in_denmark, judgment, final,
        sentence_days, fraction_to_serve, sentence_end, ending, willing, protected,
        eligible_from, document_requested, document_issued (dates; missing where there is none).
        """
        return self._people.copy()

    @cached_property
    def _people(self) -> pd.DataFrame:
        import pandas as pd

        arrived, sentence = self.cohort.arrived, self.cohort.sentence
        after, eligibility = self.cohort.after, self.cohort.eligibility
        origins = list(self.scenario.origins)
        return pd.DataFrame(
            {
                "person": arrived.person,
                "group": _named(arrived.group, GROUPS),
                "origin": _named(arrived.origin, origins),
                "sex": np.where(arrived.woman, "woman", "man"),
                "age_years": arrived.age,
                "children_in_denmark": arrived.children,
                "judgment": self._dates(arrived.judgment),
                "final": self._dates(sentence.final),
                "sentence_days": sentence.length,
                "fraction_to_serve": sentence.fraction,
                "sentence_end": self._dates(sentence.leaves),
                "ending": _named(sentence.ending, ENDINGS),
                "willing": sentence.willing,
                "protected": after.protected,
                "eligible_from": self._dates(eligibility.selected),
                "document_requested": self._dates(self.records.request_day),
                "document_issued": self._dates(self.records.document_day),
            }
        )

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
        import pandas as pd

        parts = [self._spell_table(*track) for track in self._tracks()]
        table = pd.concat(parts, ignore_index=True)
        for column in ("track", "stage", "role", "place", "place_role"):
            table[column] = table[column].astype("category")
        return table.sort_values(["person", "track", "start"], ignore_index=True)

    @property
    def exits(self) -> pd.DataFrame:
        """One row for each person who left.

        Columns: person, exit, date, from_stage, from_role (of that stage), from_place,
        from_place_role, days_after_sentence, escorted.
        """
        return self._exits.copy()

    @cached_property
    def _exits(self) -> pd.DataFrame:
        import pandas as pd

        exits, sentence = self.records.exits, self.cohort.sentence
        about = [self.about(stay) for stay in Stay]
        roles = [STAYS[stay] for stay in Stay]
        removed = np.isin(exits.code, REMOVALS)
        return pd.DataFrame(
            {
                "person": self.cohort.arrived.person[exits.index],
                "exit": _named(exits.code, [e.name.lower() for e in Exit]),
                "date": self._dates(exits.day),
                "from_stage": [about[s].stage for s in exits.from_stay],
                "from_role": [roles[s].role for s in exits.from_stay],
                "from_place": [about[s].place for s in exits.from_stay],
                "from_place_role": [roles[s].place_role for s in exits.from_stay],
                "days_after_sentence": exits.day - sentence.leaves[exits.index],
                "escorted": removed & ~sentence.willing[exits.index],
            }
        )

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
        choice.chosen("by", by, ("stage", "place"))
        stays = self.records.stays
        codes: dict[str, list[Stay]] = {}
        roles: dict[str, str] = {}
        for stay in Stay:
            name = getattr(self.about(stay), by)
            codes.setdefault(name, []).append(stay)
            roles[name] = STAYS[stay].role if by == "stage" else STAYS[stay].place_role
        counts = {name: (stays, stays.are(*mine)) for name, mine in codes.items()}
        return self._over_time(by, counts, every, whole, roles)

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
        chosen = {name: (spells, spells.code == code) for name, spells, code in self._queues()}
        return self._over_time("queue", chosen, every, whole)

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
        import pandas as pd

        dates = count.grid(self.scenario, every, whole=whole)
        days = np.array([self.scenario.day(d) for d in dates])
        rows = []
        for name, people, places in self.facilities(days):
            rows.append(
                pd.DataFrame(
                    {
                        "date": pd.to_datetime(dates),
                        "facility": name,
                        "role": self.place_roles.get(name, name),
                        "people": people,
                        "places": places,
                        "occupancy": _over(people, places),
                    }
                )
            )
        return pd.concat(rows, ignore_index=True)

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
        import pandas as pd

        stays, own_wish = self.stays_abroad, self.cohort.eligibility.own_wish
        happened = {
            "flights": self.flights_out,
            "rotations": self.flights,
            "transfers": stays.start,
            "own_wish": stays.start[own_wish[stays.index]],
            "returns": stays.end,
        }
        dates = [day for day, _, _ in count.periods(self.scenario, every, whole=whole)]
        return pd.DataFrame(
            {"date": pd.to_datetime(dates)}
            | {
                name: count.events(self.scenario, days, every, whole=whole)
                for name, days in happened.items()
            }
        )

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
        import pandas as pd

        dates = count.grid(self.scenario, every, whole=whole)
        days = np.array([self.scenario.day(d) for d in dates])
        prisoners = self.in_danish_prisons(days)
        officers = count.on_steps(self.scenario, self.scenario.danish_prisons.officers, days)
        return pd.DataFrame(
            {
                "date": pd.to_datetime(dates),
                "prisoners": prisoners,
                "officers": officers,
                "prisoners_per_officer": _over(prisoners, officers),
            }
        )

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
        import pandas as pd

        columns = columns_of(by)
        rows = []
        for name, spells, chosen in self.stages():
            mine = chosen & self.observed(spells.start)
            index, start = spells.index[mine], spells.start[mine]
            days, ended = spells.days(self.scenario.horizon)[mine], ~np.isnan(spells.end[mine])
            key = {"stage": name, "role": self.stage_roles.get(name, name)}
            for labels, own in grouped(self, columns, index, start):
                rows.append(key | labels | _duration(days[own], ended[own]))
        return pd.DataFrame(rows, columns=["stage", "role", *columns, *_DURATION])

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
        import pandas as pd

        index, days, cause = self.after_release()
        at = np.linspace(0, years * 365.25, int(years * 12) + 1)
        parts = []
        start = self.cohort.sentence.leaves[index]
        for labels, mine in grouped(self, columns_of(by), index, start):
            curve = aalen_johansen(days[mine], cause[mine], list(Exit))
            known = at <= curve.followed
            for number, share in enumerate(curve.at(at).T):
                parts.append(
                    pd.DataFrame(
                        {"days_after_sentence": at}
                        | labels
                        | {
                            "exit": Exit(number).name.lower(),
                            "share": np.where(known, share, np.nan),
                        }
                    )
                )
        if not parts:
            raise EmptySample("nobody's sentence ends in the observed period")
        return pd.concat(parts, ignore_index=True)

    def after_release(self) -> tuple[Integers, Floats, Integers]:
        """Follow people expelled whose sentence ends by release in the observed period.

        Returns
        -------
        index, days, cause : arrays, shape (n,)
            Position in the cohort; days from the end of the sentence to exit or horizon; position
            of the exit in `Exit`, or `CENSORED` for those still inside at the horizon.
        """
        sentence = self.cohort.sentence
        released = (sentence.ending == RELEASED) & self.observed(sentence.leaves)
        index = np.flatnonzero(released & self.cohort.arrived.expelled)
        until = np.minimum(self.records.exit_day, self.scenario.horizon)
        cause = np.full(self.cohort.size, CENSORED)
        cause[self.records.exits.index] = self.records.exits.code
        return index, np.maximum(until - sentence.leaves, 0)[index], cause[index]

    def costs(self) -> pd.DataFrame:
        """Costs by calendar year of the observed period; see `sim.results.costs`.

        Returns
        -------
        DataFrame
            Columns: year, item, quantity, unit, currency, million (of it), eur_million.
        """
        return self._costs.copy()

    @cached_property
    def _costs(self) -> pd.DataFrame:
        return costs.costs(self)

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
        import pandas as pd

        if until > self.scenario.time.end:
            raise ValueError(
                f"until is {until}: the simulation ends on {self.scenario.time.end}, and nobody is "
                "followed longer; choose a date up to then, or simulate until a later [time] end"
            )
        day, exits = self.scenario.day(until), self.records.exits
        left = np.zeros(self.cohort.size, bool)
        left[exits.index] = np.isin(exits.code, DEPARTURES) & (exits.day < day)
        year = self.years(self.cohort.arrived.judgment)
        table = pd.DataFrame({"year": year, "judged": 1, "departed": left})
        table = table[self.cohort.arrived.judgment < day].groupby("year").sum().reset_index()
        return table.assign(share=table["departed"] / table["judged"])

    # ------------------------------------------------------------------ single people

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

    # ------------------------------------------------------------------ what they stand on

    def about(self, stay: Stay) -> About:
        """Return stage, place and title of a stay, with the scenario's own names."""
        return self._about[stay]

    @cached_property
    def _about(self) -> dict[Stay, About]:
        told = self.scenario.told
        return {
            stay: About(told(about.stage), told(about.place), about.held, told(about.title))
            for stay, about in STAYS.items()
        }

    def facilities(self, days: Floats) -> Iterator[tuple[str, Floats, Floats]]:
        """Yield each facility that the scenario has, with its people and places on given days."""
        scenario = self.scenario
        steps = count.on_steps
        yield (
            "danish_prisons",
            self.in_danish_prisons(days),
            steps(scenario, scenario.danish_prisons.places, days),
        )
        rented = scenario.rented_prison.key
        yield rented, self.at_place(rented, days, holding=True), self.rented_places(days)
        for own in (scenario.detention, scenario.departure_centre):
            if own is not None:
                yield own.key, self.at_place(own.key, days), steps(scenario, own.places, days)
        if (staying := scenario.staying) is not None:
            places = np.full(len(days), float(staying.detention_places))
            yield staying.detention_key, self.at_place(staying.detention_key, days), places
        if (kosovo := scenario.kosovo) is not None:
            claim = kosovo.capacity_claims[kosovo.capacity_claim].places
            given_up = kosovo.beds_given_up * self._emptied(days, kosovo)
            left = np.maximum(claim - given_up, 0.0)
            yield "kosovo_prisons", steps(scenario, kosovo.population, days), left

    def in_danish_prisons(self, days: Floats) -> Floats:
        """Count all prisoners in the sending state on given days, the declared others included."""
        others = count.on_steps(self.scenario, self.scenario.danish_prisons.other_prisoners, days)
        return self.at_place("danish_prisons", days) + others

    def at_place(self, place: str, days: Floats, *, holding: bool = False) -> Floats:
        """Count people at a place; with `holding`, all who hold a place in the rented prison."""
        stays = self.records.stays
        codes = [stay for stay in Stay if self.about(stay).place == place]
        if holding:
            codes += [stay for stay in RENTED if stay not in codes]
        return count.inside(stays, days, stays.are(*codes))

    @cached_property
    def stays_abroad(self) -> Spells:
        """Stays in the rented prison, from the flight out on; trips from there are part of them."""
        return self.records.stays.joined(*RENTED)

    @cached_property
    def flights_out(self) -> Floats:
        """Days of flights that carry anyone to the rented prison, ascending."""
        return _fixed(np.unique(self.stays_abroad.start))

    @cached_property
    def flights(self) -> Floats:
        """Days of flights that carry anyone there or back, ascending: the rotations that are paid.

        A flight that takes some out and others back is one.
        """
        return _fixed(np.union1d(self.flights_out, self.records.flown_back().end))

    def years_in_service(self, begins: float, ends: float) -> float:
        """Years between two days for which the agreement runs, by the calendar."""
        service = self.cohort.service
        days = np.clip([service.opens, service.closes], begins, ends)
        opens, closes = count.calendar_years(self.scenario, days)
        return float(closes - opens)

    def rented_places(self, days: Floats) -> Floats:
        """Places in use in the rented prison on given days."""
        service, rented = self.cohort.service, self.scenario.rented_prison
        places = np.where(days >= service.full, rented.places, rented.first_intake_places)
        return np.where((days >= service.opens) & (days < service.closes), places, 0).astype(float)

    def _emptied(self, days: Floats, kosovo: Kosovo) -> Floats:
        """Tell for given days whether the rented prison is lost to its own country (1 or 0)."""
        service = self.cohort.service
        emptied = service.opens - kosovo.emptied_before_opening_days
        return ((days >= emptied) & (days < service.closes)).astype(float)

    def stages(self) -> Iterator[tuple[str, Spells, np.ndarray]]:
        """Yield every stage, queue of the case, and limbo, with its spells.

        Whoever is away for a time and keeps the place has not left: a trip home is part of
        the stay in the rented prison, a sentence for a breach part of that in the centre.
        """
        stays, records = self.records.stays, self.records
        names: dict[str, list[Stay]] = {}
        for stay in Stay:
            names.setdefault(self.about(stay).stage, []).append(stay)
        for name, codes in names.items():
            away = [away for stay in codes for away in AWAY.get(stay, ())]
            if away:
                joined = stays.joined(*codes, *away)
                yield name, joined, np.ones(len(joined.start), bool)
            else:
                yield name, stays, stays.are(*codes)
        for stage in CaseStage:
            yield stage.name.lower(), records.cases, records.cases.code == stage
        yield "limbo", records.limbo, np.ones(len(records.limbo.start), bool)

    def _queues(self) -> Iterator[tuple[str, Spells, int]]:
        for stay, name in STAY_QUEUES.items():
            yield name, self.records.stays, stay
        for stage, name in CASE_QUEUES.items():
            yield name, self.records.cases, stage
        yield "limbo", self.records.limbo, 0

    def observed(self, days: Floats) -> np.ndarray:
        """Tell which days lie in the observed period."""
        begins, ends = self.period
        return (days >= begins) & (days < ends)

    @cached_property
    def observed_days(self) -> Floats:
        """Person-days in the observed period, by position in `Stay`."""
        return _fixed(self.records.stays.person_days(*self.period, self.scenario.horizon))

    @property
    def period(self) -> tuple[float, float]:
        """First day of the observed period, and first day after it."""
        time = self.scenario.time
        return self.scenario.day(time.observe_from), self.scenario.day(time.observe_until)

    def years(self, days: Floats) -> Integers:
        """Return the calendar years in which days lie that are known."""
        return self._dates(days).astype("datetime64[Y]").astype(np.int64) + 1970

    def _dates(self, days: Floats) -> np.ndarray:
        """Turn days since the start into timestamps; what is not finite is missing."""
        start = np.datetime64(self.scenario.time.start, "s")
        known = np.isfinite(days)
        seconds = np.round(np.where(known, days, 0.0) * 86400).astype("timedelta64[s]")
        return np.where(known, start + seconds, np.datetime64("NaT", "s"))

    def _over_time(
        self,
        label: str,
        chosen: dict[str, tuple[Spells, np.ndarray]],
        every: Every,
        whole: bool,
        roles: dict[str, str] | None = None,
    ) -> pd.DataFrame:
        """Count spells over time, one part for each name; with its role, where there are any."""
        import pandas as pd

        dates = count.grid(self.scenario, every, whole=whole)
        days = np.array([self.scenario.day(d) for d in dates])
        parts = [
            pd.DataFrame(
                {
                    "date": pd.to_datetime(dates),
                    label: name,
                    **({"role": roles[name]} if roles else {}),
                    "people": count.inside(spells, days, mine),
                }
            )
            for name, (spells, mine) in chosen.items()
        ]
        return pd.concat(parts, ignore_index=True)

    def groups(self, by: By | None) -> Iterator[tuple[str, np.ndarray]]:
        """Yield the label of each group and who belongs to it; everyone, without a label, if None.

        Raises
        ------
        ValueError
            If `by` is none of origin, group, sex.
        """
        if by is None:
            yield "", np.ones(self.cohort.size, bool)
            return
        codes, names = person_codes(self, choice.chosen("by", by, PEOPLE_BY))
        for place, name in enumerate(names):
            yield name, codes == place

    @cached_property
    def stage_roles(self) -> dict[str, str]:
        """Roles of stages by the names that the scenario gives them."""
        return {self.about(stay).stage: STAYS[stay].role for stay in Stay}

    @cached_property
    def place_roles(self) -> dict[str, str]:
        """Roles of places by the names that the scenario gives them."""
        return {self.scenario.names[name]: role for name, role in ROLES.items()}

    def _tracks(self) -> Iterator[tuple[str, Spells, list[About], list[About]]]:
        """Yield each track with its spells, and of each kind how it is told, here and anywhere."""
        here = [self.about(stay) for stay in Stay]
        yield "stay", self.records.stays, here, [STAYS[stay] for stay in Stay]
        cases = [About(stage.name.lower(), "", False, "") for stage in CaseStage]
        yield "case", self.records.cases, cases, cases
        limbo = [About("limbo", "", False, "")]
        yield "condition", self.records.limbo, limbo, limbo

    def _spell_table(
        self, track: str, spells: Spells, here: list[About], anywhere: list[About]
    ) -> pd.DataFrame:
        import pandas as pd

        def told(words: list[str]) -> np.ndarray:
            return np.array(words, object)[spells.code]

        horizon = self.scenario.horizon
        sentence_end = self.cohort.sentence.leaves[spells.index]
        return pd.DataFrame(
            {
                "person": self.cohort.arrived.person[spells.index],
                "track": track,
                "stage": told([about.stage for about in here]),
                "role": told([about.role for about in anywhere]),
                "place": told([about.place for about in here]),
                "place_role": told([about.place_role for about in anywhere]),
                "start": self._dates(spells.start),
                "end": self._dates(spells.end),
                "days": spells.days(horizon),
                "ended": ~np.isnan(spells.end),
                "held": np.array([about.held for about in here])[spells.code],
                "days_after_sentence": spells.overlap(sentence_end, np.inf, horizon),
            }
        )

    def __repr__(self) -> str:
        exits = len(self.records.exits.day)
        return (
            f"<Run of {self.scenario.name}, seed {self.seed}, replication {self.replication}: "
            f"{self.cohort.size:,} people, {len(self.records.stays.start):,} stays, "
            f"{exits:,} exits>"
        )

    def _repr_html_(self) -> str:
        from sim.results.shown import as_html

        return as_html(self)


#: What is told of the length of stays.
_DURATION = (
    "spells",
    "still_inside",
    "lower_quartile_days",
    "median_days",
    "upper_quartile_days",
    "mean_days",
    "limit_days",
)


def _duration(days: Floats, ended: np.ndarray) -> dict[str, Any]:
    """Summarise the length of some spells, in days; those not ended are censored."""
    curve = kaplan_meier(days, ended)
    quartile = {q: curve.quantile(q) for q in (0.25, 0.5, 0.75)}
    followed = curve.last_time >= MEAN_LIMIT_DAYS or curve.survival[-1] == 0
    return {
        "spells": len(days),
        "still_inside": int(np.sum(~ended)),
        "lower_quartile_days": _known(quartile[0.25]),
        "median_days": _known(quartile[0.5]),
        "upper_quartile_days": _known(quartile[0.75]),
        "mean_days": curve.restricted_mean(MEAN_LIMIT_DAYS) if followed else None,
        "limit_days": MEAN_LIMIT_DAYS,
    }


def _named(codes: np.ndarray, names: Sequence[str]) -> pd.Categorical[str]:
    """Turn positions into names."""
    import pandas as pd

    return pd.Categorical.from_codes(codes, pd.Index(names))


def _over(people: Floats, of: Floats) -> Floats:
    """Divide day by day; missing where there is nothing to divide by."""
    ratio: Floats = np.divide(people, of, out=np.full(len(people), np.nan), where=of > 0)
    return ratio


def _fixed(column: Floats) -> Floats:
    """Return a column that nobody can change."""
    column.setflags(write=False)
    return column


def _known(days: float) -> float | None:
    return days if np.isfinite(days) else None


#: Titles for people, by the names used in tables.
CASE_TITLES = {stage.name.lower(): row.title for stage, row in CASE_STAGES.items()}
QUEUE_TITLES = QUEUES | {"limbo": "In limbo"}
