"""What the chat shows, as HTML: small cases, whole. No gradio, no browser."""

import re
import subprocess
import sys

import pytest

import ui
from rag.datatypes import Answer, Citation, Passage, Progress, Sentence, Span, Status
from rag.errors import UserError
from rag.refusals import REFUSALS, missing_parts, refusal
from tests.ui_fakes import ARTICLE, HOSTILE, PROPOSAL, FakeBot, answered, cite
from ui import (
    Turn,
    answer_html,
    answer_last,
    cards_html,
    conversation_html,
    date_words,
    history,
    marked_text,
    turn_html,
)

FIRST = cite(1, ARTICLE, "每月补贴600元")
SECOND = cite(2, ARTICLE, "补贴按季度发放。")


def never() -> bool:
    return False


def ask(bot: FakeBot, *questions: str) -> tuple[Turn, ...]:
    turns: tuple[Turn, ...] = ()
    for number, question in enumerate(questions, start=1):
        *_, turns = answer_last(bot, (*turns, Turn(number, question, "排队中")), never)
    return turns


def test_an_answer_is_its_sentences_with_links_to_their_cards():
    turn = Turn(3, "多少？", sentences=(Sentence("每月600元。", (FIRST, SECOND)),))
    assert answer_html(turn) == (
        '<div class="answer" aria-live="polite"><p class="sentence">每月600元。'
        '<a class="marker" href="#cite-3-1">[1]</a><a class="marker" href="#cite-3-2">[2]</a></p></div>'
    )


def test_a_quoted_sentence_says_that_it_is_the_source_s_own():
    turn = Turn(1, "?", sentences=(Sentence("补贴按季度发放。", (), quoted=True),))
    assert '<p class="sentence"><span class="chip">原文</span>补贴按季度发放。</p>' in answer_html(turn)


def test_a_card_shows_number_title_kind_date_and_the_passage_with_the_cited_words_marked():
    assert cards_html([FIRST], 1) == (
        '<aside class="cards"><h2>出处</h2><article class="card">'
        '<h3><span class="number" id="cite-1-1">1</span>关于提高托育补贴的通知</h3>'
        '<p class="facts"><span class="chip policy">政策文件</span>2026年1月16日</p>'
        '<blockquote>符合条件的家庭<mark data-number="1">每月补贴600元</mark>。补贴按季度发放。</blockquote></article></aside>'
    )


def test_citations_of_one_passage_share_a_card():
    html = cards_html([FIRST, SECOND], 1)
    assert html.count('<article class="card">') == 1
    assert 'id="cite-1-1">1</span><span class="number" id="cite-1-2">2</span>' in html
    assert (
        '<mark data-number="1">每月补贴600元</mark>。<mark data-number="2">补贴按季度发放。</mark></blockquote>' in html
    )


def test_a_proposal_s_card_names_the_speaker_with_the_role():
    html = cards_html([cite(1, PROPOSAL, "补贴")], 1)
    assert '<span class="chip proposal">委员建议</span>市政协常委高培元 · 1月8日</p>' in html


def test_an_answer_from_a_proposal_says_that_a_suggestion_is_no_rule():
    suggested = Turn(1, "?", sentences=(Sentence("建议补贴。", (cite(1, PROPOSAL, "补贴"),)),))
    ruled = Turn(1, "?", sentences=(Sentence("补贴。", (FIRST,)),))
    assert ui.say("suggestion") in answer_html(suggested)
    assert ui.say("suggestion") not in answer_html(ruled)


def test_nothing_cited_makes_no_cards():
    assert cards_html([], 1) == ""


@pytest.mark.parametrize(
    ("spans", "marked"),
    [
        ([(0, 2)], "<mark>一二</mark>三四五"),
        ([(3, 5), (0, 2)], "<mark>一二</mark>三<mark>四五</mark>"),
        ([(0, 3), (2, 4)], "<mark>一二三</mark><mark>四</mark>五"),
        ([(0, 5), (1, 2)], "<mark>一二三四五</mark>"),
    ],
)
def test_each_character_of_a_passage_stands_once_however_spans_overlap(spans: list[tuple[int, int]], marked: str):
    article = ui.replace(ARTICLE, text="零一二三四五六", paragraphs=())
    passage = Passage("a#0", article, Span(1, 6))
    citations = [Citation(n, passage, Span(start + 1, end + 1)) for n, (start, end) in enumerate(spans, start=1)]
    assert re.sub(r' data-number="\d"', "", marked_text(citations)) == marked


def test_a_citation_that_reaches_beyond_its_passage_is_shown_whole():
    passage = Passage("a#0", ui.replace(ARTICLE, text="零一二三四"), Span(2, 3))
    assert marked_text([Citation(1, passage, Span(1, 4))]) == '<mark data-number="1">一二三</mark>'


def test_every_text_is_escaped():
    citation = cite(1, PROPOSAL, HOSTILE)
    sentence = Sentence(HOSTILE, (citation,), quoted=True)
    refused = Answer(Status.NO_EVIDENCE, HOSTILE, HOSTILE, note=HOSTILE, nearest=(PROPOSAL,))
    stranger = ui.replace(PROPOSAL, speaker=HOSTILE, published=HOSTILE)
    turns = (
        Turn(1, HOSTILE, status=HOSTILE, sentences=(sentence,)),
        Turn(2, HOSTILE, answer=refused),
        Turn(3, HOSTILE, problem=HOSTILE, sentences=(Sentence("。", (cite(1, stranger, "高培元"),)),)),
    )
    html = conversation_html(turns)
    assert html.count("&lt;script&gt;") == 14
    assert "<script" not in html
    assert "<img" not in html


def test_a_refusal_shows_its_note_and_the_nearest_articles_as_a_list():
    note = refusal(Status.NO_EVIDENCE, (ARTICLE,))
    turn = Turn(1, "天气？", answer=Answer(Status.NO_EVIDENCE, "天气？", "天气？", note=note, nearest=(ARTICLE,)))
    assert turn_html(turn) == (
        '<section class="turn" lang="zh-CN"><p class="question">天气？</p><div class="reply">'
        f'<div class="answer" aria-live="polite"><p class="note">{REFUSALS[Status.NO_EVIDENCE][0]}</p></div>'
        '<aside class="cards"><h2>查看过的最接近文章</h2><article class="card"><h3>关于提高托育补贴的通知</h3>'
        '<p class="facts"><span class="chip policy">政策文件</span>2026年1月16日</p></article></aside></div></section>'
    )


def test_a_partial_answer_says_what_is_missing():
    answer = ui.replace(
        answered("?", Sentence("有。", (FIRST,))), status=Status.PARTIAL, note=missing_parts(["何时？"])
    )
    html = turn_html(Turn(1, "?", sentences=answer.sentences, answer=answer))
    assert '<p class="note">文章没有说明：何时？</p>' in html
    assert "出处" in html


@pytest.mark.parametrize(
    ("published", "words"),
    [
        ("2026-01-16", "2026年1月16日"),
        ("--01-16", "1月16日"),
        ("2026", "2026年"),
        ("2026-11", "2026年11月"),
        (None, ""),
        ("去年", "去年"),
    ],
)
def test_dates_read_as_chinese(published: str | None, words: str):
    assert date_words(published) == words


def test_an_answer_grows_sentence_by_sentence_under_a_status_line():
    bot = FakeBot()
    seen = [
        (turns[-1].status, len(turns[-1].sentences)) for turns in answer_last(bot, (Turn(1, "补贴？", "等"),), never)
    ]
    reading = "找到 2 篇文章，正在阅读…"
    assert seen == [("正在检索…", 0), (reading, 0), (reading, 1), (reading, 2), ("", 2)]


def test_the_history_is_pairs_of_question_and_text_without_markers():
    bot = FakeBot()
    turns = ask(bot, "补贴多少？", "出错", "天气？")
    assert bot.asked[2] == ("天气？", [("补贴多少？", "每月补贴600元。补贴按季度发放。")])
    assert history(turns)[1] == ("天气？", refusal(Status.NO_EVIDENCE, FakeBot.articles))


def test_an_error_shows_one_plain_line_and_logs_its_traceback(caplog: pytest.LogCaptureFixture):
    (turn,) = ask(FakeBot(), "出错")
    assert (turn.status, turn.problem) == ("", REFUSALS[Status.ERROR][0])
    assert "the fake stumbles" in caplog.text


def test_an_error_that_the_user_can_mend_is_shown_as_it_is():
    class Refusing(FakeBot):
        def stream(self, *_: object) -> None:
            raise UserError("问题太长。", "Too long.")

    (turn,) = ask(Refusing(), "补贴？")
    assert turn.problem == "问题太长。"


def test_a_stopped_answer_keeps_what_was_shown_and_says_so():
    shown: list[Sentence] = []
    growing = answer_last(FakeBot(), (Turn(1, "补贴？", "等"),), lambda: bool(shown))
    for turns in growing:
        shown += turns[-1].sentences
    assert (turns[-1].status, turns[-1].problem, len(turns[-1].sentences)) == ("", "已停止。", 1)


def test_steps_all_have_their_words():
    for step in ("searching", "reading", "writing"):
        assert ui.say(step, found=Progress(step, 3).found)


def test_a_taken_port_is_one_clear_line(capsys: pytest.CaptureFixture[str]):
    with ui.socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert ui.main(["--port", str(port)]) == 2
        assert ui.main(["--port", str(port), "--lang", "en"]) == 2
    chinese, english = capsys.readouterr().err.splitlines()
    assert chinese.startswith(f"无法使用地址 127.0.0.1:{port}（")
    assert english.startswith(f"Cannot listen on 127.0.0.1:{port} (")


def test_a_missing_index_is_one_clear_line(capsys: pytest.CaptureFixture[str], tmp_path, monkeypatch):
    def no_index(directory: object) -> None:
        raise UserError(f"没有索引 {directory}。", "no index")

    monkeypatch.setattr("rag.setup.load_chatbot", no_index)
    assert ui.main(["--index", str(tmp_path / "none"), "--port", "0"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"没有索引 {tmp_path / 'none'}。"


def test_ui_is_imported_without_gradio():
    program = "import sys, ui; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
