"""What decides an artefact: the code that is imported for it, and the files that it reads.

Code counts without its comments, docstrings and blank lines; of configs, the values can count
without the words about them. The same on every version of Python.
"""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
#: Keys of configs that hold words for readers, and no value.
WORDS = frozenset({
    "case_title", "confidence", "note", "quote", "source", "status", "summary", "title",
    "tolerance_why", "topic", "url", "why", "year_of_source",
})  # fmt: skip


@cache
def closure(*modules: str) -> frozenset[Path]:
    """Return the files of the project that modules import, however indirectly, and their own.

    Imports for type checkers do not count, nor does the door, `sim/__init__.py`: it loads what is
    asked for by name. FileNotFoundError if a module is none of the project's.
    """
    found, new = set[Path](), set[Path]()
    for module in modules:
        path = ROOT.joinpath(*module.split("."))
        if not (path.with_suffix(".py").is_file() or path.is_dir()):
            raise FileNotFoundError(f"there is no module {module}")
        new.update(_files(module))
    while new:
        found |= new
        names = {name for file in new for name in imported(file)}
        new = {file for name in names for file in _files(name)} - found
    return frozenset(found)


@cache
def imported(file: Path) -> frozenset[str]:
    """Return the names of modules, and of what may be one, that a file imports when it runs."""
    return frozenset(_imported(ast.parse(file.read_text(encoding="utf-8"))))


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.If) and _for_checkers(node.test):
        for other in node.orelse:
            yield from _imported(other)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _imported(child)


def _for_checkers(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _files(module: str) -> Iterator[Path]:
    """Yield the file of a module and those of the packages it is in, if they are the project's."""
    parts = module.split(".")
    for end in range(2, len(parts)):
        package = ROOT.joinpath(*parts[:end], "__init__.py")
        if package.is_file():
            yield package
    path = ROOT.joinpath(*parts)
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file() and file != ROOT / "sim" / "__init__.py":
            yield file


def hash_of(files: Iterable[Path], values: Iterable[Path] = (), *more: str) -> str:
    """Return a hash of files, of the values in configs, and of more text."""
    found = hashlib.sha256()
    for file in sorted(set(files)):
        found.update(file.relative_to(ROOT).as_posix().encode() + b"\0")
        found.update(meant(file) + b"\0")
    for file in sorted(set(values)):
        known = tomllib.loads(file.read_text(encoding="utf-8"))
        found.update(repr(_without_words(known)).encode() + b"\0")
    for text in more:
        found.update(text.encode() + b"\0")
    return found.hexdigest()[:16]


def meant(file: Path) -> bytes:
    """Return what of a file can matter: its code, or else its bytes."""
    return _code(file) if file.suffix == ".py" else file.read_bytes()


@cache
def _code(file: Path) -> bytes:
    return code_of(file.read_text(encoding="utf-8")).encode()


def code_of(source: str) -> str:
    """Return Python code without comments, docstrings, blank lines and spaces at the ends."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and _is_text(node.value):
            lines[node.lineno - 1 : node.end_lineno] = [""] * (
                (node.end_lineno or node.lineno) - node.lineno + 1
            )
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _without_words(value: Any) -> Any:
    """Return a document without the keys that hold words, in an order of its own."""
    match value:
        case dict():
            return {key: _without_words(value[key]) for key in sorted(value) if key not in WORDS}
        case list():
            return [_without_words(one) for one in value]
    return value
