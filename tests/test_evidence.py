import math
from dataclasses import replace

import pytest
from fakes import FakeJudge, make_article, make_evidence, make_passage

from rag.datatypes import Evidence, Hit, Kind, Passage, Reading, Span
from rag.evidence import (
    ABOUT_THRESHOLD,
    QUICK_CHARACTERS,
    TELLS_THRESHOLD,
    WINDOW_CHARACTERS,
    Found,
    examine,
    introductions,
    is_relevant,
    keep_named,
    means_told,
    only_counts,
    only_suggests,
    own_texts,
    part_asked,
    quick_sentence,
    quotations,
    rank_sentences,
    rules_first,
    sentence_at,
    sources,
    tells,
    weighted_coverage,
    windows,
)
from rag.passages import given_passages, split_passages


def hits(*passages: Passage) -> list[Hit]:
    return [Hit(passage, 1.0 - rank / 100, rank) for rank, passage in enumerate(passages, start=1)]


def told(passage: Passage, words: str, probability: float = 0.9, certainty: float = 3.0) -> Hit:
    """A hit in which the judge sees the answer in `words`."""
    start = passage.text.index(words)
    return Hit(passage, 1.0, 1, Reading(probability, Span(start, start + len(words)), certainty))


def test_coverage_weighs_rare_bigrams_more() -> None:
    rarity = {"青石": 3.0, "石桥": 1.0}
    assert weighted_coverage("青石桥", "青石路", lambda gram: rarity[gram]) == 0.75


def test_a_question_in_the_first_passages_words_is_covered_whole() -> None:
    found = examine("青石桥通车", hits(make_passage("昨日青石桥通车。")), cosine=0.8, searched=45)
    assert (found.cosine, found.passage_coverage, found.article_coverage) == (0.8, 1.0, 1.0)
    assert found.about > 0.9


def test_a_question_about_something_else_is_covered_by_nothing() -> None:
    found = examine("海洋牧场", hits(make_passage("昨日青石桥通车。")), cosine=0.2, searched=45)
    assert (found.passage_coverage, found.article_coverage) == (0.0, 0.0)
    assert found.about < ABOUT_THRESHOLD


def test_no_hits_cover_nothing() -> None:
    assert examine("青石桥", [], cosine=0.0, searched=45) == Found((), 0.0, 0.0, 0.0, 0, 0.0)


def test_the_best_of_many_passages_counts_for_less() -> None:
    few, many = (examine("青石桥", hits(make_passage("青石桥通车。")), 0.5, searched).about for searched in (45, 4500))
    assert many < few


def test_fewer_than_45_passages_count_as_45() -> None:
    assert examine("青石桥", [], 0.0, searched=3).search_size == 0.0
    assert examine("青石桥", [], 0.0, searched=90).search_size == pytest.approx(math.log(2))


def test_a_place_that_no_article_names_is_counted() -> None:
    found = examine("白苇县的护学岗补贴", hits(make_passage("柳渡县发放护学岗补贴。")), 0.5, searched=45)
    assert found.missing_names == 1


def test_a_speakers_name_counts_as_words_of_the_article() -> None:
    article = make_article("小店", "减免租金。", kind=Kind.PROPOSAL, speaker="沈若溪")
    assert examine("沈若溪", hits(*split_passages(article)), cosine=0.1, searched=45).passage_coverage == 1.0


def test_what_the_judge_reads_decides_whether_it_is_told() -> None:
    found = Found((), 0.5, 1.0, 1.0, 0, 0.0)
    passage = make_passage("青石桥全长120米。")
    low, high = (tells("青石桥多长？", found, [told(passage, "120米", p, c)]) for p, c in ((0.02, -9.0), (0.95, 5.0)))
    assert low < TELLS_THRESHOLD < high


def test_a_text_without_a_number_tells_less_of_how_long() -> None:
    found = Found((), 0.5, 1.0, 1.0, 0, 0.0)
    with_number, without = (
        tells("青石桥多长？", found, [told(make_passage(text), "青石桥")])
        for text in ("青石桥全长120米。", "青石桥全长可观。")
    )
    assert with_number > without


def test_only_the_articles_that_hold_the_names_asked_for_are_read() -> None:
    steward = make_passage("推行“电梯管家”服务。", "甲")
    notice = make_passage("咨询电话：0300-8220329。", "乙")
    assert keep_named("“电梯管家”的电话是多少？", hits(notice, steward)) == [hits(notice, steward)[1]]


def proposal(speaker: str, text: str) -> Passage:
    article = make_article(f"{speaker}的建议", f"市政协委员{speaker}建议：{text}", kind=Kind.PROPOSAL, speaker=speaker)
    return split_passages(article)[0]


def test_another_members_suggestion_answers_no_question_about_this_one() -> None:
    shen, luo = proposal("沈若溪", "设立小店基金。"), proposal("罗远", "设立冷链基金。")
    assert [h.passage for h in keep_named("罗远提到什么基金？", hits(shen, luo))] == [luo]
    assert [h.passage for h in keep_named("有什么基金？", hits(shen, luo))] == [shen, luo]


def test_a_rule_may_answer_a_question_that_names_a_member() -> None:
    luo = proposal("罗远", "父母也可以提取。")
    rule = split_passages(make_article("提取办法", "父母暂不列入提取范围。", kind=Kind.POLICY))[0]
    question = "罗远建议父母也可以提取，现在的规定允许吗？"
    assert [h.passage for h in keep_named(question, hits(luo, rule))] == [luo, rule]


def introduced(question: str, found: list[Hit]) -> list[str]:
    return [one.text or one.evidence.text for one in introductions(question, examine(question, found, 0.5, 45), found)]


def test_asked_for_two_members_each_is_named() -> None:
    shen, luo = proposal("沈若溪", "培养店员。"), proposal("罗远", "培养冷链人才。")
    both = [told(shen, "培养店员", 0.4), told(luo, "培养冷链人才", 0.3)]
    assert introduced("哪两位委员提到培养人才？", both) == [shen.text, luo.text]
    assert introduced("谁提到培养人才？", both) == [shen.text]
    assert introduced("怎样培养人才？", both) == []


def test_a_member_whose_proposal_does_not_tell_is_not_named() -> None:
    shen, luo = proposal("沈若溪", "培养店员。"), proposal("罗远", "设立冷链基金。")
    both = [told(shen, "培养店员", 0.2), told(luo, "设立冷链基金", 0.12)]
    assert introduced("哪两位委员提到培养人才？", both) == [shen.text]


def test_who_stands_only_in_an_articles_head_is_introduced_by_it() -> None:
    article = make_article(
        "让小店开得久", "小店要减租。", kind=Kind.PROPOSAL, speaker="沈若溪", speaker_role="市政协委员", reporter="陆鸣"
    )
    found = hits(split_passages(article)[0])
    assert introduced("谁建议给小店减租？", found) == ["《让小店开得久》是市政协委员沈若溪的建议。"]
    assert introduced("沈若溪是干什么的？", found) == ["《让小店开得久》是市政协委员沈若溪的建议。"]
    assert introduced("小店那篇是哪个记者写的？", found) == ["《让小店开得久》的署名是陆鸣。"]
    assert introduced("这是谁写的建议？", found) == ["《让小店开得久》是市政协委员沈若溪的建议。"]
    assert introduced("什么记者证可以免票？", found) == []
    assert introduced("这个平台是干什么的？", found) == []
    assert introduced("什么材料要整理？", found) == []


def test_a_suggestion_does_not_tell_what_became_of_it() -> None:
    article = proposal("罗远", "设立冷链基金。").article
    assert only_suggests("罗远的建议采纳了没有？", article)
    assert only_suggests("罗远提的那些，市里采纳了没有？", article)
    assert not only_suggests("罗远建议设什么基金？", article)
    assert not only_suggests("办托育机构要消防批准吗？", article)
    assert not only_suggests("罗远的建议采纳了没有？", make_article("答复", "罗远的建议已采纳。"))


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("首批12家食堂开业，日供餐3600份。其余年底前开业。", True),
        ("首批12家食堂开业。它们设在北岸、南岸、渡口等街道。", False),
        ("首批12家食堂开业，其中柳渡县5家，白苇县4家，老城区3家。", False),
        ("首批12家食堂全部设在柳渡县。", False),
        ("首批食堂开业。", False),
    ],
    ids=["it counts them", "named in the next sentence", "place by place", "all in one place", "it has no such count"],
)
def test_an_article_that_only_counts_does_not_tell_the_names(text: str, counts: bool) -> None:
    assert only_counts("那12家食堂都开在什么地方？", hits(make_passage(text))) == counts


def test_where_one_article_counts_another_may_name() -> None:
    counts, names = (make_passage(t, title=t) for t in ("首批12家食堂开业。", "这12家食堂设在北岸、南岸、渡口。"))
    assert not only_counts("那12家食堂都开在什么地方？", hits(counts, names))


NORTH, SOUTH = "北岸渡船公司有多少渡船？", "南岸码头公司有多少渡船？"


def test_what_follows_a_name_belongs_to_it_until_the_other_is_named() -> None:
    texts = ["北岸渡船公司成立于2001年。", "公司有渡船12艘。", "南岸码头公司成立于2003年。", "公司有渡船3艘。"]
    given = given_passages(texts)
    assert [p.text for p in own_texts(NORTH, [NORTH, SOUTH], given)] == texts[:2]
    assert [p.text for p in own_texts(SOUTH, [NORTH, SOUTH], given)] == texts[2:]
    assert own_texts("渡船有多少？", ["渡船有多少？"], given) == given


def test_a_text_about_both_or_about_neither_belongs_to_both() -> None:
    texts = ["南岸码头公司成立于2003年。", "北岸渡船公司有12艘，南岸码头公司有3艘。", "渡船每天6点开航。"]
    assert [p.text for p in own_texts(NORTH, [NORTH, SOUTH], given_passages(texts))] == texts[1:]
    assert [p.text for p in own_texts(SOUTH, [NORTH, SOUTH], given_passages(texts))] == texts


def test_rules_answer_before_suggestions() -> None:
    proposal = split_passages(make_article("建议", "每月补贴600元。", kind=Kind.PROPOSAL))
    policy = split_passages(make_article("通知", "每月补贴300元。", kind=Kind.POLICY))
    answering, apart = rules_first("每月补贴多少元？", hits(*proposal, *policy))
    assert ([h.passage.id for h in answering], [h.passage.id for h in apart]) == (["通知#0"], ["建议#0"])


def test_who_asks_for_suggestions_gets_them_first() -> None:
    proposal = split_passages(make_article("建议", "每月补贴600元。", kind=Kind.PROPOSAL))
    policy = split_passages(make_article("通知", "每月补贴300元。", kind=Kind.POLICY))
    assert rules_first("委员建议每月补贴多少元？", hits(*proposal, *policy)) == (hits(*proposal, *policy), [])


def test_an_article_is_read_whole_and_in_order() -> None:
    first, second = split_passages(make_article("甲", "桥通了，车多了。", "路通了，人多了。"))
    assert [[e.passage.id for e in source] for source in sources("路？", hits(second))] == [["甲#0", "甲#1"]]
    assert first.text == "桥通了，车多了。"


def test_a_passage_that_was_not_found_has_no_score() -> None:
    _, second = split_passages(make_article("甲", "桥通了，车多了。", "路通了，人多了。"))
    (source,) = sources("路？", [told(second, "路通了", 0.8)])
    assert [e.score for e in source] == [0.0, 0.8]


LONG = [f"{n}" + "桥" * 298 + "。" for n in range(8)]  # 2,400 characters and the line ends: two windows


def test_of_a_long_article_the_window_is_read_that_the_best_passage_lies_in() -> None:
    passages = split_passages(make_article("甲", *LONG))
    (source,) = sources("桥？", [told(passages[5], "桥", 0.9), told(passages[6], "桥", 0.8)])
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
    assert [source[0].passage.article.title for source in sources("两座桥哪座更长？", found)] == ["甲", "乙"]
    assert [source[0].passage.article.title for source in sources("桥有多长？", found)] == ["甲"]


def test_of_given_texts_the_best_are_read_together_in_their_order_within_a_budget() -> None:
    given = given_passages([f"{n}" + "桥" * 298 + "。" for n in range(1, 6)])
    assert [e.text[0] for e in sources("桥？", hits(given[4], given[0], given[2], given[1]))[0]] == ["1", "3", "5"]
    assert keep_named("“青石桥”多长？", hits(*given)) == hits(*given)


def test_another_article_is_read_where_it_answers_too() -> None:
    one, other, third = (make_passage("桥长120米。", title) for title in "甲乙丙")
    found = [told(one, "120米", 0.9), told(other, "120米", 0.6), told(third, "120米", 0.4)]
    assert [source[0].passage.article.title for source in sources("桥多长？", found)] == ["甲", "乙"]


def test_the_quick_sentence_is_the_one_that_holds_the_answer() -> None:
    passage = make_passage("市民拍手称快。青石桥全长120米。记者到场。")
    quick = quick_sentence("青石桥全长多少米？", [told(passage, "120米")])
    assert quick is not None
    assert (quick.text, quick.score) == ("青石桥全长120米。", 0.9)


@pytest.mark.parametrize(("probability", "certainty"), [(0.45, 3.0), (0.9, -1.0)])
def test_a_judge_that_is_not_sure_has_no_quick_sentence(probability: float, certainty: float) -> None:
    hit = told(make_passage("青石桥全长120米。"), "120米", probability, certainty)
    assert quick_sentence("青石桥全长多少米？", [hit]) is None


def test_a_sentence_without_what_was_asked_for_is_not_quick() -> None:
    assert quick_sentence("青石桥总投资多少钱？", [told(make_passage("青石桥全长120米。"), "120米")]) is None


def test_what_only_leads_to_a_list_is_not_quick() -> None:
    passage = make_passage("市政协委员沈若溪建议：\n减免租金。")
    assert quick_sentence("沈若溪有哪些建议？", [told(passage, "沈若溪建议")]) is None


def test_a_long_sentence_is_for_the_model() -> None:
    passage = make_passage("青石桥全长120米，" + "车" * QUICK_CHARACTERS + "。")
    assert quick_sentence("青石桥全长多少米？", [told(passage, "120米")]) is None


@pytest.mark.parametrize(
    ("question", "text", "place"),
    [
        ("城南学校花了多少钱？", "该校花费3600万元。另建城北学校花费1800万元。", "1800"),  # another of its kind
        ("平原县有几户？", "全市共有30户。其中，青石县7户，平原县6户。", "30"),  # the name stands beside
        ("我63岁要交多少钱？", "65岁以上免费。60至64岁交1元。", "免费"),
    ],
)
def test_a_sentence_beside_which_another_fits_better_is_not_quick(question: str, text: str, place: str) -> None:
    assert quick_sentence(question, [told(make_passage(text), place)]) is None


def test_the_sentence_that_answers_stands_first() -> None:
    ranked = rank_sentences(
        "青石桥全长多少米？", make_evidence("市民拍手称快。青石桥全长120米。记者到场。"), FakeJudge()
    )
    assert ranked[0].text == "青石桥全长120米。"


def test_every_sentence_is_ranked_once_with_a_score_up_to_1() -> None:
    ranked = rank_sentences("青石桥全长多少米？", make_evidence("市民拍手称快。青石桥全长120米。"), FakeJudge())
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
    assert (quick_sentence(question, [hit]) is not None) == quick


def test_quotations_are_the_best_sentences_in_the_sources_order() -> None:
    quoted = quotations("青石桥全长多少米？", make_evidence("市民拍手称快。青石桥全长120米。"), FakeJudge())
    assert [item.text for item in quoted] == ["青石桥全长120米。"]


def test_a_second_quotation_is_good_by_itself() -> None:
    texts = "青石桥全长120米。青石桥宽9米。"
    assert [q.text for q in quotations("青石桥全长多少米？", make_evidence(texts), FakeJudge(most=0.6))] == [texts]
    assert [q.text for q in quotations("青石桥全长多少米？", make_evidence(texts), FakeJudge(most=0.4))] == [
        "青石桥全长120米。"
    ]


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
    assert [e.text for e in means_told(MEANS, source)] == [
        "班次由8班增至12班。",
        "这一变化缩短了等候时间。",
        "下调从春运开始。",
        "这一票价减免针对学生。",
    ]


@pytest.mark.parametrize(
    ("question", "text"),
    [(MEANS, "班次由8班增至12班。"), ("渡口有多少班？", "班次由8班增至12班。")],
    ids=["one stands nowhere", "no means named"],
)
def test_where_one_of_them_stands_nowhere_the_model_is_asked(question: str, text: str) -> None:
    assert means_told(question, make_evidence(text)) == []


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
    quoted = quotations("骗提怎么处理？", [Evidence(passage, passage.span, 1.0)], None)
    assert [e.text for e in quoted] == []


def test_the_judge_reads_a_sentence_below_its_title_and_the_question_that_it_answers() -> None:
    passage = faq()
    judge = FakeJudge()
    rank_sentences("骗提怎么处理？", [Evidence(passage, passage.span, 1.0)], judge)
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
    assert part_asked(question, sentence).text == shown


@pytest.mark.parametrize(
    "text", ["一孩每月补500元；二孩每月补800元。", PARTS.replace("；7家", "；其中7家"), PARTS.replace("；", "，")]
)
def test_a_short_sentence_and_one_whose_parts_take_up_each_other_stay_whole(text: str) -> None:
    (sentence,) = make_evidence(text)
    assert part_asked("一孩每月补多少钱？创业担保贷款最高多少钱？", sentence) == sentence


@pytest.mark.parametrize(("most", "relevant"), [(0.4, False), (0.5, True)])
def test_a_sentence_half_as_near_as_the_best_passage_has_to_do_with_the_question(most: float, relevant: bool) -> None:
    asked = [replace(e, score=1.0) for e in make_evidence("青石桥全长120米。")]
    assert is_relevant("青石桥全长多少米？", asked, asked, FakeJudge(most=most)) is relevant


def test_a_sentence_that_counts_something_else_gives_way_to_the_model() -> None:
    passage = make_passage("代办员共代办事项1.3万件。代办事项现有42项。")
    judged = replace(hits(passage)[0], reading=Reading(0.9, Span(0, 13), 5.0))
    assert quick_sentence("代办事项有多少项？", [judged]) is None
    assert quick_sentence("代办事项有多少件？", [judged]) is not None
