"""CSV that a spreadsheet opens as text: UTF-8 with its mark, and no cell that would run as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The file's lines, the byte order mark before the first."""
    mark = "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([safe_cell(cell) for cell in row])
        yield mark + line.getvalue()
        mark = ""


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would take for a formula."""
    return "'" + text if text.lstrip(" ").startswith(FORMULA) else text
