"""The package as others import it: any module first, the names of the README, and their types."""

import ast
import importlib
import os
import pkgutil
import re
import subprocess
import sys

import pytest

import sim
import sim.analysis
import sim.results
import sim.show
from benchmarks.counts import imported, module_of, reached
from tests.helpers.misuse import TINY
from tests.helpers.root import ROOT

TREES = {
    module_of(path.relative_to(ROOT).as_posix()): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "sim").rglob("*.py"))
}
GOES = {module: set(imported(tree, TREES)) for module, tree in TREES.items()}
#: Reads `module after` line by line and imports each module in a process of its own, forked from
#: the one that has imported the module to come after; the first from one with libraries alone.
ALONE = """
import os, sys
import jinja2, matplotlib.figure, numpy, pandas, pyarrow.parquet, pydantic, scipy.stats, simpy
import typer
pairs = [line.split() for line in sys.stdin]
def grow(after):
    for name in [name for name, before in pairs if before == after]:
        child = os.fork()
        if not child:
            try:
                __import__(name)
                print("imported", name, flush=True)
                grow(name)
            except BaseException as error:
                print(f"{name}: {type(error).__name__}: {error}", flush=True)
            os._exit(0)
        os.waitpid(child, 0)
grow("-")
"""


def modules() -> list[str]:
    """Name every module of the package but the page, which only Streamlit runs."""
    return sorted(set(TREES) - {"sim.show.app.page", "sim.__main__"})


def comes_after(name: str) -> str:
    """Name a module that another needs in order to be imported, or `-`.

    It is the one with most behind it of those that do not lead back, so that the other finds
    what it would have loaded itself, and nothing else.
    """
    tree = TREES[name]
    first = ast.Module([node for node in tree.body if isinstance(node, ast.ImportFrom)], [])
    behind = {module: reached(module, GOES) for module in imported(first, TREES) if module != name}
    sizes = {module: len(found) for module, found in behind.items() if name not in found}
    return max(sorted(sizes), key=lambda module: sizes[module], default="-")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_every_module_can_be_imported_first():
    pairs = "".join(f"{name} {comes_after(name)}\n" for name in modules())
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ALONE], input=pairs,
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert len(modules()) > 100
    assert sorted(done.stdout.splitlines()) == [f"imported {name}" for name in modules()]


def test_every_public_name_is_there():
    for name in sim.__all__:
        assert getattr(sim, name) is not None


def test_the_door_shows_what_is_public_and_nothing_else():
    assert dir(sim) == sorted(sim.__all__)
    assert all(hasattr(sim, name) for name in ("load", "run", "outcomes", "fates", "statistics"))
    assert dir(sim.statistics) == sorted(sim.statistics.__all__)
    assert sim.statistics.kaplan_meier([3, 8, 8], [True, True, False]).median == 8
    assert [name for name in dir(sim.show) if not name.startswith("_")] == ["plots"]
    with pytest.raises(AttributeError, match="module 'sim' has no attribute 'nothing'"):
        sim.nothing  # noqa: B018


@pytest.mark.parametrize("package", ["sim", "sim.statistics", "sim.show"])
def test_a_stub_lists_what_it_imports(package):
    stub = ROOT / package.replace(".", "/") / "__init__.pyi"
    tree = ast.parse(stub.read_text(encoding="utf-8"))
    imported = [
        alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    ]
    (listed,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    )
    assert sorted(imported) == sorted(listed)
    module = importlib.import_module(package)
    assert [name for name in listed if not hasattr(module, name)] == []


def test_importing_the_package_loads_next_to_nothing():
    code = "import sys; old = set(sys.modules); import sim; print(*(set(sys.modules) - old))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = done.stdout.split()
    assert [name for name in loaded if name.startswith("sim")] == ["sim"]
    assert not {"numpy", "pandas", "pydantic", "scipy", "matplotlib"} & set(loaded)
    assert len(loaded) < 40


def test_objects_complete_their_own_names_alone():
    run = sim.run("baseline")
    scenario = run.scenario
    for thing in (run, scenario, scenario.rented_prison, sim.Results, sim.Comparison, sim.Fates):
        shown = [name for name in dir(thing) if not name.startswith("_")]
        assert shown
        assert [name for name in shown if name.startswith("model_") or name == "copy"] == []


MOVED = [
    *((sim.analysis, name) for name in sim.analysis.MOVED),
    *((sim.results, name) for name in sim.results.MOVED),
]


@pytest.mark.parametrize(("package", "name"), MOVED)
def test_a_name_that_moved_names_the_new_one(package, name):
    with pytest.raises(ImportError, match=rf"no {package.__name__}\.{name} any more: use sim\."):
        exec(f"from {package.__name__} import {name}")
    for new in re.findall(r"sim(?:\.[a-z_]+)+", package.MOVED[name]):
        assert pkgutil.resolve_name(new)


def test_a_name_that_never_was_is_told_as_usual():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        sim.results.nothing  # noqa: B018


def test_calling_the_package_names_the_function():
    with pytest.raises(TypeError, match=r"sim\.run_experiment"):
        sim.experiment("smoke", out="outputs/smoke")


PAGES = [
    "README.md", "docs/experiments.md", "docs/comparing.md", "docs/sensitivity.md",
    "docs/distributions.md", "docs/forecasts.md",
]  # fmt: skip
WRONG = "import sim\nsim.nothing()\nsim.run(1)\nreveal_type(sim.outcomes())\n"


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """What a type checker says of the examples, by page, and of what is wrong: it starts once."""
    folder = tmp_path_factory.mktemp("snippets")
    files = {page: folder / f"page{number}.py" for number, page in enumerate(PAGES)}
    for page, file in files.items():
        text = (ROOT / page).read_text(encoding="utf-8")
        snippets = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        # In the file and not among the options, which would make mypy's cache of all else void.
        whole = (
            "# mypy: no-warn-unreachable\nimport sim\n\nmy_scenario = sim.load('baseline')\n"
            + "\n".join(snippets)
        )
        file.write_text(whole, encoding="utf-8")
    files["wrong"] = folder / "wrong.py"
    files["wrong"].write_text(WRONG, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", *map(str, files.values())],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = done.stdout.splitlines()
    found = {name: [line for line in said if file.name in line] for name, file in files.items()}
    assert sum(map(len, found.values())) == len(said), done.stdout + done.stderr
    return found


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_examples_hold_for_a_type_checker(page, checked):
    assert checked[page] == []


@pytest.mark.slow
def test_a_type_checker_sees_what_is_not_there(checked):
    said = "\n".join(checked["wrong"])
    assert 'Module has no attribute "nothing"' in said
    assert 'Argument 1 to "run" has incompatible type "int"' in said
    assert "pandas.core.frame.DataFrame" in said


@pytest.mark.slow
def test_the_examples_of_the_readme_run(tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    whole = "\n".join(re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    assert '"no_agreement", workers=4' in whole
    file = tmp_path / "snippets.py"
    file.write_text(whole.replace("workers=4", "draws=2, replications=2", 1), "utf-8")
    done = subprocess.run(
        [sys.executable, str(file)], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "limbo" in done.stdout


def test_what_an_analyst_reaches_for_answers_on_a_small_world(tmp_path):
    file = tmp_path / "tiny.toml"
    file.write_text(TINY, encoding="utf-8")
    run = sim.run(sim.load(file))
    assert sim.fates(run, run).changes().empty
    days = sim.durations([run], stages=["home_prison"])
    assert (days["replications"] == 1).any()
    curve = sim.survival_curves([run], [0.0, 30.0], stages=["home_prison"])
    assert 0 <= curve["share"].iloc[1] <= curve["share"].iloc[0] == 1
    found = sim.statistics.difference([5, 7, 6, 8, 9], [4, 5, 5, 8, 6])
    assert found.mean == pytest.approx(1.4)
