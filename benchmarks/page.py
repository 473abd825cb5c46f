"""The sections of a page that benchmarks write."""

from __future__ import annotations

import re
from pathlib import Path


def write_section(page: Path, name: str, text: str) -> None:
    """Write what follows the mark `<!-- measured: NAME -->` again, up to the next mark or heading.

    Raises
    ------
    ValueError
        If the page has no such mark, or several.
    """
    mark = f"<!-- measured: {name} -->"
    before = page.read_text(encoding="utf-8")
    if before.count(mark) != 1:
        raise ValueError(f"{page}: expected one line {mark!r}, found {before.count(mark)}")
    head, tail = before.split(mark)
    rest = re.search(r"^(## |<!-- measured: )", tail, re.MULTILINE)
    end = tail[rest.start() :] if rest else ""
    page.write_text(
        f"{head}{mark}\n\n{text.strip()}\n" + (f"\n{end}" if end else ""), encoding="utf-8"
    )
