"""XLSX and CSV: each row is read as it is shown, with its header's words."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from rag.datatypes import Why
from rag.errors import UserError
from rag.reading.marked import Mark
from rag.reading.sheets import read_csv, read_xlsx
from tests.office_files import package


def xlsx(fill: Callable[[Any], object]) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def rows(*values: list[object]) -> Callable[[Any], object]:
    return lambda book: [book.active.append(row) for row in values]


def lines(fill: Callable[[Any], object]) -> list[str]:
    return read_xlsx(xlsx(fill), "a.xlsx").text.split("\n")


def test_a_cell_reads_as_it_is_shown() -> None:
    def fill(book: Any) -> None:
        sheet = book.active
        sheet.title = "报销"
        sheet.append(["级别", "比例", "起付线", "自"])
        sheet.append(["三级", 0.855, 900, datetime(2026, 3, 1)])
        sheet["B2"].number_format = "0.0%"
        sheet["C2"].number_format = "0.00"

    text = read_xlsx(xlsx(fill), "a.xlsx")
    assert text.text == "报销\n级别：三级，比例：85.5%，起付线：900，自：2026年3月1日。"
    assert [mark for _, mark in text.marks] == [Mark.HEADING, Mark.ROW]


def test_merged_cells_are_filled_and_a_caption_is_a_line_of_its_own() -> None:
    def fill(book: Any) -> None:
        rows(["住院报销标准", None], ["级别", "对象"], ["三级", "在职"], [None, "退休"])(book)
        book.active.merge_cells("A1:B1")
        book.active.merge_cells("A3:A4")

    assert lines(fill) == ["住院报销标准", "级别：三级，对象：在职。", "级别：三级，对象：退休。"]


def test_an_empty_row_parts_two_tables() -> None:
    assert lines(rows(["街道", "食堂"], ["柳林街", "三处"], [], ["船型", "票价"], ["大船", "2元"])) == [
        "街道：柳林街，食堂：三处。",
        "船型：大船，票价：2元。",
    ]


def test_hidden_sheets_rows_and_columns_are_told() -> None:
    def fill(book: Any) -> None:
        rows(["街道", "食堂", "底价"], ["柳林街", "三处", "9"], ["桥头街", "两处", "8"])(book)
        book.active.row_dimensions[3].hidden = True
        book.active.column_dimensions["C"].hidden = True
        book.create_sheet("草稿").append(["待核"])
        book["草稿"].sheet_state = "hidden"

    text = read_xlsx(xlsx(fill), "a.xlsx")
    assert text.text == "街道：柳林街，食堂：三处。"
    assert [(words, why) for _, words, why in text.left_out] == [
        ("底价", Why.HIDDEN),
        ("9", Why.HIDDEN),
        ("桥头街 两处 8", Why.HIDDEN),
        ("待核", Why.HIDDEN),
    ]


def test_csv_is_read_in_its_encoding_and_with_its_separator() -> None:
    assert (
        read_csv("街道;午餐补贴\r\n柳林街;5元\r\n".encode("gb18030"), "a.csv").text == "街道：柳林街，午餐补贴：5元。"
    )


@pytest.mark.parametrize(
    "data",
    [xlsx(rows(["街道"]))[:500], package({"xl/workbook.xml": "<a"}), package({"a": "b"})],
    ids=["cut", "XML", "other"],
)
def test_a_damaged_file_is_one_line(data: bytes) -> None:
    with pytest.raises(UserError, match=r"a\.xlsx 不是完整的 XLSX（\w+），请用 Excel 或 WPS 打开后另存一次；已跳过。"):
        read_xlsx(data, "a.xlsx")


def test_a_sheet_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(UserError, match=r"a\.xlsx 展开后有 241 MB，太大；请拆分后再试。已跳过。"):
        read_xlsx(package({"xl/workbook.xml": b" " * 241_000_000}), "a.xlsx")
