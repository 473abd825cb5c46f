"""A page becomes PDF where that can be, and where it cannot one is told what is missing."""

from __future__ import annotations

import builtins
import subprocess
import sys
from base64 import b64encode

import pytest

from sim.show import pdf

PAGE = "<html lang=en><title>A page</title><p>One<p style='break-before: page'>Two</html>"
possible = pytest.mark.skipif(bool(pdf.missing()), reason=f"no PDF here: {pdf.missing()}")


@possible
def test_a_page_becomes_pdf_with_its_pages():
    assert len(pdf.laid_out(PAGE).pages) == 2
    assert pdf.pdf_of(PAGE).startswith(b"%PDF-")
    assert not pdf.missing()


@possible
def test_nothing_is_loaded_from_files_or_the_net(tmp_path):
    shape = "width='9' height='9'"
    square = f"<svg xmlns='http://www.w3.org/2000/svg' {shape}><rect {shape}/></svg>"
    (tmp_path / "secret.svg").write_text(square, "utf-8")

    def size(address):
        return len(pdf.pdf_of(f"<p>x<img src='{address}'>"))

    inside = "data:image/svg+xml;base64," + b64encode(square.encode()).decode()
    nothing = len(pdf.pdf_of("<p>x"))
    assert size(inside) > nothing
    assert size((tmp_path / "secret.svg").as_uri()) == nothing
    assert size("http://127.0.0.1:1/x.svg") == nothing


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (ModuleNotFoundError("No module named 'weasyprint'"), "pip install 'prisonflow[pdf]'"),
        (OSError("cannot load library 'libpango-1.0-0'"), "PDF needs Pango"),
    ],
)
def test_what_is_missing_is_said_in_one_line(failure, words, monkeypatch, capsys):
    whole = builtins.__import__

    def absent(name, *others, **more):
        if name.partition(".")[0] == "weasyprint":
            print("a page of advice")
            raise failure
        return whole(name, *others, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    assert words in pdf.missing()
    assert "\n" not in pdf.missing()
    with pytest.raises(pdf.NoPdf, match="PDF needs"):
        pdf.pdf_of(PAGE)
    assert capsys.readouterr().out == ""


@pytest.mark.slow
def test_the_library_is_imported_by_nothing_before_a_pdf_is_made():
    code = (
        "import sys, sim, sim.cli, sim.show.pdf, sim.show.report, sim.show.comparison; "
        "print([name for name in sys.modules if name.startswith('weasyprint')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
