"""What every error of the project has in common."""

from __future__ import annotations


class PrisonflowError(ValueError):
    """Something a user asked for makes no sense or cannot be done; the message says what to do.

    Every error that the project raises on purpose about input, files or data is one of these, so
    that a single `except` tells them from faults of the program.
    """
