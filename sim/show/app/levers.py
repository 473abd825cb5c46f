"""What can be moved on the page: policy, what is disputed, and what nobody knows, with ranges.

Titles are messages: English here and in files, translated where they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, Literal

from sim.language import mark, tr
from sim.numbers import plain
from sim.scenario.base import as_toml_value
from sim.scenario.costs import Price
from sim.scenario.errors import ScenarioError
from sim.scenario.evidence import Evidence, Record, evidence_for
from sim.scenario.schema import EU_ORIGIN, Scenario
from sim.show.facts.costs import RENT_IS_FLAT

Value = int | float | bool | str | date
Kind = Literal["whole", "number", "share", "date", "yes_no", "choice"]

POLICY, DISPUTED, UNKNOWN = (
    mark("What policy can choose"),
    mark("What is disputed"),
    mark("What nobody knows"),
)
#: How the keys of some levers begin, and end.
RULES, COOPERATION = "transfer.eligibility.", ".cooperation"
_GROWTH = "costs.price_growth_share."
#: Nationality groups that may be sent, as one choice.
_GROUPS = {
    "third_country": mark("third-country nationals"),
    "third_country+eu_eea": mark("EU and EEA citizens, too"),
}
_REGIME_TITLES = {
    "refuses": mark("refuses"),
    "limited": mark("cooperates to a limited extent"),
    "cooperates": mark("cooperates"),
}


@dataclass(frozen=True)
class Lever:
    """One thing that can be moved."""

    key: str
    """Dotted key in the scenario, without the days of steps; its name in addresses, too."""
    title: str
    """What it is, with its unit."""
    kind: Kind
    group: str
    """Under which heading it stands."""
    part: str = POLICY
    """`POLICY`, `DISPUTED` or `UNKNOWN`."""
    low: Any = None
    high: Any = None
    step: Any = None
    options: Mapping[str, str] | None = None
    """Of a choice: what may be chosen, and how it is named."""
    own: Value = 0
    """The scenario's own value."""
    about: Mapping[str, object] = field(default_factory=dict)
    """What is put into the places of the title."""
    note: str = ""
    """What there is to know of it."""
    record: Record | None = None
    """What the evidence says of it."""

    @property
    def titled(self) -> str:
        """The title in the language spoken now."""
        return tr(self.title, **self.about)

    @property
    def hint(self) -> str:
        """What there is to know of it, how far it may be off, and how well it is known."""
        return " ".join(filter(None, (tr(self.note), self._evidence())))

    def _evidence(self) -> str:
        if self.record is None:
            return ""
        status = tr(
            "Status: {status}, {confidence} confidence.",
            status=tr(self.record.status),
            confidence=tr(str(self.record.confidence)),
        )
        if self.record.low is None:
            return status
        factor = "× " if self.record.range_of == "factor" else ""
        low, high = as_toml_value(self.record.low), as_toml_value(self.record.high)
        return f"{tr('Plausible: {low} to {high}.', low=f'{factor}{low}', high=high)} {status}"

    def read(self, text: str) -> Value:
        """Read a value from an address.

        Raises
        ------
        ValueError
            Saying what is allowed, if it is something else or out of range.
        """
        if self.options is not None:
            if text in self.options:
                return text
            there = ", ".join(self.options)
            raise ValueError(tr("is {text}; there are: {there}", text=repr(text), there=there))
        if self.kind == "yes_no":
            if text in ("true", "false"):
                return text == "true"
            raise ValueError(tr("is {text}; write true or false", text=repr(text)))
        value: int | float | date = self._number(text)
        if not self.low <= value <= self.high:
            low, high = as_toml_value(self.low), as_toml_value(self.high)
            raise ValueError(
                tr("is {text}, outside {low} to {high}", text=text, low=low, high=high)
            )
        return value

    def _number(self, text: str) -> Any:
        kinds: dict[str, tuple[type[Any], str]] = {
            "whole": (int, tr("is {text}; write a whole number", text=repr(text))),
            "date": (date, tr("is {text}; write a date such as 2028-04-01", text=repr(text))),
        }
        number = tr("is {text}; write a number", text=repr(text))
        kind, wanted = kinds.get(self.kind, (float, number))
        try:
            return date.fromisoformat(text) if kind is date else kind(text)
        except ValueError:
            raise ValueError(wanted) from None

    def written(self, value: Value) -> str:
        """Write a value as it stands in an address."""
        return value if isinstance(value, str) else as_toml_value(value)

    def shown(self, value: Value) -> str:
        """Write a value as people read it."""
        if self.options is not None:
            return tr(self.options[str(value)])
        if isinstance(value, bool):
            return tr("yes") if value else tr("no")
        if self.kind == "share" and not isinstance(value, str | date):
            return f"{plain(100 * value)} %"
        return plain(value) if isinstance(value, float) else as_toml_value(value)


_COSTS = mark("What it costs")
_PRISON, _WHO, _FLIGHTS = mark("The rented prison"), mark("Who is sent there"), mark("Flights")
_REMOVAL, _LEAVING, _ORIGINS = (
    mark("Removal and detention"),
    mark("Willingness and absconding"),
    mark("Do countries of origin take people back?"),
)
_FREED, _HOST, _EFFECTS = (
    mark("Do freed places at home stay free?"),
    mark("How many places do the host state’s prisons have?"),
    mark("Does serving abroad change what comes after?"),
)
#: What a heading needs to have said below it.
NOTES = {
    _ORIGINS: mark(
        "Changes from the first day of the observed period on. The chance of a document for people "
        "who do not cooperate is then the mean over the scenario's own countries of that regime; "
        "how long a document takes stays as it is."
    ),
    _FREED: mark(
        "0 %: a freed place stays free. 100 %: others are called up to every freed place at once."
    ),
    _EFFECTS: mark("1 is no effect, which is not a finding: nothing was read on it."),
}

#: Ranges are what the page offers, wider than what is plausible; a scenario's own value that lies
#: outside widens them. Dates have no range here: theirs follows from the scenario's period.
_LEVERS = (
    Lever("rented_prison.in_use", mark("The agreement is carried out"), "yes_no", _PRISON),
    Lever("rented_prison.places", mark("Places"), "whole", _PRISON, low=0, high=600, step=10,
          note=RENT_IS_FLAT),
    Lever("rented_prison.opens", mark("Opens on"), "date", _PRISON),
    Lever("rented_prison.term_years", mark("First term, years"), "number", _PRISON,
          low=1.0, high=15.0, step=0.5),
    Lever("rented_prison.extended", mark("Extended after it"), "yes_no", _PRISON),
    Lever("rented_prison.extension_years", mark("Extension, years"), "number", _PRISON,
          low=1.0, high=15.0, step=0.5),
    Lever("transfer.eligibility.groups", mark("Nationalities"), "choice", _WHO, options=_GROUPS),
    Lever("transfer.eligibility.women", mark("Women, too"), "yes_no", _WHO),
    Lever("transfer.eligibility.youngest_years", mark("Youngest age, years"), "number", _WHO,
          low=15.0, high=30.0, step=1.0),
    Lever("transfer.eligibility.longest_sentence_years",
          mark("Longest sentence, years"), "number", _WHO,
          low=1.0, high=20.0, step=0.5),
    Lever("transfer.least_remaining_days", mark("Least time left to serve, days"), "number", _WHO,
          low=0.0, high=730.0, step=10.0),
    Lever("transfer.rotations_per_week",
          mark("Flights there and back, per week"), "number", _FLIGHTS,
          low=0.25, high=7.0, step=0.25),
    Lever("transfer.seats", mark("Seats for prisoners on each"), "whole", _FLIGHTS,
          low=1, high=60, step=1),
    Lever("removal.direct_share",
          mark("Removed straight from the rented prison, of feasible cases"),
          "share", _REMOVAL, low=0.0, high=1.0, step=0.01),
    Lever("costs.discount_rate_share", mark("Discount rate a year, of present values"), "share",
          _COSTS, low=0.0, high=0.1, step=0.005),
    Lever("home_prisons.freed_places_filled_share",
          mark("Filled again by others, of places freed at home"), "share", _FREED, DISPUTED,
          low=0.0, high=1.0, step=0.05),
    Lever("rented_prison.effects.willing_factor",
          mark("Share who cooperate in their return, × that at home"), "number", _EFFECTS, DISPUTED,
          low=0.5, high=1.5, step=0.05),
    Lever("rented_prison.effects.feasibility_factor",
          mark("Chance of a document against one’s will, × that at home"), "number", _EFFECTS,
          DISPUTED, low=0.2, high=1.5, step=0.05),
    Lever("rented_prison.effects.document_delay_factor",
          mark("Days until a travel document, × those at home"), "number", _EFFECTS, DISPUTED,
          low=0.5, high=3.0, step=0.1),
    Lever("rented_prison.effects.permit_factor",
          mark("Residence permits at reviews, × those at home"), "number", _EFFECTS, DISPUTED,
          low=0.0, high=2.0, step=0.1),
    Lever("costs.home_saved_share",
          mark("Saved of the day price while a place at home is free"), "share", _COSTS, UNKNOWN,
          low=0.0, high=1.0, step=0.05),
    Lever("removal.willing_share", mark("Cooperate in their return, of third-country nationals"),
          "share", _LEAVING, UNKNOWN, low=0.0, high=1.0, step=0.01),
    Lever("departure_centre.never_reports_share",
          mark("Never report to the departure centre"), "share",
          _LEAVING, UNKNOWN, low=0.0, high=1.0, step=0.01),
    Lever("departure_centre.lives_elsewhere_share",
          mark("Live elsewhere under duties, of the others"),
          "share", _LEAVING, UNKNOWN, low=0.0, high=1.0, step=0.01),
    Lever("departure_centre.absconds_per_year",
          mark("Abscondings of people under duties, per year"),
          "number", _LEAVING, UNKNOWN, low=0.0, high=3.0, step=0.05),
    Lever("departure_centre.early_permit_share",
          mark("Early permits, of those who cannot be returned"),
          "share", _LEAVING, UNKNOWN, low=0.0, high=1.0, step=0.01),
)  # fmt: skip


def levers_of(scenario: Scenario) -> list[Lever]:
    """Return everything that can be moved in a scenario, with its own values.

    What is absent there cannot be moved.
    """
    try:
        evidence = evidence_for(scenario)
    except ScenarioError:
        evidence = None
    has_rules = bool(scenario.transfer.eligibility)
    return [
        _in(scenario, lever, evidence)
        for lever in _offered(scenario)
        if has_rules or not lever.key.startswith(RULES)
        if getattr(scenario, lever.key.split(".")[0]) is not None
    ]


def _offered(scenario: Scenario) -> Iterator[Lever]:
    """Yield what the page offers, before it is looked up in a scenario."""
    yield from _LEVERS
    yield from _growth(scenario)
    yield from _capacity(scenario)
    yield from _cooperation(scenario)


def _growth(scenario: Scenario) -> Iterator[Lever]:
    """Yield a lever for each year from which a price is raised."""
    costs = scenario.costs
    years = {str(price.price_year) for _, price in costs if isinstance(price, Price)}
    for year in sorted(years & set(costs.price_growth_share)):
        yield Lever(f"{_GROWTH}{year}", mark("Growth of prices from {begins} to {ends}"), "share",
                    _COSTS, UNKNOWN, low=0.0, high=1.0, step=0.01,
                    about={"begins": year, "ends": costs.price_year})  # fmt: skip


def _capacity(scenario: Scenario) -> Iterator[Lever]:
    """Yield a lever for whose claim of the host state's capacity holds, where several claim one."""
    claims = scenario.host.capacity_claims if scenario.host is not None else {}
    if len(claims) > 1:
        who = {name: re.split("[,:]", claim.who)[0] for name, claim in claims.items()}
        options = {name: f"{who[name]}: {plain(claims[name].places)}" for name in claims}
        yield Lever("host.capacity_claim", mark("Places, as claimed by"), "choice", _HOST, DISPUTED,
                    options=options)  # fmt: skip


def _cooperation(scenario: Scenario) -> Iterator[Lever]:
    """Yield a lever for each country of origin: its regime in the observed period."""
    for name in third_country(scenario):
        yield Lever(f"origins.{name}{COOPERATION}", scenario.origins[name].title, "choice",
                    _ORIGINS, UNKNOWN, options=_REGIME_TITLES)  # fmt: skip


def _in(scenario: Scenario, lever: Lever, evidence: Evidence | None) -> Lever:
    """Return a lever as it stands in a scenario."""
    own = _own(scenario, lever.key)
    low, high, options = lever.low, lever.high, lever.options
    if lever.kind == "date":
        low, high = scenario.time.observe_from - timedelta(366), scenario.time.observe_until
    if options is not None and own not in options:
        options = {own: own.replace("+", ", "), **options}
    if low is not None:
        low, high = min(low, own), max(high, own)
    if lever.kind in ("number", "share"):
        own = float(own)
    record = evidence.of(lever.key) if evidence is not None else None
    rent = scenario.costs.rent
    flat = rent is not None and rent.is_flat
    note = lever.note if flat or lever.note != RENT_IS_FLAT else ""
    return replace(lever, own=own, low=low, high=high, options=options, note=note, record=record)


def _own(scenario: Scenario, key: str) -> Any:
    """Return the value of a lever in a scenario."""
    if key.startswith(RULES):
        value = getattr(scenario.transfer.eligibility[-1], key.removeprefix(RULES))
        return "+".join(sorted(value, reverse=True)) if isinstance(value, tuple) else value
    if key.endswith(COOPERATION):
        return scenario.origins[key.split(".")[1]].cooperation[-1].regime
    if key.startswith(_GROWTH):
        return scenario.costs.price_growth_share[key.removeprefix(_GROWTH)]
    return attrgetter(key)(scenario)


def third_country(scenario: Scenario) -> list[str]:
    """Return the origins outside the European Union."""
    return [name for name in scenario.origins if name != EU_ORIGIN]
