"""What the sections of a scenario must agree on, beyond what each of them can check alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sim.numbers import grouped, plain
from sim.scenario.schema import EU_ORIGIN, Scenario, dated
from sim.scenario.sentencing import MOST_PER_YEAR


def problems_in(scenario: Scenario) -> Iterator[str]:
    """Yield what does not fit together, each beginning with the dotted key that it is about."""
    yield from _step_problems(scenario)
    yield from _other_problems(scenario)
    yield from _name_problems(scenario)
    yield from _growth_problems(scenario)
    yield from _payment_problems(scenario)


def _step_problems(scenario: Scenario) -> Iterator[str]:
    start, end = scenario.time.start, scenario.time.end
    short: dict[tuple[date, date], list[str]] = {}
    for key, steps in dated(scenario):
        for step in steps:
            if step.until <= start or step.from_ >= end:
                yield (
                    f"{key}: the step from {step.from_} until {step.until} lies outside the "
                    f"simulated period ({start} until {end})"
                )
        covered = (steps[0].from_, steps[-1].until)
        if not steps[0].may_end_early and (covered[0] > start or covered[1] < end):
            short.setdefault(covered, []).append(key)
    for (first, last), keys in short.items():
        runs = f"{first} until {last}, but the simulation runs from {start} until {end}"
        if len(keys) == 1:
            yield f"{keys[0]}: covers {runs}"
        else:
            yield f"time: the steps of {len(keys)} keys cover {runs}: {', '.join(keys)}"


def _other_problems(scenario: Scenario) -> Iterator[str]:
    time, rented = scenario.time, scenario.rented_prison
    if rented.in_use and not time.start <= rented.opens < time.end:
        yield (
            f"rented_prison.opens: {rented.opens} lies outside the simulated period "
            f"({time.start} until {time.end})"
        )
    if EU_ORIGIN not in scenario.origins:
        yield f"origins: the group {EU_ORIGIN!r} is missing"
    third = [o.inflow_share for name, o in scenario.origins.items() if name != EU_ORIGIN]
    if sum(third) <= 0:
        yield "origins: no third-country group has an inflow_share above zero"
    elif abs(sum(third) - 1) > 1e-6:
        total = plain(sum(third))
        yield f"origins: the inflow_share of third-country groups sums to {total}, not 1"
    if scenario.removal is None and scenario.arrivals.expels:
        yield "removal: is absent, but people are expelled; add [removal], or expel nobody"
    if scenario.stays_abroad and not scenario.stress_test:
        yield (
            "staying.stays_share: above zero in a scenario that is not marked stress_test = true; "
            "the treaty rules it out"
        )


def _growth_problems(scenario: Scenario) -> Iterator[str]:
    rules = scenario.arrivals
    years = max(0, scenario.time.end.year - rules.grows_from_year + 1)
    streams = [rules.judgments_per_year, *(s.per_year for s in rules.additional.values())]
    most = max(step.value for steps in streams for step in steps)
    grown = most * max(1.0, 1 + rules.growth_per_year) ** years
    if grown > MOST_PER_YEAR:
        yield (
            f"arrivals.growth_per_year: {plain(rules.growth_per_year)} makes {grouped(grown)} "
            f"arrivals a year of {grouped(most)} by the end of the simulation; at most "
            f"{grouped(MOST_PER_YEAR)}"
        )


def _payment_problems(scenario: Scenario) -> Iterator[str]:
    time, rent = scenario.time, scenario.costs.rent
    for name, payment in rent.payments.items() if rent else ():
        if not time.start <= payment.paid_on < time.end:
            yield (
                f"costs.rent.payments.{name}.paid_on: {payment.paid_on} lies outside the simulated "
                f"period ({time.start} until {time.end})"
            )


def _name_problems(scenario: Scenario) -> Iterator[str]:
    taken: dict[str, str] = {}
    detention, centre, staying = scenario.detention, scenario.departure_centre, scenario.staying
    for key, name in (
        ("rented_prison.key", scenario.rented_prison.key),
        ("detention.key", detention.key if detention else None),
        ("departure_centre.key", centre.key if centre else None),
        ("staying.detention_key", staying.detention_key if staying else None),
    ):
        if name is None:
            continue
        if name in taken:
            yield f"{key}: {name!r} is taken by {taken[name]}; every place needs a name of its own"
        taken[name] = key
