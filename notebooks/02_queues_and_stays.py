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
runs[0]

# %%
ax = plots.queue(runs, "travel_document")

# %% [markdown]
# *Line: mean of the replications; band: from the lowest to the highest of them, which is chance
# alone. Doubt about the assumptions is not in it.* Who waits so long?

# %%
ax = plots.durations_by_origin(runs, "travel_document")

# %% [markdown]
# *Marker: median; bar: the middle half of all waits, on a log scale; at the right, how many wait in
# the observed period. How origins cooperate is assumed from what is known of returns, and decides
# most of this.*

# %%
ax = plots.queue(runs, "flight_and_place")

# %% [markdown]
# *The list for the flight fills before the prison opens, and empties as flights begin: the mean over
# the period hides that. Flights and seats are assumptions.*

# %%
ax = plots.survival(runs, ["pre_removal_detention", "departure_centre", "limbo"])

# %% [markdown]
# *Of those who enter, the share still there after so many years. Whoever is still inside when the
# simulation ends counts as such, and is not dropped. The bands are narrow, as these are means over
# many people; the assumptions behind them are not that well known.*

# %%
ax = plots.durations(runs)

# %%
table = durations(runs, stages=["gnjilane", "pre_removal_detention", "departure_centre", "limbo"])
table.query("quantity == 'median_days'")[["stage", "days", "low", "high", "spells"]].round(1)

# %% [markdown]
# *The same medians in days, with their 95 % intervals over replications.*
