"""Article -> how it is made: its passages, the sections of its outline, its lists, its numbered rules.

Official texts are outlines: 一、……（一）……1．…… with a heading in each. Nothing here depends on a question: an article is read
once, when an index is made of it, and kept there with what was read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from rag.datatypes import Article, Enumeration, Rule, Section, Span, Structure
from rag.reading.passages import DIGITS, NUMBERED, enumeration_starts, last_begun, last_item, passage_spans
from rag.text.normalization import is_question, normalize
from rag.text.numerals import read_number

RULE_NUMBER = re.compile(r"第([一二三四五六七八九十百零〇]{1,7}|\d{1,3})条")
ATTACHED = re.compile(r"(?:^|\s)附件[一二三四五六七八九十\d]*[：:]?\s*$")  # what follows is a list of other documents
OPENING = ("：", ":", "；", ";")  # what stands below belongs to it: a list that it opens, or the next item

DIGIT = f"[{DIGITS}]"
# The marks of an outline, the widest first. A heading on a line of its own is wider than all of them, an unnumbered one at
# the beginning of its paragraph (减少融资成本。鼓励各银行……) narrower.
MARKS = (
    r"第[一二三四五六七八九十百]{1,4}[章编]",
    r"第[一二三四五六七八九十百]{1,4}节",
    r"第[一二三四五六七八九十百]{1,4}条",
    rf"{DIGIT}{{1,3}}、(?!{DIGIT}{{1,2}}{NUMBERED})",  # 一、二级医院
    rf"[（(]{DIGIT}{{1,3}}[)）]",
    r"\d{1,2}[.．、](?!\d)",
    r"[（(]\d{1,2}[)）]",
)
MARK = re.compile(r"(?:^|(?<=[\s。；：]))(?:" + "|".join(f"({mark})" for mark in MARKS) + r")\s*")
LINE, SENTENCE = -1, len(MARKS)  # ranks
HEADING = re.compile(r"[^。；;：:，,！!？?\s]{4,30}(?=[。；;：:\s]|$)")
# The first clause of an item names what it is about as a heading does (2.加强人员管理，……), unless it says when or by what.
CLAUSE = re.compile(
    r"(?!自|截至|根据|按照|依据|依照|为)[^。；;：:，,！!？?\s]{4,30}(?<!期间)(?<!以来)(?<![起时后前日月])(?=[，,])(?![^。；;！!]*[？?])"
)
ANNEX = re.compile(
    r"附\s?[件表][一二三四五六七八九十\d]{0,3}[：:]?"
)  # alone on its line: a part of the document begins
CHAPTERS = (0, 1)  # 章, 节: all of their line is their heading, 总则 as well
CHAPTER_HEADING = re.compile(r"[^。；;：:，,！!？?]{2,30}$")
LINE_HEADING = re.compile(r"[^。；;：:，,！!？?]{4,30}$")
AFTER_HEADING = re.compile(r"[^。；;：:\s]")
SENTENCE_HEADING = re.compile(r"[^。；;：:，,！!？?\s]{4,20}。(?=.{30})", re.DOTALL)


def with_structure(article: Article) -> Article:
    """The article together with its structure, read anew."""
    return replace(article, structure=read_structure(article))


def structure_of(article: Article) -> Structure:
    """The structure that the article was kept with; read now where it has none."""
    return article.structure or read_structure(article)


def read_structure(article: Article) -> Structure:
    blocks = _blocks(article)
    text = article.text
    return Structure(
        passages=tuple(passage_spans(article)),
        sections=tuple(_sections(article)),
        enumerations=tuple(_enumerations(text, blocks)),
        rules=tuple(_rules(text, blocks)),
        is_regulation=any(RULE_NUMBER.match(text[p.start : p.start + 8]) for p in article.paragraphs),
    )


def structure_to_json(structure: Structure) -> dict[str, Any]:
    """The structure as plain values, spans as [start, end] pairs; `structure_from_json` is its inverse."""
    return {
        "passages": structure.passages,
        "sections": [(s.rank, s.start, s.heading, s.body, s.is_clause) for s in structure.sections],
        "enumerations": [(e.span, e.items) for e in structure.enumerations],
        "rules": [(rule.number, rule.span) for rule in structure.rules],
        "is_regulation": structure.is_regulation,
    }


def structure_from_json(values: Mapping[str, Any]) -> Structure:
    return Structure(
        passages=_spans(values["passages"]),
        sections=tuple(
            Section(rank, start, Span(*heading), Span(*body), is_clause)
            for rank, start, heading, body, is_clause in values["sections"]
        ),
        enumerations=tuple(Enumeration(Span(*span), _spans(items)) for span, items in values["enumerations"]),
        rules=tuple(Rule(number, Span(*span)) for number, span in values["rules"]),
        is_regulation=values["is_regulation"],
    )


def _spans(pairs: Sequence[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)


# ---------------------------------------------------------------- lists and rules


def _blocks(article: Article) -> list[Span]:
    """The paragraphs, each with those below it that it opens a list of (……下列条件：（一）……；（二）……。) or go on with its list
    (一是……。二是……。), and a question with the paragraph that answers it."""
    blocks: list[Span] = []
    texts = [article.text[p.start : p.end] for p in article.paragraphs]
    until = -1  # the paragraph up to which the block goes on
    for n, paragraph in enumerate(article.paragraphs):
        if n <= until:
            blocks[-1] = Span(blocks[-1].start, paragraph.end)
        else:
            blocks.append(paragraph)
        until = max(until, last_item(texts, n))
        if texts[n].rstrip().endswith(OPENING) or is_question(texts[n]):
            until = max(until, n + 1)
    return blocks


def _enumerations(text: str, blocks: Sequence[Span]) -> Iterator[Enumeration]:
    for block in blocks:
        words = text[block.start : block.end]
        starts = enumeration_starts(words)
        if starts and not ATTACHED.search(words[: starts[0]]):
            yield Enumeration(block, tuple(items_from([block.start + start for start in starts], block.end)))


def items_from(starts: Sequence[int], end: int) -> list[Span]:
    """The items that begin at `starts`, each up to the next, the last up to `end`."""
    return [Span(a, b) for a, b in pairwise([*starts, end])]


def _rules(text: str, blocks: Sequence[Span]) -> Iterator[Rule]:
    for block in blocks:
        match = RULE_NUMBER.match(normalize(text[block.start : block.start + 8]))
        number = read_number(match[1]) if match else None
        if number is not None:
            yield Rule(int(number), block)


# ---------------------------------------------------------------- the outline


class _Mark(NamedTuple):
    """Where a section begins: a section without its body."""

    rank: int
    start: int
    heading: Span
    is_clause: bool = False


def _sections(article: Article) -> list[Section]:
    marks = _ranked(article.text, list(_marks(article)))
    return [
        Section(mark.rank, mark.start, mark.heading, _body(article, marks, mark, after), mark.is_clause)
        for mark, after in zip(marks, _next_as_wide(marks), strict=True)
    ]


def _marks(article: Article) -> Iterator[_Mark]:
    """Where the article's sections begin, in order; every line that is a heading as wide as can be."""
    for paragraph in article.paragraphs:
        words = article.text[paragraph.start : paragraph.end]
        found = list(MARK.finditer(words))
        if not found or found[0].start() > 0:
            if ANNEX.fullmatch(words) or (LINE_HEADING.match(words) and paragraph != article.paragraphs[-1]):
                if article.title not in words:  # the title said again is wider than the whole outline
                    yield _Mark(LINE, paragraph.start, paragraph)
            elif heading := SENTENCE_HEADING.match(words):
                yield _Mark(SENTENCE, paragraph.start, Span(paragraph.start, paragraph.start + heading.end()))
        for match in found:
            rank = (match.lastindex or 1) - 1
            whole = CHAPTER_HEADING.match(words, match.end()) if rank in CHAPTERS else None
            heading = whole or HEADING.match(words, match.end())
            clause = None if heading else CLAUSE.match(words, match.end())
            end = heading or clause or match
            span = Span(paragraph.start + match.end(), paragraph.start + end.end())
            yield _Mark(rank, paragraph.start + match.start(), span, clause is not None)


def _ranked(text: str, marks: Sequence[_Mark]) -> list[_Mark]:
    """The marks, each heading on a line of its own as wide as it is: wider than all marks, unless plain text follows it and
    the numbers go on behind (三、补贴标准 / 城镇居民 / …… / 四、): then it stands inside the section before."""
    before: list[_Mark | None] = []  # of each mark, the last one with a number
    last = None
    for mark in marks:
        before.append(last)
        last = mark if mark.rank not in (LINE, SENTENCE) else last
    following: dict[int, _Mark] = {}  # by rank, the next one
    ranked = list(marks)
    for n, mark in reversed(list(enumerate(marks))):
        above = before[n]
        if mark.rank == LINE and above is not None and n + 1 < len(marks):
            below = text[mark.heading.end : marks[n + 1].start].strip()
            after = following.get(above.rank)
            if below and after is not None and _number(text, after) == _number(text, above) + 1:
                ranked[n] = mark._replace(rank=min(above.rank + 1, SENTENCE - 1))
        following[mark.rank] = mark
    return ranked


def _number(text: str, mark: _Mark) -> int:
    """The number that a mark counts by."""
    digits = re.search(r"\d+|[一二三四五六七八九十百]+", text[mark.start : mark.heading.start])
    return int(read_number(digits[0]) or 0) if digits else 0


def _next_as_wide(marks: Sequence[_Mark]) -> list[_Mark | None]:
    """Of each mark the next that is as wide or wider."""
    found: list[_Mark | None] = []
    behind: list[_Mark] = []  # the nearest last; a narrower one is behind no mark that this one is not
    for mark in reversed(marks):
        while behind and behind[-1].rank > mark.rank:
            behind.pop()
        found.append(behind[-1] if behind else None)
        behind.append(mark)
    return found[::-1]


def _body(article: Article, marks: Sequence[_Mark], mark: _Mark, after: _Mark | None) -> Span:
    """What stands below a mark's heading, up to the next mark as wide. The last section of its rank ends with its paragraph
    and those below it that go on with it, so that a document's signature is no part of it."""
    first = AFTER_HEADING.search(article.text, mark.heading.start if mark.is_clause else mark.heading.end)
    start = first.start() if first else len(article.text)
    paragraphs = article.paragraphs
    own = last_begun(paragraphs, mark.start)
    end = paragraphs[own].end
    if mark.rank == SENTENCE:
        return Span(min(start, end), end)
    if after is not None:
        return Span(min(start, after.start), after.start)
    deeper = {m.start for m in marks if m.rank > mark.rank}
    for paragraph in paragraphs[own + 1 :]:
        if not (end <= start or paragraph.start in deeper or _is_open(article.text, end)):
            break
        end = paragraph.end
    return Span(min(start, end), end)


def _is_open(text: str, end: int) -> bool:
    """Whether what stands below `end` belongs to what stands above it."""
    while end > 0 and text[end - 1].isspace():
        end -= 1
    return text.endswith(OPENING, 0, end)
