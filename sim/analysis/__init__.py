"""WHAT IT MEANS: intervals, paired comparison, durations with censoring, who changes fate."""
