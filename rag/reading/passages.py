"""Articles -> passages: a paragraph each, or the parts of a long one. Knows nothing of search.

Offsets are kept: a passage is a span of its article's text. A heading of its own (一、申报条件) or a question (问：多久办好？)
goes with the paragraph below it, since neither says much alone.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rag.datatypes import Article, Passage, Span
from rag.text.normalization import split_sentences

MAX_CHARACTERS = 300  # retrieval was measured with so many (docs/experiments.md#retrieval-before)
MIN_ENUMERATED = 120  # a shorter paragraph keeps its enumeration whole
HEADING_MAX = 30
QUESTION_LINE = re.compile(r"[^。！!；;]{2,60}[？?]")  # 问：多久办好？

# 一是……二是……, 一要……, 首先……其次……, 第一，……, （1）……, ①……: families of markers, each in its order.
DIGITS = "一二三四五六七八九十"
FAMILIES = (
    [f"{d}是" for d in DIGITS],
    [f"{d}要" for d in DIGITS],
    [f"第{d}，" for d in DIGITS] + [f"第{d}," for d in DIGITS],
    [f"（{n}）" for n in range(1, 11)],
    [f"({n})" for n in range(1, 11)],
    [f"（{d}）" for d in DIGITS],
    [f"({d})" for d in DIGITS],
    list("①②③④⑤⑥⑦⑧⑨⑩"),
    [f"{n}." for n in range(1, 11)] + [f"{n}．" for n in range(1, 11)] + [f"{n}、" for n in range(1, 11)],
    ["首先", "其次", "再次", "最后"],
)
NUMBERED = "[号级类等期]"  # behind a number: the number is a name, 2号窗口, 二级医院
NO_ITEM = re.compile(rf"[.．]\d|、\d{{1,2}}{NUMBERED}")  # 1.5万元; 1、2号窗口
SPOKEN = (*FAMILIES[:3], FAMILIES[-1])  # in running text, where each item may be a paragraph of several sentences
AFTER = "。；;：:！？!?\n” \u3000"


def split_passages(article: Article) -> list[Passage]:
    """The article's passages in order; together they cover every paragraph once."""
    return [Passage(f"{article.id}#{n}", article, span) for n, span in enumerate(_known_spans(article))]


def split_articles(articles: Iterable[Article]) -> list[Passage]:
    return [passage for article in articles for passage in split_passages(article)]


def passage_at(passage: Passage, span: Span) -> Passage:
    """The passage of the same article in which `span` begins; the one given where it begins in none."""
    article = passage.article
    spans = _known_spans(article)
    number = last_begun(spans, span.start)
    inside = number >= 0 and span.start < spans[number].end
    return Passage(f"{article.id}#{number}", article, spans[number]) if inside else passage


def _known_spans(article: Article) -> Sequence[Span]:
    return article.structure.passages if article.structure else passage_spans(article)


def passage_spans(article: Article) -> list[Span]:
    """Where the passages of the article stand, read from its text."""
    return [part for paragraph in _with_headings(article) for part in split_paragraph(article.text, paragraph)]


def last_begun(spans: Sequence[Span], at: int) -> int:
    """The number of the last of the spans, which are in order, that begins at `at` or before it; -1 where none does."""
    return bisect_right(spans, at, key=lambda span: span.start) - 1


def _with_headings(article: Article) -> Iterator[Span]:
    """Paragraphs, each heading or question joined to the paragraph below it."""
    heading: Span | None = None
    for paragraph in article.paragraphs:
        words = article.text[paragraph.start : paragraph.end]
        stands_over = len(words) <= HEADING_MAX and not re.search(r"[。！？；，,!?;]", words)
        if (stands_over or QUESTION_LINE.fullmatch(words)) and paragraph != article.paragraphs[-1]:
            heading = heading or paragraph
            continue
        yield Span(heading.start if heading else paragraph.start, paragraph.end)
        heading = None
    if heading:
        yield Span(heading.start, article.paragraphs[-1].end)


def split_paragraph(text: str, paragraph: Span) -> list[Span]:
    """The paragraph's parts: the items of an enumeration each on its own, then nothing longer than MAX_CHARACTERS."""
    words = text[paragraph.start : paragraph.end]
    if len(words) <= MIN_ENUMERATED:
        return [paragraph]
    starts = [0, *(s for s in enumeration_starts(words) if s > 0), len(words)]
    parts = [Span(paragraph.start + a, paragraph.start + b) for a, b in pairwise(starts) if b > a]
    return [piece for part in parts for piece in _at_most(text, part, MAX_CHARACTERS)]


def enumeration_starts(words: str) -> list[int]:
    """Where the items of the paragraph's enumeration begin: markers of one family, in order, at a clause's start."""
    best: list[int] = []
    for family in FAMILIES:
        starts: list[int] = []
        position = 0
        variants = _variants(family)
        for rank in range(len(variants[0])):
            found = [i for v in variants if rank < len(v) and (i := _find_marker(words, v[rank], position)) >= 0]
            if not found:
                if family[0] == "首先" and starts:
                    continue  # 首先……其次……最后: the middle ones may be missing
                break
            starts.append(min(found))
            position = min(found) + 1
        if len(starts) >= 2 and len(starts) > len(best):
            best = starts
    return best


def last_item(paragraphs: Sequence[str], number: int) -> int:
    """Which paragraph the list of running text ends with that paragraph `number` begins (……：一是……。/ 二是……。/ 三是……。);
    itself where none goes on below it. What stands between two items belongs to the first of them."""
    last = number
    for markers in (variant for family in SPOKEN for variant in _variants(family)):
        ranks = [rank for rank, marker in enumerate(markers) if _find_marker(paragraphs[number], marker, 0) >= 0]
        if not ranks or ranks[0] > 0:
            continue
        rank = ranks[-1]
        for n in range(number + 1, len(paragraphs)):
            begun = next((r for r, marker in enumerate(markers) if paragraphs[n].startswith(marker)), None)
            if begun is None:
                continue
            if begun <= rank:
                break  # another list
            last, rank = max(last, n), begun
    return last


def _variants(family: Sequence[str]) -> list[Sequence[str]]:
    """The markers of a family by how they are written, ten of each: 第一，…… and 第一,……"""
    return [family[i : i + 10] for i in range(0, len(family), 10)]


def _find_marker(words: str, marker: str, position: int) -> int:
    while (position := words.find(marker, position)) >= 0:
        begins = position == 0 or words[position - 1] in AFTER or marker[0] in "（(①②③④⑤⑥⑦⑧⑨⑩"
        if begins and not NO_ITEM.match(words, position + len(marker) - 1):
            return position
        position += 1
    return -1


def _at_most(text: str, span: Span, limit: int) -> Iterator[Span]:
    """Cut at sentence ends into parts of at most `limit` characters, blanks between two parts left out."""
    if span.end - span.start <= limit:
        yield span
        return
    start = previous = span.start
    for sentence in split_sentences(text[span.start : span.end], span.start):
        if sentence.end - start > limit and previous > start:
            yield Span(start, previous)
            start = sentence.start
        previous = sentence.end
    yield Span(start, span.end)
