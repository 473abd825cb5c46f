"""Words that tables are asked for with: columns to split by, names of the scenario's, roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.analysis.durations import durations
from sim.results.count import calendar_years
from sim.results.run import Run
from sim.scenario.schema import Scenario
from tests.helpers.worlds import END, START, between, small

NAMED = {
    "rented_prison.key": "somewhere",
    "detention.key": "closed",
    "departure_centre.key": "outpost",
    "staying.detention_key": "foreigners",
}


@pytest.fixture(scope="module")
def run() -> Run:
    return sim.run(small())


@pytest.fixture(scope="module")
def renamed() -> Run:
    return sim.run(small().change(NAMED))


# ---------------------------------------------------------------- splitting


def test_durations_are_split_by_several_columns(run: Run) -> None:
    table = run.durations(["origin", "year"])
    assert list(table)[:5] == ["stage", "role", "origin", "year", "spells"]
    assert not table.duplicated(["stage", "origin", "year"]).any()
    whole = run.durations().set_index("stage")
    for by in (["origin", "year"], ["year", "origin"], "year", ["sex", "group"]):
        sums = run.durations(by).groupby("stage")[["spells", "still_inside"]].sum()  # type: ignore[arg-type]
        pd.testing.assert_frame_equal(
            sums, whole[["spells", "still_inside"]].loc[sums.index], check_names=False
        )


def test_a_year_is_that_in_which_a_stay_begins(run: Run) -> None:
    table = run.durations("year").set_index(["stage", "year"])["spells"]
    spells = run.spells
    limbo = spells[spells["stage"] == "limbo"]
    begun = limbo["start"].dt.year.value_counts()
    assert table["limbo"].to_dict() == begun.to_dict()
    by_sex = run.durations(by=["year", "sex"])
    women = run.people.set_index("person")["sex"].eq("woman")
    mine = limbo[limbo["person"].map(women) & (limbo["start"].dt.year == 2029)]
    found = by_sex.query("stage == 'limbo' and year == 2029 and sex == 'woman'")["spells"]
    assert found.sum() == len(mine)


def test_one_column_is_the_same_alone_and_in_a_list(run: Run) -> None:
    for by in ("origin", "group", "sex", "year"):
        pd.testing.assert_frame_equal(run.durations(by), run.durations([by]))  # type: ignore[arg-type]
        pd.testing.assert_frame_equal(run.after_sentence(by), run.after_sentence([by]))  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(run.durations(), run.durations([]))


def test_shares_after_the_sentence_are_split_by_several_columns(run: Run) -> None:
    table = run.after_sentence(["group", "year"], years=1)
    assert list(table) == ["days_after_sentence", "group", "year", "exit", "share"]
    people = run.people.query("ending == 'released'")
    years = people[people["sentence_end"] < pd.Timestamp(END)]["sentence_end"].dt.year
    assert set(table["year"]) <= set(years)
    assert table.groupby(["group", "year", "days_after_sentence"])["share"].sum().max() <= 1 + 1e-9


REFUSED: dict[str, tuple[Callable[[Run], Any], str]] = {
    "census by": (lambda run: run.census(by="anything"), "by is 'anything': choose stage or place"),
    "census by near": (lambda run: run.census(by="stages"), "did you mean 'stage'"),
    "census by none": (lambda run: run.census(by=None), "by is None: choose stage or place"),
    "durations by": (lambda run: run.durations("orign"), "did you mean 'origin'"),
    "durations by list": (lambda run: run.durations(["origin", "yaer"]), "did you mean 'year'"),
    "durations twice": (lambda run: run.durations(["sex", "sex"]), "each column once"),
    "durations number": (lambda run: run.durations(3), "by is 3: choose origin"),
    "after_sentence by": (lambda run: run.after_sentence("grup"), "did you mean 'group'"),
    "census every": (lambda run: run.census(every="mont"), "did you mean 'month'"),
    "queues every": (lambda run: run.queues("years"), "did you mean 'year'"),
    "occupancy every": (lambda run: run.occupancy("fortnight"), "choose day, week, month"),
    "transfers every": (lambda run: run.transfers("quarters"), "did you mean 'quarter'"),
    "staffing every": (lambda run: run.staffing(None), "every is None: choose day"),
    "groups": (lambda run: list(run.groups("year")), "choose origin, group or sex"),
    "analysis by": (lambda run: durations([run], "orign"), "did you mean 'origin'"),
    "analysis stages": (lambda run: durations([run], stages=["limboo"]), "did you mean 'limbo'"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_unknown_words_are_refused_with_the_nearest(run: Run, what: str) -> None:
    asks, told = REFUSED[what]
    with pytest.raises(ValueError, match=told.replace("?", r"\?")):
        asks(run)


# ---------------------------------------------------------------- names and roles


def test_roles_find_the_same_as_names(run: Run, renamed: Run) -> None:
    for mine in (run, renamed):
        scenario = mine.scenario
        key = scenario.rented_prison.key
        places = {
            key: "rented_prison",
            scenario.detention.key: "detention",
            scenario.departure_centre.key: "departure_centre",
            scenario.staying.detention_key: "host_detention",
        }
        spells, exits = mine.spells, mine.exits
        assert (spells["role"] == "rented_prison").sum() == (spells["stage"] == key).sum() > 0
        assert (
            spells["role"]
            .astype(str)
            .equals(spells["stage"].astype(str).replace({key: "rented_prison"}))
        )
        assert spells["place_role"].astype(str).equals(spells["place"].astype(str).replace(places))
        assert exits["from_role"].equals(exits["from_stage"].replace({key: "rented_prison"}))
        assert exits["from_place_role"].equals(exits["from_place"].replace(places))
        for table, name in (
            (mine.census(), "stage"),
            (mine.durations(), "stage"),
            (mine.census("place"), "place"),
            (mine.occupancy(), "facility"),
        ):
            known = places if name != "stage" else {key: "rented_prison"}
            assert table["role"].equals(table[name].replace(known))
            found = table[table["role"] == "rented_prison"]
            assert len(found) > 0
            pd.testing.assert_frame_equal(found, table[table[name] == key])


def test_roles_do_not_depend_on_names(run: Run, renamed: Run) -> None:
    for table in (lambda r: r.spells, lambda r: r.exits, lambda r: r.durations("origin"),
                  lambda r: r.census("place"), lambda r: r.occupancy()):  # fmt: skip
        named = ["stage", "place", "from_stage", "from_place", "facility"]
        mine, other = (table(one).drop(columns=named, errors="ignore") for one in (run, renamed))
        pd.testing.assert_frame_equal(mine, other)


def test_a_stage_is_found_by_its_role(run: Run, renamed: Run) -> None:
    by_role = durations([run], stages=["rented_prison", "limbo"])
    by_name = durations([run], stages=["gnjilane", "limbo"])
    assert set(by_role["stage"]) == {"rented_prison", "limbo"}
    pd.testing.assert_frame_equal(by_role.drop(columns="stage"), by_name.drop(columns="stage"))
    named = durations([renamed], stages=["somewhere", "limbo"])
    pd.testing.assert_frame_equal(by_role.drop(columns="stage"), named.drop(columns="stage"))


# ---------------------------------------------------------------- prices per year


@lru_cache(maxsize=1)
def calendar() -> Scenario:
    return between(date(2010, 1, 1), date(2040, 1, 1))


@given(first=st.dates(date(2010, 1, 1), date(2024, 12, 31)), years=st.integers(1, 15))
def test_a_full_year_is_one_year(first: date, years: int) -> None:
    scenario = calendar()
    try:
        last = first.replace(year=first.year + years)
    except ValueError:  # no 29 February there
        last = date(first.year + years, 3, 1)
    begins, ends = calendar_years(scenario, np.array([scenario.day(first), scenario.day(last)]))
    assert ends - begins == pytest.approx(years, rel=1e-12)


@pytest.mark.parametrize("opens", [date(2027, 4, 1), date(2028, 1, 1), date(2028, 3, 1),
                                   date(2028, 2, 15), date(2028, 2, 29)])  # fmt: skip
def test_ten_years_cost_ten_times_one(opens: date) -> None:
    scenario = between(
        date(2026, 1, 1),
        date(2040, 1, 1),
        {
            "arrivals.judgments_per_year": 4,
            "rented_prison.opens": opens,
            "rented_prison.term_years": 10.0,
            "rented_prison.extended": False,
        },
    )
    costs = sim.run(scenario).costs().set_index(["item", "year"])["eur_million"]
    prices = scenario.costs
    yearly = {
        "rent": prices.rent.million_per_year,
        "aid": prices.aid_million_per_year.amount,
        "visits": prices.visits_million_per_year.amount / prices.currency_per_eur,
    }
    for item, price in yearly.items():
        assert costs[item].sum() == pytest.approx(10 * price, rel=1e-12)
        for year in range(opens.year + 1, opens.year + 10):
            assert costs[item][year] == pytest.approx(price, rel=1e-12)


def test_a_resident_of_a_full_year_costs_the_price_of_a_year() -> None:
    run = sim.run(small())
    costs = run.costs().query("item == 'departure_centre'").set_index("year")
    assert (costs["unit"] == "person-years").all()
    days = run.census(every="day", whole=True)
    residents = days[days["role"] == "departure_centre"].set_index("date")["people"]
    for year in range(START.year, END.year):
        mean = residents[str(year)].mean()  # firsts of days for all moments: nearly the same
        assert costs.loc[year, "quantity"] == pytest.approx(mean, abs=0.6)
    price = run.scenario.costs.centre_resident_per_year.amount / 1e6
    assert costs["million"].to_numpy() == pytest.approx(costs["quantity"].to_numpy() * price)
