"""Facts: what is shown, computed once from tables of replications; nothing here draws."""
