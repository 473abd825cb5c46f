"""Statistics that know no prison: arrays in, numbers out; numpy and scipy are all they need.

Each idea is here once, and everything else calls it: survival with censoring (`survival`, `curves`,
`stays`), Student's t and Holm's rule (`intervals`), paired differences and what they tell
(`pairs`), when there are enough replications (`stopping`), rank correlation (`ranks`), components
of variance (`components`), weighted samples (`weights`), PRIM (`prim`), and what a calibration
needs (`emulator`, `sampler`).

What an analyst reaches for is here by name:

    from sim import statistics

    curve = statistics.kaplan_meier([3, 8, 8], [True, True, False])
    curve.median                                          # days
    statistics.difference([5, 7, 6], [4, 5, 5])           # paired, with Student's t
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
