"""Write the diagram of the flow into docs/model.md, from the table in `sim.world.flow`.

python -m docs.make_flow
"""

from __future__ import annotations

from pathlib import Path

import sim
from sim.world.diagram import mermaid

MODEL = Path(__file__).parent / "model.md"
BEGINS, ENDS = "```mermaid\n", "```\n"


def with_diagram(text: str) -> str:
    """Return the text of the page with the diagram that the table makes, of the baseline."""
    before, rest = text.split(BEGINS, 1)
    _, after = rest.split(ENDS, 1)
    return before + BEGINS + mermaid(sim.load("baseline").told) + ENDS + after


if __name__ == "__main__":
    MODEL.write_text(with_diagram(MODEL.read_text("utf-8")), "utf-8")
