"""Writing files: each beside its place first, then renamed into it."""

from __future__ import annotations

import os
from pathlib import Path


def replace(path: Path, content: str | bytes, *, sync: bool = False) -> Path:
    """Write a file so that it is either whole or not there.

    With `sync` it has reached the disk before it appears, so that not even a loss of power leaves
    an empty file in its place.

    Raises
    ------
    OSError
        If the folder cannot be written to; an older file of that name is then untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path
