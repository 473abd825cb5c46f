"""Languages: what is said in another one, how numbers and dates are written in it, and to whom."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path
from threading import Barrier, Thread

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from docs.make_messages import Message, messages, of_code, updated
from sim import numbers
from sim.errors import PrisonflowError
from sim.language import CATALOGUES, language, languages, mark, speaking, tr, trn

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


# ---------------------------------------------------------------------- the catalogues


FILES = sorted(CATALOGUES.glob("*/*/prisonflow.po"))
#: `{named}` places, and those of templates, `%(named)s`.
NAMES = {"{sending}", "{adjective}"}
PLACES = re.compile(r"\{\w*\}|%\(\w+\)s")


@pytest.fixture(scope="module")
def found() -> list[Message]:
    """Every message of the program."""
    return messages()


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.parts[-3])
def said(request: pytest.FixtureRequest) -> Catalog:
    """A catalogue as it is stored."""
    path: Path = request.param
    return read_po(io.BytesIO(path.read_bytes()), locale=path.parts[-3])


def test_every_message_has_its_twin(said: Catalog, found: list[Message]) -> None:
    missing = [one.one for one in found if one.one and said.get(one.one) is None]
    assert not missing, f"run python -m docs.make_messages, and translate: {missing}"
    lacking = [m.id for m in said if m.id and not all(_texts_of(m.string))]
    assert not lacking, f"without a twin, or without one of its plural forms: {lacking}"


def test_no_twin_is_unsure_or_of_a_message_that_is_said_no_more(
    said: Catalog, found: list[Message]
) -> None:
    known = {one.one for one in found}
    stale = [m.id for m in said if m.id and _texts_of(m.id)[0] not in known]
    assert not stale, f"run python -m docs.make_messages: {stale}"
    assert not said.obsolete
    assert not [m.id for m in said if m.id and m.fuzzy]


def test_twins_have_the_places_of_their_message(said: Catalog, found: list[Message]) -> None:
    # One may say a country's name where the other has its adjective.
    named = {one.one for one in found if one.named} - {one.one for one in found if not one.named}
    for message in said:
        if message.id:
            names = NAMES if _texts_of(message.id)[0] in named else set()
            known = set(PLACES.findall(" ".join(_texts_of(message.id)))) - names
            for twin in _texts_of(message.string):
                there = set(PLACES.findall(twin)) - names
                assert there in (known, known - {"{number}"} if message.pluralizable else known), (
                    twin
                )


def test_a_plural_has_a_plural_twin(said: Catalog, found: list[Message]) -> None:
    for one in found:
        if one.many is not None:
            twin = said.get(one.one)
            assert twin is not None
            assert len(_texts_of(twin.string)) == said.num_plurals == 2, one


def _texts_of(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())  # type: ignore[arg-type]


def test_messages_are_found_where_they_are_said() -> None:
    text = "tr('a' if x else 'b'); words.told(s, 'c'); trn('d', 'ds', n); counted(n, 'e')"
    found = [(one.one, one.many) for one in of_code(text, "here.py")]
    assert sorted(found, key=str) == [
        ("a", None), ("b", None), ("c", None), ("d", "ds"),
        ("{number} e", "{number} es"),
    ]  # fmt: skip


def test_an_update_keeps_twins_and_drops_what_is_said_no_more() -> None:
    text = b'msgid "kept"\nmsgstr "beholdt"\n\nmsgid "gone"\nmsgstr "v\xc3\xa6k"\n'
    after = updated(text, [Message("kept", None, "a.py"), Message("new", None, "a.py")], "da")
    assert b'msgid "kept"\nmsgstr "beholdt"' in after
    assert b'msgid "new"\nmsgstr ""' in after
    assert b"gone" not in after
