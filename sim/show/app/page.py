"""The page, as Streamlit runs it: from top to bottom, anew whenever something is moved."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from sim.experiment.crew import Crew
from sim.experiment.pools import processors
from sim.language import tr, trn
from sim.numbers import grouped
from sim.scenario.errors import ScenarioError
from sim.show.app import parts
from sim.show.app.asking import ask, ask_look
from sim.show.app.job import Job, Stage
from sim.show.app.look import Look, read_look
from sim.show.app.parts import plain
from sim.show.app.setting import FILES, Catalogue, Made, Setting, read_query
from sim.show.app.views import shown

#: Seconds between two looks at a job that runs.
EVERY = 0.4


def main() -> None:
    """Draw the page."""
    catalogue, state = _catalogue(), st.session_state
    if "start" not in state:
        state["look"], remarks, query = read_look(st.query_params.to_dict())
        with state["look"].taken():
            state["start"], more = read_query(query, catalogue)
        state["remarks"], state["turn"], state["setting"] = [*remarks, *more], 0, state["start"]
        state["first look"] = state["look"]
    # Known before the first word: what is chosen here is drawn below.
    look: Look = state["look"]
    chosen = state.get("language", look.language)
    with Look(chosen, look.currency).taken():
        _draw(catalogue)


def _draw(catalogue: Catalogue) -> None:
    state = st.session_state
    st.set_page_config(page_title=tr("prisonflow: what if?"), page_icon="⏳", layout="wide")
    st.html(parts.look())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(tr("What if …?"), anchor=False)
        look = ask_look(state["first look"], _currencies(catalogue))
    state["look"] = look
    with look.taken():
        _asked_and_shown(catalogue, look)


def _currencies(catalogue: Catalogue) -> dict[str, str]:
    """Return the names of the currencies that one can choose from."""
    own = catalogue.scenarios[st.session_state["setting"].scenario].costs.currency
    return {"eur": "EUR"} if own == "EUR" else {"eur": "EUR", "own": own}


def _asked_and_shown(catalogue: Catalogue, look: Look) -> None:
    state = st.session_state
    countries = catalogue.scenarios[state["setting"].scenario].countries
    st.markdown(
        tr(
            "What changes when {sending} rents a prison in {host}, and how sure is that? Choose "
            "two scenarios, and run. What can be moved is in the panel on the left (on a phone: "
            "the arrows at the top).",
            sending=tr(countries.sending),
            host=tr(countries.host),
        )
    )
    setting = state["setting"] = ask(catalogue)
    st.query_params.from_dict({**setting.query(catalogue), **look.query()})
    with st.container():  # Keeps its place when it is empty, and so does what is below.
        made = _made(setting, catalogue)
    _start(setting, made, look)
    job: Job | None = state.get("job")
    with st.container():
        if job is not None:
            _results(job, look)
        elif made:
            _beforehand(made)
    if made:
        _take_along(setting, made, catalogue, look)
    _crew()  # Last: while the workers start, there is something to read.


@st.cache_resource(show_spinner=False)
def _catalogue() -> Catalogue:
    return Catalogue([Path(file) for file in os.environ.get(FILES, "").split(os.pathsep) if file])


@st.cache_resource(show_spinner="Starting the simulation …")
def _crew() -> Crew:
    return Crew(processors())


def _made(setting: Setting, catalogue: Catalogue) -> list[Made]:
    """Say what was moved, and what of it cannot be used; return the scenarios to run, if any."""
    for remark in st.session_state["remarks"]:
        said = tr("The address says something that cannot be used. {remark}.", remark=remark)
        st.warning(plain(said))
    made = []
    try:
        made = setting.made(catalogue)
    except ScenarioError as error:
        for problem in error.problems:
            st.error(plain(tr("This makes no scenario. {problem}", problem=problem)))
    except ValueError as error:
        st.error(plain(tr("Nothing to compare: {problem}.", problem=error)))
    levers = catalogue.levers[setting.scenario]
    told = [
        f"{plain(lever.titled)}: {plain(lever.shown(lever.own))} → **{plain(lever.shown(value))}**"
        for lever, value in ((levers[key], value) for key, value in setting.moved.items())
    ]
    if told:
        st.markdown(tr("Moved: {levers}.", levers="; ".join(told)))
    return made


# ---------------------------------------------------------------------- running


def _start(setting: Setting, made: Sequence[Made], look: Look) -> None:
    """Draw the button that runs, what is running, and the button that stops it."""
    state = st.session_state
    job: Job | None = state.get("job")
    run, how = st.columns([1, 4], vertical_alignment="center")
    if run.button(tr("Run"), type="primary", width="stretch", disabled=not made, key="run"):
        if job is not None:
            job.stop()
        job = Job(
            [one.scenario for one in made], setting.replications, setting.seed, _crew(),
            setting.draws,
        )  # fmt: skip
        state["job"], state["asked"] = job, setting
        state.pop("people", None)
    notice = st.container()
    if job is None:
        how.caption(tr("Nothing has been run yet."))
        return
    with how:
        every = EVERY if job.is_running else None
        st.fragment(look.through(_progress), run_every=every)(job, job.stage)
    if job.error:
        notice.error(plain(tr("The simulation failed: {error}.", error=job.error)))
    if made and state["asked"] != setting:
        notice.info(
            tr("The setting has changed since this was run. Run again to see what it does.")
        )


def _progress(job: Job, before: Stage) -> None:
    """Say how far a job is; draw the page anew when there is more to show."""
    job.seen()
    if not job.is_running:
        st.markdown(_ended(job))
    else:
        bar, stop = st.columns([4, 1], vertical_alignment="center")
        text = trn("{done} of {number} run", "{done} of {number} runs", job.total,
                   done=grouped(job.done))  # fmt: skip
        bar.progress(job.done / job.total, text)
        stop.button(tr("Stop"), on_click=job.stop, width="stretch", key="stop")
    if job.stage != before or (not job.is_running and st.session_state.get("ended") is not job):
        if not job.is_running:
            st.session_state["ended"] = job
        st.rerun()


def _ended(job: Job) -> str:
    """Say how a job ended."""
    number, chance = job.stage
    words = {"number": grouped(number), "asked": grouped(job.number), "seed": job.seed,
             "chance": grouped(chance)}  # fmt: skip
    if job.stopped and job.draws:
        return tr("**Stopped** after {number} of {asked} draws of each.", **words)
    if job.stopped:
        return tr("**Stopped** after {number} of {asked} replications of each.", **words)
    if job.draws:
        return tr("**Done:** {asked} draws of each, and {chance} replications for chance alone; "
                  "seed {seed}.", **words)  # fmt: skip
    return tr("**Done:** {asked} replications of each, seed {seed}.", **words)


def _results(job: Job, look: Look) -> None:
    replications = job.results()
    if not replications:
        if not job.error and not job.stopped:
            st.info(tr("The first draws are being run …") if job.draws
                    else tr("The first replication is being run …"))  # fmt: skip
        return
    shown(job, replications, look)


def _beforehand(made: Sequence[Made]) -> None:
    """Show what is known of the answer before anything is run: made for the shipped scenarios."""
    worlds, look = [one.scenario for one in made], st.session_state["look"]
    asked = look, tuple(world.hash for world in worlds)
    known = st.session_state.get("beforehand", (None, ""))
    if known[0] != asked:
        known = st.session_state["beforehand"] = asked, parts.how_sure_before(*worlds)
    if known[1]:
        st.html(known[1])


# ---------------------------------------------------------------------- to take along


def _take_along(setting: Setting, made: Sequence[Made], catalogue: Catalogue, look: Look) -> None:
    """Offer the setting as an address, as files, and as the command that does the same."""
    with st.expander(tr("Share this setting, or run it elsewhere")):
        for one in made:  # First: code below arrives later, and moves what is below it.
            text = one.text or one.scenario.as_toml()
            name = one.file or f"{one.scenario.name}.toml"
            st.download_button(
                plain(tr("Scenario file {name}", name=name)), text, name, "application/toml",
                on_click="ignore", key=f"file {one.scenario.name}",
            )  # fmt: skip
        st.markdown(tr("This command gives the same answer, with the files beside it:"))
        st.code(setting.command(made), language="sh", wrap_lines=True)
        page = (st.context.url or "").partition("?")[0].rstrip("/")
        query = urlencode({**setting.query(catalogue), **look.query()})
        st.markdown(tr("This address opens the page with this setting:"))
        st.code(f"{page}/?{query}", language=None, wrap_lines=True)


if __name__ == "__main__":
    main()
