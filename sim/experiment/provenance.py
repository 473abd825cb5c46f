"""Provenance: everything one needs to know to make the same tables again, or to see why not."""

from __future__ import annotations

import ast
import hashlib
import os
import platform
import subprocess
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

#: Packages whose version can change a result, or the bytes of a table.
DECISIVE = ("numpy", "pandas", "pyarrow", "scipy", "simpy")
PACKAGES = (*DECISIVE, "prisonflow", "pydantic")
#: Parts of the code that decide what a cell holds ...
DECISIVE_CODE = ("whole.py", "statistics", "scenario", "people", "world", "results", "experiment")
#: ... but for what only tells, shows, reads back or watches.
_TELLING = (
    "scenario/errors.py", "scenario/evidence.py", "scenario/explain.py", "scenario/shown.py",
    "results/shown.py", "results/story.py", "experiment/export.py", "experiment/pools.py",
    "experiment/progress.py", "experiment/provenance.py", "experiment/read.py",
    "experiment/shown.py",
)  # fmt: skip

#: What of a call is words for people, by position and by name.
_WORDS: dict[str, tuple[int | str, ...]] = {
    "Outcome": (1, "title", 3, "definition"),
    "About": (3, "title"),
}


@lru_cache(maxsize=1)
def code_hash() -> str:
    """Return a hash of the code that decides results, and of the libraries it uses.

    What code says to people is not part of it: comments, docstrings, the layout of lines, and the
    messages of errors, titles and definitions.
    """
    package = Path(__file__).resolve().parents[1]
    found = hashlib.sha256()
    for file in _decisive_files(package):
        found.update(file.relative_to(package).as_posix().encode())
        found.update(hash_of_source(file.read_bytes()))
    for name in DECISIVE:
        found.update(f"{name} {version(name)}".encode())
    return found.hexdigest()[:16]


def hash_of_source(source: bytes) -> bytes:
    """Return a hash of what a module does, whatever it says to people."""
    return hashlib.sha256(_told(ast.parse(source)).encode()).digest()


def _decisive_files(package: Path) -> list[Path]:
    parts = [package / part for part in DECISIVE_CODE]
    files = [file for part in parts for file in ([part] if part.suffix else part.rglob("*.py"))]
    telling = {package / part for part in _TELLING}
    return sorted(file for file in files if file not in telling)


def _told(node: object) -> str:
    """Write out a piece of a syntax tree, without what is empty, so that all Pythons agree."""
    if isinstance(node, list):
        return f"[{','.join(_told(one) for one in node if not _is_text_alone(one))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        return f"Raise({_told(node.exc.func)})"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        words = _WORDS.get(node.func.id, ())
        kept = [one for place, one in enumerate(node.args) if place not in words]
        named = [one for one in node.keywords if one.arg not in words]
        return f"Call({node.func.id},{_told(kept)},{_told(named)})"
    fields = (
        f"{name}={_told(value)}"
        for name, value in ast.iter_fields(node)
        if value is not None and value != []
    )
    return f"{type(node).__name__}({','.join(fields)})"


def _is_text_alone(node: object) -> bool:
    """Tell whether a statement is a text and nothing else: a docstring, of an attribute, too."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def evidence_hash(*scenarios: Scenario) -> str:
    """Return a hash of the evidence of the cases of some scenarios, wherever their folders are."""
    from sim.scenario.evidence import files_of_evidence

    files = dict.fromkeys(file for one in scenarios for file in files_of_evidence(one))
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
