"""MANY: replications, on any executor."""
