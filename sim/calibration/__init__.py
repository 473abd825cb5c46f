"""Calibration: which values of what nobody knows agree with what was published.

History matching finds where to look, approximate Bayesian computation says how plausible what was
found there is. Every **wave** is an experiment: some points, some replications, the same people at
all of them (common random numbers).

1. The first wave is a Latin hypercube over the ranges of the factors: before anything is learnt,
   every value in its range is as plausible as any other.
2. An **emulator** of the mean of each target, fitted to all waves so far, gives its
   **implausibility** anywhere: the distance of mean and published value in standard deviations of
   chance, discrepancy of the model, and doubt of the emulator. A target that no point comes near,
   alone or together with the others, is a **structural miss**: it is told, and has no say.
3. The next wave is drawn from where targets are met: from the density exp(-½ Σ implausibility²).
   Targets of one **series** share the model's error, and count less than one each: see
   `sim.calibration.match.shares`.
4. The points of the last wave are the **ensemble**. Each weighs exp(-½ Σ implausibility²) of what
   was simulated there, without an emulator, divided by the density that it was drawn from:
   importance sampling. An emulator that errs costs effective sample size; it does not shift the
   result.

References
----------
Vernon, Goldstein & Bower (2010), Galaxy formation: a Bayesian uncertainty analysis, Bayesian
Analysis 5(4): implausibility, waves, a cut-off at 3.
Wilkinson (2013), Approximate Bayesian computation gives exact results under the assumption of model
error, Statistical Applications in Genetics and Molecular Biology 12(2): the kernel as the
discrepancy.
Beaumont, Cornuet, Marin & Robert (2009), Adaptive approximate Bayesian computation, Biometrika
96(4): weights of points that were not drawn from the prior.
"""
