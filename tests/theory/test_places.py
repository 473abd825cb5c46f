"""Places against queueing theory: exact answers, and tolerances in standard errors.

Every simulation starts in the exact stationary state (or in an empty system, where the exact
answer is for one), so there is no warm-up to choose and no bias: over independent replications
the difference of measured and exact has mean zero. A test demands |mean| < K standard errors,
estimated from the replications (or known exactly, for the Poisson counts), and that the standard
error is below a stated share of the exact value: a tolerance that lets all through proves nothing.

The unit of time is the mean stay, so arrivals per unit of time are the offered load.
"""

from itertools import pairwise
from math import exp, inf, log, sqrt

import numpy as np
import pytest
import simpy
from scipy import integrate, stats

from sim.verification.queueing import (
    birth_death,
    erlang_a,
    erlang_b,
    erlang_c,
    exponential,
    lost_calls,
    poisson_times,
    waiting_room,
)
from sim.world.places import Places

SEED = 2027
K = 4.0  # standard errors; with 30 or more replications chance exceeds it once in 2,500 tests
CHANCE = 2 * stats.norm.sf(K)  # the same, as the smallest p-value accepted
UNLIMITED = 10**9


def generators(replications):
    return [np.random.default_rng([SEED, number]) for number in range(replications)]


def assert_mean_zero(differences, exact, precision):
    """Differences, one per replication, are zero within K standard errors, each small enough."""
    error = np.std(differences, ddof=1) / sqrt(len(differences))
    assert error < precision * exact, "too few replications to tell"
    assert abs(np.mean(differences)) < K * error


# ---------------------------------------------------------------- exact answers


def flights(arrivals, seats, places, remain):
    """Return the stationary distribution (queue, taken) just before a flight, as a matrix.

    Poisson arrivals between two flights; each holder is still there at the next flight with
    probability `remain`. Unlimited places are the case ``places=seats, remain=0``, which is the
    bulk service of Bailey (1954). Solved as a linear system, the queue cut off where it is rare.
    """
    longest = 120
    chances = np.zeros((longest + 1, places + 1, longest + 1, places + 1))
    for queue, taken in np.ndindex(longest + 1, places + 1):
        boards = min(queue, seats, places - taken)
        coming = stats.poisson.pmf(np.arange(longest + 1 - (queue - boards)), arrivals)
        coming[-1] += 1 - coming.sum()
        held = stats.binom.pmf(np.arange(places + 1), taken + boards, remain)
        chances[queue, taken, queue - boards :] = np.outer(coming, held)
    size = (longest + 1) * (places + 1)
    balance = chances.reshape(size, size).T - np.eye(size)
    balance[-1] = 1
    stationary = np.linalg.solve(balance, np.eye(size)[-1]).clip(0).reshape(longest + 1, -1)
    assert stationary[-1].sum() < 1e-9
    return stationary / stationary.sum()


def test_the_exact_answers_agree_with_each_other():
    """Erlang B and C as limits of the birth-death chain, and B against its defining sum."""
    for places, load in [(3, 2.0), (30, 27.0), (300, 285.0)]:
        pmf = stats.poisson.pmf(np.arange(places + 1), load)
        assert erlang_b(places, load) == pytest.approx(pmf[-1] / pmf.sum(), rel=1e-9)
        assert birth_death(places, load, inf)[-1] == pytest.approx(erlang_b(places, load), rel=1e-9)
        waits, _, queue = erlang_a(places, load, 0)
        assert (waits, queue / load) == pytest.approx(erlang_c(places, load), rel=1e-6)


# ---------------------------------------------------------------- who is lost


def lognormal(rng, size, sigma=1.0):
    """Return stays of mean 1."""
    return rng.lognormal(-(sigma**2) / 2, sigma, size)


def rest_of_lognormal(rng, size, sigma=1.0):
    """Return what is left of a stay found under way: a uniform share of a length-biased stay."""
    return rng.uniform(size=size) * rng.lognormal(sigma**2 / 2, sigma, size)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("places", "load", "duration", "precision"),
    [(3, 2.0, 800, 0.02), (300, 270.0, 30, 0.20), (300, 285.0, 20, 0.12), (300, 294.0, 20, 0.10)],
)
@pytest.mark.parametrize(
    ("stays", "rests"), [(exponential, exponential), (lognormal, rest_of_lognormal)]
)
def test_erlang_b(places, load, duration, precision, stays, rests):
    """Share lost = Erlang B (Erlang 1917), whatever the law of stays (Sevastyanov 1957)."""
    exact = erlang_b(places, load)
    differences = []
    for rng in generators(40):
        came, lost = lost_calls(rng, places, load, duration, stays, rests)
        differences.append((lost - exact * came) / (load * duration))
    assert_mean_zero(differences, exact, precision)


# ---------------------------------------------------------------- who waits, and who stops waiting


@pytest.mark.slow
@pytest.mark.parametrize(
    ("places", "load", "duration", "precision"),
    [
        (3, 2.0, 600, (0.03, 0.09)),
        (30, 27.0, 300, (0.04, 0.16)),
        (300, 270.0, 60, (0.15, 0.30)),
        (300, 285.0, 40, (0.12, 0.30)),
        (300, 294.0, 50, (0.07, 0.40)),
    ],
)
def test_erlang_c(places, load, duration, precision):
    """Probability of waiting and mean wait = Erlang C (Erlang 1917)."""
    waits, mean_wait = erlang_c(places, load)
    who, how_long = [], []
    for rng in generators(40):
        waited = np.array(waiting_room(rng, places, load, duration, leaving=0).waited)
        who.append(((waited > 0) - waits).sum() / (load * duration))
        how_long.append((waited - mean_wait).sum() / (load * duration))
    assert_mean_zero(who, waits, precision[0])
    assert_mean_zero(how_long, mean_wait, precision[1])


@pytest.mark.parametrize(
    ("places", "load", "leaving", "duration"),
    [(5, 6.0, 0.5, 100), (300, 294.0, 0.5, 10), (300, 306.0, 0.25, 10)],
)
def test_erlang_a(places, load, leaving, duration):
    """Waiting, leaving and mean queue = Erlang A (Garnett, Mandelbaum and Reiman 2002).

    And Little's law L = lambda W (Little 1961) without any formula for L or W: the queue as the
    allocator reports it at fixed times against the waits that people recorded.
    """
    waits, leaves, queue = erlang_a(places, load, leaving)
    differences = {"waits": [], "leaves": [], "queue": [], "little": []}
    for rng in generators(40):
        records = waiting_room(rng, places, load, duration, leaving)
        waited, granted = np.array(records.waited), np.array(records.granted)
        expected = load * duration
        differences["waits"].append(((waited > 0) - waits).sum() / expected)
        differences["leaves"].append((~granted - leaves).sum() / expected)
        differences["queue"].append(np.mean(records.queues) - queue)
        differences["little"].append(np.mean(records.queues) - waited.sum() / duration)
    for name, exact in [("waits", waits), ("leaves", leaves), ("queue", queue), ("little", queue)]:
        assert_mean_zero(differences[name], exact, precision=0.2)


def test_littles_law_holds_on_every_path():
    """Integral of queue and of taken = sum of waits and of stays (Stidham 1974), to rounding.

    Exact for any path that begins and ends empty, so everything is thrown in: ranks, patience,
    stays that are not exponential, a facility that closes and opens again.
    """
    rng = np.random.default_rng(SEED)
    env = simpy.Environment()
    allocator = Places(env, 8, rank=lambda who: who % 7)
    allocator.follow([(50, 3), (80, 0), (120, 12), (160, 5)])
    waits, stays = [], []

    def person(who, came, stay, patience):
        yield env.timeout(came)
        granted = yield allocator.request(who, came + patience)
        waits.append(env.now - came)
        if granted:
            yield env.timeout(stay)
            stays.append(stay)
            allocator.give_back()

    came = poisson_times(rng, 9.0, 200)
    size = len(came)
    people = zip(range(size), came, lognormal(rng, size), rng.uniform(0, 9, size), strict=True)
    for one in people:
        env.process(person(*one))
    queue = taken = 0.0
    while env.peek() < inf:
        passed = env.peek() - env.now
        queue += passed * allocator.queue_length
        taken += passed * allocator.taken
        env.step()
    assert len(waits) == size > len(stays) > 1_000
    assert queue == pytest.approx(sum(waits), rel=1e-9)
    assert taken == pytest.approx(sum(stays), rel=1e-9)


# ---------------------------------------------------------------- unlimited places


def occupancy(times, stays, looks):
    """Return how many places are taken at each of the times in `looks`, from an empty start."""
    env = simpy.Environment()
    allocator = Places(env, UNLIMITED)

    def leave(_):
        allocator.give_back()

    def arrivals():
        for time, stay in zip(times.tolist(), stays.tolist(), strict=True):
            yield env.timeout(time - env.now)
            assert allocator.take()
            env.timeout(stay).callbacks.append(leave)

    env.process(arrivals())
    seen = []
    for look in looks:
        env.run(until=look)
        seen.append(allocator.taken)
    return seen


def test_occupancy_while_arrivals_ramp_up():
    """M_t/G/infinity: m(t) = E[lambda(t - S_e)] E[S] (Eick, Massey and Whitt 1993, theorem 1).

    Arrivals per unit of time rise from 0 to 40 over two mean stays and are constant after that;
    the density of the stationary excess S_e is P(S > x) / E[S].
    """
    top, ramp, end, sigma = 40.0, 2.0, 6.0, 1.0
    excess = stats.lognorm(sigma, scale=exp(-(sigma**2) / 2)).sf

    def expected(t):
        kinks = [max(t - ramp, 0.0)]
        return integrate.quad(
            lambda x: top * min((t - x) / ramp, 1) * excess(x), 0, t, points=kinks
        )[0]

    def arrival_times(rng):
        total = top * (end - ramp / 2)
        work = np.sort(rng.uniform(0, total, rng.poisson(total)))
        rising = work < top * ramp / 2
        return np.where(rising, np.sqrt(2 * ramp * work / top), work / top + ramp / 2)

    looks = [0.5, 1.0, 2.0, 3.0, 6.0]
    seen = []
    for rng in generators(300):
        times = arrival_times(rng)
        seen.append(occupancy(times, lognormal(rng, len(times), sigma), looks))
    for look, counts in zip(looks, np.transpose(seen), strict=True):
        exact = expected(look)
        assert_mean_zero(counts - exact, exact, precision=0.05)
        # Poisson at every t, so that the variance is m(t) as well.
        assert accepted(
            stats.chi2(len(counts) - 1), (counts.var(ddof=1) / exact) * (len(counts) - 1)
        )


def accepted(law, value):
    """Return whether `value` is no further out in the tails of `law` than K standard errors."""
    return 2 * min(law.cdf(value), law.sf(value)) > CHANCE


def test_occupancy_of_unlimited_places_is_poisson():
    """M/G/infinity: the number inside is Poisson with mean lambda E[S] (Takacs 1962, ch. 3).

    No stay exceeds 3, so the state is stationary from 3 on, and looks 3 apart share nobody: they
    are independent. Mean, variance (index of dispersion) and the whole distribution are tested.
    """
    load, longest, looks = 50.0, 3.0, 600
    rng = np.random.default_rng(SEED)
    times = poisson_times(rng, load, longest * (looks + 1))
    stays = longest * rng.beta(0.5, 1.0, len(times))
    counts = np.array(occupancy(times, stays, longest * np.arange(1, looks + 1)))

    assert abs(counts.mean() - load) < K * sqrt(load / looks)
    dispersion = counts.var(ddof=1) / counts.mean() * (looks - 1)
    assert accepted(stats.chi2(looks - 1), dispersion)
    edges = stats.poisson.ppf(np.arange(1, 20) / 20, load)
    bins = np.concatenate([[-inf], np.unique(edges), [inf]])
    chances = np.diff(stats.poisson.cdf(bins, load))
    found = np.array([((counts > low) & (counts <= high)).sum() for low, high in pairwise(bins)])
    assert stats.chisquare(found, looks * chances).pvalue > CHANCE


# ---------------------------------------------------------------- places given by the flight


@pytest.mark.parametrize(
    ("arrivals", "seats", "places", "remain"),
    [(4.0, 5, None, 0.0), (0.5, 1, None, 0.0), (1.2, 3, 6, 0.7)],
)
def test_flights(arrivals, seats, places, remain):
    """Queue and taken just before a flight = the exact Markov chain (Bailey 1954).

    Flights leave every unit of time with so many seats; with limited places, a flight fills what
    is free, and holders leave between flights after exponential stays.
    """
    state = flights(arrivals, seats, places or seats, remain)
    queue = np.arange(state.shape[0]) @ state.sum(axis=1)
    taken = np.arange(state.shape[1]) @ state.sum(axis=0)
    differences = {"queue": [], "taken": []}
    for rng in generators(60):
        queues, takens = flown(rng, state, arrivals, seats, places, remain, flights=80)
        differences["queue"].append(np.mean(queues) - queue)
        differences["taken"].append(np.mean(takens) - taken)
    assert_mean_zero(differences["queue"], queue, precision=0.08)
    if places:
        assert_mean_zero(differences["taken"], taken, precision=0.03)


def flown(rng, state, arrivals, seats, places, remain, flights):
    """Simulate so many flights from the stationary state; return queue and taken before each."""
    env = simpy.Environment()
    allocator = Places(env, places or UNLIMITED, dispatch="in_batches")
    queues, takens = [], []

    def person(request):
        yield request
        if remain:
            yield env.timeout(rng.exponential(-1 / log(remain)))
            allocator.give_back()

    def ask(who):
        env.process(person(allocator.request(who)))

    def coming(times):
        for who, time in enumerate(times):
            yield env.timeout(time - env.now)
            ask(who)

    def flying():
        for _ in range(flights):
            queues.append(allocator.queue_length)
            takens.append(allocator.taken)
            allocator.admit(seats)
            yield env.timeout(1)

    queue, taken = divmod(int(rng.choice(state.size, p=state.ravel())), state.shape[1])
    for who in range(taken):
        ask(who)
    allocator.admit(taken)
    for who in range(queue):
        ask(who)
    env.process(coming(poisson_times(rng, arrivals, flights).tolist()))
    env.process(flying())
    env.run(until=flights)
    return queues, takens
