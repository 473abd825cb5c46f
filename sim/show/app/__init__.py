"""The page: choose a scenario or two, move levers, run, and see what changes.

`levers` are what can be moved, `setting` is what a visitor asks (as an address, as scenarios, as
files), `crew` the worker processes that all visitors share, `job` one visitor's replications,
`months` the view month by month, `parts` what is written into the page, and `page` the page
itself, which Streamlit runs anew whenever something is moved.
"""
