"""The chat as a citizen meets it: the served page in headless Chromium."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect, sync_playwright

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
SAMPLE = Path("index/articles")
SAMPLE_QUESTION = "托育补贴提高到多少钱？"

pytestmark = pytest.mark.browser
Serve = Callable[..., str]


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Start `python ARGUMENTS… PORT` and return its address once it says that it is ready."""
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

    yield start
    for process in processes:
        process.terminate()
        process.communicate(timeout=30)


def utf8() -> dict[str, str]:
    return {**os.environ, "PYTHONIOENCODING": "utf-8"}


@pytest.fixture(scope="module")
def fake_chat(serve: Serve) -> str:
    return serve("-m", "tests.ui_fakes")


@pytest.fixture(scope="module")
def open_page() -> Iterator[Callable[..., Page]]:
    """A new page of a given size; `page.hosts` fills with the hosts that it asks."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)

        def new_page(address: str, size: dict[str, int] = DESKTOP) -> Page:
            page = browser.new_page(viewport=size)
            page.hosts = set()
            page.on("request", lambda request: page.hosts.add(request.url.split("/")[2]))
            page.on("websocket", lambda socket: page.hosts.add(socket.url.split("/")[2]))
            page.goto(address)
            page.wait_for_selector("#question textarea")
            return page

        yield new_page
        browser.close()


def ask(page: Page, question: str, seconds: float = 30) -> None:
    turns = page.locator(".turn").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    wait_for_answer(page, turns + 1, seconds)


def wait_for_answer(page: Page, turns: int, seconds: float = 30) -> None:
    expect(page.locator(".turn")).to_have_count(turns, timeout=5_000)
    expect(page.locator(".status")).to_have_count(0, timeout=seconds * 1000)


def test_a_question_gets_its_answer_with_the_cited_words_marked(fake_chat: str, open_page, tmp_path: Path):
    page = open_page(fake_chat)
    ask(page, "托育补贴多少钱？")
    assert page.locator(".sentence").all_inner_texts() == ["每月补贴600元。[1]", "原文补贴按季度发放。[2]"]
    assert page.locator(".card mark").all_inner_texts() == ["每月补贴600元", "补贴按季度发放。"]
    answer, card = page.locator(".answer").bounding_box(), page.locator(".card").bounding_box()
    assert card["x"] > answer["x"] + answer["width"], "on a desktop the sources stand beside the answer"
    assert page.hosts == {fake_chat.removeprefix("http://")}
    page.screenshot(path=tmp_path / "desktop.png")


def test_on_a_phone_the_sources_stand_below_and_nothing_is_cut(fake_chat: str, open_page, tmp_path: Path):
    page = open_page(fake_chat, PHONE)
    ask(page, "加装电梯？")
    answer, card = page.locator(".answer").bounding_box(), page.locator(".card").bounding_box()
    assert card["y"] >= answer["y"] + answer["height"]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.screenshot(path=tmp_path / "phone.png")


def test_a_marker_leads_to_its_card(fake_chat: str, open_page):
    page = open_page(fake_chat, PHONE)
    for _ in range(3):
        ask(page, "加装电梯？")
    page.locator(".turn:last-child .marker").click()
    assert page.url.endswith("#cite-3-1")
    expect(page.locator(".turn:last-child .card")).to_be_in_viewport()


def test_text_of_sources_and_questions_never_runs(fake_chat: str, open_page):
    page = open_page(fake_chat)
    ask(page, "电梯 <img src=x onerror='window.hacked = 1'>${window.hacked = 1}`{{value}}")
    assert (
        page.locator(".question").inner_text()
        == "电梯 <img src=x onerror='window.hacked = 1'>${window.hacked = 1}`{{value}}"
    )
    assert page.evaluate("window.hacked") is None


def test_an_example_is_asked_with_one_click(fake_chat: str, open_page):
    page = open_page(fake_chat)
    page.get_by_role("button", name="托育补贴每月多少钱？").click()
    wait_for_answer(page, 1)
    assert page.locator(".question").inner_text() == "托育补贴每月多少钱？"
    assert page.locator(".card").count() == 1


def test_a_refusal_names_the_nearest_articles_and_an_error_is_one_line(fake_chat: str, open_page):
    page = open_page(fake_chat)
    ask(page, "天气怎样？")
    ask(page, "出错吧")
    assert page.locator(".note").all_inner_texts() == [
        "现有文章中没有收录与这个问题相关的内容，无法回答。可以换个说法再问，或向主管部门咨询。",
        "回答时出了问题，请稍后再试。",
    ]
    assert page.locator(".card h3").first.inner_text() == "关于提高托育补贴的通知"


def test_one_who_asks_while_another_is_answered_sees_that_it_waits_and_can_stop(fake_chat: str, open_page):
    first, second = open_page(fake_chat), open_page(fake_chat)
    first.locator("#question textarea").fill("慢")
    first.keyboard.press("Enter")
    expect(first.locator(".status")).to_have_text("找到 2 篇文章，正在阅读…")
    second.locator("#question textarea").fill("补贴？")
    second.keyboard.press("Enter")
    expect(second.locator(".status")).to_have_text("排队中，马上开始…")
    first.get_by_role("button", name="停止").click()
    wait_for_answer(first, 1)
    assert first.locator(".note").inner_text() == "已停止。"
    wait_for_answer(second, 1)
    assert second.locator(".sentence").count() == 2
    ask(first, "补贴？")
    assert first.locator(".sentence").count() == 2


def test_a_closed_page_gives_way_to_the_next_question(fake_chat: str, open_page):
    page = open_page(fake_chat)
    page.locator("#question textarea").fill("慢")
    page.keyboard.press("Enter")
    expect(page.locator(".status")).to_have_text("找到 2 篇文章，正在阅读…")
    page.close()
    ask(open_page(fake_chat), "补贴？")


@pytest.mark.model
def test_the_real_models_answer_over_the_sample_page(serve: Serve, open_page, tmp_path: Path):
    index = tmp_path / "index"
    subprocess.run([sys.executable, "-m", "rag", "index", str(SAMPLE), "--index", str(index)], check=True)
    address = serve("ui.py", "--index", str(index), "--port")
    page = open_page(address)
    ask(page, SAMPLE_QUESTION, seconds=120)
    assert "600元" in page.locator(".answer").inner_text()
    assert "每人每月600元" in page.locator(".card mark").first.inner_text()
    assert page.hosts == {address.removeprefix("http://")}
    page.screenshot(path=tmp_path / "answer.png")
