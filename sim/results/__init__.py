"""WHAT HAPPENED: spells to tidy tables: census, queues, durations, exits, costs."""

from typing import TYPE_CHECKING

if not TYPE_CHECKING:
    from sim.errors import moved

    #: What to write instead of modules that were here.
    MOVED = {"survival": "sim.statistics.survival"}
    __getattr__ = moved(__name__, MOVED)
