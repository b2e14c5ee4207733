"""Dates and clock times in normalised Chinese text: which day, month, part of a month or year, minute of the day.

A date keeps the parts that the text gives: 3月5日, 2026年3月, 3月上旬, 2026年上半年. Of a stretch (3月1日至15日, 2024—2026年) both
ends are read, what the second leaves out taken from the first and the other way round.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rag.datatypes import Span
from rag.text.numerals import read_number

HAN_DIGIT = "〇零○一二三四五六七八九"
TO = r"(?:[至到~—–―-]{1,2})"
YEAR = rf"(?:(?<!\d)(?:1[89]|20)\d{{2}}|(?<![{HAN_DIGIT}])[一二][{HAN_DIGIT}]{{3}})"
MONTH = r"(?<![\d.一二三四五六七八九十])(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
DAY = r"(?:[12]\d|3[01]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九])"
MONTH_PART = r"上旬|中旬|下旬|月?初|月?中(?![国央小学等心间])|月?底|月?末"
YEAR_PART = r"上半年|下半年|年?初|年?底|年?末|第?[一二三四1-4]季度"
DATE = re.compile(
    rf"(?:(?P<y>{YEAR})年度?的?)?"
    rf"(?P<m>{MONTH})月(?!份额)(?:份)?(?:(?P<d>{DAY})[日号](?![线楼])|(?P<part>{MONTH_PART}))?"
    rf"|(?P<iso_y>{YEAR})[-./](?P<iso_m>1[0-2]|0?[1-9])[-./](?P<iso_d>3[01]|[12]\d|0?[1-9])(?![\d.])"
    rf"|(?P<y_alone>{YEAR})年度?(?!级)(?P<y_part>{YEAR_PART})?"
    rf"|[〔\[(【](?P<y_number>{YEAR})[〕\])】](?=第?\d{{1,5}}号)"  # of a document: 〔2026〕3号
)
# The first of two that share what stands behind the second: 2024—2026年, 3至5月, 1日至3日 has its month before it.
SHARED_YEAR = re.compile(rf"(?P<n>{YEAR})(?={TO}{YEAR}年)")
SHARED_MONTH = re.compile(rf"(?P<n>{MONTH})(?={TO}(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?!\d))")
BETWEEN = rf"起?{TO}(?:次年|翌年|当年|同年)?"
LATER_DAY = re.compile(rf"{TO}(?P<n>{DAY})[日号]")
FIRST_DAY = re.compile(rf"(?P<m>{MONTH})月(?P<d>{DAY})(?={TO}{DAY}[日号])")
NIGHT, AFTERNOON = "晚上|晚间|夜间|今晚|当晚|晚", "下午|傍晚|午后"
CLOCK = re.compile(
    rf"(?P<p>凌晨|清晨|早上|早晨|早|上午|中午|{AFTERNOON}|{NIGHT})?(?<![\d.,:点〇零一二三四五六七八九十百])"
    r"(?:(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?![\d:])"
    r"|(?P<hour>[01]?\d|2[0-4]|零|二?十[一二三四]?|[一二两三四五六七八九])(?P<sign>[点时])(?![间候期代段速长效常刻空政局节尚差令]|[零〇一二三四五六七八九](?![分十]))"
    r"(?:(?P<min>[0-5]?\d|[二三四五]?十[一二三四五六七八九]?|零?[一二三四五六七八九])(?:分(?!之)|(?![\d.万亿元人%]))|(?P<half>半|[一三]刻)|整|钟)?)"
)
POINTS = re.compile(r"(?:个|条)?(?:建议|意见|要求|措施|做法|体会|希望|内容|原因|方面|注意|说明|共识|变化)")


@dataclass(frozen=True, slots=True)
class Date:
    """The parts of a date that a text gives. `role`: "from" or "until" where it is an end of a stretch."""

    span: Span
    year: int | None = None
    month: int | None = None
    day: int | None = None
    part: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the day. `minutes` since midnight; `spoken`: as it was said, where 下午 made 15 of 3."""

    span: Span
    minutes: int
    spoken: int
    half_of_day: str = ""


def read_dates(plain: str) -> list[Date]:
    """The dates in order, the ends of stretches told apart."""
    found = [_date(match) for match in DATE.finditer(plain)]
    for match in SHARED_YEAR.finditer(plain):
        found.append(Date(Span(*match.span()), year=_number(match["n"])))
    for match in FIRST_DAY.finditer(plain):
        found = [d for d in found if d.span.start >= match.end() or d.span.end <= match.start() or d.year]
        if all(d.span.end <= match.start() or d.span.start >= match.end() for d in found):
            found.append(Date(Span(*match.span()), month=_number(match["m"]), day=_number(match["d"])))
    for match in SHARED_MONTH.finditer(plain):
        if all(d.span.end <= match.start() or d.span.start >= match.end() for d in found):
            found.append(Date(Span(*match.span()), month=_number(match["n"])))
    found.sort(key=lambda date: date.span)
    return list(_joined(plain, found))


def _date(match: "re.Match[str]") -> Date:
    span = Span(*match.span())
    if match["iso_y"]:
        return Date(span, _number(match["iso_y"]), _number(match["iso_m"]), _number(match["iso_d"]))
    if match["y_number"]:
        return Date(span, _number(match["y_number"]))
    if match["y_alone"]:
        return Date(span, _number(match["y_alone"]), part=date_part(match["y_part"] or "", "年"))
    return Date(
        span, _number(match["y"]), _number(match["m"]), _number(match["d"]), date_part(match["part"] or "", "月")
    )


def date_part(written: str, whole: str) -> str:
    """月底, 底 and 末 of a month are one; so are 一季度 and 第1季度."""
    part = written.removeprefix("第").removeprefix(whole).replace("末", "底")
    if part.endswith("季度"):
        return "1234"["一二三四1234".index(part[0]) % 4] + "季度"
    return part


def _number(text: str | None) -> int | None:
    if not text:
        return None
    if len(text) == 4 and not text.isdigit():
        return int("".join(str(max(HAN_DIGIT.index(c) - 2, 0)) for c in text))
    value = read_number(text)
    return None if value is None else int(value)


def _joined(plain: str, dates: list[Date]) -> Iterator[Date]:
    """The dates, those that 至 joins with what one leaves to the other, and the days behind 至 that have no month."""
    for i, date in enumerate(dates):
        before = dates[i - 1] if i else None
        after = dates[i + 1] if i + 1 < len(dates) else None
        role = ""
        if after and re.fullmatch(BETWEEN, plain[date.span.end : after.span.start]):
            role = "from"
        if before and re.fullmatch(BETWEEN, plain[before.span.end : date.span.start]):
            role = "until"
            if date.year is None and before.year and date.month:
                date = replace(date, year=before.year)
        later = LATER_DAY.match(plain, date.span.end) if date.day else None
        yield replace(date, role="from" if later else role)
        if later:
            yield replace(date, span=Span(later.start("n"), later.end()), day=_number(later["n"]), role="until")


def read_clocks(plain: str) -> list[Clock]:
    found = []
    for match in CLOCK.finditer(plain):
        written = match["h"] or match["hour"]
        counts = written == "一" or POINTS.match(plain, match.end())  # 一点, 提出5点建议
        if match["hour"] and match["sign"] == "点" and not match["p"] and counts:
            continue
        hour = _number(written) or 0
        minute = {"半": 30, "一刻": 15, "三刻": 45}.get(match["half"] or "", _number(match["m"] or match["min"]) or 0)
        late = re.fullmatch(f"{AFTERNOON}|{NIGHT}", match["p"] or "") and hour < 12
        spoken = hour * 60 + minute
        found.append(Clock(Span(*match.span()), spoken + 720 * bool(late), spoken, match["p"] or ""))
    return found
