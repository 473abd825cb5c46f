"""What makes the pages: each module can be imported, whenever its page was last made."""

from __future__ import annotations

from importlib import import_module

import pytest

import docs.make_validation as page
from tests.helpers.root import ROOT

MAKERS = sorted(
    file.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for file in (ROOT / "docs").rglob("*.py")
)


@pytest.mark.parametrize("name", MAKERS)
def test_a_maker_can_be_imported(name: str) -> None:
    if name == "docs.make_screenshot":
        pytest.importorskip("playwright", reason="the picture of the page needs playwright")
    assert import_module(name).__doc__


def test_every_section_of_the_validation_has_its_part_of_the_template() -> None:
    template = (ROOT / "docs" / "validation.md.j2").read_text("utf-8")
    assert [name for name in page.SECTIONS if f"{name}." not in template] == []
