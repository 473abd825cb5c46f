"""Make what is shipped about how sure the answer is: of all scenarios about Gjilan.

    python -m docs.make_doubt                               # `make doubt`
    python -m docs.make_doubt --draws 12 --only baseline    # to try it

Every shipped scenario about the baseline's case is drawn beside the world without the agreement;
so is every answer to what is disputed (`sim.analysis.alternatives`), which changes both worlds.
What has been run is kept in outputs/doubt: stopped, it goes on with the same command.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import sim
from docs.made_of import ROOT
from sim.analysis.alternatives import alternatives, worlds
from sim.analysis.doubt import HEADLINES, Asked, doubt_of
from sim.analysis.shipped_doubt import as_toml, doubt_file, hashes
from sim.experiment.call import run_experiment
from sim.experiment.pools import processors
from sim.experiment.provenance import code_hash
from sim.experiment.replicate import doubt_about
from sim.experiment.replications import Replications
from sim.results.files import replace as write
from sim.scenario.cases import cases
from sim.scenario.files import variants
from sim.scenario.schema import Scenario

CASE = cases()["gjilan"]
BASE, REFERENCE = "baseline", "no_agreement"
#: Draws, and replications at a scenario's own values, of the scenarios and of alternatives.
DRAWS, REPLICATIONS = 100, 20
OF_ALTERNATIVES = 60, 5
#: Headlines, and what questions that are disputed bear on besides.
ASKED = (*HEADLINES, Asked("host_occupancy", difference=False))
COMMENT = (
    "How sure the answer is: written by docs.make_doubt, for the scenario as shipped. Ranges are\n"
    "over draws of everything that nobody knows; at_low and at_high are the answer expected where\n"
    "an assumption is low or high."
)


def drawn(
    name: str, scenarios: Sequence[Scenario], draws: int, replications: int
) -> dict[str, Replications]:
    """Return draws of scenarios by name, about the base of their case; run what is missing."""
    base = sim.load(BASE)
    found = hashlib.sha256("".join(world.hash for world in scenarios).encode())
    found.update(code_hash().encode())
    folder = ROOT / "outputs" / "doubt" / f"{name}_{found.hexdigest()[:12]}"
    chosen = sim.define(
        f"doubt_{name}",
        scenarios,
        {"number": min(replications, draws), "per_cell": 10},
        design=doubt_about(base, draws),
    )
    results = run_experiment(chosen, folder, workers=processors())
    return {r.scenario.name: r for r in results.replications()}


def keep(file: Path, other: Replications, base: Replications) -> None:
    """Write a file of results."""
    found = doubt_of(other, base, ASKED)
    world = other.scenario
    made = hashes(world, base.scenario.hash)
    write(file, as_toml(replace(found, made=made), COMMENT))
    print(f"wrote {file.relative_to(ROOT)}", flush=True)


def make(draws: int = DRAWS, only: str = "") -> None:
    """Make the files of all scenarios and alternatives, or of one scenario alone."""
    every = [sim.load(file) for file in variants()]
    chosen = [world for world in every if only in ("", world.name) and world.name != REFERENCE]
    found = drawn("scenarios", [*chosen, sim.load(REFERENCE)], draws, REPLICATIONS)
    for world in chosen:
        keep(doubt_file(CASE, world.name), found[world.name], found[REFERENCE])
    pairs: Mapping[str, tuple[Scenario, Scenario]] = {
        one.name: worlds(one, BASE, REFERENCE) for one in alternatives()
    }
    if only in ("", BASE):
        both = [world for pair in pairs.values() for world in pair]
        fewer, replications = OF_ALTERNATIVES
        found = drawn("alternatives", both, min(draws, fewer), replications)
        for name, (other, base) in pairs.items():
            keep(doubt_file(CASE, name, "alternatives"), found[other.name], found[base.name])


def main() -> None:
    """Read the command, and make the files."""
    parser = argparse.ArgumentParser(description="Make what is shipped about how sure it is.")
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--only", default="", help="one scenario, with the alternatives if BASE")
    given = parser.parse_args()
    make(given.draws, given.only)


if __name__ == "__main__":
    main()
