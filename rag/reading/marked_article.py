"""A text with marks -> one draft article: its title, its facts, its paragraphs. Knows no format."""

from collections.abc import Iterator, Sequence

from rag.datatypes import PageStart, Span, Why
from rag.reading.draft_article import DraftArticle, is_document_title, iso_date, kind_of, take_imprint
from rag.reading.lines import DATE, DOCUMENT_NUMBER, IMPRINT
from rag.reading.marked import Mark, MarkedText, Unread

ABOVE_TITLE = 8  # paragraphs: so much stands above a document's title: its issuer in red, its number, who signs


def marked_article(marked: MarkedText) -> tuple[DraftArticle | None, list[Unread]]:
    """The article, and what of the text is not in it; None where the text holds no paragraph."""
    paragraphs = _lines(marked.text)
    texts = [marked.text[span.start : span.end] for span in paragraphs]
    kinds = dict(marked.marks)
    title = _title(texts, [kinds.get(span) for span in paragraphs])
    draft = DraftArticle(title=dict(marked.facts).get("title", ""))
    left_out = list(marked.left_out)
    leading = True  # above the first paragraph of the text itself
    for n, (span, words) in enumerate(zip(paragraphs, texts, strict=True)):
        if n in title:
            continue
        letterhead = n < min(title, default=0) and (kinds.get(span) is Mark.LETTERHEAD or DOCUMENT_NUMBER.search(words))
        if letterhead or (leading and IMPRINT.fullmatch(words)):
            _take(draft, words)
            left_out.append(Unread(n + 1, words, Why.CREDIT))
        else:
            draft.paragraphs.append([span])
            leading = n < min(title, default=0)
    if title:
        draft.title = "".join(texts[n] for n in title)
    for name, fact in marked.facts:
        if getattr(draft, name) is None:
            setattr(draft, name, fact)
    if not draft.paragraphs:
        return None, left_out
    body = [marked.text[span.start : span.end] for (span,) in draft.paragraphs]
    draft.published = draft.published or _signed(body)
    draft.kind = kind_of(draft, body)
    return draft, left_out


def _lines(text: str) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for line in text.split("\n"):
        if line:
            spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    return spans


def _title(texts: Sequence[str], marks: Sequence[Mark | None]) -> list[int]:
    """Which paragraphs are the title: those marked so, else the first one that reads as a document's, else the first heading."""
    marked = [n for n, mark in enumerate(marks) if mark is Mark.TITLE]
    if marked:
        first = marked[0]
        return [n for n in marked if n - first == marked.index(n)]  # those one below the other
    for n, words in enumerate(texts[:ABOVE_TITLE]):
        if is_document_title(words) and marks[n] in (None, Mark.HEADING):
            return [n]
    return [0] if len(texts) > 1 and marks[0] is Mark.HEADING else []


def _take(draft: DraftArticle, words: str) -> None:
    """The facts of a line above the title or of an imprint."""
    if note := DOCUMENT_NUMBER.search(words):
        draft.number = draft.number or note[0]
    take_imprint(draft, words)


def _signed(texts: Sequence[str]) -> str | None:
    """The date that signs a document: the last paragraph that is nothing but a date."""
    return next((iso_date(words) for words in reversed(texts) if DATE.fullmatch(words.strip())), None)


def moved_spans(paragraphs: Sequence[Sequence[Span]], spans: Sequence[Span], marked: Sequence[Span]) -> Iterator[Span]:
    """Stretches of the file's text where they stand in an article's, whose paragraphs, made of pieces of the file's text, stand at
    `spans`."""
    for pieces, span in zip(paragraphs, spans, strict=True):
        rest = sum(piece.end - piece.start for piece in pieces)
        for piece in pieces:
            by = span.end - rest - piece.start
            rest -= piece.end - piece.start
            for start, end in marked:
                if start < piece.end and piece.start < end:
                    yield Span(max(start, piece.start) + by, min(end, piece.end) + by)


def page_starts(
    paragraphs: Sequence[Sequence[Span]], spans: Sequence[Span], pages: Sequence[PageStart]
) -> Iterator[PageStart]:
    """Where the pages begin in an article's text whose paragraphs, made of pieces of the file's text, stand at `spans`."""
    last = 0
    for pieces, span in zip(paragraphs, spans, strict=True):
        rest = sum(piece.end - piece.start for piece in pieces)
        for piece in pieces:
            begins = span.end - rest
            rest -= piece.end - piece.start
            number = max((page.number for page in pages if page.start <= piece.start), default=0)
            inside = [
                PageStart(begins + p.start - piece.start, p.number) for p in pages if piece.start < p.start < piece.end
            ]
            for page in [PageStart(begins, number), *inside]:
                if page.number and page.number != last:
                    yield page
                    last = page.number
