"""How an article is made is read once, and kept: what is read, the laws that hold of it, and how it comes back."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from fakes import make_article
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.datatypes import Article, Kind, Span, Structure
from rag.reading.article_json import article_to_json
from rag.reading.given import given_passages
from rag.reading.passages import passage_at, passage_spans, split_passages
from rag.reading.structure import (
    LINE,
    SENTENCE,
    read_structure,
    structure_from_json,
    structure_of,
    structure_to_json,
    with_structure,
)

RULES = make_article(
    "澄湖县渡口管理办法",
    "第一条 渡船每三年检验一次。",
    "第二条 停航的情形有：",
    "（一）风力七级以上；",
    "（二）能见度不足百米。",
    "第十二条 本办法自2026年6月1日起施行。",
    kind=Kind.POLICY,
)
PLAN = make_article(
    "澄湖县渡口改造方案",
    "一、改造目标",
    "渡口全部改成浮桥。",
    "二、改造办法",
    "（一）分批改造。每年改造三处。",
    "（二）统一验收，由县里组织。",
    "澄湖县人民政府",
)


def words(article: Article, span: Span) -> str:
    return article.text[span.start : span.end]


def test_a_rule_is_known_by_its_number_and_holds_its_items() -> None:
    structure = read_structure(RULES)
    assert structure.is_regulation
    assert [(rule.number, words(RULES, rule.span)[-6:]) for rule in structure.rules] == [
        (1, "年检验一次。"),
        (2, "度不足百米。"),
        (12, "1日起施行。"),
    ]


def test_a_list_has_its_lead_and_its_items() -> None:
    (listed,) = read_structure(RULES).enumerations
    assert words(RULES, Span(listed.span.start, listed.items[0].start)) == "第二条 停航的情形有：\n"
    assert [words(RULES, item) for item in listed.items] == ["（一）风力七级以上；\n", "（二）能见度不足百米。"]


def test_a_list_of_other_documents_is_none() -> None:
    assert read_structure(make_article("甲", "附件：1.渡口名单 2.验收表")).enumerations == ()


def test_each_section_has_its_rank_its_heading_and_what_stands_below_it() -> None:
    sections = [
        (s.rank, words(PLAN, s.heading), words(PLAN, s.body), s.is_clause) for s in read_structure(PLAN).sections
    ]
    assert sections == [
        (3, "改造目标", "渡口全部改成浮桥。\n", False),
        (3, "改造办法", "（一）分批改造。每年改造三处。\n（二）统一验收，由县里组织。", False),
        (4, "分批改造", "每年改造三处。\n", False),
        (4, "统一验收", "统一验收，由县里组织。", True),
    ]


def test_a_plain_text_has_passages_and_nothing_else() -> None:
    text = "桥通了。"
    assert read_structure(make_article("甲", text)) == Structure((Span(0, 4),), (), (), (), is_regulation=False)


def test_an_article_kept_without_its_structure_is_read_when_it_is_asked_for() -> None:
    assert structure_of(PLAN) == structure_of(with_structure(PLAN)) == read_structure(PLAN)


def test_an_article_kept_with_its_structure_is_not_read_again() -> None:
    other = read_structure(RULES)
    assert structure_of(replace(PLAN, structure=other)) is other


def test_a_given_text_is_read_when_it_is_given() -> None:
    (passage,) = given_passages(["一是修桥。二是铺路。"])
    assert passage.article.structure == read_structure(passage.article)


def test_its_structure_changes_nothing_of_what_an_article_is() -> None:
    assert with_structure(PLAN) == PLAN
    assert article_to_json(with_structure(PLAN)) == article_to_json(PLAN)


@pytest.mark.parametrize(
    ("at", "passage"),
    [("渡口全部", "一、改造目标\n渡口全部改成浮桥。"), ("每年", "二、改造办法\n（一）分批改造。每年改造三处。")],
    ids=["below a heading", "inside a sentence"],
)
def test_a_span_lies_in_the_passage_that_it_begins_in(at: str, passage: str) -> None:
    start = PLAN.text.index(at)
    found = passage_at(split_passages(PLAN)[-1], Span(start, start + 1))
    assert found.text == passage
    assert found in split_passages(PLAN)


# ---------------------------------------------------------------- laws

MARKS = st.sampled_from(
    [
        "第一章 ",
        "第二节 ",
        "第三条 ",
        "第十二条 ",
        "一、",
        "二、",
        "十一、",
        "（一）",
        "（2）",
        "1.",
        "2．",
        "一是",
        "二是",
        "首先",
        "①",
        "附件：",
        "附件1",
    ]
)
WORDS = st.sampled_from(
    [
        "渡口管理",
        "分批改造",
        "统一验收，由县里组织",
        "下列条件：",
        "情形有：",
        "每年三处",
        "2.5万元",
        "怎么办？",
        "风力七级以上；",
        "。",
        "\n",
        "\u3000",
        " ",
        "1",
        "\x85",
        "甲",
    ]
)
PARAGRAPH = st.lists(MARKS | WORDS | st.text(max_size=4), min_size=1, max_size=8).map("".join).filter(bool)
ARTICLES = st.builds(make_article, st.sampled_from(["甲", "渡口管理", ""]), PARAGRAPH) | st.lists(
    PARAGRAPH, min_size=1, max_size=12
).map(lambda paragraphs: make_article("渡口管理办法", *paragraphs))


def is_in_order(spans: list[Span]) -> bool:
    return all(a.start <= a.end <= b.start <= b.end for a, b in pairwise(spans))


@settings(max_examples=300, deadline=None)
@given(article=ARTICLES)
def test_sections_are_in_order_each_heading_in_its_paragraph_each_body_in_the_text(article: Article) -> None:
    sections = read_structure(article).sections
    starts = [section.start for section in sections]
    assert starts == sorted(set(starts))
    for n, section in enumerate(sections):
        paragraph = next(p for p in article.paragraphs if p.start <= section.start < p.end)
        assert LINE <= section.rank <= SENTENCE
        assert section.start <= section.heading.start <= section.heading.end <= paragraph.end
        assert section.start <= section.body.start <= section.body.end <= len(article.text)
        as_wide = [later.start for later in sections[n + 1 :] if later.rank <= section.rank]
        assert section.body.end <= min(as_wide, default=len(article.text))


@settings(max_examples=300, deadline=None)
@given(article=ARTICLES)
def test_the_items_of_a_list_follow_one_another_to_its_end(article: Article) -> None:
    structure = read_structure(article)
    assert is_in_order([listed.span for listed in structure.enumerations])
    assert is_in_order([rule.span for rule in structure.rules])
    for listed in structure.enumerations:
        assert len(listed.items) >= 2
        assert listed.span.start <= listed.items[0].start
        assert listed.items[-1].end == listed.span.end <= len(article.text)
        assert all(a.start < a.end == b.start for a, b in pairwise(listed.items))


@settings(max_examples=300, deadline=None)
@given(article=ARTICLES)
def test_a_passage_is_looked_up_as_it_is_found_by_reading_them_all(article: Article) -> None:
    known, elsewhere = with_structure(article), split_passages(make_article("别处", "桥"))[0]
    passages = split_passages(article)
    assert split_passages(known) == passages
    assert is_in_order(passage_spans(article))
    for start in range(len(article.text)):
        within = [p for p in passages if p.span.start <= start < p.span.end]
        given_one = replace(elsewhere, article=known)
        assert passage_at(given_one, Span(start, start + 1)) == (within[0] if within else given_one)


@settings(max_examples=300, deadline=None)
@given(article=ARTICLES)
def test_a_structure_comes_back_from_json_as_it_was(article: Article) -> None:
    structure = read_structure(article)
    assert structure_from_json(json.loads(json.dumps(structure_to_json(structure)))) == structure


def test_a_chapters_short_heading_is_read_and_an_annex_begins_a_part() -> None:
    lines = (
        "第一章 总则",
        "第一条 为便民，制定本办法。",
        "第二章 附则",
        "第二条 自5月起施行。",
        "附件1",
        "一、申请人",
        "二、住址",
    )
    text = "\n".join(lines)
    starts = [text.index(line) for line in lines]
    spans = tuple(Span(start, start + len(line)) for start, line in zip(starts, lines, strict=True))
    article = replace(make_article("助餐办法", text), paragraphs=spans)
    sections = [
        (text[s.heading.start : s.heading.end], text[s.body.start : s.body.end])
        for s in read_structure(article).sections
    ]
    assert ("总则", "第一条 为便民，制定本办法。\n") in sections
    assert ("附则", "第二条 自5月起施行。\n") in sections
    assert ("附件1", "一、申请人\n二、住址") in sections
