"""The agreement as it is compared: with and without it, for how long, and what it does abroad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.language import tr
from sim.numbers import grouped, tenths
from sim.show import words
from sim.show.facts.data import over_time, service, term, typical_outcome

if TYPE_CHECKING:
    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario

#: Years that are not worth a word.
_ROUNDING = 0.05


def has_rented_prison(r: Replications) -> bool:
    """Tell whether a rented prison is in service in any replication."""
    return term(r) is not None


def reference(replications: Sequence[Replications]) -> int:
    """Return the place of the scenario from which differences are taken.

    The effect of an agreement is the world with it minus the world without: if some scenarios have
    a rented prison in use and others do not, the first without one is the reference, else the
    first given.
    """
    return reference_of([r.scenario for r in replications])


def reference_of(scenarios: Sequence[Scenario]) -> int:
    """Return the place of the scenario from which differences are taken: see `reference`."""
    without = [n for n, scenario in enumerate(scenarios) if not scenario.rented_prison.in_use]
    return without[0] if 0 < len(without) < len(scenarios) else 0


def others(replications: Sequence[Replications]) -> list[int]:
    """Return the places of all scenarios but the reference, in the order given."""
    base = reference(replications)
    return [n for n in range(len(replications)) if n != base]


def pair_of(replications: Sequence[Replications]) -> list[int]:
    """Return the places of the first scenario and of the one it is laid beside, if there is one.

    That is the reference, or the second where the first is the reference.
    """
    if len(replications) == 1:
        return [0]
    return [0, reference(replications) or 1]


# ---------------------------------------------------------------------- the term


def years_open(r: Replications) -> tuple[float, float]:
    """Return years in service within the observed period and outside it: means over replications.

    What lies beyond the end of the simulation counts as outside.
    """
    scenario, time = r.scenario, r.scenario.time
    begins, ends = scenario.day(time.observe_from), scenario.day(time.observe_until)
    opens, closes = service(r)
    if not len(opens):
        return 0.0, 0.0
    within = np.maximum(0.0, np.minimum(closes, ends) - np.maximum(opens, begins))
    outside = closes - opens - within
    return float(np.mean(within)) / words.YEAR_DAYS, float(np.mean(outside)) / words.YEAR_DAYS


def observed_years(r: Replications) -> float:
    """Return the length of the observed period."""
    time = r.scenario.time
    return (time.observe_until - time.observe_from).days / words.YEAR_DAYS


def term_words(replications: Sequence[Replications]) -> str:
    """Say for how much of the observed period the rented prison is open, unless for all of it.

    Returns
    -------
    str
        Empty if every term fills the observed period and does not leave it.
    """
    using = [r for r in replications if has_rented_prison(r)]
    if not any(_differs(r) for r in using):
        return ""
    said: dict[str, list[str]] = {}
    for r in using:
        said.setdefault(_term(r), []).append(words.quoted(r.scenario.title))
    several = len(replications) > 1
    each = [
        tr("{what} in {scenarios}", what=text, scenarios=words.listed(who)) if several else text
        for text, who in said.items()
    ]
    text = tr(
        "In the observed period {prison} is open {years}.",
        prison=titles_of(using),
        years="; ".join(each),
    )
    if len({round(years_open(r)[0], 1) for r in using}) > 1:
        text += " " + tr("Costs and averages are not about the same length of agreement.")
    return text


def titles_of(replications: Sequence[Replications]) -> str:
    """Return the names of the rented prisons of some scenarios, each once."""
    titles = dict.fromkeys(tr(r.scenario.rented_prison.title) for r in replications)
    return tr(" or ").join(sorted(titles))


def _differs(r: Replications) -> bool:
    within, outside = years_open(r)
    return within < observed_years(r) - _ROUNDING or outside > _ROUNDING


def _term(r: Replications) -> str:
    within, outside = years_open(r)
    text = tr(
        "for {open} of {observed} years",
        open=grouped(within, 1),
        observed=tenths(observed_years(r)),
    )
    period = term(r)
    if period is not None and period.opens[0] < period.opens[1]:
        text = tr("{what} on average", what=text)
    if outside > _ROUNDING:
        text = tr(
            "{what} ({outside} years of its term lie outside and are not counted)",
            what=text,
            outside=grouped(outside, 1),
        )
    return text


# ---------------------------------------------------------------------- in the host state


def staying(replications: Sequence[Replications]) -> list[Replications]:
    """Return the scenarios, stress tests all, in which people stay in the host state."""
    return [r for r in replications if r.scenario.stays_abroad and has_rented_prison(r)]


def staying_words(replications: Sequence[Replications]) -> str:
    """Say how many people stay in the host state, where they are, and how many travel on."""
    parts = []
    for r in staying(replications):
        number, onward = typical_outcome(r, "stayed_in_host"), typical_outcome(r, "onward_travel")
        where = [
            typical_outcome(r, name) for name in ("host_asylum", "host_at_large", "host_detained")
        ]
        asylum, large, detained = map(words.people, where)
        text = words.told(
            r.scenario,
            "{number} people stay in {host} instead of returning in the observed period; on "
            "average {there} are there at a time ({asylum} for asylum, {large} at large and "
            "{detained} detained), and {onward} travel on",
            number=words.people(number),
            there=words.people(sum(where)),
            asylum=asylum,
            large=large,
            detained=detained,
            onward=words.people(onward),
        )
        parts.append(_in([r], replications, text))
    return words.capital("; ".join(parts)) + "." if parts else ""


def host_prison_words(replications: Sequence[Replications]) -> str:
    """Say how full the host state's prisons are, and by whose claim, where that is worth a word.

    It is where they are more than full, or where others claim another capacity.
    """
    said: dict[str, list[Replications]] = {}
    for number, r in enumerate(replications):
        occupancy, claims = typical_outcome(r, "host_occupancy"), _claims(r)
        first_or_full = number == 0 or occupancy > 1
        if np.isfinite(occupancy) and first_or_full and (occupancy > 1 or len(claims) > 1):
            said.setdefault(_claimed(r, occupancy, claims), []).append(r)
    parts = [
        _in(who, replications, text) if len(who) < len(replications) else text
        for text, who in said.items()
    ]
    return words.capital("; ".join(parts)) + "." if parts else ""


def _in(who: Sequence[Replications], replications: Sequence[Replications], text: str) -> str:
    """Say of which scenarios something is told, if there are several."""
    if len(replications) == 1:
        return text
    where = words.listed([words.quoted(r.scenario.title) for r in who])
    return tr("in {scenarios}, {what}", scenarios=where, what=text)


def _claims(r: Replications) -> dict[str, int]:
    """Return the capacities claimed, the scenario's own first, each different one once."""
    host = r.scenario.host
    if host is None:
        return {}
    own = host.capacity_claims[host.capacity_claim]
    found = {own.places: own.who}
    for claim in host.capacity_claims.values():
        found.setdefault(claim.places, claim.who)
    return {tr(claimant(claim)): places for places, claim in found.items()}


def claimant(text: str) -> str:
    """Return who claims, without when and what."""
    return text.partition(",")[0].partition(":")[0]


def _claimed(r: Replications, occupancy: float, claims: dict[str, int]) -> str:
    (who, places), *rest = claims.items()
    about = {
        "prisons": words.facility_title(r.scenario, "host_prisons"),
        "share": words.percent(occupancy),
        "places": grouped(places),
        "who": who,
    }
    if occupancy > 1:
        text = tr(
            "{prisons} are {share} full (more people than places), if their capacity is the "
            "{places} places that follow from the claim of the {who}",
            **about,
        )
    else:
        text = tr(
            "{prisons} are {share} full, if their capacity is the {places} places that follow from "
            "the claim of the {who}",
            **about,
        )
    other = [
        tr(
            "{share} with the {places} of the {who}",
            share=words.percent(share),
            places=grouped(more),
            who=name,
        )
        for name, more in rest
        if (share := _with_capacity(r, occupancy, more - places))
    ]
    if not other:
        return text
    return tr(
        "{what}; this is contested: it would be {others}", what=text, others=words.listed(other)
    )


def _with_capacity(r: Replications, occupancy: float, more: int) -> float:
    """Return the occupancy if there were some places more: people are those of the scenario."""
    people = over_time(r, "occupancy", "host_prisons")
    if people is None or not occupancy:
        return 0.0
    left = people.typical / occupancy + more
    return people.typical / left if left > 0 else 0.0
