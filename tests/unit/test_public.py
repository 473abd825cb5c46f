"""The package as others import it: any module first, the names of the README, and their types."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).resolve().parents[2]
#: Imports each module in a process forked from one that has loaded what all of them need.
ALONE = """
import os, sys
import jinja2, matplotlib.figure, numpy, pandas, pyarrow.parquet, pydantic, scipy.stats, simpy
import typer
for name in sys.argv[1:]:
    child = os.fork()
    if not child:
        try:
            __import__(name)
        except BaseException as error:
            print(f"{name}: {type(error).__name__}: {error}", flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def modules() -> list[str]:
    """Name every module of the package but the page, which only Streamlit runs."""
    files = (path.relative_to(ROOT).with_suffix("") for path in (ROOT / "sim").rglob("*.py"))
    names = {".".join(f.parts).removesuffix(".__init__") for f in files}
    return sorted(names - {"sim.show.app.page", "sim.__main__"})


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_every_module_can_be_imported_first():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ALONE, *modules()],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert len(modules()) > 100
    assert done.stdout == ""


def test_every_public_name_is_there():
    for name in sim.__all__:
        assert getattr(sim, name) is not None


def test_calling_the_package_names_the_function():
    with pytest.raises(TypeError, match=r"sim\.run_experiment"):
        sim.experiment("smoke", out="outputs/smoke")


@pytest.mark.slow
@pytest.mark.parametrize("page", ["README.md", "docs/experiments.md", "docs/comparing.md"])
def test_the_examples_hold_for_a_type_checker(page, tmp_path):
    text = (ROOT / page).read_text(encoding="utf-8")
    snippets = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    whole = "import sim\n\nmy_scenario = sim.load('baseline')\n" + "\n".join(snippets)
    file = tmp_path / "snippets.py"
    file.write_text(whole, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", "--no-warn-unreachable", str(file)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "", done.stdout
