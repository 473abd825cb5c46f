"""Count the house at one revision of git or several, side by side.

    python -m benchmarks.counts acfce49 HEAD

- **lines** of Python and of templates by room, blank lines and comments included;
- **functions**, methods included, and how many have a body of more than 50 lines;
- **names defined twice**: public functions, classes and constants at the top of several modules;
- **the trip from results to the report**: the files that `sim/show/report.py` needs, however
  indirectly, of show, analysis and results; the stays, one for each file that another file of the
  trip goes to; and the turns, which are stays that lead back to where they came from.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START, TRIP = "sim.show.report", ("sim.show", "sim.analysis", "sim.results")
LONG = 50
Sources = Mapping[str, str]


def sources(revision: str) -> dict[str, str]:
    """Return the texts of the package at a revision, by path."""
    packed = subprocess.run(
        ["git", "archive", revision, "sim"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        return {
            member.name: found.read().decode()
            for member in archive.getmembers()
            if member.name.endswith((".py", ".j2")) and (found := archive.extractfile(member))
        }


def counts(texts: Sources) -> dict[str, int]:
    """Return everything that is counted, by name."""
    trees = {path: ast.parse(text) for path, text in texts.items() if path.endswith(".py")}
    rooms = Counter[str]()
    for path, text in texts.items():
        rooms[room_of(path)] += len(text.splitlines())
    functions = [node for tree in trees.values() for node in ast.walk(tree)
                 if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]  # fmt: skip
    homes = Counter(name for tree in trees.values() for name in set(public_names(tree)))
    return {
        **{f"lines in {room}": lines for room, lines in sorted(rooms.items())},
        "lines": rooms.total(),
        "files": len(trees),
        "functions": len(functions),
        f"functions above {LONG} lines": sum(length(node) > LONG for node in functions),
        "public names defined twice": sum(homes[name] > 1 for name in homes if not name.isupper()),
        "constants defined twice": sum(homes[name] > 1 for name in homes if name.isupper()),
        **trip({module_of(path): tree for path, tree in trees.items()}),
    }


def room_of(path: str) -> str:
    """Return the folder below sim in which a file is."""
    parts = path.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else "sim"


def module_of(path: str) -> str:
    """Return the name under which a file is imported."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a body without its docstring."""
    first, *others = function.body
    if ast.get_docstring(function) is not None:
        if not others:
            return 0
        first = others[0]
    return (function.end_lineno or 0) - first.lineno + 1


def public_names(tree: ast.Module) -> Iterator[str]:
    """Yield public functions, classes and constants at the top of a module."""
    for node in tree.body:
        names: list[str] = []
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [name.id for target in targets for name in ast.walk(target)
                     if isinstance(name, ast.Name)]  # fmt: skip
        yield from (name for name in names if not name.startswith("_"))


def trip(trees: Mapping[str, ast.Module]) -> dict[str, int]:
    """Return files, stays and turns of the trip from results to the report."""
    mine = {module: tree for module, tree in trees.items() if module.startswith(TRIP)}
    goes = {module: set(imported(tree, mine)) - {module} for module, tree in mine.items()}
    files = reached(START, goes)
    stays = [(one, other) for one in files for other in goes[one]]
    turns = sum(one in reached(other, goes) for one, other in stays)
    return {"trip: files": len(files), "trip: stays": len(stays), "trip: turns": turns}


def imported(tree: ast.Module, trees: Mapping[str, ast.Module]) -> Iterator[str]:
    """Yield those of the modules that one imports, at its top or later, not for checkers alone."""
    checked = {id(node) for block in ast.walk(tree) if isinstance(block, ast.If)
               and ast.unparse(block.test) == "TYPE_CHECKING"
               for node in ast.walk(block)}  # fmt: skip
    for node in ast.walk(tree):
        if id(node) in checked:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in trees)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if (module := inner if inner in trees else node.module) in trees:
                    yield module


def reached(start: str, goes: Mapping[str, set[str]]) -> set[str]:
    """Return all modules to which a way leads, the start included."""
    found, new = {start}, {start}
    while new:
        new = {other for one in new for other in goes[one]} - found
        found |= new
    return found


def main(revisions: list[str]) -> None:
    """Print counts, a column for each revision."""
    columns = [counts(sources(revision)) for revision in revisions]
    every = dict.fromkeys(name for column in columns for name in column)
    names = sorted(every, key=lambda name: (0, name) if "lines in" in name else (1, ""))
    print("".join([f"{'':34}", *(f"{revision[:12]:>14}" for revision in revisions)]))
    for name in names:
        print("".join([f"{name:34}", *(f"{column.get(name, 0):14,}" for column in columns)]))


if __name__ == "__main__":
    main(sys.argv[1:] or ["HEAD"])
