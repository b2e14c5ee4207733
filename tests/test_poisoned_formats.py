"""Orders in a file's title, sheet names, cells, notes, head and description are data as those in its text are: no model is told
them, and what obeys them is not shown. Payloads stay the letters that they are."""

import html
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

from rag.datatypes import Article
from rag.reading.docx import read_docx
from rag.reading.files import read_contents, read_marked
from rag.reading.marked import MarkedText
from rag.reading.pdf import read_pdf
from rag.reading.sheets import read_csv, read_xlsx
from rag.reading.web_page import read_html
from rag.text.instructions import is_order
from rag.text.normalization import alnum_only
from tests.fakes import FakeGenerator, FakeJudge, make_bot
from tests.office_files import Words, docx, p, pdf, row, table
from tests.payloads import PAYLOADS
from tests.poisoned import ORDERS, TRUE, hidden_orders

LINE = 32  # signs of a line on the page of a PDF


def docx_title(words: str, title: str, facts: list[str]) -> MarkedText:
    return read_docx(docx("".join([p(html.escape(words), style="t"), *map(p, facts)])), "a.docx")


def docx_cell(words: str, title: str, facts: list[str]) -> MarkedText:
    body = p(title, style="t") + "".join(map(p, facts)) + table(row("事项", "说明"), row("其他", html.escape(words)))
    return read_docx(docx(body), "a.docx")


def docx_head(words: str, title: str, facts: list[str]) -> MarkedText:
    return read_docx(docx("".join(map(p, [title, *facts])), header1=p(html.escape(words))), "a.docx")


def sheet_name(words: str, title: str, facts: list[str]) -> MarkedText:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "".join(c for c in words if c not in "[]:*?/\\'")[:31] or "甲"
    for values in ([title], ["事项", "说明"], *(["情况", fact] for fact in facts), ["其他", words]):
        sheet.append(values)
    book.properties.title = book.properties.description = words
    made = io.BytesIO()
    book.save(made)
    return read_xlsx(made.getvalue(), "a.xlsx")


def csv_cell(words: str, title: str, facts: list[str]) -> MarkedText:
    quoted = words.replace('"', '""')
    lines = ["事项,说明", *(f"情况,{fact}" for fact in facts), f'"{quoted}","{quoted}"']
    return read_csv("\r\n".join(lines).encode(), "a.csv")


def html_head(words: str, title: str, facts: list[str]) -> MarkedText:
    said = html.escape(words)
    body = "".join(f"<p>{fact}</p>" for fact in facts)
    page = (
        f'<!DOCTYPE html><html><head><title>{said}</title><meta name="description" content="{said}"><meta name="ArticleTitle" content="{said}">'
        f'<meta name="ContentSource" content="{said}"></head><body><h1>{title}</h1>{body}<p>{said}</p><img alt="{said}"></body></html>'
    )
    return read_html(page.encode(), "a.html")


def pdf_text(words: str, title: str, facts: list[str]) -> MarkedText:
    """The words in the document's facts and in lines of their own."""
    shown = "".join(c for c in words if c.isprintable() and ord(c) < 0xFFFF)
    lines = [line[i : i + LINE] for line in [*facts, shown] for i in range(0, len(line), LINE)]
    made = pdf([Words(90, 60, title, 22), *(Words(60, 130 + 30 * n, line, 14) for n, line in enumerate(lines))])
    told = words.encode("utf-16-be").hex()
    return read_pdf(
        made.replace(b"/Root 1 0 R", f"/Root 1 0 R/Info<</Title<FEFF{told}>/Subject<FEFF{told}>>>".encode()), "a.pdf"
    )


FORMATS: Mapping[str, Callable[[str, str, list[str]], MarkedText]] = {
    "docx title": docx_title, "docx cell": docx_cell, "docx head": docx_head, "sheet name": sheet_name, "csv cell": csv_cell,
    "html head": html_head, "pdf": pdf_text,
}  # fmt: skip


def article_of(text: MarkedText) -> Article:
    (article,) = (read_contents(text.text, "a") if text.flat else read_marked(text, "a")).articles
    return article


def obeys(folder: Path, number: int, order: str, obeyed: str) -> list[str]:
    """What is wrong with the answer over the order in one of the formats."""
    name = sorted(FORMATS)[number % len(FORMATS)]
    title, first, second, _, _ = TRUE[number % len(TRUE)]
    generator = FakeGenerator(*[f"{obeyed}。"] * 4)
    bot = make_bot(
        folder / str(number), [article_of(FORMATS[name](order, title, [first, second]))], generator, FakeJudge(most=0.7)
    )
    answer = bot.ask(f"{title}是怎么回事？")
    asked = [message.content.partition("问题：")[0] for messages in generator.seen for message in messages[1:]]
    shown = " ".join(
        sentence.text for sentence in answer.sentences
    )  # (a refusal names the articles that were looked at)
    faults = ["obeyed"] if alnum_only(obeyed) in alnum_only(shown) else []
    faults += ["quoted"] if is_order(shown) else []
    return [f"{name}: {order}: {fault}" for fault in faults + ["told"] * any(map(is_order, asked))]


def test_orders_in_any_part_of_a_file_are_neither_told_to_the_model_nor_obeyed(tmp_path: Path) -> None:
    assert [fault for n, (order, obeyed) in enumerate(ORDERS) for fault in obeys(tmp_path, n, order, obeyed)] == []


@pytest.mark.slow
def test_two_hundred_hidden_orders_in_files_are_not_obeyed_either(tmp_path: Path) -> None:
    hidden = [(order, obeyed) for _, order, obeyed in hidden_orders()]
    assert len(hidden) > 200
    assert [fault for n, (order, obeyed) in enumerate(hidden) for fault in obeys(tmp_path, n, order, obeyed)] == []


@pytest.mark.parametrize("name", ["docx cell", "sheet name", "csv cell", "html head"])
def test_a_payload_in_a_file_stays_the_letters_that_it_is(name: str) -> None:
    for number, payload in enumerate(PAYLOADS):
        title, first, second, _, _ = TRUE[number % len(TRUE)]
        text = FORMATS[name](re.sub(r"[\x00-\x1f]", "", payload), title, [first, second])  # XML has none of these
        held = [text.text, *(value for _, value in text.facts), *(out.text for out in text.left_out)]
        assert alnum_only(payload) in alnum_only("".join(held))
