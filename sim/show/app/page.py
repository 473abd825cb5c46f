"""The page, as Streamlit runs it: from top to bottom, anew whenever something is moved."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import streamlit as st

from sim.experiment.crew import Crew
from sim.experiment.lives import worth_following
from sim.experiment.pools import processors
from sim.scenario.errors import ScenarioError
from sim.show import figures
from sim.show.app import parts
from sim.show.app.job import Job
from sim.show.app.levers import NOTES, POLICY, UNKNOWN, Lever, Value
from sim.show.app.months import html, months_of
from sim.show.app.parts import plain
from sim.show.app.setting import (
    FILES,
    MOST_SEED,
    REPLICATIONS,
    Catalogue,
    Made,
    Setting,
    command,
    read_query,
)
from sim.show.facts.selected import OF_AFTERWARDS, OF_COST, OF_HELD, OF_QUEUES
from sim.show.words import counted

if TYPE_CHECKING:
    from sim.experiment.replications import Replications
    from sim.show.draw.drawing import Drawing

Part = TypeVar("Part")
View = Callable[[Job, Sequence["Replications"]], None]
Figure = Callable[[Sequence["Replications"]], "Drawing"]

#: Seconds between two looks at a job that runs.
EVERY = 0.4
#: Choice of a person by number.
_OTHER = -1
#: Height of the view month by month, in CSS pixels.
MONTHS_HEIGHT = 980


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="prisonflow: what if?", page_icon="⏳", layout="wide")
    st.html(parts.look())
    catalogue, state = _catalogue(), st.session_state
    if "start" not in state:
        state["start"], state["remarks"] = read_query(st.query_params.to_dict(), catalogue)
        state["turn"] = 0
    st.title("What if …?")
    st.markdown(
        "Where do queues build, and how long are people held, when Denmark rents a prison in "
        "Kosovo? Choose a scenario, and one to compare it with. Move what policy can choose, or "
        "what nobody knows, in the panel on the left (on a phone: the arrows at the top). Then run."
    )
    setting = _ask(catalogue)
    st.query_params.from_dict(setting.query(catalogue))
    with st.container():  # Keeps its place when it is empty, and so does what is below.
        made = _made(setting, catalogue)
    _start(setting, made)
    if made:
        _take_along(setting, made, catalogue)
    job: Job | None = state.get("job")
    if job is not None:
        _results(job)


@st.cache_resource(show_spinner=False)
def _catalogue() -> Catalogue:
    return Catalogue([Path(file) for file in os.environ.get(FILES, "").split(os.pathsep) if file])


@st.cache_resource(show_spinner="Starting the simulation …")
def _crew() -> Crew:
    return Crew(processors())


# ---------------------------------------------------------------------- what is asked


def _reset(catalogue: Catalogue) -> None:
    """Set all levers to what they are in the scenario chosen, as new controls."""
    state = st.session_state
    state["start"] = replace(state["start"], scenario=state["scenario"], moved={})
    state["turn"] += 1
    state["remarks"] = []


def _ask(catalogue: Catalogue) -> Setting:
    """Draw the controls, and return what they are set to.

    Where they start is told with each, not set in the session: a message that is lost because a
    visitor is faster than the page then leaves no control elsewhere.
    """
    titles, start = catalogue.titles, st.session_state["start"]
    names, others = list(titles), ["", *titles]
    first, second, often, luck = st.columns([5, 5, 3, 2])
    scenario = first.selectbox(
        "Scenario", names, names.index(start.scenario), format_func=titles.__getitem__,
        key="scenario", on_change=_reset, args=(catalogue,),
        help=plain(catalogue.scenarios[start.scenario].summary),
    )  # fmt: skip
    beside = second.selectbox(
        "Compare with", others, others.index(start.beside),
        format_func=lambda name: titles.get(name, "nothing"), key="beside",
        help="The same people with the same luck live in both worlds: differences are paired.",
    )  # fmt: skip
    replications = often.select_slider(
        "Replications", REPLICATIONS, start.replications, key="replications",
        help="How often each is run, with other luck. The first answer comes after one.",
    )  # fmt: skip
    seed = luck.number_input(
        "Seed", 0, MOST_SEED, start.seed, 1, key="seed", help="The same seed means the same people."
    )
    with st.sidebar:
        st.button("Set all levers back", on_click=_reset, args=(catalogue,))
        values = _levers(list(catalogue.levers[scenario].values()), start.moved)
    own = {key: lever.own for key, lever in catalogue.levers[scenario].items()}
    moved = {key: value for key, value in values.items() if value != own[key]}
    return Setting(scenario, beside, moved, int(replications), int(seed))


def _levers(levers: Sequence[Lever], moved: Mapping[str, Value]) -> dict[str, Value]:
    """Draw the levers by heading, some moved, and return what they are set to."""
    values: dict[str, Value] = {}
    for part, words in (
        (POLICY, "Changes the first scenario."),
        (UNKNOWN, "Changes both: it is the same world."),
    ):
        st.header(part)
        st.caption(words)
        mine = [lever for lever in levers if lever.part == part]
        for group in dict.fromkeys(lever.group for lever in mine):
            with st.expander(plain(group), expanded=group == mine[0].group):
                if group in NOTES:
                    st.caption(NOTES[group])
                for lever in mine:
                    if lever.group == group:
                        values[lever.key] = _lever(lever, moved.get(lever.key, lever.own))
    return values


def _lever(lever: Lever, start: Any) -> Value:
    """Draw one lever; whatever a browser sends that is out of range counts as not moved."""
    key = f"{lever.key}@{st.session_state['turn']}"
    hint, title = plain(f"{lever.hint} Key: {lever.key}".strip()), plain(lever.title)
    if lever.options is not None:
        options = list(lever.options)
        return st.selectbox(
            title, options, options.index(start), format_func=lever.options.__getitem__,
            key=key, help=hint,
        )  # fmt: skip
    if lever.kind == "yes_no":
        return st.checkbox(title, start, key=key, help=hint)
    if lever.kind == "date":
        day = st.date_input(title, start, lever.low, lever.high, key=key, help=hint)
        return _within(lever, day)
    found = st.slider(
        title, lever.low, lever.high, start, lever.step, key=key, help=hint,
        format={"share": "percent", "number": "%g"}.get(lever.kind),
    )  # fmt: skip
    return _within(lever, found)


def _within(lever: Lever, value: Any) -> Value:
    inside = isinstance(value, type(lever.own)) and lever.low <= value <= lever.high
    found: Value = value if inside else lever.own
    return found


def _made(setting: Setting, catalogue: Catalogue) -> list[Made]:
    """Say what was moved, and what of it cannot be used; return the scenarios to run, if any."""
    for remark in st.session_state["remarks"]:
        st.warning(f"The address says something that cannot be used. {plain(remark)}.")
    made = []
    try:
        made = setting.made(catalogue)
    except ScenarioError as error:
        for problem in error.problems:
            st.error(f"This makes no scenario. {plain(str(problem))}")
    except ValueError as error:
        st.error(f"Nothing to compare: {plain(str(error))}.")
    levers = catalogue.levers[setting.scenario]
    told = [
        f"{plain(lever.title)}: {plain(lever.shown(lever.own))} → **{plain(lever.shown(value))}**"
        for lever, value in ((levers[key], value) for key, value in setting.moved.items())
    ]
    if told:
        st.markdown(f"Moved: {'; '.join(told)}.")
    return made


# ---------------------------------------------------------------------- running


def _start(setting: Setting, made: Sequence[Made]) -> None:
    """Draw the button that runs, what is running, and the button that stops it."""
    state = st.session_state
    job: Job | None = state.get("job")
    run, how = st.columns([1, 4], vertical_alignment="center")
    if run.button("Run", type="primary", width="stretch", disabled=not made, key="run"):
        if job is not None:
            job.stop()
        job = Job([one.scenario for one in made], setting.replications, setting.seed, _crew())
        state["job"], state["asked"] = job, setting
        state.pop("people", None)
    notice = st.container()
    if job is None:
        with notice:
            _crew()
        how.caption("Nothing has been run yet.")
        return
    with how:
        st.fragment(_progress, run_every=EVERY if job.is_running else None)(job, job.stage)
    if job.error:
        notice.error(f"The simulation failed: {plain(job.error)}.")
    if made and state["asked"] != setting:
        notice.info("The setting has changed since this was run. Run again to see what it does.")


def _progress(job: Job, shown: int) -> None:
    """Say how far a job is; draw the page anew when there is more to show."""
    job.seen()
    if not job.is_running:
        asked = f"{job.replications} replications of each"
        if job.stopped:
            st.markdown(f"**Stopped** after {job.stage} of {asked}.")
        else:
            st.markdown(f"**Done:** {asked}, seed {job.seed}.")
    else:
        bar, stop = st.columns([4, 1], vertical_alignment="center")
        bar.progress(job.done / job.total, f"{job.done} of {counted(job.total, 'run')}")
        stop.button("Stop", on_click=job.stop, width="stretch", key="stop")
    if job.stage != shown or (not job.is_running and st.session_state.get("ended") is not job):
        if not job.is_running:
            st.session_state["ended"] = job
        st.rerun()


# ---------------------------------------------------------------------- what is shown


def _results(job: Job) -> None:
    replications = job.results()
    if not replications:
        if not job.error and not job.stopped:
            st.info("The first replication is being run …")
        return
    _shown(job, replications)


@st.fragment
def _shown(job: Job, replications: Sequence[Replications]) -> None:
    """Show one view of what is there; another one is drawn without the rest of the page."""
    st.divider()
    titles = " and ".join(f"“{plain(r.scenario.title)}”" for r in replications)
    more = " so far" if job.is_running else ""
    st.subheader(f"{titles}: {counted(replications[0].number, 'replication')}{more}")
    view = st.radio("Show", list(VIEWS), horizontal=True, key="view")
    VIEWS[view](job, replications)
    if not job.is_running:
        _downloads(replications)


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
        "One person of the first replication, in each world: a simulated person, not a real one."
    )
    chosen = st.selectbox(
        "Somebody who …", [*worth, _OTHER], key="person",
        format_func=lambda n: f"{worth[n]} (person {n})" if n in worth else "another number",
    )  # fmt: skip
    if chosen == _OTHER:
        chosen = st.number_input("Number of the person", 0, 2**53 - 1, value=0, step=1)
    if chosen not in people:
        people[chosen] = parts.stories(replications, chosen)
    st.html(parts.person(people[chosen]))


VIEWS: dict[str, View] = {
    "Answer": _answer,
    "Queues": _about(OF_QUEUES, figures.waits, figures.queues, figures.whereabouts),
    "How long held": _about(OF_HELD, figures.durations),
    "After the sentence": _about(
        OF_AFTERWARDS, figures.flow, figures.limbo, figures.after_sentence
    ),
    "Costs": _about(OF_COST, figures.waterfall, figures.costs),
    "Month by month": _months,
    "One person": _person,
    "Assumptions": _assumptions,
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
    """Make a part of the page, once for each stage of a job.

    Whatever else is moved, or looked at in between, it is there.
    """
    stage = id(job), replications[0].number
    known: tuple[Any, dict[str, Any]] = st.session_state.get("parts", (None, {}))
    if known[0] != stage:
        known = st.session_state["parts"] = stage, {}
    if name not in known[1]:
        known[1][name] = make(replications)
    part: Part = known[1][name]
    return part


# ---------------------------------------------------------------------- to take along


def _take_along(setting: Setting, made: Sequence[Made], catalogue: Catalogue) -> None:
    """Offer the setting as an address, as files, and as the command that does the same."""
    with st.expander("Share this setting, or run it elsewhere"):
        for one in made:  # First: code below arrives later, and moves what is below it.
            text = one.text or one.scenario.as_toml()
            name = one.file or f"{one.scenario.name}.toml"
            st.download_button(
                f"Scenario file {plain(name)}", text, name, "application/toml", on_click="ignore",
                key=f"file {one.scenario.name}",
            )  # fmt: skip
        st.markdown("This command gives the same answer, with the files beside it:")
        st.code(command(made, setting.replications, setting.seed), language="sh", wrap_lines=True)
        page = (st.context.url or "").partition("?")[0].rstrip("/")
        st.markdown("This address opens the page with this setting:")
        st.code(f"{page}/?{urlencode(setting.query(catalogue))}", language=None, wrap_lines=True)


def _downloads(replications: Sequence[Replications]) -> None:
    """Offer the tables and the report; each is made when it is asked for."""
    st.divider()
    one, two, _ = st.columns([1, 1, 2])
    one.download_button(
        "Report (HTML)", lambda: parts.report(replications), "prisonflow_report.html",
        "text/html", on_click="ignore", width="stretch",
    )  # fmt: skip
    two.download_button(
        "All tables (ZIP)", lambda: parts.tables(replications), "prisonflow_tables.zip",
        "application/zip", on_click="ignore", width="stretch",
    )  # fmt: skip


if __name__ == "__main__":
    main()
