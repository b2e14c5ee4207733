"""A newspaper page's text -> draft articles: which line is a headline, a byline, a credit, a paragraph's piece.

Pure rules over lines; nothing is read from disk. The order of work: `blocks` (lines, with a fixed-width wrap undone),
`role_of` (what a block looks like by itself), `_Builder` (one pass that settles what only the neighbours can tell).
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, auto

from rag.datatypes import Kind, Span
from rag.names import NAME, clean_names, is_person_name
from rag.text import HAN, ends_sentence


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


@dataclass(slots=True)
class DraftArticle:
    """An article being made; paragraphs are lists of pieces, spans of the file's text."""

    title: str = ""
    kind: Kind = Kind.NEWS
    kicker: str | None = None
    subtitle: str | None = None
    section: str | None = None
    speaker: str | None = None
    speaker_role: str | None = None
    reporter: str | None = None
    published: str | None = None
    paragraphs: list[list[Span]] = field(default_factory=list)
    complete: bool = False  # the last paragraph is a heading: nothing goes on with it


# ---------------------------------------------------------------- lines and blocks

LINE = re.compile(r"[^\r\n\f\v\u2028\u2029]+|\r\n|[\r\n\f\v\u2028\u2029]")
INDENT = re.compile(r"(?:\u3000{2}|[ \t]{4}|\u3000? {2,})")
MIN_WRAPPED_LINES = 12


def blocks(text: str) -> list[Block]:
    """The text's lines that hold anything, a wrap at a fixed width undone."""
    lines: list[Block] = []
    gap = -1  # the line break that ends a line is not a blank line
    for match in LINE.finditer(text):
        raw = match[0]
        words = raw.strip().strip("\ufeff\u200b")
        if raw in ("\r\n", "\n", "\r", "\f", "\v", "\u2028", "\u2029"):
            gap += 1
        elif words:
            start = match.start() + raw.index(words)
            lines.append(Block((Span(start, start + len(words)),), words, max(gap, 0), bool(INDENT.match(raw))))
            gap = -1
    width = wrap_width(lines)
    return lines if width is None else _unwrap(lines, width)


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
    merged: list[Block] = []
    full = False
    for line in lines:
        if full and line.gap == 0 and not line.indented and role_of(line) not in CREDITS:
            last = merged[-1]
            merged[-1] = Block(last.pieces + line.pieces, last.text + line.text, last.gap, last.indented)
        else:
            merged.append(line)
        full = display_width(line.text) + (2 if line.indented else 0) >= width - 2
    return merged


# ---------------------------------------------------------------- what a block looks like

FURNITURE = re.compile(
    r"责编|责任编辑|值班编委|值班主任|版式|美编|校对|编辑[:：/]|组版|第\s*\d+\s*版|总第\s*\d+\s*期|星期[一二三四五六日天]|"
    r"社址|广告热线|零售每份|投稿邮箱|统一连续出版物号|国内统一刊号|邮发代号|新闻热线"
)
PAGE_NAME = re.compile(
    rf"[A-Z]{{0,2}}\d{{1,2}}\s*版?\s+\S{{1,8}}(?:\s+\S+)?|《?[{HAN}]{{1,6}}(?:日报|晚报|时报|周报|晨报|早报|都市报)》?"
)
NOTICE = re.compile(r"【[^】]*】.*")
REPORTERS = r"(?:本报|本刊|本台|见习|特约|实习|融媒体?|全媒体|首席|特派)*(?:记者|通讯员|评论员)"
BYLINE = re.compile(
    rf"[□■○●◎◇◆▲△☆★⊙·\s]*(?:文[/／:：]?\s*)?{REPORTERS}[:：/／\s]*[{HAN}A-Za-z·、,，\s　/／()（）]{{2,40}}"
)
COMPILED = re.compile(
    rf"[（(]?(?:(?:本报)?记者|通讯员)?[:：\s]*(?P<a>(?:{NAME}[\s、，,]*)+)[\s/／]*整理[)）]?|"
    rf"[（(]?整理[\s/／:：]+(?:(?:本报)?记者|通讯员)?\s*(?P<b>(?:{NAME}[\s、，,]*)+)[)）]?"
)
PHOTO = re.compile(
    rf"[（(]?(?:{REPORTERS}|图[/／:：]|摄影[/／:：])?[:：\s]*(?P<names>(?:(?:{REPORTERS})?\s*{NAME}[\s、，,]*)+)"
    rf"[\s/／]*(?:摄影报道|摄影|摄|供图)[)）]?|[（(]?(?:摄影|图片|图)[/／:：]\s*(?:{REPORTERS})?\s*(?P<after>(?:{NAME}[\s、，,]*)+)[)）]?"
)
AUTHOR_NOTE = re.compile(r"[（(]\s*作者(?:系|为|单位)?[:：]?\s*(?P<role>[^（()）]+?)\s*[)）]$")
REPORTER_NOTE = re.compile(rf"[（(]\s*(?P<names>{REPORTERS}[^（()）。，；]{{2,30}})[)）]\s*$")
NAME_NOTE = re.compile(rf"[（(]\s*(?P<name>{NAME})\s*[)）]")  # （某某）alone, below a report
CN_DIGIT = "〇○零一二三四五六七八九十"
DATE = re.compile(
    rf"(?P<y>\d{{4}}|[{CN_DIGIT}]{{4}})\s*年\s*(?P<m>\d{{1,2}}|[{CN_DIGIT}]{{1,3}})\s*月\s*(?P<d>\d{{1,2}}|[{CN_DIGIT}]{{1,3}})\s*日"
)
# What a website prints around a text: 来源：某局 2026-01-05 10:20 字体：大 中 小
DAY = rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|{DATE.pattern})"
CLOCK = r"(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
IMPRINT = re.compile(
    rf"[\[【（(]?\s*(?:{DAY}{CLOCK}\s*)?(?:(?:信息)?来源|稿源|发布(?:时间|日期|机构|单位)|发文(?:日期|机关|字号)|(?:成文|印发)日期|"
    r"更新时间|作者|撰稿|供稿|浏览(?:次数|量)?|阅读(?:次数|量)?|点击[数量]?|字[体号](?:大小)?|索引号|文号|公文种类|主题(?:分类|词)|"
    rf"信息(?:分类|公开类别))\s*[:：][^。]{{0,90}}|(?:[{HAN}]{{2,12}}\s+)?\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}{CLOCK}"
)
IMPRINT_AUTHOR = re.compile(rf"(?:作者|撰稿|供稿)\s*[:：]\s*(?P<names>{NAME}(?:[、，, ]{NAME})*)(?![{HAN}])")
IMPRINT_NUMBER = re.compile(r"(?:发文字号|文号)\s*[:：]\s*(?P<number>\S+号)")
CLAUSE = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十百]+[条章节]|\d{1,2}[.．、](?!\d)|[①-⑳])\s*\S"
)
OFFICE = r"(?:委员|代表|常委|主席|主任|局长|院长|校长|会长|经理|董事长|书记|县长|市长|区长|处长|科长|所长|站长|秘书长|主委|委员长|教授|律师|社长|理事长|厂长|馆长|主编)"
PHOTO_ANYONE = re.compile(rf"(?P<names>[{HAN}]{{2,4}}(?:[\s、][{HAN}]{{2,4}})*)[\s/／]+(?:摄影报道|摄影|摄)")
BARE_NAME_NOTE = re.compile(rf"(?<=[。！？”])\s*[（(](?P<names>{NAME})[)）]\s*$")
SPEAKER_NAME_FIRST = re.compile(
    rf"(?P<name>{NAME})[\s　]+(?P<role>[^。，,；;：:]*{OFFICE}[^。，,；;：:]{{0,12}})\s*[:：]?"
)
SPEAKER_PAREN = re.compile(
    rf"(?P<name>{NAME}|[{HAN}]\s+[{HAN}])\s*[（(](?P<role>[^（()）]*{OFFICE}[^（()）]*)[)）]\s*[:：]?"
)
SPEAKER_ROLE_FIRST = re.compile(
    rf"(?P<role>[^。，,；:：]*{OFFICE})\s*[·\s]*(?P<name>{NAME}|[{HAN}]\s+[{HAN}])\s*[:：]?"
)
ROLE_LINE = re.compile(rf"(?:{REPORTERS}.*)?[^。，,；;：:？！?!]*{OFFICE}")
SPEAKER_TITLE = re.compile(rf"(?P<name>{NAME})(?P<role>(?:政协)?(?:委员|代表|常委))\s*[:：]?")
SECTION_DASH = re.compile(r"摘编|摘登|选登|选编|摘发|集锦|发言|建言录|建言|系列报道")
DASH = re.compile(r"[—–―─﹣-]{1,3}\s*(?=\S)")
POLICY_TITLE = re.compile(
    r"(?:通知|公告|通告|通报|(?<!征集)(?<!征求)(?<!听取)意见|决定|办法|细则|规定|方案|条例|规划|批复|命令|公示|须知|指南|措施|启事)(?:[（(《][^）)》]*[)）》])?$|^关于.+的(?:通知|公告|通告|意见|决定|函)"
)
# 松政发〔2026〕3号, （2025年12月8日市政府常务会议通过）: below the title of a document
DOCUMENT_NOTE = re.compile(
    rf"[{HAN}]{{2,12}}[〔\[（(【]\d{{4}}[〕\]）)】]\s*第?\s*\d+\s*号|[（(][^（()）]*(?:通过|公布|发布|印发|修订|修正|施行)[)）]"
)
JUMP_FROM = re.compile(r"^[（(]\s*上接[^（()）]*[)）]\s*")
JUMP_TO = re.compile(r"\s*[（(]\s*下转[^（()）]*[)）]\s*$")
DATELINE = re.compile(
    rf"^[（(【]?(?:(?:本报|本台|本刊|[{HAN}]{{2,8}}(?:日报|晚报|时报|周报|晨报|早报|网|社))[^。，,]{{0,14}}?(?:讯|电|消息)|"
    rf"新华社[^。，,]{{0,16}}电|据[^。，,]{{2,20}}(?:消息|电|报道)|{REPORTERS}[^。]{{2,20}}报道)"
)
NEWS_OPENING = re.compile(
    r"^(?:\d{4}年)?\d{1,2}月\d{1,2}日[，,]|^(?:近日|日前|昨日|昨天|今日|连日来|记者(?:昨日|今日|近日|日前|\d+月)?从)"
)
TALK = re.compile(r"(?:问|答|记者|主持人)\s*[:：]")  # a line of an interview
ENUMERATOR = re.compile(
    r"[；;]?\s*(?:[一二三四五六七八九十]{1,2}(?:是|要|、)|[（(][一二三四五六七八九十\d]+[)）]|第[一二三四五六七八九十]+[，,、条]|\d{1,2}[.．、](?!\d)|[①-⑳]|首先|其次|最后)"
)
TITLE_MAX = 45
SUBHEAD_MAX = 20
LABEL_MAX = 7


def role_of(block: Block) -> Role:
    """The block's role as far as it tells by itself."""
    text = block.text
    short = len(text) <= 60
    if JUMP_TO.search(text) or JUMP_FROM.match(text):
        return Role.BODY
    if short and (PAGE_NAME.fullmatch(text) or (FURNITURE.search(text) and not ends_sentence(text))):
        return Role.FURNITURE
    if FURNITURE.search(text) and len(text) <= 120 and len(FURNITURE.findall(text)) >= 2 and "。" not in text:
        return Role.FURNITURE
    if DASH.match(text) and len(text) <= 50 and "。" not in text:
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
    if len(text) <= TITLE_MAX and CLAUSE.match(text) and not re.search(r"[。；，,]", text):
        return Role.CLAUSE
    if len(text) <= 16 and re.fullmatch(rf"[{HAN}]{{2,7}}[·•|｜][{HAN}]{{2,8}}", text):
        return Role.LABEL
    return Role.TITLE if _looks_like_title(text) else Role.BODY


def _looks_like_title(text: str) -> bool:
    if len(text) > TITLE_MAX or re.search(r"[。；;]", text) or re.search(r"[，,、:：…]$", text) or DATELINE.match(text):
        return False
    if (
        JUMP_TO.search(text)
        or JUMP_FROM.match(text)
        or CLAUSE.match(text)
        or TALK.match(text)
        or re.search(r"[，,：:].*[：:]|[：:]一[是要]", text)
    ):
        return False
    return not text.startswith(("图为", "据", "本报讯"))


def speaker_of(text: str) -> tuple[str, str | None] | None:
    """(name, role or None) where the line is nothing but a speaker: 任静 / 李某（市政协委员） / 市人大代表 李某："""
    bare = re.sub(r"\s+", "", text)
    if len(bare) <= 4 and is_person_name(bare):
        return bare, None
    for pattern in (SPEAKER_PAREN, SPEAKER_TITLE, SPEAKER_NAME_FIRST, SPEAKER_ROLE_FIRST):
        match = pattern.fullmatch(text)
        if match and (name := re.sub(r"\s+", "", match["name"])) and is_person_name(name):
            if pattern is SPEAKER_ROLE_FIRST and not re.search(r"[\s:：]", text):
                continue  # 某某局局长李某 without a space or a colon may be a headline
            return name, match["role"].strip(" 　·")
    return None


# ---------------------------------------------------------------- one pass over the blocks


def parse_page(text: str) -> list[DraftArticle]:
    """The page's articles in the order of their text, paragraphs whole again."""
    found = blocks(text)
    return _Builder(text, found, [role_of(block) for block in found]).build()


class _Builder:
    """Walks the blocks once. State: the article that is open, and the section that holds for what follows."""

    def __init__(self, text: str, found: list[Block], roles: list[Role]) -> None:
        self.text = text
        self.blocks = [b for b, r in zip(found, roles, strict=True) if r is not Role.FURNITURE]
        self.roles = [r for r in roles if r is not Role.FURNITURE]
        self.articles: list[DraftArticle] = []
        self.open: DraftArticle | None = None
        self.section: str | None = None
        self.headline_gap = self._least_gap_above_headlines()

    def build(self) -> list[DraftArticle]:
        i = 0
        while i < len(self.blocks):
            i = self._step(i)
        self._close()
        return [a for a in self.articles if a.paragraphs]

    # Each handler takes the block's position and returns the position after what it used.

    def _step(self, i: int) -> int:
        role, block = self.roles[i], self.blocks[i]
        if not self.articles and self.open is None and NOTICE.fullmatch(block.text):
            return i + 1  # a notice of the paper's own above everything
        if role in (Role.TITLE, Role.DASH, Role.LABEL) or (role is Role.SPEAKER and self._speech_without_title(i)):
            return self._headline(i)
        if role in (Role.BYLINE, Role.REPORTER_NOTE):
            self._article().reporter = self._article().reporter or clean_names(block.text)
            return i + 1
        if role is Role.COMPILED:
            match = COMPILED.fullmatch(block.text)
            self._article().reporter = clean_names((match and (match["a"] or match["b"])) or "")
            self._close()
            return i + 1
        if role is Role.PHOTO:
            self._photo(block)
            return i + 1
        if role is Role.AUTHOR_NOTE:
            self._author_note(block.text)
            return i + 1
        if role is Role.DATE:
            if self.open is not None:
                self.open.published = iso_date(block.text)
                if self.open.paragraphs:
                    self._close()
            return i + 1
        if role is Role.IMPRINT:
            take_imprint(self._article(), block.text)
            return i + 1
        if role is Role.SPEAKER:
            return self._speaker(i)
        self._body(i)
        return i + 1

    def _article(self) -> DraftArticle:
        if self.open is None:
            self.open = DraftArticle()
        return self.open

    def _close(self) -> None:
        if self.open is not None:
            settle(self.open, self.text)
            self.articles.append(self.open)
            self.open = None

    def _cut(self) -> bool:
        """Whether the open article's last paragraph stops in the middle of a sentence."""
        if self.open is None or not self.open.paragraphs or self.open.complete:
            return False
        return not ends_sentence(self._last_text())

    def _last_text(self) -> str:
        piece = self.open.paragraphs[-1][-1] if self.open else Span(0, 0)
        return self.text[piece.start : piece.end]

    def _role(self, i: int) -> Role | None:
        return self.roles[i] if i < len(self.roles) else None

    # -------- headlines

    def _headline(self, i: int) -> int:
        """A run of headline-like blocks: a section, an article's headline, a signature, a subheading, or a piece."""
        end = i
        while self._role(end) in (Role.TITLE, Role.LABEL) or (self._role(end) is Role.DASH and end > i):
            end += 1
            if self._ends_section_headline(end - 1):
                break
        if end == i:
            end = i + (self.roles[i] is Role.DASH)
        run = list(range(i, end))
        if self._is_signature(run, end):
            return end
        if run and self._ends_section_headline(run[-1]):
            return self._section_headline(run)
        if not self._starts_article(run, end):
            for position in run:
                self._body(position)
            return end
        return self._open_article(run, end)

    def _is_signature(self, run: list[int], end: int) -> bool:
        """Offices above a date that close a notice."""
        return bool(self.open and self.open.paragraphs and self._role(end) is Role.DATE and run and not self._cut())

    def _ends_section_headline(self, i: int) -> bool:
        """A ——…… line that names a collection (发言摘编), or above another headline: not a subtitle, which stands right
        above the byline or the text. A second such line belongs to the section too."""
        if self._role(i) is not Role.DASH or self._role(i + 1) is Role.DASH:
            return False
        collection = SECTION_DASH.search(self.blocks[i].text) is not None
        return collection or self._role(i + 1) in (Role.TITLE, Role.LABEL)

    def _section_headline(self, run: list[int]) -> int:
        self._close()
        titles = [self.blocks[p].text for p in run if self.roles[p] is not Role.DASH]
        self.section = titles[0] if titles else None
        return run[-1] + 1

    def _starts_article(self, run: list[int], end: int) -> bool:
        """Whether the run is an article's headline, and not a subheading or a piece of the open article."""
        if end >= len(self.blocks):
            return False
        if self.open is None or not self.open.paragraphs or self._announced(run, end):
            return True
        texts = [self.blocks[p].text for p in run]
        gap = self.blocks[run[0]].gap
        if self._cut() or gap < self.headline_gap or (ends_sentence(texts[-1]) and gap <= 1):
            return False  # a piece of the paragraph above, a subheading, or a short spoken line
        return len(run) >= 2 or gap >= 2 or 14 <= len(texts[-1]) <= 30

    def _announced(self, run: list[int], end: int) -> bool:
        """Whether what stands around the run says that it is a headline: a speaker, a byline, a dateline below it…"""
        next_text = self.blocks[end].text if end < len(self.blocks) else ""
        return (
            self._role(end) in (Role.SPEAKER, Role.BYLINE, Role.IMPRINT)
            or any(self.roles[p] in (Role.DASH, Role.LABEL) for p in run)
            or bool(DATELINE.match(next_text) or JUMP_FROM.match(next_text))
            or (len(self.blocks[run[-1]].text) >= 8 and bool(NEWS_OPENING.match(next_text)))
            or any(POLICY_TITLE.search(self.blocks[p].text) for p in run)
        )

    def _least_gap_above_headlines(self) -> int:
        """How many blank lines the page leaves above a headline, at least, as its unmistakable headlines show."""
        gaps = [
            self.blocks[i].gap
            for i, role in enumerate(self.roles)
            if i > 0 and role is Role.TITLE and self.roles[i - 1] is not Role.TITLE and self._announced([i], i + 1)
        ]
        return min(gaps, default=0)

    def _open_article(self, run: list[int], end: int) -> int:
        above = self.open if self.open and not self.open.paragraphs else None
        self._close()
        article = self._article()
        if above is not None:  # nothing but an imprint stands above the title
            article.published, article.reporter, article.subtitle = above.published, above.reporter, above.subtitle
        titles = [self.blocks[p].text for p in run if self.roles[p] is Role.TITLE]
        labelled = any(self.roles[p] is Role.LABEL for p in run)
        for position in run:
            text = self.blocks[position].text
            if self.roles[position] is Role.DASH:
                article.subtitle = DASH.sub("", text, count=1).strip("—–― ")
            elif self.roles[position] is Role.LABEL:
                self.section = text
        if len(titles) > 1 and DOCUMENT_NOTE.fullmatch(titles[-1]):
            article.subtitle = titles.pop()
        if len(titles) > 1 and self._role(end) is Role.SPEAKER and ROLE_LINE.fullmatch(titles[-1]):
            article.speaker_role = titles.pop()  # the role stands above the name
        if (
            len(titles) > 1
            and self.section is None
            and len(titles[0]) <= LABEL_MAX
            and not re.search(r"[\s，,！!？?“]", titles[0])
        ):
            self.section = titles.pop(0)
            labelled = True
        speech = self._role(end) is Role.SPEAKER or self._author_note_follows(end)
        if len(titles) > 1 and not speech and self._is_name_by_layout(run[-1]):
            article.speaker = titles.pop()
            speech = True
        notice = any(POLICY_TITLE.search(t) for t in titles)
        if len(titles) > 1 and not speech and not notice:
            article.kicker, article.title = titles[0], titles[1]
            if len(titles) > 2:
                article.subtitle = article.subtitle or titles[2]
        elif titles:
            article.title = " ".join(titles)
        article.section = self.section if speech or labelled else None
        if not speech:
            self.section = None
        return end

    def _is_name_by_layout(self, i: int) -> bool:
        """A line of two to four characters set apart below a headline, which the text names again: a speaker whose
        surname is too rare for the list."""
        text = self.blocks[i].text
        body = "".join(b.text for b in self.blocks[i + 1 : i + 4])
        return bool(re.fullmatch(f"[{HAN}]{{2,4}}", text)) and text in body

    def _author_note_follows(self, i: int) -> bool:
        """Whether the article that begins at `i` ends with a note on its author, before the next headline."""
        for position in range(i, min(i + 40, len(self.blocks))):
            if AUTHOR_NOTE.search(self.blocks[position].text):
                return True
            if self.roles[position] in (Role.TITLE, Role.DASH, Role.BYLINE, Role.COMPILED):
                return False
        return False

    def _speech_without_title(self, i: int) -> bool:
        """A speaker's line under the paragraphs of another speaker: a speech of its own, without a headline."""
        return bool(self.open and self.open.paragraphs and not self._cut())

    # -------- people and credits

    def _speaker(self, i: int) -> int:
        """A speaker's line, and the line below it where that is nothing but the role."""
        article = self._article()
        found = speaker_of(self.blocks[i].text)
        if found is None:
            return i + 1
        article.speaker, role = found
        article.speaker_role = role or article.speaker_role
        if role is None and self._role(i + 1) is Role.TITLE and ROLE_LINE.fullmatch(self.blocks[i + 1].text):
            article.speaker_role = self.blocks[i + 1].text
            return i + 2
        return i + 1

    def _author_note(self, text: str) -> None:
        match = AUTHOR_NOTE.search(text)
        article = self._article()
        if match:
            article.speaker_role = match["role"].strip()
        self._close()

    def _photo(self, block: Block) -> None:
        """A photographer's credit: the paragraph above it is a caption, an article of its own."""
        match = PHOTO.fullmatch(block.text)
        anyone = PHOTO_ANYONE.fullmatch(block.text)
        names = clean_names((match and (match["names"] or match["after"])) or (anyone and anyone["names"]) or "")
        article = self.open
        if article is None or not article.paragraphs:
            return
        if len(article.paragraphs) > 1 or article.speaker or article.reporter:
            last = article.paragraphs.pop()
            if not is_caption("".join(self.text[p.start : p.end] for p in last)):
                article.paragraphs.append(last)  # a picture without words; the article goes on
                return
            self._close()
            article = self.open = DraftArticle(paragraphs=[last])
        article.kind = Kind.CAPTION
        article.reporter = names
        self._close()

    # -------- paragraphs

    def _body(self, i: int) -> None:
        block, role = self.blocks[i], self.roles[i]
        pieces = list(block.pieces)
        if role is Role.CLAUSE or (role is Role.TITLE and not self._cut() and len(block.text) <= SUBHEAD_MAX):
            self._article().paragraphs.append(pieces)
            self._article().complete = True
            return
        if block.text.startswith(("图为", "图①")) and not self._cut():
            if self.open and self.open.paragraphs:
                self._close()
            self._article().kind = Kind.CAPTION
        article = self._article()
        head = JUMP_FROM.match(self.text[pieces[0].start : pieces[0].end])
        if head:
            pieces[0] = Span(pieces[0].start + head.end(), pieces[0].end)
        ended = self._trim_tail(article, pieces)
        pieces = [p for p in pieces if p.end > p.start]
        if pieces and self._continues(article, block):
            article.paragraphs[-1] += pieces
        elif pieces:
            article.paragraphs.append(pieces)
        article.complete = False
        if ended:
            self._close()

    def _trim_tail(self, article: DraftArticle, pieces: list[Span]) -> bool:
        """Take a note on the author, the reporter or the next page off the paragraph's end; True when it ends there."""
        tail = self.text[pieces[-1].start : pieces[-1].end]
        for pattern in (JUMP_TO, AUTHOR_NOTE, REPORTER_NOTE, BARE_NAME_NOTE):
            match = pattern.search(tail)
            if not match or match.start() == 0:
                continue
            pieces[-1] = Span(pieces[-1].start, pieces[-1].start + len(tail[: match.start()].rstrip()))
            if pattern is AUTHOR_NOTE:
                article.speaker_role = match["role"].strip()
            if pattern in (REPORTER_NOTE, BARE_NAME_NOTE):
                article.reporter = clean_names(match["names"])
            return pattern is not JUMP_TO
        return False

    def _continues(self, article: DraftArticle, block: Block) -> bool:
        """Whether the block goes on with the last paragraph, which the column cut."""
        if not article.paragraphs or article.complete:
            return False
        last = self._last_text()
        if re.search(r"[；;]$", last):
            return not (block.indented or ENUMERATOR.match(block.text))
        return not ends_sentence(last) and not (block.indented and ENUMERATOR.match(block.text))


def is_caption(paragraph: str) -> bool:
    return len(paragraph) <= 350 and bool(
        re.search(r"图为|图①|^(?:连日来|近日|眼下|日前|当日|\d{1,2}月\d{1,2}日)", paragraph)
    )


# ---------------------------------------------------------------- what the whole article tells

SAID = r"(?:建议|认为|提出|表示|指出|呼吁|提议|说|坦言)"
SPEAKER_IN_TEXT = re.compile(
    rf"(?:^|[，,。？?！!；;：:])\s*(?P<role>[^，,。？?！!；;：:“”]*?(?:委员|代表|常委)[^，,。？?！!；;：:“”]*?)(?P<name>{NAME}){SAID}"
)
SHORT_DATE = re.compile(r"(?:(?P<y>\d{4})年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})日")


def settle(article: DraftArticle, source: str) -> None:
    """Fill in what only the finished article tells: speaker's role, kind, date, reporter of the dateline."""
    texts = ["".join(source[p.start : p.end] for p in pieces) for pieces in article.paragraphs]
    if not texts:
        return
    _settle_speaker(article, "\n".join(texts))
    if article.reporter is None:
        article.reporter = reporter_of_dateline(texts[0])
    if article.kind is not Kind.CAPTION:
        article.kind = kind_of(article, texts)
    if article.published is None and article.kind in (Kind.NEWS, Kind.CAPTION):
        article.published = date_of_dateline(texts[0])


def _settle_speaker(article: DraftArticle, text: str) -> None:
    for match in SPEAKER_IN_TEXT.finditer(text):
        name, role = match["name"], match["role"].strip()
        if article.speaker is None and article.section and is_person_name(name):
            article.speaker = name
        if name == article.speaker and article.speaker_role is None:
            article.speaker_role = role
    if article.speaker and article.speaker_role is None:
        before = re.search(rf"(?:^|[，,。？?！!；;：:])([^，,。？?！!；;：:“”]{{2,40}}?){article.speaker}", text)
        if before and re.search(OFFICE, before[1]):
            article.speaker_role = before[1].strip()


def kind_of(article: DraftArticle, texts: list[str]) -> Kind:
    if article.speaker or (article.speaker_role and re.search("委员|代表", article.speaker_role)):
        return Kind.PROPOSAL
    salutation = texts[0].endswith(("：", ":")) and texts[0].startswith(("各", "全市", "全体", "广大"))
    if POLICY_TITLE.search(article.title) or salutation or re.match(r"第一[条章]", texts[0]):
        return Kind.POLICY
    if DATELINE.match(texts[0]):
        return Kind.NEWS
    dated = date_of_dateline(texts[0]) is not None and len(texts) <= 4
    return Kind.FEATURE if article.subtitle or (article.reporter and len(texts) > 1 and not dated) else Kind.NEWS


def take_imprint(article: DraftArticle, text: str) -> None:
    """Give the article the date, author and document's number that an imprint holds, where it has none yet."""
    article.published = article.published or iso_date(text)
    if author := IMPRINT_AUTHOR.search(text):
        article.reporter = article.reporter or clean_names(author["names"])
    if number := IMPRINT_NUMBER.search(text):
        article.subtitle = article.subtitle or number["number"]


def reporter_of_dateline(paragraph: str) -> str | None:
    match = re.match(r"^[^。]{0,25}?[（(]([^（()）]*(?:记者|通讯员)[^（()）]*)[)）]", paragraph)
    if match:
        return clean_names(match[1])
    match = re.match(rf"^(?:本报讯|[{HAN}]{{2,6}}讯)\s*((?:记者|通讯员)\s*(?:{NAME}[\s、]*)+)报道", paragraph)
    if match is None:
        match = re.match(rf"^(?:本报讯|[{HAN}]{{2,6}}讯)\s*((?:记者|通讯员)\s*{NAME})(?=[\s，,])", paragraph)
    return clean_names(match[1]) if match else None


def date_of_dateline(paragraph: str) -> str | None:
    """The date at the head of a report: in or right after 本报讯（记者 某某）, or the paragraph's first words."""
    dateline = DATELINE.match(paragraph)
    head = paragraph[: dateline.end()] if dateline else ""
    rest = paragraph[len(head) :]
    rest = re.sub(r"^[\s　]*[（(][^（()）]*[)）][\s　，,:：]*", "", rest)
    rest = re.sub(r"^(?:记者)", "", rest.lstrip(" 　，,:："))
    match = SHORT_DATE.match(rest) or SHORT_DATE.search(head)
    if not match:
        return None
    month_day = f"{int(match['m']):02}-{int(match['d']):02}"
    return f"{match['y']}-{month_day}" if match["y"] else f"--{month_day}"


def iso_date(text: str) -> str | None:
    """2026-01-05 for 2026年1月5日, 二〇二六年一月五日, 2026-1-5 or 2026/1/5; None where the text holds no whole date."""
    if digits := re.search(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text):
        return f"{digits[1]}-{int(digits[2]):02}-{int(digits[3]):02}"
    match = DATE.search(text)
    if not match:
        return None
    year = "".join(
        str("〇一二三四五六七八九".find(c.translate(str.maketrans("○零", "〇〇")))) if c in CN_DIGIT else c
        for c in match["y"]
    )
    return f"{year}-{_small(match['m']):02}-{_small(match['d']):02}"


def _small(text: str) -> int:
    """A whole number up to 99, in Arabic or Chinese digits."""
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十")
    digits = "〇一二三四五六七八九"
    return (10 * (digits.find(tens) if tens else 1) if "十" in text else 0) + (digits.find(ones) if ones else 0)
