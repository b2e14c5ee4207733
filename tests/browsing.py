"""What the browser tests share: Chromium's settings, served pages of the tests' own, visitors, and how one asks."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# Asks, and keeps in window.first the milliseconds until the first sentence stands on the page.
TIMED_QUESTION = """() => { window.first = null; const begun = performance.now(); const seen = new MutationObserver(() => {
    if (document.querySelector(".sentence")) { window.first = performance.now() - begun; seen.disconnect(); } });
    seen.observe(document.getElementById("turns"), {childList: true, subtree: true});
    document.getElementById("question").value = "补贴？"; document.getElementById("composer").requestSubmit(); }"""

Serve = Callable[..., str]
Visit = Callable[..., Page]


def utf8() -> dict[str, str]:
    return {**os.environ, "PYTHONIOENCODING": "utf-8"}


@contextmanager
def serving() -> Iterator[Serve]:
    """Starts `python ARGUMENTS… PORT` and gives its address once it says that it is ready."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> str:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        command = [sys.executable, *arguments, port]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=utf8())
        processes.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line == f"问策已就绪：http://127.0.0.1:{port}\n"
        return f"http://127.0.0.1:{port}"

    try:
        yield start
    finally:
        for process in processes:
            process.terminate()
            process.communicate(timeout=30)


@contextmanager
def visiting(browser: Browser) -> Iterator[Visit]:
    """A new visitor's page of a given size; `page.hosts` fills with the hosts that it asks, `page.faults` with errors."""
    contexts: list[BrowserContext] = []

    def open_page(address: str, size: dict[str, int] = DESKTOP, **options: object) -> Page:
        context = browser.new_context(viewport=size, **options)
        contexts.append(context)
        page = context.new_page()
        page.hosts, page.faults = set(), []
        page.on("request", lambda request: page.hosts.add(request.url.split("/")[2]))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        page.goto(address)
        return page

    try:
        yield open_page
    finally:
        for context in contexts:
            context.close()


def ask(page: Page, question: str, seconds: float = 30) -> None:
    turns = page.locator(".turn").count()
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
    wait_for_answer(page, turns + 1, seconds)


def ask_at_once(pages: Sequence[Page], questions: Sequence[str] = ("补贴？",)) -> float:
    """Ask on every page, the questions in turn, one right after the other; the moment before the first."""
    for page, question in zip(pages, cycle(questions), strict=False):
        page.locator("#question").fill(question)
    begun = time.perf_counter()
    for page in pages:
        page.locator("#question").press("Enter")
    return begun


def wait_for_answer(page: Page, turns: int, seconds: float = 30) -> None:
    expect(page.locator(".turn")).to_have_count(turns, timeout=5_000)
    expect(page.locator(".working")).to_have_count(0, timeout=seconds * 1000)


def marker(page: Page, number: int, turn: str = ":last-child") -> Locator:
    return page.locator(f".turn{turn} .marker", has_text=f"[{number}]")
