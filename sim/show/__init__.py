"""How it looks: figures, the table on the terminal, the report, the page.

What is shown is computed in `facts`, drawn in `draw` and written in `words`. matplotlib is imported
when something is drawn, not before.
"""
