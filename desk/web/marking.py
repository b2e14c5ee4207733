"""A source's text cut into paragraphs and pieces, so that a template can mark what is cited and escape the rest."""

from collections.abc import Iterable
from dataclasses import dataclass

from rag.datatypes import Span
from rag.text.rows import TextTable, tables_in


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph. `number`: the citation that marks it, or None."""

    text: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """Paragraphs that are rows of one table: its headers, and of each row the cells in pieces."""

    labels: tuple[str, ...]
    rows: list[list[list[Piece]]]


def mark_paragraphs(text: str, spans: Iterable[tuple[int, int, int]]) -> list[list[Piece] | Table]:
    """The paragraphs of the text, rows of a table as that; (start, end, number) of each citation marked, each character once."""
    ordered = sorted(spans)
    lines: list[Span] = []
    for line in text.split("\n"):
        start = lines[-1].end + 1 if lines else 0
        lines.append(Span(start, start + len(line)))

    def pieces(part: Span) -> list[Piece]:
        return list(_pieces(text, part.start, part.end, ordered))

    def marked(part: Span | TextTable) -> list[Piece] | Table:
        if isinstance(part, TextTable):
            return Table(part.labels, [[pieces(cell) for cell in row] for row in part.rows])
        return pieces(part)

    return [marked(part) for part in tables_in(text, lines)]


def _pieces(text: str, start: int, end: int, spans: list[tuple[int, int, int]]) -> Iterable[Piece]:
    at = start
    for first, last, number in spans:
        first, last = max(at, first), min(end, last)
        if first >= last:
            continue
        if at < first:
            yield Piece(text[at:first], None)
        yield Piece(text[first:last], number)
        at = last
    if at < end:
        yield Piece(text[at:end], None)
