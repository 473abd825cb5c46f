"""Stress tests only: people who stay in the host state, which the treaty rules out."""

from __future__ import annotations

from math import inf, log1p

from sim.scenario.schema import DAYS_PER_YEAR
from sim.world import departure_centre
from sim.world.stages import HOST_ASYLUM, HOST_AT_LARGE, HOST_DETENTION, Exit
from sim.world.world import Next, Process, World


def stay(w: World, i: int) -> Next:
    """Ask for asylum, or live without documents."""
    return seek_asylum if w.people.asks_asylum[i] else live_at_large


def seek_asylum(w: World, i: int) -> Process:
    """Live in the asylum centre until travelling on."""
    people = w.people
    w.enter(i, HOST_ASYLUM)
    yield w.until(min(w.env.now + people.asylum_days[i], people.death[i]))
    alive = w.env.now < people.death[i]
    return w.leave(i, Exit.ONWARD_TRAVEL if alive else Exit.DIED)


def live_at_large(w: World, i: int) -> Process:
    """Live without documents until stopped, or until travelling on."""
    rules, people = w.scenario.staying, w.people
    assert rules is not None
    person, time = people.person[i], w.count("at large in Kosovo", i)
    w.enter(i, HOST_AT_LARGE)
    day, then = min(
        (w.env.now + _wait(w.stopped(person, time), rules.stopped_per_year), stop),
        (w.env.now + _wait(w.onward(person, time), rules.onward_per_year), travel_on),
        (people.death[i], departure_centre.die),
        key=lambda way: way[0],
    )
    yield w.until(day)
    return then(w, i)


def stop(w: World, i: int) -> Next:
    """Be stopped by the police: detained if there is a place, else let go."""
    return serve_detention if w.host_detention.take() else live_at_large


def serve_detention(w: World, i: int) -> Process:
    """Be detained; after the limit the door opens."""
    rules, people = w.scenario.staying, w.people
    assert rules is not None
    w.enter(i, HOST_DETENTION)
    luck = w.host_detention_lengths(people.person[i], w.count("detained in Kosovo", i))
    days = min(w.host_detention_days(luck), rules.detention_limit_days)
    yield w.until(min(w.env.now + days, people.death[i]))
    w.host_detention.give_back()
    return live_at_large if w.env.now < people.death[i] else departure_centre.die(w, i)


def travel_on(w: World, i: int) -> Next:
    """Travel on to another country."""
    return w.leave(i, Exit.ONWARD_TRAVEL)


def _wait(luck: float, rate_per_year: float) -> float:
    return -log1p(-luck) / rate_per_year * DAYS_PER_YEAR if rate_per_year > 0 else inf
