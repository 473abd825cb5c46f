"""How near the baseline comes to published figures that it was set by eye to meet.

    python benchmarks/hindcast.py [REPLICATIONS]

Prints, for each figure, the mean over replications with the middle 90 % of them (chance alone)
beside the published value and the tolerance it is held to. A figure that is missed stays missed.
"""

import sys
from datetime import date

import numpy as np

import sim
from sim.people.transfer import stock_eligible
from sim.results.run import Run

#: Cohort of judgments: share with a registered departure by 20 November 2020 (Folketinget UUI 134).
DEPARTED = {2015: 0.790, 2016: 0.804, 2017: 0.782, 2018: 0.680, 2019: 0.559}
SEEN = date(2020, 11, 20)
#: Prisoners meeting the criteria on 8 September 2024 (Ritzau).
ELIGIBLE, ELIGIBLE_ON = 293, date(2024, 9, 8)
#: Prisoners in Denmark (Eurostat) and occupancy (union figures), yearly means.
PRISONERS = {2020: 4166, 2021: 4222, 2022: 4208, 2023: 4154, 2024: 4167}
OCCUPANCY = {2018: 1.00, 2019: 1.00, 2020: 1.00, 2021: 1.00, 2022: 0.995, 2023: 1.01}


def figures(run: Run) -> dict[str, float]:
    """Return the model's value of every figure in one replication."""
    shares = run.departed(SEEN).set_index("year")["share"]
    found = {f"departed, judged {year}": float(shares[year]) for year in DEPARTED}
    found["eligible stock"] = stock_eligible(
        run.scenario,
        run.cohort.arrived,
        run.cohort.sentence,
        run.scenario.day(ELIGIBLE_ON),
        least_remaining=0.0,
    )
    whole = run.occupancy("month", whole=True)
    danish = whole[whole["facility"] == "danish_prisons"]
    yearly = danish.groupby(danish["date"].dt.year)[["people", "occupancy"]].mean()
    found |= {f"prisoners {year}": float(yearly["people"][year]) for year in PRISONERS}
    found |= {f"occupancy {year}": float(yearly["occupancy"][year]) for year in OCCUPANCY}
    return found


def published() -> dict[str, tuple[float, float]]:
    """Return value and tolerance of every figure."""
    table = {f"departed, judged {year}": (share, 0.04) for year, share in DEPARTED.items()}
    table["eligible stock"] = (ELIGIBLE, 0.10 * ELIGIBLE)
    table |= {f"prisoners {year}": (n, 0.03 * n) for year, n in PRISONERS.items()}
    return table | {f"occupancy {year}": (share, 0.02) for year, share in OCCUPANCY.items()}


def main() -> None:
    """Print the table."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    scenario = sim.load("baseline")
    runs = [figures(sim.run(scenario, 1, number)) for number in range(replications)]
    print(f"{'figure':<24}{'model':>9}{'middle 90 %':>20}{'published':>11}   within tolerance")
    for name, (value, tolerance) in published().items():
        values = np.array([run[name] for run in runs])
        low, high = np.quantile(values, [0.05, 0.95])
        near = "yes" if abs(values.mean() - value) <= tolerance else "NO"
        places = 3 if value < 2 else 0
        middle = f"{low:,.{places}f} to {high:,.{places}f}"
        print(
            f"{name:<24}{values.mean():>9,.{places}f}{middle:>20}{value:>11,.{places}f}   "
            f"{near} (± {tolerance:,.{places}f})"
        )


if __name__ == "__main__":
    main()
