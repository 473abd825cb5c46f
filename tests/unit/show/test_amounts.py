"""Amounts are written in the currency that the reader chose."""

from __future__ import annotations

import pytest

from sim.numbers import MINUS
from sim.scenario.files import load
from sim.show.words.amounts import amount, currency, million, told_in, unit

COSTS = load("baseline").costs


@pytest.mark.parametrize(
    ("wanted", "small", "large", "axis"),
    [
        ("eur", "EUR 1,000", "EUR -3.0 million", ("EUR", 1.0)),
        ("own", "DKK 7,460", "DKK -22.4 million", ("DKK", 7.46)),
        ("both", "EUR 1,000 (DKK 7,460)", "EUR -3.0 million (DKK -22.4 million)", ("EUR", 1.0)),
    ],
)
def test_amounts(wanted, small, large, axis):
    with told_in(wanted):
        assert amount(1000, COSTS) == small
        assert million(-3.0, COSTS, decimals=1) == large.replace("-", MINUS)
        assert unit(COSTS) == axis
    assert currency() == "eur"


def test_a_sign_is_written_where_asked():
    assert million(49.4, COSTS, sign=True) == "EUR +49 million"
    assert million(0.2, COSTS, sign=True) == "EUR 0 million"


def test_one_currency_is_told_once():
    with told_in("both"):
        assert amount(5, COSTS.model_copy(update={"currency": "EUR"})) == "EUR 5"


def test_an_unknown_choice_names_those_there_are():
    with pytest.raises(ValueError, match="eur, own or both"), told_in("dkk"):
        pass


def test_where_the_own_currency_is_the_euro_there_is_one():
    euro = load("baseline").change({"costs.currency": "EUR"}).costs
    for wanted in ("eur", "own", "both"):
        with told_in(wanted):
            assert amount(1000, euro) == "EUR 1,000"
            assert unit(euro) == ("EUR", 1.0)
