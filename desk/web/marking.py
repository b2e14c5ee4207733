"""A source's text cut into paragraphs and pieces, so that a template can mark what is cited and escape the rest."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph. `number`: the citation that marks it, or None."""

    text: str
    number: int | None


def mark_paragraphs(text: str, spans: Iterable[tuple[int, int, int]]) -> list[list[Piece]]:
    """The paragraphs of the text; (start, end, number) of each citation marked, each character once."""
    paragraphs: list[list[Piece]] = []
    ordered = sorted(spans)
    at = 0
    for line in text.split("\n"):
        paragraphs.append(list(_pieces(text, at, at + len(line), ordered)))
        at += len(line) + 1
    return paragraphs


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
