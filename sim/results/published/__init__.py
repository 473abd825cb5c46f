"""Published figures: their vocabulary, their file, and how a run measures them."""
