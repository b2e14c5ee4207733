"""Scans: lines recognised at their places become paragraphs, a skewed page too; what was hardly legible is told. The engine is a
fake."""

import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from rag.datatypes import PageStart, Span
from rag.errors import UserError
from rag.reading import scans
from rag.reading.article_json import article_from_json, article_to_json
from rag.reading.files import read_contents
from rag.reading.marked import Mark, Marked, MarkedText, from_json, to_json, with_page
from rag.reading.scans import read_pdf_page, read_picture
from tests.office_files import Words, pdf

LINES = (
    "　　渡口自三月五日起每日六时开渡，二十二时收渡，风",
    "浪大时停渡，老人乘船不收钱。",
    "　　学生凭学生证乘船减半。",
)


@dataclass
class Found:
    """What RapidOCR gives: of each line its corners, its words, how sure it is."""

    boxes: Any
    txts: tuple[str, ...]
    scores: tuple[float, ...]


def found(*lines: str, skew: float = 0.0, scores: Sequence[float] = ()) -> Found:
    """Lines of letters 20 pixels wide, 40 pixels apart, on a page turned by `skew` degrees."""
    cosine, sine = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    boxes = []
    for n, line in enumerate(lines):
        words = line.strip()
        x0, x1 = 100 + 20 * (len(line) - len(words)), 100 + 20 * len(line)
        top, bottom = 100 + 40 * n, 125 + 40 * n
        corners = ((x0, top), (x1, top), (x1, bottom), (x0, bottom))
        boxes.append([(x * cosine - y * sine, x * sine + y * cosine) for x, y in corners])
    return Found(np.array(boxes), tuple(map(str.strip, lines)), tuple(scores or [0.99] * len(lines)))


def picture() -> bytes:
    image = pytest.importorskip("PIL.Image")
    made = io.BytesIO()
    image.new("RGB", (40, 30), "white").save(made, "PNG")
    return made.getvalue()


def read(monkeypatch: pytest.MonkeyPatch, result: Found) -> MarkedText:
    monkeypatch.setattr(scans, "_engine", lambda: lambda _: result)
    monkeypatch.setattr(scans, "is_installed", lambda: True)
    return read_picture(picture(), "a.png")


@pytest.mark.parametrize("skew", [0.0, 1.5, -3.0])
def test_lines_become_paragraphs_however_the_page_lay(monkeypatch: pytest.MonkeyPatch, skew: float) -> None:
    text = read(monkeypatch, found(*LINES, skew=skew))
    assert text.text.split("\n") == [(LINES[0] + LINES[1]).strip(), LINES[2].strip()]
    assert text.pages == (PageStart(0, 1),)
    assert text.warnings == ()


def test_lines_that_were_hardly_legible_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    text = read(monkeypatch, found(*LINES, scores=[0.99, 0.99, 0.6]))
    assert [w.zh for w in text.warnings] == ["a.png 第 1 页有 1 行认得不准，请对照原件：学生凭学生证乘船减半。"]


def test_what_is_illegible_is_told_and_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = read(monkeypatch, found(*LINES, scores=[0.99, 0.99, 0.3]))
    assert "学生" not in text.text
    assert [w.zh for w in text.warnings] == [
        "a.png 第 1 页有 1 处认不出，没有读入（可能是印章或污渍），请对照原件：学生凭学生证乘船减半。"
    ]


def test_words_that_were_hardly_legible_are_marked_in_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = read(monkeypatch, found(*LINES, scores=[0.99, 0.6, 0.6]))
    assert [text.text[start:end] for start, end in text.uncertain] == [LINES[1], LINES[2].strip()]


def test_uncertain_words_are_kept_with_the_article_and_through_the_process_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = read(monkeypatch, found("松溪县渡口收费办法", *LINES, scores=[0.99, 0.99, 0.99, 0.6]))
    assert from_json(json.loads(json.dumps(to_json(text)))).uncertain == text.uncertain
    [article] = read_contents(text.text, "a.png", text.pages, text.uncertain).articles
    assert [article.text[start:end] for start, end in article.uncertain] == ["学生凭学生证乘船减半。"]
    assert article_from_json(json.loads(json.dumps(article_to_json(article)))) == article


def test_a_page_on_which_nothing_was_recognised_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    text = read(monkeypatch, Found(None, (), ()))
    assert (text.text, [w.zh for w in text.warnings]) == ("", ["a.png 第 1 页没有认出文字。"])


def test_a_page_of_a_pdf_is_read_as_it_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "_engine", lambda: lambda _: found(*LINES))
    assert read_pdf_page(pdf([], [Words(10, 10, "字")]), "a.pdf", 2).pages == (PageStart(0, 2),)


def test_without_the_extra_a_picture_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "is_installed", lambda: False)
    with pytest.raises(UserError, match=r"a\.png 是图片；安装文字识别后可以读：pip install 'wence\[ocr\]'。已跳过。"):
        read_picture(picture(), "a.png")


def test_a_cut_picture_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "is_installed", lambda: True)
    with pytest.raises(UserError, match=r"a\.png 不是完整的图片，请重新扫描或另存；已跳过。"):
        read_picture(picture()[:40], "a.png")


@pytest.mark.parametrize(
    ("number", "words", "pages", "row"),
    [
        (1, "新\n甲\n丙", [(0, 1), (2, 2), (4, 4)], (4, 5)),
        (3, "甲\n新\n丙", [(0, 2), (2, 3), (4, 4)], (4, 5)),
        (9, "甲\n丙\n新", [(0, 2), (2, 4), (4, 9)], (2, 3)),
    ],
)
def test_a_page_read_by_itself_takes_its_place(
    number: int, words: str, pages: list[tuple[int, int]], row: tuple[int, int]
) -> None:
    text = MarkedText("甲\n丙", (Marked(Span(2, 3), Mark.ROW),), (PageStart(0, 2), PageStart(2, 4)))
    whole = with_page(text, number, MarkedText("新", pages=(PageStart(0, number),), uncertain=(Span(0, 1),)))
    assert [whole.text[start:end] for start, end in whole.uncertain] == ["新"]
    assert (whole.text, whole.pages, whole.marks) == (words, tuple(pages), (Marked(Span(*row), Mark.ROW),))
