"""Places filled and empty, and one person's life in both worlds."""

from __future__ import annotations

import dataclasses

import pytest

import sim
from sim.show import plots
from sim.show.draw import style
from sim.show.draw.one_person import one_person
from sim.show.draw.places import places
from sim.show.facts.agreement import pair_of
from sim.show.facts.data import difference_over_time, over_time, typical_outcome
from sim.show.facts.lifelines import HELD, Life, LifeRow, side_by_side
from sim.show.facts.one_person import lives_of, person_shown
from sim.show.facts.places import balance, left_at_home, more_at_home, more_left
from sim.show.figures import says
from tests.unit.show.conftest import changed, only_first, with_outcome


def test_the_pair_is_the_first_and_what_it_is_laid_beside(baseline, without):
    assert pair_of([baseline]) == [0]
    assert pair_of([baseline, without]) == [0, 1]
    assert pair_of([without, baseline]) == [0, 1]
    assert pair_of([baseline, baseline, without]) == [0, 2]


def test_filled_and_empty_places_add_up(baseline):
    found = balance(baseline, "rented_prison")
    fill = typical_outcome(baseline, "rented_prison_fill")
    assert found.people == typical_outcome(baseline, "rented_prison_people")
    assert found.people / (found.people + found.left) == pytest.approx(fill)


def test_more_people_than_places_are_beyond_them(both):
    def crowded(table):
        table["people"] *= 1.3
        return table

    crowd = [changed(with_outcome(r, "home_occupancy", [1.2] * 5), "occupancy", crowded)
             for r in both]  # fmt: skip
    left = left_at_home(crowd[1]).line
    assert left.middle.max() < 0
    assert (left.low <= left.middle).all()
    assert (left.middle <= left.high).all()
    drawing = places(crowd)
    assert "people more than places, on average" in drawing.caption
    hatched = {c.get_hatch() for ax in drawing.figure.axes for c in ax.collections}
    assert "...." in hatched
    beyond = drawing.data.query("scenario == 'no_agreement'")["people_beyond_places"]
    assert beyond.max() == pytest.approx(-left.middle.min())


def test_more_empty_places_are_told_pair_by_pair(both):
    with_it, without = both
    filled = with_outcome(with_it, "home_occupancy", [0.90, 0.91, 0.92, 0.93, 0.94])
    bare = with_outcome(without, "home_occupancy", [0.95, 0.96, 0.97, 0.98, 0.99])
    there = over_time(with_it, "occupancy", "home_prisons", "places").typical
    total = more_left(filled, bare)
    assert [float(one[0]) for one in total] == pytest.approx([0.05 * there] * 3)
    assert f"{0.05 * there:,.0f} more places are empty in" in places([filled, bare]).message
    days, people = difference_over_time(*both, "occupancy", "home_prisons")
    found = more_at_home(*both)
    assert found.line.middle == pytest.approx(-people.middle)
    assert found.line.low == pytest.approx(-people.high)
    each = (r.tables["occupancy"].query("facility == 'home_prisons'") for r in both)
    ours, theirs = (t.pivot(index="date", columns="replication", values="people") for t in each)
    by_hand = (ours - theirs).to_numpy()[-len(days) :]
    assert people.low == pytest.approx(by_hand.min(axis=1))
    other = dataclasses.replace(without, seed=4)
    assert more_at_home(with_it, other) is more_left(with_it, other) is None
    assert len(places([with_it, other]).figure.axes) == 3


def test_places_are_left_out_where_none_is_rented(both, without):
    assert says("places", both)
    assert not says("places", [without])
    empty = places([with_outcome(both[0], "rented_prison_fill", [0.25] * 5), both[1]])
    assert empty.message.startswith("Gnjilane: ")


def row(title, kind, *spans):
    return LifeRow(title, kind, spans)


def test_lives_are_laid_beside_each_other_stage_by_stage():
    one = Life("A.", (row("Prison", HELD, (0, 10)), row("Abroad", HELD, (10, 30))), 30, None)
    other = Life("A.", (row("Prison", HELD, (0, 5), (20, 45)), row("Out", "not held", (5, 20))),
                 45, (45.0, "Removed"))  # fmt: skip
    found = side_by_side([one, other])
    assert [title for title, _ in found.rows] == ["Prison", "Out", "Abroad"]
    assert [[r is not None for r in rows] for _, rows in found.rows] == [
        [True, True], [False, True], [True, False],
    ]  # fmt: skip
    assert (found.held_days(0), found.held_days(1)) == (30, 30)


def test_the_person_shown_is_one_whose_fate_changes(both):
    person = person_shown(both)
    lives = lives_of(both, person).lives
    assert lives[0].rows != lives[1].rows
    drawing = one_person(both)
    assert f"Person {person}:" in drawing.caption
    stages = drawing.data
    assert set(stages["person"]) == {person}
    mine = stages.query("scenario == 'baseline' and kind == 'held'")
    days = (mine["until"] - mine["from"]).map(lambda span: span.days).sum()
    held = lives_of(both, person).held_days(0)
    assert abs(days - held) <= len(mine)


def test_one_world_shows_someone_worth_following(baseline):
    drawing = one_person([baseline])
    assert drawing.message.startswith(f"{baseline.scenario.title}: held for ")
    assert set(drawing.data["scenario"]) == {"baseline"}


def test_without_lives_there_is_no_person_to_show(baseline):
    tables = {name: t for name, t in baseline.tables.items() if name != "lives"}
    bare = dataclasses.replace(only_first(baseline), tables=tables)
    assert person_shown([bare]) is None
    assert not says("one_person", [bare])
    with pytest.raises(ValueError, match="life is kept"):
        one_person([bare])


def test_of_draws_the_lives_beside_them_are_shown(both):
    draws = [dataclasses.replace(r, drawn=True, chance=r) for r in both]
    assert person_shown(draws) == person_shown(both)
    assert person_shown([dataclasses.replace(r, drawn=True) for r in both]) is None


def test_runs_show_the_person_asked_for(both):
    person = person_shown(both)
    runs = [sim.run(r.scenario, seed=r.seed) for r in both]
    ax = plots.one_person(runs, person, style.new_figure(4).add_subplot())
    found = lives_of(both, person)
    assert len(ax.get_yticks()) == len(found.rows) + 1
    with pytest.raises(ValueError, match="which person"):
        plots.one_person(runs)
