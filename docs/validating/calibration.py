"""The shipped ensemble, tested anew: other luck than that with which it was made."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pandas as pd

import sim
from docs.validating.common import WORKERS, outputs
from docs.validating.hindcast import baseline
from sim.analysis.score import Scored, as_toml, score_file
from sim.analysis.tables import records
from sim.analysis.validation import MISSED, validation_table
from sim.calibration.file import Task, read_calibration
from sim.calibration.told import HELD_OUT, INFORMED, TARGET, Spread, spreads
from sim.experiment.call import run_experiment
from sim.experiment.ensemble import Ensemble, load_ensemble, shipped_ensembles
from sim.experiment.keep import PUBLISHED
from sim.experiment.pools import processes
from sim.experiment.provenance import evidence_hash
from sim.results.files import replace
from sim.scenario.cases import cases
from sim.scenario.schema import Scenario
from sim.show.words.validation import between, bounded

#: Different futures, and parameter sets drawn for each; replications of one number share their
#: luck at all points, so that every future is an experiment with a seed of its own.
LUCKS, DRAWS = 30, 2
#: Seed of the first future; the calibration has another.
SEED = 1001
SET_ASIDE, OTHER = "target, set aside", "not in the calibration"
ROLES = (TARGET, SET_ASIDE, HELD_OUT, OTHER)
#: How near to an end of its range the middle of an unknown counts as pressed against it.
NEAR = 0.1


@lru_cache(maxsize=1)
def shipped() -> Ensemble:
    """Read the shipped ensemble."""
    return load_ensemble(shipped_ensembles()["gjilan"])


@lru_cache(maxsize=1)
def informed() -> dict[str, Spread]:
    """Say what the ensemble tells of each unknown, by name."""
    return {one.factor: one for one in spreads(shipped(), sim.load("baseline"))}


def calibration(replications: int) -> dict[str, Any]:
    """Lay published figures beside the baseline and beside the ensemble."""
    alone, task = baseline(replications), read_calibration()
    values = _measured(alone.scenarios[0])
    together = validation_table(alone.figures, alone.scenarios, values)
    columns = ["figure", "model_low", "model_high", "verdict"]
    table = together.merge(alone.table[columns], on="figure", suffixes=("", "_alone"))
    table["role"] = [_role(key, task) for key in table["figure"]]
    table = table.dropna(subset=["model_low", "model_low_alone"])
    replace(score_file(cases()["gjilan"]), as_toml(map(_scored, records(table))))
    topics_met = set(table.loc[table["role"] == TARGET, "topic"])
    held_out = table[table["role"] == HELD_OUT]
    told = list(informed().values())
    return {
        "draws": LUCKS * DRAWS,
        "lucks": LUCKS,
        "seed": shipped().made["seed"],
        "effective": shipped().effective_size,
        "sets": len(shipped().sets),
        "stale": shipped().made["scenario"] != task.world.hash
        or shipped().made["evidence"] != evidence_hash(),
        "roles": [
            _counted(role, table[table["role"] == role])
            for role in ROLES
            if (table["role"] == role).any()
        ],
        "neighbours": int(held_out["topic"].isin(topics_met).sum()),
        "held_out": len(held_out),
        "held_out_missed": int((held_out["verdict"] == MISSED).sum()),
        "whole": _whole(table),
        "all": len(table),
        "all_missed": int((table["verdict"] == MISSED).sum()),
        "missed": set(table.loc[table["verdict"] == MISSED, "topic"]),
        "rows": list(_rows(table)),
        "informed": list(_unknowns([one for one in told if one.verdict == INFORMED])),
        "as_wide": [one.factor for one in told if one.verdict != INFORMED],
    }


def _scored(row: dict[str, Any]) -> Scored:
    """Return a figure as the view of how sure the answer is tells it."""
    words = {name: str(row[name]) for name in ("topic", "title", "compare", "unit", "verdict")}
    low, high = float(row["model_low"]), float(row["model_high"])
    return Scored(published=float(row["published"]), model_low=low, model_high=high, **words)


def _whole(table: pd.DataFrame) -> list[str]:
    """Return topics of which every figure is held out."""
    roles = table.groupby("topic", sort=False)["role"]
    return [str(topic) for topic, role in roles if (role == HELD_OUT).all()]


def _measured(world: Scenario) -> pd.DataFrame:
    """Return every figure at every draw: scenario, replication (number of the draw), figure, value.

    Where one future has several draws, all of them have its luck in common.
    """
    parts = []
    with processes(WORKERS) as pool:
        for luck in range(LUCKS):
            chosen = sim.define(
                f"ensemble_{luck}", [world], 1, seed=SEED + luck, tables=[PUBLISHED],
                design={"kind": "ensemble", "file": str(shipped_ensembles()["gjilan"]),
                        "samples": DRAWS},
            )  # fmt: skip
            folder = outputs("calibration") / chosen.definition.name
            found = run_experiment(chosen, folder, workers=WORKERS, executor=pool, progress=False)
            table = found.table(PUBLISHED)
            parts.append(table.assign(replication=luck * DRAWS + table["point"]))
    return pd.concat(parts, ignore_index=True)


def _role(figure: str, task: Task) -> str:
    """Say what a figure was to the calibration."""
    if figure in shipped().made["targets"]:
        return TARGET
    if figure in task.definition.held_out:
        return HELD_OUT
    return SET_ASIDE if any(target.name == figure for target in task.targets) else OTHER


def _counted(role: str, rows: pd.DataFrame) -> dict[str, Any]:
    """Count what is missed by chance alone, and by chance and ignorance."""
    alone = rows["model_high_alone"] - rows["model_low_alone"]
    together = rows["model_high"] - rows["model_low"]
    return {
        "role": role,
        "figures": len(rows),
        "alone": int((rows["verdict_alone"] == MISSED).sum()),
        "together": int((rows["verdict"] == MISSED).sum()),
        "wider": float((together / alone)[alone > 0].median()),
    }


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the figures of the calibration, and others on which the verdicts are not both good."""
    for role in ROLES:
        for row in records(table[table["role"] == role]):
            missed = row["verdict_alone"] == MISSED, row["verdict"] == MISSED
            if role == OTHER and not any(missed):
                continue
            ends = {f"model_{end}": row[f"model_{end}_alone"] for end in ("low", "high")}
            yield {
                "role": role,
                "order": ROLES.index(role),
                "title": f"{row['topic']}: {row['title']}",
                "published": bounded(row),
                "alone": between(row | ends),
                "together": between(row),
                "missed": missed,
            }


def _unknowns(found: list[Spread]) -> Iterator[dict[str, Any]]:
    """Yield what the ensemble says of unknowns, and where the baseline's value lies."""
    world = sim.load("baseline")
    factors = {factor.name: factor for factor in shipped().factors_in(world)}
    for one in found:
        factor = factors[one.factor]
        stated = 1.0 if one.multiplies else float(next(iter(factor.targets(world).values())))
        place = (one.median - factor.at(0.0)) / (factor.at(1.0) - factor.at(0.0))
        yield {
            "factor": one.factor,
            "before": f"{one.before_low:.3g} to {one.before_high:.3g}",
            "after": f"{one.low:.3g} to {one.high:.3g}",
            "times": "× " if one.multiplies else "",
            "stated": f"{stated:.3g}",
            "outside": not one.low <= stated <= one.high,
            "at_an_end": not NEAR <= place <= 1 - NEAR,
        }
