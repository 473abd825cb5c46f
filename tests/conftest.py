"""What every test shares: Hypothesis profiles, matplotlib without windows, one thread to a process.

`ci`, the default, tries the same examples on every machine and every day, so that a failure is
always someone's change. `HYPOTHESIS_PROFILE=thorough make test` looks for new ones.
"""

import os

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")
# There is a process for each core already, and threads that wait for one another take its time.
# Read when numpy is imported, here and in the processes that tests start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("thorough", max_examples=1_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

#: So many slow tests make a file one of the slowest.
MANY = 4


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let files with slow tests come first, the slowest kinds before the others.

    Files are shared out whole: one that lasts long and comes last is waited for.
    """
    slow: dict[object, int] = {}
    for item in items:
        slow[item.path] = slow.get(item.path, 0) + (item.get_closest_marker("slow") is not None)
    items.sort(key=lambda item: -min(slow[item.path], MANY))
