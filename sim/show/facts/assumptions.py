"""What the answer rests on: every number of a scenario beside its evidence, grouped for reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.calibration.baseline import calibrated_values, ground
from sim.experiment.factors import factor_label
from sim.language import mark, tr, trn
from sim.scenario.base import as_toml_value, in_short, unit_of
from sim.scenario.errors import ScenarioError
from sim.scenario.evidence import Evidence, Record, evidence_for, numbers
from sim.scenario.files import difference
from sim.show.words import MISSING, listed, title_of, told

if TYPE_CHECKING:
    from sim.experiment.replications import Replications
    from sim.scenario.schema import Scenario

#: Titles of the sections of a scenario.
SECTIONS = {
    "arrivals": mark("Who is expelled"),
    "sentencing": mark("Sentences, remand and release"),
    "home_prisons": mark("{adjective} prisons"),
    "transfer": mark("Selection and flights"),
    "rented_prison": mark("The rented prison"),
    "removal": mark("Removal"),
    "detention": mark("Pre-removal detention"),
    "departure_centre": mark("Departure centre"),
    "host": mark("{host}"),
    "staying": mark("People who stay in {host}"),
    "costs": mark("Costs"),
    "origins": mark("Countries of origin"),
}
#: What the status of a record means, after how many entries have it.
STATUSES = {
    "found": mark("read in a source"),
    "article": mark("in the founding article"),
    "derived": mark("worked out from numbers read"),
    "recalled": mark("from memory, not verified"),
    "assumption": mark("without evidence"),
    "own": mark("set in this scenario, without a source"),
    "borrowed": mark("taken over from another country, without a source"),
    "no record": mark("without a record"),
}
#: Statuses of what nobody but the model or the scenario says.
WITHOUT_SOURCE = ("assumption", "own", "borrowed", "no record")
#: Values of one record written out one by one up to this number; differences listed up to it.
_FEW, _MANY = 4, 60


@dataclass(frozen=True)
class Assumption:
    """One record of the evidence with the values it speaks for."""

    key: str
    values: str
    unit: str
    status: str
    role: str
    range: str
    source: str
    url: str
    year: str
    confidence: str
    contested: str
    ground: str = ""
    """Whether the values are published or assumed."""
    calibrated: str = ""
    """What the shipped calibration says of them, if they were calibrated."""
    rank: int | None = None
    """Place among what the results follow most, where an experiment has told."""


@dataclass(frozen=True)
class Difference:
    """A value that another scenario changes."""

    key: str
    before: str
    after: str
    status: str


def evidence_or_reason(scenario: Scenario) -> tuple[Evidence | None, str]:
    """Return the evidence of a scenario, or None and why it cannot be read."""
    try:
        return evidence_for(scenario), ""
    except ScenarioError as error:
        return None, "; ".join(str(problem) for problem in error.problems)


def assumptions(
    scenario: Scenario, evidence: Evidence | None, ranks: Mapping[str, int] | None = None
) -> dict[str, list[Assumption]]:
    """Return what a scenario rests on, by section in the order of the scenario.

    Values that one record speaks for stand in one row; numbers for which none speaks stand in a
    row of their own that says so. With `ranks` (by factor, see `sim.experiment.factors`), what the
    results follow most comes first in each section, and so do the sections that hold it.
    """
    needed = {key for key, _ in numbers(scenario)}
    calibrated = calibrated_values(scenario)
    found: dict[tuple[str, str], tuple[Record | None, list[tuple[str, Any]]]] = {}
    for key, value in scenario.leaves():
        record = evidence.of(key) if evidence is not None else None
        if record is None and key not in needed:
            continue
        section = key.split(".")[0].split("[")[0]
        name = f"{record.key} {record.from_} {record.until}" if record else _without_step(key)
        found.setdefault((section, name), (record, []))[1].append((key, value))
    sections: dict[str, list[Assumption]] = {}
    for (section, _), (record, values) in found.items():
        row = _row(scenario, record, values)
        known = dict.fromkeys(calibrated[key] for key, _ in values if key in calibrated)
        row = replace(row, calibrated="; ".join(known))
        if ranks and record is not None:
            row = replace(row, rank=ranks.get(factor_label(record, record.key)))
        title = told(scenario, SECTIONS.get(section, section))
        sections.setdefault(title, []).append(row)
    if not ranks:
        return sections
    ordered = {title: sorted(rows, key=_by_rank) for title, rows in sections.items()}
    return dict(sorted(ordered.items(), key=lambda item: _by_rank(item[1][0])))


def _by_rank(row: Assumption) -> float:
    return row.rank if row.rank is not None else float("inf")


def tally(sections: dict[str, list[Assumption]]) -> str:
    """Say how many numbers rest on what."""
    rows = [row for rows in sections.values() for row in rows]
    count = Counter(row.status for row in rows)
    parts = [f"{count[s]} {tr(words)}" for s, words in STATUSES.items() if count[s]]
    said = [
        trn(
            "{number} entry: {parts}.", "{number} entries: {parts}.", len(rows), parts=listed(parts)
        )
    ]
    if contested := sum(bool(row.contested) for row in rows):
        said.append(
            trn(
                "{number} entry contested: who says otherwise is stated there.",
                "{number} entries contested: who says otherwise is stated there.",
                contested,
            )
        )
    return " ".join(said)


def changes(replications: Sequence[Replications], evidence: Evidence | None) -> dict[str, Any]:
    """Return, for each scenario but the first, what it changes: differences, and how many more."""
    first = replications[0].scenario
    found_in = {}
    for r in replications[1:]:
        found = difference(first, r.scenario)
        shown = len(found) if len(found) == _MANY + 1 else _MANY  # "1 more" would take its place
        rows = [
            Difference(
                key, _or_absent(before, after), _or_absent(after, before), _status(evidence, key)
            )
            for key, before, after in found[:shown]
        ]
        found_in[title_of(r.scenario)] = (rows, max(0, len(found) - shown))
    return found_in


def _status(evidence: Evidence | None, key: str) -> str:
    record = evidence.of(key) if evidence is not None else None
    return record.status if record is not None else ""


def _row(
    scenario: Scenario, record: Record | None, values: Sequence[tuple[str, Any]]
) -> Assumption:
    keys = [_without_step(key) for key, _ in values]
    key = record.key if record is not None else keys[0]
    if record is not None and record.from_ is not None:
        key += f" from {record.from_}" + (f" until {record.until}" if record.until else "")
    currency = scenario.costs.currency_of(keys[0])
    unit = told(scenario, unit_of(keys[0]), currency=currency)
    text = _values(record.key if record else keys[0], values)
    if record is None:
        return Assumption(key, text, unit, "no record", "", MISSING, "", "", "", "", "")
    return Assumption(
        key, text, unit, record.status, record.role, _range(record), record.source, record.url,
        record.year, record.confidence, record.contested, ground(record),
    )  # fmt: skip


def _values(key: str, values: Sequence[tuple[str, Any]]) -> str:
    """Write values: parameters of a distribution by name, steps from lowest to highest."""
    tails = {k: _without_step(k).removeprefix(key).lstrip(".") for k, _ in values}
    named = {tail for tail in tails.values() if tail and tail != "value"}
    if named and len(values) <= 2 * _FEW and "*" not in key:
        return ", ".join(
            _shown(v) if tails[k] == "kind" else f"{tails[k]} {_shown(v)}" for k, v in values
        )
    plain = [v for _, v in values]
    distinct = list(dict.fromkeys(map(_shown, plain)))
    if len(distinct) <= _FEW:
        return ", ".join(distinct)
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in plain):
        return tr(
            "{low} to {high} ({number} values)",
            low=_shown(min(plain)),
            high=_shown(max(plain)),
            number=len(plain),
        )
    return trn("{number} different value", "{number} different values", len(distinct))


def _range(record: Record) -> str:
    if record.low is None:
        return MISSING
    text = tr("{low} to {high}", low=_shown(record.low), high=_shown(record.high))
    return f"× {text}" if record.range_of == "factor" else text


def _without_step(key: str) -> str:
    """Return a dotted key without the days of its steps and the word `value`."""
    parts = [part.partition("[")[0] for part in key.split(".")]
    return ".".join(parts[:-1] if parts[-1] == "value" else parts)


def _or_absent(value: Any, beside: Any) -> str:
    """Write a value; it is False where a section or a price is absent that is there beside."""
    absent = value is False and not isinstance(beside, bool | None)
    return tr("absent") if absent else _shown(value)


def _shown(value: Any) -> str:
    """Write a value as in the scenario's file, without the marks of the format."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, tuple | list):
        return ", ".join(map(_shown, value)) or tr("none")
    if isinstance(value, Mapping):
        return in_short(value)
    return value if isinstance(value, str) else as_toml_value(value)
