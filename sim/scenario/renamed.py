"""Old names and what they are called now: whoever uses an old one is told the new one.

Nothing reads an old name. An error that meets an unknown one looks here before it guesses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache

#: Dotted keys of scenarios, and what they are now; what stands below a key has moved along. `*`
#: stands for any name.
KEYS = {
    "danish_prisons": "home_prisons",
    "kosovo": "host",
    "kosovo.stays_share": "staying.stays_share",
    "kosovo.asylum_share": "staying.asylum_share",
    "kosovo.asylum_days": "staying.asylum_days",
    "kosovo.stopped_per_year": "staying.stopped_per_year",
    "kosovo.onward_per_year": "staying.onward_per_year",
    "kosovo.detention_key": "staying.detention_key",
    "kosovo.detention_title": "staying.detention_title",
    "kosovo.detention_places": "staying.detention_places",
    "kosovo.detention_days": "staying.detention_days",
    "kosovo.detention_limit_days": "staying.detention_limit_days",
    "sentencing.home_transfer": "sentencing.transfer_to_origin",
    "arrivals.children_in_denmark_share": "arrivals.children_in_sending_state_share",
    "origins.*.transit_from_kosovo": "origins.*.transit_from_host",
    "detention.first_limit_days": "detention.longest_days",
    "detention.extension_days": "detention.longest_days",
    "detention.extended_share": "detention.longest_days",
    "departure_centre.leaver_share": "departure_centre.absconds_per_year",
    "departure_centre.leaver_absconds_per_year": "departure_centre.absconds_per_year",
    "departure_centre.stayer_absconds_per_year": "departure_centre.absconds_per_year",
    "costs.dkk_per_eur": "costs.currencies_per_eur.DKK",
    "costs.currency_per_eur": "costs.currencies_per_eur",
    "costs.rent_eur_million_per_year": "costs.rent.million_per_year",
    "costs.set_up_eur_million": "costs.set_up_million.amount",
    "costs.aid_eur_million_per_year": "costs.aid_million_per_year.amount",
    "costs.host_prisoner_eur_per_day": "costs.host_prisoner_per_day.amount",
    "costs.rotation_dkk_million": "costs.rotation_million.amount",
    "costs.visits_dkk_million_per_year": "costs.visits_million_per_year.amount",
    "costs.prison_2015_dkk_per_day": "costs.prison_per_day.amount",
    "costs.remand_2015_dkk_per_day": "costs.remand_per_day.amount",
    "costs.detention_2015_dkk_per_day": "costs.detention_per_day.amount",
    "costs.inflation_2015_to_2025": "costs.price_growth_share.2015",
    "costs.centre_dkk_per_year": "costs.centre_resident_per_year.amount",
    "costs.kosovo_prisoner_eur_per_day": "costs.host_prisoner_per_day.amount",
}

#: Parts of the names of outcomes, stages, exits, groups, places and columns, and what they are now;
#: the first that a name holds counts.
PARTS = {
    "danish_dual": "dual_national",
    "removed_from_denmark": "removed_from_sending_state",
    "dkk_million": "million",
    "children_in_denmark": "children_in_sending_state",
    "danish_": "home_",
    "kosovo": "host",
}


@lru_cache(maxsize=4096)  # a scenario has hundreds of keys, and is changed again and again
def new_key(key: str) -> tuple[str, str] | None:
    """Return the old key that a dotted key is or stands below, and what the whole is now.

    Days of steps stay where they are. None for a key that has not changed.
    """
    parts = key.split(".")
    for old in sorted(KEYS, key=len, reverse=True):
        wanted = old.split(".")
        found = parts[: len(wanted)]
        if len(found) == len(wanted) and all(map(_fits, found, wanted)):
            names = iter(part for part, want in zip(found, wanted, strict=True) if want == "*")
            now = [next(names) if part == "*" else part for part in KEYS[old].split(".")]
            now[-1] += found[-1].removeprefix(_bare(found[-1]))
            return old, ".".join([*now, *parts[len(wanted) :]])
    return None


def new_name(name: str, known: Collection[str]) -> str | None:
    """Return what an old name is called now, if that is among the names known."""
    for now in _renamings(name):
        return now if now in known and name not in known else None
    return None


def _renamings(name: str) -> Iterator[str]:
    for old, new in PARTS.items():
        if old in name:
            yield name.replace(old, new)


def _fits(part: str, wanted: str) -> bool:
    return wanted in ("*", _bare(part))


def _bare(part: str) -> str:
    """Return a part of a key without the day of a step."""
    return part.partition("[")[0].partition("@")[0]
