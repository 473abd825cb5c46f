"""MANY: replications and experiments, on any executor.

`sim.run_experiment("smoke", out="outputs/smoke")` runs an experiment.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if not TYPE_CHECKING:

    class _Package(ModuleType):
        """A package that is no function: whoever calls it is told which one is."""

        def __call__(self, *_arguments, **_options):
            raise TypeError(
                "sim.experiment is a package; sim.run_experiment(...) runs an experiment, with the "
                "same arguments"
            )

    sys.modules[__name__].__class__ = _Package
