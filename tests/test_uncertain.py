"""What a scan's recognition was not sure of is never said, nor shown, as if it were."""

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeJudge, make_article, make_bot

from chat.rendering import article_html
from desk.drafts import correct_article
from desk.web.marking import Piece, mark_paragraphs
from rag.datatypes import Article, Kind, Span, Status
from rag.reading.article_json import article_to_json

TEXT = "过江索道单程票价25元。\n每日六时开始运营。"
CAUTION = "注意：《过江索道恢复运营》是扫描件，“单程票价25元”认得不准，请对照原件。"


def scanned(*uncertain: str) -> Article:
    article = make_article("过江索道恢复运营", *TEXT.split("\n"), kind=Kind.POLICY)
    spans = [Span(article.text.index(words), article.text.index(words) + len(words)) for words in uncertain]
    return replace(article, uncertain=tuple(spans))


def test_a_figure_that_was_hardly_legible_is_said_with_a_caution_before_it(tmp_path: Path) -> None:
    bot = make_bot(tmp_path, [scanned("单程票价25元")], judge=FakeJudge())
    answer = bot.ask("过江索道单程票价多少元？")
    assert answer.status is Status.ANSWERED
    assert [sentence.text for sentence in answer.sentences] == [CAUTION, "过江索道单程票价25元。"]
    assert [c.number for sentence in answer.sentences for c in sentence.citations] == [1, 1]
    streamed = [event.text for event in bot.stream("过江索道单程票价多少元？") if hasattr(event, "citations")]
    assert streamed[0] == CAUTION


def test_what_was_surely_recognised_is_said_without(tmp_path: Path) -> None:
    bot = make_bot(tmp_path, [scanned("每日六时")], judge=FakeJudge())
    assert [s.text for s in bot.ask("过江索道单程票价多少元？").sentences] == ["过江索道单程票价25元。"]


def test_the_chat_underlines_it_wherever_a_mark_begins() -> None:
    html = article_html(scanned("票价25元"), [Span(4, 9)])
    assert (
        '<p>过江索道<mark class="here" id="cited" tabindex="-1">单程</mark><mark class="here"><span class="unsure" '
        'title="扫描件上认得不准，请对照原件">票价2</span></mark><span class="unsure" '
        'title="扫描件上认得不准，请对照原件">5元</span>。</p>'
    ) in html


def test_the_desk_underlines_it_too() -> None:
    article = scanned("25元")
    [first, second] = mark_paragraphs(article.text, [(0, 9, 1)], article.uncertain)
    assert first == [
        Piece("过江索道单程票价", 1),
        Piece("2", 1, unsure=True),
        Piece("5元", None, unsure=True),
        Piece("。", None),
    ]
    assert second == [Piece("每日六时开始运营。", None)]


@pytest.mark.parametrize(
    ("corrected", "left"),
    [
        ("过江索道单程票价26元。\n每日六时开始运营。", ["六时"]),
        ("新的一段。\n过江索道单程票价25元。\n每日六时开始运营。", ["25元", "六时"]),
        ("过江索道单程票价26元。\n每日七时开始运营。", []),
    ],
)
def test_a_corrected_paragraph_is_certain(corrected: str, left: list[str]) -> None:
    article = correct_article(
        scanned("25元", "六时"), {"title": "过江索道恢复运营", "kind": "policy", "text": corrected}
    )
    assert [article.text[start:end] for start, end in article.uncertain] == left


def test_an_article_of_which_all_is_sure_keeps_its_form() -> None:
    assert "uncertain" not in article_to_json(scanned())


def test_what_concerns_a_citizen_is_cautioned_too(tmp_path: Path) -> None:
    [match] = make_bot(tmp_path, [scanned("单程票价25元")]).matching("我想知道过江索道单程票价")
    assert match.why.text.startswith(CAUTION)
    assert match.why.quoted is False
