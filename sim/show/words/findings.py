"""What a sensitivity analysis found, in words: for the terminal, figures and the report alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim import numbers
from sim.analysis.sensitivity import STRENGTH
from sim.analysis.tables import records
from sim.numbers import plain
from sim.results.outcomes import OUTCOMES
from sim.scenario.base import as_toml_value
from sim.show.words import (
    MINUS,
    MISSING,
    NO_BREAK,
    capital,
    counted,
    grouped,
    listed,
    percent,
    significant,
)
from sim.table import Column, Row, Table

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.sensitivity.discovery import Discovery, Found, Rule

#: Outcomes that are looked at if none is named.
MAIN = (
    "home_places_used",
    "rented_prison_people",
    "transfer_queue",
    "held_after_sentence_days",
    "limbo",
    "removed_1y",
    "total_cost",
)
#: Questions of scenario discovery if none is asked, where there is something to compare with.
ASKED = ("home_places_freed <= 0", "limbo > 0")
#: What the ranked number is, by the kind of the design, in a heading and at length.
MEASURES = {
    "morris": (
        "mean size of the effect (µ*)",
        "how far the outcome moves, on average, when the factor moves as for its whole range",
    ),
    "sobol": (
        "total Sobol' index",
        "the share of variance over the ranges that the factor has a part in",
    ),
    "latin_hypercube": (
        "rank correlation",
        "from -1 to 1, of the factor and the outcome over the points",
    ),
    "one_at_a_time": (
        "swing",
        "between the factor's ends, as a share of the largest swing",
    ),
}


@dataclass(frozen=True)
class Quantity:
    """An outcome of a scenario, or its difference from a reference, with its words."""

    outcome: str
    scenario: str
    reference: str | None

    @property
    def title(self) -> str:
        """Title of the outcome, and of what it is."""
        return f"{outcome_title(self.outcome)}: {self.what}"

    @property
    def what(self) -> str:
        """The scenario, or the difference."""
        if self.reference is None:
            return self.scenario
        return f"{self.scenario} minus {self.reference}"

    @property
    def unit(self) -> str:
        """Unit as it is printed."""
        return printed_unit(self.outcome)

    def of(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return its rows of a table."""
        base = table["reference"]
        same = base.isna() if self.reference is None else base == self.reference
        chosen = (table["outcome"] == self.outcome) & (table["scenario"] == self.scenario) & same
        return table[chosen]


def quantities(table: pd.DataFrame) -> list[Quantity]:
    """Return what a table has rows about, in their order."""
    keys = table[["outcome", "scenario", "reference"]].drop_duplicates()
    return [
        Quantity(outcome, scenario, reference if isinstance(reference, str) else None)
        for outcome, scenario, reference in keys.itertuples(index=False, name=None)
    ]


#: What stands for states in titles: rankings are about the model, whatever a scenario calls them.
_STATES = {
    "sending": "the sending state",
    "adjective": "the sending state's",
    "host": "the host state",
    "hosts": "the host state's",
}


def outcome_title(name: str) -> str:
    """Return the title of an outcome, its name if it is not one of the model's."""
    title = next((outcome.title for outcome in OUTCOMES if outcome.name == name), name)
    return capital(title.format_map(_STATES))


def printed_unit(name: str) -> str:
    """Return the unit in which an outcome is printed."""
    return numbers.printed_unit(_unit(name))


def scale(name: str) -> float:
    """Return what an outcome is multiplied with where it is printed."""
    return numbers.scale(_unit(name))


def _unit(name: str) -> str:
    return next((outcome.unit for outcome in OUTCOMES if outcome.name == name), "")


# ---------------------------------------------------------------------- rankings


#: Rank, factor and strength of a ranking.
_RANKED = (Column("", number=True, width=6), Column("", width=48), Column(""))


def ranking_lines(table: pd.DataFrame, kind: str, most: int) -> Iterator[str]:
    """Yield a ranking line by line: what is told from chance, largest first.

    Parameters
    ----------
    table
        As `sim.analysis.sensitivity.ranking`, with a column `reference`.
    kind
        Kind of the design.
    most
        Factors told of each outcome.
    """
    for quantity in quantities(table):
        mine = quantity.of(table).sort_values("rank")
        told = mine[mine["told"].astype(bool)]
        unit = f", {quantity.unit}" if kind == "morris" else ""
        yield f"{quantity.title} ({MEASURES[kind][0]}{unit})"
        rows = [
            Row((f"{row['rank']}.", row["factor"], strength_words(row, kind)))
            for row in records(told.head(most))
        ]
        yield from Table(_RANKED, rows).text(heads=False)
        yield f"       {_rest_words(mine, told, most, kind)}"


def leading(table: pd.DataFrame, most: int) -> list[str]:
    """Return the factors listed for any outcome, those listed most often first."""
    told = table[table["told"].astype(bool)].sort_values("rank", kind="stable")
    groups = ["outcome", "scenario", "reference"]
    first = told.groupby(groups, sort=False, dropna=False).head(most)
    return [str(factor) for factor in first["factor"].value_counts(sort=True).index]


def strength_words(row: Mapping[str, Any], kind: str) -> str:
    """Return how much a factor matters, with its interval if there is one."""
    factor = scale(str(row["outcome"])) if kind == "morris" else 1.0
    value = significant(factor * float(row[STRENGTH[kind]]))
    if "low" not in row:
        return value if value.startswith(MINUS) else f"+{value}"
    interval = f"{significant(factor * row['low'])} to {significant(factor * row['high'])}"
    if kind == "sobol":
        return f"{value} ({interval}); alone {significant(row['first'])}"
    way = ""
    if row["mu"] == row["mu"] and abs(row["mu"]) > 0.5 * row["mu_star"]:
        way = ", upwards" if row["mu"] > 0 else ", downwards"
    return f"{value} ({interval}){way}"


def _rest_words(mine: pd.DataFrame, told: pd.DataFrame, most: int, kind: str) -> str:
    """Say what is not listed, and why."""
    exact = int((mine[STRENGTH[kind]].abs() == 0).sum()) if kind in ("morris", "sobol") else 0
    parts = []
    if len(told) > most:
        parts.append(f"{len(told) - most} more can be told from chance")
    if left := len(mine) - len(told) - exact:
        parts.append(f"{left} cannot be told from chance")
    if exact:
        parts.append(f"{exact} change nothing at all")
    return ("nothing else" if not parts else "; ".join(parts)) + f" (of {len(mine)})"


# ---------------------------------------------------------------------- two kinds of uncertainty


def kinds_lines(table: pd.DataFrame) -> Iterator[str]:
    """Yield chance and ignorance of each outcome, as `two_kinds` tells them."""
    for quantity, row in zip(quantities(table), records(table), strict=True):
        yield f"  {quantity.title}: {kinds_words(row)}"


def kinds_words(row: Mapping[str, Any]) -> str:
    """Say mean, standard deviations of both kinds, and the share of each."""
    if row["mean"] != row["mean"]:
        return "does not exist at enough points"
    mean, ignorance, chance = spread_words(row)
    mean = f"{mean}{NO_BREAK}{printed_unit(str(row['outcome']))}"
    if row["chance"] != row["chance"]:
        return f"{mean}; with one replication chance cannot be told apart"
    if row["ignorance_share"] != row["ignorance_share"]:
        return f"{mean} at every point and in every replication"
    sds = f"ignorance ±{ignorance}, chance ±{chance}"
    return f"{mean}; {sds}; {share_words(row)} of the variance is ignorance"


def spread_words(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Say the mean, and one standard deviation of ignorance and of chance."""
    by = scale(str(row["outcome"]))
    mean, ignorance, chance = (by * row[key] for key in ("mean", "ignorance_sd", "chance_sd"))
    return significant(mean), significant(ignorance), significant(chance)


def share_words(row: Mapping[str, Any]) -> str:
    """Say the share of ignorance, with its interval if there is one."""
    if row["ignorance_share"] != row["ignorance_share"]:
        return MISSING
    told = percent(row["ignorance_share"])
    if row["low"] == row["low"]:
        told += f" ({percent(row['low'])} to {percent(row['high'])})"
    return told + (", clipped at zero" if row["clipped"] else "")


# ---------------------------------------------------------------------- scenario discovery


def discovery_lines(found: Discovery, multiples: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield where a condition holds.

    Parameters
    ----------
    found
        What was discovered.
    multiples
        Factors whose values are multiples of what the scenario states.
    """
    yield f"{found.condition} ({found.about})" if found.about else found.condition
    yield f"  {holds_words(found)}"
    for number, box in enumerate(found.boxes):
        where = "outside these: when" if number else "most often when"
        yield f"  {where} {rules_words(box, multiples)}"
        yield f"    {box_words(box)}"


def holds_words(found: Discovery) -> str:
    """Say at how many points a condition holds, and how far from it the others are."""
    span = "; ".join(
        f"{name} is {significant(scale(name) * low)} to {significant(scale(name) * high)}"
        for name, low, high in found.spans
    )
    if not found.points:
        return "can be judged at no point"
    words = f"holds at {grouped(found.cases)} of {counted(found.points, 'point')} ({span})"
    if found.unsure:
        words += f"; at {grouped(found.unsure)} replications disagree"
    if not found.boxes and 0 < found.cases < found.points:
        words += "; no rule tells where"
    return words


def rules_words(box: Found, multiples: frozenset[str] = frozenset()) -> str:
    """Say the rules of a box in one sentence."""
    return listed([rule_words(rule, rule.factor in multiples) for rule in box.rules])


def rule_words(rule: Rule, multiple: bool = False) -> str:
    """Say one rule."""
    if rule.among:
        return f"{rule.factor} is {' or '.join(rule.among)}"
    times = " times what is stated" if multiple else ""
    low, high = (None if end is None else _end(end) for end in (rule.low, rule.high))
    if low is None:
        return f"{rule.factor} is at most {high}{times}"
    if high is None:
        return f"{rule.factor} is at least {low}{times}"
    return f"{rule.factor} is from {low} to {high}{times}"


def _end(value: Any) -> str:
    if hasattr(value, "date"):
        return as_toml_value(value.date())
    return significant(float(value))


def box_words(box: Found) -> str:
    """Say how well rules tell, and how sure each of them is."""
    sure = ", ".join(f"{rule.factor} {plain(rule.quasi_p, 1)}" for rule in box.rules)
    return (
        f"coverage {percent(box.coverage)} (of all such points), density {percent(box.density)} "
        f"(of {counted(box.points, 'point')} in the box); quasi-p: {sure}"
    )
