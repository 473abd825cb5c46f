"""Every word of the vocabulary against a count by hand over the rows of a run's tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calibration.file import read_calibration
from sim.results.costs import AGREEMENT_ITEMS
from sim.results.published.file import (
    as_toml,
    covers,
    figures_of,
    last_day,
    load_figures,
    problems_with,
)
from sim.results.published.measure import measure, published
from sim.results.published.vocabulary import KINDS, Figure, Moves, Prisoners, Ratio, Stock
from sim.results.run import Run
from sim.scenario.errors import ScenarioError
from sim.scenario.files import as_tuples
from tests.helpers.worlds import END, START, small

FROM, UNTIL, AT = date(2028, 3, 1), date(2030, 11, 15), date(2029, 5, 17)
PERIOD = {"from": FROM, "until": UNTIL}


def figure(measure: dict[str, Any], **others: Any) -> Figure:
    about = {
        "key": "one", "topic": "Some", "title": "One", "value": 10.0, "unit": "people",
        "used_to_set": False, "status": "found", "source": "A test.", "confidence": "high",
    }  # fmt: skip
    return Figure.model_validate(as_tuples({**about, "measure": measure, **others}))


@pytest.fixture(scope="module")
def run() -> Run:
    return sim.run(small(), seed=3)


class ByHand:
    """The people, stays and exits of a run, one at a time."""

    def __init__(self, run: Run) -> None:
        end = pd.Timestamp(END)
        self.people = {row.person: row for row in run.people.itertuples()}
        self.exits = list(run.exits.itertuples())
        self.by_person: dict[int, list[tuple[str, pd.Timestamp, pd.Timestamp, bool]]] = {}
        # Stages have the scenario's own names in tables, and places tell the two detentions apart.
        rented, centre = run.scenario.rented_prison.key, run.scenario.detention.key
        names = {(rented, rented): "rented_prison",
                 ("pre_removal_detention", rented): "detention_abroad",
                 ("pre_removal_detention", centre): "detention"}  # fmt: skip
        for row in run.spells[run.spells["track"] == "stay"].itertuples():
            stage = names.get((row.stage, row.place), row.stage)
            spell = (stage, row.start, row.end if row.ended else end, row.ended)
            self.by_person.setdefault(row.person, []).append(spell)

    def all_stays(self) -> list[tuple[int, str, pd.Timestamp, pd.Timestamp, bool]]:
        return [(p, *stay) for p, stays in self.by_person.items() for stay in stays]

    def whole_stays(self, stages: set[str]) -> list[tuple[pd.Timestamp, pd.Timestamp, bool]]:
        """Stays in some stages, what follows without a break as one."""
        found = []
        for stays in self.by_person.values():
            last = None
            for stage, start, end, ended in stays:
                if stage not in stages:
                    last = None
                elif last is not None and last[1] == start:
                    last[1:] = [end, ended]
                else:
                    last = [start, end, ended]
                    found.append(last)
        return [tuple(stay) for stay in found]


@pytest.fixture(scope="module")
def hand(run: Run) -> ByHand:
    return ByHand(run)


def stock_at(hand: ByHand, stages: set[str], day: date, who: Callable[[Any], bool]) -> int:
    moment = pd.Timestamp(day)
    return sum(
        stage in stages and start <= moment < end and who(hand.people[person])
        for person, stage, start, end, _ in hand.all_stays()
    )


def mean_stock(hand: ByHand, stages: set[str], first: date, last: date) -> float:
    begins, ends = pd.Timestamp(first), pd.Timestamp(last)
    shared = [min(end, ends) - max(start, begins) for _, stage, start, end, _ in hand.all_stays()
              if stage in stages and start < ends and end > begins]  # fmt: skip
    return sum(shared, pd.Timedelta(0)) / (ends - begins)


EVERYONE: dict[str, tuple[dict[str, Any], Callable[[Any], bool]]] = {
    "everyone": ({}, lambda p: True),
    "group": ({"group": "third_country"}, lambda p: p.group == "third_country"),
    "origin": ({"origin": "turkiye"}, lambda p: p.origin == "turkiye"),
    "sex": ({"sex": "man"}, lambda p: p.sex == "man"),
    "judged": (
        {"judged_from": date(2027, 1, 1), "judged_until": date(2028, 1, 1)},
        lambda p: p.judgment.year == 2027,
    ),
    "sentence": (
        {"sentence_at_least_days": 365, "sentence_below_days": 730},
        lambda p: 365 <= p.sentence_days < 730,
    ),
}


@pytest.mark.parametrize("who", EVERYONE)
def test_a_stock_on_a_day(run: Run, hand: ByHand, who: str) -> None:
    whom, meant = EVERYONE[who]
    stages = ["remand", "home_prison", "selection", "waiting_list", "rented_prison"]
    found = measure(run, figure({"kind": "stock", "stages": stages, "at": AT, **whom}))
    assert found == stock_at(hand, set(stages), AT, meant)
    assert 0 < found < stock_at(hand, set(stages), AT, EVERYONE["everyone"][1]) or not whom


def test_people_sentenced_for_terror(run: Run) -> None:
    stock = {"kind": "stock", "stages": ["home_prison"], **PERIOD}
    parts = [measure(run, figure({**stock, "terror_or_war_crime": yes})) for yes in (True, False)]
    assert sum(parts) == pytest.approx(measure(run, figure(stock)))
    judged = {"kind": "judgments", "from": START, "until": END, "terror_or_war_crime": True}
    arrived = run.cohort.arrived.judgment < run.scenario.horizon
    assert measure(run, figure(judged)) == np.sum(run.cohort.sentence.terror & arrived)


@pytest.mark.parametrize("stage", ["home_prison", "departure_centre", "detention", "rented_prison"])
def test_a_mean_stock(run: Run, hand: ByHand, stage: str) -> None:
    found = measure(run, figure({"kind": "stock", "stages": [stage], **PERIOD}))
    assert found == pytest.approx(mean_stock(hand, {stage}, FROM, UNTIL), rel=1e-5)
    assert found > 0


@pytest.mark.parametrize("quantile", [None, 0.1, 0.5])
@pytest.mark.parametrize("kind", ["elapsed", "duration"])
@pytest.mark.parametrize("stages", [["departure_centre"],
                                    ["departure_centre", "breach_imprisonment"]])  # fmt: skip
def test_how_long(
    run: Run, hand: ByHand, kind: str, stages: list[str], quantile: float | None
) -> None:
    whole = hand.whole_stays(set(stages))
    if kind == "elapsed":
        at = pd.Timestamp(AT)
        days = [at - start for start, end, _ in whole if start <= at < end]
    else:
        begins, ends = pd.Timestamp(FROM), pd.Timestamp(UNTIL)
        days = [end - start for start, end, ended in whole if ended and begins <= end < ends]
    wanted = pd.Series(days).dt.total_seconds() / 86400
    when = {"at": AT} if kind == "elapsed" else PERIOD
    asked = {} if quantile is None else {"quantile": quantile}
    found = measure(run, figure({"kind": kind, "stages": stages, **when, **asked}))
    expected = wanted.mean() if quantile is None else wanted.quantile(quantile)
    assert found == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("whom", ["everyone", "group", "judged"])
@pytest.mark.parametrize(
    ("out_of", "into"),
    [
        (None, ["breach_imprisonment"]),
        (None, ["remand", "removed"]),
        (["departure_centre"], ["absconded", "at_large", "permit"]),
        (["remand", "home_prison"], ["transferred_to_serve", "selection", "died"]),
        (["breach_imprisonment"], ["departure_centre"]),
    ],
)
def test_moves(
    run: Run, hand: ByHand, out_of: list[str] | None, into: list[str], whom: str
) -> None:
    keys, meant = EVERYONE[whom]
    begins, ends = pd.Timestamp(FROM), pd.Timestamp(UNTIL)
    number = 0
    for person, stays in hand.by_person.items():
        steps = [(stage, start) for stage, start, _, _ in stays]
        steps += [(e.exit, e.date) for e in hand.exits if e.person == person]
        before = None
        for what, when in steps:
            fits = out_of is None or before in out_of
            number += what in into and fits and begins <= when < ends and meant(hand.people[person])
            before = what
    asked = {"out_of": out_of} if out_of is not None else {}
    moves = {"kind": "moves", "into": into, **asked, **PERIOD, **keys}
    assert measure(run, figure(moves)) == number
    rate = measure(run, figure({**moves, "per_year": True}))
    assert rate == pytest.approx(
        number / ((UNTIL - FROM).days / 365)
    )  # no 29 February is among them


@pytest.mark.parametrize("whom", EVERYONE)
def test_judgments_sentences_and_departures(run: Run, hand: ByHand, whom: str) -> None:
    keys, meant = EVERYONE[whom]
    first, last = pd.Timestamp(2027, 1, 1), pd.Timestamp(2029, 1, 1)
    judged = {p.person: p for p in hand.people.values() if first <= p.judgment < last and meant(p)}
    cohort = {"from": first.date(), "until": last.date(), **keys}
    number = measure(run, figure({"kind": "judgments", **cohort}))
    assert number == len(judged) > 0
    prison = dict(zip(run.cohort.arrived.person, run.cohort.sentence.kind == 0, strict=True))
    days = sum(p.sentence_days for p in judged.values() if prison[p.person])
    total = figure({"kind": "sentence_days", **cohort})
    assert measure(run, total) == pytest.approx(days)
    ways = ["removed", "left_voluntarily", "permit"]
    gone = sum(e.person in judged and e.exit in ways and e.date < pd.Timestamp(AT)
               for e in hand.exits)  # fmt: skip
    left = figure({"kind": "left", "exits": ways, "seen": AT, **cohort})
    assert measure(run, left) == pytest.approx(gone / number)


def test_departed_is_the_run_s_own_table(run: Run) -> None:
    exits = ["removed", "removed_from_host", "removed_from_short_sentence",
             "transferred_to_serve", "left_voluntarily"]  # fmt: skip
    shares = run.departed(AT).set_index("year")["share"]
    for year in (2026, 2027, 2028):
        period = {"from": date(year, 1, 1), "until": date(year + 1, 1, 1)}
        asked = figure({"kind": "left", "exits": exits, "seen": AT, **period})
        assert measure(run, asked) == pytest.approx(shares[year])


def test_prisoners_places_and_officers(run: Run, hand: ByHand) -> None:
    prisons = {"remand", "home_prison", "selection", "waiting_list", "temporary_return",
               "detention_queue", "breach_imprisonment"}  # fmt: skip
    declared = run.scenario.home_prisons
    others = next(s.value for s in declared.other_prisoners if s.from_ <= AT < s.until)
    everyone = stock_at(hand, prisons, AT, lambda p: True) + others
    assert measure(run, figure({"kind": "prisoners", "at": AT})) == everyone
    mean = measure(run, figure({"kind": "prisoners", **PERIOD}))
    assert mean == pytest.approx(mean_stock(hand, prisons, FROM, UNTIL) + others, rel=1e-6)
    for facility, steps in (("home_prisons", declared.places),
                            ("detention", run.scenario.detention.places)):  # fmt: skip
        places = next(s.value for s in steps if s.from_ <= AT < s.until)
        assert measure(run, figure({"kind": "places", "facility": facility, "at": AT})) == places
        whole = measure(run, figure({"kind": "places", "facility": facility, **PERIOD}))
        assert whole == pytest.approx(places)
    filled = sim.run(run.scenario.change({"home_prisons.freed_places_filled_share": 0.5}), seed=3)
    abroad = stock_at(hand, {"rented_prison", "return_queue"}, AT, lambda p: True)
    assert measure(filled, figure({"kind": "prisoners", "at": AT})) == everyone + abroad / 2
    officers = next(s.value for s in declared.officers if s.from_ <= AT < s.until)
    assert measure(run, figure({"kind": "officers", "at": AT})) == officers


def test_the_cost_of_the_agreement_is_that_of_its_items(run: Run) -> None:
    table = run.costs()
    for year in (2028, 2029):
        period = {"from": date(year, 1, 1), "until": date(year + 1, 1, 1)}
        rows = table[(table["year"] == year) & table["item"].isin(AGREEMENT_ITEMS)]
        found = measure(run, figure({"kind": "agreement_cost", **period}, unit="EUR million"))
        assert found == pytest.approx(rows["eur_million"].sum())
        assert found > 0
    priced = ("rent", "set_up_million", "rotation_million", "aid_million_per_year",
              "visits_million_per_year")  # fmt: skip
    none = {f"costs.{price}": False for price in priced}
    unpriced = sim.run(small().change(none), seed=3)
    assert isnan(measure(unpriced, figure({"kind": "agreement_cost", **PERIOD})))


def test_places_of_the_rented_prison_are_those_in_use(run: Run) -> None:
    service, rented, asked = run.cohort.service, run.scenario.rented_prison, {
        "kind": "places", "facility": "rented_prison"
    }  # fmt: skip
    first = run.scenario.date(service.opens)
    assert measure(run, figure({**asked, "at": first - timedelta(days=1)})) == 0
    assert measure(run, figure({**asked, "at": AT})) == rented.places
    around = {"from": first - timedelta(days=10), "until": first + timedelta(days=10)}
    days = [run.scenario.day(first + timedelta(days=n)) for n in range(-10, 10)]
    daily = run.rented_places(np.array(days) + 0.5).mean()
    assert measure(run, figure({**asked, **around})) == pytest.approx(daily, rel=0.06)


def test_the_mean_of_what_changes_within_the_period_is_weighted_by_days() -> None:
    step = {"from": START, "until": date(2029, 1, 1), "value": 100}
    later = {"from": date(2029, 1, 1), "until": END, "value": 200}
    world = small().change({"home_prisons.places": [step, later]})
    asked = {"kind": "places", "facility": "home_prisons"}
    ten_days = {"from": date(2028, 12, 29), "until": date(2029, 1, 8)}
    assert measure(sim.run(world), figure({**asked, **ten_days})) == pytest.approx(170)


def test_people_fit_for_transfer(run: Run) -> None:
    rule = run.scenario.transfer.eligibility[0]
    sentence, arrived, at = run.cohort.sentence, run.cohort.arrived, run.scenario.day(AT)
    numbers = {}
    for least in (0, 180):
        number = 0
        for i in range(run.cohort.size):
            inside = max(sentence.final[i], sentence.custody[i]) <= at < sentence.leaves[i]
            limit = rule.longest_sentence_years * 365.25
            fits = (
                arrived.group[i] == 1
                and not arrived.woman[i]
                and arrived.age[i] >= rule.youngest_years
                and not (sentence.terror[i] or sentence.ill[i])
                and (
                    sentence.kind[i] == 1 or (sentence.kind[i] == 0 and sentence.length[i] <= limit)
                )
            )
            number += inside and fits and sentence.end[i] - at >= least
        numbers[least] = number
        asked = {"kind": "eligible", "at": AT, "least_remaining_days": least}
        assert measure(run, figure(asked)) == number
    assert numbers[0] > numbers[180] > 0


def test_a_ratio(run: Run) -> None:
    of = {"kind": "stock", "stages": ["home_prison"], "at": AT}
    to = {"kind": "prisoners", "at": AT}
    found = measure(run, figure({"kind": "ratio", "of": of, "to": to}))
    assert found == measure(run, figure(of)) / measure(run, figure(to))
    nobody = {"kind": "judgments", "origin": "syria", "sentence_at_least_days": 1e6, **PERIOD}
    assert isnan(measure(run, figure({"kind": "ratio", "of": of, "to": nobody})))


def test_nothing_where_nobody_is_or_nothing_is_simulated(run: Run) -> None:
    empty = {"kind": "elapsed", "stages": ["host_asylum"], "at": AT}
    assert isnan(measure(run, figure(empty)))
    assert measure(run, figure({"kind": "stock", "stages": ["host_asylum"], "at": AT})) == 0
    stock = partial(dict, kind="stock", stages=["home_prison"])
    for at, simulated in ((START, True), (date(2025, 12, 31), False),
                          (date(2032, 12, 31), True), (END, False)):  # fmt: skip
        asked = figure(stock(at=at))
        assert covers(run.scenario, asked) is simulated
        assert isnan(measure(run, asked)) is not simulated
    whole = figure(stock(**{"from": START, "until": END}))
    assert covers(run.scenario, whole)
    assert last_day([whole, figure(stock(at=AT))]) == END


def test_the_table_keeps_the_order_of_the_figures(run: Run) -> None:
    places = figure({"kind": "places", "facility": "detention", "at": AT}, key="zebra")
    early = figure({"kind": "officers", "at": date(2000, 1, 1)}, key="ape")
    table = published(run, [places, early])
    assert list(table["figure"]) == ["zebra", "ape"]
    assert table["value"].isna().tolist() == [False, True]


# ---------------------------------------------------------------- the file

ROW = """[[figure]]
key = "one"
topic = "Some"
title = "One"
value = 3
unit = "people"
used_to_set = false
status = "found"
source = "A test."
confidence = "high"
"""
MEASURE = 'measure = { kind = "judgments", from = 2010-01-01, until = 2011-01-01 }\n'


def complaints(folder: Path, text: str) -> list[str]:
    file = folder / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_figures(file)
    return [str(problem).replace(f"{file}: ", "") for problem in caught.value.problems]


def of_measure(text: str) -> str:
    return f"{ROW}measure = {{ {text} }}\n"


PROBLEMS = {
    ROW: "figure one (no. 1).measure: is missing",
    ROW + MEASURE + "vlaue = 4\n": "figure one (no. 1).vlaue: unknown key; did you mean 'value'?",
    of_measure('kind = "stok"'): (
        f'figure one (no. 1).measure.kind: is "stok": should be one of {", ".join(KINDS)}'
    ),
    of_measure('kind = "stock", stages = ["home_prisom"], at = 2010-01-01'): (
        "figure one (no. 1).measure.stages: no 'home_prisom' here; did you mean 'home_prison'?"
    ),
    of_measure('kind = "stock", stages = [], at = 2010-01-01'): (
        "figure one (no. 1).measure.stages: is []: should have at least 1 entry"
    ),
    of_measure('kind = "stock", stages = ["remand"]'): (
        "figure one (no. 1).measure: give either at, or from and until"
    ),
    of_measure('kind = "prisoners", at = 2010-01-01, from = 2010-01-01, until = 2011-01-01'): (
        "figure one (no. 1).measure: give either at, or from and until"
    ),
    of_measure('kind = "prisoners", from = 2010-01-01'): (
        "figure one (no. 1).measure: give either at, or from and until"
    ),
    of_measure('kind = "officers", from = 2012-01-01, until = 2011-01-01'): (
        "figure one (no. 1).measure: begins on 2012-01-01 but ends on 2011-01-01: from < until"
    ),
    of_measure('kind = "moves", into = ["gone"], from = 2010-01-01, until = 2011-01-01').replace(
        "gone", "absconded_"
    ): "figure one (no. 1).measure.into: no 'absconded_' here; did you mean 'absconded'?",
    of_measure('kind = "ratio", of = { kind = "ratio" }, to = { kind = "officers" }'): (
        'figure one (no. 1).measure.of.kind: is "ratio": should be one of'
    ),
    f"{ROW}tolerance = 1\n{MEASURE}": (
        "figure one (no. 1): tolerance_why: say what low, high or tolerance stand for"
    ),
    f"{ROW}low = 4\n{MEASURE}": "figure one (no. 1): value 3 lies outside low 4 to high 3",
    f"{ROW}{MEASURE}{ROW}{MEASURE}": "figure: one is there twice; each figure needs a key",
    ROW.replace('"found"', '"assumption"') + MEASURE: (
        'figure one (no. 1).status: is "assumption"'
    ),
    "figure = 3\n": "figure: is 3: should be a list",
    'title = "nothing"\n': "figure: is missing",
}  # fmt: skip


@pytest.mark.parametrize("text", PROBLEMS)
def test_what_is_wrong_with_a_file_is_told(tmp_path: Path, text: str) -> None:
    told = complaints(tmp_path, text)
    assert any(line.startswith(PROBLEMS[text]) for line in told), told


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    second = ROW.replace('"one"', '"two"').replace("value = 3", 'value = "three"')
    told = complaints(tmp_path, ROW + second + MEASURE)
    assert told == [
        "figure one (no. 1).measure: is missing",
        'figure two (no. 2).value: is "three": should be a number',
    ]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nowhere\.toml"):
        load_figures(tmp_path / "nowhere.toml")


def test_a_file_written_again_holds_the_same_figures(tmp_path: Path) -> None:
    figures = load_figures()
    again = tmp_path / "again.toml"
    again.write_text(as_toml(figures), encoding="utf-8")
    assert load_figures(again) == figures


def test_an_origin_that_a_scenario_lacks_is_told() -> None:
    of = {"kind": "judgments", "origin": "atlantis", **PERIOD}
    inner = figure({"kind": "ratio", "of": of, "to": {"kind": "judgments", **PERIOD}})
    assert [p.key for p in problems_with([inner], [small()], "mine.toml")] == ["figure one"]


def test_shipped_figures_are_about_years_that_the_baseline_simulates() -> None:
    world = sim.load("baseline")
    figures = load_figures()
    assert not list(problems_with(figures, [world], "published.toml"))
    assert [f.key for f in figures if not covers(world, f)] == []
    assert last_day(figures) < world.rented_prison.opens


# ---------------------------------------------------------------- the shipped figures


@pytest.mark.parametrize("case", ["gjilan", "norgerhaven"])
def test_of_more_people_than_the_models_there_are_only_bounds_and_counts(case: str) -> None:
    """A share of the exits of all residents is not like for like with one of the model's."""
    for figure in load_figures(figures_of(sim.load(case))):
        wider = re.search(r"\bAll (residents|transfers|who are held)\b|not expelled", figure.note)
        if wider is None:
            continue
        assert figure.compare == "at_most", figure.key
        counted = figure.measure
        if isinstance(counted, Ratio):
            # The share of all prisoners there are: below the line stand the same people.
            counted = counted.of if isinstance(counted.to, Prisoners) else None
        assert isinstance(counted, Moves | Stock), figure.key


def test_the_exits_of_the_centre_are_bounds_for_each_way_and_for_all() -> None:
    figures = {figure.key: figure for figure in load_figures()}
    ways = {"absconded": 328, "permit": 48, "removed": 35}
    found = [figures[f"centre_exits_{way}"] for way in ways]
    assert [figure.value for figure in found] == list(ways.values())
    for figure in (figures["centre_exits"], *found):
        assert (figure.compare, figure.unit) == ("at_most", "people")
        assert isinstance(figure.measure, Moves)
        assert (figure.measure.from_, figure.measure.until) == (
            date(2016, 3, 21),
            date(2018, 11, 27),
        )
    # The rest went to another centre, or left without a place to go to.
    assert figures["centre_exits"].value - sum(ways.values()) == 24 + 12


def test_what_the_calibration_aims_at_is_of_its_own_people_or_a_bound() -> None:
    figures = {figure.key: figure for figure in load_figures()}
    aims = [figures[aim.figure] for aim in read_calibration().definition.target]
    assert "remand_mean_2021" not in {aim.key for aim in aims}, "of all on remand"
    for aim in aims:
        wider = re.search(r"\bAll (residents|transfers)\b", aim.note)
        assert wider is None or aim.compare == "at_most"
