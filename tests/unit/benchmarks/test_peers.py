"""The reference flow of the benchmark of tools: every tool that is there has the same waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.bench_peers import drawn, in_simpy, kernel, measure, table, tools
from benchmarks.page import write_section

FLOW = drawn(400)


@pytest.mark.parametrize("name", tools())
def test_every_tool_has_the_same_waits(name: str) -> None:
    assert tools()[name](FLOW) == pytest.approx(in_simpy(FLOW), rel=1e-9)


def test_the_kernel_has_them_without_a_compiler() -> None:
    columns = (FLOW.arrested, FLOW.remand, FLOW.sentence, FLOW.work, FLOW.centre)
    waits = kernel(*columns, FLOW.places, FLOW.case_workers)
    assert waits == pytest.approx(in_simpy(FLOW), rel=1e-9)
    assert waits[1] > 0


def test_a_tool_that_disagrees_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.bench_peers.tools", lambda: {"wrong": lambda flow: (1.0, 1.0)})
    with pytest.raises(SystemExit, match="wrong has waits of"):
        measure(FLOW, 1)


def test_ratios_are_to_ordinary_simpy() -> None:
    text = table({"ordinary SimPy": [2.0, 4.0], "other": [1.0, 2.0]}, people=1_000_000)
    assert text.splitlines()[-1] == "| other | 1.5 | 0.5 |"


def test_a_section_of_a_page_is_written_and_the_rest_kept(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("one\n<!-- measured: a -->\nold\n\n## Two\n<!-- measured: b -->\n", "utf-8")
    write_section(page, "a", "new")
    write_section(page, "b", "last")
    write_section(page, "a", "newer")
    expected = "one\n<!-- measured: a -->\n\nnewer\n\n## Two\n<!-- measured: b -->\n\nlast\n"
    assert page.read_text("utf-8") == expected
    with pytest.raises(ValueError, match="measured: c"):
        write_section(page, "c", "nothing")
