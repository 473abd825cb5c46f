"""What the page shows of a job: the first screen, and one view at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from sim.experiment.lives import worth_following
from sim.language import mark, tr, trn
from sim.show import figures
from sim.show.app import parts, short
from sim.show.app.asking import keyed
from sim.show.app.job import Job
from sim.show.app.look import Look
from sim.show.app.months import html, months_of
from sim.show.app.parts import plain
from sim.show.facts.agreement import others, reference
from sim.show.facts.selected import OF_AFTERWARDS, OF_COST, OF_HELD, OF_QUEUES

if TYPE_CHECKING:
    from sim.experiment.replications import Replications
    from sim.show.draw.drawing import Drawing

Part = TypeVar("Part")
View = Callable[[Job, Sequence["Replications"]], None]
Figure = Callable[[Sequence["Replications"]], "Drawing"]

#: Choice of a person by number.
_OTHER = -1
#: Height of the view month by month, in CSS pixels.
MONTHS_HEIGHT = 980


@st.fragment
def shown(job: Job, replications: Sequence[Replications], look: Look) -> None:
    """Show the first screen and one view; another one is drawn without the rest of the page."""
    with look.taken():
        st.subheader(_heading(job, replications), anchor=False)
        _in_short(job, replications)
        start = list(VIEWS).index(st.session_state.get("view", next(iter(VIEWS))))
        view = st.radio(
            tr("Show"), list(VIEWS), start, format_func=tr, horizontal=True, key=_view_key()
        )
        VIEWS[view](job, replications)
        if not job.is_running:
            _downloads(replications, look)


def _view_key() -> str:
    return keyed(f"view {st.session_state.get('views', 0)}")


def _show(view: str) -> None:
    """Go to a view: the choice of views is a new control then, which starts there."""
    state = st.session_state
    state["view"] = view
    state["views"] = state.get("views", 0) + 1


def _heading(job: Job, replications: Sequence[Replications]) -> str:
    first, number = replications[0], replications[0].number
    if len(replications) > 1:
        other, base = replications[others(replications)[0]], replications[reference(replications)]
        titles = tr("“{scenario}” compared with “{reference}”",
                    scenario=tr(other.scenario.title),
                    reference=tr(base.scenario.title))  # fmt: skip
    else:
        titles = tr("“{scenario}”", scenario=tr(first.scenario.title))
    if first.drawn:
        often = trn("{number} draw", "{number} draws", number)
    else:
        often = trn("{number} replication", "{number} replications", number)
    if job.is_running:
        return plain(tr("{scenarios}: {often} so far", scenarios=titles, often=often))
    return plain(tr("{scenarios}: {often}", scenarios=titles, often=often))


def _in_short(job: Job, replications: Sequence[Replications]) -> None:
    """Answer the five questions of the first screen, each with the way to what it rests on."""
    answers = _once(job, replications, "in short", short.in_short)
    for number, (place, one) in enumerate(zip(st.columns(len(answers)), answers, strict=True)):
        with place:
            st.html(parts.short(one))
            st.button(
                plain(f"{one.link} →"), key=f"short {number}", type="tertiary",
                on_click=_show, args=(one.view,),
            )  # fmt: skip


def _answer(job: Job, replications: Sequence[Replications]) -> None:
    for part in (parts.glance, parts.answer, parts.numbers):
        st.html(_once(job, replications, part.__name__, part))
    _draw(job, replications, figures.places)
    _draw(job, replications, figures.occupancy)


def _about(question: str, *drawn: Figure) -> View:
    """Return the view of one question: its part of the table, and figures."""

    def view(job: Job, replications: Sequence[Replications]) -> None:
        st.html(_once(job, replications, question, partial(parts.numbers, question=question)))
        for figure in drawn:
            _draw(job, replications, figure)

    return view


def _how_sure(job: Job, replications: Sequence[Replications]) -> None:
    """Show what the answer hangs on; of replications alone, what was made beforehand."""
    found = _once(job, replications, "how sure", parts.how_sure)
    if found:
        st.html(found)
    else:
        st.info(tr("Nothing is known of how sure this is: let what nobody knows be drawn."))


def _months(job: Job, replications: Sequence[Replications]) -> None:
    page = _once(job, replications, "months", lambda shown: html(months_of(shown)))
    st.iframe(page, height=MONTHS_HEIGHT)


def _assumptions(job: Job, replications: Sequence[Replications]) -> None:
    (_, overview), *sections = _once(
        job, replications, "assumptions", lambda shown: list(parts.what_it_rests_on(shown))
    )
    st.html(overview)
    for title, table in sections:
        with st.expander(plain(title)):
            st.html(table)


def _person(_job: Job, replications: Sequence[Replications]) -> None:
    """Follow one person, in every world."""
    people: dict[Any, Any] = st.session_state.setdefault("people", {})
    if "worth" not in people:
        people["worth"] = worth_following(replications[0])
    worth: dict[int, str] = people["worth"]
    st.markdown(
        tr(
            "One person of the first replication, in each world: a simulated person, not a real "
            "one."
        )
    )

    def said(number: int) -> str:
        if number not in worth:
            return tr("another number")
        return tr("{what} (person {number})", what=worth[number], number=number)

    chosen = st.selectbox(
        tr("Somebody who …"), [*worth, _OTHER], key=keyed("person"), format_func=said
    )
    if chosen == _OTHER:
        chosen = st.number_input(tr("Number of the person"), 0, 2**53 - 1, value=0, step=1)
    if chosen not in people:
        people[chosen] = parts.stories(replications, chosen)
    st.html(parts.person(people[chosen]))


VIEWS: dict[str, View] = {
    mark("Answer"): _answer,
    mark("How sure is this?"): _how_sure,
    mark("Queues"): _about(OF_QUEUES, figures.waits, figures.queues, figures.whereabouts),
    mark("How long held"): _about(OF_HELD, figures.durations),
    mark("After the sentence"): _about(
        OF_AFTERWARDS, figures.flow, figures.limbo, figures.after_sentence
    ),
    mark("Costs"): _about(OF_COST, figures.waterfall, figures.costs),
    mark("Month by month"): _months,
    mark("One person"): _person,
    mark("Assumptions"): _assumptions,
}


def _draw(job: Job, replications: Sequence[Replications], figure: Figure) -> None:
    """Draw a figure; not what is about nobody."""
    if not figures.says(figure.__name__, replications):
        return
    name = f"figure {figure.__name__}"
    st.html(_once(job, replications, name, lambda shown: parts.figure(figure(shown))))


def _once(
    job: Job,
    replications: Sequence[Replications],
    name: str,
    make: Callable[[Sequence[Replications]], Part],
) -> Part:
    """Make a part of the page, once for each stage of a job and each look.

    Whatever else is moved, or looked at in between, it is there.
    """
    state, chance = st.session_state, replications[0].chance
    stage = id(job), replications[0].number, chance and chance.number, state["look"]
    known: tuple[Any, dict[str, Any]] = state.get("parts", (None, {}))
    if known[0] != stage:
        known = state["parts"] = stage, {}
    if name not in known[1]:
        known[1][name] = make(replications)
    part: Part = known[1][name]
    return part


def _downloads(replications: Sequence[Replications], look: Look) -> None:
    """Offer the tables and the report; each is made when it is asked for."""
    st.divider()
    one, two, _ = st.columns([1, 1, 2])
    one.download_button(
        tr("Report (HTML)"), look.through(partial(parts.report, replications)),
        "prisonflow_report.html", "text/html", on_click="ignore", width="stretch",
    )  # fmt: skip
    two.download_button(
        tr("All tables (ZIP)"), partial(parts.tables, replications), "prisonflow_tables.zip",
        "application/zip", on_click="ignore", width="stretch",
    )  # fmt: skip
