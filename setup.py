"""Build the compiled engine if it can be built; without a compiler, nothing is lost but speed.

The files named in `sim.world.engine.TEXT` are compiled by mypyc under other names, so that they run
beside the ones they were made from. `PRISONFLOW_COMPILE=0` leaves it out, `PRISONFLOW_COMPILE=1`
makes a failure an error. All else about the package stands in pyproject.toml.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from sim.world.engine import TEXT, fingerprint  # noqa: E402

PACKAGE = "sim.world.compiled"
MADE = HERE / "build" / "engine"
#: "1": must be built, "0": must not; else it is built if it can be.
WISH = os.environ.get("PRISONFLOW_COMPILE", "")
#: What the text uses but is not compiled is not looked into: a name from there can be anything.
OPTIONS = [
    "--follow-imports=skip",
    "--ignore-missing-imports",
    "--config-file=",
    "--no-error-summary",
]


def write_text() -> list[str]:
    """Write the files to compile, as modules of the compiled package; return their paths."""
    shutil.rmtree(MADE, ignore_errors=True)
    folder = MADE / PACKAGE.replace(".", "/")
    folder.mkdir(parents=True)
    for package in (folder, *list(folder.parents)[: PACKAGE.count(".")]):
        (package / "__init__.py").touch()
    moved = re.compile(rf"\bsim\.world(?= import |\.({'|'.join(TEXT)})\b)")
    for name, file in TEXT.items():
        text = (HERE / "sim" / "world" / f"{file}.py").read_text(encoding="utf-8")
        (folder / f"{name}.py").write_text(moved.sub(PACKAGE, text), encoding="utf-8")
    (folder / "built.py").write_text(f'FINGERPRINT = "{fingerprint()}"\n', encoding="utf-8")
    return [str(file.relative_to(MADE)) for file in sorted(folder.glob("*.py"))
            if file.name != "__init__.py"]  # fmt: skip


def extensions() -> list[Extension]:
    """Translate the text to C; return what the C compiler is to make of it."""
    from mypyc.build import mypycify

    paths, back = write_text(), os.getcwd()
    os.chdir(MADE)
    try:
        return list(
            mypycify(
                [*OPTIONS, *paths], target_dir=str(MADE), group_name=f"{PACKAGE}.text",
                debug_level="0",
            )
        )  # fmt: skip
    finally:
        os.chdir(back)


class BuildEngine(build_ext):
    """Build the engine, or say why not and go on."""

    def finalize_options(self) -> None:
        found: list[Extension] = []
        with self.or_without():
            found = [] if WISH == "0" else extensions()
        self.distribution.ext_modules = found
        super().finalize_options()

    def run(self) -> None:
        for old in (HERE / PACKAGE.replace(".", "/")).glob("*.so"):
            old.unlink()
        with self.or_without():
            super().run()

    @contextmanager
    def or_without(self) -> Iterator[None]:
        """Do without the engine if a step of building it fails."""
        try:
            yield
        except (Exception, SystemExit) as error:
            if WISH == "1":
                raise
            self.extensions = []
            print(f"The compiled engine was not built, SimPy runs everything: {error}")


setup(ext_modules=[Extension(f"{PACKAGE}.built", [])], cmdclass={"build_ext": BuildEngine})
