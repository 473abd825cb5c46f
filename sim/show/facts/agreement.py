"""The agreement as it is compared: with and without it, for how long, and what it does abroad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.numbers import grouped
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
    titles = " or ".join(dict.fromkeys(r.scenario.rented_prison.title for r in using))
    several = len(replications) > 1
    each = [f"{text} in {words.listed(who)}" if several else text for text, who in said.items()]
    text = f"In the observed period {titles} is open for {'; for '.join(each)}."
    if len({round(years_open(r)[0], 1) for r in using}) > 1:
        text += " Costs and averages are not about the same length of agreement."
    return text


def _differs(r: Replications) -> bool:
    within, outside = years_open(r)
    return within < observed_years(r) - _ROUNDING or outside > _ROUNDING


def _term(r: Replications) -> str:
    within, outside = years_open(r)
    whole = grouped(observed_years(r), 1).removesuffix(".0")
    text = f"{grouped(within, 1)} of {whole} years"
    period = term(r)
    if period is not None and period.opens[0] < period.opens[1]:
        text += " on average"
    if outside > _ROUNDING:
        text += f" ({grouped(outside, 1)} years of its term lie outside and are not counted)"
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
        where = {
            "for asylum": typical_outcome(r, "host_asylum"),
            "at large": typical_outcome(r, "host_at_large"),
            "detained": typical_outcome(r, "host_detained"),
        }
        each = words.listed([f"{words.people(n)} {how}" for how, n in where.items()])
        parts.append(
            f"{_in(r, replications)}{words.people(number)} people stay in "
            f"{r.scenario.countries.host} instead of "
            f"returning in the observed period; on average {words.people(sum(where.values()))} "
            f"are there at a time ({each}), and {words.people(onward)} travel on"
        )
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
    parts = []
    for text, who in said.items():
        where = [words.quoted(r.scenario.title) for r in who]
        several = len(replications) > 1 and len(who) < len(replications)
        parts.append(f"{f'in {words.listed(where)}, ' if several else ''}{text}")
    return words.capital("; ".join(parts)) + "." if parts else ""


def _in(r: Replications, replications: Sequence[Replications]) -> str:
    return f"in {words.quoted(r.scenario.title)}, " if len(replications) > 1 else ""


def _claims(r: Replications) -> dict[str, int]:
    """Return the capacities claimed, the scenario's own first, each different one once."""
    host = r.scenario.host
    if host is None:
        return {}
    own = host.capacity_claims[host.capacity_claim]
    found = {own.places: own.who}
    for claim in host.capacity_claims.values():
        found.setdefault(claim.places, claim.who)
    return {_who(who): places for places, who in found.items()}


def _who(text: str) -> str:
    """Return who claims, without when and what."""
    return text.partition(",")[0].partition(":")[0]


def _claimed(r: Replications, occupancy: float, claims: dict[str, int]) -> str:
    (who, places), *rest = claims.items()
    text = (
        f"{words.facility_title(r.scenario, 'host_prisons')} are {words.percent(occupancy)} full"
        f"{' (more people than places)' if occupancy > 1 else ''}, if their capacity is the "
        f"{grouped(places)} places that follow from the claim of the {who}"
    )
    other = [
        f"{words.percent(share)} with the {grouped(more)} of the {name}"
        for name, more in rest
        if (share := _with_capacity(r, occupancy, more - places))
    ]
    return f"{text}; this is contested: it would be {words.listed(other)}" if other else text


def _with_capacity(r: Replications, occupancy: float, more: int) -> float:
    """Return the occupancy if there were some places more: people are those of the scenario."""
    people = over_time(r, "occupancy", "host_prisons")
    if people is None or not occupancy:
        return 0.0
    left = people.typical / occupancy + more
    return people.typical / left if left > 0 else 0.0
