"""The page in a real browser: moved, run, compared, shared, taken along, stopped, abused."""

from __future__ import annotations

import os
import re
import socket
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from sim.scenario.files import load
from tests.helpers.browser import CHROMIUM, chromium, served
from tests.helpers.command import FIXED, prisonflow, process
from tests.helpers.experiments import small_world
from tests.helpers.misuse import few_figures

#: Milliseconds: of patience, not of expectation.
PATIENCE = 30_000
#: As the scenario says, five times.
AS_IT_SAYS = "&assumptions=fixed&replications=5"

pytestmark = [
    pytest.mark.slow,
    # In continuous integration it has to be there: what was left out proves nothing.
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="needs Chromium (Debian: chromium)"
    ),
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two small scenarios, with and without a rented prison."""
    folder = tmp_path_factory.mktemp("scenarios")
    with_, without = folder / "small.toml", folder / "without.toml"
    with_.write_text(small_world("small"), encoding="utf-8")
    text = small_world("without", "[rented_prison]\nin_use = false")
    without.write_text(text.replace("A small world", "Without"), encoding="utf-8")
    return [with_, without]


@pytest.fixture(scope="module")
def address(files: list[Path]) -> Iterator[str]:
    """The address of a page that is being served."""
    with served(*files) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Page]:
    """The page as a visitor of one's own sees it, with the small scenarios chosen."""
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    open_at(page, address)
    yield page
    assert not page.get_by_test_id("stException").count()
    context.close()


def open_at(page: Page, address: str, query: str = "") -> None:
    page.goto(f"{address}?scenario=small&beside=without{query or AS_IT_SAYS}")
    expect(run_button(page)).to_be_enabled()


def run_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Run", exact=True)


def run_to_the_end(page: Page) -> None:
    run_button(page).click()
    see_that_done(page)
    expect(page.get_by_role("region", name="Answer")).to_be_visible()


def see_that_done(page: Page) -> None:
    """Wait for the last drawing: files to take along are offered at its end."""
    expect(page.get_by_text("Done:")).to_be_visible()
    expect(page.get_by_role("button", name="Report (HTML)")).to_be_visible()


def until(act: Callable[[], object], there: Locator) -> None:
    """Do something until it shows: what meets a page while it is drawn anew can be lost."""
    for _ in range(2):
        act()
        try:
            expect(there).to_be_visible(timeout=PATIENCE / 3)
            return
        except AssertionError:
            continue
    act()
    expect(there).to_be_visible()


def press_if_there(button: Locator) -> None:
    if button.count():
        button.click()


def show(page: Page, view: str) -> None:
    choice = page.get_by_role("radiogroup", name="Show").locator("label").filter(has_text=view)
    until(choice.click, page.get_by_role("radio", name=view, checked=True))


def taken_along(page: Page, button: str, folder: Path) -> Path:
    """Download a file with the keyboard: what arrives later may move a button under a mouse."""
    with page.expect_download() as taken:
        page.get_by_role("button", name=button).press("Enter")
    file = folder / taken.value.suggested_filename
    taken.value.save_as(file)
    return file


def test_load_run_and_compare(visit: Page) -> None:
    expect(visit.get_by_role("heading", name="What if …?")).to_be_visible()
    run_to_the_end(visit)
    answer = visit.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("people are in limbo on average")
    expect(answer).to_contain_text("compared with “Without”")
    header = visit.get_by_role("columnheader", name="“A small world” minus “Without”")
    expect(header).to_be_visible()
    expect(visit.locator(".pf.glance .bar").first).to_be_visible()
    image = visit.locator("figure img").first
    image.scroll_into_view_if_needed()
    assert image.evaluate("image => image.complete && image.naturalWidth > 100")


def test_draws_answer_on_the_first_screen_and_lead_to_what_they_rest_on(
    visit: Page, address: str
) -> None:
    open_at(visit, address, "&draws=6&replications=3")
    run_button(visit).click()
    see_that_done(visit)
    for question in ("What does it cost?", "How many places", "Is anyone held", "How sure", "Who "):
        card = visit.get_by_role("group", name=question)
        expect(card).to_be_in_viewport()
        expect(card.locator(".number")).not_to_be_empty()
    expect(visit.get_by_role("group", name="What does it cost?")).to_contain_text("of 6 draws")
    visit.get_by_role("button", name="Sources of each").click()
    expect(visit.get_by_role("radio", name="Assumptions")).to_be_checked()
    expect(visit.get_by_text("What every number of")).to_be_visible()


def test_an_answer_that_is_refined_keeps_view_fold_and_place(visit: Page, address: str) -> None:
    open_at(visit, address, "&draws=200&replications=3")
    run_button(visit).click()
    heading = visit.get_by_role("heading", name=re.compile(r": \d+ draws"))
    expect(heading).to_contain_text("draws so far")
    show(visit, "Assumptions")
    fold = visit.get_by_test_id("stExpander").filter(has_text="Removal").last
    closed = fold.locator("details:not([open]) summary")
    until(lambda: press_if_there(closed), fold.get_by_role("table"))
    main = visit.get_by_test_id("stMain")
    main.evaluate("main => main.scrollTo(0, 300)")
    before = heading.inner_text()
    assert "so far" in before
    expect(heading).not_to_have_text(before)
    assert main.evaluate("main => main.scrollTop") == 300
    expect(visit.get_by_role("radio", name="Assumptions")).to_be_checked()
    expect(fold.get_by_role("table")).to_be_visible()


def test_the_page_speaks_danish_and_tells_it_in_kroner(visit: Page) -> None:
    visit.get_by_text("Dansk", exact=True).click()
    visit.wait_for_url(re.compile("language=da"))
    visit.get_by_role("radiogroup", name="Valuta").get_by_text("DKK", exact=True).click()
    visit.wait_for_url(re.compile("language=da&currency=own"))
    visit.locator("button[data-testid=stBaseButton-primary]").click()
    card = visit.get_by_role("group").filter(has_text="DKK").first
    expect(card).to_contain_text("mio. DKK")


def test_the_answer_is_that_of_the_command_line(
    visit: Page, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_to_the_end(visit)
    few_figures(monkeypatch)
    command = ("run", *files, *FIXED, "--replications", 5, "--seed", 1, "--workers", 1)
    told = " ".join(prisonflow(*command, "--out", tmp_path).stdout.split())
    said = visit.get_by_role("region", name="Answer").locator("li").all_inner_texts()
    assert said
    for sentence in said:
        assert " ".join(sentence.split()) in told


def test_a_moved_lever_is_in_the_address_and_the_address_opens_it_again(
    visit: Page, address: str
) -> None:
    slider = visit.get_by_role("slider", name="Places")
    slider.focus()
    for _ in range(3):
        visit.keyboard.press("ArrowLeft")
    expect(visit.get_by_text("Moved: Places: 300 → 270.")).to_be_visible()
    expect(slider).to_have_value("270")
    visit.wait_for_url(re.compile("rented_prison.places=270"))
    visit.get_by_text("Share this setting, or run it elsewhere").click()
    code = visit.get_by_test_id("stCode").filter(has_text="rented_prison.places=270")
    shared = code.inner_text().strip()
    assert shared.startswith(address)
    assert parse_qs(urlsplit(shared).query)["rented_prison.places"] == ["270"]
    visit.goto(shared)
    expect(visit.get_by_text("Moved: Places: 300 → 270.")).to_be_visible()
    run_to_the_end(visit)
    expect(visit.get_by_role("heading", name="but places: 270")).to_be_visible()


def test_scenario_file_report_and_tables_can_be_taken_along(
    visit: Page, address: str, files: list[Path], tmp_path: Path
) -> None:
    open_at(visit, address, f"{AS_IT_SAYS}&rented_prison.places=150")
    run_to_the_end(visit)
    visit.get_by_text("Share this setting, or run it elsewhere").click()
    file = taken_along(visit, "Scenario file small_changed.toml", files[0].parent)
    assert load(file).rented_prison.places == 150
    tables = taken_along(visit, "All tables (ZIP)", tmp_path)
    assert "tables/outcomes.csv" in zipfile.ZipFile(tables).namelist()
    report = taken_along(visit, "Report (HTML)", tmp_path)
    assert "but places: 150" in report.read_text(encoding="utf-8")


def test_a_run_can_be_stopped_and_the_page_answers_meanwhile(visit: Page, address: str) -> None:
    open_at(visit, address, "&assumptions=fixed&replications=100")
    run_button(visit).click()
    expect(visit.get_by_role("region", name="Answer")).to_be_visible()
    expect(visit.get_by_role("progressbar").first).to_be_visible()
    show(visit, "Assumptions")
    expect(visit.get_by_text("Contested", exact=True).first).to_be_visible()
    stopped = visit.get_by_text(re.compile(r"Stopped after \d+ of 100"))
    until(lambda: press_if_there(visit.get_by_role("button", name="Stop")), stopped)
    expect(visit.get_by_role("button", name="Stop")).to_have_count(0)
    show(visit, "Answer")
    expect(visit.get_by_role("region", name="Answer")).to_be_visible()


def test_month_by_month_plays_and_scrubs_by_mouse_and_keyboard(visit: Page) -> None:
    run_to_the_end(visit)
    show(visit, "Month by month")
    frame = visit.frame_locator("iframe")
    month, shown = frame.get_by_role("slider", name="Month"), frame.locator("#label")
    expect(shown).to_have_text("April 2027")
    month.focus()
    visit.keyboard.press("ArrowRight")
    expect(shown).to_have_text("May 2027")
    frame.get_by_role("button", name="One month back").click()
    expect(shown).to_have_text("April 2027")
    counts = frame.locator(".count")
    before = counts.all_inner_texts()
    frame.get_by_role("button", name="Play").click()
    expect(frame.get_by_role("button", name="Pause")).to_be_visible()
    expect(shown).to_have_text(re.compile("2029"))
    frame.get_by_role("button", name="Pause").click()
    assert counts.all_inner_texts() != before
    month.fill("0")
    expect(shown).to_have_text("April 2025")
    expect(frame.locator("#when")).to_contain_text("not yet open in “A small world”")


def test_one_person_is_followed(visit: Page) -> None:
    run_to_the_end(visit)
    show(visit, "One person")
    expect(visit.locator(".story")).to_have_count(2)
    expect(visit.locator(".story").first).to_contain_text("is sentenced:")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("&rented_prison.places=999999999999", "outside 0 to 600"),
        ("&rented_prison.opens=2027-13-45", "write a date"),
        ("&removal.willing_share=NaN", "outside 0 to 1"),
        ("&%3Cscript%3Ealert(1)%3C/script%3E=1", "nothing of this name can be moved here"),
    ],
)
def test_a_bad_address_is_told_and_the_page_works_on(
    visit: Page, address: str, query: str, said: str
) -> None:
    alerts = list[str]()
    visit.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    open_at(visit, address, query)
    expect(visit.get_by_test_id("stAlert")).to_contain_text(said)
    expect(run_button(visit)).to_be_enabled()
    assert not alerts


def test_a_number_typed_out_of_range_does_not_crash_it(visit: Page) -> None:
    visit.get_by_text("How often it is run, and with which luck").click()
    seed = visit.get_by_role("spinbutton", name="Seed")
    seed.fill("99999999999999999999")
    seed.press("Enter")
    expect(run_button(visit)).to_be_enabled()
    seed.fill("3")
    seed.press("Enter")
    visit.wait_for_url(re.compile("seed=3"))


def test_it_can_be_used_with_the_keyboard_alone(visit: Page) -> None:
    run_button(visit).focus()
    visit.keyboard.press("Enter")
    see_that_done(visit)

    def one_to_the_right(of: str) -> None:
        visit.get_by_role("radio", name=of).focus()
        visit.keyboard.press("ArrowRight")

    for view, after in pairwise(("Answer", "How sure is this?", "Queues")):
        until(partial(one_to_the_right, view), visit.get_by_role("radio", name=after, checked=True))
    expect(visit.get_by_role("cell").first).to_be_visible()


def test_it_fits_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    open_at(page, address)
    expect(page.get_by_text("What policy can choose", exact=True)).not_to_be_in_viewport()
    run_to_the_end(page)
    wide = "() => document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= 390
    show(page, "Month by month")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#label")).to_have_text("April 2027")
    assert frame.locator("body").evaluate("body => body.scrollWidth - body.clientWidth") <= 0
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_text("What policy can choose", exact=True)).to_be_in_viewport()
    context.close()


def test_two_visitors_do_not_see_each_others_work(
    browser: Browser, visit: Page, address: str
) -> None:
    run_to_the_end(visit)
    other = browser.new_context().new_page()
    open_at(other, address, f"{AS_IT_SAYS}&rented_prison.places=50")
    expect(other.get_by_text("Nothing has been run yet.")).to_be_visible()
    expect(visit.get_by_text("Done:")).to_be_visible()
    expect(visit.get_by_text("Moved:")).to_have_count(0)
    other.context.close()


def test_the_page_is_served_to_this_machine_alone(address: str) -> None:
    port = urlsplit(address).port
    listening = Path("/proc/net/tcp").read_text() if Path("/proc/net/tcp").exists() else ""
    if not listening:
        pytest.skip("needs /proc/net/tcp")
    mine = [line.split()[1] for line in listening.splitlines()[1:]
            if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"]  # fmt: skip
    assert mine == [f"0100007F:{port:04X}"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.toml"], "no such file"),
        (["--port", "80"], "greater than or equal to 1024"),
    ],
)
def test_what_cannot_be_served_is_told(arguments: list[str], said: str) -> None:
    found = process("app", "--no-browser", *arguments)
    assert found.returncode == 2
    assert said in found.stderr
    assert "Traceback" not in found.stderr


def test_a_port_in_use_is_told() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        found = process("app", "--no-browser", "--port", port)
    assert found.returncode == 2
    assert f"--port {port}: something else uses it; choose another" in found.stderr
