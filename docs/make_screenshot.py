"""Make the README's picture of the page: `make screenshot`. Needs Chromium.

The baseline with fewer places beside the world without the agreement, twenty draws, at the
answer and month by month.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.helpers.browser import chromium, served

FILE = Path(__file__).with_name("page.png")
SETTING = "?draws=20&rented_prison.places=200&removal.willing_share=0.35"
PATIENCE = 120_000


def run(page: Page, address: str) -> None:
    """Open the page at a setting, run it, and wait for the end."""
    page.set_default_timeout(PATIENCE)
    page.goto(address + SETTING)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Done:").wait_for(timeout=300_000)
    page.locator("figure img").first.wait_for()
    page.wait_for_timeout(1000)  # until what slides in has come to rest


def main() -> None:
    """Make the picture."""
    with served() as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1360, "height": 1040})
        run(page, address)
        page.screenshot(path=FILE)


if __name__ == "__main__":
    main()
