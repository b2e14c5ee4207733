"""The source's own sentences: which is shown at once, which are quoted, and which part of a long one."""

from dataclasses import replace

import pytest
from fakes import FakeJudge, hits, make_article, make_evidence, make_passage, told

from rag.answering.extractive import (
    QUICK_CHARACTERS,
    best_sentences,
    is_beside,
    is_relevant,
    part_asked,
    quick_sentence,
    rank_sentences,
    sentence_at,
    sentences_on_means,
    stated_sentence,
    with_its_exception,
)
from rag.datatypes import Evidence, Hit, Kind, Passage, Reading, Span
from rag.question.analysis import analyse
from rag.reading.passages import split_passages


def test_the_quick_sentence_is_the_one_that_holds_the_answer() -> None:
    passage = make_passage("市民拍手称快。青石桥全长120米。记者到场。")
    quick = quick_sentence(analyse("青石桥全长多少米？"), [told(passage, "120米")])
    assert quick is not None
    assert (quick.text, quick.score) == ("青石桥全长120米。", 0.9)


@pytest.mark.parametrize(("probability", "certainty"), [(0.45, 3.0), (0.9, -1.0)])
def test_a_judge_that_is_not_sure_has_no_quick_sentence(probability: float, certainty: float) -> None:
    hit = told(make_passage("青石桥全长120米。"), "120米", probability, certainty)
    assert quick_sentence(analyse("青石桥全长多少米？"), [hit]) is None


def test_a_sentence_without_what_was_asked_for_is_not_quick() -> None:
    assert quick_sentence(analyse("青石桥总投资多少钱？"), [told(make_passage("青石桥全长120米。"), "120米")]) is None


def test_what_only_leads_to_a_list_is_not_quick() -> None:
    passage = make_passage("市政协委员沈若溪建议：\n减免租金。")
    assert quick_sentence(analyse("沈若溪有哪些建议？"), [told(passage, "沈若溪建议")]) is None


def test_a_long_sentence_is_for_the_model() -> None:
    passage = make_passage("青石桥全长120米，" + "车" * QUICK_CHARACTERS + "。")
    assert quick_sentence(analyse("青石桥全长多少米？"), [told(passage, "120米")]) is None


@pytest.mark.parametrize(
    ("question", "text", "place"),
    [
        ("城南学校花了多少钱？", "该校花费3600万元。另建城北学校花费1800万元。", "1800"),  # another of its kind
        ("平原县有几户？", "全市共有30户。其中，青石县7户，平原县6户。", "30"),  # the name stands beside
        ("我63岁要交多少钱？", "65岁以上免费。60至64岁交1元。", "免费"),
    ],
)
def test_a_sentence_beside_which_another_fits_better_is_not_quick(question: str, text: str, place: str) -> None:
    assert quick_sentence(analyse(question), [told(make_passage(text), place)]) is None


def test_the_sentence_that_answers_stands_first() -> None:
    ranked = rank_sentences(
        analyse("青石桥全长多少米？"), make_evidence("市民拍手称快。青石桥全长120米。记者到场。"), FakeJudge()
    )
    assert ranked[0].text == "青石桥全长120米。"


def test_every_sentence_is_ranked_once_with_a_score_up_to_1() -> None:
    ranked = rank_sentences(
        analyse("青石桥全长多少米？"), make_evidence("市民拍手称快。青石桥全长120米。"), FakeJudge()
    )
    assert sorted(e.text for e in ranked) == ["市民拍手称快。", "青石桥全长120米。"]
    assert all(0 <= e.score <= 1 for e in ranked)


def test_evidence_is_a_stretch_of_its_article() -> None:
    passage = make_passage("桥通了。路通了。")
    assert Evidence(passage, passage.span._replace(start=4), 1.0).text == "路通了。"


@pytest.mark.parametrize(
    ("question", "quick"), [("青石桥全长多少米？", True), ("青石桥建得怎么样？", False), ("青石桥在哪里？", False)]
)
def test_a_plain_question_needs_less_certainty_than_one_that_the_figure_cannot_confirm(
    question: str, quick: bool
) -> None:
    hit = told(make_passage("青石桥全长120米。"), "120米", 0.6, 3.0)
    assert (quick_sentence(analyse(question), [hit]) is not None) == quick


def test_quotations_are_the_best_sentences_in_the_sources_order() -> None:
    quoted = best_sentences(
        analyse("青石桥全长多少米？"), make_evidence("市民拍手称快。青石桥全长120米。"), FakeJudge()
    )
    assert [item.text for item in quoted] == ["青石桥全长120米。"]


def test_a_second_quotation_is_good_by_itself() -> None:
    texts = "青石桥全长120米。青石桥宽9米。"
    assert [
        q.text for q in best_sentences(analyse("青石桥全长多少米？"), make_evidence(texts), FakeJudge(most=0.6))
    ] == [texts]
    assert [
        q.text for q in best_sentences(analyse("青石桥全长多少米？"), make_evidence(texts), FakeJudge(most=0.4))
    ] == ["青石桥全长120米。"]


# ---- questions and answers


def faq() -> Passage:
    (passage,) = split_passages(make_article("解读", "问：骗提的怎么处理？", "答：责令退回。五年内不得贷款。"))
    return passage


MEANS = "渡口如何通过增加班次、票价减免来方便居民？"


def test_each_of_the_means_named_is_told_of_in_their_order() -> None:
    source = make_evidence(
        "今年的变化有班次、票价减免。下调从春运开始。这一票价减免针对学生。码头修好了。",
        "班次由8班增至12班。这一变化缩短了等候时间。",
    )
    assert [e.text for e in sentences_on_means(analyse(MEANS), source)] == [
        "班次由8班增至12班。",
        "这一变化缩短了等候时间。",
        "下调从春运开始。",
        "这一票价减免针对学生。",
    ]


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        (MEANS, "班次由8班增至12班。", ["班次由8班增至12班。"]),
        (MEANS, "渡口换了两条船。", []),
        ("渡口有多少班？", "班次由8班增至12班。", []),
    ],
    ids=["one of them stands there", "none does", "no means named"],
)
def test_the_means_that_stand_in_the_source_are_told_and_without_any_the_model_is_asked(
    question: str, text: str, said: list[str]
) -> None:
    assert [e.text for e in sentences_on_means(analyse(question), make_evidence(text))] == said


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("问：骗提的怎么处理？", "答：责令退回。"),
        ("问：骗提的怎么处理？\n答：责令退回。", "答：责令退回。"),
        ("五年内不得贷款。", "五年内不得贷款。"),
    ],
)
def test_the_judge_pointing_at_a_question_means_its_answer(words: str, shown: str) -> None:
    passage = faq()
    start = passage.text.index(words)
    hit = Hit(passage, 1.0, 1, Reading(0.9, Span(start, start + len(words)), 5.0))
    assert sentence_at(hit).text == shown


def test_a_question_is_never_quoted() -> None:
    passage = faq()
    quoted = best_sentences(analyse("骗提怎么处理？"), [Evidence(passage, passage.span, 1.0)], None)
    assert [e.text for e in quoted] == []


def test_the_judge_reads_a_sentence_below_its_title_and_the_question_that_it_answers() -> None:
    passage = faq()
    judge = FakeJudge()
    rank_sentences(analyse("骗提怎么处理？"), [Evidence(passage, passage.span, 1.0)], judge)
    assert judge.seen[-1] == "解读\n问：骗提的怎么处理？\n五年内不得贷款。"


# ---- one part of a long sentence

PARTS = (
    "对首次就业的硕士、本科毕业生，分别给予每月1200元、800元的租房补贴，期限为36个月；提供最高50万元的创业担保贷款，由财政全额贴息；"
    "7家青年驿站提供最长7天的免费住宿。"
)


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("青年驿站有几家？", "7家青年驿站提供最长7天的免费住宿"),
        ("创业担保贷款最高多少钱？", "提供最高50万元的创业担保贷款，由财政全额贴息"),
        ("首次就业的能贷款多少钱？", PARTS),  # what it asks for stands in two parts
        ("青年驿站怎么申请？", PARTS),  # no plain question
        ("食堂有几家？", PARTS),
    ],
)
def test_of_a_long_sentence_of_parts_the_one_asked_about_is_shown(question: str, shown: str) -> None:
    (sentence,) = make_evidence(PARTS)
    assert part_asked(analyse(question), sentence).text == shown


def test_an_average_speaks_of_its_own_part_alone() -> None:
    text = "去年全市空气质量优良天数为312天，比上年增加9天；细颗粒物年均浓度为31微克，同比下降6.1%，为有监测记录以来最好水平，主要得益于治理扬尘。"
    (sentence,) = make_evidence(text)
    assert (
        part_asked(analyse("去年空气优良天数有多少天？"), sentence).text
        == "去年全市空气质量优良天数为312天，比上年增加9天"
    )


@pytest.mark.parametrize(
    "text",
    [
        "一孩每月补500元；二孩每月补800元。",
        PARTS.replace("；7家", "；其中7家"),
        PARTS.replace("；", "，"),
        PARTS.replace("；7家", "；均可续贷，7家"),
    ],
)
def test_a_short_sentence_and_one_whose_parts_take_up_each_other_stay_whole(text: str) -> None:
    (sentence,) = make_evidence(text)
    assert part_asked(analyse("一孩每月补多少钱？创业担保贷款最高多少钱？"), sentence) == sentence


@pytest.mark.parametrize(("most", "relevant"), [(0.4, False), (0.5, True)])
def test_a_sentence_half_as_near_as_the_best_passage_has_to_do_with_the_question(most: float, relevant: bool) -> None:
    asked = [replace(e, score=1.0) for e in make_evidence("青石桥全长120米。")]
    assert is_relevant(analyse("青石桥全长多少米？"), asked, asked, FakeJudge(most=most)) is relevant


def test_a_sentence_that_counts_something_else_gives_way_to_the_model() -> None:
    passage = make_passage("代办员共代办事项1.3万件。代办事项现有42项。")
    judged = replace(hits(passage)[0], reading=Reading(0.9, Span(0, 13), 5.0))
    assert quick_sentence(analyse("代办事项有多少项？"), [judged]) is None
    assert quick_sentence(analyse("代办事项有多少件？"), [judged]) is not None


# ---- rules and their exceptions, rules side by side


def stretch(kind: Kind, text: str, words: str) -> Evidence:
    (passage,) = split_passages(make_article("养鸽办法", text, kind=kind))
    start = text.index(words)
    return Evidence(passage, Span(start, start + len(words)), 1.0)


BAN, EXCEPTION = "禁止携鸽子进入医院。", "经院方同意的除外。"


@pytest.mark.parametrize("words", [BAN, EXCEPTION])
def test_a_rule_and_its_exception_are_shown_together(words: str) -> None:
    shown = with_its_exception(stretch(Kind.POLICY, f"每户限养一只。{BAN}{EXCEPTION}违者罚款。", words))
    assert shown.text == BAN + EXCEPTION


@pytest.mark.parametrize(
    ("kind", "after", "shown"),
    [
        (Kind.POLICY, "但是导盲的可以。", "每户限养一只。但是导盲的可以。"),
        (Kind.NEWS, "但是老马不这么想。", "每户限养一只。"),
        (Kind.POLICY, "违者罚款。", "每户限养一只。"),
    ],
)
def test_what_else_follows_is_no_exception(kind: Kind, after: str, shown: str) -> None:
    assert with_its_exception(stretch(kind, f"每户限养一只。{after}", "每户限养一只。")).text == shown


@pytest.mark.parametrize(
    ("cited", "beside"), [("本办法自明年起施行。", True), ("鸽子要登记。", False), ("医院可以进。", False)]
)
def test_a_sentence_without_a_word_of_the_question_stands_beside_one_with_many(cited: str, beside: bool) -> None:
    sentences = make_evidence(cited, "鸽子经同意的可以进医院。")
    assert is_beside(analyse("鸽子能进医院吗？"), sentences[:1], sentences) is beside


def test_where_no_sentence_has_a_word_of_the_question_none_stands_beside_it() -> None:
    sentences = make_evidence("本办法自明年起施行。", "违者罚款。")
    assert not is_beside(analyse("鸽子能进医院吗？"), sentences[:1], sentences)


GRANTS = make_article(
    "云杉区创业扶持办法",
    "第一条 首次创业且经营满一年的，给予创业补助15000元。\n第二条 创业担保贷款额度不超过50万元，贴息三分之二。\n"
    "第三条 逾期还款的，按日加收万分之五的滞纳金。\n第四条 受理时间为每周三上午，2026年9月30日截止。",
    kind=Kind.POLICY,
)


@pytest.mark.parametrize(
    ("question", "told_by"),
    [
        ("创业补助是不是1.5万元？", "第一条 首次创业且经营满一年的，给予创业补助15000元。"),
        ("创业补助是不是一万五", "第一条 首次创业且经营满一年的，给予创业补助15000元。"),
        ("创业补助是一万五千块吗？", "第一条 首次创业且经营满一年的，给予创业补助15000元。"),
        ("创业担保贷款额度是不是50w元", "第二条 创业担保贷款额度不超过50万元，贴息三分之二。"),
        ("逾期还款滞纳金是每天0.05%吗？", "第三条 逾期还款的，按日加收万分之五的滞纳金。"),
        ("受理时间是周三吗？", "第四条 受理时间为每周三上午，2026年9月30日截止。"),
        ("受理9月30号截止吗？", "第四条 受理时间为每周三上午，2026年9月30日截止。"),
    ],
)
def test_asked_whether_so_much_is_so_the_sentence_that_says_so_answers_however_it_is_written(
    question: str, told_by: str
) -> None:
    found = stated_sentence(analyse(question), hits(*split_passages(GRANTS)))
    assert [sentence.text for sentence in found] == [told_by]


@pytest.mark.parametrize(
    "question",
    [
        "创业补助是不是2万元？",  # stands nowhere
        "创业担保贷款额度是不是15000元？",  # another thing's amount
        "装修补助是不是15000元？",  # what is asked about stands nowhere
        "创业补助是多少？",
        "满50岁能领创业补助吗？",  # whose, not how much
    ],
)
def test_no_sentence_says_so_where_the_amount_or_what_it_is_of_is_another(question: str) -> None:
    assert stated_sentence(analyse(question), hits(*split_passages(GRANTS))) == []
