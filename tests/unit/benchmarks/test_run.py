"""What the benchmark of the whole command says of what it measured."""

from __future__ import annotations

from benchmarks.bench_run import Cost, table


def test_medians_and_ratios_by_pairs():
    ours = [Cost(10.0, 18.0, 400e6), Cost(11.0, 19.0, 410e6), Cost(30.0, 20.0, 405e6)]
    theirs = [Cost(20.0, 36.0, 700e6), Cost(33.0, 57.0, 700e6), Cost(90.0, 50.0, 700e6)]
    told = table({"this one": ours, "revision abc": theirs})
    assert "| this one | 11.0 | 19.0 | 173 | 405 |" in told
    assert "| revision abc | 33.0 | 50.0 | 173 | 700 |" in told
    assert "3.00 times as fast" in told
    assert "with 1/2.50 of the CPU" in told


def test_one_checkout_is_compared_with_nothing():
    told = table({"this one": [Cost(10.0, 15.0, 400e6)]})
    assert "| this one | 10.0 | 15.0 | 150 | 400 |" in told
    assert "times as fast" not in told
