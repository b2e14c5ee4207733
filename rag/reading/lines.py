"""A newspaper page's lines -> blocks, and what each looks like by itself: a headline, a byline, a credit, a paragraph's piece."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from rag.datatypes import Span
from rag.reading.furniture import Line, find_furniture
from rag.text.normalization import HAN, ends_sentence
from rag.text.person_names import NAME, clean_names, has_name_shape, is_person_name


class Role(Enum):
    """What a block looks like by itself."""

    BODY = auto()
    TITLE = auto()  # short and without an end: a headline, or a piece of one
    DASH = auto()  # ——……
    BYLINE = auto()  # □ 本报记者 某某
    SPEAKER = auto()  # a name alone, with or without its role
    COMPILED = auto()  # 记者某某 整理
    PHOTO = auto()  # 某某 摄
    AUTHOR_NOTE = auto()  # （作者系……）
    REPORTER_NOTE = auto()  # （记者 某某）alone at the end
    DATE = auto()  # 2026年1月5日 alone
    IMPRINT = auto()  # 来源：某局 2026-01-05, as a website prints it
    CLAUSE = auto()  # 一、申报条件
    LABEL = auto()  # 民生话题·代表委员说
    FURNITURE = auto()  # page header, editors, address of the paper


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together for sure. `gap`: blank lines above it. `text`: its pieces joined."""

    pieces: tuple[Span, ...]
    text: str
    gap: int
    indented: bool


# ---------------------------------------------------------------- lines and blocks

INDENT = re.compile(r"(?:\u3000{2}|[ \t]{4}|\u3000 {2,})")
MIN_WRAPPED_LINES = 12
TOP_LINES = 8  # there an office's name is a document's issuer


def blocks(text: str) -> list[Block]:
    """The text's lines that hold anything, page numbers and running heads left out, a wrap at a fixed width undone."""
    lines, furniture = _furnished(text)
    groups: list[list[Block]] = []
    goes_on = False
    for i, line in enumerate(lines):
        if i in furniture:
            goes_on = furniture[i]
            continue
        _add(groups, line, goes_on)
        goes_on = False
    kept = list(map(_joined, groups))
    width = wrap_width(kept)
    return kept if width is None else _unwrap(kept, width)


def page_furniture(text: str) -> set[int]:
    """Where the lines that are page numbers and running heads begin."""
    lines, furniture = _furnished(text)
    return {lines[i].pieces[0].start for i in furniture}


def without_furniture(text: str) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The text's lines with their numbers from 0, and apart from them those that are page numbers and running heads; the halves
    of a sentence that such a line cuts stand one below the other."""
    blocks_, furniture = _furnished(text)
    starts = {blocks_[i].pieces[0].start: cuts for i, cuts in furniture.items()}
    kept: list[tuple[int, str]] = []
    left: list[tuple[int, str]] = []
    position, goes_on = 0, False
    for number, line in enumerate(re.split(r"[\n\f]", text)):
        start = position + len(line) - len(line.lstrip())
        position += len(line) + 1
        if start in starts:
            left.append((number, line.strip()))
            goes_on = starts[start]
            while goes_on and kept and not kept[-1][1].strip():
                kept.pop()
        elif not goes_on or line.strip():
            kept.append((number, line))
            goes_on = False
    return kept, left


def _furnished(text: str) -> tuple[list[Block], dict[int, bool]]:
    lines, new_pages = _lines(text)
    return lines, find_furniture(
        [Line(line.text, line.indented, new) for line, new in zip(lines, new_pages, strict=True)]
    )


def _lines(text: str) -> tuple[list[Block], list[bool]]:
    """Each line that holds anything, and whether a form feed stands between it and the one above."""
    lines: list[Block] = []
    new_pages: list[bool] = []
    gap, new_page = -1, False  # the line break that ends a line is not a blank line
    for match in re.finditer(r"[^\n\f]+|[\n\f]", text):
        raw = match[0]
        if raw in "\n\f":
            gap += 1
            new_page = new_page or raw == "\f"
        elif words := raw.strip():
            start = match.start() + len(raw) - len(raw.lstrip())
            lines.append(Block((Span(start, start + len(words)),), words, max(gap, 0), bool(INDENT.match(raw))))
            new_pages.append(new_page)
            gap, new_page = -1, False
    return lines, new_pages


def _add(groups: list[list[Block]], line: Block, goes_on: bool) -> None:
    if goes_on:
        groups[-1].append(line)
    else:
        groups.append([line])


def _joined(group: Sequence[Block]) -> Block:
    first = group[0]
    if len(group) == 1:
        return first
    pieces = tuple(piece for block in group for piece in block.pieces)
    return Block(pieces, "".join(block.text for block in group), first.gap, first.indented)


def display_width(text: str) -> float:
    """In full-width cells: ASCII counts half."""
    return sum(0.5 if c.isascii() else 1.0 for c in text)


def wrap_width(lines: list[Block]) -> float | None:
    """The fixed width at which the page's lines were broken, or None: most running lines must share it."""
    widths = [display_width(line.text) + (2 if line.indented else 0) for line in lines]
    if len(widths) < MIN_WRAPPED_LINES:
        return None
    most = max(
        Counter(round(w) for w in widths if w >= 12).items(), key=lambda item: (item[1], item[0]), default=(0, 0)
    )
    width = most[0]
    full = sum(abs(w - width) <= 1.5 for w in widths)
    longer = sum(w > width + 2 for w in widths)
    return float(width) if 12 <= width <= 60 and full >= 0.4 * len(widths) and longer <= 0.1 * len(widths) else None


CREDITS = (Role.BYLINE, Role.COMPILED, Role.PHOTO, Role.AUTHOR_NOTE, Role.REPORTER_NOTE, Role.DATE, Role.IMPRINT)


def _unwrap(lines: list[Block], width: float) -> list[Block]:
    """Join a full line with the next one, unless that one is set apart by a blank line or an indent."""
    groups: list[list[Block]] = []
    full = False
    for n, line in enumerate(lines):
        fact = DOCUMENT_NUMBER.fullmatch(line.text) or (n < TOP_LINES and ISSUER.fullmatch(line.text))
        apart = line.gap or line.indented or role_of(line) in CREDITS or fact
        _add(groups, line, full and not apart)
        full = display_width(line.text) + (2 if line.indented else 0) >= width - 2
    return list(map(_joined, groups))


# ---------------------------------------------------------------- what a block looks like

# What only a paper says of itself. A weekday alone may be an office's hours, and stands for a page's head only behind a date
# and without a clock or a label.
FURNITURE = re.compile(
    r"(?:责编|责任编辑|值班编委|值班主任|版式(?:设计)?|美编|校对|组版)[\s:：/／]|编辑[:：/／]|第\s{0,4}\d{1,3}\s{0,4}版|总第\s{0,4}\d{1,6}\s{0,4}期|"
    r"^[^:：]{0,20}\d{4}年\d{1,2}月\d{1,2}日[^:：]{0,20}星期[一二三四五六日天][^:：]{0,20}$|"
    r"社址|广告热线|零售每份|投稿邮箱|统一连续出版物号|国内统一刊号|邮发代号|新闻热线"
)
PAGE_NAME = re.compile(
    rf"(?:[A-Z]{{1,2}}\d{{1,2}}|0\d|\d{{1,2}}\s{{0,4}}版)(?:\s{{0,4}}版)?\s{{1,8}}\S{{1,8}}(?:\s{{1,8}}\S{{1,20}})?|"
    rf"\d{{1,2}}\s{{1,8}}[{HAN}]{{0,6}}(?:版|闻|刊|专题|综合|广告|评论|时评)(?:\s{{1,8}}\S{{1,20}})?|"
    rf"《?[{HAN}]{{1,6}}(?:日报|晚报|时报|周报|晨报|早报|都市报)》?"
)
REPORTERS = r"(?:本报|本刊|本台|见习|特约|实习|融媒体?|全媒体|首席|特派){0,4}(?:记者|通讯员|评论员)"
BYLINE = re.compile(
    rf"[□■○●◎◇◆▲△☆★⊙·\s]{{0,8}}(?:文[/／:：]?\s{{0,8}})?{REPORTERS}[:：/／\s]{{0,8}}[{HAN}A-Za-z·、,，\s/／()（）]{{2,40}}"
)
# Names in a row: what separates two of them is no part of either, so that there is one way to read each but the last.
CREDITED = rf"(?:{REPORTERS}\s{{0,4}})?(?:{NAME}){{1,2}}"
NAMES = rf"(?:(?>{CREDITED}[\s、，,]{{1,8}})|(?>{CREDITED}(?={REPORTERS}))){{0,20}}{CREDITED}"
COMPILED = re.compile(
    rf"[（(]?(?:(?:本报)?记者|通讯员)?[:：\s]{{0,8}}(?P<a>{NAMES})[\s/／]{{0,8}}整理[)）]?|"
    rf"[（(]?整理[\s/／:：]{{1,8}}(?:(?:本报)?记者|通讯员)?\s{{0,8}}(?P<b>{NAMES})[)）]?"
)
PHOTO = re.compile(
    rf"[（(]?(?:{REPORTERS}|图[/／:：]|摄影[/／:：])?[:：\s]{{0,8}}(?P<names>{NAMES})"
    rf"[\s/／]{{0,8}}(?:摄影报道|摄影|摄|供图)[)）]?|"
    rf"[（(]?(?:摄影|图片|图)[/／:：]\s{{0,8}}(?:{REPORTERS})?\s{{0,8}}(?P<after>{NAMES})[)）]?"
)
AUTHOR_NOTE = re.compile(r"[（(]\s{0,8}作者(?:系|为|单位)?[:：]?(?P<role>[^（()）]{1,80})[)）]$")
REPORTER_NOTE = re.compile(rf"[（(]\s{{0,8}}(?P<names>{REPORTERS}[^（()）。，；]{{2,30}})[)）]$")
NAME_NOTE = re.compile(rf"[（(]\s*(?P<name>{NAME})\s*[)）]")  # （某某）alone, below a report
CN_DIGIT = "〇○零一二三四五六七八九十"
DATE = re.compile(
    rf"(?P<y>\d{{4}}|[{CN_DIGIT}]{{4}})\s*年\s*(?P<m>\d{{1,2}}|[{CN_DIGIT}]{{1,3}})\s*月\s*(?P<d>\d{{1,2}}|[{CN_DIGIT}]{{1,3}})\s*日"
)
# What a website prints around a text: 来源：某局 2026-01-05 10:20 字体：大 中 小
DAY = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|" + re.sub(r"\?P<\w>", "?:", DATE.pattern) + ")"
CLOCK = r"(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
IMPRINT = re.compile(
    rf"[\[【（(]?\s*(?:{DAY}{CLOCK}\s*)?(?:(?:信息)?来源|稿源|发布(?:时间|日期|机构|单位)|发文(?:日期|机关|字号)|(?:成文|印发)日期|"
    r"更新时间|作者|撰稿|供稿|浏览(?:次数|量)?|阅读(?:次数|量)?|点击[数量]?|字[体号](?:大小)?|索引号|文号|公文种类|主题(?:分类|词)|"
    rf"信息(?:分类|公开类别))\s*[:：][^。]{{0,90}}|(?:[{HAN}]{{2,12}}\s+)?{DAY}{CLOCK}"
)
CLAUSE = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十百]+[条章节]|\d{1,2}[.．、](?!\d)|[①-⑳])\s*\S"
)
OFFICE = r"(?:委员|代表|常委|主席|主任|局长|院长|校长|会长|经理|董事长|书记|县长|市长|区长|处长|科长|所长|站长|秘书长|主委|委员长|教授|律师|社长|理事长|厂长|馆长|主编)"
PHOTO_ANYONE = re.compile(
    rf"(?P<names>[{HAN}]{{2,4}}(?:[\s、][{HAN}]{{2,4}}){{0,9}})[\s/／]{{1,8}}(?:摄影报道|摄影|摄)"
)
SPEAKER_NAME_FIRST = re.compile(
    rf"(?P<name>{NAME})\s{{1,8}}(?P<role>[^。，,；;：:]{{0,40}}{OFFICE}[^。，,；;：:]{{0,12}})[:：]?"
)
SPEAKER_PAREN = re.compile(
    rf"(?P<name>{NAME}|[{HAN}]\s{{1,4}}[{HAN}])\s{{0,4}}[（(](?P<role>[^（()）]{{0,40}}{OFFICE}[^（()）]{{0,40}})[)）]\s{{0,4}}[:：]?"
)
SPEAKER_ROLE_FIRST = re.compile(
    rf"(?P<role>[^。，,；:：]{{0,40}}{OFFICE})[·\s]{{0,8}}(?P<name>{NAME}|[{HAN}]\s{{1,4}}[{HAN}])\s{{0,4}}[:：]?"
)
SPEAKER_TITLE = re.compile(rf"(?P<name>{NAME})(?P<role>(?:政协)?(?:委员|代表|常委))\s{{0,4}}[:：]?")
DASH = re.compile(r"[—–―─﹣-]{1,3}\s*(?=\S)")
JUMP_FROM = re.compile(r"^[（(]\s{0,8}上接[^（()）]{0,40}[)）]\s*+")
JUMP_TO = re.compile(r"[（(]\s{0,8}下转[^（()）]{0,40}[)）]$")
DATELINE = re.compile(
    rf"^[（(【]?(?:(?:本报|本台|本刊|[{HAN}]{{2,8}}(?:日报|晚报|时报|周报|晨报|早报|网|社))[^。，,]{{0,14}}?(?:讯|电|消息)|"
    rf"新华社[^。，,]{{0,16}}电|据[^。，,]{{2,20}}(?:消息|电|报道)|{REPORTERS}[^。]{{2,20}}报道)"
)
BULLET = re.compile(r"[-*+•▪–]\s{1,4}\S")  # - 身份证原件
TALK = re.compile(r"(?:问|答|记者|主持人)\s*[:：]")  # a line of an interview
LABEL = re.compile(rf"[{HAN}]{{2,7}}[·•|｜][{HAN}]{{2,8}}")
TITLE_MAX = 45
# A subtitle that names a collection of speeches or reports.
SECTION_DASH = re.compile(r"摘编|摘登|选登|选编|摘发|集锦|发言|建言录|建言|系列报道")
NOTICE = re.compile(
    r"【[^】]{1,40}】.{0,80}|(?:编者按|编者的话|开栏的话)[：:].{0,400}"
)  # longer: an article on one line
BARE_NAME_NOTE = re.compile(rf"(?<=[。！？”])\s*[（(](?P<names>{NAME})[)）]\s*$")
ROLE_LINE = re.compile(rf"{REPORTERS}.*{OFFICE}|[^。，,；;：:？！?!]*{OFFICE}")
# 松政发〔2026〕3号, （2025年12月8日市政府常务会议通过）: below the title of a document
DOCUMENT_NUMBER = re.compile(
    rf"[{HAN}]{{1,14}}\s?[〔\[（(【﹝［]\s?\d{{4}}\s?[〕\]）)】﹞］]\s{{0,2}}第?\s{{0,2}}\d{{1,5}}\s{{0,2}}号"
)
DOCUMENT_NOTE = re.compile(r"[（(][^（()）]*(?:通过|公布|发布|印发|修订|修正|施行)[)）]")
ISSUER = re.compile(rf"[{HAN}、 ]{{3,40}}(?:局|厅|部|委|委员会|政府|办公室|办公厅|中心|法院|检察院|公司)")
NEWS_OPENING = re.compile(
    r"^(?:\d{4}年)?\d{1,2}月\d{1,2}日[，,]|^(?:近日|日前|昨日|昨天|今日|连日来|记者(?:昨日|今日|近日|日前|\d+月)?从)"
)
ENUMERATOR = re.compile(
    r"[；;]?\s*(?:[一二三四五六七八九十]{1,2}(?:是|要|、)|[（(][一二三四五六七八九十\d]+[)）]|第[一二三四五六七八九十]+[，,、条]|\d{1,2}[.．、](?!\d)|[①-⑳]|首先|其次|最后)"
)


def role_of(block: Block) -> Role:
    """The block's role as far as it tells by itself."""
    text = block.text
    short = len(text) <= 60
    if JUMP_TO.search(text) or JUMP_FROM.match(text):
        return Role.BODY
    if short and (PAGE_NAME.fullmatch(text) or (FURNITURE.search(text) and not ends_sentence(text))):
        return Role.FURNITURE
    if len(text) <= 120 and len(FURNITURE.findall(text)) >= 2 and "。" not in text:
        return Role.FURNITURE
    if DASH.match(text) and not BULLET.match(text) and len(text) <= 50 and "。" not in text:
        return Role.DASH
    if DATE.fullmatch(text):
        return Role.DATE
    if IMPRINT.fullmatch(text):
        return Role.IMPRINT
    if short and COMPILED.fullmatch(text):
        return Role.COMPILED
    if short and (PHOTO.fullmatch(text) or PHOTO_ANYONE.fullmatch(text)):
        return Role.PHOTO
    if AUTHOR_NOTE.fullmatch(text):
        return Role.AUTHOR_NOTE
    if REPORTER_NOTE.fullmatch(text) or ((noted := NAME_NOTE.fullmatch(text)) and is_person_name(noted["name"])):
        return Role.REPORTER_NOTE
    if short and BYLINE.fullmatch(text) and clean_names(text):
        return Role.BYLINE
    if short and speaker_of(text):
        return Role.SPEAKER
    if len(text) <= TITLE_MAX and (CLAUSE.match(text) or BULLET.match(text)) and not re.search(r"[。；，,]", text):
        return Role.CLAUSE
    if LABEL.fullmatch(text):
        return Role.LABEL
    return Role.TITLE if looks_like_title(text) else Role.BODY


def looks_like_title(text: str) -> bool:
    """Whether the line could be a headline: short, without an end, no item and no line of talk."""
    if len(text) > TITLE_MAX or re.search(r"[。；;]", text) or re.search(r"[，,、:：…]$", text) or DATELINE.match(text):
        return False
    if (
        JUMP_TO.search(text)
        or JUMP_FROM.match(text)
        or CLAUSE.match(text)
        or TALK.match(text)
        or re.search(r"^[^，,：:]*[，,：:].*[：:]|[：:]一[是要]", text)
    ):
        return False
    return not text.startswith(("图为", "据", "本报讯"))


def speaker_of(text: str) -> tuple[str, str | None] | None:
    """(name, role or None) where the line is nothing but what may be a speaker: 任静 / 李某（市政协委员） / 市人大代表 李某：
    Whether it is one only the page tells (`rag.reading.speakers`)."""
    bare = re.sub(r"\s+", "", text)
    if (len(bare) <= 4 or "·" in bare) and has_name_shape(bare):
        return bare, None
    for pattern in (SPEAKER_PAREN, SPEAKER_TITLE, SPEAKER_NAME_FIRST, SPEAKER_ROLE_FIRST):
        match = pattern.fullmatch(text)
        if match and (name := re.sub(r"\s+", "", match["name"])) and has_name_shape(name):
            if pattern is SPEAKER_ROLE_FIRST and not re.search(r"[\s:：]", text):
                continue  # 某某局局长李某 without a space or a colon may be a headline
            return name, match["role"].strip(" 　·")
    return None
