"""PDF: paragraphs whole and in the order of reading, tables by their rulings, pages as places; what cannot be read is told."""

from pathlib import Path

import pytest

from rag.datatypes import PageStart, Why
from rag.errors import UserError
from rag.reading.apart import Apart
from rag.reading.files import load_articles, read_file
from rag.reading.marked import Mark
from rag.reading.pdf import read_pdf
from tests.office_files import PICTURE, Box, Words, column, pdf

HEAD = [
    Words(150, 60, "苇川市人民政府文件", 32, red=True),
    Words(210, 130, "苇政发〔2026〕7号"),
    Words(143, 180, "苇川市人民政府关于渡口安全", 24),
    Words(249, 215, "工作的通知", 24),
]
BODY = column(
    97,
    270,
    "各街道办事处，各有关单位和渡口管理站，市属各企业：",
    "　　渡口自三月五日起每日六时开渡，二十二时收渡，风",
    "浪大时停渡，老人乘船不收钱，学生凭学生证乘船减半收",
    "取票款。",
)


def lines(*pages: list[Words | Box | str]) -> list[str]:
    return read_pdf(pdf(*pages), "a.pdf").text.split("\n")


def test_an_official_document_is_one_article_with_its_facts(tmp_path: Path) -> None:
    (tmp_path / "通知.pdf").write_bytes(pdf([*HEAD, *BODY, Words(300, 420, "2026年3月2日")]))
    (article,) = load_articles([tmp_path]).articles
    assert (article.title, article.kind.value, article.number, article.published) == (
        "苇川市人民政府关于渡口安全工作的通知",
        "policy",
        "苇政发〔2026〕7号",
        "2026-03-02",
    )
    assert article.text.split("\n") == [
        "各街道办事处，各有关单位和渡口管理站，市属各企业：",
        "渡口自三月五日起每日六时开渡，二十二时收渡，风浪大时停渡，老人乘船不收钱，学生凭学生证乘船减半收取票款。",
        "2026年3月2日",
    ]
    assert article.pages == (PageStart(0, 1),)


def test_running_heads_and_page_numbers_are_told_and_a_paragraph_goes_on_over_them() -> None:
    first = [
        Words(200, 30, "苇川市政府公报", 10),
        *column(60, 600, *["渡口每日六时开渡，二十二时收渡，风浪大时停渡，老人不收钱，"] * 3),
        Words(280, 800, "— 1 —", 10),
    ]
    second = [
        Words(200, 30, "苇川市政府公报", 10),
        *column(60, 80, "学生凭学生证乘船减半收取票款。"),
        Words(280, 800, "— 2 —", 10),
    ]
    third = [Words(200, 30, "苇川市政府公报", 10), *column(60, 80, "　　附件见后。"), Words(280, 800, "— 3 —", 10)]
    text = read_pdf(pdf(first, second, third), "a.pdf")
    whole = "渡口每日六时开渡，二十二时收渡，风浪大时停渡，老人不收钱，" * 3
    assert text.text == f"{whole}学生凭学生证乘船减半收取票款。\n附件见后。"
    assert text.pages == (PageStart(0, 1), PageStart(len(whole), 2), PageStart(text.text.index("附件"), 3))
    assert [(place, words, why) for place, words, why in text.left_out][:2] == [
        (1, "苇川市政府公报", Why.PAGE),
        (1, "— 1 —", Why.PAGE),
    ]


def test_a_citation_over_a_pages_end_begins_on_its_own_page() -> None:
    with Apart() as apart:
        long = ["渡口每日六时开渡，二十二时收渡，风浪大时停渡，老人不收钱，"] * 3
        data = pdf(column(60, 600, *long), column(60, 80, "学生减半。"))
        (article,) = read_file(data, "a.pdf", apart).articles
    assert [article.page_at(article.text.index(words)) for words in ("渡口", "学生减半")] == [1, 2]


def test_columns_are_read_one_after_the_other() -> None:
    left = [f"左栏第{n}行的字一直写到这一栏的边" for n in "一二三四五"]
    right = [f"右栏第{n}行的字一直写到这一栏的边" for n in "一二三四五"]
    page = [*column(40, 100, *left, size=14, leading=20), *column(310, 100, *right, size=14, leading=20)]
    assert lines(page) == ["".join(left + right)]


def test_a_headline_ends_the_columns_above_it() -> None:
    def story(y: float, title: str, words: str) -> list[Words]:
        row = [f"{words}{n}栏的字一直写到这一栏的边" for n in "左右"]
        return [Words(40, y, title, 24), *column(40, y + 40, *[row[0]] * 4, size=14, leading=20), *column(310, y + 40, *[row[1]] * 4, size=14, leading=20)]  # fmt: skip

    text = read_pdf(pdf([*story(60, "渡口亮灯", "甲"), *story(300, "老街开门", "乙")]), "a.pdf")
    assert text.flat
    assert [line[:4] for line in text.text.split("\n") if line] == ["渡口亮灯", "甲左栏的", "老街开门", "乙左栏的"]
    assert text.text.index("甲右") < text.text.index("老街开门")


def test_a_ruled_table_is_read_by_rows_with_merged_cells_filled() -> None:
    cells = {
        (0, 0): ("级别", 1, 2), (1, 0): ("报销比例", 2, 1), (1, 1): ("在职", 1, 1), (2, 1): ("退休", 1, 1),
        (0, 2): ("三级", 1, 1), (1, 2): ("85%", 1, 1), (2, 2): ("90%", 1, 1),
    }  # fmt: skip
    page: list[Words | Box | str] = [*column(60, 100, "报销标准如下。")]
    for (column_, row), (words, wide, high) in cells.items():
        page += [
            Box(60 + 120 * column_, 200 + 30 * row, 120 * wide, 30 * high),
            Words(65 + 120 * column_, 205 + 30 * row, words),
        ]
    text = read_pdf(pdf([*page, *column(60, 400, "自三月起执行。")]), "a.pdf")
    assert text.text.split("\n") == [
        "报销标准如下。",
        "级别：三级，报销比例（在职）：85%，报销比例（退休）：90%。",
        "自三月起执行。",
    ]
    assert [mark for _, mark in text.marks] == [Mark.ROW]


def test_a_table_without_rulings_is_read_by_rows() -> None:
    page = [
        Words(x, 100 + 28 * n, words)
        for n, row in enumerate([("大船", "2元"), ("快船", "5元"), ("渡轮", "9元")])
        for x, words in zip((60, 300), row, strict=True)
    ]
    assert lines(page) == ["大船　2元", "快船　5元", "渡轮　9元"]


def test_a_page_without_text_is_told_and_the_others_are_read() -> None:
    text = read_pdf(pdf(list(BODY), [PICTURE], [PICTURE], list(BODY), [PICTURE]), "a.pdf")
    assert [warning.zh for warning in text.warnings] == [
        "a.pdf 第 2-3、5 页是图片，没有可读的文字；安装文字识别后可以读：pip install 'wence[ocr]'。"
    ]
    assert [page.number for page in text.pages] == [1, 4]


def test_a_text_that_is_none_is_told() -> None:
    text = read_pdf(pdf(column(60, 100, "\ue001\ue002\ue003\ue004" * 8), list(BODY)), "a.pdf")
    assert [warning.zh for warning in text.warnings] == [
        "a.pdf 第 1 页的文字层已损坏（复制出来是乱码），没有读入；请用原文件重新导出 PDF。"
    ]
    assert "各街道" in text.text


def test_radical_signs_are_read_as_characters() -> None:
    assert lines(column(60, 100, "⼈⼯渡船⻓⼆⼗⽶。")) == ["人工渡船长二十米。"]


@pytest.mark.parametrize("data", [pdf(list(BODY))[:90], b"%PDF-1.7 nothing"], ids=["cut", "none"])
def test_a_damaged_file_is_one_line(data: bytes) -> None:
    with pytest.raises(UserError, match=r"a\.pdf 不是完整的 PDF，请重新下载，或打开后另存一次；已跳过。"):
        read_pdf(data, "a.pdf")


def test_a_file_whose_end_is_cut_off_is_read_as_far_as_it_goes() -> None:
    assert "各街道办事处" in read_pdf(pdf(list(BODY))[:-20], "a.pdf").text


def test_too_many_pages_are_refused() -> None:
    with pytest.raises(UserError, match=r"a\.pdf 有 3001 页，超过 3000 页，请拆分后再试；已跳过。"):
        read_pdf(pdf(*[[]] * 3001), "a.pdf")
