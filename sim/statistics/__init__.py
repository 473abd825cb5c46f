"""Statistics that know no prison: arrays in, numbers out; numpy and scipy are all they need.

Each idea is here once, and everything else calls it: survival with censoring (`survival`, `curves`,
`stays`), Student's t and Holm's rule (`intervals`), paired differences and what they tell
(`pairs`), when there are enough replications (`stopping`), rank correlation (`ranks`), components
of variance (`components`), weighted samples (`weights`), PRIM (`prim`), and what a calibration
needs (`emulator`, `sampler`).
"""
