# %% [markdown]
# # What if the prison were rented on other terms?
#
# Sweden has agreed to rent cells in Tartu, Estonia. Suppose that Denmark rented on terms like
# those: a scenario file says so in a few lines, and says of every number where it comes from.

# %%
from pathlib import Path

import sim
from sim import plots

Path("on_the_terms_of_tartu.toml").write_text(
    """
# Danish people, courts and countries of origin, but the terms of Sweden's agreement on Tartu as the
# press gave them in June 2025: five years; back a month before the end of the sentence; EUR 8,500 a
# month for each place, for 300 places at least (IceNews 2025-06-07, ERR by way of europesays.com).
extends = "baseline"
name = "on_the_terms_of_tartu"
title = "A prison on the terms of Tartu"
summary = "300 places on the terms of Sweden's cells in Estonia; all removals are from Denmark."

[rented_prison]
key = "tartu"
title = "Tartu"
extended = false             # five years; whether they are extended is not known
return_before_end_days = 30  # a month
first_intake_places = 100    # assumption, the baseline's: from 25 (as Norway did) to 300

[removal]
direct_share = 0.0           # assumption: nobody is removed straight from Estonia

[detention]
in_rented_prison_share = 0.0 # assumption: nor detained there after the sentence

[host]
beds_given_up = 0            # no prison of Kosovo's own is emptied
displaced_inmates = 0

[costs]
rent.million_per_year = 30.6       # EUR: 300 places x 12 months x 8,500
set_up_million = false             # assumption: none was reported
aid_million_per_year = false       # assumption: none was reported
rotation_million.amount = 0.2      # assumption: a short flight, from 0.05 (ferry, bus) to 0.4
""",
    encoding="utf-8",
)
tartu = sim.load("on_the_terms_of_tartu.toml")
tartu

# %% [markdown]
# `extends` takes everything else from the baseline: this is not Sweden's population. A mistake is
# told with what is allowed or was probably meant:

# %%
try:
    tartu.change({"rented_prison.place": 600, "removal.direct_share": 1.5})
except sim.ScenarioError as error:
    print(error)

# %% [markdown]
# Gnjilane without its extension is open for five years, too: so it is what to compare with. For a
# first look chance alone is enough, which is quick; without `assumptions="fixed"` all that nobody
# knows is drawn, but for what the file above says itself.

# %%
compared = sim.compare(
    "five_years_only", tartu, assumptions="fixed", replications=5, workers=2, progress=False
)
compared

# %%
ax = plots.occupancy(compared)

# %% [markdown]
# *Line: mean of five replications; band: the range of them, which is chance alone. Both prisons are
# open for as long, so that totals and averages are about the same length of agreement.*

# %%
ax = plots.differences(compared)

# %% [markdown]
# *Differences from Gnjilane, filled where they can be told from chance. That is chance alone:
# behind them stand the assumptions of the file above. Give them ranges in an experiment, as in the
# notebook before, to see how much they matter: of a file's own values nothing is drawn.*

# %%
ax = plots.costs(compared)

# %% [markdown]
# *Prices are inputs, and those of Tartu are press reports. On the command line the same file works
# like a shipped one: `prisonflow compare five_years_only on_the_terms_of_tartu.toml`.*
