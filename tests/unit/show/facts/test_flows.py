"""The flow after the sentence, costs, and who changes fate: counted by hand, told in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.experiment.replications import Replications
from sim.scenario.files import load
from sim.show.draw import flow_changes as flow_panel
from sim.show.draw import flows, money, style
from sim.show.facts import changed, flow_changes
from sim.show.facts import flows as ways
from sim.show.facts.costs import costs_of
from sim.show.facts.estimates import tables_behind, write_behind
from sim.show.facts.verdicts import verdicts
from tests.unit.show.conftest import service_days

PEOPLE = {
    # person: (rented prison days, next, fate, held days, in limbo)
    1: (0.0, "removed", "removed", 100.0, False),
    2: (200.0, "removed_from_host", "removed_from_host", 300.0, False),
    3: (0.0, "pre_removal_detention", "absconded", 150.0, False),
    4: (0.0, "departure_centre", "departure_centre", 120.0, True),
}


def fates(people: dict[int, tuple[float, str, str, float, bool]], replication: int) -> pd.DataFrame:
    rows = [
        {"replication": replication, "person": person, "group": "third_country", "origin": "iraq",
         "looked_at_days": 730.5, "rented_prison_days": abroad, "next": after, "fate": fate,
         "in_limbo": limbo, "limbo_days": 50.0 * limbo, "held_after_days": 0.0, "held_days": held,
         "sentence_to_serve_days": 100.0}
        for person, (abroad, after, fate, held, limbo) in people.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def replications(
    name: str, people: dict[int, Any], outcomes: dict[str, list[float]], number: int = 2
) -> Replications:
    scenario = load(name)
    eu = fates({99: (0.0, "removed", "removed", 1.0, False)}, 0).assign(group="eu_eea")
    costs = [
        (n, item, million)
        for n in range(number)
        for item, million in (("rent", 10.0 + n), ("home_prison", 5.0))
    ]
    told = [
        (n, outcome, values[n], "persons")
        for outcome, values in outcomes.items()
        for n in range(number)
    ]
    tables = {
        "fates": pd.concat([eu, *(fates(people, n) for n in range(number))], ignore_index=True),
        "costs": pd.DataFrame(costs, columns=["replication", "item", "eur_million"]),
        "durations": pd.DataFrame(
            {
                "replication": range(number),
                "stage": "remand",
                "lower_quartile_days": 10.0,
                "median_days": [20.0, 24.0, *[22.0] * (number - 2)],
                "upper_quartile_days": [40.0, *[None] * (number - 1)],
                "mean_days": 30.0,
            }
        ),
        "outcomes": pd.DataFrame(
            [*service_days(scenario, 1, number), *told],
            columns=["replication", "outcome", "value", "unit"],
        ),
    }
    return Replications(scenario, 1, number, tables)


@pytest.fixture
def pair() -> list[Replications]:
    """With the agreement; and without it, where 2 is removed from Denmark and 3 later on."""
    other = PEOPLE | {
        2: (0.0, "removed", "removed", 300.0, False),
        3: (0.0, "pre_removal_detention", "removed", 250.0, False),
    }
    return [
        replications("baseline", PEOPLE, {"limbo": [10.0, 30.0], "detained": [5.0, 6.0]}),
        replications("no_agreement", other, {"limbo": [10.0, 30.0], "detained": [4.0, 5.001]}),
    ]


def test_flows_count_third_country_nationals_a_year(pair: list[Replications]) -> None:
    """Ten years are observed, two replications alike: each way is gone by a tenth a year."""
    found = {(f.served, f.next, f.fate): f.people for f in ways.flows(pair[0])}
    assert found == pytest.approx(
        {
            ("denmark", ways.HOME, ways.HOME): 0.1,
            ("abroad", ways.HOST, ways.HOST): 0.1,
            ("denmark", ways.DETENTION, ways.ABSCONDED): 0.1,
            ("denmark", ways.CENTRE, ways.CENTRE): 0.1,
        },
        rel=1e-3,
    )


def test_the_sentence_in_the_flow_follows_the_numbers(pair: list[Replications]) -> None:
    message = flows.flow(pair[:1]).message
    assert "50 % leave for home at once" in message
    assert "25 % are detained" in message
    assert "50 % have left for home and 25 % have absconded" in message


def test_a_world_in_which_nobody_is_released_is_drawn_and_said() -> None:
    nobody = replications("baseline", {}, {"limbo": [0.0, 0.0]})
    drawing = flows.flow([nobody])
    assert "nobody’s sentence ends" in drawing.message
    assert drawing.png()
    assert flows.flow([nobody, nobody]).png()


def test_what_differs_is_what_one_world_has_more_of(pair: list[Replications]) -> None:
    """Person 2 is removed from Kosovo with the agreement, and from Denmark without it."""
    with_it, without = pair
    found = flow_changes.changes(without, with_it, "fate")
    differs = {key: one.difference for (key,), one in found.items() if one.difference}
    moved = {ways.HOST: 0.1, ways.HOME: -0.2, ways.ABSCONDED: 0.1}
    assert differs == pytest.approx(moved, rel=1e-3)
    assert found[ways.CENTRE,].common == pytest.approx(0.1, rel=1e-3)
    back = flow_changes.changes(with_it, without, "fate")
    assert back[ways.HOME,].difference == pytest.approx(0.2, rel=1e-3)


def test_what_is_rarer_than_is_told_is_no_difference() -> None:
    rare = flow_changes.Change(base=5.0, other=5.04, low=0.0, high=0.1)
    assert rare.difference == 0
    assert rare.most == rare.common == 5.0


def test_a_way_that_differs_is_loud_and_the_rest_is_quiet(pair: list[Replications]) -> None:
    with_it, without = pair
    ax = flow_panel.difference(without, with_it, style.new_figure(4).add_subplot())
    hatched = {patch.get_hatch() for patch in ax.patches}
    assert len(hatched) == 2  # plain, and what is fewer
    said = {text.get_text().replace("\n", " "): text.get_weight() for text in ax.texts}
    loud = {text for text, weight in said.items() if weight == "bold"}
    assert {text.split("(")[0] for text in loud} >= {"removed from Kosovo 0.1 "}
    assert "Kærshovedgård 0.1" in said.keys() - loud
    message = flows.flow([with_it, without]).message
    assert "0.2 people a year fewer than “No rented prison”: left for home." in message


def test_ribbons_fill_the_bars(pair: list[Replications]) -> None:
    """Between two steps the ribbons are, together, as wide as the bars they leave."""
    ax = flows.alluvial(pair[0])
    bars = sum(patch.get_height() for patch in ax.patches if hasattr(patch, "get_height"))
    ribbons = [patch for patch in ax.patches if not hasattr(patch, "get_height")]
    widths = [
        path.vertices[0, 1] - path.vertices[-2, 1]
        for path in (ribbon.get_path() for ribbon in ribbons)
    ]
    assert bars == pytest.approx(3 * 0.4, rel=1e-3)
    assert sum(widths) == pytest.approx(2 * 0.4, rel=1e-3)


def test_costs_are_means_over_replications(pair: list[Replications]) -> None:
    found = costs_of(pair[0])
    assert found["rent"] == 10.5
    assert found["home_prison"] == 5
    assert found["aid"] == 0
    drawing = money.costs(pair)
    title = pair[0].scenario.title
    alone = f"For the agreement alone: “{title}” EUR 10 million"  # 10.5, to the even
    assert drawing.caption.startswith(alone)


def test_who_changes_fate_is_told_in_words(pair: list[Replications], monkeypatch: Any) -> None:
    monkeypatch.setattr(changed, "_stories", lambda *_: ((), ""))
    [one] = changed.changed(pair, 1)
    assert one.reference == pair[1].scenario.title
    assert "Of 4 third-country nationals" in one.summary
    assert "something changes for 2 (50 %)" in one.summary
    told = {row.what: row for row in one.changes}
    assert told["Removed from Denmark → Removed straight from Kosovo"].people.startswith("1.0")
    assert told["Removed from Denmark → Absconded, case closed"].held == "\N{MINUS SIGN}100 days"
    assert told["Held shorter by a day or more"].example == "3"


def test_verdicts_follow_the_paired_differences() -> None:
    """Limbo is the same in every pair; detention differs by about 1; the queue by chance."""
    noise = [0.3, -0.2, 0.1, -0.3, 0.2, 0.0]
    limbo, detained = [10.0, 30.0, 20.0, 15.0, 12.0, 18.0], [5.0, 6.0, 4.0, 7.0, 5.5, 6.5]
    ours = {"limbo": limbo, "detained": detained, "document_queue": [9.0] * 6}
    theirs = {
        "limbo": limbo,
        "detained": [d - 1 + n / 100 for d, n in zip(detained, noise, strict=True)],
        "document_queue": [9.0 + n for n in noise],
    }
    both = [
        replications("baseline", PEOPLE, ours, 6),
        replications("no_agreement", PEOPLE, theirs, 6),
    ]
    [found] = verdicts(both)
    assert found.same == ("In limbo",)
    assert found.more == ("In pre-removal detention",)
    assert found.less == ()
    assert found.negligible == ("Waiting for a travel document",)
    assert found.undetected == ()
    assert found.family == 3
    assert verdicts(both[:1]) == []
    table = tables_behind(both, 1)["differences"].set_index("outcome")["verdict"]
    assert table.to_dict() == {
        "rented_prison_opens_days": "",
        "rented_prison_closes_days": "",
        "limbo": "no difference",
        "detained": "more",
        "document_queue": "negligible",
    }


def test_few_replications_have_no_verdict(pair: list[Replications]) -> None:
    assert verdicts(pair) == []
    told = set(tables_behind(pair, 1)["differences"]["verdict"])
    assert told <= {"", "cannot be told", "no difference"}


def test_tables_behind_hold_what_is_shown(pair: list[Replications], tmp_path: Any) -> None:
    tables = tables_behind(pair, 1)
    differences = tables["differences"].set_index("outcome")["mean"]
    assert differences["detained"] == pytest.approx(0.9995)
    assert set(tables["flows"]["scenario"]) == {"baseline", "no_agreement"}
    for path in write_behind(tables, tmp_path):
        table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
        assert len(table) == len(tables[path.stem])
    estimates = tables["estimates"]
    unknown = estimates[~np.isfinite(estimates["mean"])]
    assert set(unknown["scenario"]) == {"no_agreement"}, "where no prison is rented"
    assert set(unknown["outcome"]) == {"rented_prison_opens_days", "rented_prison_closes_days"}
    lasts = tables["durations"].query("scenario == 'baseline'").set_index("measure")
    assert lasts.loc["median_days", "mean"] == 22
    assert lasts.loc["upper_quartile_days", "missing"] == 1
    assert np.isnan(lasts.loc["upper_quartile_days", "mean"]), "reached in one of two: not told"


def test_destinations_are_sums_over_the_ways(pair: list[Replications]) -> None:
    found, each = ways.destinations(pair[0]), ways.flows(pair[0])
    assert found.people == pytest.approx(sum(f.people for f in each))
    home = [f.people for f in each if f.fate in (ways.HOME, ways.HOST)]
    assert found.home_later == pytest.approx(sum(home))
    assert 0 < found.home_later < found.people
    assert found.followed == pytest.approx(
        found.people - sum(f.people for f in each if f.fate == ways.UNKNOWN)
    )


def test_people_added_up_by_steps_are_all_people():
    found = [
        ways.Flow("denmark", "home", "home", 2.0),
        ways.Flow("denmark", "detained", "home", 3.0),
    ]
    assert ways.people_by(found, "fate") == {("home",): 5.0}
    assert ways.people_by(found, "served", "next") == {
        ("denmark", "home"): 2.0,
        ("denmark", "detained"): 3.0,
    }
