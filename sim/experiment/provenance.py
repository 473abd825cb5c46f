"""Provenance: everything one needs to know to make the same tables again, or to see why not."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

#: Packages whose version can change a result, or the bytes of a table.
DECISIVE = ("numpy", "pandas", "pyarrow", "scipy", "simpy")
PACKAGES = (*DECISIVE, "prisonflow", "pydantic")
#: Parts of the code that decide what a cell holds.
DECISIVE_CODE = ("statistics", "scenario", "people", "world", "results", "experiment")


@lru_cache(maxsize=1)
def code_hash() -> str:
    """Return a hash of the code that decides results, and of the libraries it uses."""
    package = Path(__file__).resolve().parents[1]
    found = hashlib.sha256()
    for part in DECISIVE_CODE:
        for file in sorted((package / part).rglob("*.py")):
            found.update(file.relative_to(package).as_posix().encode())
            found.update(file.read_bytes())
    for name in DECISIVE:
        found.update(f"{name} {version(name)}".encode())
    return found.hexdigest()[:16]


@lru_cache(maxsize=1)
def evidence_hash() -> str:
    """Return a hash of the evidence files."""
    from sim.scenario.files import configs_dir

    files = sorted(configs_dir().glob("evidence*.toml"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that matter."""
    found = {package: version(package) for package in PACKAGES}
    return {"python": platform.python_version()} | found


def revision() -> dict[str, Any]:
    """Return the git revision of the code and whether its tree was clean; empty if unknown."""
    folder = Path(__file__).resolve().parents[2]
    if not (folder / ".git").exists():
        return {}
    head = _git(folder, "rev-parse", "HEAD")
    status = _git(folder, "status", "--porcelain")
    if head is None or status is None:
        return {}
    return {"revision": head.strip(), "clean": not status.strip()}


def machine() -> dict[str, Any]:
    """Return the size and kind of this machine."""
    return {
        "host": platform.node(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "memory_gib": _memory(),
    }


def _memory() -> float | None:
    try:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
    return round(pages / 2**30, 1)


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
