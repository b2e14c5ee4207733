"""XLSX and CSV -> marked text: each sheet's name as a heading, each row a sentence with its header's words (`rag.reading.tables`).

Cells read as they are shown: a share as 85%, a day as 2026年3月1日, merged ones filled; hidden sheets, rows and columns are told as left out.
"""

import csv
import io
import re
import zipfile
import zlib
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from rag.datatypes import Why
from rag.errors import UserError
from rag.reading.decoding import decode_file
from rag.reading.marked import Maker, Mark, MarkedText
from rag.reading.tables import lines_of
from rag.reading.xml_parts import MOST_BYTES

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_CELLS = 2_000_000
PERCENT = re.compile(r"0(?:\.(0+))?%")
DECIMALS = re.compile(r"[#0]\.(0+)(?!.*%)")
DEFAULT_NAME = re.compile(r"(?:sheet|工作表)\s*\d*", re.IGNORECASE)


def read_xlsx(data: bytes, name: str) -> MarkedText:
    """UserError where the file is no whole XLSX, or too large when unpacked."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _check_size(data, name)
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        ElementTree.ParseError,
        KeyError,
        ValueError,
        EOFError,
        zlib.error,
    ) as error:
        raise UserError(
            f"{name} 不是完整的 XLSX（{type(error).__name__}），请用 Excel 或 WPS 打开后另存一次；已跳过。",
            f"{name} is no whole XLSX ({type(error).__name__}); open it in Excel or WPS and save it anew. Skipped.",
        ) from None
    maker = Maker()
    for sheet in book.worksheets:
        _read_sheet(sheet, maker, name)
    return maker.made()


def read_csv(data: bytes, name: str) -> MarkedText:
    """UserError where the file is no text."""
    decoded = decode_file(data, name, markup=True)
    maker = Maker()
    if damage := decoded.warning(name):
        maker.warnings.append(damage)
    text = decoded.text.removeprefix("\ufeff")
    try:
        dialect: Any = csv.Sniffer().sniff(text[:5000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    csv.field_size_limit(1_000_000)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), dialect))
    except csv.Error:
        raise UserError(
            f"{name} 的引号不成对，读不成表格；请用 Excel 或 WPS 打开后另存为 XLSX。已跳过。",
            f"{name}: its quotes do not match; open it and save it as XLSX. Skipped.",
        ) from None
    _add(maker, rows)
    return maker.made()


def _check_size(data: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        size = sum(info.file_size for info in package.infolist() if info.filename.endswith(".xml"))
    if size > 4 * MOST_BYTES:
        raise UserError(
            f"{name} 展开后有 {size / 1e6:.0f} MB，太大；请拆分后再试。已跳过。",
            f"{name} has {size / 1e6:.0f} MB when unpacked, which is too much; split it. Skipped.",
        )


def _read_sheet(sheet: "Worksheet", maker: Maker, name: str) -> None:
    if sheet.max_row * sheet.max_column > MOST_CELLS:
        maker.warnings.append(
            UserError(
                f"{name} 的工作表“{sheet.title}”超过 {MOST_CELLS} 格，没有读入；请拆分。",
                f"{name}: the sheet “{sheet.title}” has more than {MOST_CELLS} cells and was not read; split it.",
            )
        )
        return
    grid = [[_shown(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows()]
    for merged in sheet.merged_cells.ranges:
        words = grid[merged.min_row - 1][merged.min_col - 1]
        for row in grid[merged.min_row - 1 : merged.max_row]:
            row[merged.min_col - 1 : merged.max_col] = [words] * (merged.max_col - merged.min_col + 1)
    if sheet.sheet_state != "visible":
        maker.leave_out(" ".join(cell for row in grid for cell in row if cell), Why.HIDDEN)
        return
    columns = {
        n
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden and dimension.min and dimension.max
        for n in range(dimension.min - 1, dimension.max)
    }
    shown: list[list[str]] = []
    for number, row in enumerate(grid, start=1):
        if sheet.row_dimensions[number].hidden:
            maker.leave_out(" ".join(filter(None, row)), Why.HIDDEN)
            continue
        maker.leave_out(" ".join(row[n] for n in sorted(columns) if n < len(row) and row[n]), Why.HIDDEN)
        shown.append([cell for n, cell in enumerate(row) if n not in columns])
    if any(map(any, shown)) and not DEFAULT_NAME.fullmatch(sheet.title):
        maker.add(sheet.title, Mark.HEADING)
    _add(maker, shown)


def _add(maker: Maker, rows: list[list[str]]) -> None:
    """The tables of a sheet: empty rows stand between them, and empty columns around."""
    for table in _tables(rows):
        held = [n for n in range(max(map(len, table))) if any(n < len(row) and row[n].strip() for row in table)]
        for words, is_row in lines_of([[row[n] if n < len(row) else "" for n in held] for row in table]):
            maker.add(words, Mark.ROW if is_row else None)


def _tables(rows: list[list[str]]) -> list[list[list[str]]]:
    found: list[list[list[str]]] = [[]]
    for row in rows:
        if any(cell.strip() for cell in row):
            found[-1].append(row)
        elif found[-1]:
            found.append([])
    return [table for table in found if table]


def _shown(value: object, format: str) -> str:
    """The value as the sheet shows it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        day = f"{value.year}年{value.month}月{value.day}日"
        return day if value.time() == time() else f"{day} {value:%H:%M}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        if match := PERCENT.search(format):
            return f"{value * 100:.{len(match[1] or '')}f}%"
        if isinstance(value, float) and (match := DECIMALS.search(format)):
            return f"{value:.{len(match[1])}f}"
        return f"{value:.10g}" if isinstance(value, float) else str(value)
    return str(value)
