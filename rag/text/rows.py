"""Rows of a table that stand in a text as sentences, back in their cells. A reader writes 医院级别：三级医院，起付标准：900元。
(`rag.reading.tables`), so that a row can be found and cited alone; shown to a person, rows below each other are a table again.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rag.spans import Span

LABEL = re.compile(r"(?:(?<=^)|(?<=，))[^，：。\n]{1,40}：")
LEAST_ROWS, LEAST_COLUMNS = 2, 2


@dataclass(frozen=True, slots=True)
class TextTable:
    """`rows`: of each the cells' places in the text, empty where the row has no such cell; a column without a header has the
    label ""."""

    labels: tuple[str, ...]
    rows: tuple[tuple[Span, ...], ...]


class _Cell(NamedTuple):
    label: str
    start: int  # of the label
    value: int


def tables_in(text: str, paragraphs: Sequence[Span]) -> Iterator[Span | TextTable]:
    """The paragraphs in order, those that are rows of one table as that table."""
    at = 0
    while at < len(paragraphs):
        rows = _run(text, paragraphs[at:])
        if len(rows) >= LEAST_ROWS:
            yield _table(text, paragraphs[at : at + len(rows)], rows)
            at += len(rows)
        else:
            yield paragraphs[at]
            at += 1


def _run(text: str, paragraphs: Sequence[Span]) -> list[list[_Cell]]:
    """The labelled cells of the first paragraphs, as far as they are rows with the same first label."""
    rows: list[list[_Cell]] = []
    for paragraph in paragraphs:
        cells = _cells(text, paragraph)
        if not rows:
            first = {cell.label for cell in cells}
        shared = first & {cell.label for cell in cells}
        if len(shared) < LEAST_COLUMNS or (rows and cells[0].label != rows[0][0].label):
            break
        rows.append(cells)
    return rows


def _cells(text: str, paragraph: Span) -> list[_Cell]:
    """What may be cells: each label once."""
    if text[paragraph.end - 1 : paragraph.end] != "。":
        return []
    line = text[paragraph.start : paragraph.end]
    found = {match[0]: match for match in reversed([*LABEL.finditer(line)])}
    matches = sorted(found.values(), key=lambda match: match.start())
    cells = [_Cell(m[0][:-1], paragraph.start + m.start(), paragraph.start + m.end()) for m in matches]
    if cells and cells[0].start > paragraph.start:
        cells.insert(0, _Cell("", paragraph.start, paragraph.start))
    return cells


def _table(text: str, paragraphs: Sequence[Span], rows: Sequence[Sequence[_Cell]]) -> TextTable:
    """Columns are the labels of half of the rows; another one is words of a cell."""
    count = Counter(cell.label for cells in rows for cell in cells)
    longest = max(rows, key=lambda cells: sum(2 * count[cell.label] >= len(rows) for cell in cells))
    ordered = dict.fromkeys(cell.label for cells in (longest, *rows) for cell in cells)
    labels = [label for label in ordered if 2 * count[label] >= len(rows)]
    placed = []
    for paragraph, cells in zip(paragraphs, rows, strict=True):
        own = [cell for cell in cells if cell.label in labels]
        ends = [*(cell.start - 1 for cell in own[1:]), paragraph.end - 1]  # without the comma, without the full stop
        spans = {cell.label: Span(cell.value, end) for cell, end in zip(own, ends, strict=True)}
        placed.append(tuple(spans.get(label, Span(paragraph.end, paragraph.end)) for label in labels))
    return TextTable(tuple(labels), tuple(placed))
