"""One official document, or one text of a website, -> one article however long, with the facts that stand above it and below it.

Above the text stand its title, who gave it out, its number and its day, in any order, with the website's lines between them and the
title said again (`rag.reading.head` tells what a line is by itself); below it the offices and the day that sign it. What a notice issues
and its annexes are parts of the same article: their titles are paragraphs, from which `rag.reading.structure` makes the outline.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rag.datatypes import Kind, Span, Why
from rag.reading.draft_article import (
    POLICY_TITLE,
    DraftArticle,
    date_of_dateline,
    iso_date,
    reporter_of_dateline,
    take_imprint,
)
from rag.reading.head import (
    BEGINS_TEXT,
    CELLS,
    FULL_DATE,
    RED_HEAD,
    HeadRole,
    head_role,
    is_offices,
    names_document,
    read_labels,
)
from rag.reading.lines import DATELINE, DOCUMENT_NUMBER, IMPRINT, NEWS_OPENING, Block, blocks, display_width
from rag.reading.website import is_site_line, is_widget
from rag.text.normalization import CLOSERS, HAN

HEAD_LINES = 60  # lines above the text, a website's menu among them
WRAP_MAX, WRAP_SLACK = 60, 3  # cells: lines of a text that are all no wider were cut at a width
HEADING_MAX = 20  # signs
RUNNING, CLOSED = re.compile(r"[，,。；：]"), re.compile(r"[。！？!?…；;：:][”’」』）)》】]*$")
LAST_WIDGET = re.compile(
    r"(?<=[。）)日发])字[号体][:：]?$"
)  # what is left of a website's switch, at the end of a text on one line
SIGNERS_MAX = 12  # lines of offices above the day that signs a document
FACT_ROLES = (HeadRole.ISSUER, HeadRole.NUMBER, HeadRole.DATE, HeadRole.LABELS, HeadRole.NOTE)
# 松溪市交通局2026年4月2日（此件公开发布）: a signature in the running text of a document on one line
SIGNED = re.compile(
    rf"(?<=[。”）)\d])[{HAN}]{{2,40}}?[部局委厅院会室司府](?=(\d{{4}}年\d{{1,2}}月\d{{1,2}}日)(?:$|[（(\s附抄]|[{HAN}]))"
)
TELLS_NEWS = re.compile(
    r"答记者问|(?:近日|日前|今日|昨日)[，,]|记者(?:从|获悉|了解到)|(?:负责人|有关人士)(?:表示|介绍)"
)
GUIDE_MIN = 3  # items, steps or questions of a text that tells how something is done


@dataclass(slots=True)
class Read:
    """A document read: its article, and by where they begin the lines that are left out of it, with why."""

    article: DraftArticle = field(default_factory=DraftArticle)
    left_out: dict[int, Why] = field(default_factory=dict)


def read_document(text: str) -> Read:
    """The one article of the text. Its paragraphs are empty where no line is text."""
    found = blocks(text)
    read = Read()
    roles = list(_head_roles(found))
    title = _title(found, roles)
    body = _take_head(text, found, roles, title, read)
    _take_body(text, found[len(roles) :], body, read)
    _settle(read.article, text)
    return read


# ---------------------------------------------------------------- above the text


def _head_roles(found: list[Block]) -> Iterator[HeadRole]:
    """The roles of the lines above the text."""
    for block in found[:HEAD_LINES]:
        role = head_role(block)
        if role is HeadRole.TEXT:
            return
        yield role


def _title(found: list[Block], roles: list[HeadRole]) -> range:
    """Where the title stands: the first line that could be it, unless another is a document's title, has the facts right below it, or is
    said again, and the first is not. Empty where there is none."""
    candidates = [i for i, role in enumerate(roles) if role is HeadRole.TITLE]
    if not candidates:
        return range(0)
    words = [_letters(found[i].text) for i in candidates]

    def weight(n: int) -> float:
        i = candidates[n]
        wraps = _wrapped(found, roles, i)
        again = sum(words[n] in other or other in words[n] for m, other in enumerate(words) if m != n)
        facts = any(role in FACT_ROLES for role in roles[wraps.stop : wraps.stop + 2])
        return 1.5 * (n == 0) + 2 * _is_title(found, wraps) + 2 * facts + min(again, 1)

    return _wrapped(found, roles, candidates[max(range(len(candidates)), key=weight)])


def _wrapped(found: list[Block], roles: list[HeadRole], i: int) -> range:
    """The lines of a title that begins at `i`: one, or two or three that only together name a document."""
    if not names_document(found[i].text):
        for end in (i + 2, i + 3):
            lines = range(i, end)
            set_apart = any(found[n].gap > found[i + 1].gap for n in lines[1:] if n < len(found))
            if roles[i:end] == [HeadRole.TITLE] * len(lines) and not set_apart and _is_title(found, lines) and _is_cut(found[i].text, found[i + 1].text):  # fmt: skip
                return lines
    return range(i, i + 1)


def _is_cut(above: str, below: str) -> bool:
    """Whether a title was cut between the two lines: the upper one says what it is about or leaves a bracket open, or the lower one is
    no title by itself."""
    opened = any(above.count(one) > above.count(other) for one, other in zip("《（“〈", "》）”〉", strict=True))
    return "关于" in above or opened or not names_document(below)


def _is_title(found: list[Block], lines: range) -> bool:
    return names_document("".join(found[i].text for i in lines))


def _take_head(text: str, found: list[Block], roles: list[HeadRole], title: range, read: Read) -> list[Block]:
    """Give the article the facts above the text; returned are the lines that are none, and no repetition."""
    article = read.article
    article.title = "".join(found[i].text for i in title)
    kept: list[Block] = []
    said = {_letters(article.title)}
    again = {
        n
        for i in range(len(roles))
        for lines in (range(i, i + 2), range(i, i + 3))
        if _say(found, lines, article.title)
        for n in lines
    }
    for i, role in enumerate(roles):
        block = found[i]
        below = roles[i + 1] if i + 1 < len(roles) else None
        if i in title:
            continue
        if role is HeadRole.LABELS:
            _take_labels(block.text, article)
        why = Why.PAGE if i in again else _fate(block, role, below, article, said)
        if why is None:
            kept.append(block)
        else:
            read.left_out[block.pieces[0].start] = why
        said.add(_letters(block.text))
    return kept


def _say(found: list[Block], lines: range, title: str) -> bool:
    """Whether the lines together are the title said again."""
    return lines.stop <= len(found) and _letters("".join(found[i].text for i in lines)) == _letters(title)


def _fate(block: Block, role: HeadRole, below: HeadRole | None, article: DraftArticle, said: set[str]) -> Why | None:
    """Why a line above the text is no part of it; None where it is. A fact that the article lacks is given to it."""
    words = block.text
    if role is HeadRole.SITE or role is HeadRole.CODE:
        return Why.FURNITURE
    if _letters(words) in said:
        return Why.PAGE  # said again, as a running head is
    if role is HeadRole.LABELS:
        return Why.CREDIT
    if role is HeadRole.DATE:
        article.published = article.published or iso_date(words)
        return Why.CREDIT
    if role is HeadRole.NUMBER and article.number in (None, words):
        article.number = words
        return Why.CREDIT
    red = RED_HEAD.fullmatch(words)
    named = role is HeadRole.ISSUER or (role is HeadRole.TITLE and below in FACT_ROLES and not names_document(words))
    if named and article.issuer is None and article.title:
        article.issuer = red[1] if red else words
        return Why.CREDIT
    if role is HeadRole.NOTE and article.subtitle is None:
        article.subtitle = words
        return Why.CREDIT
    return None


def _take_labels(line: str, article: DraftArticle) -> None:
    for fact, value in read_labels(line):
        if fact == "published":
            article.published = article.published or iso_date(value)
        elif fact == "number":
            article.number = article.number or (value if DOCUMENT_NUMBER.fullmatch(value) else None)
        elif fact == "issuer":
            article.issuer = article.issuer or value or None
        elif fact == "title":
            article.title = article.title or value
    take_imprint(article, line)


# ---------------------------------------------------------------- the text


def _take_body(text: str, found: list[Block], kept: list[Block], read: Read) -> None:
    """Make paragraphs of the lines that are text, and leave out the website's and the signatures."""
    end = len(found)
    while end > 0 and _is_below_text(found[end - 1].text):
        end -= 1
    left = {i: Why.FURNITURE for i, block in enumerate(found) if i >= end or is_widget(block.text)}
    left |= dict.fromkeys(_signatures(found, end, read.article), Why.CREDIT)
    width = max((_width(block) for block in found), default=0.0)
    for block in kept:
        read.article.paragraphs.append(list(block.pieces))
    above: Block | None = None
    for i, block in enumerate(found):
        if why := left.get(i):
            read.left_out[block.pieces[0].start] = why
            above = None
            continue
        pieces = _without_head(text, block, read) if not read.article.paragraphs else list(block.pieces)
        if above is not None and width <= WRAP_MAX and _goes_on(above, block, width):
            read.article.paragraphs[-1] += pieces
        elif pieces:
            read.article.paragraphs.append(pieces)
        above = block
    _drop_last_widget(text, read)


def _drop_last_widget(text: str, read: Read) -> None:
    """Cut off what is left of a website's switch at the end of a text."""
    for *_, last in read.article.paragraphs[-1:]:
        if widget := LAST_WIDGET.search(text, last.start, last.end):
            read.article.paragraphs[-1][-1] = Span(last.start, widget.start())
            read.left_out[widget.start()] = Why.FURNITURE


def _is_below_text(words: str) -> bool:
    """Whether the line may stand below a text and be none: the website's, its source. The day that a document is signed with is its own."""
    return is_site_line(words) or bool(IMPRINT.fullmatch(words) and not FULL_DATE.fullmatch(words))


def _goes_on(above: Block, block: Block, width: float) -> bool:
    """Whether the line above was cut at the width of all lines, within a sentence."""
    running = len(above.text) > HEADING_MAX and RUNNING.search(above.text) and not CLOSED.search(above.text)
    cut = running and _width(above) >= width - WRAP_SLACK and not block.indented and block.gap == 0
    return bool(cut) and not (BEGINS_TEXT.match(block.text) or CELLS.search(block.text))


def _width(block: Block) -> float:
    return display_width(block.text) + 2 * block.indented


def _signatures(found: list[Block], end: int, article: DraftArticle) -> Iterator[int]:
    """The lines that sign the document or a part of it: offices, one above the other, and the day."""
    for i in range(end):
        words = found[i].text
        day = FULL_DATE.fullmatch(words)
        behind = IMPRINT.fullmatch(words) if not day else None
        if not day and not (behind and iso_date(words) and i >= end - 2):
            continue
        first = i
        while first > 0 and i - first < SIGNERS_MAX and is_offices(found[first - 1].text):
            first -= 1
        if first == i and i < end - 3 and not behind:
            continue  # a day in a list
        article.published = article.published or iso_date(words)
        if first < i:
            article.issuer = article.issuer or " ".join(found[n].text for n in range(first, i))
        yield from range(first, i + 1)


def _without_head(text: str, block: Block, read: Read) -> list[Span]:
    """The first line's pieces without the title, which stands above, and the number that it begins with."""
    article = read.article
    first, *rest = block.pieces
    words, title = text[first.start : first.end], _letters(article.title)
    end = _end_of(words, title)
    end = end if title and end is not None and words[end:].strip() else 0
    number = DOCUMENT_NUMBER.match(words[end:].lstrip())
    if number and article.number in (None, number[0]):
        article.number = number[0]
        end = words.index(number[0], end) + len(number[0])
    if not end or not words[end:].strip():
        return [first, *rest]
    read.left_out[first.start] = Why.PAGE
    end += len(words[end:]) - len(words[end:].lstrip())
    return [Span(first.start + end, first.end), *rest]


def _end_of(words: str, letters: str) -> int | None:
    """Where in `words` the letters end that they begin with, a bracket that closes there included; None where they begin otherwise."""
    at = 0
    for position, character in enumerate(words):
        if at == len(letters) and character not in CLOSERS:
            return position
        if character.isalnum():
            if at == len(letters) or character != letters[at]:
                return None
            at += 1
    return None


# ---------------------------------------------------------------- what only the whole tells


def _settle(article: DraftArticle, source: str) -> None:
    texts = ["".join(source[p.start : p.end] for p in pieces) for pieces in article.paragraphs]
    if not texts:
        return
    if article.published is None and (signed := SIGNED.search(source)):
        article.published = iso_date(signed[1])
    article.kind = kind_of_document(article, texts)
    if article.kind is Kind.NEWS:
        article.reporter = article.reporter or reporter_of_dateline(texts[0])
        article.published = article.published or date_of_dateline(texts[0])


def kind_of_document(article: DraftArticle, texts: list[str]) -> Kind:
    """A document is told by its number, its title, whom it is addressed to or its numbered rules; a website's text that tells how
    something is done is one too, unless it reports."""
    title = _unspaced(article.title)
    first = next((words for words in texts if len(words) > len("各区人民政府：")), texts[0])
    report = DATELINE.match(first) or NEWS_OPENING.match(first) or TELLS_NEWS.search(f"{title}\n{first}")
    if POLICY_TITLE.search(title) or names_document(title):
        return Kind.POLICY if not re.search("答记者问", title) else Kind.NEWS
    if article.number or any(re.match(r"第[一二三1][条章]", words) for words in texts):
        return Kind.POLICY
    addressed = texts[0].endswith(("：", ":")) and len(texts[0]) <= 80
    guide = sum(bool(BEGINS_TEXT.match(words)) or words.endswith(("？", "?")) for words in texts) >= GUIDE_MIN
    return Kind.POLICY if (addressed or guide) and not report else Kind.NEWS


def _letters(words: str) -> str:
    return "".join(filter(str.isalnum, words))


def _unspaced(words: str) -> str:
    return "".join(words.split())
