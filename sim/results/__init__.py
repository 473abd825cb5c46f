"""WHAT HAPPENED: spells to tidy tables: census, queues, durations, exits, costs."""
