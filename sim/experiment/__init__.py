"""MANY: replications and experiments, on any executor.

The package can be called: `sim.experiment("smoke", out="outputs/smoke")` runs an experiment; see
`sim.experiment.call.experiment`.
"""

import sys
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from sim.experiment.call import experiment

        return experiment(*arguments, **options)


sys.modules[__name__].__class__ = _CallablePackage
