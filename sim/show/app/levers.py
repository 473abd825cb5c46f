"""What can be moved on the page: levers of policy, and what nobody knows, with their ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np

from sim.language import tr
from sim.numbers import plain
from sim.scenario.base import as_toml_value
from sim.scenario.costs import Price
from sim.scenario.errors import ScenarioError
from sim.scenario.evidence import Evidence, evidence_for
from sim.scenario.schema import EU_ORIGIN, Scenario
from sim.show.facts.costs import RENT_IS_FLAT

Value = int | float | bool | str | date
Kind = Literal["whole", "number", "share", "date", "yes_no", "choice"]

POLICY, UNKNOWN = "What policy can choose", "What nobody knows"
_RULES, _COOPERATION = "transfer.eligibility.", ".cooperation"
_GROWTH = "costs.price_growth_share."
#: Nationality groups that may be sent, as one choice.
_GROUPS = {
    "third_country": "third-country nationals",
    "third_country+eu_eea": "EU and EEA citizens, too",
}
_REGIME_TITLES = {
    "refuses": "refuses",
    "limited": "cooperates to a limited extent",
    "cooperates": "cooperates",
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
    """`POLICY` or `UNKNOWN`."""
    low: Any = None
    high: Any = None
    step: Any = None
    options: Mapping[str, str] | None = None
    """Of a choice: what may be chosen, and how it is named."""
    own: Value = 0
    """The scenario's own value."""
    hint: str = ""
    """What there is to know of it, and what the evidence says."""

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
            raise ValueError(f"is {text!r}; there are: {', '.join(self.options)}")
        if self.kind == "yes_no":
            if text in ("true", "false"):
                return text == "true"
            raise ValueError(f"is {text!r}; write true or false")
        value: int | float | date = self._number(text)
        if not self.low <= value <= self.high:
            raise ValueError(
                f"is {text}, outside {as_toml_value(self.low)} to {as_toml_value(self.high)}"
            )
        return value

    def _number(self, text: str) -> Any:
        kinds: dict[str, tuple[type[Any], str]] = {
            "whole": (int, "a whole number"),
            "date": (date, "a date such as 2028-04-01"),
        }
        kind, wanted = kinds.get(self.kind, (float, "a number"))
        try:
            return date.fromisoformat(text) if kind is date else kind(text)
        except ValueError:
            raise ValueError(f"is {text!r}; write {wanted}") from None

    def written(self, value: Value) -> str:
        """Write a value as it stands in an address."""
        return value if isinstance(value, str) else as_toml_value(value)

    def shown(self, value: Value) -> str:
        """Write a value as people read it."""
        if self.options is not None:
            return self.options[str(value)]
        if isinstance(value, bool):
            return "yes" if value else "no"
        if self.kind == "share" and not isinstance(value, str | date):
            return f"{plain(100 * value)} %"
        return plain(value) if isinstance(value, float) else as_toml_value(value)


_COSTS = "What it costs"
_PRISON, _WHO, _FLIGHTS = "The rented prison", "Who is sent there", "Flights"
_REMOVAL, _LEAVING, _ORIGINS = (
    "Removal and detention",
    "Willingness and absconding",
    "Do countries of origin take people back?",
)
#: What a heading needs to have said below it.
NOTES = {
    _ORIGINS: "Changes from the first day of the observed period on. The chance of a document for "
    "people who do not cooperate is then the mean over the scenario's own countries of that "
    "regime; how long a document takes stays as it is.",
}

#: Ranges are what the page offers, wider than what is plausible; a scenario's own value that lies
#: outside widens them. Dates have no range here: theirs follows from the scenario's period.
_LEVERS = (
    Lever("rented_prison.in_use", "The agreement is carried out", "yes_no", _PRISON),
    Lever("rented_prison.places", "Places", "whole", _PRISON, low=0, high=600, step=10,
          hint=RENT_IS_FLAT),
    Lever("rented_prison.opens", "Opens on", "date", _PRISON),
    Lever("rented_prison.term_years", "First term, years", "number", _PRISON,
          low=1.0, high=15.0, step=0.5),
    Lever("rented_prison.extended", "Extended after it", "yes_no", _PRISON),
    Lever("rented_prison.extension_years", "Extension, years", "number", _PRISON,
          low=1.0, high=15.0, step=0.5),
    Lever("transfer.eligibility.groups", "Nationalities", "choice", _WHO, options=_GROUPS),
    Lever("transfer.eligibility.women", "Women, too", "yes_no", _WHO),
    Lever("transfer.eligibility.youngest_years", "Youngest age, years", "number", _WHO,
          low=15.0, high=30.0, step=1.0),
    Lever("transfer.eligibility.longest_sentence_years", "Longest sentence, years", "number", _WHO,
          low=1.0, high=20.0, step=0.5),
    Lever("transfer.least_remaining_days", "Least time left to serve, days", "number", _WHO,
          low=0.0, high=730.0, step=10.0),
    Lever("transfer.rotations_per_week", "Flights there and back, per week", "number", _FLIGHTS,
          low=0.25, high=7.0, step=0.25),
    Lever("transfer.seats", "Seats for prisoners on each", "whole", _FLIGHTS,
          low=1, high=60, step=1),
    Lever("removal.direct_share", "Removed straight from the rented prison, of feasible cases",
          "share", _REMOVAL, low=0.0, high=1.0, step=0.01),
    Lever("costs.discount_rate_share", "Discount rate a year, of present values", "share", _COSTS,
          low=0.0, high=0.1, step=0.005),
    Lever("costs.home_saved_share", "Saved of the day price while a place at home is free",
          "share", _COSTS, UNKNOWN, low=0.0, high=1.0, step=0.05),
    Lever("removal.willing_share", "Cooperate in their return, of third-country nationals",
          "share", _LEAVING, UNKNOWN, low=0.0, high=1.0, step=0.01),
    Lever("departure_centre.never_reports_share", "Never report to the departure centre", "share",
          _LEAVING, UNKNOWN, low=0.0, high=1.0, step=0.01),
    Lever("departure_centre.lives_elsewhere_share", "Live elsewhere under duties, of the others",
          "share", _LEAVING, UNKNOWN, low=0.0, high=1.0, step=0.01),
    Lever("departure_centre.absconds_per_year", "Abscondings of people under duties, per year",
          "number", _LEAVING, UNKNOWN, low=0.0, high=3.0, step=0.05),
    Lever("departure_centre.early_permit_share", "Early permits, of those who cannot be returned",
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
        for lever in (*_LEVERS, *_growth(scenario), *_cooperation(scenario))
        if has_rules or not lever.key.startswith(_RULES)
        if getattr(scenario, lever.key.split(".")[0]) is not None
    ]


def _growth(scenario: Scenario) -> Iterator[Lever]:
    """Yield a lever for each year from which a price is raised."""
    costs = scenario.costs
    years = {str(price.price_year) for _, price in costs if isinstance(price, Price)}
    for year in sorted(years & set(costs.price_growth_share)):
        yield Lever(f"{_GROWTH}{year}", f"Growth of prices from {year} to {costs.price_year}",
                    "share", _COSTS, UNKNOWN, low=0.0, high=1.0, step=0.01)  # fmt: skip


def _cooperation(scenario: Scenario) -> Iterator[Lever]:
    """Yield a lever for each country of origin: its regime in the observed period."""
    for name in _third_country(scenario):
        yield Lever(f"origins.{name}{_COOPERATION}", scenario.origins[name].title, "choice",
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
    rents = scenario.costs.rent_eur_million_per_year is not None
    said = tr(lever.hint) if rents or lever.hint != RENT_IS_FLAT else ""
    hint = " ".join(filter(None, (said, _hint(evidence, lever.key))))
    return replace(lever, own=own, low=low, high=high, options=options, hint=hint)


def _hint(evidence: Evidence | None, key: str) -> str:
    """Say how far a number may plausibly be off, and how well it is known."""
    record = evidence.of(key) if evidence is not None else None
    if record is None:
        return ""
    status = f"Status: {record.status}, {record.confidence} confidence"
    if record.low is None:
        return f"{status}."
    factor = "× " if record.range_of == "factor" else ""
    return (
        f"Plausible: {factor}{as_toml_value(record.low)} to {as_toml_value(record.high)}. {status}."
    )


def _own(scenario: Scenario, key: str) -> Any:
    """Return the value of a lever in a scenario."""
    if key.startswith(_RULES):
        value = getattr(scenario.transfer.eligibility[-1], key.removeprefix(_RULES))
        return "+".join(sorted(value, reverse=True)) if isinstance(value, tuple) else value
    if key.endswith(_COOPERATION):
        return scenario.origins[key.split(".")[1]].cooperation[-1].regime
    if key.startswith(_GROWTH):
        return scenario.costs.price_growth_share[key.removeprefix(_GROWTH)]
    section, name = key.split(".")
    return getattr(getattr(scenario, section), name)


# ---------------------------------------------------------------------- from levers to scenarios


def changes(scenario: Scenario, moved: Mapping[str, Value]) -> dict[str, Any]:
    """Return what moved levers change in a scenario, by dotted key, as `Scenario.change` takes it.

    Rules of eligibility change in all steps that reach into the observed period. An origin's
    cooperation changes from the first day of that period; the chance of a document for those who
    do not cooperate then is the mean over the scenario's own third-country origins of that regime.
    """
    found: dict[str, Any] = {}
    rules = {k.removeprefix(_RULES): v for k, v in moved.items() if k.startswith(_RULES)}
    if rules:
        found["transfer.eligibility"] = _with_rules(scenario, rules)
    for key, value in moved.items():
        if key.endswith(_COOPERATION):
            found[key] = _with_regime(scenario, key.split(".")[1], str(value))
        elif not key.startswith(_RULES):
            found[key] = value
    places = found.get("rented_prison.places")
    if places is not None and scenario.rented_prison.first_intake_places > places:
        found["rented_prison.first_intake_places"] = places
    return found


def _with_rules(scenario: Scenario, rules: Mapping[str, Value]) -> list[dict[str, Any]]:
    changed = {k: str(v).split("+") if k == "groups" else v for k, v in rules.items()}
    steps = []
    for rule in scenario.transfer.eligibility:
        step = rule.model_dump(by_alias=True)
        step["groups"] = list(step["groups"])
        steps.append(step | changed if rule.until > scenario.time.observe_from else step)
    return steps


def _with_regime(scenario: Scenario, name: str, regime: str) -> list[dict[str, Any]]:
    """Return an origin's steps of cooperation with another regime in the observed period."""
    begins, steps = scenario.time.observe_from, scenario.origins[name].cooperation
    before = [step.model_dump(by_alias=True) for step in steps if step.from_ < begins]
    if before:
        before[-1]["until"] = min(before[-1]["until"], begins)
    new = {
        "from": begins,
        "until": steps[-1].until,
        "regime": regime,
        "forced_feasibility": feasibility(scenario, regime),
    }
    return [*before, new]


def feasibility(scenario: Scenario, regime: str) -> float:
    """Return the chance of a document against one's will where origins have a regime.

    The mean over the scenario's third-country origins that have it at the end; where none has,
    over all of them.
    """
    last = [scenario.origins[name].cooperation[-1] for name in _third_country(scenario)]
    alike = [step.forced_feasibility for step in last if step.regime == regime]
    known: Sequence[float] = alike or [step.forced_feasibility for step in last]
    return round(float(np.mean(known)), 3)


def _third_country(scenario: Scenario) -> list[str]:
    return [name for name in scenario.origins if name != EU_ORIGIN]
