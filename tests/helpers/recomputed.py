"""Every outcome a second way: from the public tables, by pandas and lifelines.

Each function follows the words of the outcome's definition, not its code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sim.scenario.costs import Costs, Price
from tests.helpers.public_tables import NOT_FLOWN, YEAR, Told, between, joined

Value = float | None

HELD = {
    "remand": ["remand"],
    "home_prison": ["home_prison", "selection", "waiting_list", "temporary_return"],
    "rented_prison": ["rented_prison", "return_queue"],
    "detention": ["pre_removal_detention", "detention_queue"],
    "breach": ["breach_imprisonment"],
    "host": ["host_detention"],
}
TIMES = {"at_release": 1.0, "1y": YEAR, "2y": 2 * YEAR, "5y": 5 * YEAR}
REMOVED = ["removed", "removed_from_host"]


def again(t: Told) -> dict[str, Value]:
    """Return every outcome of a run."""
    parts: tuple[Callable[[Told], Iterator[tuple[str, Value]]], ...] = (
        rented_prison, transfers, queues, waits, prisons, centre, held, limbo, afterwards, host,
        costs,
    )  # fmt: skip
    return {name: value for part in parts for name, value in part(t)}


def over(of: float, to: float) -> Value:
    return of / to if to else None


def rented_prison(t: Told) -> Iterator[tuple[str, Value]]:
    rented, service = t.scenario.rented_prison, t.service
    used = t.person_days(t.places_held)
    full = min(service.full, service.closes)
    place_days = rented.first_intake_places * t.open_days(service.opens, full)
    place_days += rented.places * t.open_days(full, service.closes)
    if rented.place_periods or rented.other_tenants:
        place_days = float(places_on(t, t.noons).sum())
    opens, closes = (None if day == np.inf else day for day in (service.opens, service.closes))
    yield "rented_prison_opens_days", None if opens is None else opens - t.begins
    yield "rented_prison_closes_days", None if closes is None else closes - t.begins
    yield "rented_prison_people", t.mean_people(t.places_held)
    yield "rented_prison_fill", over(used, place_days)
    arrivals = np.unique(t.abroad["start"])
    people = t.inside(t.abroad, arrivals)
    for percent in (90, 95):
        enough = arrivals[people >= percent / 100 * rented.places - 1e-9]
        days = float(enough[0] - service.opens) if len(enough) else None
        yield f"rented_prison_fill_{percent}_days", days
    yield "rented_prison_mean_stay_days", t.mean_length(t.abroad)
    present = t.stays[t.stays["place_role"] == "rented_prison"]
    days = t.open_days(service.opens, service.closes)
    people_there = t.person_days(present) / days if days else 0.0
    per_officer = over(people_there, rented.officers) if days else None
    yield "rented_prison_per_officer", per_officer
    price = t.scenario.costs.host_prisoner_per_day
    assert price.currency == "EUR"
    yield "host_price_cost", used * price.amount / 1e6


def transfers(t: Told) -> Iterator[tuple[str, Value]]:
    flown = t.abroad[t.observed(t.abroad["start"])]
    number = len(flown)
    yield "transfers", number
    yield "transfers_per_month", over(number, 12 * t.service_years)
    yield "transfer_flights", flown["start"].nunique()
    wish = flown["person"].map(t.people["own_wish"])
    yield "transfers_own_wish_share", float(wish.mean()) if number else None
    selection = t.spells_of("selection")
    over_by = np.minimum(selection["sentence_end"], t.ends)
    who = selection.loc[selection["end"] < over_by - 1e-5, "person"].unique()
    found = t.people.loc[who, "unsuitable"]
    yield "unsuitable_share", float(found.mean()) if len(who) else None
    found = t.people.loc[who, "refused"][~found]
    asked = t.scenario.transfer.host_refusal is not None and len(found)
    yield "host_refused_share", float(found.mean()) if asked else None
    fell, demanded = back_before_due(t)
    places = places_on(t, t.noons)
    yield "other_tenants_people", other_tenants(t)
    yield "rented_prison_overfull", float(np.mean(t.inside(t.places_held, t.noons) > places))
    yield "sent_back_on_demand", demanded
    yield "sent_back_places_fell", fell


def places_on(t: Told, days: np.ndarray) -> np.ndarray:
    """Rented places in use on some days."""
    rented, service = t.scenario.rented_prison, t.service
    places = np.full(len(days), rented.places)
    for period in rented.place_periods:
        places[(days >= t.day(period.from_)) & (days < t.day(period.until))] = period.places
    for tenant in rented.other_tenants.values():
        if tenant.served == "first":
            places = np.maximum(places - rents(t, tenant.periods, days), 0)
    first = np.minimum(places, rented.first_intake_places)
    places = np.where(days < service.full, first, places)
    places[(days < service.opens) | (days >= service.closes)] = 0
    return places


def rents(t: Told, periods: Iterable[Any], days: np.ndarray) -> np.ndarray:
    """Places that another tenant rents on some days."""
    found = np.zeros(len(days), int)
    for period in periods:
        found[(days >= t.day(period.from_)) & (days < t.day(period.until))] = period.places
    return found


def other_tenants(t: Told) -> Value:
    """Mean number of people of other tenants, where all are served first."""
    tenants = t.scenario.rented_prison.other_tenants.values()
    if not tenants:
        return None
    assert all(tenant.served == "first" for tenant in tenants)
    return sum(one.used_share * float(rents(t, one.periods, t.noons).mean()) for one in tenants)


def back_before_due(t: Told) -> tuple[Value, Value]:
    """Count those who go back for good early: on days on which places fall, and on others."""
    rented, service = t.scenario.rented_prison, t.service
    if rented.sent_back is None:
        return None, None
    serving = joined(t.spells_of("rented_prison", "temporary_return"))
    serving = serving[serving["end"].notna() & t.observed(serving["end"])]
    due = np.minimum(serving["person"].map(t.people["due"]), service.drains)
    due = np.minimum(due, serving["person"].map(t.people["sentence_end"]))
    early = serving["end"][serving["end"] < due - 1e-4]
    edges = [t.scenario.day(day) for p in rented.place_periods for day in (p.from_, p.until)]
    fell = sum(bool(np.isclose(day, edges, atol=1e-4).any()) for day in early) if edges else 0
    return float(fell), float(len(early) - fell)


def queues(t: Told) -> Iterator[tuple[str, Value]]:
    for name, stage, track in (
        ("transfer_queue", "waiting_list", "stay"),
        ("return_queue", "return_queue", "stay"),
        ("detention_queue", "detention_queue", "stay"),
        ("document_queue", "travel_document", "case"),
        ("case_worker_queue", "case_worker_queue", "case"),
        ("escort_queue", "escort_queue", "case"),
    ):
        yield name, t.mean_people(t.spells_of(stage, track=track))


def waits(t: Told) -> Iterator[tuple[str, Value]]:
    exits = t.exits
    listed = joined(t.spells_of("waiting_list"))
    yield "transfer_wait_days", t.wait(listed.assign(got=follows(listed, t.abroad)))
    back = joined(t.spells_of("return_queue"))
    stayed = exits[exits["exit"].isin(NOT_FLOWN)]["date"]
    yield "return_wait_days", t.wait(back.assign(got=back["end"] != back["person"].map(stayed)))
    full = joined(t.spells_of("detention_queue"))
    place = t.stays[(t.stays["role"] == "pre_removal_detention") & (t.stays["place_role"] ==
                                                                   "detention")]  # fmt: skip
    yield "detention_wait_days", t.wait(full.assign(got=follows(full, place)))
    cases = joined(t.spells_of("case_worker_queue", track="case"))
    got = cases["end"] != cases["person"].map(exits["date"])
    yield "case_worker_wait_days", t.wait(cases.assign(got=got))
    escort = joined(t.spells_of("escort_queue", track="case"))
    removed = exits[exits["exit"].isin(REMOVED)]["date"]
    yield (
        "escort_wait_days",
        t.wait(escort.assign(got=escort["end"] == escort["person"].map(removed))),
    )
    asked = t.people.dropna(subset="document_requested")
    issued = asked["document_issued"]
    left = exits["date"].reindex(asked.index)
    yield (
        "document_wait_days",
        t.wait(
            pd.DataFrame(
                {
                    "start": asked["document_requested"],
                    "end": issued.fillna(left),
                    "got": issued.notna(),
                }
            )
        ),
    )


def follows(spells: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Tell which spells end when another of the same person begins."""
    begins = pd.MultiIndex.from_frame(others[["person", "start"]])
    return pd.Series(pd.MultiIndex.from_frame(spells[["person", "end"]]).isin(begins), spells.index)


def prisons(t: Told) -> Iterator[tuple[str, Value]]:
    prisons = t.scenario.home_prisons
    serving = serving_abroad(t)
    freed, filled = t.mean_people(serving), prisons.freed_places_filled_share
    yield "places_freed_gross", freed
    yield "places_freed_net", (1 - filled) * freed
    ours = t.mean_people(t.in_denmark) + filled * freed
    everyone = ours + t.mean_of(prisons.other_prisoners)
    yield "home_occupancy", over(everyone, t.mean_of(prisons.places))
    yield "home_places_used", ours
    at_noon = t.inside(t.in_denmark, t.noons) + t.at_noon(prisons.other_prisoners)
    at_noon += filled * t.inside(serving, t.noons)
    yield "home_overcrowded", float(np.mean(at_noon > t.at_noon(prisons.places)))
    yield "prisoners_per_officer", over(everyone, t.mean_of(prisons.officers))


def centre(t: Told) -> Iterator[tuple[str, Value]]:
    residents, own = t.spells_of("departure_centre"), t.scenario.departure_centre
    places = own.places if own else t.scenario.home_prisons.places
    yield "departure_centre_people", t.mean_people(residents)
    yield "departure_centre_occupancy", over(t.mean_people(residents), t.mean_of(places))
    overfull = t.inside(residents, t.noons) > t.at_noon(places)
    yield "departure_centre_overfull", float(np.mean(overfull))
    breach = t.spells_of("breach_imprisonment")
    yield "breach_imprisoned", t.mean_people(breach)
    yield "breach_sentences", t.observed(breach["start"]).sum()


def held(t: Told) -> Iterator[tuple[str, Value]]:
    yield "detained", t.mean_people(t.spells_of(*HELD["detention"]))
    there = t.stays[(t.stays["place_role"] == "detention") & (t.stays["group"] == "third_country")]
    yield "detention_days", t.median(there)
    stages = {group: t.spells_of(*stages) for group, stages in HELD.items()}
    stages[""] = t.stays[t.stays["held"]]
    for group, spells in stages.items():
        name = f"held_{group}_days".replace("__", "_")
        yield name, per_follower(t, spells, after=False)
        if group not in ("remand", "home_prison"):
            after = name.replace("held_", "held_after_sentence_", 1)
            yield after, per_follower(t, spells, after=True)


def per_follower(t: Told, spells: pd.DataFrame, *, after: bool) -> Value:
    """Mean days up to two years after the sentence, of those followed so long."""
    followed = t.released[t.released["sentence_end"] + 2 * YEAR <= t.horizon]
    mine = spells[spells["person"].isin(followed.index)]
    first = mine["sentence_end"] if after else -np.inf
    days = between(mine, first, mine["sentence_end"] + 2 * YEAR).sum()
    return float(days) / len(followed) if len(followed) else None


def limbo(t: Told) -> Iterator[tuple[str, Value]]:
    spells = t.spells_of("limbo", track="condition")
    yield "limbo", t.mean_people(spells)
    yield "limbo_at_end", float(t.inside(spells, np.array([t.ends]))[0])
    yield "limbo_days", per_follower(t, spells, after=True)
    yield "limbo_spell_days", t.mean_length(spells)


def afterwards(t: Told) -> Iterator[tuple[str, Value]]:
    way, place = t.released["exit"], t.released["from_stage"]
    home = way == "left_voluntarily"
    routes = {
        "removed": way.isin([*REMOVED, "left_voluntarily"]),
        "removed_from_sending_state": way == "removed",
        "removed_from_host": way == "removed_from_host",
        "left_voluntarily": home,
        "left_from_centre": home & (place == "departure_centre"),
        "left_from_outside": home & place.isin(["waiting_outside", "living_elsewhere"]),
    }
    for time, days in TIMES.items():
        for name, so in routes.items():
            yield f"{name}_{time}", t.gone(days, so)
    yield "absconded_1y", unknown_after_a_year(t)
    third = t.people["group"] == "third_country"
    removed = t.exits[t.exits["exit"].isin(REMOVED) & t.observed(t.exits["date"])]
    removed = removed[third.reindex(removed.index)]
    straight = (removed["exit"] == "removed_from_host").sum()
    yield "removals_from_host_share", over(float(straight), len(removed))
    yield "removals", len(removed)


def unknown_after_a_year(t: Told) -> Value:
    """Share, of those followed for a year, who are gone then or whose case has been closed so."""
    followed = t.released[t.released["sentence_end"] + YEAR <= t.horizon]
    closed = (followed["exit"] == "absconded") & (followed["days"] <= YEAR)
    gone = t.spells_of("at_large")
    after = gone["sentence_end"] + YEAR
    then = gone[(gone["start"] <= after) & (after < gone["until"])]
    unknown = closed | followed.index.isin(then["person"])
    return float(unknown.mean()) if len(followed) else None


def host(t: Told) -> Iterator[tuple[str, Value]]:
    host, service, noons = t.scenario.host, t.service, t.noons
    emptied = service.opens - host.emptied_before_opening_days
    lost = (noons >= emptied) & (noons < service.closes)
    places = host.capacity_claims[host.capacity_claim].places - host.beds_given_up * lost
    people = t.at_noon(host.population)
    yield "host_occupancy", over(float(people.sum()), float(places.sum()))
    away = t.open_days(emptied, service.closes)
    yield "displaced_inmates", host.displaced_inmates * away / (t.ends - t.begins)
    staying = {"host_asylum": "host_asylum", "host_at_large": "host_at_large",
               "host_detained": "host_detention"}  # fmt: skip
    begun = joined(t.spells_of(*staying.values()))
    yield "stayed_in_host", t.observed(begun["start"]).sum()
    for name, stage in staying.items():
        yield name, t.mean_people(t.spells_of(stage))
    onward = t.exits[t.exits["exit"] == "onward_travel"]
    yield "onward_travel", t.observed(onward["date"]).sum()


def costs(t: Told) -> Iterator[tuple[str, Value]]:
    agreement, used = agreement_cost(t), t.person_days(t.places_held)
    net, total = agreement - saved(t), total_cost(t)
    whole = pd.DataFrame({"start": [t.begins], "end": [t.ends], "until": [t.ends]})
    filled = t.scenario.home_prisons.freed_places_filled_share
    free = (1 - filled) * t.mean_people(serving_abroad(t))
    yield "agreement_cost", agreement
    yield "agreement_cost_net", net
    yield "agreement_cost_per_used_day", over(agreement * 1e6, used)
    yield "agreement_cost_net_per_used_day", over(net * 1e6, used)
    yield "agreement_cost_net_per_freed_place", over(net * 1e6, free * t.years(whole))
    yield "agreement_cost_net_present", present(t, lambda y: agreement_cost(y) - saved(y))
    yield "total_cost", total
    yield "total_cost_present", present(t, total_cost)
    removals = dict(afterwards(t))["removals"] or 0.0
    yield "total_cost_per_removal", over(total, removals)


def saved(t: Told) -> float:
    """What places at home save that those abroad free and nobody fills, EUR million."""
    prices = t.scenario.costs
    prison, detention = at_stake(t)
    left = 1 - t.scenario.home_prisons.freed_places_filled_share
    return prices.home_saved_share * (left * prison + detention)


def at_stake(t: Told) -> tuple[float, float]:
    """Whole price of the prison days, and of those in detention, of which people abroad free."""
    prices, there = t.scenario.costs, t.stays[t.stays["place_role"] == "rented_prison"]
    detained = t.person_days(there[there["role"] == "pre_removal_detention"])
    prison, detention = (
        in_report_years(prices, price) / prices.currency_per_eur / 1e6
        for price in (prices.prison_per_day, prices.detention_per_day)
    )
    return t.person_days(serving_abroad(t)) * prison, detained * detention


def total_cost(t: Told) -> float:
    """Agreement, facilities at home, and freed places there that are paid all the same."""
    prices, rate = t.scenario.costs, t.scenario.costs.currency_per_eur
    prison, detention, remand, centre = (
        in_report_years(prices, price) / rate / 1e6
        for price in (prices.prison_per_day, prices.detention_per_day, prices.remand_per_day,
                      prices.centre_resident_per_year)
    )  # fmt: skip
    in_denmark, ours = t.in_denmark, t.in_denmark["role"] == "remand"
    at_home = t.stays[t.stays["place_role"] == "detention"]
    total = agreement_cost(t) + t.person_days(in_denmark[~ours]) * prison
    total += t.person_days(in_denmark[ours]) * remand + t.person_days(at_home) * detention
    return total + t.years(t.spells_of("departure_centre")) * centre + sum(at_stake(t)) - saved(t)


def present(t: Told, cost: Callable[[Told], float]) -> Value:
    """Return a cost with each calendar year of it discounted; None without a discount rate."""
    prices = t.scenario.costs
    if not prices.discount_rate_share:
        return None
    worth = 0.0
    for year in range(t.scenario.time.start.year, t.scenario.time.end.year + 1):
        one = copy(t)
        one.begins = max(t.begins, t.day(date(year, 1, 1)))
        one.ends = min(t.ends, t.day(date(year + 1, 1, 1)))
        if one.begins < one.ends:
            later = year - prices.discount_to_year
            worth += cost(one) / (1 + prices.discount_rate_share) ** later
    return worth


def serving_abroad(t: Told) -> pd.DataFrame:
    """Return spells in the rented prison, up to the end of the sentence at the latest."""
    serving = t.spells_of("rented_prison", "return_queue")
    over_by = np.minimum(serving["until"], serving["sentence_end"])
    return serving.assign(end=over_by, until=over_by)[serving["start"] < over_by]


def agreement_cost(t: Told) -> float:
    """Rent, set-up, aid, flights and visits, EUR million."""
    prices, rate = t.scenario.costs, t.scenario.costs.currency_per_eur
    back = t.spells_of("return_queue")
    stayed = t.exits[t.exits["exit"].isin(NOT_FLOWN)]["date"]
    back = back[back["end"].notna() & (back["end"] != back["person"].map(stayed))]
    flights = pd.concat([t.abroad["start"], back["end"]])
    rotations = flights[t.observed(flights)].nunique()
    promised = (prices.rent, prices.aid_million_per_year, prices.set_up_million)
    assert {one.currency for one in promised if one} <= {"EUR"}
    rent, aid, set_up = promised
    assert rent is None or not rent.payments
    yearly = aid.amount if aid else 0
    yearly += in_report_years(prices, prices.visits_million_per_year) / rate
    opened = t.begins <= t.service.opens < t.ends
    once = (set_up.amount if set_up else 0) * opened
    flown = rotations * in_report_years(prices, prices.rotation_million)
    return rent_paid(t) + yearly * t.service_years + once + flown / rate


def rent_paid(t: Told) -> float:
    """Rent, EUR million: fixed by the year, and by the month for people above those included."""
    rent, paid = t.scenario.costs.rent, 0.0
    if rent is None:
        return paid
    fixed = rent.million_per_year
    steps = fixed if isinstance(fixed, tuple) else ()
    for first, last, value in [(t.day(s.from_), t.day(s.until), s.value) for s in steps] or [
        (t.begins, t.ends, fixed)
    ]:
        one = copy(t)
        one.begins, one.ends = max(t.begins, first), min(t.ends, last)
        paid += value * one.service_years if one.begins < one.ends else 0.0
    if rent.prisoner_per_month is None:
        return paid
    present = t.stays[t.stays["place_role"] == "rented_prison"]
    months = pd.date_range(t.scenario.time.observe_from, t.scenario.time.observe_until, freq="MS")
    edges = [t.begins, *(t.day(day.date()) for day in months), t.ends]
    for first, last in pairwise(edges):
        days = (t.scenario.date(first).replace(day=28) + timedelta(4)).replace(day=1)
        length = (days - t.scenario.date(first).replace(day=1)).days
        changes = np.concatenate([present["start"], present["until"], [first, last]])
        at = np.unique(np.clip(changes, first, last))
        above = np.maximum(t.inside(present, at[:-1]) - (rent.included_places or 0), 0)
        paid += rent.prisoner_per_month * float((above * np.diff(at)).sum()) / length / 1e6
    return paid


def in_report_years(prices: Costs, price: Price | None) -> float:
    """Return a price as one of the year that all are told in; zero if it is absent."""
    if price is None:
        return 0.0
    same = price.price_year == prices.price_year
    growth = 0.0 if same else prices.price_growth_share[str(price.price_year)]
    return price.amount * (1 + growth)
