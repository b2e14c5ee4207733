"""The whole pages: what must stand on each, and what must not."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from chat import pages
from chat.pages import PER_PAGE, Look
from chat.texts import TEXT, script_texts
from chat.turns import Said, Turn, cited_place
from rag.answering.refusals import refusal
from rag.datatypes import Kind, Sentence, Span, Status
from tests.ui_fakes import ARTICLE, HOSTILE, NEWS, PROPOSAL, FakeBot, FakeLog, Match, answered, cite

LOOK = Look()
ENGLISH = Look("en", big=True, contact="打12345")
CITED = cite(1, ARTICLE, "每月补贴600元")
STORE = FakeLog()
STORED = STORE.read(STORE.save(answered("多少？", Sentence("每月600元。", (CITED,), quoted=True)), "c", 1.0))
REFUSED = STORE.read(
    STORE.save(
        replace(answered("天气？"), status=Status.NO_EVIDENCE, note=refusal(Status.NO_EVIDENCE, (ARTICLE,))), "c", 1.0
    )
)


def every_page(look: Look) -> dict[str, str]:
    turn = Turn("多少？", said=(Said("每月600元。", (cited_place(CITED),)),), status=Status.ANSWERED)
    return {
        "chat": pages.chat_page(look, 4, ["多少？"], ARTICLE),
        "articles": pages.articles_page(look, FakeBot.articles, "补贴", Kind.POLICY, 1),
        "nothing": pages.articles_page(look, [], "没有", None, 1),
        "article": pages.article_page(look, NEWS, [Span(0, 3)]),
        "no article": pages.article_page(look, None),
        "me": pages.me_page(look),
        "matches": pages.me_page(look, "我在兴县开铝厂", FakeBot().matching("铝厂")),
        "no match": pages.me_page(look, "我", []),
        "failed": pages.me_page(look, "我", None, "出错"),
        "shared": pages.shared_page(look, STORED),
        "refused": pages.shared_page(look, REFUSED),
        "not shared": pages.shared_page(look, None),
        "printed": pages.printed_page(look, "托育", [turn], "2026年1月20日"),
    }


class Reading(HTMLParser):
    """Collects tags, ids, addresses, and elements that were not closed in order."""

    VOID = ("meta", "link", "input", "rect", "circle", "path", "br", "img")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        self.addresses += [str(values[name]) for name in ("href", "src", "action") if values.get(name)]
        self.inline += [name for name in values if name.startswith("on") or name == "style"]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize("name", every_page(LOOK))
@pytest.mark.parametrize("look", [LOOK, ENGLISH], ids=["zh", "en"])
def test_every_page_is_whole_and_keeps_to_its_own_host(name: str, look: Look):
    html = every_page(look)[name]
    read = Reading(html)
    assert (read.open, read.wrong, read.inline) == ([], [], [])
    assert len(set(read.ids)) == len(read.ids)
    assert all(re.match(r"(?!/|\\|[a-z]+:)|tel:", address) for address in read.addresses)
    assert html.count("<h1") == 1
    assert 'id="main"' in html
    assert f'<html lang="{"en" if look is ENGLISH else "zh-CN"}"' in html


def test_the_address_bar_says_where_one_is():
    titles = {name: re.search("<title>(.*?)</title>", html)[1] for name, html in every_page(LOOK).items()}  # type: ignore[index]
    assert titles["chat"] == "问策"
    assert titles["articles"] == "文章 · 问策"
    assert titles["article"] == "县图书馆新馆开馆 · 问策"
    assert titles["shared"] == "一个分享的回答 · 问策"


def test_the_chat_offers_examples_and_says_which_article_it_is_limited_to():
    html = pages.chat_page(LOOK, 4, ["多少？"], ARTICLE)
    assert '<button type="button" class="example" lang="zh-CN">多少？</button>' in html
    assert '<div id="within" hidden data-id="subsidy" data-title="关于提高托育补贴的通知">' in html
    assert "data-id" not in pages.chat_page(LOOK, 4, [])


def test_a_long_list_of_articles_has_pages():
    many = [ARTICLE] * (PER_PAGE * 2 + 1)
    first, last = pages.articles_page(LOOK, many, "a&b", Kind.POLICY, 1), pages.articles_page(LOOK, many, "", None, 9)
    assert first.count('class="card"') == PER_PAGE
    assert '<a href="articles?q=a%26b&amp;kind=policy&amp;page=2">下一页</a>' in first
    assert "上一页" not in first
    assert last.count('class="card"') == 1
    assert "上一页" in last
    assert "下一页" not in last


def test_a_match_says_why_with_the_place_that_says_so():
    html = pages.me_page(LOOK, "我在兴县开铝厂", FakeBot().matching("铝厂"))
    assert "找到 1 篇与您有关的文章" in html
    assert '罗敏建议对新建深加工项目的企业给予电价优惠。<a class="marker" href="article/aluminium?at=' in html
    assert "是建议，不是已出台的规定" in html


def test_nothing_that_does_not_match_is_shown_and_there_is_a_way_on():
    html = pages.me_page(ENGLISH, "我", [])
    assert 'class="card"' not in html
    assert 'href="tel:12345"' in html


def test_a_shared_answer_shows_its_sources_as_they_were():
    html = pages.shared_page(LOOK, STORED)
    assert "2026年1月20日的回答，出处是当时的原文。" in html
    assert '每月600元。<a class="marker" href="#source-1">[1]</a></p>' in html
    assert '<mark class="here">每月补贴600元</mark>。补贴按季度发放。</p>' in html
    assert html.count("<p>", html.index('<div class="whole"'), html.index("</details>")) == 5


def test_a_shared_refusal_says_what_it_said():
    assert f'<p class="note refusal">{refusal(Status.NO_EVIDENCE)}</p>' in pages.shared_page(LOOK, REFUSED)


def test_every_text_on_every_page_is_escaped():
    hostile = replace(PROPOSAL, id="a", **dict.fromkeys(("title", "kicker", "speaker", "source", "section"), HOSTILE))
    quote = cite(1, hostile, HOSTILE)
    log = FakeLog()
    stored = log.read(log.save(answered(HOSTILE, Sentence(HOSTILE, (quote,))), "c", 1.0))
    turn = Turn(HOSTILE, said=(Said(HOSTILE, (cited_place(quote),)),))
    look = Look(contact=HOSTILE)
    shown = [
        pages.chat_page(look, 1, [HOSTILE], hostile),
        pages.articles_page(look, [hostile], HOSTILE, None, 1),
        pages.article_page(look, hostile, [quote.span]),
        pages.me_page(look, HOSTILE, [Match(hostile, Sentence(HOSTILE, (quote,)))], ""),
        pages.me_page(look, HOSTILE, []),
        pages.me_page(look, HOSTILE, None, HOSTILE),
        pages.shared_page(look, stored),
        pages.printed_page(look, HOSTILE, [turn], HOSTILE),
    ]
    for html in shown:
        assert "<script>" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html


def test_what_the_scripts_say_may_stand_inside_a_script_element(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(TEXT, "lost", ("</script><!--&", "Lost"))
    assert '"lost": "\\u003c/script\\u003e\\u003c!--\\u0026"' in pages.me_page(LOOK)


def test_every_text_is_there_in_both_languages_with_the_same_places():
    for chinese, english in TEXT.values():
        assert chinese
        assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", english))
    assert script_texts("en")["undo"] == "Undo"
