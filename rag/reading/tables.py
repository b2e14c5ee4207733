"""A table's cells -> lines of text: each row a sentence of its own, every cell behind the words of its header.

医院级别 | 起付标准        三级医院 | 900元        becomes        医院级别：三级医院，起付标准：900元。

So a row can be found, read and cited alone. Merged cells come filled; a table without a header keeps its cells side by side.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

Grid = Sequence[Sequence[str]]

HEADER_MAX = 30  # characters of a header's cell
MOST_HEADERS = 3  # rows
VALUE = re.compile(r"[-+¥￥]?\s{0,3}[\d.,，]+\s{0,3}[%％元]?")
SENTENCE_END = re.compile(r"[。！？!?]$")


def lines_of(grid: Grid, headers: int | None = None) -> Iterator[tuple[str, bool]]:
    """The lines of a table, and of each whether it is a row with its header's words. `headers`: how many rows are the header,
    where the format says so."""
    rows = [[" ".join(cell.split()) for cell in row] for row in grid]
    rows = [row for row in rows if any(row)]
    width = max(map(len, rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    while len(rows) > 1 and _is_one(rows[0]):  # its caption
        yield next(filter(None, rows.pop(0))), False
    count = min(header_rows(rows) if headers is None else headers, len(rows) - 1)
    labels = _labels(rows[:count])
    for row in rows[max(count, 0) :]:
        if _is_one(row):
            yield next(filter(None, row)), False
        elif count > 0:
            yield _sentence(labels, row), True
        else:
            yield "　".join(filter(None, _without_doubles(row))), False


def header_rows(rows: Grid) -> int:
    """How many of the rows are the table's header: 0 where the first one already holds values."""
    if len(rows) < 2 or len(rows[0]) < 2 or not _is_header(rows[0]) or _is_form(rows):
        return 0
    count = 1
    while count < min(MOST_HEADERS, len(rows) - 1) and _goes_on(rows[count - 1], rows[count]):
        count += 1
    return count


def _is_header(row: Sequence[str]) -> bool:
    return all(len(cell) <= HEADER_MAX and not VALUE.fullmatch(cell) and not SENTENCE_END.search(cell) for cell in row)


def _goes_on(row: Sequence[str], below: Sequence[str]) -> bool:
    """Whether the row below belongs to the header: a cell of this one spans several of it, and one goes down through both."""
    spans = any(a == b and a for a, b in pairwise(row))
    return spans and any(a == b and a for a, b in zip(row, below, strict=True)) and _is_header(below)


def _is_form(rows: Grid) -> bool:
    """A list of 名称 | 内容, whose first row is like the others."""
    if len(rows[0]) != 2:
        return False
    names = [row[0] for row in rows]
    long = sum(len(row[1]) > HEADER_MAX or bool(re.search(r"\d|[，。；]", row[1])) for row in rows)
    return len(set(names)) == len(names) and bool(re.search(r"\d|[，。；]", rows[0][1])) and long * 2 >= len(rows)


def _is_one(row: Sequence[str]) -> bool:
    """One cell across the whole row."""
    return len(row) > 1 and len({cell for cell in row if cell}) == 1 and all(row)


def _labels(headers: Grid) -> list[str]:
    """Of each column its words in all rows of the header: 报销比例 / 在职 -> 报销比例（在职）."""
    found: list[str] = []
    for column in zip(*headers, strict=True):
        words = list(dict.fromkeys(filter(None, column)))
        found.append(words[0] + "".join(f"（{word}）" for word in words[1:]) if words else "")
    return found


def _sentence(labels: Sequence[str], row: Sequence[str]) -> str:
    parts = [f"{label}：{cell}" if label else cell for label, cell in zip(labels, row, strict=True) if cell]
    words = "，".join(dict.fromkeys(part.rstrip("。") for part in parts))
    return f"{words}。"


def _without_doubles(row: Sequence[str]) -> list[str]:
    """The cells, a merged one once."""
    return [cell for cell, before in zip(row, [None, *row], strict=False) if cell != before]
