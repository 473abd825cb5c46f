# %% [markdown]
# # What if the prison were rented on other terms?
#
# Sweden has agreed to rent cells in Tartu, Estonia. Suppose that Denmark rented on terms like those:
# a scenario file says so in a few lines, and says of every number where it comes from.

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
summary = "300 places on the terms on which Sweden rents cells in Estonia; all removals from Denmark."

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

[costs]
rent_eur_million_per_year = 30.6  # 300 places x 12 months x EUR 8,500
set_up_eur_million = 0.0          # assumption: none was reported
aid_eur_million_per_year = 0.0    # assumption: none was reported
rotation_dkk_million = 0.2        # assumption: a short flight, from 0.05 (ferry, bus) to 0.4
""",
    encoding="utf-8",
)
tartu = sim.load("on_the_terms_of_tartu.toml")
tartu

# %% [markdown]
# `extends` takes everything else from the baseline: this is not Sweden's population. A mistake is
# told with what was probably meant:

# %%
try:
    tartu.with_(rented_prison__place=600, removal__direct_share=1.5)
except sim.ScenarioError as error:
    print(error)

# %%
compared = sim.compare("baseline", tartu, replications=5, workers=2, progress=False)
compared

# %%
ax = plots.occupancy(compared)

# %% [markdown]
# *Line: mean of five replications; band: the range of them. The term is shorter by assumption, and
# averages over the observed period are not about the same length of agreement.*

# %%
ax = plots.differences(compared)

# %% [markdown]
# *Differences from the baseline, filled where they can be told from chance. That is chance alone:
# behind them stand the assumptions of the file above. Give them ranges in an experiment, as in the
# notebook before, to see how much they matter.*

# %%
ax = plots.costs(compared)

# %% [markdown]
# *Prices are inputs, and those of Tartu are press reports. On the command line the same file works
# like a shipped one: `prisonflow compare baseline on_the_terms_of_tartu.toml`.*
