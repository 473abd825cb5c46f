# %% [markdown]
# # What does the answer depend on?
#
# Much of what goes into the model nobody knows. Here a few assumptions are moved, one at a time, to
# both ends of the range that the evidence calls plausible, two replications of each.

# %%
import pandas as pd

import sim
from sim import plots
from sim.scenario.evidence import evidence_for

factors = [
    "removal.willing_share",
    "departure_centre.absconds_per_year",
    "departure_centre.permit_per_review",
    "detention.ended_if_limited_per_review",
]
evidence = evidence_for(sim.load("baseline"))
records = [evidence.of(key) for key in factors]
pd.DataFrame(
    [(r.key, r.status, r.low, r.high, r.confidence) for r in records],
    columns=["factor", "status", "low", "high", "confidence"],
)

# %%
one_at_a_time = sim.define(
    "a_few_assumptions",
    scenarios=["baseline"],
    replications=2,
    title="A few assumptions, one at a time",
    design={"kind": "one_at_a_time", "factors": factors},
)
found = sim.run_experiment(one_at_a_time, workers=2, progress=False)
found

# %%
ax = plots.influence(found, "limbo")

# %% [markdown]
# *The line is the baseline. Each bar leads to the outcome with one factor at its low or high end,
# everything else left alone. The dots are the replications: where they lie close to the end of the
# bar, and far from the line, the swing is not chance. What two factors do together is not seen.*

# %%
ax = plots.influence(found, "departure_centre_people")

# %%
ax = plots.influence(found, "held_after_sentence_days")

# %% [markdown]
# *What one outcome follows, another may not.* All assumptions at once, in a sample that also shows
# what they do together, are a shipped experiment for a long evening:
# `found = sim.run_experiment("assumptions", workers=8)`, and `plots.influence(found, "limbo")`
# draws it.
