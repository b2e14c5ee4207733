"""The chat as a citizen meets it: the served page in headless Chromium."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("playwright")
pytest.importorskip("axe_playwright_python")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from rag.answering.refusals import REFUSALS, Status
from tests.browsing import DESKTOP, PHONE, TIMED_QUESTION, Serve, ask, ask_at_once, marker, wait_for_answer

SAMPLE = Path("index/articles")
SAMPLE_QUESTION = "托育补贴提高到多少钱？"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chat(serve: Serve) -> str:
    return serve("-m", "tests.ui_fakes")


# ---------------------------------------------------------------- asking and reading the sources


def test_an_answer_comes_sentence_by_sentence_with_its_sources_and_from_no_other_host(chat: str, visit):
    page = visit(chat)
    ask(page, "托育补贴多少钱？")
    assert page.locator(".sentence").all_inner_texts() == ["每月补贴600元。[1]", "原文补贴按季度发放。[2]"]
    assert page.locator(".place q").all_inner_texts() == ["每月补贴600元", "补贴按季度发放。"]
    assert page.hosts == {chat.removeprefix("http://")}
    assert page.faults == []


def test_what_is_done_is_told_while_it_is_done_and_sentences_come_before_the_end(chat: str, visit):
    page = visit(chat)
    page.evaluate(
        """() => { window.seen = []; new MutationObserver(() => { const line = document.querySelector(".working");
        if (line) window.seen.push([line.textContent, document.querySelectorAll(".sentence").length]); })
        .observe(document.getElementById("turns"), {childList: true, subtree: true, characterData: true}); }"""
    )
    ask(page, "托育补贴多少钱？")
    seen = [tuple(pair) for pair in page.evaluate("window.seen")]
    assert seen[0] == ("收到，正在准备…", 0)
    assert ("找到 2 篇文章，正在阅读…", 0) in seen
    assert ("找到 2 篇文章，正在阅读…", 1) in seen


def test_a_marker_opens_the_article_beside_the_answer_at_the_cited_words(chat: str, visit):
    page = visit(chat)
    ask(page, "托育补贴多少钱？")
    marker(page, 2).click()
    panel = page.locator("#source")
    expect(panel.locator("mark.here")).to_have_text("补贴按季度发放。")
    expect(panel.locator("mark.here")).to_be_in_viewport()
    expect(page.locator("#source-place")).to_have_text("出处 2（共 2 处）")
    header = panel.locator("article header").inner_text().split("\n")
    assert list(filter(None, header)) == [
        "云河县卫生健康局 云河县财政局",
        "关于提高托育补贴的通知",
        "每月600元，按季度发放",
        "政策文件2026年1月16日",
    ]
    answer, source = page.locator(".answer").bounding_box(), panel.bounding_box()
    assert source["x"] >= answer["x"] + answer["width"], "the answer stays to be seen"


def test_from_one_source_to_the_next_and_back_to_the_answer_by_keyboard_alone(chat: str, visit):
    page = visit(chat)
    page.locator("#question").focus()
    page.keyboard.type("托育补贴多少钱？")
    page.keyboard.press("Enter")
    wait_for_answer(page, 1)
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.className") == "marker":
            break
    while page.evaluate("document.activeElement.textContent") != "[1]":
        page.keyboard.press("Shift+Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    expect(page.locator("#tip")).to_have_text("每月补贴600元")
    page.keyboard.press("Enter")
    expect(page.locator("#source mark.here")).to_have_text("每月补贴600元")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#source mark.here")).to_have_text("补贴按季度发放。")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#source mark.here")).to_have_text("每月补贴600元")
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    assert page.evaluate("document.activeElement.textContent") == "[1]"


def test_the_buttons_lead_to_the_next_source_and_stop_at_the_last(chat: str, visit):
    page = visit(chat)
    ask(page, "托育补贴多少钱？")
    page.locator(".place").first.click()
    expect(page.locator("#source-previous")).to_be_disabled()
    page.locator("#source-next").click()
    expect(page.locator("#source mark.here")).to_have_text("补贴按季度发放。")
    expect(page.locator("#source-next")).to_be_disabled()
    page.get_by_role("button", name="返回回答").click()
    expect(page.locator("#source")).to_be_hidden()


def test_hovering_a_marker_shows_the_quote(chat: str, visit):
    page = visit(chat)
    ask(page, "托育补贴多少钱？")
    marker(page, 1).hover()
    expect(page.locator("#tip")).to_have_text("每月补贴600元")
    page.mouse.move(5, 500)
    expect(page.locator("#tip")).to_be_hidden()


def test_on_a_phone_the_source_is_a_sheet_and_the_back_button_closes_it(chat: str, visit):
    page = visit(chat, PHONE, has_touch=True)
    ask(page, "托育补贴多少钱？")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    marker(page, 1).tap()
    sheet = page.locator("#source")
    expect(sheet.locator("mark.here")).to_be_in_viewport()
    box = sheet.bounding_box()
    assert (box["x"], box["width"]) == (0, PHONE["width"])
    assert box["y"] > 40, "the answer's edge stays to be seen"
    page.go_back()
    expect(sheet).to_be_hidden()
    expect(page.locator(".sentence")).to_have_count(2)
    marker(page, 1).tap()
    page.touchscreen.tap(200, 20)
    expect(sheet).to_be_hidden()


def test_a_source_that_is_gone_still_shows_the_words_that_were_cited(chat: str, visit):
    page = visit(chat)
    ask(page, "托育补贴多少钱？")
    page.route("**/article/**", lambda route: route.fulfill(status=404))
    marker(page, 1).click()
    expect(page.locator("#source blockquote")).to_have_text("每月补贴600元")
    expect(page.locator("#source .note")).to_contain_text("这篇文章已不在库中")


def test_without_its_script_a_link_leads_to_the_article_s_page(chat: str, visit):
    page = visit(f"{chat}/article/subsidy?at=51-59", java_script_enabled=False)
    expect(page.locator("mark.here")).to_have_text("每月补贴600元")
    page.locator("nav a", has_text="文章").click()
    page.locator(".card", has_text="县图书馆新馆开馆").click()
    expect(page.locator("h1")).to_have_text("县图书馆新馆开馆")


# ---------------------------------------------------------------- refusals, errors, waiting, stopping


def test_a_refusal_leads_to_the_nearest_articles(chat: str, visit):
    page = visit(chat)
    ask(page, "天气怎样？")
    assert page.locator(".note").inner_text() == REFUSALS[Status.NO_EVIDENCE][0]
    page.locator(".end .card", has_text="关于提高托育补贴的通知").click()
    expect(page.locator("#source h2", has_text="关于提高托育补贴的通知")).to_be_visible()
    expect(page.locator("#source .steps")).to_be_hidden()
    expect(page.locator("#source-place")).to_have_text("文章原文")


def test_what_is_asked_back_is_answered_with_one_press_and_is_still_there_later(chat: str, visit):
    page = visit(chat)
    ask(page, "蛋鸭补多少？")
    assert page.locator(".note").inner_text() == REFUSALS[Status.ASK_BACK][0]
    assert page.locator(".ask-back button").all_inner_texts() == ["苇湾县", "竹埠县"]
    page.locator(".ask-back button", has_text="竹埠县").focus()
    page.keyboard.press("Enter")
    wait_for_answer(page, 2)
    assert page.locator(".question").last.inner_text() == "竹埠县，托育补贴多少？"
    assert page.locator(".sentence").first.inner_text() == "每月补贴600元。[1]"
    page.reload()
    expect(page.locator(".ask-back button")).to_have_count(2)


def test_an_error_is_one_line_and_can_be_tried_again(chat: str, visit):
    page = visit(chat)
    ask(page, "出错吧")
    assert page.locator(".note").inner_text() == "回答时出了问题，请稍后再试。"
    page.get_by_role("button", name="重试").click()
    expect(page.locator(".working")).to_be_visible()
    wait_for_answer(page, 1)
    assert page.evaluate("JSON.parse(localStorage['wence.conversations'])[0].turns.length") == 1


def test_a_lost_connection_is_one_line_and_can_be_tried_again(chat: str, visit):
    page = visit(chat)
    page.route("**/gradio_api/**", lambda route: route.abort())
    ask(page, "托育补贴多少钱？")
    expect(page.locator(".note")).to_contain_text("连接断了")
    page.unroute("**/gradio_api/**")
    page.get_by_role("button", name="重试").click()
    expect(page.locator(".sentence")).to_have_count(2)


def test_a_partial_answer_says_what_is_missing(chat: str, visit):
    page = visit(chat)
    ask(page, "托育补贴多少钱，什么时候停？")
    assert page.locator(".note").inner_text() == "只答出了一部分\n文章没有说明：什么时候停止？"


def test_one_who_asks_while_another_is_answered_sees_the_place_and_can_stop(chat: str, visit):
    first, second = visit(chat), visit(chat)
    first.locator("#question").fill("慢")
    first.locator("#question").press("Enter")
    expect(first.locator(".working")).to_have_text("找到 2 篇文章，正在阅读…")
    second.locator("#question").fill("补贴？")
    second.locator("#question").press("Enter")
    expect(second.locator(".working")).to_have_text("排队中，前面还有 1 个问题…")
    first.locator("#question").fill("还没发的话")
    first.locator("#question").press("Enter")
    first.get_by_role("button", name="停止").click()
    wait_for_answer(first, 1)
    assert first.locator(".note").inner_text() == "已停止。"
    assert first.locator("#question").input_value() == "还没发的话", "what is typed meanwhile stays"
    wait_for_answer(second, 1)
    expect(second.locator(".sentence")).to_have_count(2)


@pytest.mark.parametrize("beacon", [True, False], ids=["closed", "vanished"])
def test_a_page_that_is_gone_gives_way_to_the_next_question(chat: str, visit, beacon: bool):
    page = visit(chat)
    if not beacon:
        page.evaluate("navigator.sendBeacon = () => false")
    page.locator("#question").fill("慢")
    page.locator("#question").press("Enter")
    expect(page.locator(".working")).to_have_text("找到 2 篇文章，正在阅读…")
    page.close()
    ask(visit(chat), "补贴？")


def test_a_finished_answer_is_announced_once(chat: str, visit):
    page = visit(chat)
    page.evaluate(
        """() => { window.said = []; new MutationObserver(() => { const text = document.getElementById("announcer").textContent;
        if (text) window.said.push(text); }).observe(document.getElementById("announcer"), {childList: true}); }"""
    )
    ask(page, "托育补贴多少钱？")
    assert page.evaluate("window.said") == ["回答完毕。每月补贴600元。补贴按季度发放。"]
    assert page.locator(".turn [aria-live], .turn [role=status]").count() == 0


COMPOSE = """async ([wait, key]) => { const box = document.getElementById("question");
    const send = (kind, init) => box.dispatchEvent(new kind.of(kind.name, {bubbles: true, cancelable: true, ...init}));
    box.value = "补贴多少钱"; send({of: CompositionEvent, name: "compositionstart"}, {});
    send({of: CompositionEvent, name: "compositionend"}, {data: "多少钱"});
    await new Promise((done) => setTimeout(done, wait));
    const stopped = !send({of: KeyboardEvent, name: "keydown"}, {key: "Enter", keyCode: key, which: key});
    await new Promise((done) => setTimeout(done, 200));
    return [stopped, document.querySelectorAll(".turn").length, box.value]; }"""


@pytest.mark.parametrize("key_code", [13, 229])
def test_the_enter_that_ended_a_choice_sends_nothing_and_the_next_one_sends_once(chat: str, visit, key_code: int):
    page = visit(chat)
    assert page.evaluate(COMPOSE, [0, key_code]) == [True, 0, "补贴多少钱"]
    assert page.evaluate(COMPOSE, [1000, key_code]) == [True, 1, ""]
    wait_for_answer(page, 1)
    expect(page.locator(".question")).to_have_text(["补贴多少钱"])


def test_a_keyboard_that_names_no_key_sends_by_the_line_that_it_would_begin(chat: str, visit):
    page = visit(chat)
    page.locator("#question").fill("补贴多少钱")
    prevented = page.evaluate(
        """() => !document.getElementById("question").dispatchEvent(
        new InputEvent("beforeinput", {inputType: "insertLineBreak", bubbles: true, cancelable: true}))"""
    )
    assert prevented
    wait_for_answer(page, 1)


def test_a_long_title_is_cut_short_and_the_list_keeps_its_edge(chat: str, visit):
    page = visit(chat)
    ask(page, "三岁以下婴幼儿的托育补贴从今年几月几日开始发放每月发多少钱怎么申请")
    edges = page.evaluate(
        """() => [document.querySelector("#list button"), document.getElementById("new")].map(
        (one) => Math.round(one.getBoundingClientRect().right))"""
    )
    assert edges[0] == edges[1]


def test_enter_that_chooses_a_character_sends_nothing(chat: str, visit):
    page = visit(chat)
    page.locator("#question").fill("托育")
    page.locator("#question").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    page.locator("#question").press("Shift+Enter")
    expect(page.locator(".turn")).to_have_count(0)
    assert page.locator("#question").input_value() == "托育\n"


# ---------------------------------------------------------------- conversations


def test_a_conversation_survives_a_reload_with_its_citations_and_follow_ups_keep_their_context(chat: str, visit):
    page = visit(chat)
    ask(page, "托育补贴多少钱？")
    ask(page, "天气怎样？")
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    marker(page, 1, ":first-child").click()
    expect(page.locator("#source mark.here")).to_have_text("每月补贴600元")
    page.keyboard.press("Escape")
    with page.expect_request("**/gradio_api/call/ask") as asked:
        ask(page, "那怎么发？")
    question, history = asked.value.post_data_json["data"][:2]
    assert question == "那怎么发？"
    assert [pair[0] for pair in history] == ["托育补贴多少钱？", "天气怎样？"]
    assert history[0][1] == "每月补贴600元。补贴按季度发放。"


def test_a_question_asked_while_the_kept_turns_are_on_their_way_stands_after_them(chat: str, visit):
    page = visit(chat)
    ask(page, "托育补贴多少钱？")
    held: list[Route] = []
    page.route("**/render", lambda route: held.append(route))  # a built-in cannot be wrapped
    page.reload()
    ask(page, "图书馆周一开门吗？")
    expect(page.locator(".question")).to_have_text(["图书馆周一开门吗？"])
    held[0].continue_()
    expect(page.locator(".question")).to_have_text(["托育补贴多少钱？", "图书馆周一开门吗？"])


def test_of_two_conversations_opened_one_right_after_the_other_the_second_is_shown(chat: str, visit):
    page = visit(chat)
    for question in ("托育补贴多少钱？", "图书馆周一开门吗？"):
        page.get_by_role("button", name="新对话").click()
        ask(page, question)
    held: list[Route] = []
    page.route("**/render", lambda route: held.append(route))  # a built-in cannot be wrapped
    for title in ("托育", "图书馆"):
        with page.expect_request("**/render"):
            page.locator("#list button", has_text=title).click()
    held[1].continue_()
    expect(page.locator(".question")).to_have_text(["图书馆周一开门吗？"])
    with page.expect_response("**/render"):
        held[0].continue_()
    page.evaluate("fetch('/me').then((response) => response.text())")  # what came before it has been dealt with
    expect(page.locator(".question")).to_have_text(["图书馆周一开门吗？"])


def test_conversations_are_renamed_deleted_and_brought_back(chat: str, visit):
    page = visit(chat)
    ask(page, "托育补贴多少钱？")
    page.get_by_role("button", name="新对话").click()
    expect(page.locator("#welcome")).to_be_visible()
    ask(page, "图书馆周一开门吗？")
    titles = page.locator("#list button")
    assert titles.all_inner_texts() == ["图书馆周一开门吗？", "托育补贴多少钱？"]
    titles.nth(1).click()
    expect(page.locator(".question")).to_have_text("托育补贴多少钱？")
    page.locator("#menu summary").click()
    page.get_by_role("button", name="改名").click()
    page.locator("#rename-name").fill("<b>孙子的托育</b>")
    page.locator("#rename-name").press("Enter")
    expect(page.locator("#title")).to_have_text("<b>孙子的托育</b>")
    page.locator("#menu summary").click()
    page.get_by_role("button", name="删除这个对话").click()
    expect(titles).to_have_count(1)
    page.get_by_role("button", name="撤销").click()
    expect(titles).to_have_count(2)
    expect(page.locator(".question")).to_have_text("托育补贴多少钱？")


def test_a_conversation_is_exported_and_printed_with_numbered_sources(chat: str, visit):
    page = visit(chat)
    ask(page, "托育补贴多少钱？")
    page.locator("#menu summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="导出文字").click()
    assert download.value.suggested_filename == "托育补贴多少钱.md"
    text = Path(download.value.path()).read_text("utf-8")
    assert "1. 《关于提高托育补贴的通知》（政策文件，2026年1月16日）\n   > 每月补贴600元" in text
    page.locator("#menu summary").click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="打印版").click()
    paper = opened.value
    expect(paper.locator(".place q").first).to_have_text("每月补贴600元")
    paper.emulate_media(media="print")
    expect(paper.locator(".top")).to_be_hidden()


def test_an_answer_is_copied_with_its_sources(chat: str, visit):
    page = visit(chat, permissions=["clipboard-read", "clipboard-write"])
    ask(page, "托育补贴多少钱？")
    page.get_by_role("button", name="复制").click()
    expect(page.locator("#toast")).to_have_text("已复制，含出处")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[-1] == "[2] 《关于提高托育补贴的通知》（政策文件，2026年1月16日）：“补贴按季度发放。”"


def test_a_full_store_drops_the_oldest_conversation(chat: str, visit):
    page = visit(chat)
    page.evaluate(
        """() => localStorage.setItem("wence.conversations", JSON.stringify([1, 2, 3].map((n) => ({id: `old${n}`, when: n,
        title: `旧${n}`, turns: [{question: "满".repeat(800000 * 2), said: []}]}))))"""
    )
    page.reload()
    ask(page, "托育补贴多少钱？")
    ask(page, "图书馆周一开门吗？")
    kept = page.evaluate("JSON.parse(localStorage['wence.conversations']).map((one) => one.title)")
    assert kept[0] == "托育补贴多少钱？"
    assert "旧3" in kept


def test_what_the_store_holds_of_no_shape_does_no_harm(chat: str, visit):
    page = visit(chat)
    page.evaluate("""() => { localStorage.setItem("wence.conversations", '[null, 3, {"id": "a", "turns": [{}, 1], "title": "x"}]');
                  sessionStorage.setItem("wence.current", "a"); }""")
    page.reload()
    expect(page.locator("#list button")).to_have_text("x")
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "托育补贴多少钱？")
    expect(page.locator(".sentence")).to_have_count(2)
    page.evaluate("localStorage.setItem('wence.conversations', '{')")
    page.reload()
    expect(page.locator("#welcome")).to_be_visible()


# ---------------------------------------------------------------- thumbs and links


def test_a_thumb_down_asks_for_a_reason_and_stays_pressed(chat: str, visit):
    page = visit(chat)
    ask(page, "托育补贴多少钱？")
    page.get_by_role("button", name="没用").click()
    page.get_by_label("与原文不符").check()
    page.get_by_label("补充一句").fill("数字不对")
    with page.expect_request("**/rate") as sent:
        page.get_by_role("button", name="提交").click()
    values = sent.value.post_data_json
    assert (values["good"], values["reason"]) == (False, "与原文不符：数字不对")
    expect(page.locator("#toast")).to_have_text("谢谢，工作人员会看到")
    page.reload()
    expect(page.get_by_role("button", name="没用")).to_have_attribute("aria-pressed", "true")


def test_a_shared_link_shows_the_answer_and_its_sources_to_a_stranger(chat: str, visit):
    page = visit(chat, permissions=["clipboard-read", "clipboard-write"])
    ask(page, "托育补贴多少钱？")
    page.get_by_role("button", name="分享").click()
    expect(page.locator("#toast")).to_contain_text("链接已复制")
    stranger = visit(page.evaluate("navigator.clipboard.readText()"))
    assert stranger.locator(".sentence").count() == 2
    stranger.locator(".marker").first.click()
    expect(stranger.locator("#source-1")).to_be_in_viewport()
    stranger.locator("#source-1 summary").click()
    expect(stranger.locator("#source-1 mark")).to_have_text("每月补贴600元")


# ---------------------------------------------------------------- articles, what concerns me


def test_an_article_is_found_and_asked_about_alone(chat: str, visit):
    page = visit(f"{chat}/articles")
    page.get_by_label("标题、人名或内容里的词").fill("补贴")
    page.get_by_label("种类").select_option("policy")
    page.get_by_role("button", name="查找文章").click()
    expect(page.locator(".card")).to_have_count(1)
    page.locator(".card").click()
    page.get_by_role("link", name="只就这篇文章提问").click()
    expect(page.locator("#within-title")).to_have_text("只看这一篇：《关于提高托育补贴的通知》")
    with page.expect_request("**/gradio_api/call/ask") as asked:
        ask(page, "补贴多少钱？")
    assert asked.value.post_data_json["data"][2] == "subsidy"
    assert page.locator(".only").inner_text() == "只看《关于提高托育补贴的通知》"
    page.get_by_role("button", name="取消，改问全部文章").click()
    expect(page.locator("#within")).to_be_hidden()


def test_from_a_source_the_same_article_is_asked_about(chat: str, visit):
    page = visit(chat)
    ask(page, "托育补贴多少钱？")
    marker(page, 1).click()
    page.get_by_role("link", name="只就这篇文章提问").click()
    expect(page.locator("#source")).to_be_hidden()
    expect(page.locator("#within-title")).to_contain_text("关于提高托育补贴的通知")
    assert page.evaluate("document.activeElement.id") == "question"
    assert page.locator("#question").input_value() == ""


def test_what_was_refused_is_ready_to_be_asked_of_a_near_article(chat: str, visit):
    page = visit(chat)
    ask(page, "托育从什么时候算起？")
    page.locator(".end .card", has_text="关于提高托育补贴的通知").click()
    page.get_by_role("link", name="只就这篇文章提问").click()
    assert page.locator("#question").input_value() == "托育从什么时候算起？"


def test_what_concerns_me_comes_with_why_and_its_source(chat: str, visit):
    page = visit(f"{chat}/me")
    page.get_by_label("您是谁，做什么").fill("我在兴县开了一家铝制品厂")
    page.get_by_role("button", name="帮我找").click()
    expect(page.locator(".matches li")).to_have_count(1)
    page.locator(".marker").click()
    expect(page.locator("#source mark.here")).to_have_text("对新建深加工项目的企业给予电价优惠")


def test_an_example_is_asked_with_one_click(chat: str, visit):
    page = visit(chat)
    page.get_by_role("button", name="托育补贴每月多少钱？").click()
    wait_for_answer(page, 1)
    assert page.locator(".question").inner_text() == "托育补贴每月多少钱？"


# ---------------------------------------------------------------- looks


def test_english_is_one_click_away_and_stays(chat: str, visit):
    page = visit(f"{chat}/articles?q=补贴")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Find articles")).to_be_visible()
    assert page.locator("#q").input_value() == "补贴"
    page.get_by_role("link", name="Ask", exact=True).click()
    ask(page, "天气怎样？")
    assert page.locator(".note").inner_text() == REFUSALS[Status.NO_EVIDENCE][1]


def test_larger_text_stays_and_nothing_is_cut(chat: str, visit):
    page = visit(chat, PHONE)
    page.get_by_role("button", name="大字").click()
    before = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    page.reload()
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == before >= 20
    ask(page, "托育补贴多少钱？")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("path", ["/", "/articles", "/article/subsidy", "/me"])
def test_at_twice_the_size_nothing_is_cut(chat: str, visit, path: str):
    page = visit(chat + path, {"width": 640, "height": 400})
    assert page.evaluate("document.documentElement.scrollWidth") == 640
    if path == "/":
        ask(page, "托育补贴多少钱？")
        expect(page.locator(".question")).to_be_in_viewport()
        marker(page, 1).click()
        expect(page.locator("#source mark.here")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") == 640


def faults_of(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found if one["impact"] != "minor" for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_more_than_minor(chat: str, visit, scheme: str, size: dict[str, int]):
    page = visit(chat, size, color_scheme=scheme, reduced_motion="reduce")
    found = {"empty": faults_of(page)}
    ask(page, "托育补贴多少钱，什么时候停？")
    ask(page, "加装电梯？")
    ask(page, "天气怎样？")
    ask(page, "出错")
    found["answers"] = faults_of(page)
    page.locator("#menu summary").click()
    found["menu"] = faults_of(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="没用").first.click()
    found["reason"] = faults_of(page)
    page.keyboard.press("Escape")
    marker(page, 1, ":first-child").click()
    expect(page.locator("#source mark.here")).to_be_visible()
    found["source"] = faults_of(page)
    for path in ("/articles", "/articles?q=没有的", "/article/subsidy?at=51-59", "/me", "/a/answer1", "/a/none"):
        page.goto(chat + path)
        found[path] = faults_of(page)
    page.goto(f"{chat}/me")
    page.get_by_label("您是谁，做什么").fill("铝厂")
    page.get_by_role("button", name="帮我找").click()
    expect(page.locator(".matches")).to_be_visible()
    found["matches"] = faults_of(page)
    assert {name: seen for name, seen in found.items() if seen} == {}


# ---------------------------------------------------------------- speed


def test_the_first_paint_comes_within_a_second_and_a_half(chat: str, visit):
    """The best of three: other work may run on the machine."""
    paints = []
    for _ in range(3):
        page = visit(chat)
        page.wait_for_timeout(300)
        paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    assert min(paints) < 1500, paints


def test_the_page_adds_little_to_the_first_sentence(serve: Serve, visit):
    """The bot answers at once, so that all the time is the page's: 50 ms on an idle machine. The best of five, and twice
    that, because other work may run here."""
    page = visit(serve("-m", "tests.ui_fakes", "quick"))
    times = []
    for _ in range(5):
        page.locator("#new").click()
        page.evaluate(TIMED_QUESTION)
        wait_for_answer(page, 1)
        times.append(page.evaluate("window.first"))
    assert min(times) < 100, times


def test_eight_who_ask_at_once_all_see_their_place_at_once_and_all_are_answered(serve: Serve, visit):
    address = serve("-m", "tests.ui_fakes")
    pages = [visit(address) for _ in range(8)]
    begun = ask_at_once(pages)
    for page in pages:
        expect(
            page.locator(".working", has_text=re.compile("排队中|找到|检索")).or_(page.locator(".actions"))
        ).to_be_visible(timeout=2_000)
    for page in pages:
        wait_for_answer(page, 1)
    assert time.perf_counter() - begun < 8 * 0.6 + 5


@pytest.mark.model
def test_the_real_models_answer_over_the_sample_page(serve: Serve, visit, tmp_path: Path):
    index = tmp_path / "index"
    subprocess.run([sys.executable, "-m", "rag", "index", str(SAMPLE), "--index", str(index)], check=True)
    address = serve("ui.py", "--index", str(index), "--port")
    page = visit(address)
    ask(page, SAMPLE_QUESTION, seconds=120)
    assert "600元" in page.locator(".answer").inner_text()
    page.locator(".sentence", has_text="600元").last.locator(".marker").first.click()
    expect(page.locator("#source mark.here").first).to_contain_text("每人每月600元")
    assert page.hosts == {address.removeprefix("http://")}
    page.screenshot(path=tmp_path / "answer.png")
