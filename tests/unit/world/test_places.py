"""Places: every edge of the allocator, and random operations against a naive model."""

import gc
import weakref
from math import inf, nan

import numpy as np
import pytest
import simpy
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sim.world.places import Places


@pytest.fixture
def env():
    return simpy.Environment()


def told(requests):
    """Return what each request was told: True, False, or None for who still waits."""
    return [request.value if request.triggered else None for request in requests]


def visitor(env, places, log, who, stay, until=None):
    """Ask, stay, give back; the log gets (who, day, what the request was told)."""
    granted = yield places.request(who, until)
    log.append((who, env.now, granted))
    if granted:
        yield env.timeout(stay)
        places.give_back()


class TestTaking:
    def test_a_free_place_is_taken_without_an_event(self, env):
        places = Places(env, 1)
        assert places.take() is True
        assert (places.capacity, places.taken, places.free) == (1, 1, 0)
        assert env.peek() == inf

    def test_no_place_is_taken_when_all_are(self, env):
        places = Places(env, 1)
        places.take()
        assert places.take() is False
        assert places.taken == 1

    def test_nothing_can_be_taken_where_there_are_no_places(self, env):
        assert Places(env).take() is False

    def test_nobody_overtakes_the_queue(self, env):
        places = Places(env, 1)
        places.take()
        request = places.request(1)
        places.give_back()
        assert request.triggered
        assert places.take() is False

    def test_a_request_for_a_free_place_is_granted_on_the_spot(self, env):
        places, log = Places(env, 1), []
        env.process(visitor(env, places, log, who=7, stay=2, until=1))
        env.run()
        assert log == [(7, 0, True)]
        assert (places.taken, env.now) == (0, 2)

    def test_one_event_per_request_and_one_timeout_for_patience(self, env):
        places = Places(env, 1)
        places.request(0, until=5)  # granted: needs no patience
        places.request(1)
        places.request(2, until=5)
        places.request(3, until=inf)  # for ever: needs none either
        assert scheduled_events(env) == 2  # the grant, and the patience of 2
        places.set_capacity(4)
        assert scheduled_events(env) == 5

    def test_giving_back_a_place_nobody_took_is_an_error(self, env):
        with pytest.raises(RuntimeError, match="none is taken"):
            Places(env, 1).give_back()


def scheduled_events(env):
    return len(env._queue)


class TestOrder:
    def test_first_come_first_served(self, env):
        places = Places(env)
        requests = [places.request(who) for who in (3, 1, 2)]
        for n in (1, 2, 3):
            places.set_capacity(n)
            assert told(requests) == [True] * n + [None] * (3 - n)

    def test_smaller_rank_first_and_equals_in_order_of_joining(self, env):
        rank = {10: 2.0, 11: 1.0, 12: 2.0, 13: 1.0}
        places, log = Places(env, rank=rank.__getitem__), []
        for who in rank:
            env.process(visitor(env, places, log, who, stay=1))
        env.process(step(env, 1, places.set_capacity, 1))
        env.run()
        assert [who for who, _, _ in log] == [11, 13, 10, 12]
        assert [day for _, day, _ in log] == [1, 2, 3, 4]

    def test_a_rank_may_be_a_tuple(self, env):
        places = Places(env, rank=lambda who: (who % 2, -who))
        requests = {who: places.request(who) for who in (1, 2, 3, 4)}
        places.set_capacity(3)
        assert [who for who, request in requests.items() if not request.triggered] == [1]

    def test_a_rank_that_is_not_a_number_is_refused_and_changes_nothing(self, env):
        places = Places(env, rank={1: 1.0, 2: nan}.__getitem__)
        places.request(1)
        with pytest.raises(ValueError, match="rank of 2 is not a number"):
            places.request(2)
        assert places.queue_length == 1

    def test_rerank_applies_to_those_who_wait_and_to_those_who_come(self, env):
        places = Places(env)
        requests = [places.request(who) for who in (1, 2, 3)]
        places.rerank(lambda who: -who)
        requests.append(places.request(4))
        order = []
        for n in range(1, 5):
            places.set_capacity(n)
            order.append(
                next(i for i, seen in enumerate(told(requests)) if seen and i not in order)
            )
        assert order == [3, 2, 1, 0]

    def test_rerank_to_none_restores_the_order_of_joining(self, env):
        places = Places(env, rank=lambda who: -who)
        requests = [places.request(who, until=who % 2 or None) for who in (1, 2, 4)]
        env.run(until=2)
        places.rerank(None)
        places.set_capacity(1)
        assert told(requests) == [False, True, None]

    def test_a_rule_that_fails_leaves_the_old_order(self, env):
        places = Places(env, rank=lambda who: -who)
        requests = [places.request(who) for who in (1, 2)]
        with pytest.raises(KeyError):
            places.rerank({}.__getitem__)
        places.set_capacity(1)
        assert told(requests) == [None, True]


def step(env, day, action, *args):
    """Do `action` on `day`."""
    yield env.timeout(day - env.now)
    action(*args)


class TestCapacity:
    def test_more_places_serve_the_queue(self, env):
        places = Places(env, 1)
        requests = [places.request(who) for who in range(4)]
        places.set_capacity(3)
        assert told(requests) == [True, True, True, None]
        assert (places.taken, places.free, places.queue_length) == (3, 0, 1)

    def test_fewer_places_drain_and_evict_nobody(self, env):
        places = Places(env, 3)
        for _ in range(3):
            places.take()
        request = places.request(0)
        places.set_capacity(1)
        assert (places.taken, places.free) == (3, 0)
        places.give_back()
        places.give_back()
        assert (places.taken, request.triggered) == (1, False)
        places.give_back()
        assert (places.taken, request.triggered) == (1, True)

    def test_to_nothing_and_back(self, env):
        places, log = Places(env, 2), []
        for who in range(4):
            env.process(visitor(env, places, log, who, stay=10))
        places.follow([(5, 0), (20, 1)])
        env.run()
        assert log == [(0, 0, True), (1, 0, True), (2, 20, True), (3, 30, True)]

    def test_steps_are_followed_and_that_of_today_is_taken_at_once(self, env):
        env.run(until=2)
        places = Places(env)
        places.follow([(2, 5), (3.5, 7), (10, 0)])
        seen = [places.capacity]
        for day in (3, 4, 11):
            env.run(until=day)
            seen.append(places.capacity)
        assert seen == [5, 5, 7, 0]

    def test_no_steps_change_nothing(self, env):
        places = Places(env, 4)
        places.follow([])
        env.run()
        assert places.capacity == 4

    def test_numpy_integers_are_numbers_of_places(self, env):
        places = Places(env, np.int64(3))
        assert places.capacity == 3
        assert type(places.capacity) is int

    @pytest.mark.parametrize(
        ("steps", "message"),
        [
            ([(1, 5)], "increase from today"),
            ([(4, 5), (3, 6)], "increase"),
            ([(4, 5), (4, 6)], "increase"),
            ([(nan, 5)], "increase"),
            ([(4, -5)], "cannot be negative"),
        ],
    )
    def test_wrong_steps_are_refused_and_change_nothing(self, env, steps, message):
        env.run(until=2)
        places = Places(env, 1)
        with pytest.raises(ValueError, match=message):
            places.follow(steps)
        env.run(until=10)
        assert places.capacity == 1

    def test_wrong_numbers_are_refused(self, env):
        with pytest.raises(ValueError, match="cannot be negative, got -1"):
            Places(env, -1)
        with pytest.raises(ValueError, match="cannot be negative, got -2"):
            Places(env).set_capacity(-2)
        with pytest.raises(TypeError):
            Places(env, 299.5)
        with pytest.raises(ValueError, match="expected 'at_once' or 'in_batches'"):
            Places(env, dispatch="sometimes")


class TestPatience:
    def test_who_waits_too_long_leaves(self, env):
        places, log = Places(env), []
        env.process(visitor(env, places, log, who=1, stay=1, until=3))
        env.run()
        assert log == [(1, 3, False)]
        assert (places.queue_length, places.taken) == (0, 0)

    def test_patience_that_ends_after_the_grant_means_nothing(self, env):
        places, log = Places(env), []
        env.process(visitor(env, places, log, who=1, stay=5, until=3))
        env.process(step(env, 2, places.set_capacity, 1))
        env.run(until=4)
        assert log == [(1, 2, True)]
        assert places.taken == 1
        env.run()
        assert (places.taken, env.now) == (0, 7)

    def test_the_place_of_who_left_goes_to_the_next(self, env):
        places, log = Places(env, 1), []
        for who, until in enumerate([None, 3, None]):
            env.process(visitor(env, places, log, who, stay=5, until=until))
        env.run()
        assert log == [(0, 0, True), (1, 3, False), (2, 5, True)]

    def test_on_the_same_instant_what_was_scheduled_first_happens(self, env):
        for first, outcome in (("return", True), ("patience", False)):
            env = simpy.Environment()
            places = Places(env, 1)
            places.take()
            if first == "return":
                env.timeout(3).callbacks.append(lambda _, places=places: places.give_back())
            request = places.request(1, until=3)
            if first == "patience":
                env.timeout(3).callbacks.append(lambda _, places=places: places.give_back())
            env.run()
            assert request.value is outcome
            assert (places.taken, places.queue_length) == (int(outcome), 0)

    def test_patience_until_now_takes_what_is_free_or_leaves_today(self, env):
        places = Places(env, 1)
        requests = [places.request(who, until=0) for who in (1, 2)]
        env.run()
        assert told(requests) == [True, False]
        assert env.now == 0

    @pytest.mark.parametrize("until", [1.9, -inf, nan])
    def test_patience_in_the_past_is_refused_and_changes_nothing(self, env, until):
        env.run(until=2)
        places = Places(env, 1)
        with pytest.raises(ValueError, match="cannot wait until day"):
            places.request(1, until=until)
        assert (places.taken, places.queue_length) == (0, 0)


class TestBatches:
    def test_places_are_given_by_admit_alone(self, env):
        places = Places(env, 3, dispatch="in_batches")
        assert places.take() is False
        requests = [places.request(who) for who in range(3)]
        places.set_capacity(5)
        places.rerank(lambda who: -who)
        assert told(requests) == [None, None, None]
        assert places.admit(1) == 1
        places.give_back()
        assert told(requests) == [None, None, True]

    def test_seats_places_and_people_each_limit_who_is_admitted(self, env):
        places = Places(env, 3, dispatch="in_batches")
        requests = [places.request(who) for who in range(6)]
        assert places.admit(2) == 2
        assert places.admit(2) == 1
        assert places.admit(2) == 0
        places.set_capacity(10)
        assert places.admit(9) == 3
        assert told(requests) == [True] * 6

    def test_nobody_is_admitted_while_it_drains(self, env):
        places = Places(env, 2, dispatch="in_batches")
        for who in range(3):
            places.request(who)
        places.admit(2)
        places.set_capacity(1)
        places.give_back()
        assert places.admit(5) == 0
        places.give_back()
        assert places.admit(5) == 1

    def test_who_left_before_the_flight_keeps_no_seat(self, env):
        places, log = Places(env, 9, dispatch="in_batches"), []
        for who, until in enumerate([1, None, 3, None]):
            env.process(visitor(env, places, log, who, stay=1, until=until))
        env.process(step(env, 2, places.admit, 2))
        env.run()
        assert log == [(0, 1, False), (1, 2, True), (2, 2, True)]
        assert places.queue_length == 1

    def test_errors(self, env):
        with pytest.raises(ValueError, match="cannot be negative"):
            Places(env, dispatch="in_batches").admit(-1)
        with pytest.raises(RuntimeError, match="in_batches"):
            Places(env).admit(1)


class TestMemory:
    def test_those_who_leave_are_forgotten_even_behind_someone_who_stays(self, env):
        places = Places(env, rank=lambda who: who)
        patient = places.request(0)
        gone = []
        for day in range(1_000):
            gone += [weakref.ref(places.request(who, until=day + 1)) for who in range(1, 11)]
            env.run(until=day + 1.5)
        gc.collect()
        assert places.queue_length == 1
        assert sum(ref() is not None for ref in gone) < 100
        places.set_capacity(1)
        assert patient.triggered

    def test_sweeping_keeps_the_order(self, env):
        places = Places(env, rank=lambda who: -who)
        requests = [places.request(who, until=1 if who % 50 else None) for who in range(1_000)]
        env.run(until=2)
        order = []
        for n in range(1, 21):
            places.set_capacity(n)
            order += [w for w in range(0, 1_000, 50) if requests[w].triggered and w not in order]
        assert order == list(range(950, -50, -50))


def ranked(slope):
    """Return a rule with many ties: by the last digit, upwards or downwards; 0 for none."""
    return (lambda who: slope * (who % 10)) if slope else None


class Naive:
    """The reference: what `Places` should do, in lists and without a thought for speed."""

    def __init__(self, capacity, slope, at_once):
        self.capacity, self.slope, self.at_once = capacity, slope, at_once
        self.taken = 0
        self.waiting = []  # who, in order of joining
        self.told, self.until = {}, {}

    def serve(self, at_most):
        first = sorted(self.waiting, key=ranked(self.slope))[: max(0, min(at_most, self.free()))]
        for who in first:
            self.waiting.remove(who)
            self.told[who] = True
        self.taken += len(first)
        return len(first)

    def free(self):
        return self.capacity - self.taken

    def serve_at_once(self):
        return self.serve(len(self.waiting)) if self.at_once else 0

    def join(self, who, until):
        self.waiting.append(who)
        self.told[who], self.until[who] = None, until
        self.serve_at_once()

    def give_back(self):
        self.taken -= 1
        self.serve_at_once()

    def pass_time(self, now):
        for who in [w for w in self.waiting if self.until[w] is not None and self.until[w] < now]:
            self.waiting.remove(who)
            self.told[who] = False


class PlacesAgainstNaive(RuleBasedStateMachine):
    """Any operations in any order: the same persons get places as in the naive model."""

    @initialize(
        capacity=st.integers(0, 4),
        slope=st.sampled_from([0, 1, -1]),
        dispatch=st.sampled_from(["at_once", "in_batches"]),
    )
    def build(self, capacity, slope, dispatch):
        self.env = simpy.Environment()
        self.places = Places(self.env, capacity, ranked(slope), dispatch)
        self.naive = Naive(capacity, slope, dispatch == "at_once")
        self.requests = []
        self.taken_before = 0

    @rule()
    def take(self):
        expected = self.naive.at_once and self.naive.free() > 0
        self.naive.taken += expected
        assert self.places.take() is expected

    @rule(patience=st.none() | st.integers(0, 5))
    def join(self, patience):
        # Half days, so that patience never ends on the instant of an operation.
        who, until = len(self.requests), None if patience is None else self.env.now + patience + 0.5
        self.requests.append(self.places.request(who, until))
        self.naive.join(who, until)

    @precondition(lambda self: self.naive.taken)
    @rule()
    def give_back(self):
        self.naive.give_back()
        self.places.give_back()

    @rule(at_most=st.integers(0, 4))
    def admit(self, at_most):
        if self.naive.at_once:
            return
        assert self.places.admit(at_most) == self.naive.serve(at_most)

    @rule(capacity=st.integers(0, 6))
    def set_capacity(self, capacity):
        self.naive.capacity = capacity
        self.naive.serve_at_once()
        self.places.set_capacity(capacity)

    @rule(slope=st.sampled_from([0, 1, -1]))
    def rerank(self, slope):
        self.naive.slope = slope
        self.places.rerank(ranked(slope))

    @rule(days=st.integers(1, 4))
    def pass_time(self, days):
        self.env.run(until=self.env.now + days)
        self.naive.pass_time(self.env.now)

    @invariant()
    def the_same_persons_have_places(self):
        if not hasattr(self, "places"):
            return
        assert told(self.requests) == [self.naive.told[who] for who in range(len(self.requests))]
        assert self.places.taken == self.naive.taken
        assert self.places.queue_length == len(self.naive.waiting)
        assert self.places.free == max(0, self.naive.free())

    @invariant()
    def never_more_than_the_capacity_unless_it_drains(self):
        if not hasattr(self, "places"):
            return
        assert self.places.taken <= max(self.places.capacity, self.taken_before)
        self.taken_before = self.places.taken


TestPlacesAgainstNaive = PlacesAgainstNaive.TestCase
TestPlacesAgainstNaive.settings = settings(
    max_examples=150, stateful_step_count=40, derandomize=True, deadline=None
)
