"""What decides an artefact: code without words, imports however indirect, values without words."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs import made_of
from docs.made_of import closure, code_of, hash_of

CODE = '''"""A module."""

import os  # used below


def size(name: str) -> int:
    """Return a size."""
    # As the system says.
    return os.stat(name).st_size
'''


@pytest.mark.parametrize(
    "other",
    [
        CODE.replace("A module.", "A module,\nin two lines."),
        CODE.replace("Return a size.", "Measure."),
        CODE.replace("  # used below", ""),
        CODE.replace("    # As the system says.\n", "\n\n"),
    ],
)
def test_words_about_code_do_not_count(other: str) -> None:
    assert other != CODE
    assert code_of(other) == code_of(CODE)


@pytest.mark.parametrize(
    "change", [("st_size", "st_mode"), ("os.stat", "os.lstat"), ("int", "str")]
)
def test_code_counts(change: tuple[str, str]) -> None:
    assert code_of(CODE.replace(*change)) != code_of(CODE)


def test_a_text_that_is_used_counts() -> None:
    assert code_of('TITLE = "Limbo"  # shown\n') == 'TITLE = "Limbo"'
    assert code_of('TITLE = "no # comment"\n') == 'TITLE = "no # comment"'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of five modules; `a` needs `b` inside a function, and `b` needs `c`."""
    texts = {
        "sim/__init__.py": "from sim.door import x\n",
        "sim/door.py": "",
        "sim/a/__init__.py": "",
        "sim/a/first.py": "def f():\n    from sim.b import g\n",
        "sim/b.py": "import sim.c\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
        "    from sim.d import T\n",
        "sim/c.py": "import numpy\n",
        "sim/d.py": "",
        "configs/w.toml": 'title = "A"\nplaces = 3  # three\n[b]\nnote = "x"\nshare = 0.5\n',
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(made_of, "ROOT", tmp_path)
    return tmp_path


def test_imports_are_followed_but_those_of_checkers_and_of_the_door(project: Path) -> None:
    found = {file.relative_to(project).as_posix() for file in closure("sim.a.first")}
    assert found == {"sim/a/__init__.py", "sim/a/first.py", "sim/b.py", "sim/c.py"}


def test_a_module_that_moved_is_missed(project: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"sim\.a\.second"):
        closure("sim.a.first", "sim.a.second")


def test_values_count_without_words_and_files_by_every_letter(project: Path) -> None:
    file = project / "configs" / "w.toml"
    values, letters = hash_of([], [file]), hash_of([file])
    file.write_text('places = 3\ntitle = "B"\n[b]\nshare = 0.5\n', encoding="utf-8")
    assert hash_of([], [file]) == values
    assert hash_of([file]) != letters
    file.write_text("places = 4\n[b]\nshare = 0.5\n", encoding="utf-8")
    assert hash_of([], [file]) != values
    assert hash_of([], [file], "more") != hash_of([], [file])
