# %% [markdown]
# # What changes with the rented prison, and how sure is that?
#
# Much of what the answer rests on nobody knows. So both worlds are simulated many times: each draw
# has values of its own for all that is unknown, and luck of its own, and they are the same in both
# worlds. Twenty draws here, and five replications at the scenarios' own values, in which only
# chance differs; `prisonflow compare` takes sixty draws, and writes the whole report.

# %%
import matplotlib.pyplot as plt

import sim
from sim import plots

both = sim.compare("baseline", "no_agreement", draws=20, replications=5, workers=2, progress=False)
both

# %% [markdown]
# How sure? By how much the prison changes some of the outcomes:

# %%
chosen = ["home_occupancy", "held_after_sentence_days", "limbo", "agreement_cost", "total_cost"]
ranges = both.ranges(chosen)
ranges[ranges["quantity"] == "difference"][
    ["outcome", "unit", "middle", "low", "high", "chance_low", "chance_high"]
].round(4)

# %% [markdown]
# Between `low` and `high` a further draw falls with probability nine in ten: doubt in the
# assumptions and chance together. Between `chance_low` and `chance_high` lies what chance does at
# the scenarios' own values. Whether a range keeps its word is tested: of other worlds, drawn anew
# from the same doubt, about nine in ten have to lie inside it (`benchmarks/bench_coverage.py`
# counts them for these two). It says nothing of what is in no range: of what is disputed, such as
# how many places there are in Kosovo, and of what the model leaves out.
#
# In which share of draws are people held longer after their sentence?

# %%
held = both.outcomes[both.outcomes["outcome"] == "held_after_sentence_days"]
held = held.pivot(index="replication", columns="scenario", values="value")
float((held["baseline"] > held["no_agreement"]).mean())

# %%
ax = plots.occupancy(both, "home_prisons")

# %% [markdown]
# *Most prisoners in Denmark are outside the model: the scenario states their number.*

# %%
ax = plots.waterfall(both)

# %% [markdown]
# *From what the people of the model cost without the agreement to what they cost with it, item by
# item.* Where do people go?

# %%
figure, axes = plt.subplots(2, 1, figsize=(8.5, 7))
for ax, name in zip(axes, ["baseline", "no_agreement"], strict=True):
    plots.flow(both[name], ax=ax)
    ax.set_title(both[name].scenario.title, pad=24)

# %% [markdown]
# *Ribbons are as wide as people are many, from where they served to where they are two years after
# the sentence. Every plot takes `ax=`, and so fits into a figure of your own.*
#
# Were the assumptions right, only chance would be left. `both.chance` compares the replications:

# %%
table = both.chance.differences(chosen)
table[["outcome", "mean", "low", "high", "p_adjusted", "verdict"]].round(4)

# %% [markdown]
# *Here an interval says how well a mean is known, and the verdict whether it can be told from
# chance. Only that is asked with `sim.compare(..., assumptions="fixed")`, which is quicker.*
