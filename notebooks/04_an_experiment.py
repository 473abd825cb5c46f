# %% [markdown]
# # How many places, and from when?
#
# A batch experiment from design to plot: three sizes of the rented prison, opened on two dates, two
# replications of each.

# %%
from datetime import date

import sim
from sim import plots

grid = sim.define(
    "places_and_opening",
    scenarios=["baseline"],
    replications=2,
    title="Places and opening date",
    design={
        "kind": "grid",
        "values": {
            "rented_prison.places": [100, 250, 400],
            "rented_prison.opens": [date(2027, 4, 1), date(2030, 4, 1)],
        },
    },
)
grid

# %% [markdown]
# Nothing has run yet. The next line runs it, on two processes, into `outputs/experiments`. Stop it
# at any moment: the same line goes on, and where everything is there, it only reads.

# %%
found = sim.run_experiment(grid, workers=2, progress=False)
found

# %%
ax = plots.response(found, "rented_prison.places", "rented_prison_people", by="rented_prison.opens")

# %% [markdown]
# *Marker: mean; small dots: the single replications, which show how far chance goes. The observed
# period is the same for both dates, so that a later opening leaves fewer years of use in it. Where
# a line bends, places are no longer what limits the number: the people are.*

# %%
ax = plots.response(found, "rented_prison.places", "home_occupancy", by="rented_prison.opens")

# %% [markdown]
# *The same for Danish prisons, in per cent of their places. Two replications show a direction, and
# no interval.* Every table of every replication is kept, as Parquet:

# %%
found.outcomes.query("outcome == 'rented_prison_people'").merge(found.design, on="point")[
    ["name", "rented_prison.places", "rented_prison.opens", "replication", "value"]
].round(1)
