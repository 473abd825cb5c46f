"""Progress in words: cells done, rate, time left, failures."""

from __future__ import annotations

import io

import pytest

from sim.experiment import progress
from sim.experiment.cells import Cell
from sim.experiment.progress import Bar, Lines, Silent, duration, fitting

CELL = Cell(2, 10, "small", 5)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hand = Clock()
    monkeypatch.setattr(progress, "time", hand)
    return hand


def test_a_line_says_cells_rate_time_left_and_failures(clock):
    stream = io.StringIO()
    lines = Lines(stream)
    lines.update(100, 1300, 0)
    assert stream.getvalue() == ""
    clock.now += 40
    lines.update(300, 1300, 2)
    assert stream.getvalue() == "300 of 1,300 cells, 5 a second, 3.3 minutes left, 2 failed\n"


def test_lines_are_rare_but_the_last_one_is_always_told(clock):
    stream = io.StringIO()
    lines = Lines(stream)
    for finished in range(1, 61):
        clock.now += 1
        lines.update(finished, 60, 0)
    assert len(stream.getvalue().splitlines()) == 2
    lines.close()
    assert stream.getvalue().splitlines()[-1].startswith("60 of 60 cells")
    assert "left" not in stream.getvalue().splitlines()[-1]


@pytest.mark.parametrize(
    ("cells", "seconds", "words"),
    [
        (5000, 4, "1,250 a second"),
        (996, 10, "100 a second"),
        (50, 4, "12 a second"),
        (1, 8, "0.12 a second"),
    ],
)
def test_a_rate_is_told_in_plain_digits(clock, cells, seconds, words):
    stream = io.StringIO()
    lines = Lines(stream)
    lines.update(0, 9000, 0)
    clock.now += seconds
    lines.update(cells, 9000, 0)
    lines.close()
    assert words in stream.getvalue()


def test_a_failure_is_told_at_once():
    stream = io.StringIO()
    Lines(stream).failure(CELL, "ValueError: no")
    assert stream.getvalue() == ("failed: small, point 2, replications 10 to 14: ValueError: no\n")


def test_who_was_never_told_anything_says_nothing():
    stream = io.StringIO()
    Lines(stream).close()
    assert stream.getvalue() == ""


def test_silence():
    silent = Silent()
    silent.update(1, 2, 3)
    silent.failure(CELL, "x")
    silent.close()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 seconds"),
        (89, "89 seconds"),
        (90, "1.5 minutes"),
        (7200, "2.0 hours"),
        (86400 * 3, "3.0 days"),
    ],
)
def test_a_duration_in_words(seconds, words):
    assert duration(seconds) == words


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_a_bar_for_who_watches_and_lines_for_a_log(capsys):
    assert isinstance(fitting(io.StringIO()), Lines)
    bar = fitting(Terminal())
    assert isinstance(bar, Bar)
    bar.close()


def test_the_bar_counts_what_was_done_before_and_grows(capsys):
    bar = Bar()
    bar.update(5, 10, 0)
    bar.update(8, 12, 1)
    bar.failure(CELL, "ValueError: no")
    bar.close()
    told = capsys.readouterr()
    assert "8/12" in told.err
    assert "failed=1" in told.err
    assert "failed: small, point 2" in told.out + told.err
