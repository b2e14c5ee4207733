"""Page furniture that stands between two halves of a sentence: page numbers and running heads, told by form, order and place.

Furniture says nothing that the text says. Whatever may be text (a lone figure of a table, a year, a numbered item) needs
a second sign: that such lines count the pages on, that they repeat, or that they cut a sentence in two.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.text.normalization import HAN, normalize

_MARK = r"[-‐‑‒–—―─━﹣~·•∙・▪●■◆※*]"
_COUNT = r"(?:\d{1,4}|[一二三四五六七八九十百]{1,4}|[ivxlc]{1,6})"
# — 2 —, - 2 -, ·2·, ~2~: a number between two marks is a page's.
MARKED_NUMBER = re.compile(rf"{_MARK}{{1,4}}\s{{0,4}}{_COUNT}\s{{0,4}}{_MARK}{{1,4}}")
# 第2页, 第2页 共5页, 共五页，第二页, Page 2 of 5
NAMED_NUMBER = re.compile(
    rf"(?:{_MARK}{{1,3}}\s{{0,4}})?(?:共\s{{0,4}}{_COUNT}\s{{0,4}}页[\s,/、;]{{0,4}})?第\s{{0,4}}{_COUNT}\s{{0,4}}页"
    rf"(?:[\s,/、;]{{0,4}}\(?共\s{{0,4}}{_COUNT}\s{{0,4}}页\)?)?(?:\s{{0,4}}{_MARK}{{1,3}})?|"
    r"(?:page|p\.)\s{0,4}\d{1,4}(?:\s{0,4}(?:of|/)\s{0,4}\d{1,4})?"
)
LONE_NUMBER = re.compile(r"[\[(【<〈]?\s?\d{1,4}\s?[\])】>〉]?(?:\s{0,2}页|\s{0,2}(?:/|of)\s{0,2}\d{1,4})?")
PAGE_MIN = 30  # characters of text between two numbers of pages, or two heads without a number
HEAD_MAX = 40  # characters of a running head
NUMBERS_MAX = 3  # in a running head: 2026年 第3期 15
RUNNING_MIN, RUNNING_LONG = 12, 30  # characters: shorter, a line may be a cell; longer, it is running text
YEARS = range(1900, 2101)
LABEL = re.compile(r".{1,8}[：:]")
END = tuple("。！？!?…；;：:”’）)》】")
LEADS_TO_FIGURE = re.compile(r"[为共计约达是每第到至有了过、,，]$")
HEAD = re.compile(rf"[^:：。！？!?；;]*[{HAN}a-z][^:：。！？!?；;]*")
COUNTED = re.compile(r"[个万亿千百元角年月日天人户名件次项岁周米亩吨度级等类号条款期%％‰]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page that holds something. `new_page`: a form feed stands right above it."""

    text: str
    indented: bool = False
    new_page: bool = False


def find_furniture(lines: Sequence[Line]) -> dict[int, bool]:
    """The positions of the lines that are furniture, and whether the sentence above each goes on below it."""
    page = _Page(lines)
    found = page.numbers | page.counting()
    for _ in range(3):  # a head of several lines: the outer one stands beside the inner one
        found |= page.running_heads(found)
    kept = [i for i in range(len(lines)) if i not in found]
    cut: dict[int, bool] = {}
    for one, other in pairwise([-1, *kept, len(lines)]):
        joins = one >= 0 and other < len(lines) and not (page.unsure[one] or page.unsure[other])
        cut |= {i: joins and page.cuts(i) for i in range(one + 1, other)}
    return cut


class _Page:
    """The lines with what they might be worked out once, so that each question after it takes no time."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.folded = [normalize(x.text).strip() if len(x.text) <= HEAD_MAX + 20 else "" for x in lines]
        self.numbers = {i for i, t in enumerate(self.folded) if MARKED_NUMBER.fullmatch(t) or NAMED_NUMBER.fullmatch(t)}
        forms = [re.sub(r"\d+", "#", re.sub(r"\s+", "", t)) for t in self.folded]
        times = Counter(forms)
        # What may be furniture is no text that a sentence runs to or from.
        maybe = [i in self.numbers or (0 < len(t) <= HEAD_MAX and times[f] > 1) or LONE_NUMBER.fullmatch(t) is not None
                 for i, (t, f) in enumerate(zip(self.folded, forms, strict=True))]  # fmt: skip
        self.unsure = maybe
        self.before = [0]  # characters of text above each line
        self.above: list[Line | None] = []  # the nearest line of text above each
        last: Line | None = None
        for line, unsure in zip(lines, maybe, strict=True):
            self.above.append(last)
            self.before.append(self.before[-1] + (0 if unsure else len(line.text)))
            last = last if unsure else line
        self.below: list[Line | None] = []
        last = None
        for line, unsure in zip(reversed(lines), reversed(maybe), strict=True):
            self.below.append(last)
            last = last if unsure else line
        self.below.reverse()

    def cuts(self, i: int) -> bool:
        """Whether a sentence stops above line `i` in its middle and goes on below it."""
        above, below = self.above[i], self.below[i]
        return above is not None and below is not None and not below.indented and _stops_short(above.text)

    def starts_page(self, i: int) -> bool:
        """Whether line `i` is the first or the last of a page that a form feed ends."""
        return self.lines[i].new_page or (i + 1 < len(self.lines) and self.lines[i + 1].new_page)

    def counting(self) -> set[int]:
        """Lines of the same words around a number that counts on, a page's text apart: 2, 3, 4; 公报 第3期 15, 16."""
        places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for i, text in enumerate(self.folded):
            if i not in self.numbers and len(text) <= HEAD_MAX:
                numbers = re.findall(r"\d+", text)
                for match in re.finditer(r"\d{1,4}", text) if len(numbers) <= NUMBERS_MAX else ():
                    places[f"{text[: match.start()]}#{text[match.end() :]}"].append((i, int(match[0])))
        return {i for form, some in places.items() for run in self._runs(some) if self._counts(form, run) for i in run}

    def _runs(self, places: Sequence[tuple[int, int]]) -> list[list[int]]:
        """The places, cut where the numbers do not count on or stand too near to each other to count pages."""
        runs = [[places[0][0]]]
        for (i, one), (j, other) in pairwise(places):
            if other - one in (1, 2) and self.before[j] - self.before[i] >= PAGE_MIN:
                runs[-1].append(j)
            else:
                runs.append([j])
        return runs

    def _counts(self, form: str, run: Sequence[int]) -> bool:
        """Whether the lines of a run number pages: at new pages, or within sentences, where a lone one is not too high for
        the text above it."""
        paged = any(map(self.starts_page, run))
        cutting = any(self.cuts(i) and not self._is_figure(i) for i in run)
        if not LONE_NUMBER.fullmatch(form.replace("#", "1")):
            return len(run) > 1 and (paged or cutting)
        number = int(re.findall(r"\d{1,4}", self.folded[run[0]])[0])
        counts_on = (len(run) > 1 and number not in YEARS) or "/" in form  # 3/12
        return (paged or cutting) and (counts_on or 1 <= number <= self.before[run[0]] // PAGE_MIN + 1)

    def _is_figure(self, i: int) -> bool:
        """Whether a lone number belongs to the words around it: 全县共有 / 120 / 户."""
        above, below = self.above[i], self.below[i]
        led = above is not None and LEADS_TO_FIGURE.search(above.text[-1:]) is not None
        return led or (below is not None and COUNTED.match(below.text) is not None)

    def running_heads(self, found: set[int]) -> set[int]:
        """Lines that repeat, a page's text apart, beside page numbers or at new pages, or that cut sentences. The first one
        stays where it stands at the very top: it may be the title."""
        repeated: dict[str, list[int]] = defaultdict(list)
        for i, text in enumerate(self.folded):
            if i not in found and 2 <= len(text) <= HEAD_MAX and HEAD.fullmatch(text):
                repeated[re.sub(r"\s+", "", text)].append(i)
        return {i for places in repeated.values() if len(places) > 1 for i in self._heads(places, found)}

    def _heads(self, places: Sequence[int], found: set[int]) -> Sequence[int]:
        inner = [i for i in places if i > 1]
        apart = min((self.before[j] - self.before[i] for i, j in pairwise(inner)), default=PAGE_MIN)
        beside = sum(self.starts_page(i) or i - 1 in found or i + 1 in found for i in inner)
        cutting = sum(self.cuts(i) and self._text_around(i, found) for i in inner)
        titled = len(inner) < len(places) and cutting == len(inner)
        if beside == len(inner) and apart > 0:
            return inner
        return inner if apart >= PAGE_MIN and (titled or (len(places) > 2 and 2 * cutting >= len(inner))) else ()

    def _text_around(self, i: int, found: set[int]) -> bool:
        """Whether nothing but text and what is furniture for sure stands beside line `i`."""
        return all(0 <= j < len(self.lines) and (j in found or not self.unsure[j]) for j in (i - 1, i + 1))


def _stops_short(text: str) -> bool:
    """Whether a line of running text stops in the middle of a sentence; a heading, a label and a cell are none."""
    marked = len(text) >= RUNNING_MIN and re.search(r"[，。；、,;]", text) is not None
    return (marked or len(text) >= RUNNING_LONG) and not text.endswith(END) and not LABEL.match(text)
