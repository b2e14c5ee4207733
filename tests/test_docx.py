"""DOCX: what a reader of the printed page sees is read, in its order; what is beside the text is told as left out."""

from pathlib import Path

import pytest

from rag.datatypes import Article, Kind, LeftOut, Why
from rag.errors import UserError
from rag.reading.apart import Apart
from rag.reading.docx import read_docx
from rag.reading.docx_numbers import format_number
from rag.reading.files import load_articles, read_file
from rag.reading.marked import Mark
from tests.office_files import cell, docx, item, p, package, row, run, table

BIG = '<w:sz w:val="44"/>'
CENTRED = '<w:jc w:val="center"/>'


def lines(body: str, **parts: str) -> list[str]:
    return read_docx(docx(body, **parts), "a.docx").text.split("\n")


def left_out(body: str, **parts: str) -> list[tuple[str, Why]]:
    return [(words, why) for _, words, why in read_docx(docx(body, **parts), "a.docx").left_out]


def test_an_official_document_is_one_article_with_its_facts(tmp_path: Path) -> None:
    red = '<w:color w:val="FF0000"/><w:sz w:val="72"/>'
    body = (
        p("苇川市人民政府文件", properties=CENTRED, face=red)
        + p("苇政发〔2026〕7号", properties=CENTRED)
        + p("苇川市人民政府关于", properties=CENTRED, face=BIG)
        + p("做好渡口安全工作的通知", properties=CENTRED, face=BIG)
        + p("各街道办事处：")
        + p("渡口每日6时开渡。")
        + p("附件：渡口名单")
        + p("苇川市人民政府")
        + p("2026年3月2日")
    )
    (tmp_path / "通知.docx").write_bytes(docx(body))
    loaded = load_articles([tmp_path])
    (article,) = loaded.articles
    assert (article.title, article.kind, article.number, article.published, article.source) == (
        "苇川市人民政府关于做好渡口安全工作的通知",
        Kind.POLICY,
        "苇政发〔2026〕7号",
        "2026-03-02",
        "通知.docx",
    )
    assert article.text.split("\n") == [
        "各街道办事处：",
        "渡口每日6时开渡。",
        "附件：渡口名单",
        "苇川市人民政府",
        "2026年3月2日",
    ]
    assert loaded.left_out == (
        LeftOut("通知.docx", 1, "苇川市人民政府文件", Why.CREDIT),
        LeftOut("通知.docx", 2, "苇政发〔2026〕7号", Why.CREDIT),
    )


def test_the_numbers_of_lists_are_counted() -> None:
    body = (
        item("总则", 1)
        + item("范围", 1, 1)
        + item("渡口", 1, 1)
        + item("船只", 1, 2)
        + item("罚则", 1)
        + item("警告", 1, 1)
    )
    assert lines(body) == ["一、总则", "（一）范围", "（二）渡口", "1. 船只", "二、罚则", "（一）警告"]


def test_a_list_that_starts_anew_counts_from_its_start() -> None:
    assert lines(item("甲", 2) + item("乙", 2) + item("丙", 3)) == ["第一条 甲", "第二条 乙", "第一条 丙"]


def test_a_heading_is_numbered_by_its_style() -> None:
    text = read_docx(docx(p("申请", "h1") + p("年满六十岁。") + p("发放", "h1")), "a.docx")
    assert text.text == "一、申请\n年满六十岁。\n二、发放"
    assert [(text.text[s.start : s.end], mark) for s, mark in text.marks] == [
        ("一、申请", Mark.HEADING),
        ("二、发放", Mark.HEADING),
    ]


def test_a_bullet_of_a_symbol_font_is_a_bullet() -> None:
    assert lines(item("身份证", 2, 1)) == ["• 身份证"]


@pytest.mark.parametrize(
    ("number", "format", "written"),
    [
        (10, "chineseCounting", "十"),
        (12, "japaneseCounting", "十二"),
        (20, "chineseCountingThousand", "二十"),
        (105, "chineseCountingThousand", "一百零五"),
        (1010, "chineseCountingThousand", "一千零一十"),
        (23, "chineseLegalSimplified", "贰拾叁"),
        (3, "ideographTraditional", "丙"),
        (7, "decimalEnclosedCircle", "⑦"),
        (21, "decimalEnclosedCircle", "21"),
        (9, "upperRoman", "IX"),
        (28, "lowerLetter", "bb"),
        (5, "decimalZero", "05"),
        (5, "unknown", "5"),
    ],
)
def test_a_number_is_written_as_its_format_says(number: int, format: str, written: str) -> None:
    assert format_number(number, format) == written


def test_revisions_are_read_as_accepted() -> None:
    body = (
        f"<w:p>{run('补贴')}<w:del><w:r><w:delText>300</w:delText></w:r></w:del>"
        f"<w:ins>{run('500')}</w:ins>{run('元。')}</w:p>"
    )
    assert lines(body) == ["补贴500元。"]
    assert left_out(body) == [("300", Why.STRUCK)]


def test_a_footnote_stands_below_its_paragraph() -> None:
    body = f'<w:p>{run("渡口免费")}<w:r><w:footnoteReference w:id="2"/></w:r>{run("。")}</w:p>' + p("每日开渡。")
    notes = f'<w:footnote w:id="2">{p("限本市居民。")}</w:footnote>'
    assert lines(body, footnotes=notes) == ["渡口免费。", "注：限本市居民。", "每日开渡。"]


def test_what_is_hidden_struck_or_beside_the_text_is_told() -> None:
    body = p("六时开渡。") + p("七时", face="<w:strike/>") + p("草稿", face="<w:vanish/>") + p("一、总则……1", "toc")
    assert lines(body) == ["六时开渡。"]
    assert left_out(body, header1=p("内部资料"), comments=p("请核对")) == [
        ("七时", Why.STRUCK),
        ("草稿", Why.HIDDEN),
        ("一、总则……1", Why.FURNITURE),
        ("请核对", Why.HIDDEN),
        ("内部资料", Why.PAGE),
    ]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{p('框里的话。')}</w:txbxContent>"
    drawing = f'<w:r><x:AlternateContent xmlns:x="x"><x:Choice>{box}</x:Choice><x:Fallback>{box}</x:Fallback></x:AlternateContent></w:r>'
    assert lines(f"<w:p>{run('正文。')}{drawing}</w:p>") == ["正文。", "框里的话。"]


def test_each_row_of_a_table_says_its_header_and_merged_cells_are_filled() -> None:
    restart, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        row("级别", "对象", "比例"),
        row(cell("三级医院", restart), "在职", "85%"),
        row(cell("", goes_on), "退休", "90%"),
        row(cell("以上不含门诊。", '<w:gridSpan w:val="3"/>')),
    )
    assert lines(body) == [
        "级别：三级医院，对象：在职，比例：85%。",
        "级别：三级医院，对象：退休，比例：90%。",
        "以上不含门诊。",
    ]


def test_a_header_of_two_rows_gives_both_names() -> None:
    wide = cell("报销比例", '<w:gridSpan w:val="2"/>')
    body = table(
        row(cell("级别", '<w:vMerge w:val="restart"/>'), wide),
        row(cell("", "<w:vMerge/>"), "在职", "退休"),
        row("三级", "85%", "90%"),
    )
    assert lines(body) == ["级别：三级，报销比例（在职）：85%，报销比例（退休）：90%。"]


def test_a_table_without_a_header_keeps_its_cells_side_by_side() -> None:
    body = table(row("联系电话", "0300-8600123"), row("地址", "苇川市柳林路6号"))
    assert lines(body) == ["联系电话　0300-8600123", "地址　苇川市柳林路6号"]


def test_a_frame_of_one_cell_is_its_paragraphs() -> None:
    assert lines(table(row("渡口每日开渡。"))) == ["渡口每日开渡。"]


@pytest.mark.parametrize(
    "data",
    [
        docx(p("渡口每日开渡。"))[:300],
        docx(p("渡口") + "<w:p>"),
        package({"word/styles.xml": "<a/>"}),
        b"PK\x03\x04 word/",
    ],
    ids=["cut", "broken XML", "no document", "no package"],
)
def test_a_damaged_file_is_one_line_that_says_what_to_do(data: bytes) -> None:
    with pytest.raises(UserError, match=r"a\.docx 不是完整的 DOCX（\w+），请用 Word 或 WPS 打开后另存一次；已跳过。"):
        read_docx(data, "a.docx")


def test_a_document_that_unpacks_to_too_much_is_refused_by_its_name() -> None:
    with pytest.raises(UserError, match=r"a\.docx 展开后有 61 MB，太大；请拆分后再试。已跳过。"):
        read_docx(package({"word/document.xml": b" " * 61_000_000}), "a.docx")


def test_a_document_without_text_is_refused() -> None:
    with Apart() as apart, pytest.raises(UserError, match=r"a\.docx 中没有找到文章正文"):
        read_file(docx(p("")), "a.docx", apart)


def read(body: str) -> Article:
    with Apart() as apart:
        return read_file(docx(body), "a.docx", apart).articles[0]


def test_the_style_title_is_the_title() -> None:
    assert read(p("渡口须知", "t") + p("六时开渡。")).title == "渡口须知"


def test_a_document_is_told_by_its_content_not_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(docx(p("渡口须知", "t") + p("六时开渡。")))
    assert [a.title for a in load_articles([tmp_path]).articles] == ["渡口须知"]
