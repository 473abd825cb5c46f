"""Numbers as people read them: one way to write each kind, wherever it stands."""

from __future__ import annotations

MISSING, MINUS = "–", "\N{MINUS SIGN}"
NO_BREAK = "\u00a0"
MONTH_DAYS, YEAR_DAYS = 365.25 / 12, 365.25


def counted(number: float, what: str) -> str:
    """Return a number of things: `1 queue`, `3 queues`."""
    return f"{number:,.0f} {what}{'' if number == 1 else 's'}"


def people(mean: float) -> str:
    """Return a mean number of people, as finely as is worth reading."""
    if mean == 0:
        return "0"
    if mean < 0.05:
        return "fewer than 0.1"
    return f"{mean:,.0f}" if round(mean, 1) >= 10 else f"{mean:.1f}"


def whole(number: float) -> str:
    """Return a number above zero as a whole one."""
    return f"{number:,.0f}" if round(number) >= 1 else "<1"


def percent(share: float) -> str:
    """Return a share as per cent."""
    points = 100 * share
    if 0 < points < 0.05:
        return "less than 0.1 %"
    nearly_all = (points < 100 and points >= 99.5) or 100 < points < 100.5
    whole = (points >= 10 and not nearly_all) or points == round(points)
    return f"{points:.0f} %" if whole else f"{points:.1f} %"


def span(days: float) -> str:
    """Return a length of time in the unit in which people would say it."""
    if days < 9.95:
        return "1 day" if round(days, 1) == 1 else f"{days:.1f} days"
    if days < 92:
        return f"{days:.0f} days"
    if days < 2 * YEAR_DAYS:
        return f"{days / MONTH_DAYS:.0f} months"
    return f"{days / YEAR_DAYS:.1f} years"
