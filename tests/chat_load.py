"""What the chat's page itself costs: `python -m tests.chat_load` prints first paint, delay, processor and eight at once.

The bot is a fake that answers at once or waits, so that all that is measured is the interface. Wants an idle machine.
`python -m tests.chat_load real` asks eight questions at once of the real models over index/default, one asker leaving;
with `--minutes 60 --readers 8` readers ask all that time, see tests/soak.py.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browsing import (
    ARGUMENTS,
    CHROMIUM,
    DESKTOP,
    PHONE,
    TIMED_QUESTION,
    ask,
    ask_at_once,
    utf8,
    wait_for_answer,
)
from tests.real_session import QUESTIONS, start
from tests.soak import FAULTS
from tests.soak import main as hold_out

RUNS = 9
WATCHED_SECONDS = 8
VISITORS = 8


@contextmanager
def serve(*arguments: str) -> Iterator[tuple[str, int]]:
    """The address of a chat with a fake bot, and its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "tests.ui_fakes", *arguments, port]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=utf8()) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()


def open_page(browser: Browser, address: str, size: dict[str, int] = DESKTOP) -> Page:
    page = browser.new_context(viewport=size).new_page()
    page.goto(address)
    page.wait_for_timeout(500)
    return page


def first_paint(browser: Browser, address: str, size: dict[str, int]) -> float:
    """Milliseconds."""
    page = open_page(browser, address, size)
    value: float = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    page.context.close()
    return value


def first_sentence(browser: Browser, address: str) -> float:
    """Milliseconds from the question to the first sentence, where the bot takes none."""
    page = open_page(browser, address)
    page.evaluate(TIMED_QUESTION)
    wait_for_answer(page, 1)
    value: float = page.evaluate("window.first")
    page.context.close()
    return value


def seconds_of_processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def processor_while_waiting(browser: Browser, address: str, pid: int) -> tuple[float, float, float]:
    """Shares of a core: of the server while a page is open and nothing is asked, of the page and of the server while an
    answer is on its way. (Gradio looks into its queue a thousand times a second, asked or not.)"""
    page = open_page(browser, address)
    before = seconds_of_processor(pid)
    page.wait_for_timeout(WATCHED_SECONDS * 1000)
    idle = (seconds_of_processor(pid) - before) / WATCHED_SECONDS
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def tasks() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))

    page.locator("#question").fill("慢")
    page.locator("#question").press("Enter")
    expect(page.locator(".working")).to_be_visible()
    begun, in_page, in_server = time.perf_counter(), tasks(), seconds_of_processor(pid)
    page.wait_for_timeout(WATCHED_SECONDS * 1000)
    watched = time.perf_counter() - begun
    shares = idle, (tasks() - in_page) / watched, (seconds_of_processor(pid) - in_server) / watched
    page.context.close()
    return shares


def until_all_see_their_place(pages: Sequence[Page], begun: float) -> float:
    """Seconds."""
    for page in pages:
        expect(page.locator(".working").or_(page.locator(".actions")).first).to_be_visible()
    return time.perf_counter() - begun


def many_at_once(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds until each of the visitors sees their place, and until all are answered."""
    pages = [open_page(browser, address) for _ in range(VISITORS)]
    begun = ask_at_once(pages)
    seen = until_all_see_their_place(pages, begun)
    for page in pages:
        wait_for_answer(page, 1)
    return seen, time.perf_counter() - begun


def real_at_once(browser: Browser) -> None:
    """Prints when each of eight, asking one right after the other, is answered; the fourth leaves at once. What the
    process holds is told before and after."""
    with tempfile.TemporaryDirectory() as folder:
        address, server = start({**os.environ, **utf8(), "WENCE_DATABASE": f"sqlite:///{folder}/desk.sqlite"})
        try:
            first = open_page(browser, address)
            ask(first, QUESTIONS[0])  # the models are there once it is answered
            wait_for_answer(first, 1, 120)
            before = peak_memory(server.pid)
            pages = [open_page(browser, address) for _ in range(VISITORS)]
            begun = ask_at_once(pages, QUESTIONS[2 : 2 + VISITORS])
            pages.pop(3).context.close()
            seen = until_all_see_their_place(pages, begun)
            done = []
            for page in pages:
                wait_for_answer(page, 1, 120)
                done.append(time.perf_counter() - begun)
            print(f"{VISITORS} at once, real models: all see their place after {seen:.2f} s")
            print("answered after", ", ".join(f"{seconds:.1f}" for seconds in done), "s; the fourth left")
            print(f"peak memory {before:.2f} GB before, {peak_memory(server.pid):.2f} GB after")
        finally:
            server.terminate()
            server.wait(30)


def peak_memory(pid: int) -> float:
    """GB, of a process on Linux."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024**2


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chat_load")
    parser.add_argument("what", nargs="?", choices=("page", "real"), default="page")
    parser.add_argument("--minutes", type=float, default=0.0, help="so long, over invented articles")
    parser.add_argument("--readers", type=int, default=VISITORS)
    parser.add_argument("--fault", choices=tuple(FAULTS), default="", help="what breaks in the middle")
    parser.add_argument(
        "--out", type=Path, default=Path("build/load"), help="folder of the server's log and the figures"
    )
    options = parser.parse_args()
    if options.minutes:
        return hold_out(options.minutes, options.readers, options.fault, options.out)
    measure(options.what == "real")
    return 0


def measure(real: bool) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        if real:
            real_at_once(browser)
            browser.close()
            return
        with serve("quick") as (address, _):
            for name, size in (("1280 px", DESKTOP), ("390 px", PHONE)):
                paints = [first_paint(browser, address, size) for _ in range(RUNS)]
                print(f"first paint, {name}: median {statistics.median(paints):.0f} ms, worst {max(paints):.0f}")
            delays = [first_sentence(browser, address) for _ in range(RUNS)]
            print(f"added to the first sentence: median {statistics.median(delays):.0f} ms, worst {max(delays):.0f}")
        with serve() as (address, pid):
            idle, in_page, in_server = processor_while_waiting(browser, address, pid)
            print(
                f"of a core: server at rest {idle:.1%}; while an answer is on its way {in_server:.1%}, page {in_page:.1%}"
            )
        with serve() as (address, _):
            seen, done = many_at_once(browser, address)
            print(
                f"{VISITORS} at once (the bot takes 0.6 s): all see their place after {seen:.2f} s, answered {done:.1f} s"
            )
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
