"""Derive `home_prisons.other_prisoners` of the baseline from the published totals.

The rest of the Danish prison population is what was published (Eurostat crim_pris_ctz) less the
mean number of modelled people in Danish prisons in the same year, over some replications:

    python benchmarks/derive_other_prisoners.py [REPLICATIONS]

prints the steps to paste into configs/countries/denmark/country.toml. Years after the last
published one keep it.
"""

import sys
from datetime import date

import numpy as np

import sim
from sim.results.published.file import load_figures
from sim.world.flow import IN_HOME_PRISONS

#: Published totals by year.
PUBLISHED = {
    int(figure.year): figure.value
    for figure in load_figures()
    if figure.topic == "Prisoners in Denmark"
}


def main() -> None:
    """Print one step a year."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    scenario = sim.load("baseline", {"rented_prison.in_use": False})
    means = np.zeros((replications, len(PUBLISHED)))
    for replication in range(replications):
        run = sim.run(scenario, seed=1, replication=replication)
        for column, year in enumerate(PUBLISHED):
            begins, ends = scenario.day(date(year, 1, 1)), scenario.day(date(year + 1, 1, 1))
            days = run.records.stays.person_days(begins, ends, scenario.horizon)
            means[replication, column] = days[list(IN_HOME_PRISONS)].sum() / (ends - begins)
    for year, mean in zip(PUBLISHED, means.mean(axis=0), strict=True):
        last = scenario.time.end.year if year == max(PUBLISHED) else year + 1
        others = round(PUBLISHED[year] - mean)
        print(f"    {{ from = {year}-01-01, until = {last}-01-01, value = {others} }},")


if __name__ == "__main__":
    main()
