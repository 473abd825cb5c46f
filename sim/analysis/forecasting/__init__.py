"""Forecasts: what the model says now of figures to come, stored with its date, judged later."""
