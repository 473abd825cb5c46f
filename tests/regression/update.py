"""Store anew what the regression tests compare with: `make regression`.

Run it after a change that is meant to change results, and say in CHANGELOG.md what changed and why:
the differences of `stored.csv` then show by how much.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.results.run import Run

ROOT = Path(__file__).resolve().parents[2]
STORED = Path(__file__).with_name("stored.csv")
#: Shipped scenarios, with a tenth of the judgments: they run in a moment, and use every process.
SCENARIOS = ("baseline", "no_agreement", "wider_target_group", "released_in_kosovo")
JUDGMENTS_PER_YEAR = 170
SEED, REPLICATION = 1, 0


def thinned(source: str | Path) -> Run:
    """Run a scenario with a tenth of the judgments, or whole if it expels nobody."""
    from sim.results.run import Run
    from sim.scenario.files import load
    from sim.world.simulate import simulate

    world = load(source)
    if world.arrivals.expels:
        world = world.change({"arrivals.judgments_per_year": JUDGMENTS_PER_YEAR})
    return Run(simulate(world, SEED, REPLICATION))


def results() -> dict[tuple[str, str], float | None]:
    """Return outcomes, numbers of spells by stage and exits by kind, for each scenario."""
    from sim.results.outcomes import outcomes_of

    found: dict[tuple[str, str], float | None] = {}
    for name in SCENARIOS:
        run = thinned(name)
        rows: dict[str, float | None] = {"people": run.cohort.size, **outcomes_of(run)}
        for stage, number in sorted(Counter(run.spells["stage"]).items()):
            rows[f"spells in {stage}"] = number
        for exit, number in sorted(Counter(run.exits["exit"]).items()):
            rows[f"exits {exit}"] = number
        found |= {(name, row): value for row, value in rows.items()}
    return found


def stored() -> dict[tuple[str, str], float | None]:
    """Return what was stored; a value that does not exist is an empty cell."""
    with STORED.open(encoding="utf-8", newline="") as file:
        return {
            (row["scenario"], row["what"]): float(row["value"]) if row["value"] else None
            for row in csv.DictReader(file)
        }


def store() -> None:
    """Write the results of today, each number with all its digits."""
    with STORED.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["scenario", "what", "value"])
        for (scenario, what), value in results().items():
            table.writerow([scenario, what, "" if value is None else repr(float(value))])


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    store()
    print(f"stored {STORED.relative_to(ROOT)}")
