"""Steps from what one world costs to what another does: paired, in order, and they add up."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from sim.experiment.replications import Replications
from sim.language import speaking
from sim.scenario.files import load
from sim.show import plots
from sim.show.draw.waterfall import gathered, waterfall
from sim.show.facts.costs import (
    ITEMS,
    STEPS,
    can_be_paired,
    left_out,
    net_cost,
    net_cost_per_freed_place,
    rent_words,
    steps,
    title_of,
)
from sim.show.figures import says
from sim.show.words.amounts import told_in
from sim.statistics.ranges import range_of
from tests.unit.show.conftest import renamed

DRAWS = 25
RENT = tuple(np.linspace(140.0, 150.0, DRAWS))
PRISON = tuple(np.linspace(100.0, 124.0, DRAWS))
SAVED = tuple(np.linspace(10.0, 34.0, DRAWS)[::-1])


def world(
    name: str, items: Mapping[str, Sequence[float]], free: float = 0.0, *, drawn: bool = True
) -> Replications:
    costs = [(n, item, value) for item, each in items.items() for n, value in enumerate(each)]
    outcomes = [(n, "places_freed_net", free, "places") for n in range(DRAWS)]
    tables = {
        "costs": pd.DataFrame(costs, columns=["replication", "item", "eur_million"]),
        "outcomes": pd.DataFrame(outcomes, columns=["replication", "outcome", "value", "unit"]),
    }
    return Replications(load(name), 1, DRAWS, tables, drawn=drawn)


@pytest.fixture(scope="module")
def base() -> Replications:
    return world("no_agreement", {"home_prison": PRISON, "remand": [7.0] * DRAWS})


@pytest.fixture(scope="module")
def other() -> Replications:
    items = {
        "rent": RENT,
        "home_prison": np.subtract(PRISON, SAVED),
        "home_prison_kept_ready": np.multiply(SAVED, 0.5),
        "remand": [7.0 + 1e-12] * DRAWS,
        "detention": [0.2] * DRAWS,
        "departure_centre": [0.1] * DRAWS,
    }
    return world("baseline", items, 50.0)


def test_steps_are_paired_draw_by_draw(base: Replications, other: Replications) -> None:
    found = {step.item: step.million for step in steps(base, other)}
    assert list(found) == [
        "rent", "home_prison", "home_prison_kept_ready", "detention", "departure_centre",
    ]  # fmt: skip
    assert found["home_prison"] == pytest.approx(np.multiply(SAVED, -1))
    assert net_cost(base, other) == pytest.approx(np.subtract(RENT, np.multiply(SAVED, 0.5)) + 0.3)
    assert net_cost(other, base) == pytest.approx(-net_cost(base, other))
    assert not steps(base, base)
    assert net_cost(base, base).tolist() == [0.0] * DRAWS


def test_every_item_is_a_step_with_a_title() -> None:
    assert sorted(STEPS) == sorted(ITEMS)
    scenario = load("baseline")
    titles = {title_of(item, scenario, days=days) for item in STEPS for days in (False, True)}
    assert len(titles) == len(STEPS) + 3
    assert not any("{" in title for title in (*titles, *left_out(scenario)))


def test_a_freed_place_costs_the_difference_over_places_and_years(
    base: Replications, other: Replications
) -> None:
    time = other.scenario.time
    years = time.observe_until.year - time.observe_from.year
    assert time.observe_from.replace(year=time.observe_until.year) == time.observe_until
    expected = 1e6 * net_cost(base, other) / (50.0 * years)
    assert net_cost_per_freed_place(base, other) == pytest.approx(expected)
    assert np.isnan(net_cost_per_freed_place(base, base)).all()


def test_the_figure_tells_range_and_sum(base: Replications, other: Replications) -> None:
    drawing = waterfall([other, base])
    found = range_of(net_cost(base, other))
    assert f"EUR +{found.middle:.0f} million" in drawing.message
    assert f"in 90 of 100 draws from +{found.low:.0f} to +{found.high:.0f}" in drawing.message
    data = drawing.data.groupby("item")["eur_million"]
    assert data.count().eq(DRAWS).all()
    assert data.mean().drop("net").sum() == pytest.approx(data.mean()["net"])
    [ax] = drawing.figure.axes
    bars = [patch for patch in ax.patches if patch.get_width()]
    assert bars[-1].get_width() == pytest.approx(data.mean()["net"])
    assert bars[-2].get_x() + bars[-2].get_width() == pytest.approx(bars[-1].get_width())
    assert [bar.get_hatch() is not None for bar in bars] == [False, True, False, False, False]
    assert "Rent is the same" in drawing.caption
    assert "guards" in drawing.caption


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("prisoner_per_month", "25 % of the rent follows the number of people inside."),
        ("place_per_month", "25 % of the rent follows the number of places, used or not."),
    ],
)
def test_rent_by_the_month_is_said_to_follow_what_it_is_paid_for(
    base: Replications, other: Replications, month: str, said: str
) -> None:
    table = {
        "rent": [59.5] * DRAWS,
        "rent_by_month": [20.0] * DRAWS,
        "rent_payments": [0.5] * DRAWS,
    }
    scenario = other.scenario.change({f"costs.rent.{month}": 8500.0})
    paying = dataclasses.replace(world("baseline", table), scenario=scenario)
    assert rent_words(paying) == said
    assert said in waterfall([paying, base]).caption
    assert rent_words(base) == ""
    items = [step.item for step in steps(base, paying)]
    assert items[:3] == ["rent", "rent_by_month", "rent_payments"]
    with speaking("da"):
        assert rent_words(paying).startswith("25 % af lejen følger antallet af ")


def test_what_is_written_as_zero_is_one_row(base: Replications, other: Replications) -> None:
    rows = gathered(steps(base, other))
    assert [step.item for step in rows[:-1]] == ["rent", "home_prison", "home_prison_kept_ready"]
    assert rows[-1].million == pytest.approx(0.3)


def test_replications_tell_chance_alone(base: Replications, other: Replications) -> None:
    fixed = [dataclasses.replace(r, drawn=False) for r in (other, base)]
    drawing = waterfall(fixed)
    assert f"{np.mean(net_cost(base, other)):.0f} million on average" in drawing.message
    assert "by chance alone" in drawing.message
    assert "draws" not in f"{drawing.message} {drawing.note}"


def test_amounts_are_in_the_currency_chosen(base: Replications, other: Replications) -> None:
    with told_in("own"):
        drawing = waterfall([other, base])
    middle = 7.46 * range_of(net_cost(base, other)).middle
    assert f"DKK +{middle:,.0f} million" in drawing.message
    assert drawing.figure.axes[0].get_xlabel() == "difference, DKK million"
    with told_in("both"):
        assert f"(DKK +{middle:,.0f} million)" in waterfall([other, base]).message


def test_it_is_left_out_where_nothing_can_be_paired(
    base: Replications, other: Replications
) -> None:
    assert says("waterfall", [other, base])
    assert not says("waterfall", [other])
    assert not says("waterfall", [other, dataclasses.replace(base, seed=2)])
    assert not can_be_paired([world("baseline", {}), world("no_agreement", {})])
    with pytest.raises(ValueError, match="two or more worlds"):
        plots.waterfall(other)


def test_more_worlds_than_panels_are_told(base: Replications, other: Replications) -> None:
    many = [renamed(other, f"s{n}", f"World {n} with a title that is long") for n in range(5)]
    drawing = waterfall([base, *many])
    assert len(drawing.figure.axes) == 3
    assert "The first 3 of 5 worlds are drawn" in drawing.note
    assert drawing.data["scenario"].nunique() == 5
