"""The flow after the sentence a second way: plain arrays, own draws, and nothing of `sim.world`.

Thousands of people who do not cooperate go from the end of their sentence to their exit, with hands
and places for all, so that nobody waits for another. Here everyone moves at once, a step at a time,
by the rules as `docs/model.md` tells them; mean days by stage and shares by exit agree with the
model's within Monte Carlo error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from math import inf
from typing import Any

import numpy as np
import pytest

from sim.results.run import Run
from sim.world.simulate import simulate
from sim.world.stages import Exit, Stay
from tests.helpers.worlds import band, between, constant, cooperation, exponential, plain, uniform

START, END = date(2025, 1, 1), date(2037, 1, 1)
JUDGED_UNTIL, SENTENCE, OPENS_BEFORE = 730.0, 400.0, 60.0
YEAR, FOLLOWED = 365.25, 8 * 365.25  # days
K = 4.0  # standard errors
OWN = 60_000  # people drawn here

PROTECTED, FEASIBLE, DELAY, DEATHS = 0.3, 0.5, 200.0, 0.03
DETAINED, REVIEW, ENDED = 0.6, 28.0, 0.15
LONGEST, BEFORE = (60.0, 400.0), (3.0, 40.0)
NEVER, ELSEWHERE, ABSCONDS, TOLERATED_ABSCONDS = 0.3, 0.4, 0.9, 0.25
HOME, LIFTED, EARLY, EARLY_DAYS, CASE_REVIEW, PERMIT = 0.3, 0.15, 0.4, (20.0, 500.0), 182.0, 0.1
BREACHES, BREACH_DAYS, FOUND, FOUND_AFTER = 1.2, (20.0, 160.0), 0.4, 150.0

#: Values by date: the first, the day on which the second begins, the second, and so on.
FACTOR = (1.0, date(2027, 6, 1), 0.6)
CARRIED_OUT = (1.0, date(2026, 9, 1), 0.4, date(2027, 12, 1), 1.0)
BREACH_FACTOR = (0.5, date(2027, 10, 1), 1.0)
CLOSED = (0.4, date(2028, 6, 1), 1.6)

STAGES = ("detention", "departure_centre", "living_elsewhere", "breach_imprisonment", "at_large")
EXITS = ("removed", "left_voluntarily", "permit", "order_lifted", "absconded", "died")


def dated(series: tuple[Any, ...]) -> list[dict[str, Any]]:
    edges = [START, *series[1::2], END]
    return [{"from": a, "until": b, "value": v}
            for a, b, v in zip(edges, edges[1:], series[::2], strict=False)]  # fmt: skip


def edges_of(series: tuple[Any, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the days on which values begin, the first from ever, and the values."""
    days = [float((day - START).days) for day in series[1::2]]
    return np.array([-inf, *days]), np.array(series[::2], float)


def value_at(series: tuple[Any, ...], day: np.ndarray) -> np.ndarray:
    begins, values = edges_of(series)
    return values[np.searchsorted(begins, day, side="right") - 1]


@pytest.fixture(scope="module")
def run() -> Run:
    centre = {
        "never_reports_share": NEVER,
        "lives_elsewhere_share": ELSEWHERE,
        "absconds_per_year": ABSCONDS,
        "tolerated_absconds_per_year": TOLERATED_ABSCONDS,
        "leaves_voluntarily_per_year": HOME,
        "order_lifted_per_year": LIFTED,
        "early_permit_share": EARLY,
        "early_permit_days": uniform(*EARLY_DAYS),
        "review_every_days": CASE_REVIEW,
        "permit_per_review": PERMIT,
        "breach_sentences_per_year": BREACHES,
        "breach_sentence_days": uniform(*BREACH_DAYS),
        "breach_sentence_factor": dated(BREACH_FACTOR),
        "found_again_share": FOUND,
        "at_large_days": exponential(FOUND_AFTER),
        "cases_closed_per_year": dated(CLOSED),
    }
    changes = {
        **plain(START, END),
        "arrivals.judgments_per_year": [
            {"from": START, "until": date(2027, 1, 1), "value": 4000},
            {"from": date(2027, 1, 1), "until": END, "value": 0},
        ],
        "arrivals.third_country_share": 1.0,
        "arrivals.deaths_per_year": DEATHS,
        **band("third_country", constant(SENTENCE)),
        **cooperation(
            START,
            END,
            forced_feasibility=FEASIBLE,
            protected_share=PROTECTED,
            document_delay_days=exponential(DELAY),
        ),
        "removal.willing_share": 0.0,
        "removal.case_opens_before_end_days": OPENS_BEFORE,
        "removal.feasibility_factor": dated(FACTOR),
        "removal.carried_out_share": dated(CARRIED_OUT),
        "detention.detained_if_cooperates_share": DETAINED,
        "detention.review_every_days": REVIEW,
        "detention.ended_if_cooperates_per_review": ENDED,
        "detention.longest_days": uniform(*LONGEST),
        "detention.before_removal_days": uniform(*BEFORE),
        **{f"departure_centre.{key}": value for key, value in centre.items()},
    }
    return Run(simulate(between(START, END, changes), seed=3))


# ---------------------------------------------------------------- the second way


@dataclass
class People:
    """Everyone at once; days count from the start, and each person's time begins at `free`."""

    size: int
    luck: np.random.Generator = field(default_factory=lambda: np.random.default_rng(14))

    def __post_init__(self) -> None:
        n, luck = self.size, self.luck
        self.free = luck.uniform(0, JUDGED_UNTIL, n) + SENTENCE
        self.death = self.free + self.wait(DEATHS, n)
        hold = luck.random(n)
        self.tolerated = hold >= 1 - PROTECTED
        self.ready, put_off = self._papers(hold)
        review = self.free + REVIEW * luck.geometric(ENDED, n)
        self.hope_until = np.where(self.tolerated, -inf, np.minimum(review, put_off))
        self.detainable = luck.random(n) < DETAINED
        self.longest = luck.uniform(*LONGEST, n)
        self.arrange = luck.uniform(*BEFORE, n)
        self.hides = luck.random(n) < NEVER
        self.elsewhere = luck.random(n) < ELSEWHERE
        early = self.tolerated & (luck.random(n) < EARLY)
        self.permit = np.where(early, self.free + luck.uniform(*EARLY_DAYS, n), inf)
        self.rate = np.where(self.tolerated, TOLERATED_ABSCONDS, ABSCONDS)
        reviewed = np.where(self.tolerated, CASE_REVIEW * luck.geometric(PERMIT, n), inf)
        # What is left of the time under duties until each: absconding, home, lifted, permit.
        self.left = np.stack(
            [self.wait(self.rate, n), self.wait(HOME, n), self.wait(LIFTED, n), reviewed]
        )
        self.now, self.limit = self.free.copy(), np.full(n, inf)
        self.removable = np.zeros(n)
        self.days = {stage: np.zeros(n) for stage in STAGES}
        self.exit = np.full(n, "", dtype="U20")
        self.exit_day = np.full(n, inf)

    def wait(self, per_year: Any, size: int) -> np.ndarray:
        return self.luck.exponential(YEAR / np.asarray(per_year), size)

    def _papers(self, hold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Asked for before the end; issued if the origin would all the while; then the journey.

        Returns when both are there, and when the journey is put off, if it is.
        """
        asked = self.free - OPENS_BEFORE
        issued = asked + self.luck.exponential(DELAY, self.size)
        # Feasibility falls once: who is to have a paper after that needs the lower one.
        (_, changes), (before, after) = edges_of(FACTOR)
        need = np.where((asked < changes) & (issued <= changes), before, after)
        issued = np.where(hold < FEASIBLE * need, issued, inf)
        (_, begins, ends), (_, share, _) = edges_of(CARRIED_OUT)
        due = np.maximum(issued, self.free)
        stuck = (begins <= due) & (due < ends) & (self.luck.random(self.size) >= share)
        return np.where(stuck, ends, issued), np.where(stuck, due, inf)

    # ------------------------------------------------------------------ moves

    def spend(self, who: np.ndarray, stage: str, until: np.ndarray) -> None:
        last = self.free[who] + FOLLOWED
        self.days[stage][who] += np.minimum(until, last) - np.minimum(self.now[who], last)
        self.now[who] = until

    def leave(self, who: np.ndarray, exit: str) -> None:
        self.exit[who], self.exit_day[who] = exit, self.now[who]

    def alive(self, who: np.ndarray) -> np.ndarray:
        """Let those die whose day has come; return the others."""
        dead = self.now[who] >= self.death[who]
        self.leave(who[dead], "died")
        return who[~dead]

    def released(self, who: np.ndarray) -> list[tuple[str, np.ndarray]]:
        """Out of custody, or found: home with papers, detained with hope of them, or free."""
        now = self.now[who]
        home = self.ready[who] <= now
        self.leave(who[home], "removed")
        hope = ~home & self.detainable[who] & (now < self.hope_until[who])
        return [("detained", who[hope]), ("let_go", who[~home & ~hope])]

    def detained(self, who: np.ndarray) -> list[tuple[str, np.ndarray]]:
        now = self.now[who]
        self.limit[who] = np.minimum(self.limit[who], now + self.longest[who])
        hope = np.where(self.ready[who] <= now, inf, self.hope_until[who])
        goes = np.maximum(self.ready[who], self.removable[who])
        until = np.minimum.reduce([self.limit[who], hope, goes, self.death[who]])
        self.spend(who, "detention", until)
        gone = (goes <= until) & (until < self.limit[who]) & (until < self.death[who])
        self.leave(who[gone], "removed")
        return [("let_go", self.alive(who[~gone]))]

    def let_go(self, who: np.ndarray) -> list[tuple[str, np.ndarray]]:
        permitted = self.permit[who] <= self.now[who]
        self.leave(who[permitted], "permit")
        who = who[~permitted]
        return [("at_large", who[self.hides[who]]), ("duties", who[~self.hides[who]])]

    def duties(self, who: np.ndarray) -> list[tuple[str, np.ndarray]]:
        now = self.now[who]
        at_limit = self.limit[who] <= now
        self.limit[who] = inf
        breach = self.wait(BREACHES, len(who))
        ends = [now + self.left[:, who], [self.permit[who], self.death[who], now + breach]]
        ways = np.vstack([*ends, np.maximum(self.ready[who], now)])
        way, until = np.argmin(ways, axis=0), np.min(ways, axis=0)
        self.left[:, who] -= until - now
        for stage, mine in (("living_elsewhere", self.elsewhere[who]),
                            ("departure_centre", ~self.elsewhere[who])):  # fmt: skip
            self.spend(who[mine], stage, until[mine])
        for number, exit in enumerate(["", "left_voluntarily", "order_lifted", "permit", "permit",
                                       "died"]):  # fmt: skip
            if exit:
                self.leave(who[way == number], exit)
        absconds, convicted, papers = (who[way == number] for number in (0, 6, 7))
        self.left[0, absconds] = self.wait(self.rate[absconds], len(absconds))
        # Whom courts have just let go is removed from liberty, others by way of detention.
        straight = (way == 7) & at_limit & (until <= now)
        self.leave(who[straight], "removed")
        detained = who[(way == 7) & ~straight]
        self.removable[papers] = self.now[papers] + self.arrange[papers]
        return [("at_large", absconds), ("breach", convicted), ("detained", detained)]

    def breach(self, who: np.ndarray) -> list[tuple[str, np.ndarray]]:
        served = self.luck.uniform(*BREACH_DAYS, len(who)) * value_at(BREACH_FACTOR, self.now[who])
        self.spend(who, "breach_imprisonment", np.minimum(self.now[who] + served, self.death[who]))
        return [("released", self.alive(who))]

    def at_large(self, who: np.ndarray) -> list[tuple[str, np.ndarray]]:
        now, n = self.now[who], len(who)
        self.limit[who] = inf
        found = self.luck.random(n) < FOUND
        (_, change), (before, after) = edges_of(CLOSED)
        closed = now + self.wait(before, n)
        later = np.maximum(now, change) + self.wait(after, n)
        closed = np.where(closed < change, closed, later)
        seen = now + self.luck.exponential(FOUND_AFTER, n)
        self.spend(who, "at_large", np.minimum(np.where(found, seen, closed), self.death[who]))
        self.hides[who[found]] = False
        alive = self.alive(who)
        back = np.isin(alive, who[found])
        self.leave(alive[~back], "absconded")
        return [("released", alive[back])]

    def go(self) -> People:
        """Let everyone move until all have left or have been followed for long enough."""
        waiting = [("released", np.arange(self.size))]
        while waiting:
            move, who = waiting.pop()
            who = who[self.now[who] < self.free[who] + FOLLOWED]
            if len(who):
                waiting += getattr(self, move)(who)
        return self


# ---------------------------------------------------------------- compared


@pytest.fixture(scope="module")
def again() -> People:
    return People(OWN).go()


@pytest.fixture(scope="module")
def released(run: Run) -> np.ndarray:
    found = np.flatnonzero(run.cohort.sentence.ending == 0)
    assert len(found) > 7000
    return found


def assert_same(ours: np.ndarray, theirs: np.ndarray, precision: float) -> None:
    """Two samples have one mean, within K standard errors, small enough to tell."""
    error = np.sqrt(np.var(ours, ddof=1) / len(ours) + np.var(theirs, ddof=1) / len(theirs))
    assert error < precision * np.mean(theirs), f"too few to tell: {error:g} of {np.mean(theirs):g}"
    assert abs(np.mean(ours) - np.mean(theirs)) < K * error, f"{ours.mean():g}, {theirs.mean():g}"


@pytest.mark.parametrize("stage", STAGES)
def test_mean_days_by_stage(run: Run, released: np.ndarray, again: People, stage: str) -> None:
    stays, last = run.records.stays, run.cohort.sentence.leaves + FOLLOWED
    mine = stays.code == Stay[stage.upper()]
    who = stays.index[mine]
    end = np.minimum(np.nan_to_num(stays.end[mine], nan=inf), last[who])
    days = np.bincount(who, np.maximum(end - stays.start[mine], 0), run.cohort.size)
    assert_same(days[released], again.days[stage], precision=0.04)


@pytest.mark.parametrize("exit", EXITS)
def test_shares_by_exit(run: Run, released: np.ndarray, again: People, exit: str) -> None:
    exits, sentence = run.records.exits, run.cohort.sentence
    mine = exits.code == Exit[exit.upper()]
    mine &= exits.day < sentence.leaves[exits.index] + FOLLOWED
    left = np.zeros(run.cohort.size)
    left[exits.index[mine]] = 1
    gone = (again.exit == exit) & (again.exit_day < again.free + FOLLOWED)
    assert_same(left[released], gone.astype(float), precision=0.07)


def test_everyone_is_accounted_for(again: People) -> None:
    """Days by stage add up to the time from the sentence to the exit, or as long as followed."""
    lived = np.minimum(again.exit_day - again.free, FOLLOWED)
    assert np.allclose(sum(again.days.values()), lived)
    assert set(again.exit) == {*EXITS, ""}
