"""Execute the notebooks and store what they show, or check that what is stored is still true.

    python notebooks/store.py                  # execute all, and store their outputs
    python notebooks/store.py 02_queues        # only those whose names begin so
    python notebooks/store.py --check          # execute, and compare with what is stored

A notebook is a file `NN_name.py` in cells (py:percent); `NN_name.ipynb` beside it is made here.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import jupytext
import nbformat
import numpy as np
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
#: Seconds that a cell may take; a hang is a failure, not a wait.
TIMEOUT = 300
#: The kernel warns that its sockets are not encrypted; they never leave this machine.
QUIET = ["--log-level=ERROR"]
#: Another build of the drawing libraries may shade the edge of a letter differently: by how much a
#: pixel may differ (of 255), how many may differ more, and by how many pixels sizes may.
SHADE, SHARE, SIZE = 48, 0.002, 3


def sources(beginning: str = "") -> list[Path]:
    """Return the notebooks as plain Python, in order."""
    return [file for file in sorted(FOLDER.glob("[0-9]*.py")) if file.name.startswith(beginning)]


def twin(source: Path) -> Path:
    """Return the notebook that stores a source's outputs."""
    return source.with_suffix(".ipynb")


def read(source: Path) -> NotebookNode:
    """Return a source as a notebook without outputs, the same every time."""
    notebook = jupytext.read(source)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for number, cell in enumerate(notebook.cells, 1):
        cell.id, cell.metadata = f"cell-{number:02d}", NotebookNode()
    return notebook


def execute(source: Path) -> NotebookNode:
    """Execute a source in an empty folder and return the notebook with its outputs.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    notebook = read(source)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "IPYTHONDIR": str(Path(folder) / "ipython"),  # nobody's own settings
            "MPLBACKEND": "",  # the kernel's own: pictures go into the notebook
        }
        (work := Path(folder) / "work").mkdir()
        client = NotebookClient(
            notebook, timeout=TIMEOUT, kernel_name="python3", record_timing=False,
            resources={"metadata": {"path": str(work)}}, extra_arguments=QUIET,
        )  # fmt: skip
        client.execute(env=environment)
    return notebook


def written(notebook: NotebookNode) -> str:
    """Return the text of a notebook's file."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4) + "\n"


def problems(fresh: NotebookNode, stored: NotebookNode) -> Iterator[str]:
    """Tell where a stored notebook differs from its source executed now, or shows a warning."""
    if [c.source for c in fresh.cells] != [c.source for c in stored.cells]:
        yield "its cells are not those of its twin in plain Python"
        return
    for number, (now, then) in enumerate(zip(fresh.cells, stored.cells, strict=True), 1):
        if any(output.get("name") == "stderr" for output in now.get("outputs", [])):
            yield f"cell {number} writes to standard error: {now.outputs[0]['text'].strip()}"
        if not _same(now.get("outputs", []), then.get("outputs", [])):
            yield f"cell {number} shows something else than what is stored"


def _same(now: list[NotebookNode], then: list[NotebookNode]) -> bool:
    """Tell whether outputs are the same: text to the letter, pictures to the eye."""
    if len(now) != len(then):
        return False
    for one, other in zip(now, then, strict=True):
        ours, theirs = (dict(output.get("data", {})) for output in (one, other))
        pictures = [data.pop("image/png", None) for data in (ours, theirs)]
        if ours != theirs or one.get("text") != other.get("text"):
            return False
        if (pictures[0] is None) != (pictures[1] is None):
            return False
        if pictures[0] is not None and not _look_alike(*pictures):
            return False
    return True


def _look_alike(one: str, other: str) -> bool:
    ours, theirs = (
        np.asarray(Image.open(io.BytesIO(b64decode(png))).convert("RGB"), np.int16)
        for png in (one, other)
    )
    if np.abs(np.subtract(ours.shape, theirs.shape)).max() > SIZE:
        return False
    rows, columns = np.minimum(ours.shape, theirs.shape)[:2]
    apart = np.abs(ours[:rows, :columns] - theirs[:rows, :columns]).max(axis=2)
    return bool((apart > SHADE).mean() <= SHARE)


def main() -> int:
    """Store or check the notebooks named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("beginnings", nargs="*", default=[""], help="how their names begin")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args()
    wrong = 0
    for source in [source for text in options.beginnings for source in sources(text)]:
        fresh, file = execute(source), twin(source)
        if options.check:
            found = list(problems(fresh, nbformat.read(file, as_version=4)))
            wrong += len(found)
            print(f"{file.name}: {'; '.join(found) or 'true'}")
        else:
            file.write_text(written(fresh), encoding="utf-8")
            print(f"stored {file.name}, {file.stat().st_size / 1000:,.0f} kB")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
