"""A source's text cut into paragraphs and pieces, so that a template can mark what is cited and escape the rest."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.datatypes import Span
from rag.text.rows import TextTable, tables_in


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph. `number`: the citation that marks it, or None. `unsure`: it was not surely recognised on its scan."""

    text: str
    number: int | None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Paragraphs that are rows of one table: its headers, and of each row the cells in pieces."""

    labels: tuple[str, ...]
    rows: list[list[list[Piece]]]


def mark_paragraphs(
    text: str, spans: Iterable[tuple[int, int, int]], uncertain: Sequence[Span] = ()
) -> list[list[Piece] | Table]:
    """The paragraphs of the text, rows of a table as that; (start, end, number) of each citation marked, each character once, and
    what is uncertain."""
    ordered = sorted(spans)
    lines: list[Span] = []
    for line in text.split("\n"):
        start = lines[-1].end + 1 if lines else 0
        lines.append(Span(start, start + len(line)))

    def pieces(part: Span) -> list[Piece]:
        return [cut for piece in _pieces(text, part.start, part.end, ordered) for cut in _cut(text, *piece, uncertain)]

    def marked(part: Span | TextTable) -> list[Piece] | Table:
        if isinstance(part, TextTable):
            return Table(part.labels, [[pieces(cell) for cell in row] for row in part.rows])
        return pieces(part)

    return [marked(part) for part in tables_in(text, lines)]


def _pieces(
    text: str, start: int, end: int, spans: list[tuple[int, int, int]]
) -> Iterator[tuple[int, int, int | None]]:
    """(start, end, number) of the stretches of a part of the text."""
    at = start
    for first, last, number in spans:
        first, last = max(at, first), min(end, last)
        if first >= last:
            continue
        if at < first:
            yield at, first, None
        yield first, last, number
        at = last
    if at < end:
        yield at, end, None


def _cut(text: str, start: int, end: int, number: int | None, uncertain: Sequence[Span]) -> Iterator[Piece]:
    """The stretch, cut where what is uncertain begins and ends."""
    edges = {start, end} | {edge for span in uncertain for edge in span if start < edge < end}
    for first, last in pairwise(sorted(edges)):
        yield Piece(text[first:last], number, any(s.start <= first and last <= s.end for s in uncertain))
