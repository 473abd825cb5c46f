"""What is worked out of something that never changes is worked out once."""

from __future__ import annotations

import pickle

from sim.results.once import once


class Number:
    def __init__(self, value: int) -> None:
        self.value = value
        self.asked: list[tuple[int, ...]] = []

    @once
    def times(self, *by: int) -> list[int]:
        self.asked.append(by)
        return [self.value * each for each in by]


@once
def squared(of: Number) -> int:
    of.asked.append(())
    return of.value**2


def test_the_second_to_ask_is_told_what_the_first_one_was() -> None:
    number = Number(3)
    assert number.times(2, 4) is number.times(2, 4)
    assert number.asked == [(2, 4)]


def test_another_question_has_another_answer() -> None:
    number = Number(3)
    assert (number.times(2), number.times(5), number.times(2)) == ([6], [15], [6])
    assert squared(number) == squared(number) == 9
    assert number.asked == [(2,), (5,), ()]


def test_another_object_is_asked_anew() -> None:
    assert (Number(3).times(2), Number(4).times(2)) == ([6], [8])


def test_what_remembers_can_be_sent_to_another_process() -> None:
    number = Number(3)
    found = number.times(2)
    assert pickle.loads(pickle.dumps(number)).times(2) == found
