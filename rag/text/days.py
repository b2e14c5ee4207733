"""Dates as texts give them -> days of the calendar. What leaves out its year, or is told from the day of writing (今年7月1日, 本月底,
明年, “十四五”期间), is resolved by that day; what cannot be resolved is left out, never guessed.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from rag.spans import Span
from rag.text.dates import HAN_DIGIT, Date, date_part, read_dates

# Years from the one in which it is written.
YEARS_AWAY = {"今年": 0, "本年": 0, "本年度": 0, "当年": 0, "明年": 1, "次年": 1, "来年": 1, "翌年": 1, "去年": -1, "上年": -1, "上一年": -1, "前年": -2, "后年": 2}  # fmt: skip
MONTHS_AWAY = {"本月": 0, "当月": 0, "这个月": 0, "下月": 1, "次月": 1, "下个月": 1, "上月": -1, "上个月": -1}
DAYS_AWAY = {"今日": 0, "今天": 0, "即日": 0, "当日": 0, "明日": 1, "明天": 1, "次日": 1, "昨日": -1, "昨天": -1, "前日": -2, "前天": -2, "后天": 2}  # fmt: skip
_YEAR_WORD = "|".join(sorted(YEARS_AWAY, key=len, reverse=True))
YEAR_BEFORE = re.compile(rf"(?P<word>{_YEAR_WORD})(?:的)?$")
YEAR_ALONE = re.compile(
    rf"(?P<word>{_YEAR_WORD})(?:的)?(?P<part>上半年|下半年|年?初|年?底|年?末|第?[一二三四1-4]季度)?(?!的?\d)"
)
MONTH_WORD = re.compile(
    rf"(?P<word>{'|'.join(sorted(MONTHS_AWAY, key=len, reverse=True))})(?:的)?(?:(?P<day>[12]\d|3[01]|0?[1-9])[日号]|(?P<part>上旬|中旬|下旬|初|中|底|末)|(?=[起内]|$))"
)
DAY_WORD = re.compile("|".join(DAYS_AWAY))
# The first five-year plan ran from 1953 to 1957; from the sixth (1981) on each follows the one before without a gap.
PLAN = re.compile(r"“?([十一二三四五六]{1,2})五”?(?:规划)?(?:期间|时期|期末|末)")
PLANS = {"六": 1981, "七": 1986, "八": 1991, "九": 1996, "十": 2001, "十一": 2006, "十二": 2011, "十三": 2016, "十四": 2021, "十五": 2026, "十六": 2031}  # fmt: skip
PARTS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "初": (1, 10), "中": (11, 20)}
HALVES = {"上半年": (1, 6), "下半年": (7, 12), "初": (1, 1), "1季度": (1, 3), "2季度": (4, 6), "3季度": (7, 9), "4季度": (10, 12)}  # fmt: skip
YEARS_NAMED = re.compile(r"(?:19|20)\d{2}(?:年?[-—~～至到](?:19|20)\d{2})?年度?的?")
# 25年, 二五年: a year where it begins what is said and no length of time follows (25年以上, 25年的房贷).
SHORT_YEAR = re.compile(
    r"(?:^|(?<=[,，;；:：、。?？!！\s在从自到至和与及]))(?P<year>[12]\d|[一二][〇零一二三四五六七八九])年"
    r"(?!以|内|后|前|期|限|龄|来|多|左|的(?:工龄|房贷|贷款|缴费|社保|合同|老))(?=\d{1,2}月|度|的?[\u4e00-\u9fff])"
)
# A year told from the day on which it is asked; 今年 is that day itself. Nothing where two times are compared.
ANOTHER_YEAR = re.compile(
    r"(?<![比较和与跟同到至])(?:去年|上一?年(?!度?[级学])|前年|明年|来年|后年)(?!级|[的]?\d{1,2}月\d)"
)
TWO_TIMES = re.compile(r"今年|本年|现在|目前|如今|比|同比|(?:19|20)\d{2}年")
Days = tuple[date, date]  # the first and the last
CHINA = timezone(timedelta(hours=8))
TOO_CLOSE = 60  # days: of two years that a day without one may be of, the nearer must be nearer by this much


@dataclass(frozen=True, slots=True)
class Stretch:
    """A mention of a day, a month, a year or a part of one: the first and the last day that it may mean."""

    span: Span
    first: date
    last: date


def read_days(plain: str, written: date | None) -> list[Stretch]:
    """The dates of a normalised text in order. `written`: the day by which those without a year are resolved."""
    found = [*_absolute(plain, written), *(_relative(plain, written) if written else ()), *_plans(plain)]
    found.sort(key=lambda stretch: (stretch.span.start, -stretch.span.end))
    kept: list[Stretch] = []
    for stretch in found:
        if not kept or stretch.span.start >= kept[-1].span.end:
            kept.append(stretch)
    return kept


def _absolute(plain: str, written: date | None) -> Iterator[Stretch]:
    for found in read_dates(plain):
        year, start = found.year, found.span.start
        if year is None and found.month:
            word = YEAR_BEFORE.search(plain, max(0, start - 5), start)
            start = word.start() if word else start
            away = YEARS_AWAY[word["word"]] if word else None
            year = _year_of(found, written, away) if written else None
        if year is None:
            continue
        whole = _stretch(year, found.month, found.day, found.part)
        if whole:
            yield Stretch(Span(start, found.span.end), *whole)


def _year_of(found: Date, written: date, away: int | None) -> int | None:
    """The year of a date that has none: by the word before it, else the one that brings it nearest to the day of writing."""
    if away is not None:
        return written.year + away
    month, day = found.month or 1, min(found.day or 15, 28)
    near = sorted((abs((date(written.year + n, month, day) - written).days), written.year + n) for n in (-1, 0, 1))
    return near[0][1] if near[1][0] - near[0][0] >= TOO_CLOSE else None


def _relative(plain: str, written: date) -> Iterator[Stretch]:
    for match in YEAR_ALONE.finditer(plain):
        if whole := _stretch(
            written.year + YEARS_AWAY[match["word"]], None, None, date_part(match["part"] or "", "年")
        ):
            yield Stretch(Span(*match.span()), *whole)
    for match in MONTH_WORD.finditer(plain):
        months = written.year * 12 + written.month - 1 + MONTHS_AWAY[match["word"]]
        day = int(match["day"]) if match["day"] else None
        if whole := _stretch(months // 12, months % 12 + 1, day, (match["part"] or "").replace("末", "底")):
            yield Stretch(Span(*match.span()), *whole)
    for match in DAY_WORD.finditer(plain):
        day_meant = written + timedelta(days=DAYS_AWAY[match[0]])
        yield Stretch(Span(*match.span()), day_meant, day_meant)


def _plans(plain: str) -> Iterator[Stretch]:
    for match in PLAN.finditer(plain):
        if first := PLANS.get(match[1]):
            ends = match[0].endswith("末")
            yield Stretch(Span(*match.span()), date(first + 4 * ends, 1, 1), date(first + 4, 12, 31))


def _stretch(year: int, month: int | None, day: int | None, part: str) -> tuple[date, date] | None:
    """The first and the last day of a year, a month, a day or a part; None for a day that no calendar has."""
    part = part.removeprefix("月").removeprefix("年")
    try:
        if month is None:
            if part == "底":
                return date(year, 12, 1), date(year, 12, 31)
            first, last = HALVES.get(part, (1, 12))
            return date(year, first, 1), date(year, last, monthrange(year, last)[1])
        days = monthrange(year, month)[1]
        if day is not None:
            return date(year, month, day), date(year, month, day)
        begin, end = (days - 4, days) if part == "底" else PARTS.get(part, (1, days))
        return date(year, month, begin), date(year, month, min(end, days))
    except ValueError:
        return None


def days_of(years: Set[int], on: date) -> Days:
    """The first and the last day of the years that are asked about; the day on which it is asked where that is none, or this year."""
    if not years or years == {on.year}:
        return on, on
    return date(min(years), 1, 1), date(max(years), 12, 31)


def with_years(text: str, on: date) -> str:
    """A question with the years in figures that it tells from the day on which it is asked, behind their words (去年2025年), and
    those in short in full: 25年, 二五年. Unchanged where it compares two times."""
    full = SHORT_YEAR.sub(_in_full, text)
    found = list(ANOTHER_YEAR.finditer(full))
    if len(found) != 1 or TWO_TIMES.search(full):
        return full
    return f"{full[: found[0].end()]}{on.year + YEARS_AWAY[found[0][0]]}年{full[found[0].end() :]}"


def _in_full(match: "re.Match[str]") -> str:
    year = (
        match["year"] if match["year"].isdigit() else "".join(str(HAN_DIGIT.index(sign) - 2) for sign in match["year"])
    )
    return f"20{year}年"


def without_years(text: str) -> str:
    """The text without the years that it names: 2024年的补贴 is 补贴."""
    return YEARS_NAMED.sub("", text)


# Which issue of a rule it is: 办法（2023年）, 目录2023年版.
EDITION = re.compile(r"[(（\[](?:19|20)\d{2}年?(?:修[订正改])?[版本]?[)）\]]$|(?:19|20)\d{2}年?(?:修[订正改])?版")


def without_edition(title: str) -> str:
    """A title without the year of its edition, which is not a year that it is for."""
    return EDITION.sub("", title)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; of a month that has no such day its last."""
    months += day.year * 12 + day.month - 1
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def today_in_china() -> date:
    return datetime.now(CHINA).date()
