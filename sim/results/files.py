"""Writing files: each beside its place first, then renamed into it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Yield a folder to write into; its files move to `folder` once all of them are written.

    If the block is left by an error or an interrupt, `folder` stays as it was.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    beside = folder / f".new-{os.getpid()}"
    try:
        beside.mkdir(parents=True)
        yield beside
        for file in sorted(path for path in beside.rglob("*") if path.is_file()):
            place = folder / file.relative_to(beside)
            place.parent.mkdir(parents=True, exist_ok=True)
            file.replace(place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def obstacle(folder: Path, error: OSError | ValueError) -> str:
    """Say in words why a folder cannot be made, or written to."""
    for part in (folder, *folder.parents):
        if os.path.islink(part) and not os.path.exists(part):
            return f"{part} is a link to {os.readlink(part)}, which is not there"
        if os.path.exists(part) and not os.path.isdir(part):
            return f"{part} is a file, not a folder"
    return getattr(error, "strerror", None) or str(error)
