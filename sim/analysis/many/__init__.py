"""Many runs as one object: `sim.runs`, and the cache that keeps what was simulated before."""
