"""The same bytes on every kind of processor: nothing that results depend on is left to one."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import sim

ROOT = Path(sim.__file__).parent
#: Sums by a library of linear algebra, whose order depends on the processor.
LINEAR_ALGEBRA = {"dot", "vdot", "inner", "matmul", "einsum", "tensordot", "linalg", "cov",
                  "corrcoef", "polyfit", "lstsq", "average"}  # fmt: skip
#: Where equations are solved, for which there is no other way, or where rounding is allowed for.
SOLVING = ("calibration/", "verification/", "statistics/emulator.py",
           "statistics/sampler.py")  # fmt: skip
#: NumPy has several versions of these, of which processors take different ones.
SEVERAL_VERSIONS = {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "power", "sin", "cos",
                    "tan", "arctan", "tanh", "cbrt"}  # fmt: skip
#: What decides what happens, and what is told of it.
RESULTS = ("people/", "world/", "results/", "scenario/declared.py", "scenario/bounded.py",
           "scenario/tailed.py", "scenario/empirical.py", "scenario/distributions.py",
           "statistics/survival.py", "statistics/curves.py")  # fmt: skip

TABLES = """
import hashlib
import sim
from sim.analysis.durations import durations
from sim.experiment.keep import TABLES
from tests.helpers.worlds import small

quick = {"weight": 3, "of": {"kind": "weibull", "p05": 1, "p95": 9}}
slow = {"weight": 1, "of": {"kind": "empirical", "values": [20, 30, 90]}}
run = sim.run(small().change({
    "removal.escort_days": {"kind": "mixture", "parts": {"quick": quick, "slow": slow}},
    "removal.case_work_days": {"kind": "gamma", "p05": 2, "p95": 30},
}))
told = [table.of(run) for name, table in TABLES.items() if name != "published"]
told.append(durations([run], "origin"))
text = "".join(table.to_csv() for table in told)
print(hashlib.sha256(text.encode()).hexdigest())
"""


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(ROOT.rglob("*.py")):
        name = file.relative_to(ROOT).as_posix()
        if not folders or name.startswith(folders):
            yield name, ast.parse(file.read_text(encoding="utf-8"))


def of_numpy(tree: ast.Module) -> Iterator[ast.Attribute]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="np" | "numpy")):
                yield node


def test_no_result_is_summed_by_linear_algebra() -> None:
    found = []
    for name, tree in sources():
        if name.startswith(SOLVING):
            continue
        found += [f"{name}:{a.lineno}" for a in of_numpy(tree) if a.attr in LINEAR_ALGEBRA]
        found += [
            f"{name}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
        ]
    assert not found


def test_no_result_depends_on_numpys_version_of_a_function() -> None:
    found = [
        f"{name}:{a.lineno}"
        for name, tree in sources(*RESULTS)
        for a in of_numpy(tree)
        if a.attr in SEVERAL_VERSIONS
    ]
    assert not found


def test_an_older_processor_gives_the_same_bytes() -> None:
    features = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])  # type: ignore[call-overload]
    if not features:
        pytest.skip("this processor is as old as NumPy allows")
    older = {"OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": " ".join(features)}
    assert digest(older) == digest({})


def digest(environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", TABLES], cwd=ROOT.parent, capture_output=True, text=True,
        env={**os.environ, **environment}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
