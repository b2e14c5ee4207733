"""The desk as a member of staff meets it: the served demo in headless Chromium."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright")
pytest.importorskip("axe_playwright_python")
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from tests.browsing import ARGUMENTS, CHROMIUM, PHONE
from tests.desk_demo import PASSWORD, build

DESKTOP = {"width": 1400, "height": 900}
NOTICE = "关于停水的通告\n\n1月20日8时至18时，望澜区检修停水。请提前储水。\n"

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address of a desk of the test's own, with a month of questions."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build(tmp_path), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/desk"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
def enter(address: str) -> Iterator[Enter]:
    """A page logged in as somebody. Afterwards: nothing failed in it, and it asked no other host."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        problems: list[str] = []
        hosts: set[str] = set()

        def log_in(name: str = "李娜", size: dict[str, int] = DESKTOP, scheme: str = "light") -> Page:
            page = browser.new_context(viewport=size, color_scheme=scheme).new_page()
            page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
            page.goto(address)
            page.get_by_label("用户名").fill(name)
            page.get_by_label("密码").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url("**/queue")
            return page

        yield log_in
        browser.close()
    assert problems == []
    assert hosts <= {address.split("/")[2]}


def go(page: Page, address: str) -> Page:
    page.goto(address)
    return page


def test_a_stranger_sees_the_login_and_after_it_what_was_asked_for(address: str):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(f"{address}/asked?days=7")
        assert page.title() == "登录 · 问策核对台"
        expect(page.get_by_label("用户名")).to_be_focused()
        page.get_by_label("用户名").fill("李娜")
        page.get_by_label("密码").fill("不对的密码")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("用户名或密码不对。")
        expect(page.get_by_label("密码")).to_be_focused()
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/asked?days=7")
        page.get_by_role("button", name="退出").click()
        page.wait_for_url("**/login")
        page.go_back()
        page.reload()
        assert "/login" in page.url, "a page of before is not shown from memory"
        browser.close()


def test_a_reviewer_rules_on_answers_with_the_keyboard_alone(address: str, enter: Enter):
    page = enter()
    before = int(page.locator(".tabs a", has_text="市民点了踩").locator("b").inner_text())
    page.keyboard.press("Enter")
    page.wait_for_url("**/answers/*why=thumbs")
    first = page.url
    expect(page.locator("mark").first).to_be_in_viewport()
    page.keyboard.press("n")
    page.wait_for_url(lambda url: url != first)
    second = page.url
    page.keyboard.press("e")
    expect(page.get_by_label("备注")).to_be_focused()
    page.keyboard.type("1月1日起改了，见13812345678")
    assert page.url == second, "a digit in the note is no verdict"
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    page.wait_for_url(lambda url: url != second)
    go(page, second.split("?")[0])
    assert re.fullmatch(r"李娜 于 \S+ \S+ 判为 已过时\n1月1日起改了，见〔手机号〕", page.locator(".ruled").inner_text())
    go(page, f"{address}/queue?why=thumbs")
    assert int(page.locator(".tabs [aria-current] b").inner_text()) == before - 1


def test_the_queue_ends_with_a_word(address: str, enter: Enter):
    page = go(enter(), f"{address}/queue?why=refused")
    page.keyboard.press("Enter")
    page.wait_for_url("**/answers/*why=refused")
    for _ in range(20):
        if "/answers/" not in page.url:
            break
        shown = page.url
        page.keyboard.press("1")
        page.wait_for_url(lambda url, shown=shown: url != shown)
    expect(page.get_by_role("status")).to_have_text("这一类已经核对完。")
    expect(page.locator(".empty")).to_have_text("没有反复被拒答的问题。")


def test_an_upload_is_corrected_indexed_with_progress_and_answered_from(address: str, enter: Enter, tmp_path: Path):
    notice = tmp_path / "停水.txt"
    notice.write_text(NOTICE, "utf-8")
    page = go(enter(), f"{address}/articles")
    page.get_by_label("文件").set_input_files(notice)
    page.get_by_label("版面日期").fill("2026-01-19")
    page.get_by_role("button", name="读取").click()
    expect(page.get_by_role("status")).to_have_text("读出 1 篇文章，请检查后编入索引。")
    page.get_by_role("link", name="关于停水的通告").click()
    page.get_by_role("link", name="更正").click()
    page.get_by_label("类别").select_option(label="新闻")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_have_text("已保存。")
    page.get_by_role("button", name="编入索引").click()
    expect(page.locator("progress")).to_be_visible()
    expect(page.locator("#index .words")).to_have_text(re.compile(r"\d+ / \d+ 段"))
    expect(page.locator("#index")).to_contain_text("索引与目录一致：15 篇。", timeout=20_000)
    expect(page.locator(".lines").get_by_text("关于停水的通告")).to_be_visible()


def test_a_changed_source_lists_the_answers_that_it_no_longer_bears(address: str, enter: Enter):
    page = go(enter(), f"{address}/articles")
    page.get_by_role("link", name="关于支持既有住宅加装电梯提取住房公积金").click()
    page.get_by_role("link", name="更正").click()
    text = page.get_by_label("正文")
    text.fill(text.input_value().replace("每户累计最高8万元", "每户累计最高10万元"))
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="编入索引").click()
    expect(page.locator("#index")).to_contain_text("索引与目录一致：14 篇。", timeout=20_000)
    go(page, f"{address}/decay")
    assert page.locator(".card .what").all_inner_texts() == ["加装电梯能提多少公积金"]
    expect(page.locator(".card .chip")).to_have_text("现文不再支持")
    page.get_by_role("link", name="核对", exact=True).click()
    then, now = page.locator(".sides mark").all_inner_texts()
    assert then == "1每户累计最高8万元"
    assert "每户累计最高10万元" in now
    expect(page.locator(".sides mark").last).to_be_in_viewport()
    go(page, f"{address}/decay")
    page.get_by_role("button", name="知道了").click()
    expect(page.locator(".empty")).to_have_text("所有回答的出处都与现在的文章一致。")


def test_a_withdrawn_article_can_be_restored(address: str, enter: Enter):
    page = go(enter(), f"{address}/articles")
    page.get_by_role("link", name="三条社区微巴线路").click()
    page.get_by_label("撤下的原因").fill("线路停运")
    page.get_by_role("button", name="撤下").click()
    expect(page.get_by_role("button", name="恢复")).to_be_visible()
    expect(page.locator(".deeds")).to_contain_text("李娜 撤下文章 线路停运")
    go(page, f"{address}/articles")
    expect(page.locator("#index")).to_contain_text("索引与目录一致：13 篇。", timeout=20_000)
    go(page, f"{address}/decay")
    expect(page.locator(".card .chip").first).to_have_text("文章已撤下")


def test_what_is_asked_is_drawn_and_downloaded(address: str, enter: Enter):
    page = go(enter(), f"{address}/asked")
    assert page.locator("svg.chart rect").count() > 30
    colours = {
        page.locator(f"svg.chart rect.s-{s}").first.evaluate("e => getComputedStyle(e).fill")
        for s in ("answered", "no_evidence")
    }
    assert len(colours) == 2
    expect(page.locator(".clusters summary").first).to_contain_text("次，没有找到")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 CSV").click()
    assert download.value.suggested_filename.endswith(".csv")


def every_page(page: Page, address: str) -> Iterator[str]:
    """Each page of the desk in turn, shown; its path."""
    for path in ("/queue", "/decay", "/asked?days=90", "/users", "/audit", "/account"):
        go(page, address + path)
        yield path
    for list_of in ("/answers", "/articles"):
        go(page, address + list_of)
        yield list_of
        page.locator(".lines a").first.click()
        page.wait_for_url(f"**{list_of}/*")
        yield list_of + "/…"
    go(page, page.url + "/edit")
    yield "/articles/…/edit"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_screen_and_axe_finds_nothing_serious(
    address: str, enter: Enter, size: dict[str, int], scheme: str
):
    page = enter("admin", size, scheme)
    page.emulate_media(reduced_motion="reduce")
    paper = {"light": "rgb(246, 247, 249)", "dark": "rgb(18, 22, 28)"}[scheme]
    faults = []
    for path in every_page(page, address):
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
        for fault in Axe().run(page).response["violations"]:
            if fault["impact"] != "minor":
                faults += [f"{path}: {fault['id']}: {node['html'][:120]}" for node in fault["nodes"]]
    assert faults == []


def test_on_a_phone_the_verdicts_stay_within_reach_of_the_thumb(address: str, enter: Enter):
    page = go(enter(size=PHONE), f"{address}/queue?why=thumbs")
    page.get_by_role("link", name="从第一条开始").click()
    page.mouse.wheel(0, 2000)
    expect(page.get_by_role("button", name="有依据", exact=True)).to_be_in_viewport()
    shown = page.url
    page.get_by_role("button", name="出处不对").click()
    page.wait_for_url(lambda url: url != shown)


def test_everything_can_be_done_and_seen_without_a_mouse(address: str, enter: Enter):
    page = enter("admin")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    expect(page.get_by_role("link", name="跳到正文")).to_be_in_viewport()
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
