"""The chat and the desk below a path of another site, behind a proxy that does nothing but take the path off."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

from tests.browsing import Serve, Visit, ask, marker
from tests.desk_demo import PASSWORD
from tests.prefix_proxy import below

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(serve: Serve) -> Iterator[str]:
    with below("/wence", serve("-m", "tests.whole_site")) as shown:
        yield shown


@pytest.fixture
def page(address: str, visit: Visit) -> Iterator[Page]:
    """A visitor's page; afterwards nothing that it asked for was missing, and all of it lay below the path."""
    opened = visit(address, permissions=["clipboard-read", "clipboard-write"])
    asked: list[tuple[int, str]] = []
    opened.context.on("response", lambda response: asked.append((response.status, response.url)))
    yield opened
    assert [(status, url) for status, url in asked if status >= 400 or not url.startswith(address)] == []
    assert opened.faults == []


def test_a_citizen_asks_reads_shares_and_changes_the_language(address: str, page: Page):
    ask(page, "托育补贴多少钱？")
    marker(page, 1).click()
    expect(page.locator("#source mark.here")).to_have_text("每月补贴600元")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="分享").click()
    expect(page.locator("#toast")).to_contain_text("链接已复制")
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    assert page.url.startswith(f"{address}a/")
    expect(page.locator(".sentence")).to_have_count(2)
    page.get_by_role("link", name="我也要问").click()
    assert page.url == address
    expect(page.locator(".sentence")).to_have_count(2)  # the conversation is still there
    with page.context.expect_page() as opened:
        page.locator("#menu summary").click()
        page.get_by_role("button", name="打印版").click()
    expect(opened.value.locator(".place q").first).to_have_text("每月补贴600元")
    opened.value.close()
    page.get_by_role("link", name="文章", exact=True).click()
    page.locator(".card", has_text="关于提高托育补贴的通知").click()
    page.get_by_role("link", name="只就这篇文章提问").click()
    assert page.url == f"{address}?within=subsidy"
    page.get_by_role("link", name="与我有关").click()
    page.get_by_label("您是谁，做什么").fill("我在兴县开了一家铝制品厂")
    page.get_by_role("button", name="帮我找").click()
    expect(page.locator(".matches li")).to_have_count(1)
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name="Articles").click()
    expect(page.get_by_role("button", name="Find articles")).to_be_visible()
    assert page.url == f"{address}articles"


def test_a_question_is_stopped(page: Page):
    page.locator("#question").fill("慢")
    page.locator("#question").press("Enter")
    expect(page.locator(".working")).to_have_text("找到 2 篇文章，正在阅读…")
    page.get_by_role("button", name="停止").click()
    expect(page.locator(".note")).to_have_text("已停止。")


def test_a_thumb_down_is_ruled_on_at_the_desk(address: str, page: Page, tmp_path: Path):
    ask(page, "图书馆周一开门吗？")
    page.get_by_role("button", name="没用").click()
    page.get_by_label("信息过时").check()
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#toast")).to_have_text("谢谢，工作人员会看到")
    page.goto(f"{address}desk")
    assert page.url == f"{address}desk/login?next=%2Fqueue"
    page.get_by_label("用户名").fill("李娜")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}desk/queue")
    page.get_by_role("link", name=re.compile("图书馆周一开门吗？")).click()
    page.get_by_label("备注").fill("现在周一也开")
    page.get_by_role("button", name="已过时").click()
    page.wait_for_url(f"{address}desk/queue?why=thumbs&done=1")
    notice = tmp_path / "停水.txt"
    notice.write_text("关于停水的通告\n\n1月20日8时至18时，望澜区检修停水。请提前储水。\n", "utf-8")
    page.goto(f"{address}desk/articles")
    page.get_by_label("文件").set_input_files(notice)
    page.get_by_role("button", name="读取").click()
    page.get_by_role("link", name="关于停水的通告").click()
    page.get_by_role("button", name="编入索引").click()
    expect(page.locator("#index")).to_contain_text("索引与目录一致：5 篇。", timeout=20_000)
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name="Public chat").click()
    assert page.url == address
    page.goto(f"{address}desk/queue")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{address}desk/login")
    page.goto(f"{address}desk/articles")
    assert page.url == f"{address}desk/login?next=%2Farticles"
