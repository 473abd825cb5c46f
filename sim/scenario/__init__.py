"""WHAT is simulated: typed schema, files and their diffs, declared distributions, evidence."""
