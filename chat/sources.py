"""An article with its cited words marked, and the list of articles with its search."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from chat.texts import say
from rag.answering.refusals import date_words
from rag.datatypes import Article, Kind, PageStart, Span
from rag.text.rows import TextTable, tables_in

MAX_PLACES = 40  # marked in one article


def places_from(values: Iterable[str], length: int) -> list[Span]:
    """The spans written `start-end` that lie in a text of this length; anything else is passed over."""
    spans: list[Span] = []
    for value in list(values)[:MAX_PLACES]:
        match = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,9})", value)
        if match and int(match[1]) < int(match[2]) <= length:
            spans.append(Span(int(match[1]), int(match[2])))
    return spans


class Mark(StrEnum):
    """How a piece of a text is marked: not at all, as cited too, as the place meant; `FIRST` is where the page scrolls to."""

    NONE = "none"
    TOO = "too"
    HERE = "here"
    FIRST = "first"


class Piece(NamedTuple):
    """A stretch of a text under one mark. `page`: the page of the file that begins with it; 0: none does. `unsure`: it was not surely
    recognised on its scan."""

    text: str
    mark: Mark
    page: int = 0
    unsure: bool = False


class Row(NamedTuple):
    """A row of a table; `mark`: of the piece of it that is marked most."""

    cells: list[list[Piece]]
    mark: Mark


class Table(NamedTuple):
    """Paragraphs that are rows of one table."""

    labels: tuple[str, ...]
    rows: list[Row]


def byline(article: Article, lang: str = "zh") -> str:
    """Section, who speaks and who reports, issuer, number, and when: all that is known."""
    speaker = f"{article.speaker_role or ''}{article.speaker}" if article.speaker else ""
    reporter = say("reporter", lang, name=article.reporter) if article.reporter else ""
    known = (article.section, speaker, reporter, article.issuer, article.number, date_words(article.published))
    return " · ".join(filter(None, known))


def marked(
    text: str,
    paragraphs: Sequence[Span],
    places: Sequence[Span],
    pages: Sequence[PageStart] = (),
    *,
    scrolls: bool = True,
    uncertain: Sequence[Span] = (),
) -> list[list[Piece] | Table]:
    """The text's paragraphs in pieces, each character once however the places overlap, rows of a table as that; the first place is
    the one meant. `scrolls`: its first piece is where the page scrolls to."""
    starts = {page.start: page.number for page in pages}
    first = Mark.FIRST if scrolls else Mark.HERE

    def pieces_of(part: Span) -> list[Piece]:
        nonlocal first
        pieces = _pieces(text, part, places, starts, uncertain)
        for number, piece in enumerate(pieces):
            if piece.mark is Mark.HERE:
                pieces[number] = piece._replace(mark=first)
                first = Mark.HERE
        return pieces

    def row_of(cells: Sequence[Span]) -> Row:
        shown = [pieces_of(cell) for cell in cells]
        marks = {piece.mark for pieces in shown for piece in pieces}
        return Row(
            shown, Mark.HERE if marks & {Mark.HERE, Mark.FIRST} else Mark.TOO if Mark.TOO in marks else Mark.NONE
        )

    parts = tables_in(text, [Span(*paragraph) for paragraph in paragraphs] or [Span(0, len(text))])
    return [Table(p.labels, [*map(row_of, p.rows)]) if isinstance(p, TextTable) else pieces_of(p) for p in parts]


def _pieces(
    text: str, part: Span, places: Sequence[Span], pages: Mapping[int, int], uncertain: Sequence[Span]
) -> list[Piece]:
    edges = {part.start, part.end} | {at for at in pages if part.start < at < part.end}
    edges |= {edge for place in (*places, *uncertain) for edge in place if part.start < edge < part.end}
    pieces: list[Piece] = []
    for start, end in pairwise(sorted(edges)):
        covering = [number for number, place in enumerate(places) if place.start <= start and end <= place.end]
        mark = Mark.NONE if not covering else Mark.HERE if covering[0] == 0 else Mark.TOO
        unsure = any(span.start <= start and end <= span.end for span in uncertain)
        pieces.append(Piece(text[start:end], mark, pages.get(start, 0), unsure))
    return pieces


def find_articles(articles: Iterable[Article], words: str, kind: Kind | None) -> list[Article]:
    """Those of the kind that hold every word; titles and names before texts, else in the order given, newest first."""
    wanted = words.casefold().split()
    ranked: list[tuple[int, Article]] = []
    for article in sorted(articles, key=lambda article: article.published or "", reverse=True):
        if kind is not None and article.kind is not kind:
            continue
        named = " ".join(
            filter(None, (article.title, article.kicker, article.subtitle, article.speaker, article.reporter))
        ).casefold()
        if all(word in named for word in wanted):
            ranked.append((0, article))
        elif all(word in named or word in article.text.casefold() for word in wanted):
            ranked.append((1, article))
    return [article for _, article in sorted(ranked, key=lambda pair: pair[0])]
