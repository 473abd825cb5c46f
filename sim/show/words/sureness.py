"""How sure an answer is, in words: a sentence for each headline, and what the results are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.language import mark, tr
from sim.numbers import decimals_for, grouped, in_unit, percent, points, with_sign
from sim.results.outcomes import margin_of
from sim.show.words.assumptions import assumption_title, assumption_value
from sim.show.words.names import listed, quoted
from sim.statistics.ranges import FEWEST

if TYPE_CHECKING:
    from sim.analysis.doubt import Doubt, Follows, Headline
    from sim.analysis.score import Scored
    from sim.analysis.shipped_doubt import Departures
    from sim.scenario.schema import Scenario
    from sim.statistics.ranges import Range

#: Title of each headline, as a value and as a difference, and its unit.
_TITLES = {
    "places_freed_net": (mark("Places freed at home, net"), mark("places")),
    "rented_prison_people": (mark("People in the rented prison"), mark("people")),
    "rented_prison_fill": (mark("Rented places in use"), "%"),
    "total_cost": (mark("Cost in total"), mark("EUR million")),
    "held_after_sentence_days": (
        mark("Days held in the two years after the sentence"),
        mark("days"),
    ),
    "detained": (mark("People in pre-removal detention"), mark("people")),
    "removed_1y": (mark("Removed or gone home within a year"), "%"),
    "limbo": (mark("People in limbo"), mark("people")),
    "host_occupancy": (mark("Occupancy of the prisons of {host}"), "%"),
}  # fmt: skip
_CHANGES = {
    "total_cost": mark("Net cost of the agreement"),
    "held_after_sentence_days": mark("Days held in the two years after the sentence: change"),
    "detained": mark("People in pre-removal detention: change"),
    "removed_1y": mark("Removed or gone home within a year: change"),
    "limbo": mark("People in limbo: change"),
}
_BOUNDS = {"equal": "", "at_most": "≤ ", "at_least": "≥ "}
#: What can be learnt only later.
LESSONS = (
    (
        mark("When the prison opens"),
        mark("Delay and first intake are known when they have happened."),
    ),
    (
        mark("Who is chosen, and how fast it fills"),
        mark(
            "How long it takes to assess people, in what order, and who is fit, will show in the "
            "first months. Norgerhaven is one case, of another country."
        ),
    ),
    (
        mark("Whether people can be removed straight from {host}"),
        mark(
            "The treaty is read both ways, and no source was read on whether states that do not "
            "recognise {host} would take part."
        ),
    ),
    (
        mark("Whether countries of origin cooperate"),
        mark(
            "Acceptance of forced returns and the time that documents take are bound to "
            "governments and years; no statistics of either were read."
        ),
    ),
    (
        mark("How willing people are"),
        mark(
            "No source was read on how many would leave of their own accord; what people intend "
            "is seen only in what they do, and may change in a prison abroad."
        ),
    ),
    (
        mark("What courts do"),
        mark(
            "Judgments from 2020 on were not read, and sentences for breach and extensions of "
            "detention follow practice that can change."
        ),
    ),
    (
        mark("What becomes of those who abscond"),
        mark("By the nature of it they are counted only if they are found again."),
    ),
)
#: Settings named one by one up to this number.
_FEW = 3


def headline_title(one: Headline, scenario: Scenario) -> str:
    """Return the title of a headline."""
    title = _TITLES[one.outcome][0]
    if one.difference:
        title = _CHANGES.get(one.outcome, title)
    return tr(title).format_map(scenario.names)


def headline_unit(one: Headline) -> str:
    """Return the unit in which a headline is printed."""
    unit = _TITLES[one.outcome][1]
    if unit == "%":
        return tr("percentage points") if one.difference else "%"
    return tr(unit)


def factor_of(one: Headline) -> float:
    """Return what a headline is multiplied with where it is printed."""
    return 100.0 if _TITLES[one.outcome][1] == "%" else 1.0


def matters(one: Headline) -> bool:
    """Tell whether a headline is anything but a difference too small to matter, in most draws."""
    least = margin_of(one.outcome).absolute
    return not one.difference or max(abs(one.range.low), abs(one.range.high)) > least


def amount(one: Headline, number: float, decimals: int) -> str:
    """Return a value of a headline without its unit, a difference with its sign."""
    value = factor_of(one) * number
    return with_sign(value, decimals) if one.difference else grouped(value, decimals)


def decimals_of(one: Headline) -> int:
    """Return how many decimals a headline is worth: its range is written with two digits."""
    return decimals_for(factor_of(one) * (one.range.high - one.range.low))


def between(one: Headline, found: Range) -> str:
    """Return both ends of a range, the unit not."""
    low, high = (amount(one, end, decimals_of(one)) for end in (found.low, found.high))
    return low if low == high else tr("{low} to {high}", low=low, high=high)


def middle(one: Headline) -> str:
    """Return the middle of a headline with its unit."""
    number = amount(one, one.range.middle, decimals_of(one))
    return tr("{number} {unit}", number=number, unit=headline_unit(one))


def sentence(one: Headline) -> str:
    """Say in one sentence how far a headline may be off, and how far by chance alone."""
    if one.exact:
        return tr("The same in every draw.")
    if not matters(one):
        least = grouped(factor_of(one) * margin_of(one.outcome).absolute, 1)
        return tr(
            "It changes by less than {least} {unit}, which is too little to matter.",
            least=least,
            unit=headline_unit(one),
        )
    told = {
        "number": between(one, one.range),
        "unit": headline_unit(one),
        "draws": grouped(one.range.number),
    }
    if one.range.number < FEWEST:
        return tr("{number} {unit}, from the lowest to the highest of {draws} draws.", **told)
    if one.chance is None:
        return tr("{number} {unit} in 90 of 100 draws.", **told)
    told["chance"] = between(one, one.chance)
    return tr(
        "{number} {unit} in 90 of 100 draws; {chance} by chance alone, with every assumption as "
        "the scenario states it.",
        **told,
    )


def follows_words(one: Headline, most: Follows, scenario: Scenario) -> str:
    """Say what a headline would be at both ends of an assumption."""
    decimals = decimals_of(one)
    ends = (assumption_value(most.factor, end, times=most.times) for end in (most.low, most.high))
    low, high = ends
    return tr(
        "{assumption}: at {low} it would be {at_low}, at {high} {at_high} {unit}.",
        assumption=assumption_title(most.factor, scenario),
        low=low,
        high=high,
        at_low=amount(one, most.at_low, decimals),
        at_high=amount(one, most.at_high, decimals),
        unit=headline_unit(one),
    )


def explained_words(one: Headline) -> str:
    """Say how much of the spread the assumptions that are told explain."""
    if not one.follows:
        return tr("No single assumption can be told from chance in these draws.")
    return tr(
        "The assumptions shown explain {share} of the spread; the rest is chance and assumptions "
        "that cannot be told from it.",
        share=percent(one.explained),
    )


def about_words(doubt: Doubt) -> str:
    """Say what the ranges are of."""
    return tr(
        "{draws} draws of {assumptions} assumptions over the ranges of their evidence, each with "
        "luck of its own; {replications} runs with every assumption as stated tell chance alone.",
        draws=grouped(doubt.draws),
        assumptions=grouped(doubt.assumptions),
        replications=grouped(doubt.replications),
    )


def made_before_words(scenario: Scenario) -> str:
    """Say that results were made beforehand."""
    return tr("Made beforehand, for {scenario} as shipped.", scenario=quoted(tr(scenario.title)))


def departures_words(found: Departures) -> list[str]:
    """Say where a setting has left the results that were made beforehand; nothing if nowhere."""
    said = []
    if found.settings:
        keys = [key for key, _, _ in found.settings]
        if len(keys) > _FEW:
            said.append(
                tr(
                    "These results were made for the scenario as shipped; yours differs in "
                    "{number} settings, {keys} among them.",
                    number=grouped(len(keys)),
                    keys=listed(keys[:_FEW]),
                )
            )
        else:
            said.append(
                tr(
                    "These results were made for the scenario as shipped; yours differs in {keys}.",
                    keys=listed(keys),
                )
            )
    if found.reference:
        said.append(
            tr(
                "They compare it with {reference}, and not with what you chose.",
                reference=quoted(found.reference),
            )
        )
    if found.stale:
        said.append(
            tr(
                "The shipped scenario, its evidence or its calibration has changed since they "
                "were made."
            )
        )
    return said


def score_words(met: int, number: int) -> str:
    """Say how many published figures the model meets."""
    return tr(
        "The model meets {met} of {number} published figures ({share}).",
        met=grouped(met),
        number=grouped(number),
        share=points(met / number),
    )


def scored_words(figure: Scored) -> str:
    """Say a published figure that is missed, and where the model lies."""
    published = f"{_BOUNDS[figure.compare]}{in_unit(figure.published, figure.unit)}"
    low, high = (in_unit(end, figure.unit) for end in (figure.model_low, figure.model_high))
    return tr(
        "{topic} ({title}): published {published}, model {low} to {high}",
        topic=figure.topic,
        title=figure.title,
        published=published,
        low=low.removesuffix(" %"),
        high=high,
    )


def answer_words(one: Headline) -> str:
    """Say a headline in one of several answers."""
    if not matters(one):
        return tr("no change that matters")
    return tr("{middle} ({range})", middle=middle(one), range=between(one, one.range))


def nobody_knows(scenario: Scenario) -> list[tuple[str, str]]:
    """Return what can be learnt only later: title and words."""
    names = scenario.names
    return [(tr(title).format_map(names), tr(words).format_map(names)) for title, words in LESSONS]
