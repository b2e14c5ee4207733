"""What a single line says about its page: a page's number, a day and an address as a browser prints them, and the words beside.

A line is told by its form alone; whether a line that could be text is furniture, its neighbours say (`rag.reading.furniture`).
"""

import re
from dataclasses import dataclass

from rag.text.normalization import HAN, normalize
from rag.text.numerals import chinese_number

LINE_MAX = 200  # characters: a longer line is text
HEAD_MAX = 40  # characters of a running head
_MARK = r"[-‐‑‒–—―─━﹣−~·•∙・▪●■◆※*]"
_COUNT = r"(?:\d{1,4}|[一二三四五六七八九十百]{1,4}|[ivxlc]{1,6})"
# — 2 —, - 2 -, ·2·, ~2~, « 2 »: a number between two marks is a page's.
MARKED = rf"(?:{_MARK}{{1,4}}\s{{0,4}}{_COUNT}\s{{0,4}}{_MARK}{{1,4}}|[«‹]\s{{0,4}}{_COUNT}\s{{0,4}}[»›])"
# 第2页, 第2/5页, 第2页 共5页, 共五页，第二页, 页码：2, Page 2 of 5
NAMED = (
    rf"(?:(?:{_MARK}{{1,3}}\s{{0,4}})?(?:共\s{{0,4}}{_COUNT}\s{{0,4}}页[\s,/、;]{{0,4}})?第\s{{0,4}}{_COUNT}(?:\s{{0,4}}/\s{{0,4}}{_COUNT})?\s{{0,4}}页"
    rf"(?:[\s,/、;]{{0,4}}\(?共\s{{0,4}}{_COUNT}\s{{0,4}}页\)?)?(?:\s{{0,4}}{_MARK}{{1,3}})?|页[码次数]?\s{{0,4}}:\s{{0,4}}{_COUNT}(?:\s{{0,4}}/\s{{0,4}}{_COUNT})?|"
    r"(?:page|p\.)\s{0,4}\d{1,4}(?:\s{0,4}(?:of|/)\s{0,4}\d{1,4})?)"
)
NUMBER = re.compile(rf"{MARKED}|{NAMED}")
FRACTION = r"\d{1,4}\s{0,2}(?:/|of)\s{0,2}\d{1,4}"
# 2, (2), [2], _2_, |2|, 2页, 2/5: a page's number or a cell.
LONE = re.compile(rf"[\[(【<〈_|]?\s?(?:{FRACTION}|\d{{1,4}})\s?[\])】>〉_|]?(?:\s{{0,2}}页)?")
# 2., p2, 二, ii: a page's number, or an item's, a room's, a heading.
ODD = re.compile(
    r"(?P<item>\d{1,4})[.．]|p(?P<p>\d{1,4})|(?P<han>[一二三四五六七八九十百]{1,4})|(?P<roman>[ivxlc]{1,6})"
)
# At an end of a line, apart from its words: 公报 第3期 15, 15 公报, 公报 第2页, 公报 · 12 ·
_APART = rf"(?:{MARKED}|{NAMED}|{FRACTION}|\d{{1,4}})"
AT_START, AT_END = re.compile(rf"{_APART}\s"), re.compile(rf"(?<=\s){_APART}\Z")
AT_END_FROM = 30  # characters: no page's number is longer
# As a browser prints above and below a page: 2026/1/20 10:32, https://…
DAY = re.compile(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4})[,\s]{0,4}(?:[上下]午)?\s?(?:\d{1,2}:\d{2}(?::\d{2})?)?(?:\s?[ap]m)?(?=\s|\Z)"
)
ADDRESS = re.compile(r"(?:https?://|file:/|www\.)[!-~]{3,180}")
_ISSUE = (
    r"(?:\s{0,4}[(]?(?:\d{4}年)?\s{0,2}第?\s{0,2}\d{1,4}\s{0,2}[期号卷](?:\s{0,2}[(]?总第\s{0,2}\d{1,5}\s{0,2}期)?[)]?)"
)
# What is printed in numbered pages and bears its name on each: 柳林市人民政府公报 2026年第3期, 柳林市民政局文件
PUBLICATION = re.compile(
    rf"[{HAN}《》\s]{{0,24}}(?:公报|政报|年鉴|学报|日报|周报|月报|晚报|简报|周刊|月刊|季刊|会刊|专刊|内刊|通讯|汇编|选编|文件){_ISSUE}?|[{HAN}《》]{{2,24}}{_ISSUE}"
)
HEAD = re.compile(rf"[^:：。！？!?；;]*[{HAN}a-z][^:：。！？!?；;]*")
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class Mark:
    """A line's marks. `certain`: it is a page's number by its form. `number`: of a page, at an end of the line. `form`: lines of
    one form count together. `words`: what stands beside the marks, without blanks; empty where they could be no head."""

    certain: bool = False
    number: int | None = None
    form: str = ""
    words: str = ""
    lone: bool = False  # nothing stands beside the number
    odd: bool = False  # the number's form is rather an item's or a heading's
    total: bool = False  # 2/5
    printed: bool = False  # a day or an address stands in it


TEXT = Mark()


def read_mark(line: str) -> Mark:
    """What the line holds of a page's marks; `TEXT` where it can only be text."""
    if len(line) > LINE_MAX:
        return TEXT
    text = normalize(line).strip()
    if NUMBER.fullmatch(text):
        return Mark(certain=True)
    if LONE.fullmatch(text):
        return Mark(number=_first(text), form="/" if "/" in text or "of" in text else "1", lone=True, total="/" in text)
    if odd := ODD.fullmatch(text):
        return Mark(number=_odd_number(odd), form=odd.lastgroup or "", lone=True, odd=True)
    rest = ADDRESS.sub(" ", text).strip()
    addressed = rest != text
    day = DAY.match(rest)
    if day:
        rest = rest[day.end() :].strip()
    printed = addressed or day is not None
    if addressed and (re.fullmatch(FRACTION, rest) or NUMBER.fullmatch(rest)):
        return Mark(certain=True)
    rest, number = _apart(rest)
    words = re.sub(r"\s+", "", rest)
    if words and not (2 <= len(words) <= HEAD_MAX and HEAD.fullmatch(rest)):
        return TEXT
    if not words and not printed:
        return TEXT
    return Mark(number=number, form=words or text, words=words or text, printed=printed)


def _apart(text: str) -> tuple[str, int | None]:
    """The words without a page's number at their start or their end, and that number."""
    if found := AT_START.match(text):
        return text[found.end() :].strip(), _first(found[0])
    if found := AT_END.search(text, max(0, len(text) - AT_END_FROM)):
        return text[: found.start()].strip(), _first(found[0])
    return text, None


def _first(text: str) -> int | None:
    found = re.search(r"\d{1,4}", text)
    return int(found[0]) if found else None


def _odd_number(found: re.Match[str]) -> int | None:
    if han := found["han"]:
        value = chinese_number(han)
        return None if value is None else int(value)
    if roman := found["roman"]:
        values = [ROMAN[c] for c in roman]
        return sum(v if v >= after else -v for v, after in zip(values, [*values[1:], 0], strict=True))
    return int(found["item"] or found["p"])
