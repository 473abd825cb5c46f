# %% [markdown]
# # Where do queues build, and how long are people held?
#
# Five replications of the baseline: enough for a first look at what chance does, few enough to wait
# for. A study takes thirty or more.

# %%
import sim
from sim import plots
from sim.analysis.durations import durations

runs = [sim.run("baseline", seed=1, replication=number) for number in range(5)]
runs

# %%
ax = plots.queue(runs, "travel_document")

# %% [markdown]
# *Line: mean of the replications; band: from the lowest to the highest of them, which is chance
# alone. Doubt about the assumptions is not in it.* Who waits so long?

# %%
ax = plots.durations_by_origin(runs, "travel_document")

# %% [markdown]
# *Marker: median; bar: the middle half of all times spent waiting with a removal in prospect,
# however they end, on a log scale; at the right, how many wait in the observed period. How origins
# cooperate is assumed from what is known of returns, and decides most of this.*

# %%
ax = plots.queue(runs, "flight_and_place")

# %% [markdown]
# *People are selected before the prison opens, and wait for the first flights: a mean over the
# whole period would hide that. Flights and seats are assumptions.*

# %%
ax = plots.survival(runs, ["pre_removal_detention", "departure_centre", "limbo"])

# %% [markdown]
# *Of those who enter, the share still there after so many years. Whoever is still inside when the
# simulation ends counts as such, and is not dropped. Where a band is narrow, a mean over many
# people is well known; the assumptions behind it are not.*

# %%
ax = plots.durations(runs)

# %% [markdown]
# *Every stage and wait at once, on a log scale: medians and middle halves, as before. One person
# can have several stays.* Some medians in days, with their 95 % intervals over replications:

# %%
table = durations(runs, stages=["gnjilane", "pre_removal_detention", "departure_centre", "limbo"])
table.query("quantity == 'median_days'")[["stage", "days", "low", "high", "spells"]].round(1)
