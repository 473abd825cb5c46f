# %% [markdown]
# # What changes with the rented prison, and can it be told from chance?
#
# Both worlds are about the same people with the same luck, so that their difference is not drowned
# by chance. Five replications of each; `prisonflow compare` writes the whole report.

# %%
import matplotlib.pyplot as plt

import sim
from sim import plots

both = sim.compare("baseline", "no_agreement", replications=5, workers=2, progress=False)
both

# %%
ax = plots.differences(both)

# %% [markdown]
# *Each row is one outcome: the difference as a share of its value without the prison, and in its
# own unit at the right. A filled marker can be told from chance even though many outcomes are
# looked at (Holm's rule); a hollow one cannot, which does not prove that nothing changes.*

# %%
ax = plots.occupancy(both, "home_prisons")

# %% [markdown]
# *Lines are means, bands the range of the replications. Most prisoners in Denmark are outside the
# model: the scenario states their number, and by how much it is off is not in the band.*

# %%
ax = plots.costs(both)

# %% [markdown]
# *Blue is what the agreement costs, brown what the same people cost in Denmark. Prices are inputs;
# chance moves only the days to be paid for.* Where do people go?

# %%
figure, axes = plt.subplots(2, 1, figsize=(8.5, 7))
for ax, name in zip(axes, ["baseline", "no_agreement"], strict=True):
    plots.flow(both[name], ax=ax)
    ax.set_title(both[name].scenario.title, pad=24)

# %% [markdown]
# *Ribbons are as wide as people are many, from where they served to where they are two years after
# the sentence. Every plot takes `ax=`, and so fits into a figure of your own.* Some of the numbers:

# %%
table = both.differences()
table[table["outcome"].isin(["home_occupancy", "limbo", "agreement_cost", "total_cost"])][
    ["outcome", "mean", "low", "high", "p_adjusted", "verdict"]
].round(4)
