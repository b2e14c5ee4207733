"""An article with its cited words marked, and how articles are found."""

import re
from dataclasses import replace

import pytest

from chat.rendering import article_html, fragment
from chat.sources import find_articles, marked, places_from
from rag.datatypes import Kind, PageStart, Span
from tests.ui_fakes import ALUMINIUM, ARTICLE, HOSTILE, NEWS, PROPOSAL, paragraphs

ALL = (ARTICLE, PROPOSAL, ALUMINIUM, NEWS)


def text_html(text: str, paragraphs: tuple[Span, ...], places: list[Span]) -> str:
    return fragment("paragraphs", "zh", marked(text, paragraphs, places))


def test_an_article_is_shown_whole_with_all_that_is_known_of_it():
    article = replace(NEWS, kicker="引题", subtitle="副题", text="甲乙丙\n丁", paragraphs=(Span(0, 3), Span(4, 5)))
    assert article_html(article, [Span(1, 2)]) == (
        '<article class="whole" lang="zh-CN" data-id="library" data-title="县图书馆新馆开馆"><header><p class="kicker">引题</p>'
        '<h2>县图书馆新馆开馆</h2><p class="subtitle">副题</p><p class="facts"><span class="chip news">新闻</span>'
        '要闻 · 记者 林晓 · 2026年1月16日</p></header><p>甲<mark class="here" id="cited" tabindex="-1">乙</mark>丙</p>'
        '<p>丁</p><footer><p class="hint">来源：page.txt</p></footer></article>'
    )


@pytest.mark.parametrize(
    ("places", "marked"),
    [
        ([], "零一二三四五"),
        ([(0, 2)], "[零一]二三四五"),
        ([(3, 5), (0, 2)], "<零一>二[三四]五"),
        ([(0, 3), (2, 4)], "[零一][二]<三>四五"),
        ([(1, 2), (0, 6)], "<零>[一]<二三四五>"),
        ([(0, 6)], "[零一二三四五]"),
    ],
)
def test_each_character_stands_once_however_places_overlap(places: list[tuple[int, int]], marked: str):
    html = text_html("零一二三四五", (), [Span(*place) for place in places])
    shown = re.sub(r'<mark class="here"[^>]*>(.*?)</mark>', r"[\1]", html)
    assert re.sub(r"<mark>(.*?)</mark>", r"<\1>", shown) == f"<p>{marked}</p>"


def test_the_page_of_the_file_stands_where_it_begins_and_with_the_place_that_is_meant():
    article = replace(
        NEWS, text="甲乙丙丁\n戊", paragraphs=(Span(0, 4), Span(5, 6)), pages=(PageStart(0, 3), PageStart(2, 4))
    )
    html = article_html(article, [Span(3, 4)])
    assert '<p><span class="page">第3页</span>甲乙<span class="page">第4页</span>丙<mark' in html
    assert '来源：page.txt<span class="page">第4页</span></p>' in html


def test_a_place_across_paragraphs_is_marked_in_both_and_scrolled_to_once():
    html = text_html("甲乙\n丙丁", (Span(0, 2), Span(3, 5)), [Span(1, 4)])
    assert html == (
        '<p>甲<mark class="here" id="cited" tabindex="-1">乙</mark></p><p><mark class="here">丙</mark>丁</p>'
    )


def test_every_text_of_an_article_is_escaped():
    texts = dict.fromkeys(
        (
            "title",
            "kicker",
            "subtitle",
            "section",
            "speaker",
            "speaker_role",
            "reporter",
            "source",
            "text",
            "published",
        ),
        HOSTILE,
    )
    html = article_html(replace(PROPOSAL, **texts, paragraphs=()), [Span(3, 30)])
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;img") == 11


@pytest.mark.parametrize(
    ("written", "spans"),
    [
        (["0-2"], [(0, 2)]),
        (["4-9", "0-1"], [(4, 9), (0, 1)]),
        (["2-2", "3-1", "0-11", "-1-2", "a-b", "", "٠-٢", "1-2-3", "99999999999-1"], []),
    ],
)
def test_places_are_read_from_the_address_where_they_lie_in_the_text(written: list[str], spans: list[tuple[int, int]]):
    assert places_from(written, 10) == spans


def test_articles_are_listed_newest_first():
    assert find_articles(ALL, "", None) == [ALUMINIUM, ARTICLE, NEWS, PROPOSAL]


def test_articles_are_found_by_kind_and_by_every_word_in_title_names_or_text():
    assert find_articles(ALL, "", Kind.PROPOSAL) == [ALUMINIUM, PROPOSAL]
    assert find_articles(ALL, "林晓", None) == [NEWS]
    assert find_articles(ALL, "兴县 电价", None) == [ALUMINIUM]
    assert find_articles(ALL, "兴县 电梯", None) == []


def test_what_is_named_comes_before_what_is_only_mentioned():
    assert find_articles(ALL, "补贴", None) == [ARTICLE, ALUMINIUM, PROPOSAL]


def test_rows_are_shown_as_their_table_with_the_cited_row_marked():
    rows = ("级别：一级，比例：90%。", "级别：三级，比例：70%。")
    text = "\n".join(rows)
    html = text_html(text, paragraphs(text), [Span(14, 27)])
    assert html == (
        '<div class="table" tabindex="0" role="region" aria-label="表格"><table><thead><tr><th scope="col">级别</th>'
        '<th scope="col">比例</th></tr></thead><tbody><tr><td>一级</td><td>90%</td></tr><tr class="here">'
        '<td><mark class="here" id="cited" tabindex="-1">三级</mark></td><td><mark class="here">70%</mark></td></tr></tbody></table></div>'
    )


def test_what_a_cell_holds_is_escaped():
    text = "级别：<b>，比例：1。\n级别：二，比例：2。"
    html = text_html(text, paragraphs(text), [])
    assert "<td>&lt;b&gt;</td>" in html
