"""Assumptions in plain words: what a ranking is read by, instead of the keys of a file."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from sim.language import mark, tr
from sim.numbers import grouped, percent, significant, whole_day
from sim.scenario.base import unit_of

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

#: Titles by key; a first day in brackets comes besides. Names of states are put in.
TITLES = {
    "arrivals.judgments_per_year": mark("Expulsion judgments a year"),
    "arrivals.growth_per_year": mark("Growth of expulsion judgments a year"),
    "arrivals.year_to_year_variation": mark("How much judgments vary from year to year"),
    "arrivals.third_country_share": mark("Share of judgments on people from outside the EU"),
    "arrivals.women_share": mark("Share of women"),
    "arrivals.age_years": mark("Age at judgment"),
    "arrivals.children_in_sending_state_share": mark("Share with children in {sending}"),
    "arrivals.deaths_per_year": mark("Deaths a year"),
    "sentencing.third_country.up_to_3_months_share": mark("Share of sentences up to 3 months"),
    "sentencing.third_country.from_3_to_12_months_share": mark(
        "Share of sentences of 3 to 12 months"
    ),
    "sentencing.third_country.from_1_to_2_years_share": mark(
        "Share of sentences of 1 to 2 years"
    ),
    "sentencing.third_country.over_2_years_share": mark("Share of sentences over 2 years"),
    "sentencing.bands.up_to_3_months_days": mark("Length of sentences up to 3 months"),
    "sentencing.bands.from_3_to_12_months_days": mark("Length of sentences of 3 to 12 months"),
    "sentencing.bands.from_1_to_2_years_days": mark("Length of sentences of 1 to 2 years"),
    "sentencing.bands.over_2_years_days": mark("Length of sentences over 2 years"),
    "sentencing.remand.remanded_share": mark("Share held on remand before judgment"),
    "sentencing.remand.remand_days": mark("Time on remand"),
    "sentencing.remand.longest_fraction": mark("Longest remand, as a part of the sentence"),
    "sentencing.remand.appealed_share": mark("Share of judgments appealed"),
    "sentencing.remand.appeal_days": mark("Time that an appeal takes"),
    "sentencing.remand.reporting_days": mark("Wait at liberty before prison"),
    "sentencing.special.health_excluded_share": mark("Share too ill to serve abroad"),
    "sentencing.special.preventive_custody_share": mark("Share in preventive custody"),
    "sentencing.parole.half_share": mark("Share released after half of the sentence"),
    "sentencing.parole.two_thirds_share": mark("Share released after two thirds"),
    "sentencing.parole.full_share": mark("Share who serve the whole sentence"),
    "sentencing.straight_removal.used_share": mark("Share removed early from a short sentence"),
    "sentencing.straight_removal.served_fraction": mark("Part served before such a removal"),
    "sentencing.transfer_to_origin.transferred_share": mark("Share sent home to serve"),
    "sentencing.transfer_to_origin.transferred_factor": mark("More people sent home to serve"),
    "sentencing.transfer_to_origin.processing_days": mark("Time until people are sent home"),
    "home_prisons.places": mark("Places in {adjective} prisons"),
    "home_prisons.other_prisoners": mark("Other prisoners in {sending}"),
    "home_prisons.officers": mark("Prison officers in {sending}"),
    "transfer.selection_days": mark("Time to select people for transfer"),
    "rented_prison.opening_delay_days": mark("Delay of the opening"),
    "rented_prison.first_intake_days": mark("Time until all rented places are in use"),
    "rented_prison.temporary_returns_per_year": mark("Temporary returns to {sending} a year"),
    "rented_prison.temporary_return_days": mark("Length of a temporary return"),
    "removal.case_workers_for_others": mark("Case workers busy with other people"),
    "removal.case_work_days": mark("Work on one removal case"),
    "removal.willing_share": mark("Share who cooperate in their return"),
    "removal.slow_share": mark("Share of documents that are very slow"),
    "removal.slow_factor": mark("How much slower those documents are"),
    "removal.escort_teams_for_others": mark("Escort teams busy with other people"),
    "removal.escort_days": mark("Time of an escort team for one return"),
    "removal.carried_out_share": mark("Share of departures that can take place"),
    "removal.feasibility_factor": mark("Forced returns to all countries"),
    "removal.eu_unregistered_share": mark("EU citizens who leave unregistered"),
    "detention.detained_if_cooperates_share": mark(
        "Share detained, country of origin cooperating"
    ),
    "detention.detained_if_limited_share": mark(
        "Share detained, country of origin cooperating in part"
    ),
    "detention.ended_if_cooperates_per_review": mark(
        "Reviews that end detention, country of origin cooperating"
    ),
    "detention.ended_if_limited_per_review": mark(
        "Reviews that end detention, country of origin cooperating in part"
    ),
    "detention.longest_days": mark("Longest detention that courts allow"),
    "detention.before_removal_days": mark("Detention before a removal"),
    "detention.places_for_others": mark("Detention places taken by other people"),
    "departure_centre.waits_outside_share": mark("Willing people who wait outside the centre"),
    "departure_centre.never_reports_share": mark("Share who never report to the centre"),
    "departure_centre.lives_elsewhere_share": mark("Share under duties who live elsewhere"),
    "departure_centre.absconds_per_year": mark("People who abscond, a year"),
    "departure_centre.tolerated_absconds_per_year": mark(
        "People on tolerated stay who abscond, a year"
    ),
    "departure_centre.leaves_voluntarily_per_year": mark("People who go home unforced, a year"),
    "departure_centre.order_lifted_per_year": mark("Expulsions lifted, a year"),
    "departure_centre.early_permit_share": mark("Tolerated people with an early permit"),
    "departure_centre.early_permit_days": mark("Time until an early permit"),
    "departure_centre.permit_per_review": mark("Reviews that end in a residence permit"),
    "departure_centre.breach_sentences_per_year": mark("Sentences for breach of duties, a year"),
    "departure_centre.breach_sentence_days": mark("Time served for a breach of duties"),
    "departure_centre.breach_sentence_factor": mark("Earlier sentences for a breach of duties"),
    "departure_centre.found_again_share": mark("Absconded people who are found again"),
    "departure_centre.at_large_days": mark("Time until they are found"),
    "departure_centre.cases_closed_per_year": mark("Absconded people’s cases closed, a year"),
    "host.population": mark("Prisoners of {host}"),
    "host.displaced_inmates": mark("Inmates moved out to make room"),
    "sentencing.eu_eea.up_to_3_months_share": mark(
        "Share of EU citizens’ sentences up to 3 months"
    ),
    "sentencing.eu_eea.from_1_to_2_years_share": mark(
        "Share of EU citizens’ sentences of 1 to 2 years"
    ),
    "sentencing.eu_eea.over_2_years_share": mark("Share of EU citizens’ sentences over 2 years"),
    "sentencing.special.terror_or_war_crime_share": mark(
        "Share sentenced for terror or war crimes"
    ),
    "sentencing.special.preventive_custody_days": mark("Length of preventive custody"),
    "sentencing.special.life_share": mark("Share sentenced for life"),
    "sentencing.special.life_days": mark("Time served of a life sentence"),
    "staying.asylum_share": mark("Share of those who stay who ask for asylum"),
    "staying.asylum_days": mark("Length of an asylum case"),
    "staying.stopped_per_year": mark("How often those at large are stopped"),
    "staying.onward_per_year": mark("How often those who stay travel on"),
    "staying.detention_days": mark("Length of detention of those stopped"),
    "costs.price_growth_share.2015": mark("Growth of prices"),
    "costs.home_saved_share": mark("Share of the day price that a freed place saves"),
    "costs.rent.million_per_year": mark("Rent a year"),
    "costs.rent.prisoner_per_month": mark("Rent for a prisoner and month"),
    "costs.rent.place_per_month": mark("Rent of a place and month"),
    "costs.rotation_million.amount": mark("Price of a rotation flight"),
    "costs.visits_million_per_year.amount": mark("Price of visits a year"),
    "costs.detention_per_day.amount": mark("Price of a day in detention"),
    "costs.centre_resident_per_year.amount": mark("Price of a resident of the centre a year"),
}  # fmt: skip
#: Titles of what every country of origin has.
OF_ORIGINS = {
    "inflow_share": mark("{origin}: share of judgments"),
    "cooperation.forced_feasibility": mark("{origin}: documents for people who do not cooperate"),
    "document_delay_days": mark("{origin}: time until a travel document"),
    "protected_share": mark("{origin}: share who cannot be returned"),
    "transit_from_host": mark("{origin}: returns straight from {host}"),
}
_DAY = re.compile(r"\[(\d+)[^\]]*\]")


def assumption_title(name: str, scenario: Scenario) -> str:
    """Return the title of an assumption in the language spoken; its key if it has none.

    Parameters
    ----------
    name
        Name of a factor: a dotted key, and in brackets the first day it speaks for, if it has one.
    scenario
        Whose names of states and countries of origin are put in.
    """
    key, names = _DAY.sub("", name), dict(scenario.names)
    message = TITLES.get(key, "")
    if key.startswith("origins."):
        _, origin, what = key.split(".", 2)
        known = scenario.origins.get(origin)
        names["origin"] = tr("All countries of origin") if known is None else tr(known.title)
        message = OF_ORIGINS.get(what, "")
    title = tr(message).format_map(names) if message else key
    if since := _DAY.search(name):
        return tr("{title}, from {year}", title=title, year=since[1])
    return title


def assumption_value(name: str, value: float | date, *, times: bool) -> str:
    """Return a value of an assumption as people read it: `× 0.8`, `30 %`, `200 days`."""
    if isinstance(value, date):
        return whole_day(value)
    if times:
        return tr("× {number}", number=significant(value, 2))
    key = _DAY.sub("", name)
    if "share" in unit_of(key) or "probability" in unit_of(key) or "fraction" in unit_of(key):
        return percent(value)
    if unit_of(key) == "days":
        return tr("{number} days", number=grouped(value))
    return significant(value, 2)
