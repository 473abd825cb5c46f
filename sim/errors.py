"""The common base of the project's own errors: what a caller catches who wants all of them."""

from __future__ import annotations


class PrisonflowError(Exception):
    """Something that the person who asked can mend: the message says what, and where."""
