"""Numbers are written in one place: no other module has formats of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).parent

#: Dates, and numbers padded with zeros, as names of files and code points have them.
NOT_READ_AS_NUMBERS = re.compile(r".*%[A-Za-z].*|0\d+[dx]")

#: Files that write numbers which nobody reads there, and why.
MACHINES_READ = {
    "html.py": "coordinates of a path",
    "analysis/fitting.py": "rounds a number",
    "calibration/baseline.py": "rounds a number",
    "language.py": "one count, handed to the language; what writes numbers stands on it",
    "scenario/base.py": "values of a TOML file",
    "statistics/survival.py": "knows nothing of the package but its own folder",
}
#: Files that still have a format of their own.
NOT_YET = {"show/draw/afterwards.py"}
#: How numbers are written.
THE_PLACE = "numbers.py"


def formats(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines and formats of the numbers that a module writes by itself."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            spec = ast.unparse(node.format_spec)[2:-1]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            spec = _called(node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            spec = _text(node.left)
            spec = spec if re.search(r"%[\d.]*[dfge]", spec) else ""
        else:
            continue
        if spec and not NOT_READ_AS_NUMBERS.fullmatch(spec):
            yield node.lineno, spec


def _called(node: ast.Call) -> str:
    """Return the format with which `format(number, "...")` or `"...".format(number)` is called."""
    if isinstance(node.func, ast.Name):
        return _text(node.args[1]) if node.func.id == "format" and len(node.args) > 1 else ""
    found = re.search(r"\{\w*:([^{}]+)\}", _text(node.func.value))
    return found[1] if found and node.func.attr == "format" else ""


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('f"{n:,}"', [(1, ",")]),
        ('f"{n:.1f} and {n:>{width}}"', [(1, ".1f"), (1, ">{width}")]),
        ('format(n, ".2f")', [(1, ".2f")]),
        ('"{:,} people".format(n)', [(1, ",")]),
        ('"%.1f %%" % n', [(1, "%.1f %%")]),
        ('f"{n} {day:%Y-%m-%d} {n:06d} {n!r}"', []),
        ('"{}".format(n)', []),
        ("n % 12", []),
    ],
)
def test_formats_are_found(code: str, found: list[tuple[int, str]]) -> None:
    assert list(formats(code)) == found


def test_numbers_are_written_in_one_place() -> None:
    own = [
        f"{name}:{line} {spec!r}"
        for path in sorted(ROOT.rglob("*.py"))
        if (name := path.relative_to(ROOT).as_posix()) not in {THE_PLACE, *MACHINES_READ, *NOT_YET}
        for line, spec in formats(path.read_text(encoding="utf-8"))
    ]
    assert not own, f"write these with sim.numbers, columns with sim.table: {own}"


@pytest.mark.parametrize("name", MACHINES_READ)
def test_what_is_excepted_is_there(name: str) -> None:
    assert list(formats((ROOT / name).read_text(encoding="utf-8")))
