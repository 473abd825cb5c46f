"""Numbers as people read them: one way to write each kind, wherever it stands.

Thousands are set apart, by commas in English; a minus is a true one; zero has no sign; a share is
printed as per cent, its difference in percentage points. Each kind is written as the language has
it that is spoken (`sim.language`), but for `plain` and `setting`, which are as a file has them.
"""

from __future__ import annotations

from datetime import date
from math import isfinite

from sim.language import dated, figure, tr, trn

MISSING, MINUS = "–", "\N{MINUS SIGN}"
NO_BREAK = "\u00a0"
MONTH_DAYS, YEAR_DAYS = 365.25 / 12, 365.25


def grouped(number: float, decimals: int = 0) -> str:
    """Return a number with some decimals: `1,234`; zero has no sign."""
    exact = isinstance(number, int) and not decimals
    text = f"{abs(number):,}" if exact else f"{abs(number):,.{decimals}f}"
    return _below_zero(number, figure(text))


def _below_zero(number: float, text: str) -> str:
    return f"{MINUS}{text}" if number < 0 and text.strip("0.,") else text


def signed(number: float, text: str) -> str:
    """Put the sign of a number before it as written without one; none before a written zero."""
    if not text.strip("0.,"):
        return text
    return f"{MINUS if number < 0 else '+'}{text}"


def with_sign(number: float, decimals: int = 0) -> str:
    """Return a number with its sign and some decimals: `+1,234`; a written zero has no sign."""
    return signed(number, grouped(abs(number), decimals))


def decimals_for(width: float) -> int:
    """Return the decimals with which the ends of a range this wide show it with two digits."""
    return 0 if width >= 10 or not width else 1 if width >= 1 else 2


def coarse(number: float) -> str:
    """Return a number as finely as is worth reading: whole from a hundred on, else one decimal."""
    return grouped(number, 0 if abs(number) >= 100 else 1)


def tenths(number: float) -> str:
    """Return a number with one decimal, a whole one with none."""
    return grouped(number, 0 if round(number, 1) == round(number) else 1)


def significant(number: float, digits: int = 3) -> str:
    """Return a number with a few significant digits and no exponent."""
    if number != number:
        return MISSING
    if abs(number) >= 10 ** (digits - 1):
        return grouped(number)
    text = f"{abs(number):.{digits}g}"
    if "e" in text:
        text = f"{abs(number):.4f}"
    return _below_zero(number, figure(text))


def plain(number: float, digits: int = 6) -> str:
    """Return a number as a file has it: significant digits, thousands not set apart, `-0.25`."""
    if isfinite(number) and abs(number) >= 10 ** (digits - 1):
        return f"{number:.0f}"
    return f"{number:.{digits}g}"


def setting(value: object) -> str:
    """Return the value of an assumption as a list of them has it; nothing if there is none."""
    if value is None or value != value:
        return ""
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return plain(value, 4) if isinstance(value, float) else str(value)


def tied(text: str) -> str:
    """Keep numbers on one line with their sign and unit."""
    return text.replace(" %", f"{NO_BREAK}%").replace(" ± ", f"{NO_BREAK}±{NO_BREAK}")


def printed_unit(unit: str) -> str:
    """Return the unit in which a quantity is printed: shares as per cent."""
    return "%" if unit == "share" else unit


def scale(unit: str) -> float:
    """Return what a quantity is multiplied with where it is printed."""
    return 100.0 if unit == "share" else 1.0


def in_unit(number: float, unit: str) -> str:
    """Return a number of a unit as it stands beside a published one; nothing if there is none."""
    if not isfinite(number):
        return ""
    if unit == "share":
        return f"{grouped(100 * number, 1)} %"
    if unit == "ratio":
        return grouped(number, 2)
    if unit == "EUR million":
        return grouped(number, 1)
    return grouped(number, 1 if abs(number) < 20 and number != round(number) else 0)


def points(share: float, decimals: int = 0) -> str:
    """Return a share as per cent with a fixed number of decimals, as columns want it."""
    return f"{grouped(100 * share, decimals)} %"


def counted(number: float, what: str) -> str:
    """Return a number of things, named in the singular: `1 queue`, `3 queues`."""
    return trn(f"{{number}} {what}", f"{{number}} {what}s", number, number=grouped(number))


def people(mean: float) -> str:
    """Return a mean number of people, as finely as is worth reading."""
    if mean == 0:
        return "0"
    if mean < 0.05:
        return tr("fewer than {number}", number=grouped(0.1, 1))
    return grouped(mean, 0 if round(mean, 1) >= 10 else 1)


def whole(number: float) -> str:
    """Return a number above zero as a whole one."""
    return grouped(number) if round(number) >= 1 else "<1"


def percent(share: float) -> str:
    """Return a share as per cent."""
    of_hundred = 100 * share
    if 0 < of_hundred < 0.05:
        return tr("less than {share}", share=points(0.001, 1))
    nearly_all = 99.5 <= of_hundred < 100 or 100 < of_hundred < 100.5
    whole = (of_hundred >= 10 and not nearly_all) or of_hundred == round(of_hundred)
    return points(share, 0 if whole else 1)


def span(days: float) -> str:
    """Return a length of time in the unit in which people would say it."""
    if days < 9.95:
        number, decimals = round(days, 1), 0 if round(days, 1) == 1 else 1
        return trn("{number} day", "{number} days", number, number=grouped(days, decimals))
    if days < 92:
        return trn("{number} day", "{number} days", days, number=grouped(days))
    if days < 2 * YEAR_DAYS:
        months = days / MONTH_DAYS
        return trn("{number} month", "{number} months", months, number=grouped(months))
    years = days / YEAR_DAYS
    return trn("{number} year", "{number} years", years, number=grouped(years, 1))


def whole_day(day: date) -> str:
    """Return a date: `3 May 2027`."""
    return dated(day, f"{day.day} {day:%B} {day.year}", "yMMMMd")


def month(day: date) -> str:
    """Return month and year: `May 2027`."""
    return dated(day, f"{day:%B} {day.year}", "yMMMM")


def short_month(day: date) -> str:
    """Return month and year in little space: `Sep 2027`."""
    return dated(day, f"{day:%b} {day.year}", "yMMM")
