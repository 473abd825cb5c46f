"""Nobody is lost, nobody is counted twice, and everyone goes only where the flow leads."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.people.sentence import ENDINGS, RELEASED
from sim.results.count import grid
from sim.verification.check import Part, beyond, records
from sim.verification.told import SLACK, Told
from sim.world.flow import STAYS
from sim.world.stages import Exit, Stay

#: How a sentence that does not end by release is left, by the codes of `Sentence.ending`.
WAYS = (-1, *(Exit[name.upper()] for name in ENDINGS if name != ENDINGS[RELEASED]))


@records(
    "conservation",
    "Everyone is in one stay at a time",
    "From arrival until exit or horizon each person is in exactly one stay: no gap, no overlap.",
    unit="days",
    tolerance=SLACK,
)
def one_stay_at_a_time(told: Told) -> Iterator[Part]:
    """Compare the log and the table of spells with the days of arrival and exit."""
    stays, first, last = told.stays, told.stays.first, told.stays.last
    arrives = told.cohort.sentence.arrives
    never = np.setdiff1d(np.arange(told.cohort.size), stays.who)
    yield Part(np.full(len(never), np.inf), "is in no stay at all", never)
    who, day = stays.who[first], stays.day[first]
    yield Part(np.abs(day - arrives[who]), "first stay and arrival differ", who, day)
    back = np.where(first[1:], 0.0, np.maximum(-np.diff(stays.day), 0.0))
    yield Part(back, "a stay begins before the one before it", stays.who[1:], stays.day[1:])
    who, day = stays.who[last], stays.day[last]
    late = np.maximum(day - np.minimum(told.left[who], told.horizon), 0.0)
    yield Part(late, "a stay begins after the exit or the horizon", who, day)
    table = told.run.records.stays
    same = table.index[1:] == table.index[:-1]
    gap = np.abs(table.start[1:] - table.end[:-1])[same]
    yield Part(gap, "spells of the table do not join", table.index[1:][same], table.start[1:][same])


@records(
    "conservation",
    "Days spent add up",
    "The days of all spells of a person are the days from arrival to exit or horizon, each once.",
    unit="days",
    tolerance=SLACK,
)
def days_spent_add_up(told: Told) -> Iterator[Part]:
    """Sum the table of spells by person."""
    arrived, arrives = told.cohort.arrived, told.cohort.sentence.arrives
    table = told.run.spells
    days = table.loc[table["track"] == "stay"].groupby("person")["days"].sum()
    spent = days.reindex(arrived.person, fill_value=0.0).to_numpy()
    lived = np.minimum(told.left, told.horizon) - arrives
    yield Part(np.abs(spent - lived), "days of spells and days in the system differ",
               np.arange(len(lived)))  # fmt: skip


@records(
    "conservation",
    "Nobody leaves twice, or comes back",
    "Every exit happens once, within the simulation, and is the last that is heard of a person.",
)
def exits_come_once_and_last(told: Told) -> Iterator[Part]:
    """Look at where exits stand among a person's entries."""
    exits, everything = told.exits, told.everything
    yield Part(~exits.first, "leaves a second time", exits.who, exits.day)
    final = np.isin(exits.number, everything.number[everything.last])
    yield Part(~final, "something happens after the exit", exits.who, exits.day)
    out = (exits.day >= told.horizon) | ~np.isfinite(exits.day)
    yield Part(out, "leaves after the horizon", exits.who, exits.day)
    if not exits.first.all():
        return  # no table can be made of it
    table = told.run.exits
    yield Part(table["person"].duplicated().to_numpy(), "stands twice in the table of exits")
    yield Part(abs(len(table) - len(exits.who)), "exits in the table and in the log")


@records(
    "conservation",
    "Those who came less those who left are those inside",
    "On the first of every month, arrivals minus exits, the people in some stay, the census by "
    "stage and the census by place are one number.",
    unit="persons",
)
def population_balances(told: Told) -> Iterator[Part]:
    """Count the same people in four ways."""
    dates = grid(told.scenario, "month", whole=True)
    days = np.array([told.scenario.day(date) for date in dates])
    came = np.searchsorted(np.sort(told.cohort.sentence.arrives), days, side="right")
    stock = came - np.searchsorted(np.sort(told.left), days, side="right")
    inside = told.spans(*Stay).inside(days)
    yield Part(np.abs(inside - stock), "people in stays", day=days)
    yield Part(np.abs(_total(told, "stage") - stock), "census by stage", day=days)
    yield Part(np.abs(_total(told, "place") - stock), "census by place", day=days)


def _total(told: Told, by: str) -> np.ndarray:
    census = told.run.census(by, every="month", whole=True)  # type: ignore[arg-type]
    total: np.ndarray = census.groupby("date")["people"].sum().to_numpy()
    return total


@records(
    "conservation",
    "People go only where the flow leads",
    "Each stay is followed by one that the flow of the model allows after it.",
)
def people_go_only_where_the_flow_leads(told: Told) -> Iterator[Part]:
    """Look every step up in the flow."""
    stays = told.stays
    allowed = np.array([[there in STAYS[here].then for there in Stay] for here in Stay])
    same = ~stays.first[1:]
    wrong = ~allowed[stays.code[:-1], stays.code[1:]][same]
    yield Part(wrong, "goes where the flow does not lead", stays.who[1:][same], stays.day[1:][same])


@records(
    "conservation",
    "People leave from where they can",
    "Each exit is one that the place allows: from abroad only removal from there, onward travel "
    "(stress tests), or an early end of the sentence.",
    otherwise="nobody leaves",
)
def people_leave_from_where_they_can(told: Told) -> Iterator[Part]:
    """Look every exit up in the flow."""
    stays, exits = told.stays, told.exits
    allowed = np.array([[exit in STAYS[stay].exits for exit in Exit] for stay in Stay])
    from_stay = np.full(told.cohort.size, int(Stay.HOME_PRISON))
    from_stay[stays.who[stays.last]] = stays.code[stays.last]
    wrong = ~allowed[from_stay[exits.who], exits.code]
    yield Part(wrong, "leaves from where nobody can leave so", exits.who, exits.day)


@records(
    "conservation",
    "A sentence cut short is left on its day",
    "Who is removed from a short sentence, transferred home to serve, or dies in prison, leaves on "
    "that day and in that way, and nobody else does.",
    unit="days",
    tolerance=SLACK,
    otherwise="no sentence ends otherwise than by release",
)
def people_leave_as_their_sentence_ends(told: Told) -> Iterator[Part]:
    """Compare the exits with what the courts and fate have decided."""
    sentence = told.cohort.sentence
    way = np.array(WAYS)[sentence.ending]
    cut = np.flatnonzero((sentence.ending != RELEASED) & (sentence.leaves < told.horizon))
    late = np.where(told.exit_of[cut] == way[cut],
                    np.abs(told.left[cut] - sentence.leaves[cut]), np.inf)  # fmt: skip
    yield Part(late, "does not leave as the sentence ends", cut, sentence.leaves[cut])
    early = np.flatnonzero(np.isin(told.exit_of, WAYS[1:3]))
    yield Part(np.where(told.exit_of[early] == way[early], 0.0, np.inf),
               "leaves a sentence that ends otherwise", early, told.left[early])  # fmt: skip


@records(
    "conservation",
    "Nobody acts after death",
    "Nobody leaves after the day of death drawn for them, and who dies does so on that day.",
    unit="days",
    tolerance=SLACK,
    otherwise="nobody leaves",
)
def nobody_acts_after_death(told: Told) -> Iterator[Part]:
    """Compare exits with the days of death."""
    death, gone = told.cohort.sentence.death, np.flatnonzero(np.isfinite(told.left))
    yield Part(beyond(told.left[gone] - death[gone]), "leaves after death", gone, told.left[gone])
    died = np.flatnonzero(told.exit_of == Exit.DIED)
    yield Part(np.abs(told.left[died] - death[died]), "dies on another day", died, told.left[died])
