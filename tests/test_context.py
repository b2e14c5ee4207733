"""What the model reads: which articles, which part of them, in which order."""

import pytest
from fakes import hits, make_article, make_passage, proposal, told

from rag.answering.context import (
    WINDOW_CHARACTERS,
    answering_part,
    contexts,
    keep_named,
    own_texts,
    rules_first,
    windows,
)
from rag.datatypes import Evidence, Hit, Kind
from rag.question.analysis import analyse
from rag.reading.given import given_passages
from rag.reading.passages import split_passages


def test_only_the_articles_that_hold_the_names_asked_for_are_read() -> None:
    steward = make_passage("推行“电梯管家”服务。", "甲")
    notice = make_passage("咨询电话：0300-8220329。", "乙")
    assert keep_named(analyse("“电梯管家”的电话是多少？"), hits(notice, steward)) == [hits(notice, steward)[1]]


def test_another_members_suggestion_answers_no_question_about_this_one() -> None:
    shen, luo = proposal("沈若溪", "设立小店基金。"), proposal("罗远", "设立冷链基金。")
    assert [h.passage for h in keep_named(analyse("罗远提到什么基金？"), hits(shen, luo))] == [luo]
    assert [h.passage for h in keep_named(analyse("有什么基金？"), hits(shen, luo))] == [shen, luo]


def test_a_rule_may_answer_a_question_that_names_a_member() -> None:
    luo = proposal("罗远", "父母也可以提取。")
    rule = split_passages(make_article("提取办法", "父母暂不列入提取范围。", kind=Kind.POLICY))[0]
    question = "罗远建议父母也可以提取，现在的规定允许吗？"
    assert [h.passage for h in keep_named(analyse(question), hits(luo, rule))] == [luo, rule]


RULES = split_passages(
    make_article("渡口管理办法", "节假日涨价须提前五天报告。" * 5, "拒不接受检查的，取消资格。", kind=Kind.POLICY)
)
WHOLE = [Evidence(p, p.span, 1.0) for p in RULES]


@pytest.mark.parametrize(
    ("question", "ahead", "answers"),
    [
        ("渡口涨价有什么规定？", 5.0, 1),
        ("渡口涨价有什么规定？", 4.9, 2),
        ("总结渡口的规定", 9.0, 2),
        ("涨价和检查的规定有什么不同？", 9.0, 2),
    ],
    ids=["far ahead", "not far", "a summary", "a comparison"],
)
def test_a_passage_that_is_far_ahead_of_all_others_answers_alone(question: str, ahead: float, answers: int) -> None:
    first, second = RULES
    found = [Hit(first, ahead, 1), Hit(second, 0.0, 2)]
    assert answering_part(analyse(question), found, WHOLE) == WHOLE[:answers]


def test_given_texts_answer_together() -> None:
    first, second = given_passages(["渡船有12艘。", "渡船三年一检。"])
    source = [Evidence(p, p.span, 1.0) for p in (first, second)]
    assert answering_part(analyse("渡船怎么管？"), [Hit(first, 9.0, 1), Hit(second, 0.0, 2)], source) == source


NORTH, SOUTH = analyse("北岸渡船公司有多少渡船？"), analyse("南岸码头公司有多少渡船？")


def test_what_follows_a_name_belongs_to_it_until_the_other_is_named() -> None:
    texts = ["北岸渡船公司成立于2001年。", "公司有渡船12艘。", "南岸码头公司成立于2003年。", "公司有渡船3艘。"]
    given = given_passages(texts)
    assert [p.text for p in own_texts(NORTH, [NORTH, SOUTH], given)] == texts[:2]
    assert [p.text for p in own_texts(SOUTH, [NORTH, SOUTH], given)] == texts[2:]
    assert own_texts(analyse("渡船有多少？"), [analyse("渡船有多少？")], given) == given


def test_a_text_about_both_or_about_neither_belongs_to_both() -> None:
    texts = ["南岸码头公司成立于2003年。", "北岸渡船公司有12艘，南岸码头公司有3艘。", "渡船每天6点开航。"]
    assert [p.text for p in own_texts(NORTH, [NORTH, SOUTH], given_passages(texts))] == texts[1:]
    assert [p.text for p in own_texts(SOUTH, [NORTH, SOUTH], given_passages(texts))] == texts


def test_rules_answer_before_suggestions() -> None:
    proposal = split_passages(make_article("建议", "每月补贴600元。", kind=Kind.PROPOSAL))
    policy = split_passages(make_article("通知", "每月补贴300元。", kind=Kind.POLICY))
    answering, apart = rules_first(analyse("每月补贴多少元？"), hits(*proposal, *policy))
    assert ([h.passage.id for h in answering], [h.passage.id for h in apart]) == (["通知#0"], ["建议#0"])


def test_who_asks_for_suggestions_gets_them_first() -> None:
    proposal = split_passages(make_article("建议", "每月补贴600元。", kind=Kind.PROPOSAL))
    policy = split_passages(make_article("通知", "每月补贴300元。", kind=Kind.POLICY))
    assert rules_first(analyse("委员建议每月补贴多少元？"), hits(*proposal, *policy)) == (hits(*proposal, *policy), [])


def test_an_article_is_read_whole_and_in_order() -> None:
    first, second = split_passages(make_article("甲", "桥通了，车多了。", "路通了，人多了。"))
    assert [[e.passage.id for e in source] for source in contexts(analyse("路？"), hits(second))] == [["甲#0", "甲#1"]]
    assert first.text == "桥通了，车多了。"


def test_a_passage_that_was_not_found_has_no_score() -> None:
    _, second = split_passages(make_article("甲", "桥通了，车多了。", "路通了，人多了。"))
    (source,) = contexts(analyse("路？"), [told(second, "路通了", 0.8)])
    assert [e.score for e in source] == [0.0, 0.8]


LONG = [f"{n}" + "桥" * 298 + "。" for n in range(8)]  # 2,400 characters and the line ends: two windows


def test_of_a_long_article_the_window_is_read_that_the_best_passage_lies_in() -> None:
    passages = split_passages(make_article("甲", *LONG))
    (source,) = contexts(analyse("桥？"), [told(passages[5], "桥", 0.9), told(passages[6], "桥", 0.8)])
    assert [e.text[0] for e in source] == ["4", "5", "6", "7"]
    assert [e.score for e in source] == [0.0, 0.9, 0.8, 0.0]


def test_the_windows_of_an_article_hold_each_passage_once() -> None:
    article = make_article("甲", *LONG)
    assert [[p.text[0] for p in window] for window in windows(article)] == [list("0123"), list("4567")]
    assert [p for window in windows(article) for p in window] == split_passages(article)
    assert len(windows(make_article("甲", *LONG[:4]))) == 1
    assert all(len("".join(p.text for p in window)) <= WINDOW_CHARACTERS for window in windows(article))


def test_a_comparison_reads_another_article_whatever_its_reading() -> None:
    long, short = split_passages(make_article("甲", *LONG)), make_passage("桥长120米。", "乙")
    found = [told(long[5], "桥", 0.9), told(long[1], "桥", 0.8), told(short, "120米", 0.2)]
    assert [source[0].passage.article.title for source in contexts(analyse("两座桥哪座更长？"), found)] == ["甲", "乙"]
    assert [source[0].passage.article.title for source in contexts(analyse("桥有多长？"), found)] == ["甲"]


def test_of_given_texts_the_best_are_read_together_in_their_order_within_a_budget() -> None:
    given = given_passages([f"{n}" + "桥" * 298 + "。" for n in range(1, 6)])
    assert [e.text[0] for e in contexts(analyse("桥？"), hits(given[4], given[0], given[2], given[1]))[0]] == [
        "1",
        "3",
        "5",
    ]
    assert keep_named(analyse("“青石桥”多长？"), hits(*given)) == hits(*given)


def test_another_article_is_read_where_it_answers_too() -> None:
    one, other, third = (make_passage("桥长120米。", title) for title in "甲乙丙")
    found = [told(one, "120米", 0.9), told(other, "120米", 0.6), told(third, "120米", 0.4)]
    assert [source[0].passage.article.title for source in contexts(analyse("桥多长？"), found)] == ["甲", "乙"]
