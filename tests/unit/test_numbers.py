"""How numbers are written: signs, thousands, digits, shares."""

from __future__ import annotations

import pytest

from sim import numbers
from sim.numbers import MINUS


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [(1234.4, 0, "1,234"), (-0.5, 1, MINUS + "0.5"), (-0.04, 1, "0.0"), (0, 0, "0"),
     (-1e6, 0, MINUS + "1,000,000")],
)  # fmt: skip
def test_thousands_are_set_apart_and_zero_has_no_sign(
    number: float, decimals: int, text: str
) -> None:
    assert numbers.grouped(number, decimals) == text


def test_a_sign_is_that_of_the_number_and_none_before_a_written_zero() -> None:
    assert numbers.signed(0.2, "0.2") == "+0.2"
    assert numbers.signed(-0.2, "0.2") == MINUS + "0.2"
    assert numbers.signed(-0.01, "0.0") == "0.0"


def test_digits_fit_the_size() -> None:
    assert [numbers.coarse(n) for n in (99.94, 100, -250.4)] == ["99.9", "100", MINUS + "250"]
    found = [numbers.significant(n) for n in (1234.5, 12.345, -0.012345, 0.00001, float("nan"))]
    assert found == ["1,234", "12.3", MINUS + "0.0123", "0.0000", numbers.MISSING]
    assert numbers.significant(0.25, 1) == "0.2"


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [(0.1234, "share", "12.3 %"), (0.5, "ratio", "0.50"), (19.94, "days", "19.9"),
     (12.0, "persons", "12"), (1234.6, "persons", "1,235"), (float("nan"), "share", "")],
)  # fmt: skip
def test_a_number_beside_a_published_one_is_in_its_unit(
    number: float, unit: str, text: str
) -> None:
    assert numbers.in_unit(number, unit) == text


def test_a_whole_number_of_years_has_no_decimal() -> None:
    assert [numbers.tenths(n) for n in (10.0, 9.99, 9.94, 0.5)] == ["10", "10", "9.9", "0.5"]


def test_shares_are_printed_as_per_cent() -> None:
    assert numbers.points(0.9) == "90 %"
    assert numbers.points(0.1234, 2) == "12.34 %"
    assert numbers.printed_unit("share") == "%"
    assert numbers.scale("share") == 100
    assert (numbers.printed_unit("days"), numbers.scale("days")) == ("days", 1)


def test_a_number_stays_on_one_line_with_its_sign_and_unit() -> None:
    assert " " not in numbers.tied("1.2 ± 0.3 %")
