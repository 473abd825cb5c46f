"""The same person twice: nine people in two worlds written by hand, and small worlds simulated."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.estimates import mean_interval
from sim.analysis.fates import Fates, MixedFates, NotTheSamePeople, fates, over_replications
from sim.people.chance import Chance
from sim.people.cohort import Cohort, draw_cohort
from sim.results.run import Run
from sim.scenario.calendar import on_calendar
from sim.world.simulate import Replication, simulate
from sim.world.stages import Exit, Stay
from sim.world.world import FIRST_EXIT, Log
from tests.helpers.worlds import (
    WAITING_FOR_PAPERS,
    band,
    between,
    constant,
    cooperation,
    plain,
    small,
)

START, END = date(2026, 1, 1), date(2027, 1, 1)
HORIZON, AFTER = 365.0, 100.0
PRISON, CENTRE, DETENTION = Stay.HOME_PRISON, Stay.DEPARTURE_CENTRE, Stay.DETENTION

Track = tuple[list[tuple[Stay, float]], tuple[Exit, float] | None]

#: Where people are from which day, and how they leave, in the reference world ...
BEFORE: dict[int, Track] = {
    0: ([(PRISON, 0)], (Exit.REMOVED, 100)),
    1: ([(PRISON, 10), (CENTRE, 100)], None),
    2: ([(PRISON, 20)], (Exit.REMOVED, 150)),
    3: ([(PRISON, 200), (CENTRE, 260)], (Exit.ABSCONDED, 340)),
    4: ([(PRISON, 20)], (Exit.REMOVED, 120)),
    5: ([(PRISON, 20)], (Exit.REMOVED, 120)),
    6: ([(PRISON, 20)], (Exit.REMOVED, 120)),
    7: ([(PRISON, 20)], (Exit.REMOVED, 120)),
    8: ([(PRISON, 20)], (Exit.RELEASED, 120)),
}  # fmt: skip
#: ... and what is different in the other.
AFTERWARDS: dict[int, Track] = {
    0: ([(PRISON, 0), (CENTRE, 100)], None),
    1: ([(PRISON, 10), (DETENTION, 100)], None),
    2: ([(PRISON, 20), (DETENTION, 150)], (Exit.REMOVED, 190)),
    3: ([(PRISON, 200), (CENTRE, 260)], None),
    4: ([(PRISON, 20)], None),
}  # fmt: skip
ENDS = [100.0, 100.0, 150.0, 260.0, 120.0, 120.0, 120.0, 120.0, 120.0]


def made(name: str, tracks: dict[int, Track], limbo: dict[int, tuple[float, float]],
         people: list[int], **columns: Any) -> Run:  # fmt: skip
    """Return a world of some of the nine, with a log written by hand."""
    scenario = between(
        START,
        END,
        {
            "arrivals.judgments_per_year": 12,
            "arrivals.published_until_year": 2100,
            "rented_prison.in_use": False,
        },
    ).model_copy(update={"name": name})
    cohort = taken(draw_cohort(scenario, Chance(1)), list(range(9)))
    group = columns.pop("group", np.array([1] * 8 + [2]))
    ends = columns.pop("ends", np.array(ENDS))
    sentence = replace(cohort.sentence, leaves=ends, ending=np.zeros(9, np.int64))
    arrived = replace(cohort.arrived, group=group, origin=np.ones(9, np.int64))
    cohort = taken(replace(cohort, sentence=sentence, arrived=arrived), people)
    rows = [(day, who, float(stay)) for who, (track, _) in tracks.items() for stay, day in track]
    rows += [(exit[1], who, FIRST_EXIT + exit[0]) for who, (_, exit) in tracks.items() if exit]
    place = {who: n for n, who in enumerate(people)}
    log = Log(
        [v for day, who, code in sorted(rows) if who in place for v in (place[who], code, day)],
        [],
        [v for who, times in limbo.items() for v in (place[who], *times)],
    )
    return Run(Replication(scenario, 1, 0, cohort, log))


def taken(cohort: Cohort, people: list[int]) -> Cohort:
    """Return a cohort of some people only."""
    parts = {}
    for name in ("arrived", "sentence", "eligibility", "after"):
        part = getattr(cohort, name)
        columns = {f.name: getattr(part, f.name) for f in fields(part)}
        parts[name] = replace(
            part,
            **{
                n: column[people] for n, column in columns.items() if isinstance(column, np.ndarray)
            },
        )
    return replace(cohort, **parts)


@pytest.fixture(scope="module")
def worlds() -> tuple[Run, Run]:
    """Person 4's sentence lasts on, 5 is another, 6 is only in the first and 7 in the second."""
    before = made("before", BEFORE, {1: (100, np.inf)}, [0, 1, 2, 3, 4, 5, 6, 8])
    after = made(
        "after",
        BEFORE | AFTERWARDS,
        {0: (100, np.inf), 3: (260, 280)},
        [0, 1, 2, 3, 4, 5, 7, 8],
        group=np.array([1, 1, 1, 1, 1, 0, 1, 1, 2]),
        ends=np.array([*ENDS[:4], 900.0, *ENDS[5:]]),
    )
    return before, after


@pytest.fixture(scope="module")
def person(worlds: tuple[Run, Run]) -> list[int]:
    """Numbers of the nine."""
    first, second = (run.cohort.arrived.person.tolist() for run in worlds)
    return [*first[:6], first[6], second[6], first[7]]


@pytest.fixture(scope="module")
def found(worlds: tuple[Run, Run]) -> Fates:
    return fates(*worlds, after_days=AFTER)


def test_who_is_compared_and_who_is_named_instead(found: Fates, person: list[int]) -> None:
    assert set(found.people["person"]) == {person[n] for n in (0, 1, 2, 3)}
    assert found.only_in_reference == (person[6],)
    assert found.only_in_scenario == (person[7],)
    assert found.ends_only_in_reference == (person[4],)
    assert found.ends_only_in_scenario == ()
    assert found.someone_else == (person[5],)
    assert found.not_followed == ()


def test_who_is_not_followed_so_long_is_named_and_has_no_fate(
    worlds: tuple[Run, Run], person: list[int]
) -> None:
    """Day 260 and 120 days more is after the end, though one of them has absconded before."""
    found = fates(*worlds, after_days=120.0)
    assert found.not_followed == (person[3],)
    assert set(found.people["person"]) == {person[n] for n in (0, 1, 2)}
    table = over_replications([found]).set_index("change")["people"]
    assert table["compared"] == 3
    assert table["not_followed"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        on_calendar(small(), date(2026, 1, 1), date(2032, 1, 1)),
        {"time.observe_until": date(2030, 1, 1)},
        {"time.observe_from": date(2029, 1, 1)},
    ],
    ids=["end", "observe_until", "observe_from"],
)
def test_worlds_of_other_calendars_are_not_about_the_same_people(changes: dict[str, Any]) -> None:
    observed = {"time.observe_from": date(2028, 1, 1), "time.observe_until": date(2031, 1, 1)}
    other = {**changes, **observed} if "time.end" in changes else {**observed, **changes}
    scenarios = [small().change(days) for days in (observed, other)]
    runs = [Run(simulate(scenario, 1)) for scenario in scenarios]
    with pytest.raises(NotTheSamePeople, match="simulated from"):
        fates(*runs)


def test_what_becomes_of_each(found: Fates, person: list[int]) -> None:
    table = found.people.set_index("person").loc[person[:4]]
    assert table["fate_reference"].tolist() == [
        "removed", "departure_centre", "removed", "absconded",
    ]  # fmt: skip
    assert table["fate"].tolist() == [
        "departure_centre", "pre_removal_detention", "removed", "departure_centre",
    ]  # fmt: skip
    assert table["looked_at_days"].tolist() == [100] * 4
    assert table["in_limbo_reference"].tolist() == [False, True, False, False]
    assert table["in_limbo"].tolist() == [True, False, False, False]
    assert table["limbo_days_reference"].tolist() == [0, 100, 0, 0]
    assert table["limbo_days"].tolist() == [100, 0, 0, 20]
    assert table["held_after_days_reference"].tolist() == [0, 0, 0, 0]
    assert table["held_after_days"].tolist() == [0, 100, 40, 0]
    assert table["held_days_reference"].tolist() == [100, 90, 130, 60]
    assert table["held_days"].tolist() == [100, 190, 170, 60]
    assert table["held_change_days"].tolist() == [0, 100, 40, 0]
    assert table["sentence_end_change_days"].tolist() == [0] * 4


def test_the_cross_table_counts_fate_by_fate(found: Fates) -> None:
    table = found.cross_table()
    names = ["absconded", "departure_centre", "pre_removal_detention", "removed"]
    assert table.index.tolist() == table.columns.tolist() == names
    assert table.to_numpy().tolist() == [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 1]]


def test_changes_by_kind_with_people_to_trace(found: Fates, person: list[int]) -> None:
    table = found.changes().set_index(["change", "before", "after"])
    assert table["people"].to_dict() == {
        ("fate", "absconded", "departure_centre"): 1,
        ("fate", "departure_centre", "pre_removal_detention"): 1,
        ("fate", "removed", "departure_centre"): 1,
        ("held", "", "longer"): 2,
        ("limbo", "in limbo", "not in limbo"): 1,
        ("limbo", "not in limbo", "in limbo"): 1,
    }
    longer = table.loc[("held", "", "longer")]
    assert longer["mean_held_change_days"] == 70
    assert longer["mean_limbo_change_days"] == -50
    assert longer["share"] == 0.5
    assert longer["examples"] == (person[1], person[2]), "the most telling first"
    assert found.changes(least_days=50).set_index("change").loc["held", "people"] == 1
    assert found.changes(examples=1).set_index("change").loc["held", "examples"] == (person[1],)


def test_another_day_another_fate(worlds: tuple[Run, Run], person: list[int]) -> None:
    """On the day of release everyone is where the sentence left them."""
    first = fates(*worlds, after_days=0).people.set_index("person")
    assert first.loc[person[0], ["fate_reference", "fate"]].tolist() == [
        "removed", "departure_centre",
    ]  # fmt: skip
    assert first.loc[person[2], ["fate_reference", "fate"]].tolist() == [
        "removed", "pre_removal_detention",
    ]  # fmt: skip
    late = fates(*worlds, after_days=265).people.set_index("person")
    assert late["looked_at_days"].loc[person[:2]].tolist() == [265, 265]
    assert late.loc[person[1], "held_change_days"] == 265


def test_rounding_hides_nothing_that_happens_at_the_release(worlds: tuple[Run, Run]) -> None:
    """The exit comes one digit, the last, after the end of the sentence."""
    track: dict[int, Track] = {0: ([(PRISON, 0)], (Exit.REMOVED, float(np.nextafter(100, 101))))}
    rounded = made("rounded", BEFORE | track, {1: (100, np.inf)}, [0, 1])
    found = fates(worlds[0], rounded, after_days=0)
    assert found.changes().empty
    assert sorted(found.people["fate"]) == ["departure_centre", "removed"]


def test_the_other_way_round_everything_is_turned(worlds: tuple[Run, Run], found: Fates) -> None:
    turned = fates(worlds[1], worlds[0], AFTER)
    pd.testing.assert_frame_equal(turned.cross_table(), found.cross_table().T, check_names=False)
    assert turned.only_in_scenario == found.only_in_reference
    assert turned.ends_only_in_scenario == found.ends_only_in_reference
    shorter = turned.changes().set_index("change").loc["held"]
    assert (shorter["after"], shorter["mean_held_change_days"]) == ("shorter", -70)


def test_only_the_same_replication_is_about_the_same_people(worlds: tuple[Run, Run]) -> None:
    other = Run(simulate(worlds[0].scenario, 2))
    with pytest.raises(NotTheSamePeople, match="seed 1, before replication 0 of seed 2"):
        fates(worlds[0], other)
    with pytest.raises(ValueError, match="at least 0"):
        fates(*worlds, after_days=-1)


def test_nobody_to_compare_is_an_empty_table(worlds: tuple[Run, Run]) -> None:
    nobody = made("nobody", BEFORE, {}, [6])
    found = fates(nobody, worlds[1])
    assert found.people.empty
    assert found.changes().empty
    assert found.cross_table().empty
    assert len(found.only_in_reference) == 1
    table = over_replications([found]).set_index("change")
    assert table.loc["compared", "people"] == 0
    assert np.isnan(table.loc["compared", "mean_held_change_days"])


# ---------------------------------------------------------------- simulated


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Run, Run]]:
    """A small world with one escort team, and with none, five times."""
    without = small().change({"removal.escort_teams": 0}).model_copy(update={"name": "no_escorts"})
    return [(Run(simulate(small(), 1, n)), Run(simulate(without, 1, n))) for n in range(5)]


def told(run: Run, after: float) -> dict[int, tuple[str, bool, float]]:
    """Fate, limbo and days held of everyone, from the tables of the run, person by person."""
    start = pd.Timestamp(run.scenario.time.start)
    answers = {}
    exits = run.exits.set_index("person")
    by_person = dict(list(run.spells.groupby("person")))
    for person in run.people[run.people["group"] != "dual_national"].itertuples():
        begins = (person.sentence_end - start).total_seconds() / 86400
        first, last = run.period
        if not first <= begins < last:
            continue
        look = min(begins + after, run.scenario.horizon)
        spells = by_person[person.person].assign(
            start=lambda t: (t["start"] - start).dt.total_seconds() / 86400,
            end=lambda t: t["start"] + t["days"] + 1e9 * ~t["ended"],
        )
        stays = spells[spells["track"] == "stay"]
        held = stays[stays["held"]]
        days = (held["end"].clip(upper=look) - held["start"]).clip(lower=0).sum()
        open_now = (spells["start"] <= look + 0.01) & (spells["end"] > look + 0.01)
        fate = ""
        if person.person in exits.index:
            gone = (exits.loc[person.person, "date"] - start).total_seconds() / 86400
            fate = str(exits.loc[person.person, "exit"]) if gone <= look + 0.01 else ""
        fate = fate or str(stays[open_now[stays.index]]["stage"].iloc[0])
        answers[person.person] = (fate, bool((open_now & (spells["stage"] == "limbo")).any()), days)
    return answers


@pytest.mark.slow
def test_fates_are_those_that_the_tables_tell(pairs: list[tuple[Run, Run]]) -> None:
    before, after = pairs[0]
    found = fates(before, after, 300).people.set_index("person")
    for run, suffix in ((before, "_reference"), (after, "")):
        expected = told(run, 300)
        assert set(found.index) <= set(expected)
        for person, row in found.iterrows():
            fate, limbo, held = expected[person]  # type: ignore[index]
            assert row[f"fate{suffix}"] == fate
            assert row[f"in_limbo{suffix}"] == limbo
            assert row[f"held_days{suffix}"] == pytest.approx(held, abs=0.01)
    assert (found["fate"] != found["fate_reference"]).sum() > 5


@pytest.mark.slow
def test_everyone_whose_sentence_ends_is_compared_or_named(pairs: list[tuple[Run, Run]]) -> None:
    before, after = pairs[0]
    found = fates(before, after)
    named = {*found.ends_only_in_reference, *found.only_in_reference, *found.someone_else}
    assert len(found.not_followed) > 20
    assert {*found.people["person"], *named, *found.not_followed} == set(told(before, 0))


def test_a_world_compared_with_itself_has_no_changes(pairs: list[tuple[Run, Run]]) -> None:
    found = fates(pairs[0][0], pairs[0][0])
    assert found.changes().empty
    assert np.trace(found.cross_table()) == len(found.people) > 50


def exact(**changes: Any) -> Run:
    """Third-country nationals who serve 1000 days; papers come 120 days after the sentence."""
    start, end = date(2025, 1, 1), date(2032, 1, 1)
    late = cooperation(start, end, document_delay_days=constant(300))
    scenario = between(
        start,
        end,
        {
            **plain(start, end),
            "arrivals.judgments_per_year": 40,
            "arrivals.third_country_share": 1.0,
            **band("third_country", constant(1000)),
            **late,
            **WAITING_FOR_PAPERS,
        },
    )
    keyed = {key.replace("__", "."): value for key, value in changes.items()}
    return Run(simulate(scenario.change(keyed), 1))


def test_everyone_goes_home_by_themselves_instead_of_from_detention() -> None:
    """The papers are waited for in detention, or in the centre."""
    found = fates(exact(), exact(detention__detained_if_cooperates_share=0.0))
    people = found.people
    assert len(people) > 50
    assert set(people["fate_reference"]) == {"removed"}
    assert set(people["fate"]) == {"left_voluntarily"}
    np.testing.assert_allclose(people["held_change_days"], -120, atol=1e-6)


def test_papers_in_time_or_late() -> None:
    """On the day of release one is removed, the other detained; 120 days on, both are removed."""
    late, in_time = exact(), exact(removal__case_opens_before_end_days=900.0)
    found = fates(late, in_time, after_days=0)
    assert set(found.people["fate_reference"]) == {"pre_removal_detention"}
    assert set(found.people["fate"]) == {"removed"}
    later = fates(late, in_time, after_days=120).people
    assert len(later) > 50
    assert set(later["fate_reference"]) == set(later["fate"]) == {"removed"}


# ---------------------------------------------------------------- over replications


def test_counts_per_replication_with_intervals(pairs: list[tuple[Run, Run]]) -> None:
    each = [fates(*pair) for pair in pairs]
    table = over_replications(iter(each), level=0.9)
    assert set(table["scenario"]) == {"no_escorts"}
    table = table.set_index(["change", "before", "after"])
    changes = [one.changes().set_index(["change", "before", "after"]) for one in each]
    kinds = {kind for one in changes for kind in one.index}
    assert kinds == {kind for kind in table.index if kind[0] in ("fate", "held", "limbo")}
    rare = 0
    for kind in kinds:
        counts = [one["people"].get(kind, 0) for one in changes]
        rare += 0 in counts
        row, number = table.loc[kind], mean_interval(counts, 0.9)
        assert row["people"] == pytest.approx(number.mean)
        assert row["low"] == pytest.approx(number.low)
        held = mean_interval([one["mean_held_change_days"].get(kind) for one in changes], 0.9)
        assert row["mean_held_change_days"] == pytest.approx(held.mean)
        assert row["held_replications"] == sum(count > 0 for count in counts)
    assert rare, "some kind does not occur everywhere, and counts 0 there"


def test_rows_make_the_cross_table_and_the_whole(pairs: list[tuple[Run, Run]]) -> None:
    each = [fates(*pair) for pair in pairs]
    table = over_replications(each)
    fate = table[table["change"].isin(["fate", "same fate"])]
    whole = table.set_index("change")["people"]["compared"]
    assert fate["people"].sum() == pytest.approx(whole)
    assert whole == pytest.approx(np.mean([len(one.people) for one in each]))
    cell = fate.set_index(["before", "after"])["people"]["removed", "departure_centre"]
    counts = [one.cross_table().loc["removed", "departure_centre"] for one in each]
    assert cell == pytest.approx(np.mean(counts))
    changed = table.set_index("change")["people"]
    assert changed.loc["fate"].sum() < changed.loc["any"] + 1e-9
    assert changed.loc["any"] < whole


def test_examples_are_the_most_telling_of_all_replications(pairs: list[tuple[Run, Run]]) -> None:
    each = [fates(*pair) for pair in pairs]
    table = over_replications(each, examples=2).set_index(["change", "before", "after"])
    everyone = pd.concat([one.people.assign(replication=one.replication) for one in each])
    longer = everyone[everyone["held_change_days"] >= 1]
    # Of equals, to a millionth of a day, those whose limbo changes most, then the first.
    limbo = (longer["limbo_days"] - longer["limbo_days_reference"]).abs()
    longer = longer.assign(held=longer["held_change_days"].round(6), limbo=limbo.round(6))
    order = [("held", False), ("limbo", False), ("replication", True), ("person", True)]
    by, ascending = (list(part) for part in zip(*order, strict=True))
    best = longer.sort_values(by, ascending=ascending).head(2)
    expected = list(zip(best["replication"], best["person"], strict=True))
    assert list(table.loc[("held", "", "longer"), "examples"]) == expected


def test_a_replication_counts_once_and_all_look_on_the_same_day(
    pairs: list[tuple[Run, Run]],
) -> None:
    found = fates(*pairs[0])
    with pytest.raises(MixedFates, match="replication 0 of no_escorts with seed 1 is compared"):
        over_replications([found, found])
    with pytest.raises(MixedFates, match="looked at 100 days after the sentence, others"):
        over_replications([found, fates(*pairs[1], after_days=100)])


def test_stored_tables_say_the_same_as_runs() -> None:
    """What is kept of each replication is enough to compare third-country nationals."""
    from sim.analysis.fates import fates_of_tables
    from sim.results.fates import fate_table

    world = small().change({"removal.direct_share": 1.0, "removal.case_workers": 50})
    runs = [Run(simulate(s, 3)) for s in (world.change({"rented_prison.in_use": False}), world)]
    exact = fates(*runs).people
    exact = exact[exact["group"] == "third_country"].reset_index(drop=True)
    names = "without", "with"
    found = fates_of_tables(*map(fate_table, runs), names=names, seed=3, replication=0)
    assert len(exact) > 20
    assert (exact["fate"] != exact["fate_reference"]).any()
    columns = list(exact.columns)
    pd.testing.assert_frame_equal(
        found.people[columns], exact, check_dtype=False, check_categorical=False
    )
    assert found.someone_else == ()


def test_days_in_the_rented_prison_are_those_of_the_spells() -> None:
    from sim.results.fates import fate_table

    run = Run(simulate(small(), 3))
    table = fate_table(run).set_index("person")["rented_prison_days"]
    spells = run.spells[run.spells["stage"] == run.scenario.rented_prison.key]
    served = (spells["days"] - spells["days_after_sentence"]).groupby(spells["person"]).sum()
    assert (table > 0).sum() > 5
    for person, days in table.items():
        assert days == pytest.approx(served.get(person, 0.0))
