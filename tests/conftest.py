"""What every test shares: the Hypothesis profiles and a matplotlib without windows.

`ci`, the default, tries the same examples on every machine and every day, so that a failure is
always someone's change. `HYPOTHESIS_PROFILE=thorough make test` looks for new ones.
"""

import os

from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("thorough", max_examples=1_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
