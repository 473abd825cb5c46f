"""A forecast beside what came, as a table and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.analysis.forecasting.judge import BARS, BOUND, KNOWN, NO_TARGET, WAITING
from sim.analysis.tables import records
from sim.language import mark, tr, trn
from sim.numbers import grouped, in_unit, points, whole_day
from sim.table import Column, Heading, Row, Table

if TYPE_CHECKING:
    from sim.analysis.forecasting.file import Forecast
    from sim.analysis.forecasting.judge import Score

#: Targets that are one thing over time, by their keys without the date.
SERIES = {
    "rented_prison": mark("People in the rented prison"),
    "rented_occupancy": mark("Share of the rented places that are held"),
    "transfers": mark("Transfers, by month"),
    "transfers_until": mark("Transfers since the opening"),
    "flights": mark("Flights, by year"),
    "agreement_cost": mark("Cost of the agreement, by year"),
    "home_occupancy": mark("Prisoners for each place at home"),
    "departure_centre": mark("Residents of the departure centre"),
    "detention": mark("People in detention"),
    "removals": mark("Removals, by year"),
}
#: Units of targets, for people.
UNITS = {
    "people": mark("people"),
    "flights": mark("flights"),
    "EUR million": mark("EUR million"),
    "ratio": mark("prisoners per place"),
    "share": mark("share"),
}


def series_of(key: str) -> str:
    """Return the key of a target without its date."""
    return re.sub(r"(_\d+)+$", "", key)


def named_unit(unit: str) -> str:
    """Return a unit for people."""
    return tr(UNITS[unit]) if unit in UNITS else unit


def made_words(about: Forecast) -> str:
    """Say what was forecast and when."""
    return tr(
        "Forecast of {case}, scenario {scenario}, made on {day}.",
        case=about.case, scenario=about.scenario, day=whole_day(about.made),
    )  # fmt: skip


def coverage_words(found: Score) -> str:
    """Say how many of the figures lie inside the ranges; nothing if none was scored."""
    number = len(found.scored)
    if not number:
        return tr("No figure has come yet that can be scored.")
    half, most = found.coverage
    told = trn(
        "{number} figure that came was scored.", "{number} figures that came were scored.", number
    )
    inside = tr(
        "Inside the middle 50 %: {half}. Inside the middle 90 %: {most}.",
        half=points(half), most=points(most),
    )  # fmt: skip
    return f"{told} {inside}"


def as_text(found: Score) -> str:
    """Return a score for the terminal."""
    parts = [made_words(found.forecast)]
    if len(found.scored):
        parts += ["", *_table(found).text(), ""]
    return "\n".join([*parts, coverage_words(found), *_sentences(found)])


def _table(found: Score) -> Table:
    columns = (
        Column("", width=42, most=42),
        Column(tr("came"), number=True),
        Column(tr("median"), number=True),
        Column(tr("middle 90 %"), number=True),
        Column(tr("CRPS"), number=True),
        Column(tr("as announced"), number=True),
    )
    lines: list[Row | Heading] = []
    for unit, rows in found.scored.groupby("unit", sort=False):
        lines.append(Heading(named_unit(str(unit))))
        for row in records(rows):
            came, median, low, high, crps, own = (
                in_unit(row[name], row["unit"])
                for name in ("value", "median", "q05", "q95", "crps", "own_crps")
            )
            span = tr("{low} to {high}", low=low, high=high)
            lines.append(Row((row["title"], came, median, span, crps, own)))
    return Table(columns, lines)


def _sentences(found: Score) -> Iterator[str]:
    for unit, rows in found.scored.groupby("unit", sort=False):
        yield tr(
            "Mean CRPS, {unit}: {crps}. As announced (the scenario's own values): {own}.",
            unit=named_unit(str(unit)), crps=in_unit(rows["crps"].mean(), str(unit)),
            own=in_unit(rows["own_crps"].mean(), str(unit)),
        )  # fmt: skip
    if len(found.scored):
        yield tr("CRPS is a distance from what came, in the unit of the figure: less is better.")
    if found.ranks is not None:
        yield tr(
            "Figures by rank among the draws, in {number} equal parts: {bars}.",
            number=BARS, bars=", ".join(map(grouped, found.ranks)),
        )  # fmt: skip
    for state, words in _NOT_SCORED.items():
        keys = found.table.loc[found.table["state"] == state, "key"]
        if len(keys):
            listed = ", ".join([*keys[:_FEW], *(["…"] if len(keys) > _FEW else [])])
            yield tr("{what} ({number}): {keys}", what=tr(words), number=len(keys), keys=listed)


#: As many keys are listed for the terminal; the table has all.
_FEW = 8
_NOT_SCORED = {
    KNOWN: mark("Known on the day of the forecast, not scored"),
    BOUND: mark("Bounds, not scored"),
    WAITING: mark("Targets without a figure yet"),
    NO_TARGET: mark("Figures that are no target"),
}
