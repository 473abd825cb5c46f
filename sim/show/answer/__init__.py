"""The answer in sentences: one fact, one number, one unit in each, and how sure it is."""

from sim.show.answer.short import sentences

__all__ = ["sentences"]
