"""What the page is sent while a question is answered."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chat.asking import Asked, Crowded, Event, Failed, Stopped, Waiting
from chat.feed import Feed
from chat.rendering import end_html, sentence_html
from chat.turns import Turn, label_of, turn_from_json, turn_of
from rag.answering.refusals import REFUSALS
from rag.datatypes import Progress, Status
from rag.errors import UserError
from tests.ui_fakes import ARTICLE, FakeBot, answered

SENTENCES = FakeBot()._sentences("补贴")


def sent(*events: Event, lang: str = "zh", turn: Turn | None = None) -> Sequence[dict[str, Any]]:
    feed = Feed(turn or Turn("补贴？"), lang, contact="打12345")
    return [feed.message(event) for event in events]


def test_every_step_has_its_words():
    steps = (Waiting(2), Progress("searching"), Progress("reading", 3), Progress("writing", 3))
    assert [message["status"] for message in sent(*steps)] == [
        "排队中，前面还有 2 个问题…",
        "正在检索文章…",
        "找到 3 篇文章，正在阅读…",
        "找到 3 篇文章，正在撰写并逐句核对…",
    ]
    assert all(message["status"].isascii() or "…" in message["status"] for message in sent(*steps, lang="en"))


def test_sentences_come_as_html_and_the_end_brings_the_turn():
    answer = answered("补贴？", *SENTENCES)
    *sentences, end = sent(*SENTENCES, Asked(answer, "id1"))
    turn = turn_of(answer, answer_id="id1")
    assert [message["html"] for message in sentences] == [
        sentence_html(turn.said[0], turn.sources[:1]),
        sentence_html(turn.said[1], turn.sources),
    ]
    assert end["end"] == end_html(turn, contact="打12345", rated=True)
    assert turn_from_json(end["turn"]) == turn


def test_an_answer_that_was_not_kept_has_no_thumbs():
    (end,) = sent(Asked(answered("补贴？", *SENTENCES)))
    assert 'data-do="good"' not in end["end"]


def test_the_turn_keeps_the_question_as_typed_and_the_article_it_was_limited_to():
    limited = Turn("它多少钱？", label_of(ARTICLE))
    (end,) = sent(Asked(replace(answered("x"), status=Status.INSUFFICIENT)), turn=limited)
    assert (end["turn"]["question"], end["turn"]["within"]["article_id"]) == ("它多少钱？", "subsidy")


def test_what_was_shown_stays_when_no_more_comes():
    *_, end = sent(SENTENCES[0], Stopped())
    turn = turn_from_json(end["turn"])
    assert (turn.problem, len(turn.said), turn.status) == ("已停止。", 1, None)
    assert 'data-do="retry"' in end["end"]


def test_each_failure_is_one_plain_line():
    failures = (Failed(None), Failed(UserError("太长。", "Too long.")), Crowded())
    assert [message["turn"]["problem"] for message in sent(*failures)] == [
        REFUSALS[Status.ERROR][0],
        "太长。",
        "现在提问的人太多，请过一会儿再试。",
    ]
    assert sent(failures[1], lang="en")[0]["turn"]["problem"] == "Too long."
