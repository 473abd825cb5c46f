"""How it looks: figures, the table on the terminal, the report, the page.

What is shown is computed in `facts`, drawn in `draw` and written in `words`. matplotlib is imported
when something is drawn, not before.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
