"""WHO: the cohort drawn as columns, and the chance table."""
