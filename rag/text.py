"""Normalising Chinese text so that offsets lead back to the source, and cutting it into sentences.

What is shown is always the source's text; what is searched and compared is the normalised form. This module knows
nothing of articles.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from rag.datatypes import Span

NORMALIZER = "nfkc-t2s-lower-1"  # part of an index's identity: raise when `normalize` changes

ENDINGS = "。！？!?"
CLOSERS = "”’」』）)》】〉\"'"
HAN = "\u3400-\u9fff\uf900-\ufaff〇"
BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Normalized:
    """Normalised text. `offsets[i]` is the source offset of its i-th character; one more stands for the end."""

    text: str
    offsets: tuple[int, ...]

    def to_source(self, span: Span) -> Span:
        """The shortest source span that holds every character of the normalised `span`."""
        if span.start >= span.end:
            return Span(self.offsets[span.start], self.offsets[span.start])
        return Span(self.offsets[span.start], self.offsets[span.end - 1] + 1)

    def from_source(self, span: Span) -> Span:
        """The normalised span that comes from the source `span`."""
        return Span(bisect_right(self.offsets, span.start - 1), bisect_right(self.offsets, span.end - 1))


@cache
def _simplifier() -> "object":
    import opencc

    return opencc.OpenCC("t2s")


@cache
def normalize_character(character: str) -> str:
    """One source character -> its NFKC form, Simplified, in lower case; may be several characters, or none."""
    folded = unicodedata.normalize("NFKC", character).lower()
    if not folded.isascii():
        folded = "".join(_simplifier().convert(c) for c in folded)  # type: ignore[attr-defined]
    return folded


def normalize_with_offsets(text: str) -> Normalized:
    pieces: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        folded = normalize_character(character)
        pieces.append(folded)
        offsets.extend([index] * len(folded))
    offsets.append(len(text))
    return Normalized("".join(pieces), tuple(offsets))


def normalize(text: str) -> str:
    return "".join(map(normalize_character, text))


def bare(text: str) -> str:
    """Normalised letters, digits and Han only: what bigrams are made of."""
    return "".join(c for c in normalize(text) if c.isalnum())


def bigrams(text: str) -> list[str]:
    """Character bigrams of each run of letters and digits, in order; a run of one character counts as itself."""
    grams: list[str] = []
    for run in re.findall(r"[^\W_]+", normalize(text)):
        grams.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
    return grams


def share_held(grams: Collection[str], plain: str) -> float:
    """The share of the bigrams that stand in `plain`, a bare text; 0 where there are none."""
    return sum(gram in plain for gram in grams) / len(grams) if grams else 0.0


def split_sentences(text: str, offset: int = 0) -> list[Span]:
    """Spans of the sentences of `text`, blanks at their ends left out, counted from `offset`.

    A sentence ends at 。！？ with the quotes and brackets that close after it, at a line's end, and at a semicolon
    that the next item of an enumeration follows (……；二是……).
    """
    return [Span(offset + s.start, offset + s.end) for s in _sentences(text)]


SENTENCE_END = re.compile(
    rf"[{re.escape(ENDINGS)}…]+[{re.escape(CLOSERS)}]*|\n|[；;](?=\s*(?:[（(]?[一二三四五六七八九十]+[）)、是要]|\d+[.、．]))"
)


def _sentences(text: str) -> Iterator[Span]:
    start = 0
    for match in SENTENCE_END.finditer(text):
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    length = len(piece.strip())
    if length:
        yield Span(start + lead, start + lead + length)


def only_announces(text: str) -> bool:
    """Whether the text leads to what follows it and is no answer by itself: 某某委员建议："""
    return text.endswith(("：", ":"))


def is_title(text: str) -> bool:
    """Whether the text is nothing but the name of a document: 《关于……的通知》。"""
    return bool(re.fullmatch(r"《[^《》]*》[。，,]?", text.strip()))


def is_signature(text: str) -> bool:
    """Whether the text only signs a document: 云河市民政局 2026年1月5日。"""
    signed = r"[\u4e00-\u9fff\s]{2,30}[局委会办室厅部院处府社司心]\s*\d{4}年\d{1,2}月\d{1,2}日。?"
    return bool(re.fullmatch(signed, text.strip()))


def is_question(text: str) -> bool:
    """Whether the text is a question or ends with one."""
    return text.rstrip("”’）) ").endswith(("？", "?"))


def ends_sentence(text: str) -> bool:
    """Whether the text stops where a sentence may stop, quotes and brackets that close after it included."""
    stripped = text.rstrip()
    return stripped.rstrip(CLOSERS)[-1:] in tuple("。！？!?…") or stripped[-1:] in tuple("：:")
