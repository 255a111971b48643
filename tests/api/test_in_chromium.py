"""The pages in a real browser, served by the real command: no script error, nothing that the policy blocks."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
from api_clients import MakeLink
from api_seeds import Seeds
from databases import MakeTenant
from playwright.async_api import Browser, Page, async_playwright

from leadgen.store.connections import Connections

CHROMIUM = shutil.which("chromium")
PHONE_WIDTH = 390

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="this machine has no chromium")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def address(database_urls: Connections) -> Iterator[str]:
    """Where `python -m leadgen_api` serves this test's database."""
    port = free_port()
    environment = {**os.environ, "LEADGEN_API_DATABASE_URL": database_urls.api}
    command = [sys.executable, "-m", "leadgen_api", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            assert any("Uvicorn running" in line for line in server.stderr), "the server did not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.stderr.read()
            server.wait()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        await browser.close()


def complaints_of(page: Page) -> list[str]:
    """What the browser says of the page: console messages, of its policy and missing files too, and script errors."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


async def overflow_of(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    return int(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


async def test_a_member_signs_in_reads_a_lead_and_starts_a_campaign(
    address: str, browser: Browser, make_link: MakeLink, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant(status="ready")
    seeds.lead_with_everything(tenant)
    page = await browser.new_page(base_url=address)
    complaints = complaints_of(page)

    await page.goto(await make_link(tenant))
    await page.get_by_role("main").get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name="Dentists in Austin").click()
    await page.get_by_role("link", name="Oak Dental").click()
    assert await page.get_by_text("rests on evidence 1").is_visible()

    await page.get_by_role("link", name="Campaigns").first.click()
    await page.get_by_label("Businesses to find").fill("roofers")
    await page.get_by_label("Around").fill("Austin, TX")
    await page.get_by_label("What you sell, in a sentence").fill("Websites")
    await page.get_by_label("Drafts are signed by").fill("Dana")
    await page.get_by_role("button", name="Create and start").click()
    await page.get_by_role("button", name="Pause").click()
    await page.get_by_role("button", name="Resume").wait_for()
    assert complaints == []

    await page.get_by_role("button", name="Sign out").click()
    await page.goto("/campaigns")
    assert "leadgen sign-in" in await page.inner_text("main")


async def test_hostile_text_runs_nothing(
    address: str, browser: Browser, make_link: MakeLink, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant(status="ready")
    seeds.scored(tenant, 90, "<img src=x onerror=alert(1)><script>alert(2)</script>")
    page = await browser.new_page(base_url=address)
    complaints = complaints_of(page)
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))

    await page.goto(await make_link(tenant))
    await page.get_by_role("main").get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name="Dentists in Austin").click()
    await page.get_by_role("link", name="<img src=x").click()

    assert await page.locator("h1").inner_text() == "<img src=x onerror=alert(1)><script>alert(2)</script>"
    assert complaints == []


async def test_pages_fit_a_phone(
    address: str, browser: Browser, make_link: MakeLink, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant(status="ready", budget_micros=5_000_000)
    lead_id = seeds.lead_with_everything(tenant, name="The Rather Long Named Family Dentistry of South Austin")
    page = await browser.new_page(base_url=address, viewport={"width": PHONE_WIDTH, "height": 844})

    await page.goto(await make_link(tenant))
    await page.get_by_role("main").get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/campaigns")
    for path in ("/campaigns", f"/campaigns/{tenant.campaign_id}", f"/leads/{lead_id}", "/nothing"):
        await page.goto(path)
        assert await overflow_of(page) == 0, path
