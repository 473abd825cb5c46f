"""What a visitor is asked: the controls of the page, and the setting that they make.

Where a control starts is told with it, never set in the session: a message that is lost because a
visitor is faster than the page then leaves no control elsewhere. Controls that start anew are new
ones: the number of the turn is part of their keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from sim.language import languages, tr
from sim.show.app.levers import DISPUTED, NOTES, POLICY, UNKNOWN, Lever, Value
from sim.show.app.look import CURRENCIES, Look
from sim.show.app.parts import plain
from sim.show.app.setting import (
    ALONE,
    BESIDE_DRAWS,
    DRAWS,
    ENSEMBLE,
    FIXED,
    MOST_SEED,
    REPLICATIONS,
    USUAL,
    Catalogue,
    Setting,
)


def keyed(name: str) -> str:
    """Return the key of a control in this turn."""
    return f"{name}@{st.session_state['turn']}"


def begin_anew(setting: Setting) -> None:
    """Let all controls start anew, from a setting, and from the look as it is now."""
    state = st.session_state
    state["start"], state["first look"] = setting, state["look"]
    state["turn"] += 1
    state["remarks"] = []


def _reset() -> None:
    """Set all levers to what they are in the scenario chosen."""
    chosen = st.session_state[keyed("scenario")]
    begin_anew(replace(st.session_state["setting"], scenario=chosen, moved={}))


def ask_look(start: Look, currencies: Mapping[str, str]) -> Look:
    """Draw the choice of language and currency, and return what is chosen.

    Words change with the language, and so do the controls that bear them: they start anew, where
    they are.
    """
    known = languages()
    language, money = start.language, start.currency
    if len(known) > 1:
        language = st.radio(
            "Language / Sprog", list(known), list(known).index(language), key="language",
            format_func=known.__getitem__, horizontal=True, label_visibility="collapsed",
            on_change=lambda: begin_anew(st.session_state["setting"]),
        )  # fmt: skip
    if len(currencies) > 1:
        money = st.radio(
            tr("Currency"), CURRENCIES, CURRENCIES.index(money) if money in CURRENCIES else 0,
            key=keyed("currency"), format_func=currencies.__getitem__, horizontal=True,
            label_visibility="collapsed",
        )  # fmt: skip
    return Look(language, money)


def ask(catalogue: Catalogue) -> Setting:
    """Draw the controls, and return the setting that they make."""
    titles, start = catalogue.titles, st.session_state["start"]
    names = list(titles)
    first, second, third = st.columns(3)
    scenario = first.selectbox(
        tr("Scenario"), names, names.index(start.scenario), format_func=titles.__getitem__,
        key=keyed("scenario"), on_change=_reset,
        help=plain(catalogue.scenarios[start.scenario].summary),
    )  # fmt: skip
    others = ["", *catalogue.of_case(scenario)]
    first_beside = start.beside if start.beside in others else catalogue.beside(scenario)
    beside = second.selectbox(
        tr("Compare with"), others, others.index(first_beside),
        format_func=lambda name: titles.get(name, tr("nothing")),
        key=keyed(f"beside {catalogue.scenarios[scenario].case}"),
        help=tr("The same people with the same luck live in both worlds, under the same "
                "assumptions: differences are paired."),
    )  # fmt: skip
    said = {
        ENSEMBLE: tr("What nobody knows is drawn"),
        FIXED: tr("Fixed: chance alone"),
    }
    assumptions = third.selectbox(
        tr("Assumptions"), list(said), list(said).index(start.assumptions),
        format_func=said.__getitem__, key=keyed("assumptions"),
        help=tr("A draw is one world as it may be: a value from its range for everything that "
                "nobody knows, and other luck. Ranges over draws tell how sure an answer is."),
    )  # fmt: skip
    drawn = assumptions == ENSEMBLE
    with st.expander(tr("How often it is run, and with which luck")):
        draws, replications, seed = _ask_how_often(start, drawn=drawn)
    with st.sidebar:
        st.button(tr("Set all levers back"), on_click=_reset)
        values = _levers(list(catalogue.levers[scenario].values()), start.moved, drawn=drawn)
    own = {key: lever.own for key, lever in catalogue.levers[scenario].items()}
    moved = {key: value for key, value in values.items() if value != own[key]}
    return Setting(scenario, beside, moved, draws, replications, seed)


def _ask_how_often(start: Setting, *, drawn: bool) -> tuple[int, int, int]:
    """Draw what is asked about draws, replications and luck, and return all three."""
    often, luck = st.columns([3, 1])
    as_before = drawn == bool(start.draws)
    if drawn:
        usual = start.draws or USUAL
        draws = often.select_slider(
            tr("Draws"), sorted({*DRAWS, usual}), usual, key=keyed("draws"),
            help=tr("How many worlds of each scenario. The first ranges come after a few."),
        )  # fmt: skip
        replications = start.replications if as_before else BESIDE_DRAWS
    else:
        usual, draws = start.replications if as_before else ALONE, 0
        replications = often.select_slider(
            tr("Replications"), sorted({*REPLICATIONS, usual}), usual, key=keyed("replications"),
            help=tr("How often each is run, with other luck. The first answer comes after one."),
        )  # fmt: skip
    seed = luck.number_input(
        tr("Seed"), 0, MOST_SEED, start.seed, 1, key=keyed("seed"),
        help=tr("The same seed means the same people and the same draws."),
    )  # fmt: skip
    return int(draws), int(replications), int(seed)


def _levers(
    levers: Sequence[Lever], moved: Mapping[str, Value], *, drawn: bool
) -> dict[str, Value]:
    """Draw the levers by heading, some moved, and return what they are set to."""
    values: dict[str, Value] = {}
    unknown = tr("Changes both: it is the same world.")
    if drawn:
        unknown += " " + tr(
            "Drawn in each draw, as long as you leave it. What you move has your value in every "
            "draw; the rest is drawn."
        )
    words = {
        POLICY: tr("Changes the first scenario."),
        DISPUTED: tr(
            "Changes both. Never drawn: it stands beside the range, and here you see what "
            "another answer would change."
        ),
        UNKNOWN: unknown,
    }
    for part, said in words.items():
        mine = [lever for lever in levers if lever.part == part]
        if not mine:
            continue
        st.header(tr(part))
        st.caption(said)
        for group in dict.fromkeys(lever.group for lever in mine):
            with st.expander(plain(tr(group)), expanded=part == POLICY and group == mine[0].group):
                if group in NOTES:
                    st.caption(plain(tr(NOTES[group])))
                here = [lever for lever in mine if lever.group == group]
                place = st.empty()
                for lever in here:
                    values[lever.key] = _lever(lever, moved.get(lever.key, lever.own))
                fixed = [one.titled for one in here if values[one.key] != one.own]
                if drawn and part == UNKNOWN and fixed:
                    place.info(plain(tr("Fixed by you in every draw: {levers}.",
                                        levers="; ".join(fixed))))  # fmt: skip
    return values


def _lever(lever: Lever, start: Any) -> Value:
    """Draw one lever; whatever a browser sends that is out of range counts as not moved."""
    hint = plain(tr("{hint} Key: {key}", hint=lever.hint, key=lever.key).strip())
    title, key = plain(lever.titled), keyed(lever.key)
    if lever.options is not None:
        options = list(lever.options)
        return st.selectbox(
            title, options, options.index(start), format_func=lever.shown, key=key, help=hint
        )
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
