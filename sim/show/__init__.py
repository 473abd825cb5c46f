"""HOW IT LOOKS: the short answer, figures, and the report."""
