"""What the answer follows, and how much of its doubt is chance: a sample of all ranges."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

import sim
from docs.validating.common import DOCS, WORKERS, outputs
from sim.analysis.sensitivity import sensitivity as question
from sim.analysis.sensitivity.discovery import FEWEST
from sim.analysis.sensitivity.ignorance import influence, over_points
from sim.analysis.tables import records
from sim.experiment.call import run_experiment
from sim.experiment.factors import factors_of
from sim.experiment.read import Results
from sim.results.files import replace
from sim.results.outcomes import outcome_titles
from sim.show.draw.sensitivity import kinds_figure
from sim.show.words import MINUS, capital, significant
from sim.show.words.findings import (
    MAIN,
    box_words,
    holds_words,
    printed_unit,
    rules_words,
    scale,
    share_words,
    spread_words,
)
from sim.statistics.ranks import largest_by_chance

#: With the agreement, and without it.
WITH, WITHOUT = "baseline", "no_agreement"
POINTS, REPLICATIONS = 120, 2
#: Assumptions told of each quantity: at least, whether told from chance or not, and at most.
LEAST, MOST = 3, 5
#: Differences that stay below this share of the value count as none.
NEGLIGIBLE = 0.001
#: Shares of points between which quantities are told.
MIDDLE = (0.05, 0.95)


def open_levers() -> list[str]:
    """Return levers that nobody knows yet: without evidence, and contested."""
    records = [factor.record for factor in factors_of("levers", sim.load(WITH))]
    return [r.key for r in records if r and r.status == "assumption" and r.contested]


@lru_cache(maxsize=1)
def sample() -> Results:
    """Simulate a Latin hypercube over all that nobody knows, with and without the agreement.

    Points at which a queue has no end are left out.
    """
    unknown = [factor.name for factor in factors_of("uncertainties", sim.load(WITH))]
    chosen = sim.define(
        "sensitivity",
        [WITH, WITHOUT],
        {"number": REPLICATIONS, "per_cell": REPLICATIONS},
        design={
            "kind": "latin_hypercube",
            "samples": POINTS,
            "factors": [*unknown, *open_levers()],
        },
        title="Everything that nobody knows",
    )
    found = run_experiment(chosen, outputs("sensitivity"), workers=WORKERS)
    return Results(found.folder, stable_only=True)


@lru_cache(maxsize=1)
def kinds() -> tuple[pd.DataFrame, list[str]]:
    """Tell chance and ignorance apart, and name the outcomes that the agreement does not move.

    Quantities are the outcomes with the agreement, and their differences, but for those that are
    negligible, or the value itself because there is nothing of the kind without it.
    """
    found = sample()
    values, differences = (
        question(found, MAIN, reference).two_kinds().query("scenario == @WITH and mean == mean")
        for reference in (None, WITHOUT)
    )
    size = differences["outcome"].map(values.set_index("outcome")["mean"])
    reach = differences["mean"].abs() + 2 * np.hypot(
        differences["chance_sd"], differences["ignorance_sd"]
    )
    unmoved = reach < NEGLIGIBLE * size.abs()
    the_same = np.isclose(differences["mean"], size)
    shown = pd.concat([values, differences[~unmoved & ~the_same]], ignore_index=True)
    return _in_order(shown), list(differences.loc[unmoved, "outcome"])


@lru_cache(maxsize=1)
def followed() -> pd.DataFrame:
    """Rank assumptions by what follows them, with the outcomes at both ends of each.

    Columns: those of `influence`, reference, and at_low and at_high, means over the lowest and the
    highest fifth of an assumption.
    """
    found, (shown, _) = sample(), kinds()
    table, keys = found.outcomes, ["scenario", "outcome", "factor"]
    parts = []
    for reference in (None, WITHOUT):
        mine = shown["reference"].isna() if reference is None else shown["reference"] == reference
        outcomes = list(shown.loc[mine, "outcome"])
        some = table[table["scenario"].isin([WITH, reference])]
        ranked = influence(some, found.design, outcomes, reference).assign(reference=reference)
        ends = question(found, outcomes, reference).tornado()[[*keys, "at_low", "at_high"]]
        parts.append(ranked.merge(ends, on=keys, how="left"))
    return _in_order(pd.concat(parts, ignore_index=True))


def sensitivity(_replications: int) -> dict[str, Any]:
    """Tell chance and ignorance apart, what results follow, and when the agreement does little."""
    found, strongest = sample(), followed()
    shown, unmoved = kinds()
    factors, stable = found.experiment.plan.factors, len(found.design)
    replace(DOCS / "validation" / "two_kinds.png", kinds_figure(shown).png())
    return {
        "points": POINTS,
        "stable": stable,
        "unstable": len(found.unstable),
        "replications": REPLICATIONS,
        "factors": len(factors),
        "levers": open_levers(),
        "kinds": list(_kind_rows(found, shown)),
        "unmoved": [title(outcome) for outcome in unmoved],
        "negligible": NEGLIGIBLE,
        "typical": largest_by_chance(stable, len(factors)),
        "rare": largest_by_chance(stable, len(factors), 0.95),
        "needed": float(strongest.loc[strongest["told"], "influence"].abs().min()),
        "correlations": len(strongest),
        "told": int(strongest["told"].sum()),
        "strongest": _strongest(strongest),
        "conditions": [_discovered(found, *one) for one in _conditions()],
        "fewest": FEWEST,
    }


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Sort by outcome, the value before its difference."""
    return table.sort_values(
        "outcome", key=lambda names: names.map(MAIN.index), kind="stable", ignore_index=True
    )


def title(outcome: str) -> str:
    """Return the title of an outcome, and its unit."""
    return f"{capital(outcome_titles(sim.load(WITH))[outcome])}, {printed_unit(outcome)}"


def _kind_rows(found: Results, shown: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield each quantity with its two kinds of uncertainty, and its middle over the points."""
    spans = {
        (reference, row["outcome"], row["share"]): scale(row["outcome"]) * row["quantile"]
        for reference in (None, WITHOUT)
        for row in records(over_points(found.outcomes, reference, MIDDLE))
        if row["scenario"] == WITH
    }
    for row in records(shown):
        outcome, reference = row["outcome"], row["reference"]
        mean, ignorance, chance = spread_words(row)
        low, high = (spans[reference, outcome, share] for share in MIDDLE)
        yield {
            "title": title(outcome),
            "what": "difference" if reference else "value",
            "mean": mean,
            "chance": chance,
            "ignorance": ignorance,
            "share": share_words(row),
            "mostly_ignorance": row["ignorance_share"] > 0.5,
            "span": f"{significant(low)} to {significant(high)}",
        }


def _strongest(table: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return by quantity the assumptions that it follows most."""
    shown: dict[str, list[dict[str, Any]]] = {}
    for row in records(table):
        if row["rank"] <= (MOST if row["told"] else LEAST):
            what = "difference" if row["reference"] else "value"
            shown.setdefault(f"{title(row['outcome'])}: {what}", []).append(
                {
                    "factor": row["factor"],
                    "told": row["told"],
                    "influence": f"{row['influence']:+.2f}".replace("-", MINUS),
                    "ends": ends(row),
                }
            )
    return shown


def ends(row: dict[str, Any]) -> str:
    """Say an outcome at both ends of an assumption."""
    low, high = (scale(row["outcome"]) * row[end] for end in ("at_low", "at_high"))
    return f"{significant(low)} → {significant(high)}"


def _conditions() -> tuple[tuple[str, str], ...]:
    """Return what is asked of the sample, in words and as conditions."""
    third = sim.load(WITH).rented_prison.places // 3
    return (
        ("The agreement frees no Danish places", "home_places_freed <= 0"),
        ("It frees less than a third of the places rented", f"home_places_freed <= {third}"),
        ("At least one more person is in limbo with it", "limbo >= 1"),
        ("At least one person less is", "limbo <= -1"),
    )  # fmt: skip


def _discovered(found: Results, asked: str, condition: str) -> dict[str, Any]:
    """Say at which points a condition holds."""
    one = question(found, reference=WITHOUT).discovery(condition, WITH)
    multiples = frozenset(f.name for f in found.experiment.plan.factors if f.multiplies)
    return {
        "question": asked,
        "condition": condition,
        "holds": holds_words(one),
        "cases": one.cases,
        "points": one.points,
        "boxes": [{"rules": rules_words(b, multiples), "sure": box_words(b)} for b in one.boxes],
    }
