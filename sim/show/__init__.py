"""How it looks: figures, the table on the terminal, the report. See `figures`, `table`, `report`.

matplotlib is imported when something is drawn, not before.
"""
