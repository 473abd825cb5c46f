"""What the notebooks store is what they show when they are executed."""

from __future__ import annotations

import copy
import io
from base64 import b64decode, b64encode
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from PIL import Image, ImageDraw

from notebooks import store

SOURCES = store.sources()
NAMES = [source.stem for source in SOURCES]


def stored(source: Path) -> NotebookNode:
    return nbformat.read(store.twin(source), as_version=4)


@pytest.fixture
def notebook() -> NotebookNode:
    """A notebook with words, tables and pictures."""
    return stored(SOURCES[0])


def picture_in(notebook: NotebookNode) -> NotebookNode:
    """Return the data of the first output that is a picture."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return next(o.data for o in outputs if "image/png" in o.get("data", {}))


def test_there_are_notebooks_and_no_others_are_stored():
    assert len(SOURCES) >= 6
    assert {file.stem for file in store.FOLDER.glob("*.ipynb")} == set(NAMES)


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_a_notebook_and_its_twin_have_the_same_cells(source):
    now, then = store.read(source), stored(source)
    assert [(c.cell_type, c.source) for c in then.cells] == [
        (c.cell_type, c.source) for c in now.cells
    ]
    assert store.written(then) == store.twin(source).read_text(encoding="utf-8")


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_a_notebook_is_short_asks_one_question_and_has_pictures(source):
    notebook = stored(source)
    title, *_ = notebook.cells[0].source.splitlines()
    assert title.startswith("# ")
    assert title.endswith("?")
    assert sum(cell.cell_type == "code" for cell in notebook.cells) <= 12
    assert picture_in(notebook)
    assert store.twin(source).stat().st_size < 450_000


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_what_is_stored_is_what_a_notebook_shows(source):
    assert list(store.problems(store.execute(source), stored(source))) == []


def test_another_text_is_told(notebook):
    other = copy.deepcopy(notebook)
    cell = next(c for c in other.cells if c.get("outputs"))
    cell.outputs[0].data["text/plain"] += " "
    assert len(list(store.problems(other, notebook))) == 1


def test_another_picture_is_told_but_not_another_shade(notebook):
    other = copy.deepcopy(notebook)
    data = picture_in(other)
    image = Image.open(io.BytesIO(b64decode(data["image/png"]))).convert("RGB")
    data["image/png"] = as_png(image.point(lambda value: max(0, value - store.SHADE // 2)))
    assert list(store.problems(other, notebook)) == []
    ImageDraw.Draw(image).line((0, image.height // 2, image.width, 0), fill="red", width=3)
    data["image/png"] = as_png(image)
    assert len(list(store.problems(other, notebook))) == 1


def as_png(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "png")
    return b64encode(buffer.getvalue()).decode("ascii")


def test_other_cells_and_a_missing_output_are_told(notebook):
    other = copy.deepcopy(notebook)
    other.cells[0].source += "!"
    assert "twin" in next(store.problems(other, notebook))
    other = copy.deepcopy(notebook)
    next(c for c in other.cells if c.get("outputs")).outputs.clear()
    assert len(list(store.problems(other, notebook))) == 1


def test_a_warning_is_told(notebook):
    warned = copy.deepcopy(notebook)
    cell = next(c for c in warned.cells if c.get("outputs"))
    cell.outputs.insert(0, nbformat.v4.new_output("stream", name="stderr", text="Beware."))
    assert "Beware." in next(store.problems(warned, warned))
