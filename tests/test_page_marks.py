"""What a line by itself says about its page."""

import pytest

from rag.reading.page_marks import TEXT, Mark, read_mark


@pytest.mark.parametrize(
    "line", ["— 2 —", "− 2 −", "« 2 »", "第2页", "第2/5页", "页码：2", "Page 2 of 9", "https://a.example/b.html 2/6"]
)
def test_a_page_number_by_its_form_is_certain(line: str) -> None:
    assert read_mark(line) == Mark(certain=True)


@pytest.mark.parametrize(
    ("line", "number", "words"),
    [
        ("2", 2, ""),
        ("_2_", 2, ""),
        ("2/5", 2, ""),
        ("P2", 2, ""),
        ("十二", 12, ""),
        ("Ⅳ", 4, ""),
        ("公报 第3期 15", 15, "公报第3期"),
        ("15 公报 第3期", 15, "公报第3期"),
        ("公报 ·12·", 12, "公报"),
        ("公报 第2页", 2, "公报"),
        ("2026/1/20 10:32 助餐办法", None, "助餐办法"),
        ("2026/1/20 10:32", None, "2026/1/2010:32"),
        ("助餐办法", None, "助餐办法"),
    ],
)
def test_a_line_is_its_number_and_the_words_beside(line: str, number: int | None, words: str) -> None:
    mark = read_mark(line)
    assert (mark.certain, mark.number, mark.words.replace(" ", "")) == (False, number, words)


@pytest.mark.parametrize("line", ["水费3元，按月结算。", "电话：86001234", "3；", "", "字" * 201, "请于1/20前办理。"])
def test_a_line_that_ends_a_sentence_or_labels_something_is_text(line: str) -> None:
    assert read_mark(line) == TEXT


@pytest.mark.parametrize("line", ["水费3元", "第3期", "3号楼", "共3"])
def test_a_figure_that_touches_its_words_is_no_page_number(line: str) -> None:
    assert read_mark(line).number is None
