"""HOW: the SimPy processes, one file per institution, and the allocator of places."""
