"""What a reader makes of a file: its text, a paragraph on each line, and marks upon it. Knows no format and no article.

Every format has a reader of its own (`rag.reading.formats`); each gives this, and `rag.reading.files` makes articles of it. Offsets
are characters of the text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

from rag.datatypes import PageStart, Span, Why
from rag.errors import UserError
from rag.text.normalization import INVISIBLE, LINE_ENDS

# What a reader never sees goes when a text is read; what joins or varies the sign before it (emoji) stays.
# Behind a letter or a figure nothing is joined or varied, but for a keycap and the variants of an ideograph.
UNSEEN = re.compile(
    f"(?![\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef])[{INVISIBLE}]+|(?<=\\w)(?:[\u200d\ufe00-\ufe0f]+|(?<=[!-~])[\U000e0100-\U000e01ef]+)(?!\u20e3)"
)
HALF = re.compile("[\ud800-\udfff]")
BREAK = re.compile(f"[{LINE_ENDS}]+")


class Mark(StrEnum):
    """What a format says that a paragraph is."""

    TITLE = "title"  # of the whole text
    HEADING = "heading"
    LETTERHEAD = "letterhead"  # 红头: the issuer in red above the title
    ROW = "row"  # of a table, with its header's words before each cell
    NOTE = "note"  # a footnote, below the text


class Marked(NamedTuple):
    """A paragraph that is marked."""

    span: Span
    mark: Mark


class Unread(NamedTuple):
    """Words of the file that are in no paragraph. `place`: its page, else its paragraph, from 1."""

    place: int
    text: str
    why: Why


@dataclass(frozen=True, slots=True)
class MarkedText:
    """One text. `flat`: it comes as lines, and no paragraph is known yet. `facts`: what the format itself says of the text, by
    the names of an article's facts. `warnings`: what of the file could not be read. `unread_pages`: those whose text is to
    be recognised from their picture. `uncertain`: words that were not surely recognised."""

    text: str
    marks: tuple[Marked, ...] = ()
    pages: tuple[PageStart, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    left_out: tuple[Unread, ...] = ()
    warnings: tuple[UserError, ...] = ()
    flat: bool = False
    unread_pages: tuple[int, ...] = ()
    uncertain: tuple[Span, ...] = ()


class Maker:
    """Takes the paragraphs of a text one by one and remembers where each stands."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._length = 0
        self._marks: list[Marked] = []
        self._pages: list[PageStart] = []
        self._uncertain: list[Span] = []
        self.left_out: list[Unread] = []
        self.warnings: list[UserError] = []
        self.facts: dict[str, str] = {}

    @property
    def paragraphs(self) -> int:
        return len(self._lines)

    def _cleaned(self, words: str) -> str:
        words = HALF.sub("\ufffd", BREAK.sub(" ", words))
        if unseen := UNSEEN.findall(words):
            self.leave_out(code_points("".join(unseen)), Why.UNSEEN)
        return UNSEEN.sub("", words)

    def add(self, words: str, mark: Mark | None = None) -> None:
        """A paragraph; one that holds nothing is passed over."""
        line = self._cleaned(words).strip()
        if not line:
            return
        if mark is not None:
            self._marks.append(Marked(Span(self._length, self._length + len(line)), mark))
        self._lines.append(line)
        self._length += len(line) + 1

    def add_parts(
        self,
        parts: Sequence[tuple[str, int]],
        mark: Mark | None = None,
        above: int = 0,
        uncertain: Sequence[Span] = (),
    ) -> None:
        """A paragraph of a file that has pages: its parts, each with the page that it stands on. `above`: blank lines over it.
        `uncertain`: where in its words some were not surely recognised."""
        kept = [(self._cleaned(words), page) for words, page in parts]
        kept = [(words, page) for words, page in kept if words.strip()]
        if not kept:
            return
        self._lines += [""] * above
        self._length += above
        at = self._length
        given, words = "".join(words for words, _ in parts), "".join(words for words, _ in kept)
        if given != words.strip() and uncertain:  # it was cleaned: which words they are cannot be told any more
            uncertain = [Span(0, len(words.strip()))]
        self._uncertain += [Span(at + span.start, at + span.end) for span in uncertain]
        for words, page in kept:
            if not self._pages or self._pages[-1].number != page:
                self._pages.append(PageStart(at, page))
            at += len(words)
        self.add("".join(words for words, _ in kept), mark)

    def leave_out(self, words: str, why: Why, place: int = 0) -> None:
        if words.strip():
            self.left_out.append(Unread(place or len(self._lines) + 1, " ".join(words.split()), why))

    def made(self) -> MarkedText:
        return MarkedText(
            "\n".join(self._lines),
            tuple(self._marks),
            tuple(self._pages),
            tuple(self.facts.items()),
            tuple(self.left_out),
            tuple(self.warnings),
            uncertain=tuple(self._uncertain),
        )


def to_json(text: MarkedText) -> dict[str, Any]:
    """Plain values; `from_json` is its inverse."""
    return {
        "text": text.text,
        "marks": [(*span, mark.value) for span, mark in text.marks],
        "pages": text.pages,
        "facts": text.facts,
        "left_out": [(place, words, why.value) for place, words, why in text.left_out],
        "warnings": [(warning.zh, warning.en) for warning in text.warnings],
        "flat": text.flat,
        "unread_pages": text.unread_pages,
        "uncertain": text.uncertain,
    }


def from_json(values: Mapping[str, Any]) -> MarkedText:
    return MarkedText(
        values["text"],
        tuple(Marked(Span(start, end), Mark(mark)) for start, end, mark in values["marks"]),
        tuple(PageStart(*page) for page in values["pages"]),
        tuple((name, fact) for name, fact in values["facts"]),
        tuple(Unread(place, words, Why(why)) for place, words, why in values["left_out"]),
        tuple(UserError(*told) for told in values["warnings"]),
        values["flat"],
        tuple(values["unread_pages"]),
        tuple(Span(*span) for span in values["uncertain"]),
    )


def with_page(text: MarkedText, number: int, page: MarkedText) -> MarkedText:
    """The text with a page that was read by itself in its place."""
    at = next((p.start for p in text.pages if p.number > number), len(text.text))
    above, below = text.text[:at], text.text[at:]
    if above and not above.endswith("\n"):
        above += "\n"
    first, rest = len(above), len(above) + len(page.text) + bool(below) - at

    def moved(start: int) -> int:
        return start + rest if start >= at else start

    marks = [Marked(Span(moved(s), e + moved(s) - s), mark) for (s, e), mark in text.marks]
    marks += [Marked(Span(s + first, e + first), mark) for (s, e), mark in page.marks]
    uncertain = [Span(moved(s), e + moved(s) - s) for s, e in text.uncertain]
    uncertain += [Span(s + first, e + first) for s, e in page.uncertain]
    pages = [PageStart(moved(p.start), p.number) for p in text.pages]
    pages += [PageStart(p.start + first, p.number) for p in page.pages]
    return replace(
        text,
        text=above + page.text + ("\n" if below else "") + below,
        marks=tuple(sorted(marks)),
        pages=tuple(sorted(pages)),
        uncertain=tuple(sorted(uncertain)),
        left_out=(*text.left_out, *page.left_out),
        warnings=(*text.warnings, *page.warnings),
    )


def code_points(characters: str) -> str:
    """U+200B U+FEFF: each once."""
    return " ".join(f"U+{ord(c):04X}" for c in sorted(set(characters)))
