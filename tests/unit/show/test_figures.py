"""Figures show what the tables say, and their words follow."""

from __future__ import annotations

import pickle
import pkgutil
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import sim
from sim.show import figures, plots, words
from sim.show.draw import scales, style
from sim.show.draw.afterwards import ways_out
from sim.show.draw.durations import by_origin, by_stage, durations, rows_of
from sim.show.draw.facilities import facility, occupancy
from sim.show.draw.labels import spread
from sim.show.draw.queues import queue, queues
from sim.show.draw.style import BODY, wrapped
from sim.show.draw.whereabouts import stack, whereabouts
from sim.show.facts.afterwards import curves, ways_of
from sim.show.facts.costs import costs_of
from sim.show.facts.data import band_words, first_shown, over_time, term, typical_outcome
from sim.show.facts.lengths import lengths
from sim.show.facts.whereabouts import bands_of
from sim.show.figures import (
    FIGURES,
    OLD_NAMES,
    begin_drawing,
    draw_all,
    outdated,
    write_figures,
)
from tests.unit.show.conftest import changed, only_first, renamed

NAMES = [
    "occupancy", "places", "queues", "waits", "whereabouts", "durations", "limbo",
    "after_sentence", "flow", "one_person", "costs", "waterfall",
]  # fmt: skip


def shown(r, table, label, name, column="people"):
    """Means over replications by hand, in the period shown."""
    rows = r.tables[table]
    rows = rows[(rows[label] == name) & (rows["date"] >= pd.Timestamp(first_shown(r.scenario)))]
    return rows.groupby("date")[column].mean().to_numpy()


def line_with(ax, values):
    """Tell whether a line of the axes has these heights."""
    return any(
        len(line.get_ydata()) == len(values) and np.allclose(line.get_ydata(), values)
        for line in ax.lines
    )


def times(factor):
    return lambda table: table.assign(people=factor * table["people"])


# ---------------------------------------------------------------------- what is drawn


@pytest.mark.parametrize("role", ["home_prisons", "rented_prison", "departure_centre"])
def test_facility_draws_means_and_places(both, role):
    ax = facility(both, role)
    key = words.facility_key(both[0].scenario, role)
    assert line_with(ax, shown(both[0], "occupancy", "facility", key))
    assert line_with(ax, shown(both[0], "occupancy", "facility", key, "places"))
    drawn_too = line_with(ax, shown(both[1], "occupancy", "facility", key))
    assert drawn_too == (role != "rented_prison")  # there it is not in use


def test_rented_prison_opens_by_steps(baseline):
    places = over_time(baseline, "occupancy", "gnjilane", "places")
    at = dict(zip(places.dates.astype("datetime64[D]").astype(str), places.mean, strict=True))
    assert (at["2027-03-01"], at["2027-04-01"]) == (0, 100)
    assert (at["2027-12-01"], at["2037-04-01"]) == (300, 0)


def test_band_runs_from_lowest_to_highest_of_few(baseline):
    series = over_time(baseline, "queues", "travel_document")
    table = baseline.tables["queues"]
    table = table[(table["queue"] == "travel_document") & (table["date"] >= series.dates[0])]
    grouped = table.groupby("date")["people"]
    assert np.array_equal(series.low, grouped.min())
    assert np.array_equal(series.high, grouped.max())


def test_axis_of_a_queue_begins_at_zero(both):
    assert queue(both, "travel_document").get_ylim()[0] == 0


def test_axis_that_does_not_begin_at_zero_says_so(both):
    ax = facility(both, "home_prisons")
    bottom = ax.get_ylim()[0]
    assert bottom > 0
    assert any(t.get_text() == f"axis begins at {bottom:,.0f}" for t in ax.texts)


def test_term_is_marked_on_its_dates(both):
    period = term(both[0])
    ax = facility(both, "home_prisons")
    marks = {line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 2}
    assert {scales.day_number(period.opens[0]), scales.day_number(period.closes[0])} <= marks
    assert term(both[1]) is None


def test_stack_adds_up_to_everyone_in_the_model(baseline):
    bands, _ = bands_of(baseline)
    census = baseline.tables["census"]
    census = census[census["date"] >= pd.Timestamp(first_shown(baseline.scenario))]
    everyone = census.groupby(["replication", "date"])["people"].sum().groupby("date").mean()
    assert np.allclose(sum(band.mean for band in bands), everyone)
    assert len(bands) <= 9


def test_lengths_are_means_of_each_replications_median(both):
    table = both[0].tables["durations"]
    for stage in ("remand", "limbo", "pre_removal_detention"):
        rows = table[table["stage"] == stage]
        length = lengths(both[0])[(stage,)]
        assert length.median == pytest.approx(rows["median_days"].astype(float).mean())
        assert length.stays == rows["spells"].mean()
        assert length.inside == rows["still_inside"].mean()


def test_whisker_stands_at_the_median(baseline):
    ax = by_stage([baseline])
    median = lengths(baseline)[("remand",)].median
    assert any(list(line.get_xdata()) == [median] for line in ax.lines)


def test_quartile_not_reached_becomes_an_arrow(baseline):
    def endless(table):
        table.loc[table["stage"] == "limbo", "upper_quartile_days"] = np.nan
        return table

    r = changed(baseline, "durations", endless)
    assert np.isinf(lengths(r)[("limbo",)].upper)
    arrows = [[line.get_marker() for line in by_stage([x]).lines].count(">") for x in (baseline, r)]
    assert arrows[1] == arrows[0] + 1
    assert "fewer than three quarters at all" in durations([r]).caption
    assert "Arrow:" in durations([r]).note


def test_those_still_inside_are_counted_beside_the_bar(baseline):
    def inside(table):
        table.loc[table["stage"] == "limbo", ["still_inside", "spells"]] = [37, 151]
        return table

    ax = by_stage([changed(baseline, "durations", inside)])
    assert "37 of 151" in {text.get_text() for text in ax.texts}


def test_scenarios_alike_are_drawn_once(baseline, without):
    rows, _ = rows_of([baseline, renamed(baseline, "twin", "Twin")])
    assert {len(row.whiskers) for row in rows} == {1}
    rows, _ = rows_of([baseline, without])
    assert [n for row in rows if row.name == "rented_prison" for _, n, _ in row.whiskers] == [0]


def test_shares_are_means_and_what_is_left_is_the_rest(baseline):
    years, shares = curves(baseline, "third_country")
    table = baseline.tables["after_sentence"]
    rows = table[(table["group"] == "third_country") & (table["exit"] == "absconded")]
    by_hand = rows.groupby("days_after_sentence")["share"].mean()
    assert np.allclose(shares["absconded"], by_hand)
    assert np.allclose(years, by_hand.index / 365.25)
    _, ways = ways_of(baseline, "third_country")
    assert np.allclose(sum(way.share for way in ways), 1)
    assert np.allclose(ways[-1].share, 1 - sum(shares.values()), atol=1e-9)


def test_panels_draw_on_axes_given(both):
    figure = style.new_figure(8)
    axes = iter(figure.subplots(2, 3).flat)
    assert facility(both, "detention", next(axes)).figure is figure
    assert queue(both, "limbo", next(axes)).figure is figure
    assert stack(both[0], next(axes)).figure is figure
    assert by_stage(both, next(axes)).figure is figure
    assert by_origin(both[0], "limbo", next(axes)).figure is figure
    assert ways_out(both[0], ax=next(axes)).figure is figure


# ---------------------------------------------------------------------- words


def test_captions_follow_the_numbers(both, drawings):
    more = [changed(r, "queues", times(3)) for r in both]
    peak = over_time(both[0], "queues", "travel_document").mean.max()
    assert f" {words.people(peak)} where the line peaks" in drawings["queues"].caption
    assert f" {words.people(3 * peak)} where the line peaks" in queues(more).caption
    fuller = [changed(r, "occupancy", times(1.5)) for r in both]
    assert occupancy(fuller).caption != drawings["occupancy"].caption
    crowd = [changed(r, "census", times(2)) for r in both]
    assert whereabouts(crowd).caption != drawings["whereabouts"].caption


def test_occupancy_says_how_full_the_rented_prison_is(both, drawings):
    people = typical_outcome(both[0], "rented_prison_people")
    fill = typical_outcome(both[0], "rented_prison_fill")
    said = f"Gnjilane: {words.people(people)} people on average, {words.percent(fill)}"
    assert said in drawings["occupancy"].caption


def test_empty_queue_is_named_and_not_drawn(baseline):
    def nobody(table):
        table.loc[table["queue"] == "case_worker", "people"] = 0.0
        return table

    drawing = queues([changed(baseline, "queues", nobody)])
    assert "waiting for a case worker" in drawing.note
    titles = {ax.get_title(loc="left") for ax in drawing.figure.axes}
    assert "Waiting for a case worker" not in titles
    assert "Waiting for a travel document" in titles


def test_limbo_is_marked_as_a_condition(drawings):
    titles = {ax.get_title(loc="left") for ax in drawings["queues"].figure.axes}
    assert "In limbo (not a queue)" in titles
    assert "Limbo is a condition" in drawings["queues"].caption


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "one replication; what chance does to it is not shown"),
        (2, "mean of 2 replications. Band: from the lowest to the highest"),
        (30, "mean of 30 replications. Band: the middle 90 % of them"),
    ],
)
def test_band_is_what_it_says(baseline, number, said):
    import dataclasses

    assert said in band_words([dataclasses.replace(baseline, number=number)])


def test_one_replication_has_no_band(baseline):
    one = only_first(baseline)
    bare = facility([one], "departure_centre")
    banded = facility([baseline], "departure_centre")
    assert len(banded.collections) == len(bare.collections) + 1
    assert "one replication" in occupancy([one]).note


def test_scenario_without_rented_prison_alone(without):
    drawing = occupancy([without])
    assert "No rented prison is in use." in drawing.caption
    assert "Gnjilane" not in {ax.get_title(loc="left") for ax in drawing.figure.axes}


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1.02, "1 day"),
        (2.34, "2.3 days"),
        (36.4, "36 days"),
        (300, "10 months"),
        (950, "2.6 years"),
    ],
)
def test_spans_are_said_as_people_say_them(days, said):
    assert words.span(days) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (0.0004, "less than 0.1 %"), (0.078, "7.8 %"), (0.72, "72 %"), (1, "100 %")],
)
def test_shares_are_said_in_per_cent(share, said):
    assert words.percent(share) == said


# ---------------------------------------------------------------------- looks and files


def _off_the_axes(figure: Figure) -> set[Text]:
    """Return labels of ticks beyond the end of an axis, which are not drawn."""
    found = set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        labels = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
        found |= {label for tick, label in labels if not low <= tick <= high}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_no_text_leaves_the_figure(drawings, name):
    figure = drawings[name].figure
    renderer = figure.canvas.get_renderer()
    with style.look():
        figure.draw(renderer)
        wide, tall = figure.bbox.width, figure.bbox.height
        for text in set(figure.findobj(Text)) - _off_the_axes(figure):
            if text.get_text().strip() and text.get_visible():
                box = text.get_window_extent(renderer)
                if box.width:
                    inside = box.x0 >= -1 and box.x1 <= wide + 1
                    assert inside, f"{text.get_text()!r} reaches from {box.x0} to {box.x1}"
                    assert box.y0 >= -1, text.get_text()
                    assert box.y1 <= tall + 1, text.get_text()


@pytest.mark.parametrize("role", ["home_prisons", "rented_prison", "detention"])
def test_labels_of_lines_do_not_overlap(both, role):
    ax = facility(both, role)
    renderer = ax.figure.canvas.get_renderer()
    boxes = [t.get_window_extent(renderer) for t in ax.texts if t.get_text()]
    for number, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[number + 1 :])


def test_spread_keeps_distance_order_and_limits():
    places = spread([0.1, 0.11, 0.12, 0.9, 0.99], 0.1, 0.0, 1.0)
    assert np.all(np.diff(places) >= 0.1 - 1e-12)
    assert min(places) >= 0
    assert max(places) <= 1
    assert spread([0.2, 0.8], 0.1, 0, 1) == [0.2, 0.8]


def test_same_replications_give_the_same_bytes(both, drawings):
    again = queues(both)
    assert again.svg() == drawings["queues"].svg()
    assert again.png() == drawings["queues"].png()
    assert b"<dc:date>" not in again.svg()


def test_files_are_written_whole(drawings, tmp_path):
    paths = write_figures([drawings["queues"]], tmp_path / "figures")
    assert [path.name for path in paths] == ["queues.png", "queues.svg", "queues.csv"]
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == sorted(
        path.name for path in paths
    )
    from PIL import Image

    with Image.open(paths[0]) as image:
        assert image.info["dpi"][0] >= 150
        assert image.size[0] >= 1500
        assert image.info["Description"] == drawings["queues"].words


def test_files_of_other_figures_are_outdated_and_those_of_others_are_not(tmp_path):
    for name in ("queues.png", "queues.svg", "flow.csv", "stages.png", "exits.svg", "mine.png"):
        (tmp_path / name).touch()
    found = outdated(tmp_path, [tmp_path / "queues.png"])
    assert {path.name for path in found} == {"queues.svg", "flow.csv", "stages.png", "exits.svg"}


@pytest.mark.parametrize("old", OLD_NAMES)
@pytest.mark.parametrize("module", [sim.plots, figures], ids=["plots", "figures"])
def test_old_name_of_a_figure_names_the_new_one(module, old):
    with pytest.raises(
        ImportError, match=rf"no [a-z.]+\.{old} any more: use (sim\.[a-z_.]+)"
    ) as told:
        getattr(module, old)
    new = str(told.value).split()[-1]
    assert callable(pkgutil.resolve_name(new))
    assert OLD_NAMES[old] in FIGURES


def test_every_figure_has_a_question_words_and_numbers(drawings):
    assert list(drawings) == list(FIGURES) == NAMES
    for drawing in drawings.values():
        assert drawing.title.endswith("?")
        for text in (drawing.form, drawing.message, drawing.note, drawing.caption):
            assert text.endswith(".")
        assert drawing.alt == f"{drawing.form} {drawing.message}"
        about = drawing.data.filter(["scenario", "reference"]).stack()
        assert set(about) == {"baseline", "no_agreement"}


def test_each_thing_is_said_once(drawings):
    for drawing in drawings.values():
        said = [s for s in re.split(r"(?<=\.) (?=[A-Z“])", drawing.words) if s]
        assert len(said) == len(set(said)), drawing.name
        shown = " ".join(" ".join(t.get_text() for t in drawing.figure.texts).split())
        for sentence in re.split(r"(?<=\.) (?=[A-Z“])", drawing.caption):
            assert sentence not in shown.replace("\u00a0", " "), drawing.name


def test_numbers_behind_a_figure_are_those_drawn(baseline, drawings):
    data = drawings["queues"].data
    mine = data[(data["scenario"] == "baseline") & (data["queue"] == "limbo")]
    line = over_time(baseline, "queues", "limbo")
    assert mine["people"].to_numpy() == pytest.approx(line.mean)
    assert mine["date"].iloc[0] == str(line.dates[0])[:10]
    whole = drawings["costs"].data.groupby("scenario")["eur_million"].sum()
    assert whole["baseline"] == pytest.approx(sum(costs_of(baseline).values()))
    lengths_ = drawings["durations"].data.query("origin == 'all' and scenario == 'baseline'")
    median = lengths_.set_index("stage")["median_days"]["limbo"]
    assert median == lengths(baseline)[("limbo",)].median


def test_many_scenarios_have_a_key_and_no_bands(baseline):
    many = [renamed(baseline, f"s{n}", f"Scenario {n}") for n in range(12)]
    drawing = queues(many)
    texts = {t.get_text() for legend in drawing.figure.legends for t in legend.get_texts()}
    assert texts == {r.scenario.title for r in many}
    assert "left out for legibility" in drawing.note
    assert "The first 4 of 12 scenarios" in whereabouts(many).note


def test_nothing_to_draw_is_an_error():
    with pytest.raises(ValueError, match="at least one scenario"):
        draw_all([])


def test_a_figure_has_one_name():
    """That of its function, and of what `sim.plots` draws of it: `queue` is one of the queues."""
    for name, figure in FIGURES.items():
        assert figure.__name__ == name
        assert name.removesuffix("s") in plots.__all__ or name in plots.__all__


def test_matplotlib_is_not_imported_before_something_is_drawn():
    code = (
        "import sys, sim.show, sim.show.figures, sim.show.facts.table, sim.show.report; "
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_pyplot_is_never_imported(drawings):
    code = (
        "import sys; from sim.show.draw.drawing import Drawing; "
        "from sim.show.draw.style import new_figure; f = new_figure(3); "
        "Drawing('n', 't?', f, 'm.', 'c.', 'c.').svg(); "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.slow
def test_figures_drawn_elsewhere_are_the_same_bytes_and_words(both, drawings):
    with ThreadPoolExecutor(1) as executor:
        coming = begin_drawing(both, executor)
        pictures = {one.result().name: one.result() for one in coming}
    assert list(pictures) == list(drawings)
    for name, drawing in drawings.items():
        found = pickle.loads(pickle.dumps(pictures[name]))
        assert (found.svg(), found.png(), found.csv()) == (
            drawing.svg(), drawing.png(), drawing.csv(),
        )  # fmt: skip
        words = found.title, found.message, found.caption, found.alt
        assert words == (drawing.title, drawing.message, drawing.caption, drawing.alt)
        assert found.inches == drawing.inches


def test_a_line_is_broken_before_the_first_word_that_does_not_fit():
    text = " ".join(["short", "a", "considerably-longer-word", "of", "words"] * 12)
    lines = wrapped(text, BODY, 3.0)
    assert " ".join(lines) == text
    for line, after in pairwise(lines):
        assert len(wrapped(line, BODY, 3.0)) == 1
        assert len(wrapped(f"{line} {after.split()[0]}", BODY, 3.0)) == 2
    assert wrapped("", BODY, 3.0) == []
    assert wrapped("wider-than-there-is-room and on", BODY, 0.1)[0] == "wider-than-there-is-room"
