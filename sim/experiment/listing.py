"""The experiments in a folder: how far each is, when it ran, and what it takes on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.experiment.read import Results
from sim.experiment.store import Store, StoreError
from sim.numbers import grouped


@dataclass(frozen=True)
class Found:
    """An experiment in a folder."""

    folder: Path
    name: str
    state: str
    """Cells done and failed, of how many if that is fixed; or what cannot be read."""
    when: str
    """Minute in UTC at which it ran last, and how that ended."""
    megabytes: float


def experiments_in(folder: Path) -> Iterator[Found]:
    """Yield the experiments in a folder and below it, in the order of their paths."""
    for place, below, _ in os.walk(folder):
        below.sort()
        if Store(Path(place)).is_begun():
            below.clear()  # its own files are many, and hold no other
            yield _found(Path(place))


def _found(folder: Path) -> Found:
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    try:
        results = Results(folder)
        now = results.status
    except StoreError as error:
        return Found(folder, folder.name, f"cannot be read ({error})", "never", size)
    total = _total(results.manifest)
    of = f" of {grouped(total)}" if total else ""
    state = f"{grouped(now.cells)}{of} cells done, {grouped(now.failed)} failed"
    when = "never"
    if now.runs:
        when = f"{now.runs[-1]['began'][:16]} UTC, {now.runs[-1]['outcome']}"
    return Found(folder, now.name, state, when, size)


def _total(manifest: dict[str, Any]) -> int | None:
    """Return the number of cells in all; None where a precision decides."""
    rules = manifest["definition"]["replications"]
    if not rules.get("number"):
        return None
    cells = -(-rules["number"] // rules["per_cell"])
    return int(manifest["points"] * len(manifest["scenarios"]) * cells)
