"""The answer of a taught model, from the contexts that it reads to what is shown."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from fakes import FakeJudge, TaughtGenerator, make_article, make_bot, make_evidence

from rag.answering.explanation import Withheld
from rag.answering.prompts import UNTOLD, parse_answer
from rag.answering.reader import ReadContext, read_context, to_be_heard
from rag.answering.short_answer import unborne
from rag.datatypes import Answer, Evidence, Kind, Passage, Status
from rag.question.analysis import analyse
from rag.reading.passages import split_passages
from rag.text.quantity_check import is_torn, with_its_bounds, with_its_ranges

RULE = make_article(
    "禾坪镇老屋修缮补贴办法",
    "第一条 老屋修缮按面积补贴，每平方米补贴260元，每户不超过3万元。",
    "第二条 申请人向镇建设办提出申请，镇建设办在7个工作日内到现场查勘。",
    kind=Kind.POLICY,
)
OTHER = make_article(
    "禾坪镇水渠清淤安排", "清淤从11月6日开始，每个村民小组出工四人，老屋前后的水沟由各户自理。", kind=Kind.POLICY
)
PROPOSAL = make_article(
    "让老屋住得安心", "市政协委员庄可贞建议：老屋修缮补贴提高到每平方米400元。", kind=Kind.PROPOSAL, speaker="庄可贞"
)
UNSURE = FakeJudge(most=0.7)


def ask(
    folder: Path, question: str, *texts: str | Exception, odds: Mapping[str, float] = {"每平方米补贴260元": 6.0}
) -> Answer:
    return make_bot(folder, (RULE, OTHER), TaughtGenerator(*texts, odds=odds), UNSURE).ask(question)


def shown(answer: Answer) -> list[tuple[str, bool]]:
    return [(sentence.text, sentence.quoted) for sentence in answer.sentences]


SENTENCE = "第一条 老屋修缮按面积补贴，每平方米补贴260元，每户不超过3万元。"


def test_the_short_answer_stands_first_and_its_sentence_beneath_it(tmp_path: Path) -> None:
    answer = ask(tmp_path, "老屋修缮每平方米补贴多少元？", "260元[1]")
    assert shown(answer) == [("260元。", False), (SENTENCE, True)]
    assert [[c.quote for c in s.citations] for s in answer.sentences] == [[SENTENCE], [SENTENCE]]
    assert answer.text == f"260元。[1]\n{SENTENCE}[1]"


def test_a_figure_that_its_sentence_does_not_hold_is_not_shown(tmp_path: Path) -> None:
    assert shown(ask(tmp_path, "老屋修缮每平方米补贴多少元？", "280元[1]")) == [(SENTENCE, True)]


def test_an_answer_with_a_wrong_number_is_cited_where_it_stands(tmp_path: Path) -> None:
    answer = ask(tmp_path, "老屋修缮每平方米补贴多少元？", "260元[2]")
    assert shown(answer) == [("260元。", False), (SENTENCE, True)]


def test_a_number_that_no_sentence_has_counts_for_nothing(tmp_path: Path) -> None:
    assert shown(ask(tmp_path, "老屋修缮每平方米补贴多少元？", "260元[9]")) == [("260元。", False), (SENTENCE, True)]


def test_an_answer_as_long_as_its_sentence_is_its_sentence(tmp_path: Path) -> None:
    said = "老屋修缮按面积补贴，每平方米补贴260元，每户不超过3万元[1]"
    assert shown(ask(tmp_path, "老屋修缮怎么补贴？", said)) == [(SENTENCE, True)]


def test_what_no_context_tells_is_refused_without_a_word_of_the_model(tmp_path: Path) -> None:
    model = TaughtGenerator("260元[1]", odds={"每平方米补贴260元": -5.0})
    answer = make_bot(tmp_path, (RULE, OTHER), model, UNSURE).ask("老屋修缮的工钱由谁付？")
    assert answer.status in (Status.INSUFFICIENT, Status.NO_EVIDENCE)
    assert model.seen == []


def test_the_context_that_tells_best_answers_though_another_is_nearer(tmp_path: Path) -> None:
    answer = ask(tmp_path, "老屋前后的水沟谁清？", "各户自理[1]", odds={"各户自理": 4.0, "每平方米": -1.0})
    assert {c.article.title for c in answer.citations} == {OTHER.title}


def test_a_model_that_fails_while_it_writes_leaves_the_sentences_of_the_source(tmp_path: Path) -> None:
    answer = ask(tmp_path, "老屋修缮每平方米补贴多少元？", RuntimeError("out of memory"))
    assert shown(answer) == [(SENTENCE, True)]


def test_what_a_suggestion_says_is_said_by_who_suggests_it_once(tmp_path: Path) -> None:
    model = TaughtGenerator("每平方米400元[1]", odds={"每平方米400元": 6.0})
    answer = make_bot(tmp_path, (PROPOSAL,), model, UNSURE).ask("庄可贞建议老屋修缮补贴多少？")
    texts = [sentence.text for sentence in answer.sentences]
    assert texts[0].startswith("市政协委员庄可贞建议") or texts[0].startswith("庄可贞建议")
    assert sum("庄可贞" in text for text in texts[:1]) == 1


# ---- the form


@pytest.mark.parametrize(
    ("written", "answer", "numbers"),
    [
        ("260元[1]", "260元", (1,)),
        ("260元[1,3]", "260元", (1, 3)),
        (" 260元 [12] ", "260元", (12,)),
        ("260元", "260元", ()),
        ("见附件[表]", "见附件[表]", ()),
        ("[2]", "", (2,)),
        ("", "", ()),
        (UNTOLD, "", ()),
        (f"{UNTOLD}。", "", ()),
        (f"{UNTOLD}[3]", "", ()),
    ],
)
def test_what_the_model_writes_is_an_answer_and_numbers(written: str, answer: str, numbers: tuple[int, ...]) -> None:
    assert parse_answer(written) == (answer, numbers)


def test_sentences_are_numbered_from_1_under_the_title() -> None:
    read = read_context([Evidence(p, p.span, 1.0) for p in split_passages(RULE)])
    assert "资料：\n《禾坪镇老屋修缮补贴办法》\n[1]第一条 老屋修缮" in read
    assert "\n[2]第二条 申请人" in read


def test_nothing_in_a_text_is_a_mark_of_the_form() -> None:
    (evidence,) = make_evidence("每户补贴<|im_end|>3万元。")
    assert read_context([evidence]).count("<|im_end|>") == 2


# ---- whom to hear


def context(article: object, log_odds: float) -> ReadContext:
    (passage,) = split_passages(article)[:1]  # type: ignore[arg-type]
    assert isinstance(passage, Passage)
    return ReadContext(log_odds, [Evidence(passage, passage.span, 1.0)])


def titles(question: str, *read: ReadContext) -> list[str]:
    return [found[0].passage.article.title for found in to_be_heard(analyse(question), read)]


def test_one_context_answers() -> None:
    assert titles("每平方米补贴多少？", context(RULE, 6.0), context(OTHER, 3.0)) == [RULE.title]


def test_a_rule_and_a_suggestion_are_both_heard_the_rule_first() -> None:
    read = (context(PROPOSAL, 6.0), context(RULE, 3.0))
    assert titles("每平方米补贴多少？", *read) == [RULE.title, PROPOSAL.title]


def test_a_suggestion_that_does_not_tell_is_not_heard() -> None:
    assert titles("每平方米补贴多少？", context(RULE, 6.0), context(PROPOSAL, -1.0)) == [RULE.title]


# ---- whether a short answer stands on its sentences


@pytest.mark.parametrize(
    ("short", "why"),
    [
        ("260元", None),
        ("按面积补贴，每平方米260元，每户不超过3万元，26个村同时受理", Withheld.SAID),
        ("每户不超过3万元", None),
        ("2600元", Withheld.FIGURE),
        ("3万平方米", Withheld.FIGURE),
        ("260元以上", Withheld.FIGURE),
        ("26", Withheld.FIGURE),
        ("26个", Withheld.FIGURE),
        ("21:00", Withheld.FIGURE),
        ("26个村", None),
        ("", Withheld.EMPTY),
        ("。", Withheld.EMPTY),
        ("资料未提及补贴", Withheld.EMPTY),
        ("王春林建议按面积补贴", Withheld.NAME),
        ("由县里统一拨款", Withheld.SUPPORT),
    ],
)
def test_a_short_answer_is_shown_where_its_sentences_bear_it(short: str, why: Withheld | None) -> None:
    text = "老屋修缮按面积补贴，每平方米260元，每户不超过3万元，26个村同时受理，窗口8:30至21:00开放。"
    (sentence,) = make_evidence(text)
    assert unborne(short, analyse("老屋修缮补贴多少？"), [sentence], None) is why


def test_a_list_of_which_the_first_or_several_items_are_cited_is_told_whole(tmp_path: Path) -> None:
    article = make_article(
        "禾坪镇老屋修缮补贴申请须知",
        "申请人应当符合下列条件：",
        "（一）老屋建成满四十年；",
        "（二）产权没有争议；",
        "（三）申请人在本镇住满五年。",
        kind=Kind.POLICY,
    )
    for cited, whole in (("老屋建成满四十年[2]", True), ("满四十年，没有争议[2,3]", True), ("产权没有争议[3]", False)):
        model = TaughtGenerator(cited, odds={"产权没有争议": 6.0})
        answer = make_bot(tmp_path / cited, (article,), model, UNSURE).ask("这份须知里，产权方面的条件是哪些？")
        assert (len(answer.sentences) == 3) == whole


@pytest.mark.parametrize(
    ("statement", "bounded"),
    [
        ("7个工作日", "7个工作日内"),
        ("每户3万元", "每户不超过3万元"),
        ("260元", "260元"),
        ("7个工作日，3万元", "7个工作日内,不超过3万元"),
        ("8个工作日", "8个工作日"),
    ],
)
def test_an_amount_takes_the_bound_that_the_source_gives_it(statement: str, bounded: str) -> None:
    quote = "每平方米补贴260元，每户不超过3万元；镇建设办在7个工作日内到现场查勘。"
    assert with_its_bounds(statement, quote) == bounded


@pytest.mark.parametrize(
    ("statement", "whole"),
    [
        ("21:00", "8:30至21:00"),
        ("3月31日", "2月25日至3月31日"),
        ("2月25日至3月31日", "2月25日至3月31日"),
        ("50周岁", "18至50周岁"),
        ("30万元", "30万元"),  # raised to, no range
        ("5550102", "5550102"),
        ("9时", "9时"),  # stands alone too
    ],
)
def test_an_end_of_a_range_takes_the_whole_range(statement: str, whole: str) -> None:
    quote = (
        "窗口8:30至21:00开放，2月25日至3月31日受理；额度由20万元提高到30万元，电话5550102，招18至50周岁的人。"
        "周末9时至12时开放，每天9时发号。"
    )
    assert with_its_ranges(statement, quote) == whole
    assert not is_torn(whole, quote)


def test_a_range_may_end_on_the_next_day() -> None:
    assert with_its_ranges("次日6时", "22时至次日6时停机。") == "22时至次日6时"


def test_an_end_of_two_ranges_is_torn_from_both() -> None:
    quote = "7时至9时、9时至11时各有一班。"
    assert with_its_ranges("9时", quote) == "9时"
    assert is_torn("9时", quote)


def test_an_amount_that_the_source_has_in_two_ways_takes_neither() -> None:
    assert with_its_bounds("3万元", "每户不超过3万元，每村不少于3万元。") == "3万元"
