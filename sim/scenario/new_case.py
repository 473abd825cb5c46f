"""A new case: a folder with a scenario that runs, what is borrowed marked as somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import TypeAdapter, ValidationError

from sim.scenario.cases import ARRANGEMENT, EVIDENCE
from sim.scenario.costs import Price
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.files import load
from sim.scenario.names import Name
from sim.scenario.rent import Rent, Sum
from sim.scenario.schema import Scenario

#: Sections in the order in which they are written, and what they are about.
BLOCKS: Mapping[str, str] = {
    "arrivals": "how many are sentenced, of whom",
    "sentencing": "how long the sentences are, remand, release",
    "home_prisons": "places, other prisoners and officers at home",
    "transfer": "who is sent, how fast, on which flights",
    "rented_prison": "places, opening, terms, who returns when",
    "removal": "who is returned, by whom, how fast",
    "detention": "who is held for removal",
    "departure_centre": "who waits in the centre",
    "origins": "countries of origin, and whether they take people back",
}
#: Dropped unless people are to be removed.
AFTERWARDS = ("removal", "detention", "departure_centre")


def new_case(
    name: str, sending: str, adjective: str, host: str, *, removal: bool, base: str
) -> Mapping[str, str]:
    """Return the files of a new case: texts by their paths in its folder.

    Parameters
    ----------
    name
        Name of the case.
    sending, adjective, host
        The states, as texts write them: `"Sweden"`, `"Swedish"`, `"Estonia"`.
    removal
        Whether what comes after the sentence is part of the case: removal, detention, a centre.
    base
        Name of the case whose numbers stand in until there are your own.

    Raises
    ------
    ScenarioError
        If the name is none for a case, or the base is none.
    """
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError:
        message = "is no name for a case: lower-case letters, digits and _, a letter first"
        raise ScenarioError([Problem(name, "", message)]) from None
    world = load(base)
    return {
        ARRANGEMENT: _scenario(name, world, base, (sending, adjective, host), removal),
        f"variants/{name}_none.toml": _without(name),
        EVIDENCE: _EVIDENCE.format(host=host),
        "published.toml.example": _PUBLISHED.format(sending=sending),
    }


def _scenario(
    name: str, world: Scenario, base: str, states: tuple[str, str, str], removal: bool
) -> str:
    sending, adjective, host = states
    lines = [
        f"# {name}: {sending} rents a prison in {host}.",
        "#",
        f"# `prisonflow check {name}` lists what still stands in from elsewhere, and what is",
        "# missing before a report would be honest. Say where numbers come from in evidence.toml.",
        f'extends = "{base}"',
        f'name = "{name}"',
        f'title = "{sending} rents a prison in {host}"',
        f'summary = "{sending} rents places in {host}. Say here what this world is."',
    ]
    drop = ["host", "staying", *([] if removal else AFTERWARDS)]
    lines += [f"{key} = false" for key in drop if getattr(world, key) is not None]
    lines += [
        "", "[countries]", f'sending = "{sending}"', f'sending_adjective = "{adjective}"',
        f'host = "{host}"', "",
        *_rented(world, name, host),
    ]  # fmt: skip
    if removal:
        lines += [
            "[detention]", 'key = "detention_centre"', 'title = "Detention centre"', "",
            "[departure_centre]", 'key = "centre"', 'title = "Departure centre"', "",
        ]  # fmt: skip
    else:
        time = {"begins": world.time.start, "ends": world.time.end}
        lines += _EVERYONE_RELEASED.format(**time, year=world.time.start.year).splitlines()
        for key, title in (
            ("eu_eea", "EU and EEA"),
            ("not_told_apart", "Countries not told apart"),
        ):
            lines += _ORIGIN.format(**time, key=key, title=title).splitlines()
    lines += _PRICES.format(year=world.costs.price_year).splitlines()
    lines += [f"{price} = false" for price in _prices(world)]
    lines += ["", "# Still somebody else's, until you write your own:", "#"]
    gone = set(drop) | {"rented_prison", "costs"} | (set() if removal else {"origins"})
    lines += [f"#   [{key}]  {words}" for key, words in BLOCKS.items() if key not in gone]
    lines += ["#", f"# `prisonflow describe {base}` prints each key with its unit."]
    return "\n".join(lines) + "\n"


def _rented(world: Scenario, name: str, host: str) -> Iterator[str]:
    """Yield the block of the rented prison: what it is called, and the terms one knows first."""
    rented = world.rented_prison
    yield "# The numbers of this block are still somebody else's, too: write your own over them."
    yield "[rented_prison]"
    yield f'key = "{re.sub("[^a-z_]", "", name)}_prison"'
    yield f'title = "Prison in {host}"'
    for key in ("opens", "places", "first_intake_places", "term_years"):
        yield f"# {key} = {getattr(rented, key)}"
    yield ""


def _prices(world: Scenario) -> Iterator[str]:
    """Yield the keys of the prices that a base has: what is paid elsewhere is no figure here."""
    for name, value in world.costs:
        if isinstance(value, Price | Rent | Sum):
            yield name


def _without(name: str) -> str:
    return (
        "# The same world without the rented prison: what the difference is taken from.\n"
        f'extends = "../{ARRANGEMENT}"\n'
        f'name = "{name}_none"\n'
        'title = "No rented prison"\n'
        'summary = "The same world without the rented prison: everyone serves at home."\n\n'
        "[rented_prison]\nin_use = false\n"
    )


_PRICES = """\
# No price is borrowed: write yours over `false`. What has none is no part of the costs.
#
# rent = {{ million_per_year = 10, currency = "EUR" }}
# prison_per_day = {{ amount = 200, price_year = {year} }}
# currencies_per_eur = {{ SEK = 11.0 }}   # with currency = "SEK"
[costs]
currency = "EUR"
currencies_per_eur = {{ extends = false }}
price_growth_share = {{ extends = false }}
"""
_EVERYONE_RELEASED = """\
# Nobody is expelled: everyone is released when the sentence ends. How many are sentenced in a year
# is a round number to begin with, and nobody's.
[arrivals]
judgments_per_year = 0
published_until_year = {year}

[arrivals.additional.sentenced]
group = "not_expelled"
only_a_year_or_more = false
per_year = [{{ from = {begins}, until = {ends}, value = 2000 }}]

[transfer]
eligibility = [
    {{ from = {begins}, until = {ends}, applies_to = "everyone", groups = ["not_expelled"], \
women = false, youngest_years = 18, terror_or_war_crime = false, health_excluded = false, \
life = false, preventive_custody = false, longest_sentence_years = 10 }},
]

[origins]
extends = false

"""
_ORIGIN = """\
[origins.{key}]
title = "{title}"
inflow_share = 1.0
cooperation = [
    {{ from = {begins}, until = {ends}, regime = "cooperates", forced_feasibility = 1.0 }},
]
document_delay_days = {{ kind = "constant", value = 0 }}
protected_share = 0.0
transit_from_host = true

"""
_EVIDENCE = """\
# Where the numbers of this case come from, and how far each may be off: one record for a number,
# or for everything below a key. What has no record is said to be without a source; what has no
# range is not varied, and the ranges of the answer are too narrow by as much.
#
# [[record]]
# key = "rented_prison.places"   # dotted key in scenario.toml
# status = "found"               # found, derived (arithmetic), recalled, assumption
# role = "lever"                 # lever (policy chooses it), uncertainty (nobody knows), fact
# source = "Agreement with {host}, article 2."
# url = "https://example.org/agreement"
# year = "2026"
# confidence = "high"            # high, medium, low
# low = 200                      # plausible range: values, or with range_of = "factor" multiples
# high = 400
"""
_PUBLISHED = """\
# What was counted, to be laid beside the model by `prisonflow validate`: rename this file to
# published.toml once there is a first figure. Choose the figures before you look at the model.
#
# [[figure]]
# key = "inside_first_winter"
# topic = "Inside"
# title = "People inside on 1 January 2027"
# value = 120
# unit = "people"
# tolerance = 15
# tolerance_why = "own judgement"
# used_to_set = false            # true if a number was set by it: then it tests nothing
# status = "found"
# source = "Prison service of {sending}."
# url = "https://example.org/count"
# year = "2027"
# confidence = "high"
# measure = {{ kind = "stock", at = 2027-01-01, stages = ["rented_prison"] }}
"""
