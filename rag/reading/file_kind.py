"""What a text file is, told from its make as a whole: a page of a newspaper, a collection of documents, one official document, a text
of a website, a table.

No line decides it. Signs of each are counted over the whole file (`Make`): what only a newspaper prints (datelines, bylines, who
took the picture, the page's own lines), where a text of its own begins, what only a document has (a number, an addressee, numbered
rules, a signature), what only a website prints. Each sign has a weight, and the kinds that the file speaks for are compared: several
texts against one. A sign of a newspaper counts each time it stands there, since a page has many of them; one of a document once, since
a long document is no more of a document than a short one. So a notice printed on a newspaper's page does not make a document of
the page, and a dateline on an office's website no newspaper of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from rag.reading.draft_article import is_document_title
from rag.reading.head import BEGINS_TEXT, CELLS, FULL_DATE, HeadRole, head_role, is_offices, names_document
from rag.reading.lines import DATELINE, JUMP_FROM, JUMP_TO, SECTION_DASH, Block, Role, role_of
from rag.reading.speakers import settle_speakers
from rag.reading.website import is_site_line, is_widget
from rag.text.normalization import alnum_only, bigrams, share_held

TOP, BOTTOM = 12, 3  # lines: the facts of a document stand there, and what a website prints
OPENED_WITHIN = 3  # lines below a title: there its number, its day, its addressee
ANNOUNCED = 0.85  # of a title's bigrams, above it: it is a part of what stands above
ITEMS = 5  # lines that begin an item of whatever form
TABLE_MIN, TABLE_SHARE = 3, 0.6  # rows, and their share of the lines
# What a sign weighs for several texts, each time, and for one text, once.
NEWSPAPER_SIGN, BEGINNING = 1.5, 12.0
ONE_TEXT = {"title": 2.0, "number": 2.0, "facts": 2.0, "rules": 2.0, "site": 2.0, "addressee": 1.0, "outline": 1.0, "closing": 1.0, "annex": 1.0, "colophon": 1.0}  # fmt: skip
OFFICIAL = {"title", "number", "rules", "addressee", "closing", "colophon"}  # signs that no other text has
NEWSPAPER_ROLES = (Role.BYLINE, Role.COMPILED, Role.PHOTO, Role.AUTHOR_NOTE, Role.REPORTER_NOTE, Role.SPEAKER, Role.FURNITURE)  # fmt: skip
RULE = re.compile(r"第[一二三四五六七八九十百\d]{1,5}[条章]")
OUTLINE = re.compile(r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]")
ANNEX = re.compile(r"附\s?[件表][一二三四五六七八九十\d]{0,2}\s?(?:[:：]|$)")
COLOPHON = re.compile(r"(?:公开方式|抄送|主送|分送)[:：]|[（(]?此件|.{2,40}\d{4}年\d{1,2}月\d{1,2}日印发$")
NOTICE = re.compile(
    r".{0,40}关于.{2,80}的(?:通知|公告|通告|通报|公示|决定|批复|函)"
)  # no heading of a document reads so
ADDRESSEE = re.compile(r"[^。！？]{2,120}[：:]$")
ADDRESSED = re.compile(r"[省市县区州盟旗部委局厅院会府处室位司门校社人团]")


class FileKind(Enum):
    NEWSPAPER_PAGE = auto()
    COLLECTION = auto()  # several documents
    DOCUMENT = auto()
    WEB_TEXT = auto()
    TABLE = auto()
    PLAIN = auto()  # one text: nothing sets a part of it apart
    SEVERAL = auto()  # texts that only blank lines tell from each other, or one of a paper

    @property
    def is_one_text(self) -> bool:
        return self in (FileKind.DOCUMENT, FileKind.WEB_TEXT, FileKind.TABLE, FileKind.PLAIN)


@dataclass(frozen=True, slots=True)
class Make:
    """How a file is made. `newspaper`: how often it shows what only a newspaper prints; `beginnings`: how many texts begin in it
    below another for certain; `signs`: of one text, by their names in ONE_TEXT; `rows`: the share of its lines that are rows of cells. `even`: as many blank lines
    stand above each line, and none is a headline's second one, so that nothing sets one text apart from another."""

    lines: int
    newspaper: int
    beginnings: int
    signs: frozenset[str]
    rows: float
    even: bool

    @property
    def several(self) -> float:
        return NEWSPAPER_SIGN * self.newspaper + BEGINNING * self.beginnings

    @property
    def one(self) -> float:
        return sum(ONE_TEXT[sign] for sign in self.signs)


def kind_of_file(found: Sequence[Block]) -> FileKind:
    make = read_make(found)
    if make.several > make.one:
        return FileKind.NEWSPAPER_PAGE if make.newspaper else FileKind.COLLECTION
    if make.rows >= TABLE_SHARE and make.lines >= TABLE_MIN and not make.signs:
        return FileKind.TABLE
    if "site" in make.signs and not make.signs & OFFICIAL:
        return FileKind.WEB_TEXT
    if make.signs:
        return FileKind.DOCUMENT
    return FileKind.PLAIN if make.even else FileKind.SEVERAL


def read_make(found: Sequence[Block]) -> Make:
    roles = settle_speakers(found, [role_of(block) for block in found])
    heads = [head_role(block) for block in found]
    cells = [bool(CELLS.search(block.text)) and "。" not in block.text for block in found]
    return Make(
        lines=len(found),
        newspaper=sum(_is_newspapers(block, role) for block, role in zip(found, roles, strict=True)),
        beginnings=_beginnings(found, roles, heads),
        signs=frozenset(_signs(found, heads)),
        rows=sum(cells) / len(found) if found else 0.0,
        even=len({block.gap for block in found[1:]}) <= 1 and not {Role.DASH, Role.LABEL, Role.SPEAKER} & set(roles),
    )


def _is_newspapers(block: Block, role: Role) -> bool:
    """Whether only a newspaper prints the line, or what it begins or ends with."""
    text = block.text
    if is_site_line(text) or names_document(text):
        return False
    dash = role is Role.DASH and SECTION_DASH.search(text)
    return bool(
        role in NEWSPAPER_ROLES or dash or DATELINE.match(text) or JUMP_FROM.match(text) or JUMP_TO.search(text)
    )


def _beginnings(found: Sequence[Block], roles: Sequence[Role], heads: Sequence[HeadRole]) -> int:
    """How many texts begin below another: a title that none above announces, with what opens a document below it or a signature above
    it, or with the line of its source."""
    count = widest = 0
    above: list[str] = []  # what has been read, in the letters that titles are compared by
    texts = [i for i, role in enumerate(heads) if role is HeadRole.TEXT]
    for i, block in enumerate(found):
        sourced = list(roles[i : i + 3]) == [Role.TITLE, Role.IMPRINT, Role.BODY]
        inside = bool(texts) and texts[0] < i < texts[-1]
        set_apart = block.gap > max(1, widest)
        if inside and (sourced or _opens_document(found, heads, i, set_apart)) and not _announced(block.text, above):
            count += 1
        above.append(alnum_only(block.text))
        widest = max(widest, block.gap if i else 0)
    return count


def _announced(title: str, above: Sequence[str]) -> bool:
    """Whether the title stands above: a notice's word for word, since one is called like another; what it issues nearly so."""
    read = "".join(above)
    if alnum_only(title).removeprefix("关于") in read:
        return True
    return not NOTICE.fullmatch(title) and share_held(bigrams(title), read) >= ANNOUNCED


def _opens_document(found: Sequence[Block], heads: Sequence[HeadRole], i: int, set_apart: bool) -> bool:
    """Whether a document begins with the line: its title, set apart or as no heading reads, or with its facts, whom it addresses or its
    first rule below it; or whatever stands below the signature of another."""
    above = found[i - 1].text
    if ANNEX.match(above) or not _is_whole(found[i].text):
        return False
    titled = heads[i] is HeadRole.TITLE or (heads[i] is HeadRole.ISSUER and heads[i + 1] is HeadRole.TITLE)
    if i > 1 and titled and heads[i - 1] is HeadRole.DATE and is_offices(found[i - 2].text):
        return True
    if heads[i] is not HeadRole.TITLE or not is_document_title("".join(found[i].text.split())):
        return False
    below = range(i + 1, min(i + 1 + OPENED_WITHIN, len(found)))
    facts = (HeadRole.NUMBER, HeadRole.LABELS)
    opened = any(heads[n] in facts or _addresses(found[n].text) or RULE.match(found[n].text) for n in below)
    return set_apart or opened or NOTICE.fullmatch(found[i].text) is not None


def _is_whole(title: str) -> bool:
    """Whether the line can be a title: no piece of one, no label, nothing of an annex or of who printed it."""
    paired = all(title.count(one) == title.count(other) for one, other in zip("《（“", "》）”", strict=True))
    return paired and not (ANNEX.search(title) or COLOPHON.search(title) or re.search("[：:]", title))


def _addresses(text: str) -> bool:
    return bool(ADDRESSEE.fullmatch(text) and ADDRESSED.search(text[-12:]) and not OUTLINE.match(text))


def _signs(found: Sequence[Block], heads: Sequence[HeadRole]) -> set[str]:
    """The names of the signs that the file is one text."""
    texts = [block.text for block in found]
    begun = next((i for i, role in enumerate(heads) if role is HeadRole.TEXT), len(heads))
    top = range(min(begun, TOP))
    told = {
        "title": any(heads[i] is HeadRole.TITLE and names_document(texts[i]) for i in top),
        "number": any(heads[i] is HeadRole.NUMBER for i in top),
        "facts": any(heads[i] in (HeadRole.DATE, HeadRole.LABELS) or (i > 0 and heads[i] is HeadRole.ISSUER) for i in top),
        "rules": sum(bool(RULE.match(text)) for text in texts) > 1,
        "site": any(map(is_widget, texts)) or any(is_site_line(texts[i]) for i in (*top, *range(max(0, len(texts) - BOTTOM), len(texts)))),
        "addressee": begun < len(texts) and _addresses(texts[begun]),
        "outline": sum(map(bool, map(OUTLINE.match, texts))) > 1 or sum(map(bool, map(BEGINS_TEXT.match, texts))) >= ITEMS,
        "closing": any(FULL_DATE.fullmatch(text) and (is_offices(above) or text is texts[-1]) for above, text in pairwise(texts)),
        "annex": any(map(ANNEX.match, texts)),
        "colophon": any(map(COLOPHON.match, texts)),
    }  # fmt: skip
    return {name for name, holds in told.items() if holds}
