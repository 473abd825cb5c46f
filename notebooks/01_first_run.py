# %% [markdown]
# # What happens to one person?
#
# Denmark plans to rent a prison in Gnjilane, Kosovo, for people sentenced to prison and expulsion.
# The model follows them one by one. We run its world once, and look at one of them.

# %%
import sim
from sim import plots

scenario = sim.load("baseline")
scenario

# %% [markdown]
# A scenario is everything that defines a world: `scenario.rented_prison.places`,
# `scenario.origins["iran"].protected_share` and so on, with tab-completion. A run is one way in
# which chance may let that world go.

# %%
run = sim.run(scenario, seed=1)
run

# %% [markdown]
# Every row of `run.people`, `run.spells` and `run.exits` belongs to one person. Some are worth
# following:

# %%
people = run.examples()
people

# %%
person = people["person"][0]
run.story(person)

# %%
ax = plots.story(run, person)

# %% [markdown]
# *From above: where the person is, then the removal case that runs beside it. Dark is deprived of
# liberty. It is one invented person; that somebody like this exists, and how many, is what the
# assumptions say.*
#
# With the same seed the same person, with the same luck, lives in any other world. Without the
# rented prison:

# %%
without = sim.run("no_agreement", seed=1)
ax = plots.story(without, person)

# %% [markdown]
# And everybody at once:

# %%
ax = plots.whereabouts(run)

# %% [markdown]
# *Each band is as high as there are people in that stage; the numbers are means over the shaded
# period. One run does not say what chance does: the next notebook takes several.*
