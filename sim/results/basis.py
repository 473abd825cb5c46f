"""What the tables and the outcomes of a run stand on: its columns, its calendar, its names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.people.cohort import Cohort
from sim.people.sentence import RELEASED
from sim.results import choice, count
from sim.results.groups import PEOPLE_BY, By, person_codes
from sim.results.once import once
from sim.results.records import Floats, Integers, Records, Spells, records_of
from sim.scenario.dated import on_steps
from sim.scenario.schema import Scenario
from sim.statistics.survival import CENSORED
from sim.world.flow import (
    AWAY,
    CASE_QUEUES,
    CASE_STAGES,
    QUEUES,
    RENTED,
    SAVED,
    STAY_QUEUES,
    STAYS,
)
from sim.world.rows import ROLES, About
from sim.world.simulate import Replication
from sim.world.stages import CaseStage, Stay

if TYPE_CHECKING:
    from sim.scenario.removal import Host
    from sim.scenario.transfer import Tenant

#: Titles for people, by the names used in tables.
CASE_TITLES = {stage.name.lower(): row.title for stage, row in CASE_STAGES.items()}
QUEUE_TITLES = QUEUES | {"limbo": "In limbo"}

#: An array of any kind.
Column = TypeVar("Column", bound="NDArray[np.generic]")
#: People or places of a facility on given days.
OnDays = Callable[[Floats], Floats]


class Basis:
    """One replication as columns, and what is counted from them again and again."""

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
    ) -> Self:
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
        for name, (people, places) in self._facilities().items():
            yield name, people(days), places(days)

    def facility(self, name: str, days: Floats) -> tuple[Floats, Floats]:
        """Return people and places of one facility on given days."""
        people, places = self._facilities()[name]
        return people(days), places(days)

    def _facilities(self) -> dict[str, tuple[OnDays, OnDays]]:
        """Return how people and places of each facility are counted."""
        scenario = self.scenario

        def steps(dated: tuple) -> OnDays:  # type: ignore[type-arg]
            return lambda days: on_steps(scenario, dated, days)

        def at(place: str) -> OnDays:
            return lambda days: self.at_place(place, days)

        rented = scenario.rented_prison.key
        found: dict[str, tuple[OnDays, OnDays]] = {
            "home_prisons": (
                lambda days: self.in_home_prisons(days),
                steps(scenario.home_prisons.places),
            ),
            rented: (
                lambda days: self.at_place(rented, days, holding=True),
                lambda days: self.rented_places(days),
            ),
        }
        if (detention := scenario.detention) is not None:
            found[detention.key] = (at(detention.key), steps(detention.own_places))
        if (centre := scenario.departure_centre) is not None:
            found[centre.key] = (at(centre.key), steps(centre.places))
        if (staying := scenario.staying) is not None:
            places = float(staying.detention_places)
            key = staying.detention_key
            found[key] = (at(key), lambda days: np.full(len(days), places))
        if (host := scenario.host) is not None:
            left = partial(self._left_to_kosovo, host)
            found["host_prisons"] = (steps(host.population), left)
        return found

    def _left_to_kosovo(self, host: Host, days: Floats) -> Floats:
        """Places left to the host state's own prisons on given days, under the claim."""
        claim = host.capacity_claims[host.capacity_claim].places
        given_up = host.beds_given_up * self._emptied(days, host)
        for tenant in self.scenario.rented_prison.other_tenants.values():
            given_up = given_up + tenant.beds_given_up * (self._rents(tenant, days) > 0)
        left: Floats = np.maximum(claim - given_up, 0.0)
        return left

    def in_home_prisons(self, days: Floats) -> Floats:
        """Count all prisoners in the sending state on given days, those outside the model included.

        They are the declared others, and those called up to places that are freed.
        """
        prisons = self.scenario.home_prisons
        others = on_steps(self.scenario, prisons.other_prisoners, days)
        called_up = prisons.freed_places_filled_share * count.inside(self.freeing_places, days)
        return self.at_place("home_prisons", days) + others + called_up

    def at_place(self, place: str, days: Floats, *, holding: bool = False) -> Floats:
        """Count people at a place; with `holding`, all who hold a place in the rented prison."""
        codes = [stay for stay in Stay if self.about(stay).place == place]
        if holding:
            codes += [stay for stay in RENTED if stay not in codes]
        return count.inside(self.records.stays.of(*codes), days)

    @cached_property
    def stays_abroad(self) -> Spells:
        """Stays in the rented prison, from the flight out on; trips from there are part of them."""
        return self.records.stays.joined(*RENTED)

    @cached_property
    def freeing_places(self) -> Spells:
        """Stays abroad that free a prison place at home: until the sentence ends, trips left out.

        After it nobody would be in a prison at home either, but detained or let out.
        """
        stays = self.records.stays.of(*SAVED["home_prison"])
        over = self.cohort.sentence.leaves[stays.index]
        end = np.fmin(stays.end, np.where(over < self.scenario.horizon, over, np.nan))
        return Spells(stays.index, stays.code, stays.start, end)[stays.start < over]

    @cached_property
    def flights_out(self) -> Floats:
        """Days of flights that carry anyone to the rented prison, ascending."""
        return fixed(np.unique(self.stays_abroad.start))

    @cached_property
    def flights(self) -> Floats:
        """Days of flights that carry anyone there or back, ascending: the rotations that are paid.

        A flight that takes some out and others back is one.
        """
        return fixed(np.union1d(self.flights_out, self.records.flown_back().end))

    def years_in_service(self, begins: float, ends: float) -> float:
        """Years between two days for which the agreement runs, by the calendar."""
        service = self.cohort.service
        days = np.clip([service.opens, service.closes], begins, ends)
        opens, closes = count.calendar_years(self.scenario, days)
        return float(closes - opens)

    def rented_places(self, days: Floats) -> Floats:
        """Places in use in the rented prison on given days."""
        found = np.zeros(len(days))
        for begins, ends, places in self.cohort.service.places(self.scenario):
            found[(begins <= days) & (days < ends)] = places
        return found

    def rented_place_days(self, begins: float, ends: float) -> float:
        """Place-days of the rented prison between two days; it may open within a day."""
        return sum(
            places * max(0.0, min(last, ends) - max(first, begins))
            for first, last, places in self.cohort.service.places(self.scenario)
        )

    def other_tenants(self, days: Floats) -> Floats:
        """People of other tenants in the building on given days.

        A tenant who is served last has what is left of the places of a day.
        """
        rented, found = self.scenario.rented_prison, np.zeros(len(days))
        for tenant in rented.other_tenants.values():
            if tenant.served == "first":
                found += tenant.used_share * self._rents(tenant, days)
        held = self.at_place(rented.key, days, holding=True)
        for tenant in rented.other_tenants.values():
            if tenant.served == "last":
                wanted = tenant.used_share * self._rents(tenant, days)
                there = np.clip(self.rented_places(days) - held, 0, wanted)
                found, held = found + there, held + there
        return found

    def _rents(self, tenant: Tenant, days: Floats) -> Floats:
        """Places that another tenant rents on given days."""
        found = np.zeros(len(days))
        for period in tenant.periods:
            begins, ends = self.scenario.day(period.from_), self.scenario.day(period.until)
            found[(begins <= days) & (days < ends)] = period.places
        return found

    def _emptied(self, days: Floats, host: Host) -> Floats:
        """Tell for given days whether the rented prison is lost to its own country (1 or 0)."""
        service = self.cohort.service
        emptied = service.opens - host.emptied_before_opening_days
        return ((days >= emptied) & (days < service.closes)).astype(float)

    def stages(self) -> Iterator[tuple[str, Spells]]:
        """Yield every stage, queue of the case, and limbo, with its spells.

        Whoever is away for a time and keeps the place has not left: a trip home is part of the
        stay in the rented prison, a sentence for a breach part of that in the centre.
        """
        stays, records = self.records.stays, self.records
        names: dict[str, list[Stay]] = {}
        for stay in Stay:
            names.setdefault(self.about(stay).stage, []).append(stay)
        for name, codes in names.items():
            away = [away for stay in codes for away in AWAY.get(stay, ())]
            yield name, stays.joined(*codes, *away) if away else stays.of(*codes)
        for stage in CaseStage:
            yield stage.name.lower(), records.cases.of(stage)
        yield "limbo", records.limbo

    def waiting(self) -> Iterator[tuple[str, Spells]]:
        """Yield every queue, and limbo, with its spells."""
        for stay, name in STAY_QUEUES.items():
            yield name, self.records.stays.of(stay)
        for stage, name in CASE_QUEUES.items():
            yield name, self.records.cases.of(stage)
        yield "limbo", self.records.limbo

    def observed(self, days: Floats) -> np.ndarray:
        """Tell which days lie in the observed period."""
        begins, ends = self.period
        return (days >= begins) & (days < ends)

    @cached_property
    def observed_days(self) -> Floats:
        """Person-days in the observed period, by position in `Stay`."""
        return fixed(self.records.stays.person_days(*self.period, self.scenario.horizon))

    @property
    def period(self) -> tuple[float, float]:
        """First day of the observed period, and first day after it."""
        time = self.scenario.time
        return self.scenario.day(time.observe_from), self.scenario.day(time.observe_until)

    def years(self, days: Floats) -> Integers:
        """Return the calendar years in which days lie that are known."""
        return self.dates(days).astype("datetime64[Y]").astype(np.int64) + 1970

    def dates(self, days: Floats) -> np.ndarray:
        """Turn days since the start into timestamps; what is not finite is missing."""
        start = np.datetime64(self.scenario.time.start, "s")
        known = np.isfinite(days)
        seconds = np.round(np.where(known, days, 0.0) * 86400).astype("timedelta64[s]")
        return np.where(known, start + seconds, np.datetime64("NaT", "s"))

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

    @once
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
        days = np.maximum(until - sentence.leaves, 0)[index]
        return fixed(index), fixed(days), fixed(cause[index])


def fixed(column: Column) -> Column:
    """Return a column that nobody can change."""
    column.setflags(write=False)
    return column
