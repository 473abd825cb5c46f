"""The theory checks, conservation, Little's law, limits and costs, on any scenario.

Each check is a small function in a module of its group; `check` says how one is written. All of
them read the raw log afresh (`told`), so that a mistake in the tables cannot hide one in the
processes, nor the other way round.
"""

from sim.verification import (  # noqa: F401  (each module registers its checks)
    arrivals,
    chance,
    costs,
    drawn,
    duties,
    hands,
    little,
    people,
    places,
    queueing,
    rates,
    removal,
    sentences,
    stocks,
)
from sim.verification.check import CHECKS, GROUPS, Check
from sim.verification.verdicts import Verdict, Verification, judge, verify

__all__ = ["CHECKS", "GROUPS", "Check", "Verdict", "Verification", "judge", "verify"]
