"""An article that is being read off a page, and what only the whole of it tells: its speaker's role, its kind, its date."""

import re
from dataclasses import dataclass, field

from rag.datatypes import Kind, Span
from rag.reading.lines import CN_DIGIT, DATE, DATELINE, DOCUMENT_NOTE, DOCUMENT_NUMBER, NAMES, OFFICE
from rag.text.normalization import HAN
from rag.text.person_names import NAME, clean_names, is_person_name


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
    issuer: str | None = None
    number: str | None = None
    paragraphs: list[list[Span]] = field(default_factory=list)
    complete: bool = False  # the last paragraph is a heading: nothing goes on with it


IMPRINT_AUTHOR = re.compile(
    rf"(?:(?:作者|撰稿|供稿)\s{{0,8}}[:：]|记者\s{{0,8}}[:：]?)\s{{0,8}}(?P<names>{NAME}(?:[、，, ]{NAME}){{0,20}})(?![{HAN}])"
)
IMPRINT_NUMBER = re.compile(r"(?:发文字号|文号)\s{0,8}[:：]\s{0,8}(?P<number>\S{1,40}号)")
POLICY_TITLE = re.compile(
    r"(?:通知|公告|通告|通报|(?<!征集)(?<!征求)(?<!听取)意见|决定|办法|细则|规定|方案|条例|规划|批复|命令|公示|须知|指南|措施|启事)(?:[（(《][^）)》]{0,60}[)）》])?$|^关于.{1,200}的(?:通知|公告|通告|意见|决定|函)"
)
DOCUMENT_TITLE_MIN = 8  # signs: 实施办法, 应急措施 are headings

SAID = r"(?:建议|认为|提出|表示|指出|呼吁|提议|说|坦言)"
SPEAKER_IN_TEXT = re.compile(
    rf"(?:^|[，,。？?！!；;：:])\s*+(?P<role>[^，,。？?！!；;：:“”]{{0,60}}?(?:委员|代表|常委)[^，,。？?！!；;：:“”]{{0,60}}?)(?P<name>{NAME}){SAID}"
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
        article.number = article.number or number["number"]


def take_note(article: DraftArticle, titles: list[str]) -> None:
    """Take off the titles the last line where it is the document's number, or says who passed it."""
    if len(titles) > 1 and DOCUMENT_NUMBER.fullmatch(titles[-1]):
        article.number = titles.pop()
    elif len(titles) > 1 and DOCUMENT_NOTE.fullmatch(titles[-1]):
        article.subtitle = titles.pop()


def reporter_of_dateline(paragraph: str) -> str | None:
    match = re.match(r"^[^。]{0,25}?[（(]([^（()）]{0,20}(?:记者|通讯员)[^（()）]{0,60})[)）]", paragraph)
    if match:
        return clean_names(match[1])
    match = re.match(
        rf"^(?:本报讯|[{HAN}]{{2,6}}讯)\s{{0,8}}((?:记者|通讯员)\s{{0,8}}{NAMES})[\s、]{{0,8}}报道", paragraph
    )
    if match is None:
        match = re.match(
            rf"^(?:本报讯|[{HAN}]{{2,6}}讯)\s{{0,8}}((?:记者|通讯员)\s{{0,8}}{NAME})(?=[\s，,])", paragraph
        )
    return clean_names(match[1]) if match else None


def date_of_dateline(paragraph: str) -> str | None:
    """The date at the head of a report: in or right after 本报讯（记者 某某）, or the paragraph's first words."""
    dateline = DATELINE.match(paragraph)
    head = paragraph[: dateline.end()] if dateline else ""
    rest = paragraph[len(head) :]
    rest = re.sub(r"^\s*+[（(][^（()）]*+[)）][\s，,:：]*+", "", rest)
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


ITEM = re.compile(
    r"[（(]?第?(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3})(?:[.．、)）](?!\d)|条(?=\s)|[是要](?=[\u4e00-\u9fff]))"
)


def item_number(text: str) -> int | None:
    """The number of the item that a line begins: 2 for 2. 投诉电话, 二、收费, （2）照片, 第二条 本县; None where it begins none."""
    match = ITEM.match(text)
    return _small(match["n"]) if match else None


def _small(text: str) -> int:
    """A whole number up to 99, in Arabic or Chinese digits."""
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十")
    digits = "〇一二三四五六七八九"
    return (10 * (digits.find(tens) if tens else 1) if "十" in text else 0) + (digits.find(ones) if ones else 0)


def is_document_title(text: str) -> bool:
    """Whether the line is the title of a notice or a rule, and no heading in one (管理办法)."""
    return bool(POLICY_TITLE.search(text)) and (len(text) >= DOCUMENT_TITLE_MIN or text.startswith(("关于", "《")))


def is_caption(paragraph: str) -> bool:
    return len(paragraph) <= 350 and bool(
        re.search(r"图为|图①|^(?:连日来|近日|眼下|日前|当日|\d{1,2}月\d{1,2}日)", paragraph)
    )
