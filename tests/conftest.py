"""What every test shares: Hypothesis profiles, matplotlib without windows, one thread to a process.

`ci`, the default, tries the same examples on every machine and every day, so that a failure is
always someone's change. `HYPOTHESIS_PROFILE=thorough make test` looks for new ones.
"""

import os

from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")
# There is a process for each core already, and threads that wait for one another take its time.
# Read when numpy is imported, here and in the processes that tests start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("thorough", max_examples=1_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
