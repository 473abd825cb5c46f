"""What nobody can know yet: ranges of the evidence on which no published figure speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

import sim
from docs.validating.calibration import informed
from docs.validating.sensitivity import WITH, ends, followed, sample
from sim.analysis.tables import records
from sim.calibration.baseline import ground
from sim.calibration.told import INFORMED
from sim.experiment.factors import Factor
from sim.results.outcomes import outcome_titles
from sim.scenario.base import as_toml_value
from sim.scenario.evidence import evidence_for
from sim.show.facts.assumptions import assumptions
from sim.show.words import capital, counted
from sim.show.words.findings import printed_unit
from sim.show.words.sureness import nobody_knows

#: What assumptions are about, the first that fits: our own sorting, as the evidence has none.
ABOUT = {
    "What is still to be decided, built or opened": r"rented_prison\.|transfer\.|removal\.direct"
    r"|arrivals\.growth|arrivals\.judgments_per_year\[202|home_prisons\..*\[202",
    "What people do": r"removal\.willing|departure_centre\.(never|leave|lives|absconds)"
    r"|departure_centre\.(tolerated|found|at_large|waits)|host\.(asylum_share|onward)",
    "What authorities and courts do": r"removal\.|detention\.|departure_centre\.|host\.",
    "What other states do": r"origins\..*(cooperation|document_delay|transit)",
    "Who is expelled, sentences, places and prices": r"",
}
#: The assumptions that stand for what can be learnt only later (`nobody_knows`).
STANDING_FOR = (
    r"rented_prison\.(opening|first_intake)",
    r"transfer\.|sentencing\.special\.health",
    r"removal\.direct|.*transit_from_host|rented_prison\.return_before",
    r"origins\..*(cooperation|document_delay)",
    r"removal\.willing|departure_centre\.leaves",
    r"arrivals\.(judgments_per_year\[202|growth)|departure_centre\.breach|detention\.longest",
    r"departure_centre\.(absconds|tolerated|never|found|at_large|cases)|host\.onward",
)
#: Assumptions written out one by one in a list up to this number; effects told of one.
FEW, EFFECTS = 4, 2


def unknown(_replications: int) -> dict[str, Any]:
    """Sort what nobody knows by what it is about, and say how far results move over it."""
    factors, table = sample().experiment.plan.factors, followed()
    told = table[table["told"]]
    silent = [factor for factor in factors if not _is_informed(factor)]
    return {
        "factors": len(factors),
        "informed": len(factors) - len(silent),
        "silent": len(silent),
        "assumed": sum(_is_assumed(factor) for factor in silent),
        "topics": [_counted(name, factors) for name in ABOUT],
        "rows": {name: list(_rows([f for f in factors if _about(f) == name], told))
                 for name in ABOUT},
        "contested": list(_contested_besides(factors)),
        "lessons": [
            _lesson(*lesson, pattern, factors, told)
            for lesson, pattern in zip(nobody_knows(sim.load(WITH)), STANDING_FOR, strict=True)
        ],
    }  # fmt: skip


def _is_informed(factor: Factor) -> bool:
    return factor.name in informed() and informed()[factor.name].verdict == INFORMED


def _is_assumed(factor: Factor) -> bool:
    return factor.record is not None and ground(factor.record) == "assumed"


def _is_contested(factor: Factor) -> bool:
    return factor.record is not None and bool(factor.record.contested)


def _about(factor: Factor) -> str:
    return next(name for name, pattern in ABOUT.items() if re.match(pattern, factor.name))


def _counted(name: str, factors: Sequence[Factor]) -> dict[str, Any]:
    """Count the assumptions about something by what is known of them."""
    mine = [factor for factor in factors if _about(factor) == name]
    known = sum(map(_is_informed, mine))
    asked = sum(factor.name in informed() for factor in mine)
    return {
        "name": name,
        "all": len(mine),
        "informed": known,
        "as_wide": asked - known,
        "not_asked": len(mine) - asked,
        "assumed": sum(_is_assumed(f) and not _is_informed(f) for f in mine),
        "contested": sum(map(_is_contested, mine)),
    }


def _rows(factors: Sequence[Factor], told: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield what is contested, or not informed and seen to be followed by results."""
    for factor in factors:
        effects = _effects([factor], told)
        if _is_contested(factor) or (effects and not _is_informed(factor)):
            assert factor.record is not None
            yield {
                "factor": factor.name,
                "range": _range(factor),
                "status": factor.record.status,
                "figures": _figures(factor),
                "contested": factor.record.contested,
                "effects": effects,
            }


def _figures(factor: Factor) -> str:
    """Say what published figures tell of an assumption."""
    if factor.name not in informed():
        return "in no calibration"
    return "informed, if the structure is right" if _is_informed(factor) else "stays as wide"


def _effects(factors: Sequence[Factor], told: pd.DataFrame) -> list[str]:
    """Say the strongest effects of some assumptions that are told from chance."""
    mine = told[told["factor"].isin([factor.name for factor in factors])]
    strongest = mine.sort_values("influence", key=abs, ascending=False).head(EFFECTS)
    return [_effect(row, alone=len(factors) == 1) for row in records(strongest)]


def _effect(row: dict[str, Any], alone: bool) -> str:
    """Say how far an outcome moves from the low to the high end of an assumption."""
    unit = printed_unit(row["outcome"])
    what = " (difference)" if row["reference"] else ""
    over = "" if alone else f" over `{row['factor']}`"
    name = outcome_titles(sim.load(WITH))[row["outcome"]]
    return f"{capital(name)}{what} {ends(row)} {unit}{over}"


def _range(factor: Factor) -> str:
    low, high = (as_toml_value(end) for end in (factor.low, factor.high))
    return f"{'× ' if factor.multiplies else ''}{low} to {high}"


def _contested_besides(factors: Sequence[Factor]) -> Iterator[dict[str, str]]:
    """Yield what the evidence calls contested and the sample did not vary."""
    world = sim.load(WITH)
    varied = {factor.record.key for factor in factors if factor.record is not None}
    for rows in assumptions(world, evidence_for(world)).values():
        for row in rows:
            if row.contested and row.key.split(" ")[0] not in varied:
                yield {"key": row.key, "values": row.values, "contested": row.contested}


def _lesson(
    title: str, words: str, pattern: str, factors: Sequence[Factor], told: pd.DataFrame
) -> dict[str, Any]:
    """Return what can be learnt later, with the ranges that stand for it and their effects."""
    mine = [factor for factor in factors if re.match(pattern, factor.name)]
    few = [f"`{factor.name}` {_range(factor)}" for factor in mine]
    return {
        "title": title,
        "words": words,
        "ranges": few if len(few) <= FEW else [counted(len(few), "range")],
        "effects": _effects(mine, told),
    }
