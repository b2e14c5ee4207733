"""How documents name each other: titles in 《》, numbers (柳政办发〔2020〕12号), who issued them, for which place and which year."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.datatypes import Article
from rag.spans import Span
from rag.text.normalization import alnum_only, normalize
from rag.validity import Named

NUMBER = re.compile(
    r"(?P<word>[\u4e00-\u9fff]{1,12})[〔\[({【](?P<year>(?:19|20)\d{2})[〕\])}】]第?(?P<n>\d{1,5})号"
    r"|(?P<order>[\u4e00-\u9fff]{2,16}令)(?:\((?:19|20)\d{2}\))?第(?P<order_n>\d{1,4})号"
)
TITLE = re.compile(r"《(?P<title>[^《》\n]{2,100}(?:《[^《》\n]{2,80}》[^《》\n]{0,20})?)》")
ANNOUNCES = re.compile(
    r"^(?P<issuer>.{0,60}?)关于(?:(?:重新|修订|联合)?(?:印发|发布|公布|颁布|下发|印送|颁发))(?P<inner>.{2,120}?)的(?:通知|公告|通告|决定|函|令)$"
)
ABOUT = re.compile(r"^(?P<issuer>[^关]{0,60}?)关于(?P<inner>.{1,200})$")
YEAR = re.compile(r"(?:19|20)\d{2}(?:[-—~至](?:19|20)?\d{2})?(?:年度?|学年|版)?")
PLACE = re.compile(r"^[\u4e00-\u9fff]{2,6}?(?:省|自治区|市|自治州|盟|自治县|县|区|旗|镇|乡|街道)(?!场|长|民(?!政|族))")
# What titles say of what is done with a matter, and not which matter.
NO_MATTER = re.compile(
    r"关于|调整|提高|降低|进一步|做好|加强|规范|完善|实施|发放|执行|试行|暂行|标准|管理|工作|办法|细则|规定|方案|通知|公告|通告|意见|政策|有关|问题|的|和|申报|领取|开展|公布|印发|"
    r"(?:人民)?政府|办公[室厅]|[\u4e00-\u9fff]{2,4}局(?=关于)"
)
HEAD = 200  # signs at an article's beginning in which its own number stands
SHORTEST_MATTER = 3  # signs: 低保金


@dataclass(frozen=True, slots=True)
class Identity:
    """What an article is known by. `names`: short names; `matter`: what its title is about, "" where that is not clear;
    `edition`: its title without the year; `year`: the one year in its title; `place`: the first place in its title or signature."""

    names: frozenset[str]
    number: str
    issuer: str
    place: str
    matter: str
    edition: str
    year: int | None


def names_in(plain: str) -> list[Named]:
    """The documents that a normalised text names, in order: titles, with the number that stands behind them in brackets, and
    numbers without a title. Spans are of `plain`."""
    found: list[Named] = []
    taken = 0
    for match in TITLE.finditer(plain):
        found += _numbers(plain, taken, match.start())
        behind = re.compile(r"\([^()]{0,12}?").match(plain, match.end())
        number = NUMBER.search(plain, match.end(), match.end() + 48) if behind else None
        closes = plain.find(")", match.end()) if behind else -1
        if number and not match.end() < number.start() < max(closes, match.end()):
            number = None
        taken = max(match.end(), number.end() if number else 0)
        found.append(Named(match["title"], _number(number) if number else "", Span(match.start(), taken)))
    found += _numbers(plain, taken, len(plain))
    return found


def _numbers(plain: str, start: int, end: int) -> Iterator[Named]:
    for match in NUMBER.finditer(plain, start, end):
        yield Named("", _number(match), Span(*match.span()))


def _number(match: "re.Match[str]") -> str:
    """A number in one form: 柳政办发〔2020〕12号, 国务院令第746号; without what runs into its first word."""
    if match["order"]:
        return f"{match['order'].removeprefix('中华人民共和国')}第{int(match['order_n'])}号"
    word = re.sub(
        r"^.*(?:原|以|按|按照|根据|依据|关于|和|与|及|的|将|由|知|定|法|案|见|复|则|例|告|件|对|把)(?=[\u4e00-\u9fff]{2})",
        "",
        match["word"],
    )
    return f"{word}〔{match['year']}〕{int(match['n'])}号"


def same_number(one: str, other: str) -> bool:
    """Whether both are one number; what a text runs into its first word does not matter."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter.partition("〔")[0]) >= 2 and longer.endswith(shorter)


def number_key(number: str) -> str:
    """What two ways of writing one number share: its year and count, or the count of an order."""
    return re.sub(r"^[^〔]*?(?=〔|第\d+号$)", "", number)


def short_name(title: str) -> str:
    """A title's bare words without who issued it and without what announces it: 关于印发《柳溪县犬类管理办法》的通知 is
    柳溪县犬类管理办法."""
    plain = alnum_only(title)
    if match := ANNOUNCES.match(plain):
        return match["inner"]
    match = ABOUT.match(plain)
    return match["inner"] if match else plain


def own_names(article: Article) -> frozenset[str]:
    return frozenset({short_name(article.title), alnum_only(article.title)})


def identity_of(article: Article) -> Identity:
    title = alnum_only(article.title)
    plain = normalize(article.text)
    head = re.sub(r"\s", "", normalize(article.number or "")) + "\n" + plain[:HEAD]
    own = next((named for named in names_in(head) if _is_own(named, head)), None)
    match = ANNOUNCES.match(title) or ABOUT.match(title)
    issuer = match["issuer"] if match and match["issuer"] else alnum_only(article.issuer or "")
    place = _place(issuer) or _place(short_name(article.title)) or _place(title) or _signed_for(article)
    years = set(re.findall(r"(?:19|20)\d{2}", title))
    name = short_name(article.title)
    matter = YEAR.sub("", NO_MATTER.sub("", name.removeprefix(place)))
    return Identity(
        names=own_names(article),
        number=own.number if own else "",
        issuer=issuer,
        place=place,
        matter=matter if len(matter) >= SHORTEST_MATTER else "",
        edition=YEAR.sub("", name.removeprefix(place)),
        year=int(next(iter(years))) if len(years) == 1 else None,
    )


def _is_own(named: Named, plain: str) -> bool:
    """Whether a number at the beginning is the document's own: on a line of its own, or behind the title."""
    if named.title or not named.number:
        return False
    before, after = plain[max(0, named.span.start - 6) : named.span.start], plain[named.span.end : named.span.end + 1]
    return not re.search(r"[(根据按照]$", before) and after not in (")", "文")


def _place(words: str) -> str:
    match = PLACE.match(words)
    return match[0] if match else ""


def _signed_for(article: Article) -> str:
    """The place of the body that signs at the end."""
    for paragraph in article.paragraphs[::-1][:4]:
        line = alnum_only(article.text[paragraph.start : paragraph.end])
        if len(line) <= 40 and (place := _place(line)):
            return place
    return ""


def same_place(one: str, other: str) -> bool:
    """Whether both are told, and the same (云溪省柳溪县, 柳溪县)."""
    return bool(one and other) and (one.endswith(other) or other.endswith(one))
