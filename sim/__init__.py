"""prisonflow: where queues build, and how long people are held, when a prison is rented abroad.

    import sim

    scenario = sim.load("baseline")
    smaller = scenario.change({"rented_prison.places": 200})
    run = sim.run(smaller, seed=1)
    run.people, run.spells, run.exits            # what happened, one row each
    run.census(), run.queues(), run.occupancy()  # over time
    run.durations(by="origin"), run.after_sentence(), run.costs()

    both = sim.compare("baseline", "no_agreement", replications=10)
    print(both)                                  # the answer, and how sure it is
    sim.plots.queue(both, "travel_document")     # plots take and return axes

    many = sim.run_experiment("all_scenarios", workers=4)  # resumable; sim.open_experiment(folder)
    many.outcomes, many.differences("no_agreement")    # every replication, paired

    runs = sim.runs("baseline", 50, workers=4)         # many runs as one object; cached: sim.cache
    runs.survival("limbo"), runs.durations(by=["origin", "year"]), runs.event_log("pm4py")

    sim.outcomes()                                     # what is measured, in words and units
    sim.fates(run, sim.run("no_agreement", seed=1))    # the same people in two worlds
    sim.durations([run], by="origin")                  # how long, over replications
    sim.sensitivity(many, ["limbo"]).ranking()         # what results follow, given a sample
    sim.fit("stays.csv", column="days")                # which distribution describes data
    sim.statistics.kaplan_meier([3, 8], [True, False]) # the estimators themselves

    sim.forecast("baseline", draws=20).write("forecasts")  # what the model says of years to come
    sim.score("forecasts/gjilan-2027-01-15.toml", "came.csv")  # and how well it did

    sim.verify(smaller)                                # is anything broken? a table of checks
    sim.validate(replications=10).table                # the model beside what was published

Everything is loaded when first used, so that importing `sim` costs next to nothing; the stub beside
this file says where it is.
"""

from typing import TYPE_CHECKING

import lazy_loader

__version__ = "0.1.0"

if not TYPE_CHECKING:
    _found, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

    def __getattr__(name):
        from importlib import import_module

        if name == "experiment":  # whoever calls it is told what to call instead
            return import_module("sim.experiment")
        try:
            return _found(name)
        except AttributeError:
            from difflib import get_close_matches

            near = get_close_matches(name, __all__, n=1)
            hint = f"; did you mean sim.{near[0]}?" if near else ""
            raise AttributeError(f"module 'sim' has no attribute {name!r}{hint}") from None
