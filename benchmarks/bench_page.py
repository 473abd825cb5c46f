"""How long the page takes from a click on Run to the first answer, and how fast it refines.

    python -m benchmarks.bench_page [ROUNDS]

Needs the development tools and Chromium. Each round is a visitor of its own, on a page whose
workers are warm: the baseline beside the world without the agreement. While it runs, the time
from a click on another view to that view tells how responsive the page stays.
"""

from __future__ import annotations

import statistics
import sys
import time

try:
    from tests.helpers.browser import CHROMIUM, chromium, served
except ImportError:  # without the development tools
    CHROMIUM = None

PATIENCE = 120_000


def main() -> None:
    """Print medians over the rounds."""
    if CHROMIUM is None:
        print("left out: needs the development tools (make test installs them) and Chromium")
        return
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    first, view, last = [], [], []
    with served() as address, chromium() as browser:
        for _ in range(rounds):
            page = browser.new_context().new_page()
            page.set_default_timeout(PATIENCE)
            page.goto(f"{address}?replications=10")
            run = page.get_by_role("button", name="Run", exact=True)
            run.wait_for()
            page.wait_for_timeout(3000)  # until the workers are warm
            begun = time.perf_counter()
            run.click()
            page.get_by_role("region", name="Answer").wait_for()
            first.append(time.perf_counter() - begun)
            clicked = time.perf_counter()
            page.get_by_role("radiogroup", name="Show").locator("label").filter(
                has_text="Assumptions"
            ).click()
            page.get_by_text("What every number").wait_for()
            view.append(time.perf_counter() - clicked)
            page.get_by_text("Done:").wait_for()
            last.append(time.perf_counter() - begun)
            page.context.close()
    for what, seconds in (
        ("click to first answer", first),
        ("click to another view, meanwhile", view),
        ("click to the end of 10 replications of each", last),
    ):
        middle = statistics.median(seconds)
        print(f"{what:<45}{middle:6.1f} s ({min(seconds):.1f} to {max(seconds):.1f})")


if __name__ == "__main__":
    main()
