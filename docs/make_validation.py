"""Write docs/validation.md: every number in it comes from here.

    python -m docs.make_validation [REPLICATIONS]

A section is a function in `SECTIONS`, from a file of its own in docs/validating. It runs what it
needs, resumable in outputs/validation, may leave pictures in docs/validation, and returns what
`validation.md.j2` says under its name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from docs.validating.calibration import calibration
from docs.validating.common import DOCS
from docs.validating.hindcast import hindcast
from docs.validating.in_short import in_short
from docs.validating.norgerhaven import norgerhaven
from docs.validating.sensitivity import sensitivity
from docs.validating.structure import structure
from docs.validating.tilburg import tilburg
from docs.validating.unknown import unknown
from docs.validating.vocabulary import vocabulary
from sim.results.files import replace

SECTIONS: Mapping[str, Callable[[int], dict[str, Any]]] = {
    "hindcast": hindcast,
    "norgerhaven": norgerhaven,
    "tilburg": tilburg,
    "calibration": calibration,
    "sensitivity": sensitivity,
    "structure": structure,
    "unknown": unknown,
    "vocabulary": vocabulary,
}


def main() -> None:
    """Run every section, and write the page."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    environment = Environment(
        loader=FileSystemLoader(DOCS),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, written by us
    )
    said = {name: section(replications) for name, section in SECTIONS.items()}
    said["summary"] = in_short(said)
    replace(DOCS / "validation.md", environment.get_template("validation.md.j2").render(said))
    print(f"wrote {DOCS / 'validation.md'}")


if __name__ == "__main__":
    main()
