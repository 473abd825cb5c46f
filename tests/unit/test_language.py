"""Languages: what is said in another one, how numbers and dates are written in it, and to whom."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread

import pytest

from sim import numbers
from sim.errors import PrisonflowError
from sim.language import language, languages, mark, speaking, tr, trn

DAY, DAYS = "{number} day", "{number} days"


def test_english_is_the_message() -> None:
    assert language() == "en"
    assert tr("from {here} to {there}", here="A", there="B") == "from A to B"
    assert [trn(DAY, DAYS, n) for n in (0, 1, 1234)] == ["0 days", "1 day", "1,234 days"]
    assert mark("{host}") == "{host}"


def test_a_message_is_said_in_the_language_spoken_inside_the_block_alone() -> None:
    with speaking("da"):
        assert language() == "da"
        assert [trn(DAY, DAYS, n) for n in (0, 1, 1234)] == ["0 dage", "1 dag", "1.234 dage"]
        with speaking("en"):
            assert trn(DAY, DAYS, 2) == "2 days"
        assert tr("less than {share}", share="1 %") == "under 1 %"
    assert language() == "en"


def test_a_part_of_a_thing_is_told_like_several() -> None:
    with speaking("da"):
        assert trn(DAY, DAYS, 1.5, number=numbers.grouped(1.5, 1)) == "1,5 dage"


def test_what_has_no_twin_is_said_in_english() -> None:
    with speaking("da"):
        assert tr("no {one} ever says this", one="person") == "no person ever says this"
        assert trn("{number} unsaid", "{number} unsaids", 2) == "2 unsaids"
        assert tr("") == ""


def test_without_values_a_message_keeps_its_places() -> None:
    assert tr("{adjective} prison") == "{adjective} prison"


def test_an_unknown_language_names_those_there_are() -> None:
    with (
        pytest.raises(PrisonflowError, match=r"'xx'.*en \(English\), da \(Dansk\)"),
        speaking("xx"),
    ):
        pass
    assert languages() == {"en": "English", "da": "Dansk"}


def test_an_error_inside_does_not_leave_the_language_behind() -> None:
    with pytest.raises(ZeroDivisionError), speaking("da"):
        _ = 1 // 0
    assert language() == "en"


def test_two_readers_in_one_process_never_mix() -> None:
    heard: dict[str, str] = {}
    both_speak = Barrier(2, timeout=10)

    def read(code: str) -> None:
        with speaking(code):
            both_speak.wait()
            heard[code] = trn(DAY, DAYS, 2)
            both_speak.wait()

    readers = [Thread(target=read, args=(code,)) for code in ("da", "en")]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert heard == {"da": "2 dage", "en": "2 days"}


def test_numbers_are_written_as_the_language_has_it() -> None:
    with speaking("da"):
        assert numbers.grouped(-1234.56, 1) == f"{numbers.MINUS}1.234,6"
        assert numbers.grouped(1234567) == "1.234.567"
        assert numbers.signed(12.5, numbers.grouped(12.5, 1)) == "+12,5"
        assert numbers.percent(0.054) == "5,4 %"
        assert numbers.percent(0.0001) == "under 0,1 %"
        assert numbers.significant(0.25, 1) == "0,2"
        assert numbers.people(0.01) == "under 0,1"
        assert [numbers.span(days) for days in (1, 5.25, 30, 200, 1000)] == [
            "1 dag", "5,2 dage", "30 dage", "7 måneder", "2,7 år"
        ]  # fmt: skip


def test_what_a_file_has_stays_as_it_is() -> None:
    with speaking("da"):
        assert numbers.plain(0.25) == "0.25"
        assert numbers.setting(1234.5) == "1234"
        assert numbers.setting(date(2027, 4, 1)) == "2027-04-01"


def test_dates_are_written_as_the_language_has_it() -> None:
    day = date(2027, 5, 3)
    english = [write(day) for write in (numbers.whole_day, numbers.month, numbers.short_month)]
    assert english == ["3 May 2027", "May 2027", "May 2027"]
    with speaking("da"):
        danish = [write(day) for write in (numbers.whole_day, numbers.month, numbers.short_month)]
        assert danish == ["3. maj 2027", "maj 2027", "maj 2027"]
        assert numbers.short_month(date(2027, 1, 1)) == "jan. 2027"
