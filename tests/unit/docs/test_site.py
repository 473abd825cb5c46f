"""The documentation: every relative link leads somewhere, the site is whole, the search finds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.root import ROOT

PAGES = sorted((ROOT / "docs").rglob("*.md"))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
#: Thirty terms that readers look for, and the page that answers.
TERMS = {
    **dict.fromkeys(
        ["limbo_days", "transfer_wait_days", "home_occupancy", "rented_prison_fill", "removed_5y",
         "total_cost_per_removal", "held_days", "detention_queue", "prisoners_per_officer",
         "host_occupancy"],
        "reference/outcomes.html",
    ),
    **dict.fromkeys(
        ["rented_prison.places", "removal.case_workers", "removal.escort_days",
         "removal.willing_share", "rented_prison.opens", "time.observe_from",
         "costs.home_saved_share", "removal.direct_share", "arrivals.judgments_per_year",
         "countries.sending_adjective"],
        "reference/keys.html",
    ),
    **dict.fromkeys(
        ["limbo", "censored", "in prospect", "tolerated stay", "paired difference", "ensemble",
         "held out", "replication", "absconding", "price year"],
        "words.html",
    ),
}  # fmt: skip


def written(page: Path) -> str:
    """Return a page without its code, in which brackets are no links."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as repository and site make them."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    heads = [re.sub(r"[^\w\s-]", "", head) for head in re.findall(r"^#+ (.*)$", text, re.M)]
    return {re.sub(r"\s+", "-", head.strip().lower()) for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=[p.relative_to(ROOT).as_posix() for p in PAGES])
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(written(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), link
        assert not anchor or anchor in anchors(there), link


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once; a warning fails it."""
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)],
        cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


@pytest.mark.slow
def test_the_search_finds_thirty_terms(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    pages: dict[str, str] = {}
    for entry in index["docs"]:
        page = entry["location"].partition("#")[0]
        pages[page] = f"{pages.get(page, '')} {entry['title']} {entry['text']}".lower()
    assert len(TERMS) == 30
    assert [term for term, page in TERMS.items() if term not in pages[page]] == []


@pytest.mark.slow
def test_pictures_are_on_the_site(site: Path) -> None:
    shown = [
        (page, source)
        for page in site.rglob("*.html")
        for source in re.findall(r'<img[^>]* src="([^":]+)"', page.read_text(encoding="utf-8"))
    ]
    assert any(source.endswith("occupancy.png") for _, source in shown)
    assert [source for page, source in shown if not (page.parent / source).is_file()] == []


@pytest.mark.slow
def test_every_public_name_and_outcome_has_its_place(site: Path) -> None:
    import sim
    from sim.results.outcomes import OUTCOMES

    python = (site / "reference" / "python.html").read_text(encoding="utf-8")
    assert [name for name in sim.__all__ if f'id="sim.{name}"' not in python] == []
    outcomes = (site / "reference" / "outcomes.html").read_text(encoding="utf-8")
    assert [one.name for one in OUTCOMES if f'id="{one.name}"' not in outcomes] == []
